package detect

import (
	"slices"

	"triage/ingest/activity"
)

// Statement is something that a finding states: a fact of the detector's own, or what fields hold in its rows.
type Statement struct {
	fact    Fact
	values  []Value // of the rows; their names are the facts'
	message bool    // the fields that the rule's message asks for
	rows    []int   // nil: those of the finding
	left    bool    // out
}

// Say states a fact.
func Say(name string, value any) Statement { return Statement{fact: Fact{Name: name, Value: value}} }

// mostValues bounds the values of a list: a reader needs no more, and the evidence shows the rest.
const mostValues = 20

// List states a list, and how many values more there are than a fact names.
func List(name string, values []string) Statement {
	most := min(len(values), mostValues)
	return Statement{fact: Fact{name, values[:most], len(values) - most}}
}

// Fields states the fields' distinct values among the rows: one as it is, several as a sorted list, none not at all.
func Fields(fields ...activity.Field) Statement {
	values := make([]Value, len(fields))
	for i, f := range fields {
		values[i] = ValueOf(f)
	}
	return Values(values...)
}

// Values is Fields for values.
func Values(values ...Value) Statement { return Statement{values: values} }

// MessageFields states the fields that the rule's message asks for and the finding does not state yet. Without it they are
// stated last.
func MessageFields() Statement { return Statement{message: true} }

// From reads the fields from other rows than those of the finding.
func (s Statement) From(rows []int) Statement {
	s.rows = rows
	return s
}

// If leaves the statement out unless it is so.
func (s Statement) If(so bool) Statement {
	s.left = s.left || !so
	return s
}

// sentBefore states how long before its delivery a message was sent, where a log shows that to be long.
func sentBefore() Statement {
	v, _ := ParseValue("params.SentBefore")
	return Values(v.As("sent_before"))
}

// New is a finding of the rule about these rows of the timeline, oldest first: at the rule's confidence, and at its level
// or that of an escalation that holds for what is stated. Span and count are those of the rows. The group is what makes it
// this finding and no other.
func New(r *Rule, t Timeline, p *Tenant, rows []int, group []string, says ...Statement) Finding {
	f := Finding{
		Rule: r, Mailbox: t.Mailbox, Group: group, Level: r.Level, Confidence: r.Confidence, Count: len(rows),
		Evidence: make([]uint32, len(rows)),
	}
	for i, row := range rows {
		f.Evidence[i] = t.Rows[row].Index()
	}
	if len(rows) > 0 {
		f.First, f.Last = t.At(rows[0]).Time, t.At(rows[len(rows)-1]).Time
	}
	if !slices.ContainsFunc(says, func(s Statement) bool { return s.message }) {
		says = append(says, MessageFields())
	}
	if slices.ContainsFunc(rows, func(row int) bool { return t.At(row).Flags&activity.TwoIPs != 0 }) {
		says = append(says, Fields(activity.FieldOtherIP))
	}
	if p.Case != nil && p.Case.Symbols.Find("params.sentbefore") != 0 {
		says = append(says, sentBefore())
	}
	for _, s := range says {
		f.state(s, t, p, rows)
	}
	f.raise()
	return f
}

func (f *Finding) state(s Statement, t Timeline, p *Tenant, rows []int) {
	if s.rows != nil {
		rows = s.rows
	}
	switch {
	case s.left:
	case s.message:
		for _, name := range placeholders(f.Rule.Message) {
			if v, ok := ParseValue(name); ok && f.Fact(name) == nil {
				f.state(Values(v), t, p, rows)
			}
		}
	case s.values != nil:
		for _, v := range s.values {
			switch texts := sortedValues(t, p, rows, v); len(texts) {
			case 0:
			case 1:
				f.Set(v.Name(), texts[0])
			default:
				f.set(List(v.Name(), texts).fact)
			}
		}
	case s.fact.Name != "":
		f.set(s.fact)
	}
}

// sortedValues lists a field's distinct values among the rows, sorted.
func sortedValues(t Timeline, p *Tenant, rows []int, v Value) []string {
	var texts []string
	seen := map[string]bool{}
	var last activity.Symbol
	for i, row := range rows {
		a := t.At(row)
		if key, ok := v.Key(a); ok && i > 0 && key == last {
			continue
		} else if ok {
			last = key
		}
		for text := range v.Texts(a, p) {
			if !seen[text] {
				seen[text] = true
				texts = append(texts, text)
			}
		}
	}
	slices.Sort(texts)
	return texts
}
