package analyzers

import (
	"cmp"
	"fmt"
	"slices"

	"triage/ingest/activity"
)

// undated is what has no time in one mailbox.
type undated struct {
	mailbox        activity.Symbol
	rules, forward int      // of a listing: all, and those that send mail on
	others         int      // records of any other log
	sending, rest  []uint32 // rows to cite
}

// undatedCaveats says what can not be known of records without a time: they are in no timeline.
func (r *run) undatedCaveats() {
	c := r.result.Case
	for _, u := range undatedIn(c) {
		if u.rules > 0 {
			text := fmt.Sprintf("a listing shows inbox rules without times: %d, of which %d send mail on. They are judged by what they do alone: "+
				"who made them, and when, the listing does not say", u.rules, u.forward)
			rows := append(u.sending, u.rest...)
			r.caveat("rules-undated", u.mailbox, text, rows[:min(len(rows), caveatRows)]...)
		}
		if u.others > 0 {
			r.caveat("undated", u.mailbox, fmt.Sprintf("records without a time: %d. They are in no timeline and no rule judges them", u.others))
		}
	}
}

// undatedIn sorts what has no time by mailbox.
func undatedIn(c *activity.Case) []undated {
	var all []undated
	at := map[activity.Symbol]int{}
	for i := range c.Activities { // undated ones stand first
		a := &c.Activities[i]
		if a.Flags&activity.Undated == 0 {
			break
		}
		n, known := at[a.Mailbox]
		if !known {
			n = len(all)
			at[a.Mailbox], all = n, append(all, undated{mailbox: a.Mailbox})
		}
		all[n].add(c, a, uint32(i))
	}
	slices.SortFunc(all, func(x, y undated) int { return cmp.Compare(c.Text(x.mailbox), c.Text(y.mailbox)) })
	return all
}

func (u *undated) add(c *activity.Case, a *activity.Activity, row uint32) {
	switch {
	case c.Inputs[a.File].Source != activity.SourceRules:
		u.others++
	case c.Get(a, activity.FieldForwardTo) != 0:
		u.rules++
		u.forward++
		u.sending = append(u.sending, row)
	default:
		u.rules++
		u.rest = append(u.rest, row)
	}
}
