package casefile

import (
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/figure"
	"triage/analyzers/report/phrase"
)

// What several chapters look up in the report.

// answersOf are the answers to one question, of each tenant.
func (b *book) answersOf(id string) (out []*report.Answer) {
	for i := range b.r.Answers {
		if b.r.Answers[i].ID == id {
			out = append(out, &b.r.Answers[i])
		}
	}
	return out
}

// factsOf are what all answers to a question name under a word.
func (b *book) factsOf(id, name string) (out []string) {
	for _, a := range b.answersOf(id) {
		for _, f := range a.Facts {
			if f.Name == name {
				out = append(out, f.Values...)
			}
		}
	}
	return out
}

// taken are the accounts that were taken, and how sure the least sure of the answers that name some is.
func (b *book) taken() (accounts []string, sure string) {
	accounts = b.factsOf("compromised", "taken")
	more := 0
	for _, a := range b.answersOf("compromised") {
		named := false
		for _, f := range a.Facts {
			named = named || f.Name == "taken" && len(f.Values) > 0
		}
		for _, m := range a.FactsMore {
			if m.Name == "taken" {
				more += int(m.More)
			}
		}
		if named && (sure == "" || surely(a.Sure) < surely(sure)) {
			sure = a.Sure
		}
	}
	return append(accounts, make([]string, more)...), sure
}

// threadCount is how many payment threads the answers name: one of several mailboxes counts once.
func (b *book) threadCount() int {
	n := 0
	for _, a := range b.answersOf("money") {
		for _, f := range a.Facts {
			if f.Name == "threads" {
				n += len(f.Values)
			}
		}
		for _, m := range a.FactsMore {
			if m.Name == "threads" {
				n += int(m.More)
			}
		}
	}
	return n
}

// totals are the messages and files of all exposures.
func (b *book) totals() (t report.ExposureCount) {
	for i := range b.r.Exposure {
		s := &b.r.Exposure[i].Sums
		t.Proven += s.Messages.Proven + s.Files.Proven
		t.Presumed += s.Messages.Presumed + s.Files.Presumed
		t.Contested += s.Messages.Contested + s.Files.Contested
	}
	return t
}

// looked says in how much evidence nothing was found.
func (b *book) looked() phrase.Text {
	rows := int64(0)
	for i := range b.r.Inputs {
		rows += b.r.Inputs[i].Activities
	}
	return phrase.Say("Looked at: {1} of {2} and {3}.", phrase.Count(rows, "{n} activity|{n} activities"), phrase.Count(len(b.r.Inputs), "{n} exhibit|{n} exhibits"),
		phrase.Count(len(b.r.Mailboxes), "{n} mailbox|{n} mailboxes"))
}

// has says that the case has a kind of log.
func (b *book) has(source string) bool {
	return slices.ContainsFunc(b.r.Coverage, func(c report.Coverage) bool { return c.Source == source })
}

// inWords puts the titles of rules where a reason names them: "accused by geo.new-country".
func (b *book) inWords(reason string) string {
	head, rules, ok := strings.Cut(reason, "accused by ")
	if !ok {
		return reason
	}
	var titles []string
	for rule := range strings.SplitSeq(rules, ", ") {
		title := rule
		for i := range b.r.Findings {
			if b.r.Findings[i].Rule == rule {
				title = lowerFirst(b.r.Findings[i].Title)
				break
			}
		}
		titles = append(titles, title)
	}
	return head + "accused by: " + strings.Join(titles, ", ")
}

// detail is a change in full, as its record says it: the rule's conditions and what it does.
func (b *book) detail(c report.Citation) string {
	for i := range b.r.Timeline {
		for k := range b.r.Timeline[i].Rows {
			row := &b.r.Timeline[i].Rows[k]
			if row.Line != c.Line || row.File != c.File {
				continue
			}
			var out []string
			for _, f := range row.Details {
				name, ok := strings.CutPrefix(strings.ToLower(f.Name), "params.")
				if !ok || name == "name" || name == "identity" || name == "mailbox" {
					continue
				}
				out = append(out, short(name, 40)+" "+short(report.ValueText(f.Value), 200))
			}
			return strings.Join(out[:min(len(out), 12)], " · ")
		}
	}
	return ""
}

func (b *book) exhibits() []exhibit {
	out := make([]exhibit, 0, len(b.r.Inputs))
	called := map[string]int{}
	for i := range b.r.Inputs {
		called[baseName(b.r.Inputs[i].Path)]++
	}
	for i := range b.r.Inputs {
		in := &b.r.Inputs[i]
		name := baseName(in.Path)
		if folder := baseName(folderOf(in.Path)); called[name] > 1 && folder != "" {
			name = folder + "/" + name
		}
		e := exhibit{
			Label: fmt.Sprintf("E%d", i+1), Name: cell(name), Path: report.ShortPath(in.Path), Kind: formatWords(string(in.Format)),
			Rows: report.Grouped(in.Rows), SHA256: cell(in.SHA256), Span: "no dated row",
		}
		if in.Mailbox != "" {
			e.Kind += ", " + cell(in.Mailbox)
		}
		if isKnown(in.First) {
			e.Span = format(in.First, "2006-01-02 15:04", "") + " – " + format(in.Last, "2006-01-02 15:04", "")
		}
		if in.Format == "" {
			e.Note = "not recognised: " + cell(in.Why)
		}
		if in.Duplicates+in.Skipped > 0 {
			e.Note = fmt.Sprintf("%s activities, %s duplicates, %s skipped", report.Grouped(in.Activities), report.Grouped(in.Duplicates), report.Grouped(in.Skipped))
		}
		out = append(out, e)
	}
	return out
}

// missing are the sources that the case lacks.
func (b *book) missing() string {
	var out []string
	for _, k := range []struct{ code, name string }{
		{"no-audit-log", "audit log"}, {"no-sign-ins", "sign-in log"}, {"no-rule-listing", "list of inbox rules"}, {"no-trace", "message trace"}, {"auditing-off", "auditing (was off)"},
	} {
		for i := range b.r.Ledger {
			if b.r.Ledger[i].Code == k.code {
				out = append(out, k.name)
				break
			}
		}
	}
	return joinAnd(out)
}

// options are how pictures cite rows: as the page does.
func (b *book) options() figure.Options {
	return figure.Options{
		Cite: func(file string, line int64) string { return b.labelOf(file, line, line).Label },
		Link: func(cite string) string {
			at := strings.Replace(cite, ":", "-", 1)
			if b.anchors[at] {
				return "#" + at
			}
			exhibit, _, _ := strings.Cut(cite, ":")
			if b.shownExhibit(exhibit) {
				return "#" + exhibit
			}
			return ""
		},
	}
}
