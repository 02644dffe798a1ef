// Package ordinary invents a tenant as it is on any day, and intruders hidden in it. People of many kinds live through some
// weeks: offices behind one address, homes, trains and phones, travel, private windows, new computers, assistants,
// administrators, scanners, rules for newsletters, consents, migrations, forgotten passwords. It is untidy on purpose: what a
// rule takes for a sign of an intruder, somebody honest does here every week.
//
// It makes a Unified Audit Log and the sign-ins of the same lives, and says which records are an intruder's. The same seed
// always gives the same bytes.
package ordinary
