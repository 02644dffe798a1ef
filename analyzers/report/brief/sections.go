package brief

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/digest"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"
)

// blocks is a part that shows the first of n texts, at least so many, and says how many more there are.
func (p *briefing) blocks(title string, turns, least, n int, block func(i int) []string, more func(shown int) string) part {
	least = min(least, n)
	var made [][]string
	return part{title: title, turns: turns, top: min(n, MostLines) - least, draw: func(level int) []string {
		for len(made) < least+level {
			made = append(made, block(len(made)))
		}
		lines := slices.Concat(made[:least+level]...)
		if text := more(least + level); text != "" {
			lines = append(lines, p.plain("  ", text)...)
		}
		return lines
	}}
}

// texts is blocks of texts that are there already.
func (p *briefing) texts(title string, turns, least int, list [][]string, more func(shown int) string) part {
	return p.blocks(title, turns, least, len(list), func(i int) []string { return list[i] }, more)
}

// reached is what intruders reached in each mailbox, and who pretends in payment threads to be somebody else.
func (p *briefing) reached() part {
	boxes := len(p.r.Exposure)
	var threads []*report.Thread
	for i := range p.r.Threads {
		if x := &p.r.Threads[i]; len(x.LookAlikes)+len(x.Changed) > 0 {
			threads = append(threads, x)
		}
	}
	n := boxes + len(threads)
	block := func(i int) []string {
		if i < boxes {
			return p.exposure(&p.r.Exposure[i])
		}
		return p.thread(threads[i-boxes])
	}
	return p.blocks("WHAT WAS REACHED", 1, 1, n, block, func(shown int) string {
		var left []string
		if n := boxes - shown; n > 0 {
			left = append(left, report.Counted(n, "mailbox", "mailboxes"))
		}
		if n := n - max(shown, boxes); n > 0 {
			left = append(left, report.Counted(n, "payment thread", "payment threads"))
		}
		if len(left) == 0 {
			return ""
		}
		return "… and " + strings.Join(left, ", ") + " more (--full)"
	})
}

func (p *briefing) exposure(x *report.Exposure) []string {
	lines := p.plain("  ", p.atMost(3, 2, words.ReachedHead(x)))
	if n := len(x.Taken) + x.TakenMore; len(x.Taken) > 0 {
		lines = append(lines, p.plain("    ", p.atMost(3, 4, "taken: "+words.TakenLine(&x.Taken[0])+others(n)))...)
	}
	if n := len(x.Unknown); n > 0 {
		lines = append(lines, p.plain("    ", p.atMost(2, 4, words.GapText(&x.Unknown[0])+others(n)))...)
	}
	return lines
}

func (p *briefing) thread(x *report.Thread) []string {
	lines := p.plain("  ", p.atMost(3, 2, "payment thread "+words.ThreadHead(x)))
	for _, line := range words.Pretenders(x) {
		lines = append(lines, p.plain("    ", p.atMost(2, 4, line))...)
	}
	return lines
}

// others says that there are more of what one is told of.
func others(n int) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf("; and %s more (--full)", report.Grouped(n-1))
}

// isUnread says that a caveat is about what was not read at all.
func isUnread(code string) bool {
	return slices.Contains([]string{"date-order", "rows-unaccounted", "input-not-read", "file-not-read", "indicators-not-read"}, code)
}

// lack is one thing that the data cannot show.
type lack struct{ head, text string }

// missing is what the data cannot show, gravest first: what is lost, what was not read, what was never there, what to trust.
func (p *briefing) missing() part {
	var lost, limits, unread, caveats []lack
	for i := range p.r.Ledger {
		if it := &p.r.Ledger[i]; it.Lost() {
			lost = append(lost, lack{"  LOSS   ", words.AboutItem(it)})
		} else {
			limits = append(limits, lack{"  limit  ", words.AboutItem(it)})
		}
	}
	if _, gone := words.Parted(p.r); len(gone) > 0 {
		limits = append(limits, lack{"  gone   ", report.Counted(len(gone), "export is", "exports are") + " deleted by the service's usual retention: ask for copies in a SIEM or a backup (--full)"})
	}
	told := words.TellCaveats(p.r.Caveats)
	for i := range told {
		one := lack{"  !      ", words.About(&told[i])}
		if isUnread(told[i].Code) {
			unread = append(unread, one)
		} else {
			caveats = append(caveats, one)
		}
	}
	list := slices.Concat(lost, unread, limits, caveats)
	block := func(i int) []string {
		return p.plain(list[i].head, p.atMost(2, term.Width(list[i].head), list[i].text))
	}
	return p.blocks("WHAT IS MISSING", 1, 2, len(list), block, func(shown int) string {
		if n := len(list) - shown; n > 0 {
			return fmt.Sprintf("… and %s more (--full)", report.Grouped(n))
		}
		return ""
	})
}

