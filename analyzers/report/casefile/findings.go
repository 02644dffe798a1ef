package casefile

import (
	"cmp"
	"slices"
	"strings"

	"triage/analyzers/report"
)

// findingsView is chapter 12.
type findingsView struct {
	Count    int // findings, not objects
	Groups   []group
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

// group are the findings about one object.
type group struct {
	ID         string // short name of the strongest
	Title, Sub string
	Level      chip
	Sum        string
	List       []found
	Next       string
	Facts      []pair
	Raw        []rawRow
	Find       string // what the filter looks in beside what is shown
	rank       int
}

// found is one finding of a group.
type found struct {
	Short, Title, Text, Rule, Points string
	Level                            chip
	Rows                             refs
	Note                             string
}

type rawRow struct{ Label, Text string }

func (b *book) findings() findingsView {
	v := findingsView{Count: len(b.r.Findings), Acts: b.acts, ActsMore: b.actsMore}
	counts := map[string]int{}
	by := map[string]int{}
	var groups [][]*report.Finding
	grave, small := 0, 0
	for i := range b.r.Findings {
		f := &b.r.Findings[i]
		counts[levelChip(f.Level).Class]++
		if f.Suppressed != nil {
			v.Excused++
		}
		n, most := &small, mostFindings
		if f.Suppressed == nil && (f.Level == "critical" || f.Level == "high") {
			n, most = &grave, mostGrave
		}
		if *n++; *n > most {
			v.More++
			continue
		}
		key := objectOf(f)
		at, ok := by[key]
		if !ok {
			at = len(groups)
			by[key], groups = at, append(groups, nil)
		}
		groups[at] = append(groups[at], f)
	}
	for _, list := range groups {
		v.Groups = append(v.Groups, b.group(list))
	}
	slices.SortStableFunc(v.Groups, func(x, y group) int { return cmp.Compare(x.rank, y.rank) })
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
		v.Empty = "No rule found anything. " + b.searchedIn() + " What could not be judged stands in chapter 14."
	}
	return v
}

func levelRank(level string) int {
	return slices.Index([]string{"critical", "high", "medium", "low"}, level) & 7 // none of them: last
}

// objectOf names what a finding is about: an application, a rule, a right, a visit, a search, a message. Findings of one
// object are one entry.
func objectOf(f *report.Finding) string {
	box := string(f.Tenant) + "\x00" + f.Mailbox + "\x00"
	fact := func(name string) string {
		for i := range f.Facts {
			if f.Facts[i].Name == name {
				return report.ValueText(f.Facts[i].Value)
			}
		}
		return ""
	}
	switch f.Family {
	case "mailrule":
		if name := or(fact("params.Name"), fact("object"), fact("forward_to")); name != "" {
			return box + "rule\x00" + afterSlash(name)
		}
	case "consent":
		if app := or(fact("app_id"), fact("object"), fact("target")); app != "" {
			return string(f.Tenant) + "\x00app\x00" + app
		}
	case "access":
		if by := fact("actor"); by != "" && (strings.HasPrefix(f.Rule, "access.role") || strings.Contains(f.Rule, "permission") || strings.Contains(f.Rule, "send-as")) {
			return string(f.Tenant) + "\x00rights\x00" + by + "\x00" + format(f.First, report.DayLayout, "")
		}
	case "location", "chain", "client":
		if app := fact("app_id"); app != "" && f.Family == "chain" {
			return string(f.Tenant) + "\x00app\x00" + app
		}
		if f.Intruder != "" {
			return box + "visit\x00" + string(f.Intruder)
		}
		return box + "visit\x00" + or(fact("line"), fact("ip"), f.Rule)
	case "credential":
		if f.Intruder != "" && (strings.HasPrefix(f.Rule, "session.") || strings.HasPrefix(f.Rule, "logon.")) {
			return box + "visit\x00" + string(f.Intruder)
		}
	case "delivery":
		if id := or(fact("message_id"), fact("subject")); id != "" {
			return box + "message\x00" + id
		}
	case "search":
		return box + "search\x00" + string(f.Intruder)
	}
	return box + f.Rule + "\x00" + string(f.Intruder)
}

// afterSlash is the rule's own name: "alice\." is ".".
func afterSlash(s string) string { return s[strings.LastIndexByte(s, '\\')+1:] }

