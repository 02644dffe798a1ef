package analyzers

import (
	"cmp"
	"slices"

	"triage/analyzers/detect"
	"triage/ingest/activity"
)

// state judges what stands in listings without a time, by the rules that are about such. It is in no timeline: nothing
// that was done rests on it, and no sequence. A mailbox that nothing else names gets a timeline of its own, an empty
// one, if something was found about it.
func (r *run) state() {
	lines := r.tenant.Case.States()
	if len(lines) == 0 {
		return
	}
	sieve := newSieve(r.set.Rules, &r.tenant, true)
	for _, line := range lines {
		matched := sieve.match(line)
		before := len(r.stands)
		for i, rule := range r.set.Rules {
			if len(matched[i]) > 0 {
				t := detect.Timeline{Timeline: line, Matched: matched[i]}
				r.stands = append(r.stands, rule.Detector.Mailbox(t, &r.tenant)...)
			}
		}
		if len(r.stands) > before {
			r.known(line.Mailbox)
		}
	}
}

// known makes sure that a mailbox has a timeline.
func (r *run) known(mailbox activity.Symbol) {
	c := r.tenant.Case
	at, found := slices.BinarySearchFunc(r.lines, mailbox, func(x activity.Timeline, m activity.Symbol) int {
		return cmp.Compare(c.Text(x.Mailbox), c.Text(m))
	})
	if !found {
		r.lines = slices.Insert(r.lines, at, activity.Timeline{Case: c, Mailbox: mailbox})
	}
}
