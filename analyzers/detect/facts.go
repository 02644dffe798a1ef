package detect

import (
	"slices"
	"strings"
	"time"

	"triage/ingest/activity"
)

// maxFactValues bounds how many values of one field a finding names; its evidence shows the rest.
const maxFactValues = 20

// timeText is an activity's time as reports write it.
func timeText(a *activity.Activity) string {
	if a.Flags&activity.Undated != 0 {
		return ""
	}
	return TimeText(a.Time)
}

// TimeText is a time in milliseconds since 1970 as facts and reports write it: RFC 3339, UTC.
func TimeText(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05Z") }

// Note states a field's distinct values among the rows as a fact: one as it is, several as a sorted list, none not at
// all.
func (f *Finding) Note(t Timeline, p *Tenant, rows []int, values ...Value) {
	for _, v := range values {
		switch texts := Distinct(t, p, rows, v); len(texts) {
		case 0:
		case 1:
			f.Set(v.Name(), texts[0])
		default:
			f.Set(v.Name(), texts[:min(len(texts), maxFactValues)])
		}
	}
}

// Distinct lists a field's distinct values among the rows, sorted.
func Distinct(t Timeline, p *Tenant, rows []int, v Value) []string {
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

// NoteMessage states the fields that the rule's message asks for and the finding does not state yet.
func (f *Finding) NoteMessage(t Timeline, p *Tenant, rows []int) {
	if f.Rule == nil {
		return
	}
	for _, name := range placeholders(f.Rule.Message) {
		if v, ok := ParseValue(name); ok && f.Fact(name) == nil {
			f.Note(t, p, rows, v)
		}
	}
}

// placeholders lists the names between braces.
func placeholders(template string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(template, "{")
		if !ok {
			return names
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return names
		}
		names, template = append(names, name), after
	}
}
