package render

import (
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"
)

// writeTitle says what wrote the report, and what it leaves out.
func writeTitle(t *page) {
	title := fmt.Sprintf("triage %s, as of %s. All times are UTC.", report.Plain(t.r.Tool.Version), report.Plain(t.r.AsOf))
	t.line("%s", t.paint(title, term.Head))
	writeCaseData(t)
	writeFilters(t)
}

// writeCaseData says whose case it is, and who may read the report. What an analyst wrote opens no line but the first.
func writeCaseData(t *page) {
	head := t.r.Case.Head()
	if head == "" {
		return
	}
	indent := ""
	for _, part := range term.Wrap(report.Short(head, paraRunes), t.width-2) {
		t.line("%s%s", indent, part)
		indent = "  "
	}
}

// writeInputs says what was read.
func writeInputs(t *page) {
	r := t.r
	t.head("INPUTS")
	var rows, activities, duplicates, skipped int64
	var first, last report.Time
	for _, in := range r.Inputs {
		rows, activities = rows+in.Rows, activities+in.Activities
		duplicates, skipped = duplicates+in.Duplicates, skipped+in.Skipped
		if in.First != 0 && (first == 0 || in.First < first) {
			first = in.First
		}
		last = max(last, in.Last)
	}
	for _, in := range r.Inputs[:min(len(r.Inputs), topInputs)] {
		writeInput(t, &in)
	}
	t.more(topInputs, len(r.Inputs), "inputs ")
	t.line("  %s: %s", report.Counted(len(r.Inputs), "input", "inputs"), words.RowSum(rows, activities, duplicates, skipped))
	if first != 0 {
		t.line("  from %s to %s", words.ClockTime(first), words.ClockTime(last))
	}
}

func writeInput(t *page, in *report.Input) {
	if in.Format == "" {
		t.para("  not recognised  ", report.ShortPath(in.Path)+": "+in.Why)
		return
	}
	sum := words.RowSum(in.Rows, in.Activities, in.Duplicates, in.Skipped)
	t.para("  ", fmt.Sprintf("%s: %s, %s", report.ShortPath(in.Path), in.Format, sum))
	if in.First != 0 {
		t.line("    %s to %s", words.ClockTime(in.First), words.ClockTime(in.Last))
	}
	if in.Mailbox != "" {
		t.para("    ", fmt.Sprintf("mailbox %s (from %s)", in.Mailbox, in.MailboxFrom))
	}
}

func writeFilters(t *page) {
	f := t.r.Filters
	if f == nil {
		return
	}
	var parts []string
	if len(f.Tenants) > 0 {
		parts = append(parts, "tenant "+strings.Join(f.Tenants, ", "))
	}
	if len(f.Mailboxes) > 0 {
		parts = append(parts, "mailbox "+strings.Join(f.Mailboxes, ", "))
	}
	if f.Since != 0 {
		parts = append(parts, "since "+words.ClockTime(f.Since))
	}
	if f.Until != 0 {
		parts = append(parts, "until "+words.ClockTime(f.Until))
	}
	if f.MinLevel != "" {
		parts = append(parts, "level "+string(f.MinLevel)+" and above")
	}
	t.para("", "Filtered: "+strings.Join(parts, "; ")+". All rows were read and scored; the rest is not shown.")
}

// writeTenants says whose logs the case holds, if there are several tenants.
func writeTenants(t *page) {
	if len(t.r.Tenants) < 2 {
		return
	}
	t.head("TENANTS")
	t.table([]string{"tenant", "id", "mailboxes", "activities", "inputs", "domains"}, tenantRows(t.r, topMailboxes), 5)
	t.more(topMailboxes, len(t.r.Tenants), "tenants ")
	t.line("  Each is judged by its own logs alone.")
}

// writeVerdicts says, for each mailbox, how sure we are that it was taken, and when. Nothing found never stands alone.
func writeVerdicts(t *page) {
	t.head(t.opts.Lang.Say("VERDICT"))
	if len(t.r.Mailboxes) == 0 {
		t.line("  %s", t.opts.Lang.Say("No mailbox: no person's activity was read, so nothing can be said."))
	}
	for i := range t.r.Mailboxes[:min(len(t.r.Mailboxes), topMailboxes)] {
		writeVerdict(t, &t.r.Mailboxes[i])
	}
	t.more(topMailboxes, len(t.r.Mailboxes), "mailboxes ")
	if n := len(t.r.Services); n > 0 {
		t.line("  %s without findings: counted apart (see JSON).",
			report.Counted(n, "service or system actor", "services and system actors"))
	}
}

