// Package campaign says what the findings of one tenant mean together: which mailboxes somebody was in, in what order, what
// they have in common, how he came from one to another, what is to be done about each, and what evidence to fetch next.
package campaign

import (
	"cmp"
	"slices"
	"time"

	"triage/analyzers/attribution"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules/decision"
	"triage/rules/detect"
)

// Source is what a campaign is read from.
type Source struct {
	Case      *activity.Case
	Places    detect.Places
	Domains   *detect.Domains
	AsOf      time.Time         // the day against which is judged what is still kept; zero: it is not said
	Findings  []verdict.Finding // in their final order
	Mailboxes []verdict.Mailbox
	Seen      []verdict.Seen // by the mailboxes' index
	Intruders []attribution.Intruder
}

// Campaign is what the findings say across mailboxes, what is to be done, and what evidence to fetch next.
type Campaign struct {
	View         View
	Containment  []Containment  // by mailbox, in the order of View.Ranked
	NextEvidence []NextEvidence // by mailbox, the whole case last
	MoreNext     int            // exports beyond those listed
	Cut          string         // what was too much to look at; "" if nothing was
}

// Of reads a campaign.
func Of(in Source) Campaign {
	s := newInquiry(&in)
	var out Campaign
	if len(s.by) > 0 {
		collect(s)
		lookEverywhere(s)
		out.View.Ranked = s.ranked()
		out.View.Shared, out.View.MoreShared = inCommon(s)
		out.View.First = firstMailbox(s, out.View.Ranked)
		out.View.Spread, out.View.MoreSpread = spreadsOf(s)
		out.Cut = cut(s)
	}
	out.Containment = containment(s, out.View.Ranked)
	out.NextEvidence, out.MoreNext = nextEvidence(s, out.View.Ranked)
	return out
}

// View is what the findings say across mailboxes. Its zero value says nothing: no finding speaks of an intruder.
type View struct {
	Ranked []Ranked      // worst first
	First  *FirstMailbox // nil: no mailbox shows an intruder inside
	Shared []Shared      // by kind, most mailboxes first
	Spread []Spread      // by sender and time; those with findings afterwards first

	MoreShared int // things beyond those listed
	MoreSpread int // ways beyond those listed
}

// Ranked is one mailbox that findings speak of.
type Ranked struct {
	Box         int   // index into Result.Mailboxes
	First, Last int64 // acts of somebody inside, milliseconds since 1970 UTC; 0: only attempts and deliveries are seen
	Findings    []int // indexes into Result.Findings that speak of an intruder
}

// inquiry is what those findings rest on that speak of an intruder.
type inquiry struct {
	src        *Source
	speaks     []bool                    // by finding
	inside     []int64                   // by finding: the earliest act of somebody who is in; 0: an attempt or a delivery
	until      []int64                   // by finding: the latest such act
	people     map[activity.Symbol]int   // mailboxes of people: index into Result.Mailboxes
	by         map[activity.Symbol][]int // speaking findings by mailbox
	indicators map[indicatorKey]*indicator
	his        map[activity.Symbol]visited // by mailbox: what is attributed to intruders
	addresses  map[string]bool             // of intruders
	missed     map[indicatorKey]bool       // things beyond maxIndicators, as many again at most
}

func newInquiry(in *Source) *inquiry {
	s := &inquiry{
		src: in, speaks: make([]bool, len(in.Findings)), inside: make([]int64, len(in.Findings)), until: make([]int64, len(in.Findings)),
		people: map[activity.Symbol]int{}, by: map[activity.Symbol][]int{}, indicators: map[indicatorKey]*indicator{},
	}
	for i := range in.Mailboxes {
		if in.Mailboxes[i].Lane == activity.Person {
			s.people[in.Mailboxes[i].Symbol] = i
		}
	}
	s.his = attributed(in.Case, in.Intruders)
	s.addresses = map[string]bool{}
	for i := range in.Intruders {
		for _, ip := range in.Intruders[i].Addresses {
			s.addresses[in.Places.Field(ip, activity.FieldIP)] = true
		}
	}
	for i := range in.Findings {
		f := &in.Findings[i]
		if s.speaks[i] = speaks(f); s.speaks[i] {
			s.by[f.Mailbox] = append(s.by[f.Mailbox], i)
			s.inside[i], s.until[i] = s.stay(f)
		}
	}
	return s
}

