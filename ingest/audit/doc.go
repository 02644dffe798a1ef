// Package audit reads Microsoft's Unified Audit Log: who signed in, read, sent, deleted, shared or changed what in a
// tenant, in whatever wrapping an investigator received it. All wrappings carry the same AuditData object; this package
// turns one such object into one activity.
//
// It reads JSON with a cursor (record.Cursor), in one pass and where the record stands, and knows members and columns by one
// list of names for each struct (record.Names, names.go). Whatever the cursor refuses, and nothing else, is taken apart by
// encoding/json, which is the slow path and in tests the referee: both must agree, record by record.
package audit