func (b *book) group(list []*report.Finding) group {
	slices.SortStableFunc(list, func(x, y *report.Finding) int {
		return cmp.Or(boolInt(x.Suppressed != nil)-boolInt(y.Suppressed != nil), cmp.Compare(levelRank(x.Level), levelRank(y.Level)), cmp.Compare(y.Points, x.Points))
	})
	f := list[0]
	g := group{ID: cell(or(f.Short, f.ID)), Level: levelChip(f.Level), Title: b.titleOf(list), rank: levelRank(f.Level)}
	if f.Suppressed != nil {
		g.Level, g.rank = chip{"info", "Excused"}, 9
	}
	rules, rows := map[string]bool{}, 0
	first, last := report.Time(0), report.Time(0)
	for _, one := range list {
		rules[one.Rule] = true
		rows += one.Count
		if known(one.First) && (first == 0 || one.First < first) {
			first = one.First
		}
		last = max(last, one.Last)
		g.List = append(g.List, b.found(one))
		if g.Next == "" && one.Next != "" {
			g.Next = text(one.Next)
		}
	}
	g.Sum = plural(len(rules), "rule", "rules") + ", " + plural(rows, "row", "rows")
	var sub []string
	if f.Intruder != "" {
		sub = append(sub, "Intruder "+cell(f.Intruder))
	}
	sub = append(sub, cell(f.Mailbox))
	for _, fact := range f.Facts {
		if fact.Name == "ip" {
			sub = append(sub, cell(report.ValueText(fact.Value)))
		}
	}
	g.Sub = strings.Join(append(sub, b.lasted(first, last)), " · ")
	if t := b.tenant(f.Tenant); t != "" {
		g.Sub = t + " · " + g.Sub
	}
	g.Facts = factsOf(f)
	g.Raw = b.raw(list)
	return g
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// titleOf is what was found about the object, in words.
func (b *book) titleOf(list []*report.Finding) string {
	f := list[0]
	title := cell(f.Title)
	if f.Intruder != "" && (f.Family == "location" || f.Family == "chain" || f.Family == "client" || f.Family == "credential") {
		if where := b.countries(list); where != "" && strings.Contains(objectOf(f), "\x00visit\x00") {
			return cell(f.Mailbox) + " used from " + where
		}
	}
	switch f.Family {
	case "mailrule":
		for _, fact := range f.Facts {
			if fact.Name == "params.Name" {
				return "Inbox rule " + quoted(report.ValueText(fact.Value)) + ": " + lowerFirst(title)
			}
		}
	case "search":
		if len(list) > 1 {
			return plural(len(list), "search", "searches") + " for money or passwords"
		}
	}
	return title
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

// countries are where the intruder of these findings came from.
func (b *book) countries(list []*report.Finding) string {
	var out []string
	for i := range b.r.Intruders {
		x := &b.r.Intruders[i]
		if x.Intruder != string(list[0].Intruder) || x.Tenant != list[0].Tenant {
			continue
		}
		for k := range x.Addresses {
			if a := &x.Addresses[k]; a.Country != "" {
				ip := a.IP
				if slices.ContainsFunc(list, func(f *report.Finding) bool {
					return slices.ContainsFunc(f.Facts, func(fact report.Fact) bool {
						return fact.Name == "ip" && strings.Contains(report.ValueText(fact.Value), ip)
					})
				}) {
					out = add(out, string(a.Country))
				}
			}
		}
	}
	return words(out, 3)
}

func (b *book) found(f *report.Finding) found {
	out := found{
		Short: cell(or(f.Short, f.ID)), Title: cell(f.Title), Text: text(f.Text), Rule: cell(f.Rule), Level: levelChip(f.Level), Points: report.ValueText(round(f.Points)),
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
		if len(out) == 12 {
			break
		}
		if value := report.Short(f.FactText(fact), 240); value != "" && value != "unknown" {
			out = append(out, pair{cell(strings.ReplaceAll(strings.TrimPrefix(fact.Name, "params."), "_", " ")), value})
		}
	}
	if f.Strangeness != nil && len(f.StrangeWhy) > 0 {
		var why []string
		for _, s := range f.StrangeWhy[:min(len(f.StrangeWhy), 6)] {
			why = append(why, withoutPoints(report.Short(s, 120)))
		}
		out = append(out, pair{"strange", strings.Join(why, "; ")})
	}
	return out
}

// raw are the first rows of a group as the exhibits have them, each once.
func (b *book) raw(list []*report.Finding) (out []rawRow) {
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
			out = append(out, rawRow{label, report.Short(e.Raw, rawRunes)})
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

func (b *book) decisions() (out []decided) {
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
