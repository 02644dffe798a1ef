// Package attribution says whose act each activity of a case was: its owner's, an intruder's, a service's, or that this
// cannot be told. It rests on presences (package presence), on how strange they are to their accounts (package context) and
// on the findings, and it is one pass over one graph of places: a few seeds, and what can be reached from them.
//
// A place is an account's line. A seed is a place that is strange (2 or more) where something is not the owner's: a program
// that he never used, no device where he always shows one, a session that was never at a usual place, or his own session used
// here and there by turns. Such a place is an intruder's if a finding accuses it (impossible travel, a new country, a guessed
// password, a device code), if something was done there that travellers do not do (a rule, a factor, a consent, a right), if it
// is a rented machine with some acts, or if it is a line at which nothing ever was the owner's, in a session of its own, while
// he was at a usual desk before and after, too soon to have gone there and back. Where somebody did what no owner does, as making a rule
// that hides what is about money, is one, too, whatever else is usual there: a rented machine, or a session that was nowhere else while
// the owner was at his desk. What a responder says, and indicators, are seeds as well; what he decided to be benign is none. Which findings
// accuse whom is said by their rules (detect.Accusation), those of an engagement's own pack as well.
//
// Sessions say more than places do. One that begins at a strange place and never is at a line of the owner's was opened by
// somebody else: once one of its places is a seed, all that it does is the intruder's, from lines that look like the owner's
// home, too, as residential proxies do. One that is at many lines within an hour, none of which is the owner's, is a seed by
// itself: nobody goes about like that.
//
// Strangeness and newness alone were measured and left: on ordinary tenants owners with a VPN have places as strange and as
// new as a rented server, with as many reads. They take their session and their device along, though, and travellers are not
// at their desks meanwhile. So each rule asks for something that is not the owner's, and none for days before the first visit:
// an intruder may be there from the first day. Reads of an application by itself are no sign: many applications read from
// rented machines. One is an intruder's where its consent is accused and it does more than read, or calls itself like one that
// people know, or where it was let in while he was in the account.
//
// From a seed one reaches the same session (of a session that its owner has, only what is not his), the same address and line
// within 14 days, the same client that the account never used before, and the applications that were let in. It stops at what
// is familiar, at ways out that several accounts share, at relays and gateways. Behind a line that both have, a client decides
// that the intruder brought; of one who is there from the first day, a client that never shows a device where the owner's
// logons do. What shows no place is nobody's if both were there within the hour.
//
// What an intruder made is followed: what an account does that he made, an application with a secret of his that did nothing before,
// and whom he gave a right over a mailbox, there, where nothing else tells whose it is.
//
// What cannot be told stays undecided or the owner's: one short visit from a line of people in the owner's country, with the
// owner's kind of browser, while he is not at a desk; an application that the owner let in himself and that only reads.
package attribution

