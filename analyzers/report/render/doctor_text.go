package render

import (
	"cmp"
	"fmt"
	"io"

	"triage/analyzers/report"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"
)

// How much of each list the text of an examination shows; JSON has all of it.
const (
	topPeople = 6
	topFaults = 12
)

// WriteExaminationText writes an examination for the terminal. Nothing that a file holds can act on the terminal.
func WriteExaminationText(w io.Writer, x *report.Examination, opts TextOptions) error {
	t := newPage(w, &report.Report{}, opts)
	t.line("triage %s doctor, as of %s. All times are UTC.", report.Plain(x.Tool.Version), report.Plain(x.AsOf))
	t.head("FILES")
	for i := range x.Files {
		writeExamined(t, &x.Files[i])
	}
	if x.First != 0 {
		t.line("  all    %s", words.SpanText(x.First, x.Last))
	}
	t.head("WHAT IS MISSING FOR A BUSINESS EMAIL COMPROMISE")
	if len(x.Missing) == 0 {
		t.line("  nothing that this program knows to ask for")
	}
	writeLedgerItems(t, x.Missing)
	t.line("")
	switch losses, unread := x.Lost(); {
	case losses+unread == 0:
		t.line("No evidence is known to be lost.")
	default:
		t.line("%s", t.paint(fmt.Sprintf("Evidence is known to be missing: %s, %s not read.",
			report.Counted(losses, "loss", "losses"), report.Counted(unread, "path", "paths")), term.Warn))
	}
	return t.out.Flush()
}

// writeExamined draws one file.
func writeExamined(t *page, f *report.ExaminedFile) {
	t.para("  ", f.Path)
	if f.SHA256 == "" {
		t.para("    not read  ", f.Why)
		if f.Hint != "" {
			t.para("    hint      ", string(f.Hint))
		}
		return
	}
	t.para("    format    ", fmt.Sprintf("%s: %s", cmp.Or(f.Format, "not recognised"), f.Why))
	rows := words.RowSum(f.Rows, f.Activities, f.Duplicates, f.Skipped)
	if f.Encoding != "" {
		rows += "; " + string(f.Encoding)
	}
	t.para("    rows      ", rows)
	when := "nothing in it has a time"
	if f.First != 0 {
		when = words.SpanText(f.First, f.Last)
	}
	t.para("    time      ", when)
	if n := len(f.Mailboxes); n > 0 {
		t.para("    people    ", report.Counted(n, "mailbox", "mailboxes")+": "+report.NameList(f.Mailboxes, topPeople))
	}
	for _, fault := range f.Faults[:min(len(f.Faults), topFaults)] {
		where := ""
		if fault.Line != 0 {
			where = fmt.Sprintf("line %d, record %d: ", fault.Line, fault.Record)
		}
		t.para("    wrong     ", where+report.Short(fault.Text, 300))
	}
	t.more(topFaults, len(f.Faults), "faults ")
	for i := range f.Missing {
		it := &f.Missing[i]
		word := "    limit     "
		if it.Lost() {
			word = "    LOSS      "
		}
		t.para(word, it.Text)
		if it.Ask != "" {
			t.para("              ", "ask for "+string(it.Ask))
		}
	}
}
