package render

import (
	"fmt"
	"io"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/words"
)

// WriteMarkdown writes the report for a ticket: verdicts, caveats, findings, with indicators defanged so that nobody
// opens them by a click.
func WriteMarkdown(w io.Writer, r *report.Report) error {
	t := newPage(w, labelled(r), TextOptions{})
	t.line("# triage report")
	t.line("")
	if head := t.r.Case.Head(); head != "" {
		t.line("%s\n", md(head))
	}
	t.line("triage %s, as of %s. All times are UTC.", md(r.Tool.Version), md(r.AsOf))
	if r.Filters != nil {
		t.line("")
		t.line("Filtered: not everything that was found is shown.")
	}
	for _, section := range []func(*page){
		markdownAnswers, markdownTenants, markdownVerdicts, markdownReached, markdownThreads, markdownFindings, markdownTenant, markdownContainment,
		markdownNextEvidence, markdownLedger, markdownCaveats, markdownInputs,
	} {
		section(t)
	}
	return t.out.Flush()
}

func markdownInputs(t *page) {
	t.line("\n## Inputs\n")
	t.line("| file | format | rows | activities | duplicates | skipped | sha256 |\n|---|---|--:|--:|--:|--:|---|")
	for _, in := range t.r.Inputs {
		format := "not recognised"
		if in.Format != "" {
			format = string(in.Format)
		}
		t.line("| %s | %s | %s | %s | %s | %s | %s |", md(report.ShortPath(in.Path)), md(format), report.Grouped(in.Rows), report.Grouped(in.Activities),
			report.Grouped(in.Duplicates), report.Grouped(in.Skipped), md(in.SHA256))
	}
}

// markdownTenants says whose logs the case holds, if there are several tenants.
func markdownTenants(t *page) {
	if len(t.r.Tenants) < 2 {
		return
	}
	t.line("\n## Tenants\n\nEach is judged by its own logs alone.\n")
	t.line("| tenant | id | mailboxes | activities | inputs | domains |\n|---|---|--:|--:|--:|---|")
	for _, row := range tenantRows(t.r, len(t.r.Tenants)) {
		t.line("| %s | %s | %s | %s | %s | %s |", md(row[0]), md(row[1]), row[2], row[3], row[4], md(row[5]))
	}
}

func markdownVerdicts(t *page) {
	t.line("\n## Verdict\n")
	for i := range t.r.Mailboxes {
		m := &t.r.Mailboxes[i]
		t.line("- **%s %.1f** %s: %s", md(m.Band), m.Score, md(m.Mailbox), report.Counted(m.Activities, "activity", "activities"))
		if m.Window != nil {
			t.line("  - window %s", md(words.SpanText(m.Window.First, m.Window.Last)))
		}
		if m.Band == "none" {
			t.line("  - %s; missing: %s", nothingFound(m), md(strings.Join(missingFor(t, m), "; ")))
		}
	}
}

func markdownCaveats(t *page) {
	if len(t.r.Caveats)+len(t.r.NotEvaluated)+len(t.r.Skipped) == 0 {
		return
	}
	t.line("\n## Caveats\n")
	for _, c := range words.TellCaveats(t.r.Caveats) {
		t.line("- %s", md(words.About(&c)))
	}
	for _, n := range t.r.NotEvaluated {
		t.line("- not evaluated: %s for %s: %s", md(n.Rule), md(orUnknown(n.Mailbox)), md(n.Reason))
	}
	shown := t.r.Skipped[:min(len(t.r.Skipped), topSkipped)]
	for _, s := range shown {
		t.line("- skipped row: %s", md(fmt.Sprintf("%s:%d%s: %s", report.ShortPath(s.File), s.Line, andMore(&s), s.Reason)))
	}
	if n := skippedRows(t.r.Skipped[len(shown):]); n > 0 {
		t.line("- … and %s more skipped rows (see JSON)", report.Grouped(n))
	}
}

func markdownFindings(t *page) {
	t.line("\n## Findings\n")
	if len(t.r.Findings) == 0 {
		t.line("No rule found anything.")
	}
	for i := range t.r.Findings {
		f := &t.r.Findings[i]
		t.line("### %s %s, %s", md(f.ID), md(f.Title), md(f.Mailbox))
		t.line("")
		t.line("Found: %s", md(f.Text))
		t.line("")
		if s := f.Suppressed; s != nil {
			t.line("- %s, %s, 0 points: suppressed by exception %s: %s", md(f.Rule), md(f.Level), md(s.Exception), md(s.Reason))
		} else {
			t.line("- %s, %s × %d %% = %.1f points", md(f.Rule), md(f.Level), f.Confidence, f.Points)
		}
		if d := openDecision(f); d != nil {
			t.line("- decided %s: %s", md(d.Verdict), md(report.SaidBy(d.Reason, string(d.By))))
		}
		t.line("- %s, %s", md(words.SpanText(f.First, f.Last)), report.Counted(f.Count, "activity", "activities"))
		t.line("- rows %s", md(words.Citations(f.Evidence, f.Count, topRows)))
		if len(f.Attack) > 0 {
			t.line("- attack %s", md(strings.Join(f.Attack, ", ")))
		}
		if f.Next != "" {
			t.line("- next: %s", md(string(f.Next)))
		}
		t.line("")
	}
}

// md is a text of any origin as plain words of Markdown: nothing in it is markup, HTML or a link.
func md(s string) string {
	s = defang(report.Short(s, paraRunes))
	var out strings.Builder
	for _, r := range s {
		switch r {
		case '<':
			out.WriteString("&lt;")
			continue
		case '>':
			out.WriteString("&gt;")
			continue
		case '&':
			out.WriteString("&amp;")
			continue
		case '\\', '`', '*', '_', '{', '}', '[', ']', '(', ')', '#', '+', '!', '|', '~', '$':
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// defang takes the life out of addresses that a viewer would make a link: http becomes hxxp, the dots of what looks like
// a host or IPv4 address and the @ of a mail address are put in brackets.
func defang(s string) string {
	words := strings.Split(s, " ")
	for i, word := range words {
		if looksLive(word) {
			word = unlink(word)
			word = strings.NewReplacer(".", "[.]", "@", "[@]").Replace(word)
		}
		words[i] = word
	}
	return strings.Join(words, " ")
}

// unlink spells http as hxxp.
func unlink(word string) string {
	for i := range len(word) - 3 {
		if strings.EqualFold(word[i:i+4], "http") {
			return word[:i] + "hxxp" + word[i+4:]
		}
	}
	return word
}

// looksLive says that a word is a URL, a mail address or an IPv4 address.
func looksLive(word string) bool {
	return strings.Contains(word, "://") || strings.Contains(word, "@") || strings.Count(word, ".") == 3 &&
		strings.Trim(word, "0123456789.,;:()") == "" || strings.HasPrefix(strings.ToLower(word), "www.")
}
