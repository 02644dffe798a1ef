package draw

import (
	"triage/analyzers/campaign"
	"triage/analyzers/report"
	"triage/ingest/activity"
)

// crossRows calls yield for every row that the sections across mailboxes cite.
func crossRows(p *tenantPart, yield func(row uint32)) {
	t := &p.Result.View
	if t.First != nil {
		yield(t.First.Row)
	}
	for i := range t.Spread {
		for _, row := range t.Spread[i].Rows {
			yield(row)
		}
	}
	eachAnswerRow(p, yield)
	eachChange(p, yield)
	attributionRows(p, yield)
	exposedRows(p, yield)
	p.lanesOf().Rows(yield)
	eachIdentity(p, func(x *activity.Alias) { yield(x.First) })
	for i := range p.Result.Containment {
		for _, step := range p.Result.Containment[i].Steps {
			for _, row := range step.Rows {
				yield(row)
			}
		}
	}
}

func (p *tenantPart) citation(row uint32) report.Citation {
	a := &p.c.Activities[row]
	rec := p.at(a.Origin())
	out := report.Citation{File: p.path(a.Origin()), Line: rec.Line, Record: rec.Record, Identity: a.ID.String()}
	if a.Flags&activity.Undated == 0 {
		out.Time = report.Time(a.Time)
	}
	return out
}

func (p *tenantPart) citations(rows []uint32) []report.Citation {
	out := make([]report.Citation, 0, len(rows))
	for _, row := range rows {
		out = append(out, p.citation(row))
	}
	return out
}

func tenantView(p *tenantPart) report.TenantView {
	in := &p.Result.View
	out := report.TenantView{
		Mailboxes: []report.RankedMailbox{}, Shared: []report.Shared{}, Spread: []report.Spread{}, MoreShared: in.MoreShared, MoreSpread: in.MoreSpread,
	}
	for _, one := range in.Ranked {
		box := &p.Result.Mailboxes[one.Box]
		if list := p.names(one.Findings); p.Filter.mailbox(box.Name) && len(list) > 0 {
			out.Mailboxes = append(out.Mailboxes, report.RankedMailbox{
				Mailbox: report.Clean(box.Name), Score: box.Score, Band: box.Band, First: report.Time(one.First), Last: report.Time(one.Last), Findings: list, Tenant: "",
			})
		}
	}
	if f := in.First; f != nil && len(p.Filter.Mailboxes) == 0 && p.reported[f.Finding] {
		out.First = &report.FirstMailbox{
			Mailbox: report.Clean(p.c.Text(f.Mailbox)), Time: report.Time(f.Time), Finding: p.Result.Findings[f.Finding].ID, Sure: f.Sure,
			Text: report.Clean(f.Text), Doubts: cleanAll(f.Doubts), Before: p.names(f.Before), More: f.More, Evidence: p.citation(f.Row),
		}
	}
	for i := range in.Shared {
		if one, ok := sharedOf(p, &in.Shared[i]); ok {
			out.Shared = append(out.Shared, one)
		}
	}
	for i := range in.Spread {
		if one, ok := spreadOf(p, &in.Spread[i]); ok {
			out.Spread = append(out.Spread, one)
		}
	}
	return out
}

// sharedOf is what is common to mailboxes that are reported; what one finding alone speaks of joins nothing.
func sharedOf(p *tenantPart, in *campaign.Shared) (report.Shared, bool) {
	one := report.Shared{Kind: in.Kind, Value: report.Clean(in.Value), Mailboxes: []report.SharedMailbox{}, More: in.More}
	findings := 0
	for _, box := range in.Boxes {
		name := p.c.Text(box.Mailbox)
		list := p.names(box.Findings)
		if !p.Filter.mailbox(name) || len(box.Findings) > 0 && len(list) == 0 {
			continue
		}
		findings += len(list)
		one.Mailboxes = append(one.Mailboxes, report.SharedMailbox{
			Mailbox: report.Clean(name), Activities: box.Activities, First: report.Time(box.First), Last: report.Time(box.Last), DaysBefore: box.DaysBefore, Findings: list,
		})
	}
	return one, len(one.Mailboxes) > 1 && findings > 0
}

// spreadOf is how an intruder may have come from one mailbox to another, both reported.
func spreadOf(p *tenantPart, in *campaign.Spread) (report.Spread, bool) {
	from, to := p.c.Text(in.From), p.c.Text(in.To)
	list := p.names(in.Findings)
	if !p.Filter.mailbox(from) || !p.Filter.mailbox(to) || !p.Filter.span(in.Time, in.Time) {
		return report.Spread{}, false
	}
	if len(in.Findings) > 0 && len(list) == 0 {
		return report.Spread{}, false
	}
	return report.Spread{
		From: report.Clean(from), To: report.Clean(to), Time: report.Time(in.Time), Messages: in.Messages, MessageID: report.Text(report.Clean(in.MessageID)),
		Subject: report.Text(report.Clean(in.Subject)), How: in.How, Intruder: in.Intruder, Findings: list, After: report.Number(in.After / 1000),
		Evidence: p.citations(in.Rows), More: in.MoreRows,
	}, true
}

// tenantCase says which tenant a part is about.
func tenantCase(p *tenantPart) report.TenantCase {
	one := report.TenantCase{
		ID: report.Text(p.c.Tenant), Domains: cleanAll(p.Result.Domains), Activities: len(p.c.Activities), Inputs: []string{},
	}
	for i := range p.Result.Mailboxes {
		if p.Result.Mailboxes[i].Lane == activity.Person {
			one.Mailboxes++
		}
	}
	for i := range p.c.Inputs {
		if in := &p.c.Inputs[i]; in.Activities+in.Duplicates > 0 {
			one.Inputs = append(one.Inputs, report.Clean(in.Path))
		}
	}
	return one
}
