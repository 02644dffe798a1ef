package render

import (
	"triage/analyzers/report"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"
)

// topLedger is how many items of one kind the text shows; JSON has all of them.
const topLedger = 4

// writeLedger lists what is missing, losses first, each with what to ask for.
func writeLedger(t *page) {
	if len(t.r.Ledger) == 0 {
		return
	}
	t.head("WHAT IS MISSING")
	writeLedgerItems(t, t.r.Ledger)
}

// writeLedgerItems lists items kind by kind. What to ask for differs between items of a kind only in its time, so that it is
// said with the first.
func writeLedgerItems(t *page, list []report.LedgerItem) {
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Code == list[0].Code {
			n++
		}
		for i := range list[:min(n, topLedger)] {
			it := &list[i]
			word, color := "limit", ""
			if it.Lost() {
				word, color = "LOSS ", term.Warn
			}
			t.ledgerLine("  "+t.paint(word, color)+"  ", words.AboutItem(it))
			if i == 0 && it.Ask != "" {
				t.para("         ", "ask for "+string(it.Ask))
			}
		}
		t.more(topLedger, n, "of this kind ")
		list = list[n:]
	}
}

// ledgerLine is para whose first words are painted: only their plain width counts.
func (t *page) ledgerLine(first, s string) {
	const indent = "         "
	for i, part := range term.Wrap(report.Short(s, paraRunes), max(t.width-len(indent), 20)) {
		if i > 0 {
			first = indent
		}
		t.line("%s%s", first, part)
	}
}

// markdownLedger lists what is missing.
func markdownLedger(t *page) {
	if len(t.r.Ledger) == 0 {
		return
	}
	t.line("\n## What is missing\n")
	for i := range t.r.Ledger {
		it := &t.r.Ledger[i]
		t.line("- **%s** %s", t.md(it.Severity), t.md(words.AboutItem(it)))
		if it.Ask != "" {
			t.line("  - ask for %s", t.md(string(it.Ask)))
		}
	}
}
