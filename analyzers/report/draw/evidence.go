package draw

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"triage/analyzers/report"
	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/rules/detect"
)

// readRecords fetches what the report cites in two goes: evidence with its text, skipped rows for their place only. What
// several tenants cite is asked for at once, because a compressed file is read from its beginning each time.
func readRecords(ctx context.Context, whole *tenantPart, parts []*tenantPart) (map[activity.Origin]*CitedRecord, error) {
	cites, want := map[activity.Origin]*CitedRecord{}, map[activity.Origin]bool{}
	for _, p := range parts {
		texts(p, want)
	}
	// A rune may lie across the limit, and a text that has just the limit's length is whole: ask for a little more.
	if err := readCited(ctx, whole, cites, want, report.MaxRaw+utf8.UTFMax); err != nil {
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
	for _, p := range parts {
		crossRows(p, func(row uint32) { place(p.c.Whole(p.c.Activities[row].Origin())) })
	}
	return cites, readCited(ctx, whole, cites, want, 0)
}

// texts are the records that are cited with their text.
func texts(p *tenantPart, want map[activity.Origin]bool) {
	cite := func(rows []uint32, most int) {
		for _, i := range rows[:min(len(rows), most)] {
			want[p.c.Whole(p.c.Activities[i].Origin())] = true
			messages, _ := p.messagesOf(i)
			for _, o := range messages {
				want[p.c.Whole(o)] = true
			}
		}
	}
	for i := range p.Result.Findings {
		if p.reported[i] {
			cite(p.Result.Findings[i].Cited(maxEvidence), maxEvidence)
		}
	}
	for i := range p.Result.Caveats {
		cite(p.Result.Caveats[i].Evidence, maxCaveatEvidence)
	}
}

// at is the record that stands at an origin; it must have been read.
func (p *tenantPart) at(o activity.Origin) *CitedRecord { return p.cites[p.c.Whole(o)] }

func readCited(ctx context.Context, p *tenantPart, cites map[activity.Origin]*CitedRecord, want map[activity.Origin]bool, most int) error {
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
	records, err := p.Records.Evidence(ctx, origins, most)
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

// evidenceOf cites what a finding rests on. Where it tells what proves it from what else was done, so do the rows.
func (p *tenantPart) evidenceOf(f *detect.Finding) []report.Evidence {
	rows := f.Cited(maxEvidence)
	out := p.evidence(rows, maxEvidence)
	for i := range out {
		if f.Proof == nil {
			break
		}
		out[i].Role = "context"
		if _, proves := slices.BinarySearch(f.Proof, rows[i]); proves {
			out[i].Role = "proof"
		}
	}
	return out
}

// evidence cites the oldest of these activities, at most so many.
func (p *tenantPart) evidence(rows []uint32, most int) []report.Evidence {
	out := make([]report.Evidence, 0, min(len(rows), most))
	for _, i := range rows[:min(len(rows), most)] {
		a := &p.c.Activities[i]
		whole := p.copyAt(a.Origin())
		e := report.Evidence{
			File: whole.File, Line: whole.Line, Record: whole.Record, ID: whole.ID, Identity: a.ID.String(),
			Raw: whole.Raw, RawCut: whole.RawCut,
		}
		if a.Flags&activity.Undated == 0 {
			e.Time = report.Time(a.Time)
		}
		messages, more := p.messagesOf(i)
		for _, o := range messages {
			e.Also = append(e.Also, p.copyAt(o))
		}
		e.AlsoMore = more
		out = append(out, e)
	}
	return out
}

// copyAt is the record at an origin.
func (p *tenantPart) copyAt(o activity.Origin) report.Copy {
	rec := p.at(o)
	whole := record.Valid(string(rec.Raw))
	raw := record.Clip(whole, report.MaxRaw)
	return report.Copy{File: p.path(o), Line: rec.Line, Record: rec.Record, ID: report.Clean(rec.ServiceID), Raw: raw, RawCut: len(raw) < len(whole)}
}

// maxAlso bounds the copies of one message that are cited.
const maxAlso = 5

// messagesOf are the records of a message that completed what a log says of its delivery: they prove what it does not
// say. Other repeats say the same again, and are not cited.
func (p *tenantPart) messagesOf(row uint32) (out []activity.Origin, more int) {
	first := true
	for o := range p.c.Origins(row) {
		switch {
		case first, p.c.Inputs[o.File].Source != activity.SourceMessage:
		case len(out) == maxAlso:
			more++
		default:
			out = append(out, o)
		}
		first = false
	}
	return out, more
}
