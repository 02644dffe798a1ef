package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/ingest/activity"
)

// sheet is an invented case in the making: one input after the other.
type sheet struct {
	b     *activity.Builder
	in    activity.Input
	shard *activity.Shard
	n     int64

	fetches []activity.FetchRecord
}

func newSheet() *sheet { return &sheet{b: activity.NewBuilder()} }

// file begins an input.
func (s *sheet) file(path, format string, source activity.Source) *sheet {
	s.close()
	s.in = activity.Input{Path: path, Format: format, Source: source}
	s.shard = activity.NewShard(0, activity.Interest{})
	return s
}

func (s *sheet) close() {
	if s.shard != nil {
		s.in.Rows = int64(s.shard.Len())
		s.b.Add(s.in, []*activity.Shard{s.shard}, "")
		s.shard = nil
	}
}

// add adds an activity on a day of 2026 at noon; details are name, value pairs of dynamic fields.
func (s *sheet) add(when string, a activity.Activity, details ...string) *sheet {
	at, err := time.Parse("2006-01-02 15:04", when)
	if err != nil {
		panic(err)
	}
	s.n++
	for i := 0; i < len(details); i += 2 {
		if details[i] == "workload" {
			s.shard.Put(activity.FieldWorkload, []byte(details[i+1]))
		} else {
			s.shard.PutNamed([]byte(details[i]), []byte(details[i+1]))
		}
	}
	a.Time, a.ID, a.Sum = at.UnixMilli(), activity.HashID(fmt.Append(nil, s.n)), uint64(s.n)
	if a.Mailbox == 0 {
		a.Mailbox = s.shard.Intern([]byte("alice@contoso.com"))
	}
	s.shard.Add(a)
	return s
}

// working adds one activity on each day from one to another, but not at weekends nor on days of skip.
func (s *sheet) working(from string, days int, skip []string, details ...string) *sheet {
	at, err := time.Parse(time.DateOnly, from)
	if err != nil {
		panic(err)
	}
	for i := range days {
		day := at.AddDate(0, 0, i)
		if w := day.Weekday(); w == time.Saturday || w == time.Sunday || slices.Contains(skip, day.Format(time.DateOnly)) {
			continue
		}
		s.add(day.Format(time.DateOnly)+" 12:00", activity.Activity{Type: activity.Send}, details...)
		s.add(day.Format(time.DateOnly)+" 15:00", activity.Activity{Type: activity.Send}, details...)
	}
	return s
}

// rows adds n activities on one day.
func (s *sheet) rows(n int) *sheet {
	for range n {
		s.add("2026-03-09 12:00", activity.Activity{Type: activity.Send})
	}
	return s
}

// answered adds the rows with these numbers of an answer of size.
func (s *sheet) answered(when string, size int64, from, to int64) *sheet {
	for i := from; i <= to; i++ {
		s.shard.Answered(i, size)
		s.add(when, activity.Activity{Type: activity.Send})
	}
	return s
}

// items are the ledger's items of one code.
func (s *sheet) items(code string) []Item {
	s.close()
	c := s.b.Case()
	c.Fetches = s.fetches
	list := Of(c, Options{AsOf: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)})
	return slices.DeleteFunc(list, func(it Item) bool { return it.Code != code })
}

// want fails unless the case has one item of a code for each text, which its sentence must contain.
func want(t *testing.T, s *sheet, code string, texts ...string) []Item {
	t.Helper()
	list := s.items(code)
	if len(list) != len(texts) {
		t.Errorf("%s: %d items, want %d: %+v", code, len(list), len(texts), list)
		return list
	}
	for i, text := range texts {
		if !strings.Contains(list[i].Text, text) {
			t.Errorf("%s: got %q, want %q in it", code, list[i].Text, text)
		}
	}
	return list
}

const audit = activity.SourceAudit

