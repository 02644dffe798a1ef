package report

import (
	"fmt"

	"triage/analyzers/ledger"
	"triage/ingest/activity"
)

// ledger says what is missing; filters on mailboxes hide what is about others.
func (b *builder) ledger() {
	b.out.Ledger = []LedgerItem{}
	for _, it := range ledger.Of(b.c, ledger.Options{AsOf: b.AsOf}) {
		tenant := b.c.Tenant
		if it.Part > 0 {
			tenant = b.c.Parts[it.Part-1].Tenant
		}
		if (it.Path != "" || b.Filter.tenant(tenant)) && (it.Mailbox == "" || b.Filter.mailbox(it.Mailbox)) {
			b.out.Ledger = append(b.out.Ledger, ledgerItem(b.c, it))
		}
	}
}

func ledgerItem(c *activity.Case, it ledger.Item) LedgerItem {
	out := LedgerItem{
		Code: it.Code, Severity: it.Severity.String(), File: Text(clean(it.Path)), Mailbox: Text(clean(it.Mailbox)),
		First: Time(it.First), Last: Time(it.Last), Text: clean(it.Text), Ask: Text(clean(it.Ask)),
	}
	if it.Part > 0 {
		out.Tenant = tenantOf(c.Parts[it.Part-1].Tenant)
	}
	if it.Source != activity.SourceUnknown {
		out.Source = Text(it.Source.String())
	}
	return out
}

// loss says that records are known to be missing.
func (it *LedgerItem) loss() bool { return it.Severity == ledger.Loss.String() }

// Losses counts the items that say that records are missing, but for skipped rows, which have a list of their own.
func (r *Report) Losses() int {
	n := 0
	for i := range r.Ledger {
		if it := &r.Ledger[i]; it.loss() && it.Code != "rows-skipped" {
			n++
		}
	}
	return n
}

// topLedger is how many items of one kind the text shows; JSON has all of them.
const topLedger = 4

// ledger lists what is missing, losses first, each with what to ask for.
func (t *textWriter) ledger() {
	if len(t.r.Ledger) == 0 {
		return
	}
	t.head("WHAT IS MISSING")
	t.ledgerItems(t.r.Ledger)
}

// ledgerItems lists items kind by kind. What to ask for differs between items of a kind only in its time, so that it is
// said with the first.
func (t *textWriter) ledgerItems(list []LedgerItem) {
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].Code == list[0].Code {
			n++
		}
		for i := range list[:min(n, topLedger)] {
			it := &list[i]
			word, color := "limit", ""
			if it.loss() {
				word, color = "LOSS ", paintWarn
			}
			t.ledgerLine("  "+t.paint(word, color)+"  ", it.about())
			if i == 0 && it.Ask != "" {
				t.para("         ", "ask for "+string(it.Ask))
			}
		}
		t.more(topLedger, n, "of this kind ")
		list = list[n:]
	}
}

// ledgerLine is para whose first words are painted: only their plain width counts.
func (t *textWriter) ledgerLine(first, s string) {
	const indent = "         "
	for i, part := range wrap(short(s, paraRunes), max(t.width-len(indent), 20)) {
		if i > 0 {
			first = indent
		}
		t.line("%s%s", first, part)
	}
}

// about is the item's sentence, with what it is about before it.
func (it *LedgerItem) about() string {
	switch {
	case it.File != "":
		return fmt.Sprintf("%s: %s", shortPath(string(it.File)), it.Text)
	case it.Mailbox != "":
		return fmt.Sprintf("%s: %s", it.Mailbox, it.Text)
	case it.Tenant != "":
		return fmt.Sprintf("tenant %s: %s", it.Tenant, it.Text)
	default:
		return it.Text
	}
}

// ledgerSummary is how much the ledger holds, for beside a verdict; "" if nothing is missing.
func (t *textWriter) ledgerSummary(tenant TenantOf) string {
	lost, limits := 0, 0
	for i := range t.r.Ledger {
		switch it := &t.r.Ledger[i]; {
		case it.Tenant != "" && it.Tenant != tenant:
		case it.loss():
			lost++
		default:
			limits++
		}
	}
	switch {
	case lost > 0:
		return fmt.Sprintf("evidence known to be lost (%s, see WHAT IS MISSING)", several(lost, "entry", "entries"))
	case limits > 0:
		return "see WHAT IS MISSING"
	default:
		return ""
	}
}

// markdownLedger lists what is missing.
func (t *textWriter) markdownLedger() {
	if len(t.r.Ledger) == 0 {
		return
	}
	t.line("\n## What is missing\n")
	for i := range t.r.Ledger {
		it := &t.r.Ledger[i]
		t.line("- **%s** %s", md(it.Severity), md(it.about()))
		if it.Ask != "" {
			t.line("  - ask for %s", md(string(it.Ask)))
		}
	}
}
