package report

import (
	"triage/analyzers"
)

func containment(p *part) []Containment {
	list := []Containment{}
	for i := range p.Result.Containment {
		in := &p.Result.Containment[i]
		name := p.c.Text(in.Mailbox)
		if !p.Filter.mailbox(name) {
			continue
		}
		out := Containment{Mailbox: clean(name), Steps: []Step{}, More: in.More}
		for j := range in.Steps {
			if list := p.names(in.Steps[j].Findings); len(list) > 0 {
				out.Steps = append(out.Steps, step(p, &in.Steps[j], list))
			}
		}
		if len(out.Steps) > 0 {
			list = append(list, out)
		}
	}
	return list
}

func step(p *part, in *analyzers.Step, findings []string) Step {
	w := wording(in)
	out := Step{
		Action: string(in.Action), Text: clean(w.text), Commands: w.ps.commands(), Refused: Text(clean(w.ps.refused)),
		Portal: Text(clean(w.portal)), Cautions: cleanAll(w.cautions), Findings: findings, Evidence: p.citations(in.Rows), More: in.MoreRows,
	}
	if in.Undone != 0 {
		out.Cautions = append(out.Cautions, "the log shows it undone at "+Time(in.Undone).String()+": check that it is")
	}
	return out
}

func nextEvidence(p *part) []NextEvidence {
	list := []NextEvidence{}
	for i := range p.Result.NextEvidence {
		in := &p.Result.NextEvidence[i]
		name := p.c.Text(in.Mailbox)
		findings := p.names(in.Findings)
		if len(findings) == 0 || in.Mailbox != 0 && !p.Filter.mailbox(name) {
			continue
		}
		w := asking(in, name, p.AsOf)
		list = append(list, NextEvidence{
			Mailbox: Text(clean(name)), Export: string(in.Export), Text: clean(w.text), Commands: w.ps.commands(),
			Refused: Text(clean(w.ps.refused)), Portal: Text(clean(w.portal)), From: dateText(in.From), To: dateText(in.To),
			Kept: Number(in.Days), Before: dateText(in.Before), State: string(in.State), Findings: findings,
		})
	}
	return list
}
