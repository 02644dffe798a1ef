package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/term"
)

// topCompared is how much of each list of a comparison the text shows; JSON has all of it.
const topCompared = 40

// WriteComparisonText writes a comparison for people: + is new, - is gone, ~ has moved. Nothing that a log or a pack
// wrote can act on the terminal.
func WriteComparisonText(w io.Writer, c *report.Comparison, opts TextOptions) error {
	t := newPage(w, &report.Report{}, opts)
	t.line("%s", t.paint("COMPARISON", term.Head))
	t.line("  before  %s", comparedText(&c.Old))
	t.line("  now     %s", comparedText(&c.New))
	for _, note := range c.Notes {
		t.para("  ! ", note)
	}
	if c.Same {
		t.line("")
		t.line("  Nothing changed.")
		return t.out.Flush()
	}
	if len(c.Run) > 0 {
		t.head("RUN")
		writeChanges(t, "  ~ ", c.Run)
	}
	moves(t, "MAILBOXES", &c.Mailboxes, func(m *report.ComparedMailbox) (string, string) {
		return report.Short(m.Mailbox, 80) + inTenant(m.Tenant), fmt.Sprintf("%.1f, %s, %s", m.Score, m.Band, report.Counted(m.Activities, "activity", "activities"))
	})
	moves(t, "FINDINGS", &c.Findings, describeFinding)
	moves(t, "INPUTS", &c.Inputs, func(in *report.ComparedInput) (string, string) {
		return report.ShortPath(in.Path), fmt.Sprintf("%s, %s, sha256 %.12s…", cmp.Or(in.Format, "not recognised"), report.Counted(in.Rows, "row", "rows"), in.SHA256)
	})
	moves(t, "RULE PACKS", &c.Packs, func(p *report.Pack) (string, string) {
		return report.Short(p.ID, 80), fmt.Sprintf("version %s, sha256 %.12s…", p.Version, p.SHA256)
	})
	moves(t, "GEOLOCATION", &c.Geo, func(d *report.ComparedDatabase) (string, string) {
		return report.Short(d.Database, 80), fmt.Sprintf("built %s, %s", d.Built, d.Source)
	})
	moves(t, "NOT EVALUATED", &c.NotEvaluated, func(n *report.NotEvaluated) (string, string) {
		return report.Short(n.Rule, 60) + "  " + report.Short(string(cmp.Or(n.Mailbox, "any mailbox")), 60) + inTenant(n.Tenant), n.Reason
	})
	moves(t, "CAVEATS", &c.Caveats, func(x *report.ComparedCaveat) (string, string) {
		return report.Short(x.Code, 40) + "  " + report.Short(string(cmp.Or(x.Mailbox, "the whole case")), 60) + inTenant(x.Tenant), x.Text
	})
	return t.out.Flush()
}

// topShort is how many mailboxes and findings the short form of a comparison names.
const topShort = 5

// WriteComparisonShort writes a comparison in a few lines: what moved among the verdicts, and how much else. before is what
// people call the older report, and file where all of it stands.
func WriteComparisonShort(w io.Writer, c *report.Comparison, before, file string, opts TextOptions) error {
	t := newPage(w, &report.Report{}, opts)
	t.head("SINCE " + report.Plain(before))
	for _, note := range c.Notes {
		t.para("  ! ", note)
	}
	if c.Same {
		t.line("  Nothing changed.")
		return t.out.Flush()
	}
	var parts []string
	for _, list := range []struct {
		many             string
		new, gone, moved int
	}{
		{"findings", len(c.Findings.New), len(c.Findings.Gone), len(c.Findings.Moved)},
		{"mailboxes", len(c.Mailboxes.New), len(c.Mailboxes.Gone), len(c.Mailboxes.Moved)},
		{"inputs", len(c.Inputs.New), len(c.Inputs.Gone), len(c.Inputs.Moved)},
		{"rule packs", len(c.Packs.New), len(c.Packs.Gone), len(c.Packs.Moved)},
	} {
		var moved []string
		for _, way := range []struct {
			n    int
			word string
		}{{list.new, "new"}, {list.gone, "gone"}, {list.moved, "changed"}} {
			if way.n > 0 {
				moved = append(moved, fmt.Sprintf("%d %s", way.n, way.word))
			}
		}
		if len(moved) > 0 {
			parts = append(parts, list.many+": "+strings.Join(moved, ", "))
		}
	}
	t.para("  ", cmp.Or(strings.Join(parts, "; "), "neither findings nor mailboxes, inputs or packs changed")+".")
	shortMailboxes(t, c)
	shortFindingMoves(t, "+", c.Findings.New)
	shortFindingMoves(t, "-", c.Findings.Gone)
	t.para("  ", "All of it: "+file)
	return t.out.Flush()
}

