package render

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/digest"
	"triage/analyzers/report/phrase"
	"triage/analyzers/report/words"
)

// WriteMarkdown writes the report for a ticket, in the order of the text: answers, verdicts, stories, what was reached, what is
// missing, what to do, findings by what they are about. Indicators are defanged so that nobody opens them by a click; the
// client's own names are not.
func WriteMarkdown(w io.Writer, r *report.Report, lang phrase.Language) error {
	t := newPage(w, words.Exhibits(labelled(r)), TextOptions{Lang: lang})
	t.own = map[string]bool{}
	for i := range r.Tenants {
		for _, domain := range r.Tenants[i].Domains {
			t.own[strings.ToLower(domain)] = true
		}
	}
	t.line("# triage report")
	t.line("")
	if head := t.r.Case.Head(); head != "" {
		t.line("%s\n", t.md(head))
	}
	t.line("triage %s, as of %s. All times are UTC.", t.md(r.Tool.Version), t.md(r.AsOf))
	if r.Filters != nil {
		t.line("")
		t.line("Filtered: not everything that was found is shown.")
	}
	for _, section := range []func(*page){
		markdownAnswers, markdownTenants, markdownVerdicts, markdownStory, markdownReached, markdownThreads, markdownLedger, markdownCaveats,
		markdownContainment, markdownNextEvidence, markdownFindings, markdownTenant, markdownInputs,
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
		t.line("| %s | %s | %s | %s | %s | %s | %s |", t.md(report.ShortPath(in.Path)), t.md(format), report.Grouped(in.Rows), report.Grouped(in.Activities),
			report.Grouped(in.Duplicates), report.Grouped(in.Skipped), t.md(in.SHA256))
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
		t.line("| %s | %s | %s | %s | %s | %s |", t.md(row[0]), t.md(row[1]), row[2], row[3], row[4], t.md(row[5]))
	}
}

func markdownVerdicts(t *page) {
	t.line("\n## %s\n", t.opts.Lang.Say("Verdict"))
	for i := range t.r.Mailboxes {
		m := &t.r.Mailboxes[i]
		t.line("- **%s %.1f** %s: %s", t.md(t.opts.Lang.Say(m.Band)), m.Score, t.md(m.Mailbox), t.opts.Lang.Count(int(m.Activities), "{n} activity|{n} activities"))
		if m.Window != nil {
			t.line("  - %s", t.md(t.opts.Lang.Say("window {1}", words.SpanPhrase(m.Window.First, m.Window.Last))))
		}
		if m.Band == "none" {
			t.line("  - %s; missing: %s", nothingFound(m).In(t.opts.Lang), t.md(strings.Join(missingFor(t, m), "; ")))
		}
	}
}

func markdownCaveats(t *page) {
	if len(t.r.Caveats)+len(t.r.NotEvaluated)+len(t.r.Skipped) == 0 {
		return
	}
	t.line("\n## Caveats\n")
	for _, c := range words.TellCaveats(t.r.Caveats) {
		t.line("- %s", t.md(words.About(&c)))
	}
	for _, n := range t.r.NotEvaluated {
		t.line("- not evaluated: %s for %s: %s", t.md(n.Rule), t.md(orUnknown(n.Mailbox)), t.md(n.Reason))
	}
	shown := t.r.Skipped[:min(len(t.r.Skipped), topSkipped)]
	for _, s := range shown {
		t.line("- skipped row: %s", t.md(fmt.Sprintf("%s:%d%s: %s", report.ShortPath(s.File), s.Line, andMore(&s), s.Reason)))
	}
	if n := skippedRows(t.r.Skipped[len(shown):]); n > 0 {
		t.line("- … and %s more skipped rows (see JSON)", report.Grouped(n))
	}
}

// topObjects is how many objects without a high finding are told of one by one.
const topObjects = 50

// markdownFindings tells what was found, by what it is about.
func markdownFindings(t *page) {
	t.line("\n## Findings\n")
	if len(t.r.Findings) == 0 {
		t.line("No rule found anything.")
	}
	objects, shown := digest.Objects(t.r.Findings), 0
	left, leftFindings := 0, 0
	for i := range objects {
		o := &objects[i]
		if !o.Grave() {
			if shown == topObjects {
				left, leftFindings = left+1, leftFindings+len(o.Findings)
				continue
			}
			shown++
		}
		t.line("### %s, %s", t.md(o.Name), t.md(o.Level()))
		t.line("")
		for _, f := range o.Findings {
			markdownFinding(t, f)
		}
		t.line("")
	}
	if left > 0 {
		t.line("… and %s of medium level and below about %s (see JSON)\n", report.Counted(leftFindings, "finding", "findings"), report.Counted(left, "thing", "things"))
	}
	markdownSuppressed(t)
}

// markdownFinding is one finding with its rows.
func markdownFinding(t *page, f *report.Finding) {
	t.line("- **%s**, %s: %s", t.md(cmp.Or(f.Short, f.ID)), t.md(f.Title), t.md(f.Text))
	t.line("  - %s, %s × %d %% = %.1f points; %s, %s", t.md(f.Rule), t.md(f.Level), f.Confidence, f.Points, t.md(words.SpanText(f.First, f.Last)),
		report.Counted(f.Count, "activity", "activities"))
	if d := openDecision(f); d != nil {
		t.line("  - decided %s: %s", t.md(d.Verdict), t.md(report.SaidBy(d.Reason, string(d.By))))
	}
	t.line("  - rows %s", t.md(words.Citations(f.Evidence, f.Count, topRows)))
	if len(f.Attack) > 0 {
		t.line("  - attack %s", t.md(strings.Join(f.Attack, ", ")))
	}
	if f.Next != "" {
		t.line("  - next: %s", t.md(string(f.Next)))
	}
}

// markdownSuppressed lists what exceptions cover.
func markdownSuppressed(t *page) {
	shown, left := 0, 0
	for i := range t.r.Findings {
		f := &t.r.Findings[i]
		if f.Suppressed == nil {
			continue
		}
		if shown == topObjects {
			left++
			continue
		}
		if shown++; shown == 1 {
			t.line("### Suppressed by exceptions, at 0 points\n")
		}
		t.line("- **%s**, %s, %s: exception %s: %s", t.md(cmp.Or(f.Short, f.ID)), t.md(f.Rule), t.md(f.Mailbox), t.md(f.Suppressed.Exception), t.md(f.Suppressed.Reason))
	}
	if left > 0 {
		t.line("- … and %s more (see JSON)", report.Grouped(left))
	}
}

// md is a text of any origin as plain words of Markdown: nothing in it is markup, HTML or a link.
func (t *page) md(s string) string {
	s = defang(report.Short(s, paraRunes), t.own)
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
// a host or IPv4 address and the @ of a mail address are put in brackets. Names of the client's own domains stay as they are.
func defang(s string, own map[string]bool) string {
	words := strings.Split(s, " ")
	for i, word := range words {
		if looksLive(word) && !isOwn(word, own) {
			word = unlink(word)
			word = strings.NewReplacer(".", "[.]", "@", "[@]").Replace(word)
		}
		words[i] = word
	}
	return strings.Join(words, " ")
}

// isOwn says that a word is mail addresses of own domains alone.
func isOwn(word string, own map[string]bool) bool {
	if !strings.Contains(word, "@") || strings.Contains(word, "://") {
		return false
	}
	for _, one := range strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune(",;:()[]<>\"'", r) }) {
		_, domain, is := strings.Cut(one, "@")
		if is && !own[strings.ToLower(strings.TrimSuffix(domain, "."))] || !is && looksLive(one) {
			return false
		}
	}
	return true
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
