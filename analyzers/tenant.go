package analyzers

import (
	"cmp"
	"slices"

	"triage/ingest/activity"
	"triage/rules/decision"
	"triage/rules/detect"
)

// Tenant is what the findings say across mailboxes. Its zero value says nothing: no finding speaks of an intruder.
type Tenant struct {
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

// suspects is what those findings rest on that speak of an intruder.
type suspects struct {
	res    *Result
	speaks []bool                    // by finding
	inside []int64                   // by finding: the earliest act of somebody who is in; 0: an attempt or a delivery
	until  []int64                   // by finding: the latest such act
	people map[activity.Symbol]int   // mailboxes of people: index into Result.Mailboxes
	by     map[activity.Symbol][]int // speaking findings by mailbox
	traces map[traceKey]*trace
	missed map[traceKey]bool // things beyond maxTraces, as many again at most
}

// tenantView says what the mailboxes have to do with each other, and keeps what containment needs of it.
func (r *run) tenantView() *suspects {
	s := newSuspects(r.result)
	if len(s.by) == 0 {
		return s
	}
	s.collect()
	s.sweep()
	out := &r.result.Tenant
	out.Ranked = s.ranked()
	out.Shared, out.MoreShared = s.shared()
	out.First = s.first(out.Ranked)
	out.Spread, out.MoreSpread = s.spread()
	r.traceCaveat(s)
	return s
}

func newSuspects(res *Result) *suspects {
	s := &suspects{
		res: res, speaks: make([]bool, len(res.Findings)), inside: make([]int64, len(res.Findings)), until: make([]int64, len(res.Findings)),
		people: map[activity.Symbol]int{}, by: map[activity.Symbol][]int{}, traces: map[traceKey]*trace{},
	}
	for i := range res.Mailboxes {
		if res.Mailboxes[i].Lane == activity.Person {
			s.people[res.Mailboxes[i].Symbol] = i
		}
	}
	for i := range res.Findings {
		f := &res.Findings[i]
		if s.speaks[i] = speaks(f); s.speaks[i] {
			s.by[f.Mailbox] = append(s.by[f.Mailbox], i)
			s.inside[i], s.until[i] = s.stay(f)
		}
	}
	return s
}

// speaks says whether a finding tells of an intruder: unsuppressed, at least medium and half sure as for the window, or
// decided malicious by a responder, whatever its level.
func speaks(f *Finding) bool {
	if f.Suppressed != nil {
		return false
	}
	if f.Decision != nil && f.Decision.Verdict == decision.Malicious {
		return true
	}
	return f.Level >= detect.Medium && f.Confidence >= sureEnough
}

// against are the rows that a finding speaks against.
func against(f *Finding) []uint32 {
	if f.Against != nil {
		return f.Against
	}
	return f.Evidence
}

// stay is from when to when a finding shows somebody inside: not a refused logon, a message that came in, or what
// Microsoft says about it. 0, 0: it does not.
func (s *suspects) stay(f *Finding) (first, last int64) {
	if f.Rule.Family == "delivery" { // somebody wrote; what was done with it, the owner did
		return 0, 0
	}
	for _, at := range against(f) {
		a := &s.res.Case.Activities[at]
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
func (s *suspects) ranked() []Ranked {
	var out []Ranked
	for i := range s.res.Mailboxes {
		box := &s.res.Mailboxes[i]
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
		out = append(out, one)
	}
	slices.SortStableFunc(out, func(x, y Ranked) int {
		return cmp.Or(
			cmp.Compare(s.res.Mailboxes[y.Box].Score, s.res.Mailboxes[x.Box].Score),
			cmp.Compare(s.res.Mailboxes[x.Box].Name, s.res.Mailboxes[y.Box].Name),
		)
	})
	return out
}

// text is a symbol's text.
func (s *suspects) text(sym activity.Symbol) string { return s.res.Case.Text(sym) }