// shortMailboxes names the mailboxes whose verdict is another.
func shortMailboxes(t *page, c *report.Comparison) {
	shown, all := 0, 0
	for i := range c.Mailboxes.Moved {
		m := &c.Mailboxes.Moved[i]
		at := slices.IndexFunc(m.Changes, func(x report.Change) bool { return x.Field == "band" })
		if at < 0 {
			continue
		}
		if all++; shown < topShort {
			shown++
			t.para("  ~ ", fmt.Sprintf("%s: %s → %s, %.1f", report.Short(m.Item.Mailbox, 80)+inTenant(m.Item.Tenant), changeText(m.Changes[at].Old), m.Item.Band, m.Item.Score))
		}
	}
	if all > shown {
		t.line("    … and %d more", all-shown)
	}
}

func shortFindingMoves(t *page, mark string, list []report.ComparedFinding) {
	for i := range list[:min(len(list), topShort)] {
		head, _ := describeFinding(&list[i])
		t.para("  "+mark+" ", head+"  "+list[i].Level)
	}
	if more := len(list) - topShort; more > 0 {
		t.line("    … and %d more", more)
	}
}

// inTenant says whose a mailbox is, where there are several tenants.
func inTenant(t report.TenantOf) string {
	if t == "" {
		return ""
	}
	return " [" + report.Short(string(t), 40) + "]"
}

func comparedText(c *report.Compared) string {
	return fmt.Sprintf("%s, %s, %s, as of %s, triage %s", report.Counted(c.Inputs, "input", "inputs"), report.Counted(c.Mailboxes, "mailbox", "mailboxes"),
		report.Counted(c.Findings, "finding", "findings"), report.Short(c.AsOf, 20), report.Short(c.Tool, 40))
}

func describeFinding(f *report.ComparedFinding) (head, body string) {
	id := cmp.Or(f.NewID, f.OldID)
	head = fmt.Sprintf("%s  %s  %s", report.Short(string(id), 20), report.Short(f.Rule, 60), report.Short(f.Mailbox, 60)+inTenant(f.Tenant))
	if f.OldID != "" && f.NewID != "" && f.OldID != f.NewID {
		head += "  (was " + report.Short(string(f.OldID), 20) + ")"
	}
	worth := fmt.Sprintf("%s × %d %% = %.1f points", f.Level, f.Confidence, f.Points)
	if f.Suppressed != nil {
		worth = f.Level + ", suppressed: 0 points"
	}
	return head, fmt.Sprintf("%s, %s: %s", worth, report.Counted(f.Count, "activity", "activities"), report.Short(f.Text, sentenceRunes))
}

// moves shows one list: what is new and gone in full, of what moved only what moved.
func moves[T any](t *page, title string, m *report.Moves[T], describe func(*T) (head, body string)) {
	if m.None() {
		return
	}
	t.head(title)
	whole := func(mark string, list []T, word string) {
		for i := range list[:min(len(list), topCompared)] {
			head, body := describe(&list[i])
			t.line("  %s %s", mark, head)
			t.para("      ", body)
		}
		t.more(topCompared, len(list), word+" ")
	}
	whole("+", m.New, "new")
	whole("-", m.Gone, "gone")
	for i := range m.Moved[:min(len(m.Moved), topCompared)] {
		head, _ := describe(&m.Moved[i].Item)
		t.line("  ~ %s", head)
		writeChanges(t, "      ", m.Moved[i].Changes)
	}
	t.more(topCompared, len(m.Moved), "moved ")
}

// writeChanges writes one value a line.
func writeChanges(t *page, lead string, list []report.Change) {
	for _, c := range list {
		t.para(lead, fmt.Sprintf("%s: %s → %s", c.Field, changeText(c.Old), changeText(c.New)))
	}
}

// changeText is a value for people; what is absent is a dash.
func changeText(v any) string {
	s, isText := v.(string)
	switch {
	case v == nil:
		return "–"
	case isText && len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "": // a SHA-256
		return s[:12] + "…"
	default:
		return report.ValueText(v)
	}
}
