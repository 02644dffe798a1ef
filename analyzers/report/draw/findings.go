package draw

import (
	"slices"
	"strings"
	"time"

	"triage/analyzers/report"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules/detect"
)

func findings(p *tenantPart) []report.Finding {
	list := []report.Finding{}
	for i := range p.Result.Findings {
		if p.reported[i] {
			list = append(list, finding(p, i))
		}
	}
	return list
}

func finding(p *tenantPart, number int) report.Finding {
	f := &p.Result.Findings[number]
	out := report.Finding{
		ID: f.ID, Fingerprint: f.Fingerprint, Formerly: f.Formerly, Rule: report.Clean(f.Rule.ID), Title: report.Clean(f.Rule.Title),
		Level: f.Level.String(), Confidence: f.Confidence, Points: f.Points, Share: f.Share,
		Family: f.Rule.Family, Entities: cleanAll(f.Rule.Entities), Mailbox: report.Clean(p.c.Text(f.Mailbox)),
		First: report.Time(f.First), Last: report.Time(f.Last), Count: f.Count, Facts: report.Facts{},
		Evidence: p.evidenceOf(&f.Finding), Attack: cleanAll(f.Rule.Attack), Next: report.Text(report.Clean(f.Rule.Next)),
		FalsePositives: cleanAll(f.Rule.FalsePositives), Author: report.Text(report.Clean(f.Rule.Author)),
	}
	for _, fact := range f.Facts {
		value, err := report.FactOf(fact.Value)
		if err != nil { // a kind of value that the contract of detectors does not name: say so rather than drop it
			value = err.Error()
		}
		out.Facts = append(out.Facts, report.Fact{Name: report.Clean(fact.Name), Value: value})
		if fact.More > 0 {
			out.FactsMore = append(out.FactsMore, report.FactCount{Name: report.Clean(fact.Name), More: int64(fact.More)})
		}
	}
	if s := f.Suppressed; s != nil {
		out.Suppressed = &report.Suppression{Exception: report.Clean(s.Exception), Reason: report.Clean(s.Reason), By: report.Clean(s.By)}
	}
	if i := p.Result.BlamedOn(number); i >= 0 {
		out.Intruder = report.Text(p.Result.Attribution.Intruders[i].Name)
	}
	if d := f.Decision; d != nil {
		out.Decision = &report.Decision{Verdict: d.Verdict, Reason: report.Clean(d.Reason), By: report.Text(report.Clean(d.By)), Date: dateText(d.Date), Expires: dateText(d.Expires)}
	}
	if row, tenths, known := strangest(p.Result.Context, f.Evidence); known {
		points := float64(tenths) / 10
		out.Strangeness, out.StrangeWhy = &points, cleanAll(p.Result.Context.StrangeWhy(row))
	}
	out.Text = report.Clean(messageText(p, f, &out))
	return out
}

// strangest is the first of the strangest rows; known is false where nobody knows of any.
func strangest(c detect.Context, rows []uint32) (row uint32, tenths int, known bool) {
	if c == nil {
		return 0, 0, false
	}
	for _, one := range rows {
		if n, ok := c.Strangeness(one); ok && (!known || n > tenths) {
			row, tenths, known = one, n, true
		}
	}
	return row, tenths, known
}

// dateText is a day; null for the zero time.
func dateText(t time.Time) report.Text {
	if t.IsZero() {
		return ""
	}
	return report.Text(t.Format(report.DayLayout))
}

// messageText is the rule's message with this finding's values; without a message, the title and the facts.
func messageText(p *tenantPart, f *verdict.Finding, out *report.Finding) string {
	if f.Rule.Message == "" {
		parts := make([]string, len(out.Facts))
		for i, fact := range out.Facts {
			parts[i] = fact.Name + " " + out.FactText(fact)
		}
		if len(parts) == 0 {
			return f.Rule.Title
		}
		return f.Rule.Title + ": " + strings.Join(parts, ", ")
	}
	var text strings.Builder
	rest := f.Rule.Message
	for {
		before, after, open := strings.Cut(rest, "{")
		name, tail, closed := strings.Cut(after, "}")
		if !open || !closed {
			text.WriteString(rest)
			return text.String()
		}
		text.WriteString(before)
		text.WriteString(messageValue(p, f, out, name))
		rest = tail
	}
}

// messageValue is what a message's {name} stands for: a fact, else a field of the first activity cited.
func messageValue(p *tenantPart, f *verdict.Finding, out *report.Finding, name string) string {
	for _, fact := range out.Facts {
		if strings.EqualFold(fact.Name, name) {
			return out.FactText(fact)
		}
	}
	if len(f.Evidence) > 0 {
		switch s, said := p.field(&p.c.Activities[f.Evidence[0]], name); {
		case s != "":
			return s
		case said:
			return "(blank)" // there and empty: a rule without a name is not one whose name is unknown
		}
	}
	return "(unknown)"
}

// field is the text of a field of an activity by the word that rules use; said is false where it is unknown.
func (p *tenantPart) field(a *activity.Activity, name string) (text string, said bool) {
	v, ok := detect.ParseValue(name)
	if !ok {
		return "", false
	}
	tenant := &detect.Tenant{Case: p.c, Places: p.Result.Places, Context: p.Result.Context}
	if text = strings.Join(slices.Collect(v.Texts(a, tenant)), ", "); text != "" {
		return text, true
	}
	// Only parameters can be there and empty.
	if key := p.c.Symbols.Find(strings.ToLower(name)); key != 0 {
		_, said = p.c.Lookup(a, activity.DynamicKey(key))
	}
	return "", said
}

// place is what is known of where an address is; "" where it is not.
func (p *tenantPart) place(ip activity.Symbol, f activity.Field) string {
	if ip == 0 {
		return ""
	}
	return report.Clean(p.Result.Places.Field(ip, f))
}