// Promise: an export that is exactly as long as its source gives at most is told from one that is a row shorter.
func TestCapReached(t *testing.T) {
	want(t, newSheet().file("a.json", "audit-json", audit).rows(5000), "cap-reached", "exactly 5,000 rows")
	want(t, newSheet().file("a.json", "audit-json", audit).rows(4999), "cap-reached")
	want(t, newSheet().file("a.json", "audit-json", audit).rows(5001), "cap-reached")
	want(t, newSheet().file("a.csv", "audit-purview-csv", audit).rows(5000), "cap-reached")
	want(t, newSheet().file("a.csv", "audit-purview-csv", audit).rows(50000), "cap-reached", "exactly 50,000 rows")
	want(t, newSheet().file("a.csv", "audit-purview-csv", audit).rows(49999), "cap-reached")
	want(t, newSheet().file("t.csv", "trace-csv", activity.SourceTrace).rows(1000), "cap-reached", "exactly 1,000 rows")
	want(t, newSheet().file("t.csv", "trace-csv", activity.SourceTrace).rows(999), "cap-reached")
	list := want(t, newSheet().file("u.csv", "audit-search-csv", audit).answered("2026-03-09 12:00", 5000, 1, 5000), "cap-reached", "answered with exactly 5,000")
	if list[0].Severity != Loss || !strings.Contains(list[0].Ask, "-StartDate 2026-03-09 -EndDate 2026-03-10") {
		t.Errorf("got %+v, want a loss that asks for the day", list[0])
	}
	// Many small answers that add up to 5,000 rows are whole.
	many := newSheet().file("u.csv", "audit-search-csv", audit)
	for range 50 {
		many.answered("2026-03-09 12:00", 100, 1, 100)
	}
	want(t, many, "cap-reached")
	want(t, newSheet().file("u.csv", "audit-search-csv", audit).answered("2026-03-09 12:00", 4999, 1, 4999), "cap-reached")
}

// Promise: rows that the service numbered and that are nowhere are counted; halves, copies and overlaps that complete
// each other are not.
func TestAnswerIncomplete(t *testing.T) {
	const day, next = "2026-03-09 12:00", "2026-03-10 12:00"
	search := func() *sheet { return newSheet().file("a.csv", "audit-search-csv", audit) }
	want(t, search().answered(day, 9, 1, 9), "answer-incomplete")
	want(t, search().answered(day, 12345, 1, 5000), "answer-incomplete", "at least 7,345 (of answers with 12,345 rows number 5,001 to 12,345)")
	want(t, search().answered(day, 9, 1, 6).answered(day, 9, 8, 9), "answer-incomplete", "at least 1 (of answers with 9 rows number 7)")
	want(t, search().answered(day, 9, 1, 9).answered(day, 9, 1, 7), "answer-incomplete", "at least 2 (of answers with 9 rows number 8 to 9)")
	second := func(s *sheet) *sheet { return s.file("b.csv", "audit-search-csv", audit) }
	want(t, second(search().answered(day, 9, 1, 5)).answered(day, 9, 6, 9), "answer-incomplete")
	want(t, second(search().answered(day, 9, 1, 9)).answered(day, 9, 6, 9), "answer-incomplete")
	want(t, second(search().answered(day, 9, 1, 8)).answered(day, 9, 1, 8), "answer-incomplete", "number 9", "number 9")
	// Another day's answer of the same length completes nothing.
	want(t, second(search().answered(day, 9, 1, 5)).answered(next, 9, 1, 9), "answer-incomplete", "at least 4 ")
	// Two files that each hold three whole answers but for one row of one: a copy does not supply what it lacks itself.
	twice := func(s *sheet) *sheet {
		return s.answered(day, 9, 1, 9).answered(day, 9, 1, 9).answered(day, 9, 1, 8)
	}
	want(t, twice(second(twice(search()))), "answer-incomplete", "at least 1 ", "at least 1 ")
}