// mostDo is how many things of each phase are named at most.
const mostDo = 8

// doNow is the fixed frame, without the commands. A level is one thing more in each phase.
func (p *briefing) doNow() part {
	phases := digest.DoNow(p.r)
	out := part{title: "DO NOW", turns: 1, top: mostDo - 1}
	out.draw = func(level int) []string {
		if len(phases) == 0 {
			return nil
		}
		lines := p.plain("  ", "If the findings are right, in this order; commands and cautions: --full. Nothing here was done.")
		for i := range phases {
			if text := phaseText(&phases[i], level+1); text != "" {
				lines = append(lines, p.plain(fmt.Sprintf("  %d %-9s ", i+1, phases[i].Name), p.atMost(level+2, 14, text))...)
			}
		}
		return lines
	}
	return out
}

// phaseText is the first things to do of a phase, and how many more there are.
func phaseText(phase *digest.Phase, most int) string {
	var parts []string
	for i := range phase.Items[:min(len(phase.Items), most)] {
		item := &phase.Items[i]
		text := report.Short(item.Text, 400)
		if len(item.For) > 0 {
			text += ": " + report.NameList(item.For, 3)
		}
		parts = append(parts, text)
	}
	text := strings.Join(parts, "; ")
	if n := len(phase.Items) - len(parts); n > 0 {
		text += fmt.Sprintf("; and %s more (--full)", report.Grouped(n))
	}
	return text
}

// findings are rolled up by the object that they are about.
func (p *briefing) findings() part {
	if len(p.r.Findings) == 0 {
		none := p.plain("  ", "No rule found anything. Look at what is rare (--full), and at what could not be judged.")
		return p.texts("FINDINGS", 1, 1, [][]string{none}, func(int) string { return "" })
	}
	objects := digest.Objects(p.r.Findings)
	excused := len(p.r.Findings)
	for i := range objects {
		excused -= len(objects[i].Findings)
	}
	block := func(i int) []string { return p.object(&objects[i]) }
	return p.blocks("FINDINGS", 2, 3, len(objects), block, func(shown int) string {
		text := hiddenText(objects[shown:])
		if excused > 0 {
			text = strings.TrimSpace(text + " " + report.Counted(excused, "finding is", "findings are") + " suppressed by exceptions, at 0 points (--full).")
		}
		return text
	})
}