func writeVerdict(t *page, m *report.Mailbox) {
	band := fmt.Sprintf("%-8s %5.1f", strings.ToUpper(t.opts.Lang.Say(m.Band)), m.Score)
	t.line("  %s  %s", t.paint(band, term.BandColor(m.Band)), report.Short(m.Mailbox, 80))
	const indent = "                  "
	if m.Window != nil {
		t.para(indent, t.opts.Lang.Say("window {1}", words.SpanPhrase(m.Window.First, m.Window.Last)))
	}
	t.para(indent, t.opts.Lang.Say("{1}, {2}", phrase.Count(m.Activities, "{n} activity|{n} activities"), words.SpanPhrase(m.First, m.Last)))
	writeShares(t, m, indent)
	if m.Band == "none" {
		t.para(indent, nothingFound(m).In(t.opts.Lang)+changedByOthers(t, m)+"; missing: "+strings.Join(missingFor(t, m), "; "))
	}
}

// nothingFound is the lowest verdict.
func nothingFound(m *report.Mailbox) phrase.Text {
	if m.Score > 0 {
		return phrase.Say("no evidence found beyond these weak signs, which is not the same as clean")
	}
	return phrase.Say("no evidence found, which is not the same as clean")
}

// writeShares says which findings make up a score.
func writeShares(t *page, m *report.Mailbox, indent string) {
	var parts []string
	for _, s := range m.Shares[:min(len(m.Shares), topShares)] {
		if s.Share > 0 {
			parts = append(parts, fmt.Sprintf("%s %.0f %% %s", s.Finding, 100*s.Share, s.Family))
		}
	}
	if len(parts) == 0 {
		return
	}
	if n := len(m.Shares) - topShares; n > 0 {
		parts = append(parts, fmt.Sprintf("… and %s more (see JSON)", report.Grouped(n)))
	}
	t.para(indent, "score from "+strings.Join(parts, ", "))
}

// missingFor is what would have to be known before absence of evidence meant anything.
func missingFor(t *page, m *report.Mailbox) []string {
	var out []string
	have := map[string]bool{}
	days, silent := 0, 0
	for _, c := range t.r.Coverage {
		if c.Mailbox == m.Mailbox {
			have[c.Source] = true
			days, silent = days+c.Days, silent+c.SilentDays
		}
	}
	var absent []string
	for _, s := range [][2]string{
		{"audit", "Unified Audit Log"},
		{"signin", "sign-in log"},
		{"activities", "Outlook Activities"},
		{"trace", "message trace"},
	} {
		if !have[s[0]] {
			absent = append(absent, s[1])
		}
	}
	if len(absent) > 0 {
		out = append(out, "no "+strings.Join(absent, ", no "))
	}
	if silent > 0 {
		out = append(out, fmt.Sprintf("%s of %s days without any activity", report.Grouped(silent), report.Grouped(days)))
	}
	var rules []string
	for _, n := range t.r.NotEvaluated {
		if n.Tenant == m.Tenant && (n.Mailbox == "" || string(n.Mailbox) == m.Mailbox) {
			rules = append(rules, n.Rule)
		}
	}
	slices.Sort(rules)
	if rules = slices.Compact(rules); len(rules) > 0 {
		names := strings.Join(rules[:min(len(rules), 5)], ", ")
		if len(rules) > 5 {
			names += ", …"
		}
		out = append(out, fmt.Sprintf("%s could not judge it (%s)", report.Counted(len(rules), "rule", "rules"), names))
	}
	if n := skippedRows(t.r.Skipped); n > 0 {
		out = append(out, report.Counted(n, "row", "rows")+" could not be read")
	}
	if s := words.LedgerSummary(t.r, m.Tenant); !s.None() {
		out = append(out, s.In(t.opts.Lang))
	}
	return append(out, "what no log records")
}
