package draw

import (
	"cmp"
	"slices"

	"triage/analyzers/presence"
	"triage/analyzers/report/draw/lanes"
	"triage/ingest/activity"
)

// lanesOf counts once what the pictures of the report are drawn from.
func (p *tenantPart) lanesOf() *lanes.Lanes {
	if p.lanes == nil {
		p.lanes = lanes.Of(&lanes.Source{
			Case: p.c, By: p.Result.Attribution, Places: p.Result.Places, Findings: p.Result.Findings, Lines: p.Result.Mailboxes,
			Reported: func(i int) bool { return p.reported[i] }, Mailbox: p.Filter.mailbox, Span: p.Filter.span, Intruder: p.intruder,
			Address: func(ip activity.Symbol) string { return p.place(ip, activity.FieldIP) },
			Text:    p.actText,
			File:    p.path,
			Line:    func(o activity.Origin) int64 { return p.at(o).Line },
		})
	}
	return p.lanes
}

// actText is what an act was about, in few words: what was searched for, the program of a logon, a message's subject, or what
// was changed.
func (p *tenantPart) actText(row uint32) string {
	a := &p.c.Activities[row]
	get := func(f activity.Field) string { return p.c.Text(p.c.Get(a, f)) }
	switch a.Type {
	case activity.Search:
		return get(activity.FieldQuery)
	case activity.Logon:
		words := []string{p.c.Text(a.App), presence.ParseProgram(p.c.Text(a.Agent)).String()}
		words = slices.DeleteFunc(words, func(s string) bool { return s == "" })
		switch {
		case len(words) == 0:
			return ""
		case len(words) == 1:
			return words[0]
		default:
			return words[0] + ", " + words[1]
		}
	}
	subject := get(activity.FieldSubject)
	if m, _ := p.c.Message(a); subject == "" && m != nil {
		subject = p.c.Text(p.c.Get(m, activity.FieldSubject))
	}
	return cmp.Or(subject, get(activity.FieldObject), get(activity.FieldTarget), get(activity.FieldForwardTo))
}
