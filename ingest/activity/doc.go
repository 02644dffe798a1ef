// Package activity is the model of a case: what somebody did in a mailbox, as one log recorded it.
//
// An [Activity] is small and holds no pointers, so that tens of millions of them fit on a laptop and the garbage
// collector never looks at them. Every text is a [Symbol] of the case's [Symbols]; what only some activities have (a
// subject, a parameter) stands in a side table reached by [Case.Details]. Readers fill one [Shard] per worker and file;
// [Builder] merges the shards once, drops what two exports both hold, and puts the rest into one total order.
//
// The package imports the standard library only: everything else in triage may import it.
package activity
