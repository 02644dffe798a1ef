// Package audit reads Microsoft's Unified Audit Log: who signed in, read, sent, deleted, shared or changed what in a
// tenant, in whatever wrapping an investigator received it. All wrappings carry the same AuditData object; this package
// turns one such object into one activity.
//
// It reads JSON with a cursor (record.Cursor), in one pass and where the record stands. Whatever the cursor refuses, and
// nothing else, is read by encoding/json, which is the slow path and the referee: both must agree, record by record.
package audit
