package report

import (
	"triage/analyzers"
)

// Containment is what to do about one mailbox if its findings are right, in the order in which a responder acts.
type Containment struct {
	Mailbox string   `json:"mailbox"`
	Steps   []Step   `json:"steps"`
	More    int      `json:"more"` // steps beyond those listed
	Tenant  TenantOf `json:"tenant,omitzero"`
}

// Step is one thing to do.
type Step struct {
	Action   string     `json:"action"`
	Text     string     `json:"text"`
	Commands []string   `json:"commands"` // PowerShell, each safe to paste; empty: see Refused, or there is none
	Refused  Text       `json:"refused"`  // why a command is missing
	Portal   Text       `json:"portal"`   // the way by hand
	Cautions []string   `json:"cautions"`
	Findings []string   `json:"findings"`
	Evidence []Citation `json:"evidence"`      // the acts to undo, and an undoing that the log shows
	More     int        `json:"evidence_more"` // rows beyond those listed
}

// NextEvidence is one export that the case lacks.
type NextEvidence struct {
	Mailbox  Text     `json:"mailbox"` // null: the whole case
	Export   string   `json:"export"`
	Text     string   `json:"text"`
	Commands []string `json:"commands"`
	Refused  Text     `json:"refused"`
	Portal   Text     `json:"portal"`
	From     Text     `json:"from"` // first day wanted, 2006-01-02; null: as things stand today
	To       Text     `json:"to"`
	Kept     Number   `json:"kept_days"` // by standard retention; null: as long as it stands
	Before   Text     `json:"before"`    // day on which the oldest part that is left goes; null: none goes, or all is gone
	State    string   `json:"state"`     // standing, open, going, gone
	Findings []string `json:"findings"`
	Tenant   TenantOf `json:"tenant,omitzero"`
}

func (b *builder) containment() {
	b.out.Containment = []Containment{}
	for i := range b.Result.Containment {
		in := &b.Result.Containment[i]
		name := b.c.Text(in.Mailbox)
		if !b.Filter.mailbox(name) {
			continue
		}
		out := Containment{Mailbox: clean(name), Steps: []Step{}, More: in.More}
		for j := range in.Steps {
			if list := b.names(in.Steps[j].Findings); len(list) > 0 {
				out.Steps = append(out.Steps, b.step(&in.Steps[j], list))
			}
		}
		if len(out.Steps) > 0 {
			b.out.Containment = append(b.out.Containment, out)
		}
	}
}

func (b *builder) step(in *analyzers.Step, findings []string) Step {
	w := wording(in)
	out := Step{
		Action: string(in.Action), Text: clean(w.text), Commands: w.ps.commands(), Refused: Text(clean(w.ps.refused)),
		Portal: Text(clean(w.portal)), Cautions: cleanAll(w.cautions), Findings: findings, Evidence: b.citations(in.Rows), More: in.MoreRows,
	}
	if in.Undone != 0 {
		out.Cautions = append(out.Cautions, "the log shows it undone at "+Time(in.Undone).String()+": check that it is")
	}
	return out
}

func (b *builder) nextEvidence() {
	b.out.NextEvidence, b.out.NextEvidenceMore = []NextEvidence{}, b.Result.MoreNext
	for i := range b.Result.NextEvidence {
		in := &b.Result.NextEvidence[i]
		name := b.c.Text(in.Mailbox)
		findings := b.names(in.Findings)
		if len(findings) == 0 || in.Mailbox != 0 && !b.Filter.mailbox(name) {
			continue
		}
		w := asking(in, name, b.AsOf)
		b.out.NextEvidence = append(b.out.NextEvidence, NextEvidence{
			Mailbox: Text(clean(name)), Export: string(in.Export), Text: clean(w.text), Commands: w.ps.commands(),
			Refused: Text(clean(w.ps.refused)), Portal: Text(clean(w.portal)), From: dateText(in.From), To: dateText(in.To),
			Kept: Number(in.Days), Before: dateText(in.Before), State: string(in.State), Findings: findings,
		})
	}
}
