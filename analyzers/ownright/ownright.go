// Package ownright is the detector for whoever gives himself a right over another's mailbox and then uses it: one finding
// for each such person, about all that he did there since.
package ownright

import (
	"strings"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings. There are none.
type Settings struct{}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name:     "own_right",
		Doc:      "one finding for each person who gave himself one of the rights that the rule matches, about what he did in the mailbox since",
		Settings: func() detect.Settings { return &Settings{} },
	}
}

// Validate finds nothing wrong.
func (*Settings) Validate() error { return nil }

// States implements detect.Settings.
func (*Settings) States() detect.Facts {
	return detect.Facts{"acts": detect.NumberFact, "reads": detect.NumberFact}.With(stated()...)
}

// Detector is the detector that these settings describe.
func (*Settings) Detector(r *detect.Rule) detect.Detector { return &detector{r} }

func stated() []activity.Field {
	return []activity.Field{
		activity.FieldActor, activity.FieldTarget, activity.FieldOp, activity.FieldIP, activity.FieldCountry, activity.FieldOrg,
		activity.FieldIPClass, activity.FieldApp, activity.FieldAgent, activity.FieldSubject,
	}
}

type detector struct{ rule *detect.Rule }

// Mailbox gives one finding per person, in order of his first right.
func (d *detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	var findings []detect.Finding
	seen := map[activity.Symbol]bool{}
	for row, a := range t.Matches() {
		if a.Actor == t.Mailbox || seen[a.Actor] || !gains(a, p) {
			continue
		}
		seen[a.Actor] = true
		rows, reads := since(t, row, a.Actor)
		if len(rows) == 1 {
			continue // given, and not used as far as the log shows
		}
		findings = append(findings, detect.New(d.rule, t, p, rows, []string{p.Case.Text(a.Actor)},
			detect.Say("acts", len(rows)-1), detect.Say("reads", reads).If(reads > 0), detect.Fields(stated()...), detect.MessageFields()))
	}
	return findings
}

// gains says that the actor is whom a right is given to, by his address or by the part of it before the @.
func gains(a *activity.Activity, p *detect.Tenant) bool {
	actor := p.Case.Text(a.Actor)
	target, _ := detect.ParseValue("target")
	for text := range target.Texts(a, p) {
		if text = strings.ToLower(text); text == actor || strings.HasPrefix(actor, text+"@") {
			return true
		}
	}
	return false
}

// since are the right and what its actor did in the mailbox after it, but for other rights and what failed.
func since(t detect.Timeline, from int, actor activity.Symbol) (rows []int, reads int) {
	rows = []int{from}
	for row := from + 1; row < len(t.Rows); row++ {
		a := t.At(row)
		if a.Actor != actor || t.Rows[row].ActorCopy() || a.Result == activity.Failure {
			continue
		}
		switch a.Type {
		case activity.Read, activity.MailAccess, activity.AttachmentOpen:
			reads++
		case activity.Search, activity.Send, activity.Reply, activity.Forward, activity.Delete, activity.Move, activity.RuleChange, activity.ForwardingChange:
		default:
			continue
		}
		rows = append(rows, row)
	}
	return rows, reads
}