// Promise: a weekend, a long one too, is no gap; a week without anything in a busy log is.
func TestSilentDays(t *testing.T) {
	log := func(skip ...string) *sheet {
		return newSheet().file("a.json", "audit-json", audit).working("2026-02-02", 40, skip)
	}
	want(t, log(), "silent-days")
	want(t, log("2026-02-13", "2026-02-16"), "silent-days") // Friday and Monday
	list := want(t, log("2026-02-16", "2026-02-17", "2026-02-18"), "silent-days", "from 2026-02-14 to 2026-02-18 (5 days, 3 of them working days)")
	if list[0].Severity != Limit || !strings.Contains(list[0].Ask, "-StartDate 2026-02-14 -EndDate 2026-02-19") {
		t.Errorf("got %+v, want a limit that asks for those days", list[0])
	}
	two := []string{"2026-02-10", "2026-02-11", "2026-02-12", "2026-02-24", "2026-02-25", "2026-02-26"}
	want(t, log(two...), "silent-days", "from 2026-02-10 to 2026-02-12", "from 2026-02-24 to 2026-02-26")
	// A log that is seldom written says nothing by being quiet.
	sparse := newSheet().file("a.json", "audit-json", audit)
	for week := range 14 {
		sparse.add(time.Date(2026, 1, 5+7*week, 0, 0, 0, 0, time.UTC).Format("2006-01-02 15:04"), activity.Activity{})
	}
	want(t, sparse, "silent-days")
}

// Promise: a workload that ends while the log goes on is named; one that ends a few days early, or rests often, is not.
func TestWorkloadStops(t *testing.T) {
	log := func(days int) *sheet {
		return newSheet().file("a.json", "audit-json", audit).
			working("2026-02-02", 40, nil, "workload", "AzureActiveDirectory").working("2026-02-02", days, nil, "workload", "Exchange")
	}
	want(t, log(40), "workload-stops")
	want(t, log(36), "workload-stops") // four working days of silence
	list := want(t, log(26), "workload-stops", "the workload Exchange ends on 2026-02-27")
	if list[0].First != time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC).UnixMilli() {
		t.Errorf("first: got %d, want the day after", list[0].First)
	}
	// The whole log ends: the workload does not end before it.
	want(t, newSheet().file("a.json", "audit-json", audit).working("2026-02-02", 26, nil, "workload", "Exchange"), "workload-stops")
}

// Promise: a log that begins exactly where the service's memory ends is told from one that begins a day later.
func TestRetentionEdge(t *testing.T) {
	f := func(source activity.Source, days int, texts ...string) {
		t.Helper()
		last := time.Date(2026, 3, 31, 9, 0, 0, 0, time.UTC)
		s := newSheet().file("a", "x", source)
		for _, at := range []time.Time{last.AddDate(0, 0, -days), last} {
			s.add(at.Format("2006-01-02 15:04"), activity.Activity{})
		}
		want(t, s, "retention-edge", texts...)
	}
	f(audit, 90, "begins on 2025-12-31, 90 days before its end")
	f(audit, 180, "180 days")
	f(audit, 179, "179 days")
	f(audit, 91)
	f(audit, 88)
	f(audit, 30)
	f(activity.SourceSignin, 30, "30 days")
	f(activity.SourceSignin, 90)
	f(activity.SourceActivities, 90)
}

// Promise: a log that covers only part of the case is named with the part that it lacks; a weekend at its edge is none.
func TestSourceShort(t *testing.T) {
	both := func(from, to string) *sheet {
		s := newSheet().file("a.json", "audit-json", audit).working("2026-02-02", 40, nil).file("s.json", "signin-json", activity.SourceSignin)
		return s.add(from+" 10:00", activity.Activity{Type: activity.Logon}).add(to+" 10:00", activity.Activity{Type: activity.Logon})
	}
	want(t, both("2026-02-02", "2026-03-13"), "source-short")
	want(t, both("2026-02-04", "2026-03-13"), "source-short")
	want(t, both("2026-02-02", "2026-03-15"), "source-short")
	list := want(t, both("2026-02-20", "2026-03-02"), "source-short", "the sign-in log holds nothing before 2026-02-20", "the sign-in log holds nothing after 2026-03-02")
	if !strings.Contains(list[0].Ask, "ge 2026-02-02T00:00:00Z and createdDateTime lt 2026-02-20T00:00:00Z") {
		t.Errorf("got %q, want it to ask for the part that is missing", list[0].Ask)
	}
}

// Promise: throttling is said for each mailbox with the day that is lost, and IsThrottled False says nothing.
func TestThrottled(t *testing.T) {
	access := func(value string) *sheet {
		return newSheet().file("a.json", "audit-json", audit).
			add("2026-03-09 10:00", activity.Activity{Type: activity.MailAccess}, "params.IsThrottled", value).
			add("2026-03-09 12:00", activity.Activity{Type: activity.MailAccess}, "params.IsThrottled", value)
	}
	want(t, access("False"), "access-throttled")
	list := want(t, access("True"), "access-throttled", "2 records say so")
	if it := list[0]; it.Mailbox != "alice@contoso.com" || it.Last-it.First != 26*time.Hour.Milliseconds() || it.Ask != "" || it.Severity != Loss {
		t.Errorf("got %+v, want alice's 26 hours and nothing to ask for", it)
	}
}

