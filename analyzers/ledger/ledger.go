// Package ledger says what a case is missing: rows that an export left out, days and sources that nobody exported, and
// acts that the service itself did not record. Beside each stands the export to ask for next, because "nothing found"
// means little while evidence is missing. It reads a case, never files, and depends on no rule.
package ledger

import (
	"cmp"
	"slices"
	"time"

	"triage/ingest/activity"
)

// Severity tells what is lost from what cannot be known. The zero value is Limit.
type Severity uint8

// The severities.
const (
	Limit Severity = iota // the data cannot answer a question: a source is missing, a log does not reach back
	Loss                  // records are known to be missing, or known to be incomplete: what --strict counts
)

// String is the severity's word in JSON.
func (s Severity) String() string {
	if s == Loss {
		return "loss"
	}
	return "limit"
}

// Item is one thing that is missing.
type Item struct {
	Code     string // one of Codes
	Severity Severity
	Path     string          // the input that it is about; "" for the case
	Mailbox  string          // "" for all
	Part     int             // of Case.Parts, from 1; 0: not about one tenant of several
	Source   activity.Source // SourceUnknown for all
	First    int64           // from when on evidence is missing, in milliseconds since 1970 UTC; 0 is unknown
	Last     int64
	Text     string
	Ask      string // the export to ask for next; "" where none can bring it back
}

// Options say against what a case is judged.
type Options struct {
	// AsOf is the day of the report: what the service has deleted by then is not asked for from the service.
	AsOf time.Time
}

// code is a code and its severity.
type code struct {
	name     string
	severity Severity
}

// codes lists every code, in the order in which a ledger lists its items.
func codes() []code {
	return []code{
		{"rows-skipped", Loss},
		{"stretch-lost", Loss},
		{"fetch-stopped", Loss},
		{"fetch-gap", Loss},
		{"file-cut", Loss},
		{"file-damaged", Loss},
		{"cap-reached", Loss},
		{"answer-incomplete", Loss},
		{"records-cut", Loss},
		{"records-flattened", Loss},
		{"records-undated", Loss},
		{"access-throttled", Loss},
		{"auditing-off", Loss},
		{"no-audit-log", Limit},
		{"no-mail-access", Limit},
		{"no-search-records", Limit},
		{"no-sign-ins", Limit},
		{"no-message-trace", Limit},
		{"no-rule-listing", Limit},
		{"not-fetched", Limit},
		{"fetched-empty", Limit},
		{"retention-edge", Limit},
		{"source-short", Limit},
		{"silent-days", Limit},
		{"workload-stops", Limit},
		{"addresses-unreadable", Limit},
	}
}

// Codes lists every code, in the order in which a ledger lists its items.
func Codes() []string {
	var names []string
	for _, c := range codes() {
		names = append(names, c.name)
	}
	return names
}

// Of says what a case is missing, by code, then path, mailbox and time. Of several tenants, each has its own logs to miss;
// what is wrong with a file is said once, whose rows ever it holds.
func Of(c *activity.Case, opts Options) []Item {
	l := &ledger{c: c, opts: opts, survey: look(c)}
	texts := map[string]string{} // many tenants lack the same: each sentence is kept once
	for i, part := range c.Parts {
		l.part(i, part, texts)
	}
	l.files()
	l.fetches()
	if len(c.Parts) == 0 {
		l.tenant()
	}
	order := Codes()
	slices.SortStableFunc(l.items, func(x, y Item) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, x.Code), slices.Index(order, y.Code)), cmp.Compare(x.Path, y.Path),
			cmp.Compare(x.Mailbox, y.Mailbox), cmp.Compare(x.Source, y.Source), cmp.Compare(x.First, y.First), cmp.Compare(x.Text, y.Text), cmp.Compare(x.Part, y.Part),
		)
	})
	return l.items
}

// part enters what one tenant of several is missing, and adds its flaws to those of the files.
func (l *ledger) part(i int, c *activity.Case, texts map[string]string) {
	once := func(text string) string {
		if _, told := texts[text]; !told {
			texts[text] = text
		}
		return texts[text]
	}

	one := &ledger{c: c, opts: l.opts, survey: look(c)}
	one.tenant()
	for _, it := range one.items {
		it.Part, it.Text, it.Ask = i+1, once(it.Text), once(it.Ask)
		l.items = append(l.items, it)
	}
	for file, signs := range one.survey.files {
		l.survey.files[c.Whole(activity.Origin{File: uint32(file)}).File].add(signs)
	}
}

// tenant says what the logs of one tenant lack.
func (l *ledger) tenant() {
	l.throttled()
	l.auditing()
	l.sources()
	l.retention()
	l.silence()
}

// Want adds what a ledger reads to what rules read.
func Want(in activity.Interest) activity.Interest {
	if in.Params == nil {
		return in // those of every change of auditing are kept as it is
	}
	params := map[string]bool{}
	for name := range in.Params {
		params[name] = true
	}
	for _, s := range switches() {
		params[s.param] = true
	}
	in.Params = params
	return in
}

// ledger is a ledger in the making.
type ledger struct {
	survey
	c     *activity.Case
	opts  Options
	items []Item
}

// add enters an item; its severity follows from its code.
func (l *ledger) add(it Item) {
	for _, c := range codes() {
		if c.name == it.Code {
			it.Severity = c.severity
		}
	}
	l.items = append(l.items, it)
}
