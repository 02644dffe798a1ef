// Package context says how strange an act is to the account that did it: is this place, line, program and session known to
// this person? The answer, strangeness, is 0 … 5 for each presence (package presence), with the signs that made it.
//
// A sign is a value that a presence shows: its network (ASN), its line, its country, its program. It is known if
//
//   - it is established: seen before the account had been active on 5 days, and on more than one day and a tenth of its
//     active days. A network or country that no other account of the tenant shows is established only where it is the one
//     of most days: an intruder may be there from the first day; or
//   - a familiar presence from another line shows it.
//
// Familiar are presences of a strangeness below 2. None is at first; what is known makes more of them familiar, until
// nothing changes. So a stranger's lines do not vouch for each other, nor do a traveller's, unless one of them is known by
// what its owner had before: his device, or a session that moved there. The familiar only become more, and strangeness only
// falls, so that the end is the same in any order.
//
// An account of fewer than 5 active days has no habit; the tenant's is asked: established is what two other accounts have.
// Where the tenant is as thin, strangeness is not known, which is not 0. A tenant has a habit from five such accounts beside
// the judged one on: the account that makes it so is the only one that changes what is said of others it shares nothing with.
//
// The owner himself speaks for a place, too: his managed device, or a session that moved there, makes the line his for what
// else is done from it on those days. Outlook Activities show neither: there it is his mail program, beside another program.
// At last, what is strange is asked for his whereabouts: whoever travels is at no usual desk meanwhile. A session that seems
// to have moved to a network nobody else of the tenant has, and goes on at its owner's desk on the same day, was copied: not a
// phone's, and not to where people live in a country of his, as he may be there that evening.
package context
