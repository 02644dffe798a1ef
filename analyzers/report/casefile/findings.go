package casefile

import (
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/digest"
)

// findingsView is chapter 12.
type findingsView struct {
	Count    int // findings, not objects
	Groups   []findingGroup
	Levels   []levelCount
	More     int
	Excused  int
	Acts     []actRow
	ActsMore int
	Empty    string
}

// levelCount is one button of the filter.
type levelCount struct {
	Class, Name string
	Count       int
}

// findingGroup are the findings about one object.
type findingGroup struct {
	ID         string // short name of the strongest
	Title, Sub string
	Level      chip
	Sum        string
	Open       bool
	List       []shownFinding
	Next       string
	Facts      []pair
	Raw        []rawRow
}

// shownFinding is one finding of a group.
type shownFinding struct {
	Short, Title, Text, Rule, Points string
	Level                            chip
	Rows                             refs
	Note                             string
}

type rawRow struct{ Label, Text string }

// findingPage makes chapters 12 and 13.
type findingPage struct{ *book }

func (b findingPage) findings() findingsView {
	v := findingsView{Count: len(b.r.Findings), Acts: b.acts, ActsMore: b.actsMore}
	grave, small := 0, 0
	var excused []*report.Finding
	for _, o := range digest.Objects(b.r.Findings) {
		n, most := &small, mostFindings
		if o.Grave() {
			n, most = &grave, mostGrave
		}
		if *n += len(o.Findings); *n > most && len(v.Groups) > 0 {
			left := min(*n-most, len(o.Findings))
			v.More += left
			o.Findings = o.Findings[:len(o.Findings)-left]
		}
		if len(o.Findings) > 0 {
			g := b.group(&o, len(v.Groups) < mostInFull)
			g.Open = len(v.Groups) == 0 && o.Grave() // shows what stands behind the others
			v.Groups = append(v.Groups, g)
		}
	}
	for i := range b.r.Findings {
		if f := &b.r.Findings[i]; f.Suppressed != nil {
			v.Excused++
			excused = append(excused, f)
		}
	}
	if len(excused) > 0 {
		v.More += max(0, len(excused)-mostFindings)
		g := b.group(&digest.Object{Name: "findings that exceptions excuse", Findings: excused[:min(len(excused), mostFindings)]}, false)
		g.Level = chip{"info", "Excused"}
		v.Groups = append(v.Groups, g)
	}
	for _, k := range []string{"critical", "high", "medium", "low", "informational"} {
		c := levelChip(k)
		n := 0
		for i := range v.Groups {
			if v.Groups[i].Level.Class == c.Class {
				n++
			}
		}
		if n > 0 {
			v.Levels = append(v.Levels, levelCount{c.Class, c.Name, n})
		}
	}
	if v.Count == 0 {
		v.Empty = "No rule found anything. " + b.looked().English() + " What could not be judged stands in chapter 14."
	}
	return v
}

// group is one object with what was found about it; in full, with the first rows and what the gravest finding names.
func (b findingPage) group(o *digest.Object, full bool) findingGroup {
	f := o.Findings[0]
	g := findingGroup{ID: cell(or(f.Short, f.ID)), Level: levelChip(f.Level), Title: sentenceCase(short(o.Name, 200)), Sub: titles(o)}
	rules, rows := map[string]bool{}, 0
	for _, one := range o.Findings {
		rules[one.Rule] = true
		rows += one.Count
		g.List = append(g.List, b.found(one))
		if full && g.Next == "" && one.Next != "" {
			g.Next = text(one.Next)
		}
	}
	g.Sum = plural(len(rules), "rule", "rules") + ", " + plural(rows, "row", "rows")
	if isKnown(o.First) {
		g.Sub += " · since " + b.minute(o.First)
	}
	if t := b.tenant(f.Tenant); t != "" {
		g.Sub = t + " · " + g.Sub
	}
	if full {
		g.Facts, g.Raw = factsOf(f), b.raw(o.Findings)
	}
	return g
}

// titles are what was found about an object, the gravest first.
func titles(o *digest.Object) string {
	const most = 3
	all := o.Titles()
	out := make([]string, 0, most)
	for _, s := range all[:min(len(all), most)] {
		out = append(out, cell(s))
	}
	s := strings.Join(out, "; ")
	if n := len(all) - most; n > 0 {
		s += "; and " + report.Grouped(n) + " more"
	}
	return s
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

func (b findingPage) found(f *report.Finding) shownFinding {
	out := shownFinding{
		Short: cell(or(f.Short, f.ID)), Title: cell(f.Title), Text: short(f.Text, 200), Rule: cell(f.Rule), Level: levelChip(f.Level), Points: report.ValueText(round(f.Points)),
		Rows: b.evidence(f.Evidence, f.Count-len(f.Evidence)),
	}
	if out.Text == out.Title {
		out.Text = ""
	}
	switch {
	case f.Suppressed != nil:
		out.Note = sentence("excused by " + cell(f.Suppressed.Exception) + ": " + text(report.SaidBy(f.Suppressed.Reason, f.Suppressed.By)))
	case f.Decision != nil:
		out.Note = sentence("decided " + cell(f.Decision.Verdict) + ": " + text(report.SaidBy(f.Decision.Reason, string(f.Decision.By))))
	}
	return out
}

// round is to one decimal.
func round(x float64) float64 { return float64(int64(x*10+0.5)) / 10 }

// factsOf are what the strongest finding names, without what only the program reads.
func factsOf(f *report.Finding) (out []pair) {
	for _, fact := range f.Facts {
		if len(out) == 10 {
			break
		}
		if value := short(f.FactText(fact), 160); value != "" && value != "unknown" {
			out = append(out, pair{cell(strings.ReplaceAll(strings.TrimPrefix(fact.Name, "params."), "_", " ")), value})
		}
	}
	if f.Strangeness != nil && len(f.StrangeWhy) > 0 {
		var why []string
		for _, s := range f.StrangeWhy[:min(len(f.StrangeWhy), 6)] {
			why = append(why, withoutPoints(short(s, 120)))
		}
		out = append(out, pair{"strange", strings.Join(why, "; ")})
	}
	return out
}

// raw are the first rows of a group as the exhibits have them, each once.
func (b findingPage) raw(list []*report.Finding) (out []rawRow) {
	const most = 3
	seen := map[string]bool{}
	for _, f := range list {
		for i := range f.Evidence {
			e := &f.Evidence[i]
			label := b.labelOf(e.File, e.Line, e.Line).Label
			if e.Raw == "" || seen[label] {
				continue
			}
			seen[label] = true
			out = append(out, rawRow{label, short(e.Raw, rawRunes)})
			if len(out) == most {
				return out
			}
		}
	}
	return out
}

// decided is one line of chapter 13.
type decided struct {
	When, Who, What, Why, Until string
	To                          string
}

func (b findingPage) decisions() (out []decided) {
	for i := range b.r.Findings {
		f := &b.r.Findings[i]
		if len(out) == mostListed {
			return out
		}
		what := cell(or(f.Short, f.ID)) + ", " + cell(f.Title) + ", " + cell(f.Mailbox) + ": "
		switch d, s := f.Decision, f.Suppressed; {
		case d != nil:
			out = append(out, decided{or(written(string(d.Date)), "not said"), or(cell(d.By), "not said"), what + cell(d.Verdict), text(d.Reason), written(string(d.Expires)), ""})
		case s != nil:
			out = append(out, decided{"by rule pack", or(cell(s.By), "not said"), what + "excused by " + cell(s.Exception), text(s.Reason), "", ""})
		}
	}
	return out
}