// hiddenText counts the findings about objects that are not named; "" if there are none.
func hiddenText(list []digest.Object) string {
	count := func(grave bool) (objects, findings int) {
		for i := range list {
			if list[i].Grave() == grave {
				objects++
				findings += len(list[i].Findings)
			}
		}
		return objects, findings
	}
	var parts []string
	for _, of := range []struct {
		grave bool
		words string
	}{{true, "high or critical"}, {false, "medium level and below"}} {
		if objects, findings := count(of.grave); objects > 0 {
			parts = append(parts, fmt.Sprintf("%s of %s (%s)", report.Counted(objects, "object", "objects"), of.words, report.Counted(findings, "finding", "findings")))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "… and " + strings.Join(parts, ", ") + " more: --full."
}

// object is how grave it is, what it is, and what was found about it.
func (p *briefing) object(o *digest.Object) []string {
	level := o.Level()
	if level == "informational" {
		level = "info"
	}
	first := o.Findings[0]
	name := o.Name
	if o.Intruder != "" && o.Kind != digest.Visit {
		name += " [" + o.Intruder + "]"
	}
	if o.Kind != digest.Visit && o.Kind != digest.Other && !strings.Contains(o.Name, o.Mailboxes[0]) {
		name += ", " + report.NameList(o.Mailboxes, 3)
	}
	tail := fmt.Sprintf(", %s, %s", words.Day(o.First), report.Plain(cmp.Or(first.Short, first.ID)))
	if n := len(o.Findings); n > 1 {
		tail += fmt.Sprintf(" and %s more", report.Grouped(n-1))
	}
	indent := strings.Repeat(" ", 12)
	lines := p.para(p.Paint(fmt.Sprintf("  %-9s ", report.Short(level, 9)), term.BandColor(o.Level())), len(indent), report.Short(name, 110)+tail)
	lines = append(lines, p.plain(indent, p.titles(o, max(p.Width-len(indent), 20)))...)
	if d := decisionOf(first); d != nil {
		lines = append(lines, p.plain(indent, p.atMost(2, len(indent), "decided "+d.Verdict+": "+report.SaidBy(d.Reason, string(d.By))))...)
	}
	return lines
}

// titles are what was found, as many as two lines hold; of one rule, with its id.
func (p *briefing) titles(o *digest.Object, columns int) string {
	all := o.Titles()
	if len(all) == 1 {
		return report.Short(all[0], 90) + ", " + report.Short(o.Findings[0].Rule, 40)
	}
	text := ""
	for i, title := range all {
		next := strings.TrimPrefix(text+"; "+report.Short(title, 120), "; ")
		left := ""
		if n := len(all) - i - 1; n > 0 {
			left = fmt.Sprintf("; and %d more", n)
		}
		if i > 0 && len(term.Wrap(next+left, columns)) > 2 {
			return text + fmt.Sprintf("; and %d more", len(all)-i)
		}
		text = next
	}
	return text
}

// decisionOf is the decision that its suppression does not tell already; nil if there is none.
func decisionOf(f *report.Finding) *report.Decision {
	if f.Decision != nil && f.Suppressed != nil && f.Decision.Verdict == report.Benign {
		return nil
	}
	return f.Decision
}

// inputs is what was read, a line each, what was not recognised first: rows are accounted for.
func (p *briefing) inputs() part {
	var read, unknown []*report.Input
	var sum report.Input
	for i := range p.r.Inputs {
		in := &p.r.Inputs[i]
		sum.Rows, sum.Activities = sum.Rows+in.Rows, sum.Activities+in.Activities
		sum.Duplicates, sum.Skipped = sum.Duplicates+in.Duplicates, sum.Skipped+in.Skipped
		if in.Format == "" {
			unknown = append(unknown, in)
		} else {
			read = append(read, in)
		}
	}
	list := append(unknown, read...)
	block := func(i int) []string {
		in := list[i]
		if in.Format == "" {
			return p.plain("  not recognised  ", p.atMost(1, 18, report.ShortPath(in.Path)+": "+in.Why))
		}
		return p.plain("  ", fmt.Sprintf("%s: %s, %s", report.ShortPath(in.Path), in.Format, words.RowSum(in.Rows, in.Activities, in.Duplicates, in.Skipped)))
	}
	return p.blocks("INPUTS", 1, 0, len(list), block, func(shown int) string {
		if len(list) == 1 && shown == 1 {
			return ""
		}
		text := fmt.Sprintf("%s: %s", report.Counted(len(p.r.Inputs), "input", "inputs"), words.RowSum(sum.Rows, sum.Activities, sum.Duplicates, sum.Skipped))
		if hidden := legend(list[shown:]); hidden != "" {
			text += "; " + hidden
		}
		return text
	})
}

// legend says what the exhibits are that have no line of their own: E1 case.csv.
func legend(list []*report.Input) string {
	const most = 4
	var names []string
	for _, in := range list {
		name, path, _ := strings.Cut(in.Path, " ")
		if in.Format != "" {
			names = append(names, name+" "+report.Short(words.BaseName(path), 40))
		}
	}
	return report.NameList(names, most)
}

// files are those that were written beside.
func (p *briefing) files() part {
	var list [][]string
	for _, f := range p.Files {
		list = append(list, p.plain("  ", f))
	}
	return p.texts("FILES WRITTEN", 1, len(list), list, func(int) string { return "" })
}

// end is the verdict once more, and where the rest is.
func (p *briefing) end() []string {
	var all []*report.Mailbox
	for i := range p.r.Mailboxes {
		all = append(all, &p.r.Mailboxes[i])
	}
	text := ""
	if len(all) > 0 {
		text = p.Lang.Say("Verdict: {1}.", bands(all)) + " "
	}
	text += p.Lang.Say("All of it, with rows, facts, commands and what it was made with: --full, or --format json.")
	if len(p.r.Findings) > 0 {
		text += " " + p.Lang.Say("One finding: triage explain REPORT.json {1}", fixed(report.Plain(cmp.Or(p.r.Findings[0].Short, p.r.Findings[0].ID))))
	}
	return append([]string{""}, p.plain("", text)...)
}
