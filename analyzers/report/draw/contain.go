package draw

import (
	"triage/analyzers/campaign"
	"triage/analyzers/report"
)

func containment(p *tenantPart) []report.Containment {
	list := []report.Containment{}
	for i := range p.Result.Containment {
		in := &p.Result.Containment[i]
		name := p.c.Text(in.Mailbox)
		if !p.Filter.mailbox(name) {
			continue
		}
		out := report.Containment{Mailbox: report.Clean(name), Steps: []report.Step{}, More: in.More}
		for j := range in.Steps {
			if list := p.names(in.Steps[j].Findings); len(list) > 0 {
				out.Steps = append(out.Steps, reportStep(p, &in.Steps[j], list))
			}
		}
		if len(out.Steps) > 0 {
			list = append(list, out)
		}
	}
	return list
}

func reportStep(p *tenantPart, in *campaign.Step, findings []string) report.Step {
	w := wording(in)
	out := report.Step{
		Action: string(in.Action), Account: report.Text(report.Clean(in.Account)), Text: report.Clean(w.text), Commands: w.ps.commands(), Refused: report.Text(report.Clean(w.ps.refused)),
		Portal: report.Text(report.Clean(w.portal)), Cautions: cleanAll(w.cautions), Findings: findings, Evidence: p.citations(in.Rows), More: in.MoreRows,
	}
	if in.Undone != 0 {
		out.Cautions = append(out.Cautions, "the log shows it undone at "+report.Time(in.Undone).String()+": check that it is")
	}
	return out
}

func nextEvidence(p *tenantPart) []report.NextEvidence {
	list := []report.NextEvidence{}
	for i := range p.Result.NextEvidence {
		in := &p.Result.NextEvidence[i]
		name := p.c.Text(in.Mailbox)
		findings := p.names(in.Findings)
		if len(findings) == 0 || in.Mailbox != 0 && !p.Filter.mailbox(name) {
			continue
		}
		w := asking(in, name, p.AsOf)
		list = append(list, report.NextEvidence{
			Mailbox: report.Text(report.Clean(name)), Export: string(in.Export), Text: report.Clean(w.text), Commands: w.ps.commands(),
			Refused: report.Text(report.Clean(w.ps.refused)), Portal: report.Text(report.Clean(w.portal)), From: dateText(in.From), To: dateText(in.To),
			Kept: report.Number(in.Days), Before: dateText(in.Before), State: string(in.State), Findings: findings,
		})
	}
	return list
}
