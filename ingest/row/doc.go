// Package row reads records whose values have names: a row of a table, or an object, which is the same record as another
// collector wrote it. A reader says once, as a [Kind], which names tell its records from others and what activity one is;
// both wrappings, and those of Azure diagnostic settings and Log Analytics, follow from it.
//
// Names are compared without case, spaces, hyphens and underscores: "User principal name", user_principal_name and
// UserPrincipalName are one. A member of an object inside is named by its path, location.city.
package row
