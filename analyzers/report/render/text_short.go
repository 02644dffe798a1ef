package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"
)

// How much of each list the short text shows. What is high or critical is never left out.
const (
	shortVerdicts = 15
	shortFindings = 8
	shortSteps    = 6
	shortBoxes    = 3 // mailboxes with steps
	shortLedger   = 6
	shortFetch    = 3
	shortCaveats  = 3
	shortInputs   = 5
	shortNames    = 5
)

// writeShort is the text on a few screens: answers, stories, verdicts, findings rolled up, what to do, what is missing.
func writeShort(t *page) {
	writeAnswers(t)
	writeStory(t)
	writeTenants(t)
	shortVerdict(t)
	if len(t.opts.Files) > 0 { // all of it stands in them
		writeFiles(t)
		return
	}
	shortReached(t)
	shortRolled(t)
	shortDo(t)
	shortMissing(t)
	shortNext(t)
	shortCaveat(t)
	shortInput(t)
	t.line("")
	t.para("", shortEnd(t))
}

// shortEnd says where the rest is.
func shortEnd(t *page) string {
	text := "All of it, with rows, facts, commands and what it was made with: --full, or --format json."
	if len(t.r.Findings) > 0 {
		text += " One finding: triage explain REPORT.json " + shortName(&t.r.Findings[0])
	}
	return text
}

// shortName is what people call a finding.
func shortName(f *report.Finding) string { return report.Plain(cmp.Or(f.Short, f.ID)) }

// shortVerdict is a line for each mailbox of which there is something to say, and the others in one table.
func shortVerdict(t *page) {
	t.head("VERDICT")
	if len(t.r.Mailboxes) == 0 {
		t.line("  No mailbox: no person's activity was read, so nothing can be said.")
		return
	}
	quiet := map[string][]string{}
	tenant := t.r.Mailboxes[0].Tenant
	shown, hidden := 0, 0
	for i := range t.r.Mailboxes {
		m := &t.r.Mailboxes[i]
		grave := m.Band == "critical" || m.Band == "high"
		switch {
		case m.Band == "low" || m.Band == "none":
			quiet[m.Band] = append(quiet[m.Band], m.Mailbox)
		case !grave && shown >= shortVerdicts:
			hidden++
		default:
			shown++
			band := fmt.Sprintf("%-8s %5.1f", strings.ToUpper(report.Short(m.Band, 8)), m.Score)
			head := "  " + t.paint(band, term.BandColor(m.Band)) + "  "
			const indent = "                  "
			for k, part := range term.Wrap(report.Short(m.Mailbox, 80)+": "+words.SeenIn(t.r, m), max(t.width-len(indent), 20)) {
				if k > 0 {
					head = indent
				}
				t.line("%s%s", head, part)
			}
		}
	}
	if hidden > 0 {
		t.line("  … and %s more of medium", report.Counted(hidden, "mailbox", "mailboxes"))
	}
	for _, band := range []string{"low", "none"} {
		list := quiet[band]
		if len(list) == 0 {
			continue
		}
		note := ""
		if band == "none" {
			note = " (no evidence found, which is not the same as clean; missing: " + cmp.Or(ledgerSummary(t, tenant), "what no log records") + ")"
		}
		t.para(fmt.Sprintf("  %-8s        ", strings.ToUpper(band)), report.Counted(len(list), "mailbox", "mailboxes")+": "+report.NameList(list, shortNames)+note)
	}
}

// rolled are the findings of one rule about one intruder, by mailbox.
type rolled struct {
	of    []*inMailbox
	count int
}

// inMailbox are those of them in one mailbox, the strongest first.
type inMailbox struct {
	of    []*report.Finding
	first report.Time
}

// rollUp puts findings together, in the order of the strongest of each.
func rollUp(list []report.Finding) []*rolled {
	type key struct {
		rule     string
		intruder report.Text
	}
	type place struct {
		key
		mailbox string
	}
	by, boxes := map[key]*rolled{}, map[place]*inMailbox{}
	var out []*rolled
	for i := range list {
		f := &list[i]
		if f.Suppressed != nil {
			continue
		}
		k := key{f.Rule, f.Intruder}
		r := by[k]
		if r == nil {
			r = &rolled{}
			by[k], out = r, append(out, r)
		}
		in := boxes[place{k, f.Mailbox}]
		if in == nil {
			in = &inMailbox{first: f.First}
			boxes[place{k, f.Mailbox}], r.of = in, append(r.of, in)
		}
		if in.of = append(in.of, f); in.first == 0 || f.First != 0 && f.First < in.first {
			in.first = f.First
		}
		r.count++
	}
	return out
}

// shortRolled is an entry for each rule and intruder.
func shortRolled(t *page) {
	t.head("FINDINGS")
	if len(t.r.Findings) == 0 {
		t.line("  No rule found anything. Look at what is rare (--full), and at what could not be judged.")
		return
	}
	shown, hidden, excused := 0, 0, 0
	for i := range t.r.Findings {
		if t.r.Findings[i].Suppressed != nil {
			excused++
		}
	}
	for _, one := range rollUp(t.r.Findings) {
		level := one.of[0].of[0].Level
		if level != "critical" && level != "high" && shown >= shortFindings {
			hidden += one.count
			continue
		}
		shown++
		writeRolled(t, one)
	}
	if hidden > 0 {
		t.line("  … and %s of medium level and below (--full)", report.Counted(hidden, "finding", "findings"))
	}
	if excused > 0 {
		t.line("  %s suppressed by exceptions, at 0 points (--full).", report.Counted(excused, "finding is", "findings are"))
	}
}