import (
	"context"
	"net/netip"
	"slices"

	measure "triage/analyzers/context"
	"triage/analyzers/presence"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// Who is whose act an activity was.
type Who uint8

// Whose acts there are. The zero value is what nobody of the tenant did: a delivery, an alert, a listing.
const (
	Nobody Who = iota
	Owner
	Attacker
	Undecided
	Service
)

// String is the word that reports use; "" for Nobody.
func (w Who) String() string {
	return [...]string{"", "owner", "attacker", "undecided", "service"}[w]
}

// Given is what a responder says of places, by flags, packs and marks.
type Given struct {
	AttackerIPs, OwnerIPs       []netip.Prefix
	AttackerAgents, OwnerAgents []string // texts that an agent has, without case
	AttackerSessions            []string
	AttackerApps                []string        // names or ids, without case
	Struck                      map[string]bool // fingerprints of findings that are decided to be benign: they seed nothing
}

// Source is what attribution is read from.
type Source struct {
	Case     *activity.Case
	Places   detect.Places
	Lines    []activity.Timeline
	Measure  *measure.Measure
	Domains  *detect.Domains
	Findings []verdict.Finding
	Given    Given
}

// Attribution says of each activity whose act it was. It is safe for concurrent reading.
type Attribution struct {
	// Presences are those of the case; nil where nothing was measured. Labels are theirs, by number.
	Presences *presence.Table
	Labels    []Who
	Intruders []Intruder // A, B …: by first act

	c    *activity.Case
	rows map[uint32]whose // what is not as its presence's label says
	of   []int16          // by presence: one more than the index of its intruder; 0: none
	why  func(number uint32) []Reason

	hostile map[netip.Prefix]hostileAt // by address or /64
	inside  map[inside]bool
	places  detect.Places
	moved   []int // where findings are now that reasons speak of; nil: where they were
}

// whose is one activity's label.
type whose struct {
	who      Who
	intruder int16 // one more than its index
}

// Intruder is somebody who was in one or more accounts: attacker presences that hang together. Each list has a total order.
type Intruder struct {
	Name        string            // "A", "B" … "Z", "AA"
	Rows        []uint32          // his acts, indexes into Case.Activities, ascending (which is by time)
	Presences   []uint32          // by number, ascending
	First, Last int64             // milliseconds since 1970 UTC, of what succeeded
	Accounts    []activity.Symbol // that he was in, by first act
	Addresses   []activity.Symbol // by first act
	Sessions    []activity.Symbol
	Agents      []activity.Symbol
	Apps        []activity.Symbol // that he consented to, or that are his
	Methods     []string          // how he came in: "device code", "guessed password" …; sorted
	Reasons     []Reason          // chains of reasons: why each place is his
}

// Reason is why a presence or a row has its label.
type Reason struct {
	Account  activity.Symbol
	Text     string   // a clause of plain words: "203.0.113.50 (RO, hosting) is new to the account, strangeness 3.5, and rule ".." was made from there"
	Rows     []uint32 // that show it, ascending
	Findings []int    // indexes into Findings
}

// Of attributes the acts of a case. Its result does not depend on the number of workers or the order of inputs. Where ctx
// ends, it is of no use.
func Of(ctx context.Context, in Source) *Attribution {
	a := &Attribution{c: in.Case}
	if in.Measure == nil || in.Case == nil {
		return a
	}
	a.Presences = in.Measure.Presences()
	g := newGraph(&in)
	for _, step := range []func(){g.gather, g.seedTold, g.seedThin, g.seed, g.spread} {
		if ctx.Err() != nil {
			return a
		}
		step()
	}
	labelPresences(g, a)
	return a
}

// Who says whose act an activity was, by its index in Case.Activities. intruder is an index of Intruders; -1: nobody's.
func (a *Attribution) Who(index uint32) (who Who, intruder int) {
	if w, ok := a.rows[index]; ok {
		return w.who, int(w.intruder) - 1
	}
	if a.Presences == nil {
		return Nobody, -1
	}
	number, ok := a.Presences.Of(index)
	if !ok || int(number) >= len(a.Labels) {
		if lane := a.c.Activities[index].Lane; lane != activity.Person {
			return Service, -1
		}
		return Nobody, -1
	}
	return a.Labels[number], int(a.of[number]) - 1
}

// OfPresence says whose a presence is, by its number. intruder is an index of Intruders; -1: nobody's.
func (a *Attribution) OfPresence(number uint32) (who Who, intruder int) {
	if int(number) >= len(a.Labels) {
		return Nobody, -1
	}
	if int(number) >= len(a.of) {
		return a.Labels[number], -1
	}
	return a.Labels[number], int(a.of[number]) - 1
}

// Renumber tells that findings are elsewhere in their list now.
func (a *Attribution) Renumber(moved []int) {
	a.moved = moved
	for i := range a.Intruders {
		a.Intruders[i].Reasons = a.renumbered(a.Intruders[i].Reasons)
	}
}

func (a *Attribution) renumbered(reasons []Reason) []Reason {
	if a.moved == nil {
		return reasons
	}
	out := slices.Clone(reasons)
	for i := range out {
		findings := make([]int, len(out[i].Findings))
		for k, f := range out[i].Findings {
			findings[k] = a.moved[f]
		}
		slices.Sort(findings)
		out[i].Findings = findings
	}
	return out
}

// Why gives the reasons for a presence's label, by its number: a chain, the last thing first.
func (a *Attribution) Why(number uint32) []Reason {
	if a.why == nil {
		return nil
	}
	return a.renumbered(a.why(number))
}
