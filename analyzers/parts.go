package analyzers

import (
	"triage/rules/detect"
)

// pairing merges what profilers say of mailboxes while these are judged. Merging each mailbox into all before it would
// copy what is known once a mailbox, which is quadratic. So parts of equal age are merged in pairs, as bits are carried
// when one counts: everything is copied as often as the number of mailboxes has digits, and few parts are held at a time.
type pairing struct {
	merge func(a, b detect.Partial) detect.Partial
	waits []detect.Partial // by age: a part of 1, 2, 4 … parts that waits for one as old; nil: none waits
}

// add takes one more part; nil knows nothing.
func (p *pairing) add(part detect.Partial) {
	if part == nil {
		return
	}
	for age := range p.waits {
		if p.waits[age] == nil {
			p.waits[age] = part
			return
		}
		part, p.waits[age] = p.merge(p.waits[age], part), nil
	}
	p.waits = append(p.waits, part)
}

// all merges what waits. It is nil if nothing was added.
func (p *pairing) all() detect.Partial {
	var all detect.Partial
	for _, part := range p.waits { // the youngest are the smallest
		switch {
		case part == nil:
		case all == nil:
			all = part
		default:
			all = p.merge(part, all)
		}
	}
	p.waits = nil
	return all
}
