package casefile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/report"
)

// fetchView is chapter 10.
type fetchView struct {
	Count int
	Rows  []fetchRow
	Gone  []fetchRow
	More  int
	Empty string
}

type fetchRow struct {
	Until, Left string
	Soon        bool
	What, Span  string
	For         string
	Way         string
	Commands    []string
}

// evidencePage makes chapters 10 and 11.
type evidencePage struct{ *book }

func (b evidencePage) fetch() fetchView {
	v := fetchView{}
	var there, gone []*report.NextEvidence
	for i := range b.r.NextEvidence {
		if n := &b.r.NextEvidence[i]; n.State == "gone" {
			gone = append(gone, n)
		} else {
			there = append(there, n)
		}
	}
	slices.SortStableFunc(there, func(x, y *report.NextEvidence) int {
		return cmp.Compare(or(x.Before, "9999-99-99"), or(y.Before, "9999-99-99"))
	})
	for _, n := range there[:min(len(there), mostListed)] {
		v.Rows = append(v.Rows, b.fetchRow(n))
	}
	for _, n := range gone[:min(len(gone), mostListed)] {
		v.Gone = append(v.Gone, b.fetchRow(n))
	}
	v.More = len(b.r.NextEvidence) - len(v.Rows) - len(v.Gone) + b.r.NextEvidenceMore
	v.Count = len(there) + b.r.NextEvidenceMore
	if len(v.Rows) == 0 {
		v.Empty = "No finding asks for more evidence. What no log of this case covers stands in chapter 11."
	}
	return v
}

func (b evidencePage) fetchRow(n *report.NextEvidence) fetchRow {
	row := fetchRow{Until: "no deadline", Left: "–", What: sentence(text(n.Text)), For: answersOfExport(n.Export), Way: text(n.Portal)}
	if n.From != "" {
		row.Span = written(string(n.From)) + " – " + written(string(n.To))
	}
	switch n.State {
	case "open", "going":
		row.Until = written(string(n.Before))
		if left, ok := daysUntil(b.r.AsOf, string(n.Before)); ok {
			row.Left, row.Soon = report.Grouped(left), left <= 14
		}
		if n.State == "going" {
			row.Until, row.Left, row.Soon = "today", "0", true
			row.Span += "; the beginning is gone already, more goes every day"
		}
	case "gone":
		row.Until = "gone"
	}
	for _, c := range n.Commands {
		row.Commands = append(row.Commands, report.Plain(c))
	}
	if n.Refused != "" {
		row.Way = sentence("no command: "+text(n.Refused)) + " " + row.Way
	}
	return row
}

// answersOfExport are the answers that an export bears on.
func answersOfExport(export string) string {
	switch export {
	case "audit-log", "audit-by-address":
		return "persistence, spread, containment"
	case "mail-access":
		return "read, notification"
	case "sign-ins":
		return "entry, where, containment"
	case "message-trace":
		return "entry, sent, money"
	case "inbox-rules":
		return "persistence"
	case "message":
		return "entry, money"
	case "application-use":
		return "read, persistence"
	}
	return ""
}

// unknownView is chapter 11.
type unknownView struct {
	Count   int
	Rows    []unknownRow
	More    int
	Caveats []caveatRow
	CavMore int
	Skipped []skippedRow
	SkMore  int64
	Empty   string
}

type unknownRow struct {
	State chip
	What  string
	About string
	Show  string
}

type caveatRow struct {
	About, Text string
	Rows        refs
}

type skippedRow struct {
	Where, Why string
}

func (b evidencePage) unknown() unknownView {
	v := unknownView{Count: len(b.r.Ledger)}
	for i := range b.r.Ledger {
		if len(v.Rows) == mostListed {
			v.More = len(b.r.Ledger) - i
			break
		}
		v.Rows = append(v.Rows, b.unknownRow(&b.r.Ledger[i]))
	}
	if v.Count == 0 {
		v.Empty = "No row, day or source is known to be missing. No evidence is still not the same as no act."
	}
	b.caveats(&v)
	for i := range b.r.Skipped {
		s := &b.r.Skipped[i]
		n := max(s.Count, 1)
		if len(v.Skipped) == 100 {
			v.SkMore += n
			continue
		}
		row := skippedRow{fmt.Sprintf("%s:%d", b.exhibit(s.File), s.Line), sentence(text(s.Reason))}
		if n > 1 {
			row.Why += " " + report.Counted(n, "record", "records") + "."
		}
		v.Skipped = append(v.Skipped, row)
	}
	return v
}

func (b evidencePage) unknownRow(l *report.LedgerItem) unknownRow {
	row := unknownRow{State: chip{"limit", "Not collected"}, What: sentence(text(l.Text)), About: "the whole case", Show: text(l.Ask)}
	if l.Lost() {
		row.State = chip{"loss", "Data lost"}
	}
	var about []string
	for _, s := range []string{b.nameOf(l.File), cell(l.Mailbox), b.tenant(l.Tenant)} {
		if s != "" {
			about = append(about, s)
		}
	}
	if isKnown(l.First) {
		about = append(about, b.lasted(l.First, l.Last))
	}
	if len(about) > 0 {
		row.About = strings.Join(about, ", ")
	}
	if row.Show == "" {
		row.Show = "nothing can bring it back"
	}
	return row
}

func (b evidencePage) nameOf(file report.Text) string {
	if file == "" {
		return ""
	}
	return b.exhibit(string(file)) + " " + cell(baseName(string(file)))
}

// caveats puts those of one text together, as they differ in their mailbox only.
func (b evidencePage) caveats(v *unknownView) {
	at := map[string]int{}
	boxes := map[string][]string{}
	for i := range b.r.Caveats {
		c := &b.r.Caveats[i]
		names := slices.Clone(c.Mailboxes)
		if c.Mailbox != "" {
			names = append(names, string(c.Mailbox))
		}
		if _, ok := at[c.Text]; !ok {
			if len(v.Caveats) == mostListed {
				v.CavMore++
				continue
			}
			at[c.Text] = len(v.Caveats)
			v.Caveats = append(v.Caveats, caveatRow{"", sentence(text(c.Text)), b.evidence(c.Evidence, c.More)})
		} else {
			row := &v.Caveats[at[c.Text]]
			row.Rows.More += len(c.Evidence) + c.More
		}
		boxes[c.Text] = append(boxes[c.Text], names...)
	}
	for text, i := range at {
		v.Caveats[i].About = or(words(boxes[text], 4), "the whole case")
	}
}
