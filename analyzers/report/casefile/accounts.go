package casefile

import (
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
)

// accountsView is chapter 3.
type accountsView struct {
	Count    int
	Sums     []string
	Cards    []card
	Rows     []accountRow // those without a card
	RowsMore int
	NoSign   string
	Several  bool
	Services string
}

// card is one account of which there is something to say.
type card struct {
	Name, Tenant string
	State        chip
	Lead         string
	Facts        []cardFact
}

type cardFact struct {
	Name, Text string
	Rows       refs
}

type accountRow struct {
	Name, Tenant string
	State        chip
	Level        chip
	Score        string
	Activities   string
	Span         string
}

// state is what is said of an account, the gravest first.
type state int

const (
	stateTaken state = iota
	stateGiven
	stateSuspect
	stateTargeted
	stateNoSign
	states
)

// chip is the state as a shape and a word.
func (s state) chip() chip {
	return [...]chip{{"taken", "Taken"}, {"given", "Given rights"}, {"asked", "To be asked"}, {"targeted", "Targeted"}, {"nosign", "No sign"}}[s]
}

// stood is one account with its state.
type stood struct {
	box   *report.Mailbox // nil: it did nothing itself
	acc   *report.Account
	name  string
	of    report.TenantOf
	state state
}

// accountPage makes chapter 3.
type accountPage struct{ *book }

func (b accountPage) accounts() accountsView {
	all := b.standing()
	v := accountsView{Count: len(all) + b.r.AccountsMore, Several: b.r.Several()}
	var counts [states]int
	quiet := 0
	for i := range all {
		s := &all[i]
		counts[s.state]++
		grave := s.state != stateNoSign
		switch {
		case len(v.Cards) < mostCards && (grave || len(all) <= 6):
			v.Cards = append(v.Cards, b.card(s))
		case len(v.Rows) < mostAccounts:
			v.Rows = append(v.Rows, b.accountRow(s))
		default:
			quiet++
		}
	}
	v.RowsMore = quiet + b.r.AccountsMore
	for s := range states {
		if n := counts[s]; n > 0 {
			v.Sums = append(v.Sums, report.Grouped(n)+" "+strings.ToLower(s.chip().Name))
		}
	}
	v.NoSign = b.missing()
	if n := len(b.r.Services); n > 0 {
		names := make([]string, 0, n)
		for i := range b.r.Services {
			names = append(names, b.r.Services[i].Name)
		}
		v.Services = "Service and system accounts, counted and not judged: " + words(names, 8) + "."
	}
	return v
}

// standing are all accounts, the gravest first.
func (b accountPage) standing() []stood {
	type key struct {
		name string
		of   report.TenantOf
	}
	by := map[key]int{}
	var all []stood
	for i := range b.r.Mailboxes {
		m := &b.r.Mailboxes[i]
		by[key{m.Mailbox, m.Tenant}] = len(all)
		all = append(all, stood{box: m, name: m.Mailbox, of: m.Tenant})
	}
	for i := range b.r.Accounts {
		a := &b.r.Accounts[i]
		if at, ok := by[key{a.Account, a.Tenant}]; ok {
			all[at].acc = a
		} else {
			all = append(all, stood{acc: a, name: a.Account, of: a.Tenant})
		}
	}
	tried := map[string]bool{}
	for _, name := range b.factsOf("compromised", "tried") {
		tried[name] = true
	}
	for i := range all {
		all[i].state = b.stateOf(&all[i], tried)
	}
	slices.SortStableFunc(all, func(x, y stood) int { return int(x.state - y.state) })
	return all
}

func (b accountPage) stateOf(s *stood, tried map[string]bool) state {
	switch {
	case len(b.intruders[owner{s.name, s.of}]) > 0 || s.acc != nil && len(s.acc.Intruders) > 0:
		return stateTaken
	case s.acc != nil && b.givenBy(s.acc) != "":
		return stateGiven
	case tried[s.name]:
		return stateTargeted
	case s.box != nil && (s.box.Band == "medium" || s.box.Band == "high" || s.box.Band == "critical"):
		if s.box.Window == nil {
			return stateTargeted
		}
		return stateSuspect
	}
	return stateNoSign
}

