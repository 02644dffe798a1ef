//go:build unix

package casefile_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"triage/analyzers/report"
	"triage/analyzers/report/casefile"
	"triage/analyzers/report/reporttest"
)

// many is a report of n mailboxes, of which each has what those of the sample have.
func many(t *testing.T, n int, word string) *report.Report {
	t.Helper()
	r := reporttest.Build(t, reporttest.Sample(word))
	one := *r
	r.Mailboxes, r.Accounts, r.Findings, r.Timeline, r.Containment, r.NextEvidence = nil, nil, nil, nil, nil, nil
	r.Caveats, r.NotEvaluated, r.Ledger, r.Addresses, r.Presences, r.Exposure, r.Threads = nil, nil, nil, nil, nil, nil, nil
	r.Coverage, r.Inputs, r.Intruders, r.Skipped, r.Identities = nil, nil, nil, nil, nil
	for i := range n {
		name := func(s string) string { return fmt.Sprintf("%d.%s", i, s) }
		for _, x := range one.Mailboxes {
			x.Mailbox = name(x.Mailbox)
			r.Mailboxes = append(r.Mailboxes, x)
		}
		for _, x := range one.Accounts {
			x.Account = name(x.Account)
			r.Accounts = append(r.Accounts, x)
		}
		for _, x := range one.Findings {
			x.Mailbox, x.ID, x.Short, x.Text = name(x.Mailbox), fmt.Sprintf("F-%06d", len(r.Findings)), fmt.Sprintf("f-%08x", len(r.Findings)), name(x.Text)
			r.Findings = append(r.Findings, x)
		}
		for _, x := range one.Timeline {
			x.Mailbox = name(x.Mailbox)
			x.Rows = append([]report.Row(nil), x.Rows...)
			for k := range x.Rows {
				x.Rows[k].Line = int64(i*100 + k)
			}
			r.Timeline = append(r.Timeline, x)
		}
		for _, x := range one.Containment {
			x.Mailbox = name(x.Mailbox)
			x.Steps = append([]report.Step(nil), x.Steps...)
			for k := range x.Steps {
				x.Steps[k].Account, x.Steps[k].Text = report.Text(name(string(x.Steps[k].Account))), name(x.Steps[k].Text)
				x.Steps[k].Commands = []string{name("command")}
				x.Steps[k].Evidence = []report.Citation{{File: "case.csv", Line: int64(i)}}
			}
			r.Containment = append(r.Containment, x)
		}
		for _, x := range one.NextEvidence {
			x.Mailbox = report.Text(name(string(x.Mailbox)))
			r.NextEvidence = append(r.NextEvidence, x)
		}
		for _, x := range one.Caveats {
			x.Text = name(x.Text)
			r.Caveats = append(r.Caveats, x)
		}
		for _, x := range one.NotEvaluated {
			x.Mailbox = report.Text(name("alice"))
			r.NotEvaluated = append(r.NotEvaluated, x)
		}
		r.Ledger = append(r.Ledger, one.Ledger...)
		r.Addresses = append(r.Addresses, one.Addresses...)
		r.Coverage = append(r.Coverage, one.Coverage...)
		r.Skipped = append(r.Skipped, one.Skipped...)
		r.Identities = append(r.Identities, one.Identities...)
		for _, x := range one.Presences {
			x.Mailbox = name(x.Mailbox)
			r.Presences = append(r.Presences, x)
		}
		for _, x := range one.Exposure {
			x.Mailbox = report.Text(name(string(x.Mailbox)))
			r.Exposure = append(r.Exposure, x)
		}
		for _, x := range one.Threads {
			x.Mailbox = report.Text(name(string(x.Mailbox)))
			r.Threads = append(r.Threads, x)
		}
		for _, x := range one.Intruders {
			x.Intruder, x.Accounts = name(x.Intruder), []string{name("alice@contoso.com")}
			r.Intruders = append(r.Intruders, x)
		}
		for _, x := range one.Inputs {
			x.Path = name(x.Path)
			r.Inputs = append(r.Inputs, x)
		}
	}
	return r
}

// Promise: however large a case is, its file can be opened and sent: under 3 MB, and drawn with less work than the JSON. Of
// twice as many mailboxes it is hardly larger.
func TestSize(t *testing.T) {
	mailboxes := 2000 // of the sample's three each: 6,000
	if os.Getenv("TRIAGE_LONG") != "" {
		mailboxes = 7000
	}
	html := func(r *report.Report) int {
		var out bytes.Buffer
		if err := casefile.Write(&out, r, ""); err != nil {
			t.Fatal(err)
		}
		return out.Len()
	}
	half, full := many(t, mailboxes/2, ""), many(t, mailboxes, "")
	less, more := html(half), html(full)
	if more > 3<<20 || float64(more) > 1.15*float64(less) {
		t.Errorf("%d mailboxes: %d bytes; of half of them %d", len(full.Mailboxes), more, less)
	}
	if long := html(many(t, 300, strings.Repeat("<é\u202e", 2000))); long > 5<<20 {
		t.Errorf("long hostile texts: %d bytes", long)
	}
	page := least(t, func() error { return casefile.Write(io.Discard, full, "") })
	doc := least(t, func() error { return report.WriteJSON(io.Discard, full) })
	t.Logf("figure: %d mailboxes, %d findings: %d bytes, %v of CPU; the JSON takes %v", len(full.Mailboxes), len(full.Findings), more, page, doc)
	if page > doc {
		t.Errorf("the page takes %v of CPU, the JSON %v", page, doc)
	}
}

// least is the CPU of the cheapest of three calls.
func least(t *testing.T, do func() error) (cost time.Duration) {
	t.Helper()
	for i := range 3 {
		var before, after syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
			t.Fatal(err)
		}
		if err := do(); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
			t.Fatal(err)
		}
		if used := time.Duration(after.Utime.Nano() - before.Utime.Nano()); i == 0 || used < cost {
			cost = used
		}
	}
	return cost
}