// Promise: auditing that a person turned off is said until it is on again; refused changes and the system's are not.
func TestAuditingOff(t *testing.T) {
	change := func(param, value string, a activity.Activity) *sheet {
		a.Type = activity.AuditChange
		return newSheet().file("a.json", "audit-json", audit).add("2026-03-09 10:00", a, "params."+param, value)
	}
	want(t, change("AuditEnabled", "False", activity.Activity{}), "auditing-off", "not on again")
	want(t, change("AuditEnabled", "True", activity.Activity{}), "auditing-off")
	want(t, change("AuditBypassEnabled", "True", activity.Activity{}), "auditing-off", "exempted")
	want(t, change("AuditBypassEnabled", "False", activity.Activity{}), "auditing-off")
	want(t, change("AuditDisabled", "True", activity.Activity{}), "auditing-off", "all mailboxes")
	want(t, change("AuditEnabled", "False", activity.Activity{Result: activity.Failure}), "auditing-off")
	want(t, change("AuditEnabled", "False", activity.Activity{Lane: activity.System}), "auditing-off")
	on := change("AuditEnabled", "False", activity.Activity{}).
		add("2026-03-12 10:00", activity.Activity{Type: activity.AuditChange}, "params.AuditEnabled", "True")
	list := want(t, on, "auditing-off", "on again on 2026-03-12")
	if list[0].Last-list[0].First != 72*time.Hour.Milliseconds() {
		t.Errorf("got %+v, want three days", list[0])
	}
	want(t, change("UnifiedAuditLogIngestionEnabled", "False", activity.Activity{}).add("2026-03-15 10:00", activity.Activity{}),
		"auditing-off", "on again by 2026-03-15 at the latest")
	want(t, change("UnifiedAuditLogIngestionEnabled", "False", activity.Activity{}).add("2026-03-09 11:00", activity.Activity{}),
		"auditing-off", "not on again")
}

// Promise: each source that a business email compromise needs is asked for where it is missing, and only there.
func TestSourcesMissing(t *testing.T) {
	kinds := map[string]activity.Source{
		"no-audit-log": audit, "no-sign-ins": activity.SourceSignin, "no-message-trace": activity.SourceTrace, "no-rule-listing": activity.SourceRules,
	}
	for code, source := range kinds {
		if n := len(newSheet().file("a", "x", source).rows(1).items(code)); n != 0 {
			t.Errorf("%s: said beside such a file", code)
		}
		other := activity.SourceAudit
		if source == audit {
			other = activity.SourceSignin
		}
		if list := newSheet().file("a", "x", other).rows(1).items(code); len(list) != 1 || list[0].Ask == "" {
			t.Errorf("%s: got %+v, want one item with an export to ask for", code, list)
		}
	}
	want(t, newSheet().file("a", "entra-audit-json", audit).rows(1), "no-audit-log", "no Unified Audit Log")
	want(t, newSheet().file("a", "x", activity.SourceActivities).add("2026-03-09 10:00", activity.Activity{Type: activity.Deliver}), "no-message-trace")
	log := func(kinds ...activity.Type) *sheet {
		s := newSheet().file("a.json", "audit-json", audit)
		for _, k := range kinds {
			s.add("2026-03-09 10:00", activity.Activity{Type: k})
		}
		return s
	}
	want(t, log(activity.Send), "no-mail-access", "no MailItemsAccessed")
	want(t, log(activity.MailAccess), "no-mail-access")
	want(t, log(activity.MailAccess), "no-search-records", "not one search")
	want(t, log(activity.MailAccess, activity.Search), "no-search-records")
	want(t, log(activity.Send), "no-search-records") // said once: nothing is recorded at all
}