// givenBy is the taken account that gave this one a right; "" if none did.
func (b accountPage) givenBy(a *report.Account) string {
	for i := range a.Changes {
		if by := string(a.Changes[i].By); by != a.Account && len(b.intruders[owner{by, a.Tenant}]) > 0 {
			for _, x := range b.r.Intruders {
				if slices.Contains(b.intruders[owner{by, a.Tenant}], x.Intruder) && a.Changes[i].Evidence.Time >= x.First && a.Changes[i].Evidence.Time <= x.Last {
					return by
				}
			}
		}
	}
	return ""
}

func (b accountPage) card(s *stood) card {
	c := card{Name: cell(s.name), Tenant: b.tenant(s.of), State: s.state.chip()}
	c.Lead = b.lead(s)
	why, rows := b.whyTaken(s)
	if why != "" {
		c.Facts = append(c.Facts, cardFact{"Why", why, rows})
	}
	for i := range b.r.Exposure {
		e := &b.r.Exposure[i]
		if string(e.Mailbox) == s.name && e.Tenant == s.of {
			c.Facts = append(c.Facts, cardFact{Name: "Done there", Text: sentence("intruder " + cell(e.Intruder) + ": " + done(&e.Sums))})
		}
	}
	if s.state == stateTaken {
		c.Facts = append(c.Facts, cardFact{Name: "Still there", Text: b.stillThere(s.name)})
	}
	if s.acc != nil {
		c.Facts = append(c.Facts, b.changesOf(s.acc)...)
	}
	if s.box != nil && s.box.Score > 0 {
		c.Facts = append(c.Facts, cardFact{Name: "Severity", Text: fmt.Sprintf("%.1f %s", s.box.Score, cell(s.box.Band))})
	}
	if s.state == stateNoSign || s.state == stateTargeted {
		c.Facts = append(c.Facts, cardFact{Name: "Missing", Text: or(b.missing(), "what no log records")})
	}
	return c
}

// lead is the first sentence of a card.
func (b accountPage) lead(s *stood) string {
	switch s.state {
	case stateTaken:
		var parts []string
		for _, name := range b.intruders[owner{s.name, s.of}] {
			visits, acts := 0, 0
			var first, last report.Time
			for i := range b.r.Presences {
				p := &b.r.Presences[i]
				if p.Mailbox == s.name && p.Tenant == s.of && p.Label == "attacker" && string(p.Intruder) == name {
					visits, acts = visits+1, acts+p.Activities
					if first == 0 || p.First < first {
						first = p.First
					}
					last = max(last, p.Last)
				}
			}
			part := "intruder " + cell(name)
			if visits > 0 {
				part += ", " + plural(visits, "visit", "visits") + " with " + plural(acts, "act", "acts") + ", " + b.lasted(first, last)
			}
			parts = append(parts, part)
		}
		if len(parts) == 0 {
			return "An intruder was in this account."
		}
		return sentence(joinAnd(parts))
	case stateGiven:
		return sentence("was given a right by " + cell(b.givenBy(s.acc)) + " while an intruder was in that account")
	case stateTargeted:
		return "Tried or written to; no sign of access."
	case stateSuspect:
		return "Findings speak of access. No act is attributed to an intruder."
	}
	if s.box == nil {
		return "Did nothing itself in this data."
	}
	return plural(s.box.Activities, "activity", "activities") + ", " + b.lasted(s.box.First, s.box.Last) + "."
}

