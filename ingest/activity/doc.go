// Package activity is the model of a case: what somebody did in a mailbox, as one log recorded it.
//
// An [Activity] is small and holds no pointers, so that tens of millions of them fit on a laptop and the garbage
// collector never looks at them. Every text is a [Symbol] of the case's [Symbols]; what only some activities have (a
// subject, a parameter) stands in a side table reached by [Case.Details]. Readers fill one [Shard] per worker and file;
// [Builder] merges the shards, drops what two exports both hold, and puts the rest into one total order.
//
// # Rules of the model
//
// Nothing is lost: for each input, rows = activities + duplicates + skipped rows.
//
// Identity. An activity's identity is the service's own id where there is one, else a hash of the mailbox and the decoded
// fields, so that every wrapping of a record gives the same. Records of one kind of source under one id whose content
// differs are both kept, and named as a [Conflict]. Of two accounts of one act (flattened, cut, or from another kind of
// log) the richer one stays and takes what it lacks from the other. Every dropped copy keeps its [Origin].
//
// A mailbox that is called after its file, because nothing in the export tells whose it is, is no part of an identity: a
// renamed file changes none. Equal rows of two such exports are two people's all the same: both count, and are marked as
// [Shared]. While repeats are dropped the names do count, so that exports of one name are one mailbox's.
//
// Order. Activities are ordered by time, creation time and identity, never by their place in a file: logs have a
// resolution of one second, and exports run both ways. The place only decides which origin is printed first.
//
// Timelines. An activity belongs to the mailbox that it touched and, if somebody else touched it, to that actor's
// timeline too, where it counts for habits and is judged only by rules that ask for it. Services and the system have lanes
// of their own. What has no time ([Undated]) is in no timeline: it is a state, as a listing of inbox rules tells it.
//
// Origin. An offset counts the decoded stream: what a compressed file or UTF-16 holds. Lines and record numbers are worked
// out from it when evidence is printed.
//
// Before anything is concluded, the tenants whose logs a case holds are told apart, and each gets a [Case] of its own.
//
// The package imports the standard library only: everything else in triage may import it.
package activity
