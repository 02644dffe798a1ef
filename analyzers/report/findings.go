package report

import (
	"slices"
	"strings"
	"time"

	"triage/analyzers"
	"triage/analyzers/detect"
	"triage/ingest/activity"
)

func findings(p *part) []Finding {
	list := []Finding{}
	for i := range p.Result.Findings {
		if p.reported[i] {
			list = append(list, finding(p, &p.Result.Findings[i]))
		}
	}
	return list
}

func finding(p *part, f *analyzers.Finding) Finding {
	out := Finding{
		ID: f.ID, Fingerprint: f.Fingerprint, Rule: clean(f.Rule.ID), Title: clean(f.Rule.Title),
		Level: f.Level.String(), Confidence: f.Confidence, Points: f.Points, Share: f.Share,
		Family: f.Rule.Family, Entities: cleanAll(f.Rule.Entities), Mailbox: clean(p.c.Text(f.Mailbox)),
		First: Time(f.First), Last: Time(f.Last), Count: f.Count, Facts: Facts{},
		Evidence: p.evidence(f.Evidence, maxEvidence), Attack: cleanAll(f.Rule.Attack), Next: Text(clean(f.Rule.Next)),
		FalsePositives: cleanAll(f.Rule.FalsePositives), Author: Text(clean(f.Rule.Author)),
	}
	for _, fact := range f.Facts {
		value, err := factOf(fact.Value)
		if err != nil { // a kind of value that the contract of detectors does not name: say so rather than drop it
			value = err.Error()
		}
		out.Facts = append(out.Facts, Fact{clean(fact.Name), value})
		if fact.More > 0 {
			out.FactsMore = append(out.FactsMore, Fact{clean(fact.Name), int64(fact.More)})
		}
	}
	if s := f.Suppressed; s != nil {
		out.Suppressed = &Suppression{clean(s.Exception), clean(s.Reason), clean(s.By)}
	}
	if d := f.Decision; d != nil {
		out.Decision = &Decision{d.Verdict, clean(d.Reason), Text(clean(d.By)), dateText(d.Date), dateText(d.Expires)}
	}
	out.Text = clean(sentence(p, f, &out))
	return out
}

// dateText is a day; null for the zero time.
func dateText(t time.Time) Text {
	if t.IsZero() {
		return ""
	}
	return Text(t.Format(dayLayout))
}

// sentence is the rule's message with this finding's values; without a message, the title and the facts.
func sentence(p *part, f *analyzers.Finding, out *Finding) string {
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
		text.WriteString(value(p, f, out, name))
		rest = tail
	}
}

// value is what a message's {name} stands for: a fact, else a field of the first activity cited.
func value(p *part, f *analyzers.Finding, out *Finding, name string) string {
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
func (p *part) field(a *activity.Activity, name string) (text string, said bool) {
	v, ok := detect.ParseValue(name)
	if !ok {
		return "", false
	}
	tenant := &detect.Tenant{Case: p.c, Places: p.Result.Places}
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
func (p *part) place(ip activity.Symbol, f activity.Field) string {
	if ip == 0 {
		return ""
	}
	return clean(p.Result.Places.Field(ip, f))
}
