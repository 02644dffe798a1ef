// Package account settles who is meant by a name. Logs call one account by many: its user principal name, an alias, a
// directory id, a claim of SharePoint ("i:0#.f|membership|anna@contoso.com"), "Anna Able <anna@contoso.com>",
// `CONTOSO\anna`, a legacy distinguished name, a display name.
//
// Two passes over a case do it, before anything is judged. [Spell] brings names that hold an address into the form of that
// address, and takes guests of a link and nobody's links out of the people. [Join] gives an account's other names the one
// that its log is known by, each join by the evidence of a record in which both stand, or because exactly one account of
// the case has the name as its local part. What a record of Exchange calls a mailbox and its owner beside the owner's name (its
// id, a security identifier, a legacy distinguished name), and a record of the directory its user, ties as well, over several
// records where need be ([activity.Shard.Called]). A display name alone joins nothing. A name that nothing settles is said to be
// nobody's known: see [activity.UnknownName].
package account
