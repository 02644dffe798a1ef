package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"triage/ingest/activity"
)

// readRecords fetches what the report cites in two goes: evidence with its text, skipped rows for their place only. What
// several tenants cite is asked for at once, because a compressed file is read from its beginning each time.
func readRecords(ctx context.Context, whole *builder, parts []*builder) (map[activity.Origin]*Record, error) {
	cites, want := map[activity.Origin]*Record{}, map[activity.Origin]bool{}
	for _, b := range parts {
		b.texts(want)
	}
	// A rune may lie across the limit, and a text that has just the limit's length is whole: ask for a little more.
	if err := whole.read(ctx, cites, want, maxRaw+utf8.UTFMax); err != nil {
		return nil, err
	}
	clear(want)
	place := func(o activity.Origin) {
		if cites[o] == nil {
			want[o] = true
		}
	}
	for _, s := range whole.c.Skips {
		place(s.Origin)
	}
	for _, b := range parts {
		b.crossRows(func(row uint32) { place(b.c.Whole(b.c.Activities[row].Origin())) })
	}
	return cites, whole.read(ctx, cites, want, 0)
}

// texts are the records that are cited with their text.
func (b *builder) texts(want map[activity.Origin]bool) {
	cite := func(rows []uint32, most int) {
		for _, i := range rows[:min(len(rows), most)] {
			want[b.c.Whole(b.c.Activities[i].Origin())] = true
			messages, _ := b.messagesOf(i)
			for _, o := range messages {
				want[b.c.Whole(o)] = true
			}
		}
	}
	for i := range b.Result.Findings {
		if b.reported[i] {
			cite(b.Result.Findings[i].Evidence, maxEvidence)
		}
	}
	for i := range b.Result.Caveats {
		cite(b.Result.Caveats[i].Evidence, maxCaveatEvidence)
	}
}

// at is the record that stands at an origin; it must have been read.
func (b *builder) at(o activity.Origin) *Record { return b.cites[b.c.Whole(o)] }

func (b *builder) read(ctx context.Context, cites map[activity.Origin]*Record, want map[activity.Origin]bool, most int) error {
	if len(want) == 0 {
		return nil
	}
	origins := make([]activity.Origin, 0, len(want))
	for o := range want {
		origins = append(origins, o)
	}
	slices.SortFunc(origins, func(x, y activity.Origin) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Offset, y.Offset))
	})
	records, err := b.Records.Evidence(ctx, origins, most)
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	if len(records) != len(origins) {
		return fmt.Errorf("evidence: asked for %d records, got %d", len(origins), len(records))
	}
	for i, o := range origins {
		cites[o] = &records[i]
	}
	return nil
}

// evidence cites the oldest of these activities, at most so many.
func (b *builder) evidence(rows []uint32, most int) []Evidence {
	out := make([]Evidence, 0, min(len(rows), most))
	for _, i := range rows[:min(len(rows), most)] {
		a := &b.c.Activities[i]
		whole := b.copyAt(a.Origin())
		e := Evidence{
			File: whole.File, Line: whole.Line, Record: whole.Record, ID: whole.ID, Identity: a.ID.String(),
			Raw: whole.Raw, RawCut: whole.RawCut,
		}
		if a.Flags&activity.Undated == 0 {
			e.Time = Time(a.Time)
		}
		messages, more := b.messagesOf(i)
		for _, o := range messages {
			e.Also = append(e.Also, b.copyAt(o))
		}
		e.AlsoMore = more
		out = append(out, e)
	}
	return out
}

// copyAt is the record at an origin.
func (b *builder) copyAt(o activity.Origin) Copy {
	rec := b.at(o)
	raw, cut := cutBytes(strings.ToValidUTF8(string(rec.Raw), "\uFFFD"), maxRaw)
	return Copy{File: b.path(o), Line: rec.Line, Record: rec.Record, ID: clean(rec.ServiceID), Raw: raw, RawCut: cut}
}

// maxAlso bounds the copies of one message that are cited.
const maxAlso = 5

// messagesOf are the records of a message that completed what a log says of its delivery: they prove what it does not
// say. Other repeats say the same again, and are not cited.
func (b *builder) messagesOf(row uint32) (out []activity.Origin, more int) {
	first := true
	for o := range b.c.Origins(row) {
		switch {
		case first, b.c.Inputs[o.File].Source != activity.SourceMessage:
		case len(out) == maxAlso:
			more++
		default:
			out = append(out, o)
		}
		first = false
	}
	return out, more
}
