// Package presence says which acts of an account hang together: one line, one session, one program. Labels are not its
// matter; package context says how strange a presence is to its account, and attribution rests on both.
//
// The key of a presence is account, line, session and program. A line is the network that a person is at: the /24 or /48
// of an address, or a whole mobile network, because a phone's address there says nothing. A record of the Unified Audit
// Log names the session of the sign-in (AADSessionId, SessionId) where it names any; a log's rows without a session, from
// one line with one program, are one presence.
//
// What has no address of its own, or the service's, belongs to the presence that the account's session, its last logon of
// the same application, or its last act shows ([Inherits]).
package presence

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"

	"triage/geo"
	"triage/ingest/activity"
)

// Presence is some acts of one account from one line, in one session, with one program.
type Presence struct {
	Line    uint32          // number of a line of the table; 0: not known
	Session activity.Symbol // 0: the log named none
	Device  activity.Symbol // id of a managed device, of a logon in it; 0: none was shown
	Program uint32          // number of a program of the table; 0: the log named none
	First   int64           // milliseconds since 1970 UTC
	Last    int64           // likewise
	Failed  bool            // nothing but failed logons: nobody was there
	Logons  bool            // a logon of it that says of devices and proofs
	Weak    bool            // a logon with one factor
	Strong  bool            // a logon with several
	// Alternates says that its session was used from another line of no phone just before and just after: two people.
	Alternates bool
	days       uint32 // in Account.days
	hours      uint32 // in Account.hours
	spans      uint32 // how many of those
	active     uint32 // how many days
	acts       uint32
	visit      uint32 // number of its session in the account
}

// Acts is the number of its activities.
func (p *Presence) Acts() int { return int(p.acts) }

// Visit numbers the sessions of an account, from 0; what names none has a number, too.
func (p *Presence) Visit() int { return int(p.visit) }

// Account is one account with its presences, by first act.
type Account struct {
	Name      activity.Symbol
	Presences []Presence
	// Active are the days since 1970 (UTC) on which the account did something, ascending; failed logons are nothing.
	Active []int32
	first  uint32 // number of its first presence in the table
	days   []int32
	hours  []int32
}

// Days are those on which a presence of the account lived, as indexes of Active, ascending.
func (a *Account) Days(p *Presence) []int32 { return a.days[p.days : p.days+p.active] }

// SpanHours is how long the parts of the day are that Spans tells of.
const SpanHours = 4

// Spans are the parts of a day (since 1970, UTC) in which a presence of the account lived, ascending.
func (a *Account) Spans(p *Presence) []int32 { return a.hours[p.hours : p.hours+p.spans] }

// First is the number in the table of the account's first presence; the others follow.
func (a *Account) First() uint32 { return a.first }

// Line is a network as people are at: its addresses are one place.
type Line struct {
	Net     netip.Prefix // /24 or /48; of a mobile network, none
	ASN     uint32       // 0: not known
	Country string       // ISO 3166-1 alpha-2; "" unknown
	Class   geo.Class
	Address netip.Addr // one of it
}

// String is "203.0.113.0/24", or of a phone's network "AS29465".
func (l *Line) String() string {
	if l.Net.IsValid() {
		return l.Net.String()
	}
	return "AS" + strconv.FormatUint(uint64(l.ASN), 10)
}

// Table is the presences of a case. It is safe for concurrent reading.
type Table struct {
	Accounts []Account // in order of name
	Lines    []Line    // [0] is none
	Programs []Program // [0] is none
	of       []uint32  // by activity: one more than the number of its presence, and whether it follows it; 0: nobody's
	doubts   []doubt   // by activity
}

// follows is set of an act that is one of the doubts, so that these are looked for only where there is one.
const follows = 1 << 31

// doubt is an act that belongs to a presence for no other reason than that it came within a day after it.
type doubt struct {
	row uint32
	day int32 // index of Account.Active
}

// ByTime says that an act belongs to its presence only because it came soon after it, and on which of the account's active
// days, as an index of Active: neither address nor session show where it was done.
func (t *Table) ByTime(index uint32) (day int32, ok bool) {
	if int(index) >= len(t.of) || t.of[index]&follows == 0 {
		return 0, false
	}
	at, ok := slices.BinarySearchFunc(t.doubts, index, func(d doubt, row uint32) int { return cmp.Compare(d.row, row) })
	if !ok {
		return 0, false
	}
	return t.doubts[at].day, true
}

// Of is the number of the presence of an activity; ok is false for what no person did.
func (t *Table) Of(index uint32) (number uint32, ok bool) {
	if int(index) >= len(t.of) || t.of[index] == 0 {
		return 0, false
	}
	return t.of[index]&^follows - 1, true
}

// At is the presence of a number, with its account.
func (t *Table) At(number uint32) (*Account, *Presence) {
	low, high := 0, len(t.Accounts)
	for high-low > 1 {
		if mid := (low + high) / 2; t.Accounts[mid].first <= number {
			low = mid
		} else {
			high = mid
		}
	}
	a := &t.Accounts[low]
	return a, &a.Presences[number-a.first]
}

// Len is the number of presences.
func (t *Table) Len() int {
	if len(t.Accounts) == 0 {
		return 0
	}
	last := &t.Accounts[len(t.Accounts)-1]
	return int(last.first) + len(last.Presences)
}
