package analyzers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/verdict"
	"triage/ingest/activity"
)

// undatedCaveats says what cannot be known of records without a time: they are in no timeline. Of listings, the rules that
// send mail on are cited first.
func (w *caveats) undatedCaveats() {
	c := w.result.Case
	var sending, rest []uint32 // rules of listings
	var settings []uint32      // of other listings
	var others []uint32        // of logs, that should have a time
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Flags&activity.Undated == 0 {
			break // undated ones stand first
		}
		switch {
		case !c.Inputs[a.File].Source.Stands():
			others = append(others, uint32(i))
		case c.Inputs[a.File].Source != activity.SourceRules:
			settings = append(settings, uint32(i))
		case c.Get(a, activity.FieldForwardTo) != 0:
			sending = append(sending, uint32(i))
		default:
			rest = append(rest, uint32(i))
		}
	}
	if rows := append(sending, rest...); len(rows) > 0 {
		w.add("rules-undated", 0, fmt.Sprintf("listings show inbox rules without times: %d, of which %d send mail on. They are judged by what they "+
			"do alone: who made them, and when, a listing does not say", len(rows), len(sending)), rows...)
	}
	if len(settings) > 0 {
		w.add("listings-undated", 0, fmt.Sprintf("listings show settings as they stand: %d. They are judged by what they are alone: who made "+
			"them, a listing does not say, and when, only where it has a column for it%s", len(settings), w.nobodys(settings)), settings...)
	}
	if len(others) > 0 {
		w.add("undated", 0, fmt.Sprintf("records without a time, or with one that cannot be true or cannot be told: %d (%s). They are in no timeline: no span, "+
			"baseline, window or sequence rests on them, and only rules that judge a single act by what its record says judge them",
			len(others), w.mailboxesOf(others)), others...)
	}
}

// nobodys says what name stands for settings that are of no mailbox.
func (w *caveats) nobodys(rows []uint32) string {
	c := w.result.Case
	for _, i := range rows {
		if a := &c.Activities[i]; a.Lane == activity.System {
			return fmt.Sprintf(". What is of no mailbox alone stands under %q, which is no mailbox and has no owner", c.Text(a.Mailbox))
		}
	}
	return ""
}

// mailboxesOf names the mailboxes of activities.
func (w *caveats) mailboxesOf(rows []uint32) string {
	c := w.result.Case
	var names []string
	seen := map[activity.Symbol]bool{}
	for _, i := range rows {
		if m := c.Activities[i].Mailbox; !seen[m] {
			seen[m] = true
			names = append(names, cmp.Or(c.Text(m), "no mailbox"))
		}
	}
	slices.Sort(names)
	if more := len(names) - caveatNames; more > 0 {
		names = append(names[:caveatNames], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// notNamed says of the tenant that nothing names what that means.
func (w *caveats) notNamed() {
	c := w.result.Case
	if c.Tenant != "" {
		return
	}
	var paths []string
	for _, in := range c.Inputs[:min(len(c.Inputs), caveatNames)] {
		paths = append(paths, in.Path)
	}
	if n := len(c.Inputs) - len(paths); n > 0 {
		paths = append(paths, fmt.Sprintf("and %d more", n))
	}
	var rows verdict.Sample
	for i := range c.Activities {
		rows.Add(uint32(i))
	}
	w.cited("tenant-not-named", 0, fmt.Sprintf("the case is of several tenants, and nothing says whose log %d activities stand in: no id, and no tenant "+
		"has their mailbox, their file or their domain (%s). They are judged by themselves, as a tenant that is not named: what they have to do with "+
		"the others is not seen", len(c.Activities), strings.Join(paths, ", ")), rows)
}
