package analyzers

import (
	"fmt"

	"triage/ingest/activity"
)

// undatedCaveats says what cannot be known of records without a time: they are in no timeline. The rules that send mail
// on are cited first.
func (r *run) undatedCaveats() {
	c := r.result.Case
	var sending, rest []uint32 // rules of listings
	others := 0
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Flags&activity.Undated == 0 {
			break // undated ones stand first
		}
		switch {
		case c.Inputs[a.File].Source != activity.SourceRules:
			others++
		case c.Get(a, activity.FieldForwardTo) != 0:
			sending = append(sending, uint32(i))
		default:
			rest = append(rest, uint32(i))
		}
	}
	if rows := append(sending, rest...); len(rows) > 0 {
		r.caveat("rules-undated", 0, fmt.Sprintf("listings show inbox rules without times: %d, of which %d send mail on. They are judged by what they "+
			"do alone: who made them, and when, a listing does not say", len(rows), len(sending)), rows[:min(len(rows), caveatRows)]...)
	}
	if others > 0 {
		r.caveat("undated", 0, fmt.Sprintf("records without a time: %d. They are in no timeline and no rule judges them", others))
	}
}
