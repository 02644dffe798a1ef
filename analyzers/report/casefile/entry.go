package casefile

import (
	"strings"

	"triage/analyzers/report"
)

// entryChapter is chapter 4 for one intruder in one account: five steps, of which the empty ones are what to fetch.
type entryChapter struct {
	Title string
	Steps []entryStep
}

type entryStep struct {
	Name, Lead, Text string
	Mono             bool
	Rows             refs
	Sure             chip
}

// entryPage makes chapter 4.
type entryPage struct{ *book }

func (b entryPage) entries() (out []entryChapter) {
	for i := range b.r.Intruders {
		x := &b.r.Intruders[i]
		for _, account := range x.Accounts {
			if len(out) == mostCards {
				return out
			}
			out = append(out, entryChapter{
				Title: "Intruder " + cell(x.Intruder) + " into " + cell(account),
				Steps: []entryStep{b.lure(x, account), b.attempts(x, account), b.success(x, account), b.factor(x, account), b.session(x, account)},
			})
		}
	}
	return out
}

func (b entryPage) lure(x *report.Intruder, account string) entryStep {
	s := entryStep{Name: "Lure", Lead: "Not in this data", Text: "A message trace of the days before would show it.", Sure: sureChip("")}
	if lures := b.factsOf("entry", "lure"); len(lures) > 0 && len(x.Accounts) > 0 && x.Accounts[0] == account {
		return entryStep{Name: "Lure", Lead: "“" + words(lures, 1) + "”", Text: "The message that may have been the lure.", Sure: sureChip("likely")}
	}
	if b.has("trace") {
		s.Lead, s.Text = "None found", "The message trace shows none that fits."
	}
	return s
}

func (b entryPage) attempts(x *report.Intruder, account string) entryStep {
	s := entryStep{Name: "Attempts", Lead: "None seen", Text: "The sign-ins show no failure that a finding speaks of.", Sure: sureChip("likely")}
	if !b.has("signin") {
		s.Text, s.Sure = "Without sign-ins most failures are not recorded.", sureChip("")
	}
	for i := range b.r.Findings {
		f := &b.r.Findings[i]
		if f.Mailbox == account && f.Tenant == x.Tenant && f.Suppressed == nil && (strings.HasPrefix(f.Rule, "logon.guess") || strings.HasPrefix(f.Rule, "logon.spray")) {
			return entryStep{
				Name: "Attempts", Lead: plural(f.Count, "attempt", "attempts"), Text: sentence(text(f.Title)),
				Rows: b.evidence(f.Evidence, f.Count-len(f.Evidence)), Sure: sureChip("proven"),
			}
		}
	}
	return s
}

// logonOf is the first sign-in of an intruder that succeeded, as the timeline has it.
func (b entryPage) logonOf(x *report.Intruder, account string) *report.Row {
	for i := range b.r.Timeline {
		if b.r.Timeline[i].Mailbox != account || b.r.Timeline[i].Tenant != x.Tenant {
			continue
		}
		for k := range b.r.Timeline[i].Rows {
			row := &b.r.Timeline[i].Rows[k]
			if row.Type == "logon" && row.Who == "attacker" && string(row.Intruder) == x.Intruder && row.Result != "failure" {
				return row
			}
		}
	}
	return nil
}

func (b entryPage) success(x *report.Intruder, account string) entryStep {
	s := entryStep{Name: "Success", Lead: "No sign-in seen", Text: "Acts are seen without the sign-in before them.", Sure: sureChip("")}
	if row := b.logonOf(x, account); row != nil {
		s.Lead, s.Sure = b.when(row.Time), sureChip("proven")
		s.Text = sentence("from " + cell(or(row.IP, "an address that is not recorded")) + " " + bracket(networkWords(row.Country, row.Org, row.Class)))
		if row.Agent != "" {
			s.Text += " " + sentence("with "+program(string(row.Agent)))
		}
		s.Rows = b.one(report.Citation{File: row.File, Line: row.Line})
		return s
	}
	for i := range b.r.Story {
		if b.r.Story[i].Intruder != x.Intruder || b.r.Story[i].Tenant != x.Tenant {
			continue
		}
		for k := range b.r.Story[i].Sentences {
			if l := &b.r.Story[i].Sentences[k]; string(l.Account) == account && strings.HasPrefix(l.Text, "signed in") {
				return entryStep{Name: "Success", Lead: b.when(l.Time), Text: sentence(text(l.Text)), Rows: b.cite(l.Rows, l.More), Sure: sureChip("proven")}
			}
		}
	}
	if how := b.factsOf("entry", "how"); len(how) > 0 && how[0] != "unknown" {
		s.Text = sentence("perhaps by " + words(how, 3))
	}
	return s
}

func bracket(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

func (b entryPage) factor(x *report.Intruder, account string) entryStep {
	s := entryStep{Name: "Second factor", Lead: "Not in this data", Text: "Only sign-ins show it.", Sure: sureChip("")}
	row := b.logonOf(x, account)
	if row == nil {
		return s
	}
	for _, f := range row.Details {
		name := strings.ToLower(f.Name)
		if !strings.Contains(name, "authenticationrequirement") {
			continue
		}
		s.Rows, s.Sure = b.one(report.Citation{File: row.File, Line: row.Line}), sureChip("proven")
		if strings.Contains(strings.ToLower(report.ValueText(f.Value)), "multi") {
			s.Lead, s.Text = "Asked for, and met", "The sign-in says that more than a password was required."
		} else {
			s.Lead, s.Text = "Not asked for", "The sign-in says that one factor was enough."
		}
	}
	return s
}

func (b entryPage) session(x *report.Intruder, account string) entryStep {
	s := entryStep{Name: "Session", Lead: "Not recorded", Text: "The rows have no session.", Sure: sureChip("")}
	n, acts := 0, 0
	var last report.Time
	for i := range b.r.Presences {
		p := &b.r.Presences[i]
		if p.Mailbox != account || p.Tenant != x.Tenant || p.Label != "attacker" || string(p.Intruder) != x.Intruder {
			continue
		}
		if n++; p.Session != "" && !s.Mono {
			s.Lead, s.Mono, s.Sure = shortID(string(p.Session)), true, sureChip("proven")
		}
		acts, last = acts+p.Activities, max(last, p.Last)
	}
	if n > 0 {
		s.Text = sentence(plural(acts, "act", "acts") + " in " + plural(n, "visit", "visits") + ", until " + b.minute(last))
	}
	return s
}

// shortID is the ends of a long id.
func shortID(id string) string {
	if r := []rune(report.Plain(id)); len(r) > 20 {
		return string(r[:8]) + "…" + string(r[len(r)-5:])
	}
	return cell(id)
}
