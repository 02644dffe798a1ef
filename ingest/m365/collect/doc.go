// Package collect fetches from Microsoft Graph what a business email compromise is judged by: the audit log, sign-ins, the
// message trace, inbox rules, consents, authentication methods, risk, and the directory. It only reads, but for queries
// of the audit log, which the service keeps by itself.
//
// Each kind of evidence is a Source of one or more lists. The answers lie in a folder as they came, and are read by triage
// analyze like any other export; beside it stand a journal, which a killed fetch goes on from, and the manifest of package
// fetched. What could not be had is a gap in the manifest, never silence.
package collect