// Promise: what a file lacks is said of that file: skipped rows, a cut end, cut and flattened records, addresses.
func TestFlaws(t *testing.T) {
	flawed := func() *sheet {
		s := newSheet().file("a.json", "audit-json", audit)
		s.in.Ended, s.in.Damaged = "unexpected EOF", "the checksum does not match"
		s.add("2026-03-09 10:00", activity.Activity{Flags: activity.Salvaged | activity.Lossy, IP: s.shard.Intern([]byte("NOTANIPV4 (10.9000.0.1)"))})
		s.add("2026-03-09 10:00", activity.Activity{IP: s.shard.Intern([]byte("192.0.2.7:443"))})
		s.add("2026-03-09 10:00", activity.Activity{IP: s.shard.Intern([]byte("localhost"))})
		s.add("0001-01-01 00:00", activity.Activity{})
		s.shard.Skip(7, errors.New("no time that can be read"))
		return s
	}
	for code, text := range map[string]string{
		"rows-skipped": "1 of 5 rows", "records-undated": "cannot be told: 1;", "file-cut": "unexpected EOF", "file-damaged": "the checksum does not match:", "records-cut": "came here: 1;", "records-flattened": "unreadable: 1;",
		"addresses-unreadable": "no address: 1;",
	} {
		for _, it := range want(t, flawed(), code, text) {
			if it.Path != "a.json" {
				t.Errorf("%s: path %q", code, it.Path)
			}
		}
		want(t, newSheet().file("a.json", "audit-json", audit).rows(3), code)
	}
}

// Promise: items stand in the order of their codes, every code is known, and no sentence is empty.
func TestOrder(t *testing.T) {
	s := newSheet().file("b.json", "audit-json", audit).rows(5000).file("a.json", "audit-json", audit).rows(5000)
	s.close()
	last := -1
	for _, it := range Of(s.b.Case(), Options{}) {
		at := slices.Index(Codes(), it.Code)
		if at < 0 || at < last || it.Text == "" {
			t.Errorf("%+v: out of order, unknown or silent", it)
		}
		last = at
	}
	nothing := newSheet().file("a.json", "audit-json", audit)
	nothing.shard.Skip(0, errors.New("no time that can be read"))
	for _, it := range nothing.items("no-mail-access") {
		if !strings.Contains(it.Ask, "-StartDate START -EndDate END") {
			t.Errorf("a time out of nothing: %q", it.Ask)
		}
	}
	list := Of(newSheet().b.Case(), Options{})
	if len(list) == 0 {
		t.Error("an empty case lacks nothing")
	}
}

// Promise: what the service has deleted by the day of the report is not asked for from the service alone.
func TestGone(t *testing.T) {
	f := func(asOf string, want bool) {
		t.Helper()
		day, err := time.Parse(time.DateOnly, asOf)
		if err != nil {
			t.Fatal(err)
		}
		s := newSheet().file("a.json", "audit-json", audit).rows(1)
		s.close()
		for _, it := range Of(s.b.Case(), Options{AsOf: day}) {
			if got := strings.Contains(it.Ask, "the service deletes"); it.Code == "no-sign-ins" && got != want {
				t.Errorf("as of %s: %q", asOf, it.Ask)
			}
		}
	}
	f("2026-04-08", false)
	f("2026-04-09", true)
}

// Promise: a ledger reads its own parameters whatever the rules ask for, and leaves their wishes as they are.
func TestWant(t *testing.T) {
	rules := activity.Interest{Params: map[string]bool{"name": true}}
	got := Want(rules)
	if !got.Params["name"] || !got.Params["auditdisabled"] || len(rules.Params) != 1 {
		t.Errorf("got %v, rules %v", got.Params, rules.Params)
	}
	if Want(activity.Interest{}).Params != nil {
		t.Error("no wish became a wish")
	}
}

// BenchmarkOf: a ledger costs one sweep: 17 ns an activity on one core of an EPYC.
func BenchmarkOf(b *testing.B) {
	s := newSheet().file("a.json", "audit-json", audit)
	for range 10 {
		s.working("2026-02-02", 10, nil, "workload", "Exchange").answered("2026-03-09 12:00", 5000, 1, 5000)
	}
	s.close()
	c := s.b.Case()
	b.ResetTimer()
	for b.Loop() {
		Of(c, Options{})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(c.Activities)), "ns/activity")
}
