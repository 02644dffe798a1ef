package answers_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/analyzers"
	"triage/analyzers/answers"
	"triage/analyzers/attribution"
	"triage/analyzers/exposure"
	"triage/analyzers/thread"
	"triage/geo"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/detect"
)

// investigated is a shipped case, analysed, with an attribution made by hand from what was planted.
type investigated struct {
	*analyzers.Result
	asOf time.Time
}

// investigate analyses files of a shipped case, whose truth.jsonl says which rows are the intruder's.
func investigate(t *testing.T, name string, inputs ...string) *investigated {
	t.Helper()
	ctx := t.Context()
	dir := filepath.Join("..", "..", "testdata", "cases", name)
	x := &investigated{asOf: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}
	set, err := rules.Load(analyzers.Kinds(), rules.Options{AsOf: x.asOf})
	if err != nil {
		t.Fatal(err)
	}
	locator, err := geo.Open(geo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, in := range inputs {
		paths = append(paths, filepath.Join(dir, in))
	}
	files, err := ingest.Open(ctx, paths, ingest.Options{Interest: set.Interest})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	x.Result, err = analyzers.Run(ctx, files.Case, set, analyzers.NewPlaces(locator, files.Case), analyzers.Options{AsOf: x.asOf})
	if err != nil {
		t.Fatal(err)
	}
	x.attribute(t, dir, files)
	x.answer(t, set)
	return x
}

// truth is a line of truth.jsonl.
type truth struct {
	Truth, Intruder, File, Answer string
	Lines                         []int64
	Sure                          []string
	Facts                         map[string][]string
}

// truths reads truth.jsonl.
func truths(t *testing.T, dir string) (all []truth) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "truth.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var one truth
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// attribute makes the rows of the truth the intruders': what is tested here is not attribution.
func (x *investigated) attribute(t *testing.T, dir string, files *ingest.Files) {
	t.Helper()
	his := map[string]string{}
	for _, one := range truths(t, dir) {
		for _, line := range one.Lines {
			if one.Truth == "rows" {
				his[fmt.Sprintf("%s:%d", one.File, line)] = one.Intruder
			}
		}
	}
	var origins []activity.Origin
	for i := range x.Case.Activities {
		origins = append(origins, x.Case.Activities[i].Origin())
	}
	found, err := files.Evidence(t.Context(), origins, 0)
	if err != nil {
		t.Fatal(err)
	}
	x.Attribution = &attribution.Attribution{}
	for i, e := range found {
		rel, err := filepath.Rel(dir, e.Path)
		if err != nil {
			t.Fatal(err)
		}
		name := his[fmt.Sprintf("%s:%d", filepath.ToSlash(rel), e.Line)]
		if name == "" {
			continue
		}
		who := x.intruder(name)
		who.Rows = append(who.Rows, uint32(i))
		if a := &x.Case.Activities[i]; a.Result != activity.Failure {
			if who.First == 0 {
				who.First = a.Time
			}
			who.Last = a.Time
			add(&who.Accounts, a.Mailbox)
			add(&who.Addresses, a.IP)
			add(&who.Agents, a.Agent)
		}
	}
}

func (x *investigated) intruder(name string) *attribution.Intruder {
	list := &x.Attribution.Intruders
	for i := range *list {
		if (*list)[i].Name == name {
			return &(*list)[i]
		}
	}
	*list = append(*list, attribution.Intruder{Name: name})
	return &(*list)[len(*list)-1]
}

// answer answers once more, from that attribution.
func (x *investigated) answer(t *testing.T, set *rules.Set) {
	t.Helper()
	whose := map[uint32]int{}
	for i := range x.Attribution.Intruders {
		for _, row := range x.Attribution.Intruders[i].Rows {
			whose[row] = i
		}
	}
	domains := detect.NewDomains(x.Case, nil)
	x.Exposure = exposure.Of(t.Context(), exposure.Source{
		Case: x.Case, Lines: x.Case.Timelines(), Intruders: x.Attribution.Intruders, Domains: domains, Missing: x.Missing,
		Who: func(index uint32) (attribution.Who, int) {
			if i, his := whose[index]; his {
				return attribution.Attacker, i
			}
			return attribution.Owner, -1
		},
	})
	x.Threads = thread.Of(t.Context(), thread.Source{
		Case: x.Case, Intruders: x.Attribution.Intruders, Exposure: x.Exposure, Domains: domains, Money: set.Lists["finance_terms"],
	})
	x.Told = answers.Of(answers.Source{
		Case: x.Case, Places: x.Places, Domains: domains, AsOf: x.asOf, Findings: x.Findings, Mailboxes: x.Mailboxes, Campaign: &x.Campaign, By: x.Attribution,
		Exposure: x.Exposure, Threads: x.Threads, Missing: x.Missing,
	})
}

func add(list *[]activity.Symbol, sym activity.Symbol) {
	if sym != 0 && !slices.Contains(*list, sym) {
		*list = append(*list, sym)
	}
}

// told is everything in words.
func (x *investigated) told() string {
	var out strings.Builder
	for _, a := range x.Answers {
		fmt.Fprintf(&out, "%-11s %-9s %s %s rows %d findings %d\n", a.ID, a.Sure, a.Text, facts(a.Facts), len(a.Rows)+a.MoreRows, len(a.Findings))
		for _, u := range a.Unknown {
			fmt.Fprintf(&out, "    unknown %s\n", u.English())
		}
		for _, n := range a.Next {
			fmt.Fprintf(&out, "    next    %s\n", n.English())
		}
	}
	for _, s := range x.Stories {
		for _, one := range s.Sentences {
			fmt.Fprintf(&out, "%s %s: %s (%d rows)\n", detect.TimeText(one.Time), one.By, one.Text, len(one.Rows)+one.MoreRows)
		}
	}
	return out.String()
}

func facts(list []answers.Fact) string {
	var parts []string
	for _, f := range list {
		parts = append(parts, f.Name+"="+strings.Join(f.Values, "|"))
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// Promise: wire-fraud tells its whole story: the searches, the reads, the reply to the payment thread, the deletion.
func TestWireFraud(t *testing.T) {
	x := investigate(t, "wire-fraud", "activities.csv")
	var got []string
	for _, one := range x.Stories[0].Sentences {
		got = append(got, detect.TimeText(one.Time)[11:16]+" "+one.Text)
	}
	want := []string{
		`01:12 signed in to alice@contoso.com from 105.112.4.7 (NG, Airtel Networks Limited, mobile network), with Outlook on the web`,
		`01:13 searched "wire transfer", then "invoice", then "iban"`,
		`01:19 opened 3 messages: "Invoice 4711", "Bank details for the wire transfer" and "Reminder: invoice 4698" (known by its conversation)`,
		`01:23 replied to "Bank details for the wire transfer"`,
		`01:28 deleted "Reminder: invoice 4698" (known by its conversation)`,
		`05:40 signed in to alice@contoso.com from 105.112.4.93 (NG, Airtel Networks Limited, mobile network), with Outlook on the web`,
		`05:42 opened "Bank details for the wire transfer"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s\nall\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), x.told())
	}
}

// Promise: a case without an intruder says so in all twelve answers, and what is missing.
func TestNobody(t *testing.T) {
	for _, name := range []string{"finance-clerk", "vpn-gateway", "travelling-executive", "spoofed-invoice"} {
		x := investigate(t, name, "activities.csv")
		if len(x.Answers) != len(answers.Questions()) || len(x.Stories) > 0 {
			t.Errorf("%s: %d answers, %d stories", name, len(x.Answers), len(x.Stories))
		}
		for _, a := range x.Answers {
			if a.Sure == answers.Proven && a.ID != "missing" || !strings.Contains(a.Text, "o intruder is seen") && !strings.Contains(a.Text, "No account shows an intruder") {
				t.Errorf("%s: %s %s: %s", name, a.ID, a.Sure, a.Text)
			}
		}
		if last := x.Answers[len(x.Answers)-1]; len(last.Unknown) == 0 || len(last.Next) == 0 {
			t.Errorf("%s: nothing is said to be missing: %+v", name, last)
		}
	}
}

// Promise: every answer about a shipped case is right, if its attribution is: as sure as the truth, with its facts.
func TestAnswersOfCases(t *testing.T) {
	cases, err := filepath.Glob("../../testdata/cases/*/truth.jsonl")
	if err != nil || len(cases) == 0 {
		t.Fatal(cases, err)
	}
	for _, path := range cases {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			x := investigate(t, filepath.Base(dir), firstRun(t, dir)...)
			for _, want := range truths(t, dir) {
				if want.Truth == "answer" {
					x.check(t, want)
				}
			}
			if t.Failed() {
				t.Log("\n" + x.told())
			}
		})
	}
}

// firstRun are the inputs of the first run of want.json.
func firstRun(t *testing.T, dir string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "want.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want struct{ Runs []struct{ Inputs []string } }
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	return want.Runs[0].Inputs
}

// check compares an answer with the truth.
func (x *investigated) check(t *testing.T, want truth) {
	t.Helper()
	at := slices.IndexFunc(x.Answers, func(a answers.Answer) bool { return a.ID == want.Answer })
	if at < 0 {
		t.Fatalf("no answer %q", want.Answer)
	}
	got := x.Answers[at]
	if !slices.Contains(want.Sure, string(got.Sure)) {
		t.Errorf("%s is %s, want %s: %s", got.ID, got.Sure, want.Sure, got.Text)
	}
	for name, values := range want.Facts {
		for _, value := range values {
			if !slices.ContainsFunc(strings.Split(value, "|"), func(v string) bool { return states(got.Facts, name, v) }) {
				t.Errorf("%s: no fact %s %q in %s", got.ID, name, value, facts(got.Facts))
			}
		}
	}
}

func states(list []answers.Fact, name, value string) bool {
	return slices.ContainsFunc(list, func(f answers.Fact) bool { return f.Name == name && slices.Contains(f.Values, value) })
}