// whyTaken is the strongest reason for the verdict, with its rows.
func (b accountPage) whyTaken(s *stood) (string, refs) {
	for i := range b.r.Intruders {
		for k := range b.r.Intruders[i].Reasons {
			x := &b.r.Intruders[i].Reasons[k]
			if string(x.Account) == s.name && b.r.Intruders[i].Tenant == s.of && s.state == stateTaken {
				return sentence(text(b.inWords(x.Text))), b.cite(x.Evidence, x.More)
			}
		}
	}
	if s.box != nil {
		for _, share := range s.box.Shares[:min(len(s.box.Shares), 1)] {
			if f := b.byID[share.Finding]; f != nil {
				return sentence(text(or(f.Text, f.Title))), b.evidence(f.Evidence, f.Count-len(f.Evidence))
			}
		}
	}
	return "", refs{}
}

// changesOf are what others did to the account.
func (b accountPage) changesOf(a *report.Account) (out []cardFact) {
	for i := range a.Changes[:min(len(a.Changes), 3)] {
		c := &a.Changes[i]
		what := strings.TrimSuffix(cell(or(string(c.What), string(c.Op), c.Type)), ".")
		if c.On != "" {
			what += " on " + cell(c.On)
		}
		if c.Group != "" {
			what += " through " + cell(c.Group)
		}
		if c.By != "" {
			what += ", by " + cell(c.By)
		}
		name := ""
		if i == 0 {
			name = "Changed"
		}
		out = append(out, cardFact{name, sentence(what), b.one(c.Evidence)})
	}
	if n := len(a.Changes) - len(out) + a.More; n > 0 {
		out = append(out, cardFact{Text: "and " + plural(n, "more change", "more changes") + "."})
	}
	return out
}

// stillThere is what an intruder left behind in an account and nobody took back.
func (b accountPage) stillThere(name string) string {
	var out []string
	for _, row := range b.remains {
		if row.State.Class == "standing" && row.Mailbox == cell(name) {
			out = append(out, row.What)
		}
	}
	if len(out) > 0 {
		return sentence(words(out, 3))
	}
	for _, a := range b.answersOf("persist") {
		if a.Sure == "not known" {
			return "Not visible in this data."
		}
	}
	return "Nothing that the log shows."
}

// done counts what was done in one mailbox.
func done(s *report.ExposureSums) string {
	var out []string
	add := func(n int, one, many string) {
		if n > 0 {
			out = append(out, plural(n, one, many))
		}
	}
	add(s.Searches, "search", "searches")
	for _, a := range s.Acts {
		add(a.Items, cell(a.Act), cell(a.Act))
	}
	add(s.Messages.Presumed, "message presumed copied", "messages presumed copied")
	add(s.Rules, "rule changed", "rules changed")
	add(s.Rights, "right changed", "rights changed")
	add(s.Consents, "application let in", "applications let in")
	add(s.Links, "link made", "links made")
	if len(out) == 0 {
		return "nothing but being there"
	}
	return strings.Join(out, ", ")
}

func (b accountPage) accountRow(s *stood) accountRow {
	row := accountRow{Name: cell(s.name), Tenant: b.tenant(s.of), State: s.state.chip(), Score: "–", Activities: "0", Span: "no act of its own"}
	if s.box != nil {
		row.Score, row.Level = fmt.Sprintf("%.1f", s.box.Score), levelChip(s.box.Band)
		row.Activities, row.Span = report.Grouped(s.box.Activities), b.lasted(s.box.First, s.box.Last)
	} else if s.acc != nil {
		row.Activities = report.Grouped(s.acc.Activities)
		if isKnown(s.acc.First) {
			row.Span = b.lasted(s.acc.First, s.acc.Last)
		}
	}
	return row
}

// levelChip is a level or band as bars and a word.
func levelChip(level string) chip {
	switch level {
	case "critical", "high", "medium", "low":
		return chip{level, sentenceCase(level)}
	case "informational":
		return chip{"info", "Info"}
	case "none":
		return chip{"info", "None"}
	}
	return chip{"info", cell(level)}
}
