package sequence

import (
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// agrees says whether a step may belong to the same act as the first: in none of the fields do both say something else.
func (d *detector) agrees(first, step act, p *detect.Tenant) bool {
	for _, v := range d.agree {
		said := slices.Collect(v.Texts(&p.Case.Activities[first.index], p))
		other := false
		for text := range v.Texts(&p.Case.Activities[step.index], p) {
			if slices.Contains(said, text) {
				other = false
				break
			}
			other = len(said) > 0
		}
		if other {
			return false
		}
	}
	return true
}

// isFresh says that the mailbox of the last step had no success with its values before the chain began.
func (d *detector) isFresh(first, last act, known successes, p *detect.Tenant) bool {
	end := &p.Case.Activities[last.index]
	for i, v := range d.fresh {
		if at, ok := known[success{end.Mailbox, i, v.Text(end, p)}]; ok && at < first.index {
			return false
		}
	}
	return true
}

// success is a value of one of the fresh fields (by its number) that a mailbox's owner succeeded with.
type success struct {
	mailbox activity.Symbol
	field   int
	value   string
}

// successes are the first activity of each.
type successes map[success]uint32

// successes lists those of the mailboxes in which a chain can end.
func (d *detector) successes(last map[chainPlace][]act, p *detect.Tenant) successes {
	if len(d.fresh) == 0 {
		return nil
	}
	ends := map[activity.Symbol]bool{}
	for _, acts := range last {
		for _, a := range acts {
			ends[p.Case.Activities[a.index].Mailbox] = true
		}
	}
	known := successes{}
	for i := range p.Case.Activities {
		a := &p.Case.Activities[i]
		if !ends[a.Mailbox] || a.Mailbox != a.Actor || a.Result != activity.Success || a.Flags&activity.Undated != 0 {
			continue
		}
		for n, v := range d.fresh {
			key := success{a.Mailbox, n, v.Text(a, p)}
			if _, ok := known[key]; !ok && key.value != "" {
				known[key] = uint32(i)
			}
		}
	}
	return known
}