// speaks says whether a finding tells of an intruder: unsuppressed, at least medium and half sure as for the window, or
// decided malicious by a responder, whatever its level.
func speaks(f *verdict.Finding) bool {
	if f.Suppressed != nil {
		return false
	}
	if f.Decision != nil && f.Decision.Verdict == decision.Malicious {
		return true
	}
	return f.Level >= detect.Medium && f.Confidence >= verdict.SureEnough
}

// against are the rows that a finding speaks against.
func against(f *verdict.Finding) []uint32 {
	if f.Against != nil {
		return f.Against
	}
	return f.Evidence
}

// stay is from when to when a finding shows somebody inside: not a refused logon, a message that came in, or what
// Microsoft says about it. 0, 0: it does not.
func (s *inquiry) stay(f *verdict.Finding) (first, last int64) {
	if f.Rule.Family == "delivery" { // somebody wrote; what was done with it, the owner did
		return 0, 0
	}
	for _, at := range against(f) {
		a := &s.src.Case.Activities[at]
		if !did(a) {
			continue
		}
		if first == 0 || a.Time < first {
			first = a.Time
		}
		last = max(last, a.Time)
	}
	return first, last
}

// did says that an activity is something that somebody inside did, at a known time.
func did(a *activity.Activity) bool {
	switch {
	case a.Flags&activity.Undated != 0, a.Result == activity.Failure:
		return false
	case a.Type == activity.Deliver, a.Type == activity.Alert:
		return false
	case a.Type == activity.AttachmentOpen, a.Type == activity.LinkClick: // how owners let somebody in
		return false
	case a.Type == activity.Logon:
		return a.Result == activity.Success
	}
	return true
}

// ranked are the mailboxes that findings speak of, in the order of their scores.
func (s *inquiry) ranked() []Ranked {
	var out []Ranked
	for i := range s.src.Mailboxes {
		box := &s.src.Mailboxes[i]
		list := s.by[box.Symbol]
		if len(list) == 0 {
			continue
		}
		one := Ranked{Box: i, Findings: list}
		for _, f := range list {
			at := s.inside[f]
			if at == 0 {
				continue
			}
			if one.First == 0 || at < one.First {
				one.First = at
			}
			one.Last = max(one.Last, s.until[f])
		}
		if v, taken := s.his[box.Symbol]; taken { // whose act it was is known better than findings tell
			one.First, one.Last = v.first, v.last
		}
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(x, y Ranked) int {
		return cmp.Or(
			cmp.Compare(s.src.Mailboxes[y.Box].Score, s.src.Mailboxes[x.Box].Score),
			cmp.Compare(s.src.Mailboxes[x.Box].Name, s.src.Mailboxes[y.Box].Name),
		)
	})
	return out
}

// text is a symbol's text.
func (s *inquiry) text(sym activity.Symbol) string { return s.src.Case.Text(sym) }

// visited is from when to when intruders acted in a mailbox, and the first of their acts.
type visited struct {
	first, last int64
	row         uint32
}

// attributed is what intruders did, by mailbox: only what shows them inside.
func attributed(c *activity.Case, intruders []attribution.Intruder) map[activity.Symbol]visited {
	out := map[activity.Symbol]visited{}
	for i := range intruders {
		for _, row := range intruders[i].Rows {
			a := &c.Activities[row]
			if !did(a) {
				continue
			}
			v, known := out[a.Mailbox]
			if !known || a.Time < v.first {
				v.first, v.row = a.Time, row
			}
			v.last = max(v.last, a.Time)
			out[a.Mailbox] = v
		}
	}
	return out
}

// Windows gives mailboxes that intruders were in the span of what is attributed to them; the others keep what findings tell.
func Windows(c *activity.Case, mailboxes []verdict.Mailbox, intruders []attribution.Intruder) {
	his := attributed(c, intruders)
	for i := range mailboxes {
		if v, taken := his[mailboxes[i].Symbol]; taken {
			mailboxes[i].Window = &verdict.Window{First: v.first, Last: v.last}
		}
	}
}