// writeRolled writes how grave it is and what was found, then where: each mailbox with its strongest finding. Mailboxes of a high
// level or above are never left out.
func writeRolled(t *page, one *rolled) {
	f := one.of[0].of[0]
	level := report.Short(f.Level, 9)
	if f.Level == "informational" {
		level = "info"
	}
	head, indent := fmt.Sprintf("  %-9s ", level), strings.Repeat(" ", 12)
	what := report.Short(f.Title, 120)
	if f.Intruder != "" {
		what += " [" + report.Plain(string(f.Intruder)) + "]"
	}
	for k, part := range term.Wrap(what+", "+report.Short(f.Rule, 60), max(t.width-len(indent), 20)) {
		if k > 0 {
			head = indent
		}
		t.line("%s%s", t.paint(head, term.BandColor(f.Level)), part)
	}
	left := 0
	for k, in := range one.of {
		strongest := in.of[0]
		if k >= shortNames && strongest.Level != "critical" && strongest.Level != "high" {
			left++
			continue
		}
		where := fmt.Sprintf("%s  %s  %s", shortName(strongest), words.Day(in.first), report.Short(strongest.Mailbox, 60))
		if len(in.of) > 1 {
			where += fmt.Sprintf(" (%s)", report.Counted(len(in.of), "finding", "findings"))
		}
		t.para(indent, where)
		if d := openDecision(strongest); d != nil {
			t.para(indent, "decided "+d.Verdict+": "+report.Short(report.SaidBy(d.Reason, string(d.By)), factRunes))
		}
	}
	if left > 0 {
		t.line("%s… and in %s more (--full)", indent, report.Counted(left, "mailbox", "mailboxes"))
	}
}

// shortDo is what to do, without the commands.
func shortDo(t *page) {
	if len(t.r.Containment) == 0 {
		return
	}
	t.head("DO NOW")
	t.line("  If the findings are right, in this order; commands and cautions: --full. Nothing here was done.")
	for i := range t.r.Containment[:min(len(t.r.Containment), shortBoxes)] {
		c := &t.r.Containment[i]
		t.line("  %s", t.paint(report.Short(c.Mailbox, 80), term.Head))
		for k := range c.Steps[:min(len(c.Steps), shortSteps)] {
			t.para(fmt.Sprintf("  %2d. [ ] ", k+1), report.Short(c.Steps[k].Text, 130))
		}
		t.moreThan(shortSteps, len(c.Steps), c.More, "steps ")
	}
	t.more(shortBoxes, len(t.r.Containment), "mailboxes ")
}

// shortMissing is a line for each thing that is missing.
func shortMissing(t *page) {
	if len(t.r.Ledger) == 0 {
		return
	}
	t.head("WHAT IS MISSING")
	shown, hidden := 0, 0
	for i := range t.r.Ledger {
		it := &t.r.Ledger[i]
		if shown >= shortLedger {
			hidden++
			continue
		}
		shown++
		word := "limit"
		if it.Lost() {
			word = "LOSS "
		}
		t.para("  "+word+"  ", report.Short(words.AboutItem(it), paraRunes))
	}
	if hidden > 0 {
		t.line("  … and %s more (--full)", report.Grouped(hidden))
	}
}

// shortNext is what to fetch, without the commands.
func shortNext(t *page) {
	there, gone := words.Parted(t.r)
	if len(there)+len(gone) == 0 {
		return
	}
	t.head("NEXT EVIDENCE")
	for _, n := range there[:min(len(there), shortFetch)] {
		t.para("  - ", report.Short(n.Text+", "+words.Deadline(n), paraRunes))
	}
	if n := len(there) - shortFetch + t.r.NextEvidenceMore; n > 0 {
		t.line("  … and %s more (--full)", report.Grouped(n))
	}
	if len(gone) > 0 {
		t.para("  ", report.Counted(len(gone), "export is", "exports are")+" gone by standard retention: ask for copies in a SIEM or a backup (--full)")
	}
}

// shortCaveat is what a reader must know before trusting the result, the first of it.
func shortCaveat(t *page) {
	told := slices.Clone(words.TellCaveats(t.r.Caveats))
	if len(told) == 0 {
		return
	}
	unread := []string{"date-order", "rows-unaccounted", "input-not-read", "file-not-read", "indicators-not-read"}
	slices.SortStableFunc(told, func(x, y report.Caveat) int { // what was not read first
		return cmp.Compare(slices.Index(unread, y.Code), slices.Index(unread, x.Code))
	})
	t.head("CAVEATS")
	for i := range told[:min(len(told), shortCaveats)] {
		t.para("  ! ", report.Short(words.About(&told[i]), paraRunes))
	}
	if n := len(told) - shortCaveats; n > 0 {
		t.line("  … and %s more (--full)", report.Grouped(n))
	}
}

// shortInput is what was read, a line each: rows are accounted for.
func shortInput(t *page) {
	t.head("INPUTS")
	var rows, activities, duplicates, skipped int64
	for i := range t.r.Inputs {
		in := &t.r.Inputs[i]
		rows, activities = rows+in.Rows, activities+in.Activities
		duplicates, skipped = duplicates+in.Duplicates, skipped+in.Skipped
		switch {
		case i >= shortInputs && in.Format != "":
		case in.Format == "":
			t.para("  not recognised  ", report.ShortPath(in.Path)+": "+in.Why)
		default:
			t.para("  ", fmt.Sprintf("%s: %s, %s", report.ShortPath(in.Path), in.Format, words.RowSum(in.Rows, in.Activities, in.Duplicates, in.Skipped)))
		}
	}
	if len(t.r.Inputs) > 1 {
		t.line("  %s: %s", report.Counted(len(t.r.Inputs), "input", "inputs"), words.RowSum(rows, activities, duplicates, skipped))
	}
}
