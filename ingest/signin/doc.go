// Package signin reads Entra ID sign-ins: who logged on, from where, with what, and what the service made of it. It
// knows Graph's JSON, the portal's CSV, Azure diagnostic settings and the tables that Sentinel keeps.
package signin
