// Package audit reads Microsoft's Unified Audit Log: who signed in, read, sent, deleted, shared or changed what in a
// tenant, in whatever wrapping an investigator received it. All wrappings carry the same AuditData object; this package
// turns one such object into one activity.
//
// It decodes with encoding/json: simple and correct first. A faster reader must agree with it, record by record.
package audit
