package draw_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/analyzers/report/draw"
	"triage/analyzers/verdict"
	"triage/rules/detect"

	"triage/analyzers"
	"triage/analyzers/report"
	"triage/analyzers/report/render"
	"triage/analyzers/report/reporttest"
	"triage/ingest/activity"
)

// Promise: a filter chooses what is reported; verdicts keep the score that everything gave them, and the report says
// that it is filtered.
func TestFilter(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	f := func(filter draw.Filter, findings, mailboxes string) {
		t.Helper()
		src := reporttest.Sample("")
		src.Filter = filter
		r := reporttest.Build(t, src)
		var got, boxes []string
		for _, x := range r.Findings {
			got = append(got, x.ID)
		}
		for _, m := range r.Mailboxes {
			boxes = append(boxes, m.Mailbox)
			if m.Mailbox == "alice@contoso.com" && m.Score != 46.2 {
				t.Errorf("%+v: score changed to %v", filter, m.Score)
			}
			for _, s := range m.Shares {
				if !slices.Contains(got, s.Finding) {
					t.Errorf("%+v: a share names %s, which is not reported", filter, s.Finding)
				}
			}
		}
		if strings.Join(got, " ") != findings || strings.Join(boxes, " ") != mailboxes {
			t.Errorf("%+v: got %q of %q, want %q of %q", filter, got, boxes, findings, mailboxes)
		}
		if (r.Filters == nil) != reflect.DeepEqual(filter, draw.Filter{}) {
			t.Errorf("%+v: the report says %+v", filter, r.Filters)
		}
		for _, tl := range r.Timeline {
			for _, row := range tl.Rows {
				for _, id := range row.Findings {
					if !slices.Contains(got, id) {
						t.Errorf("%+v: a row names %s, which is not reported", filter, id)
					}
				}
			}
		}
		reporttest.Validate(t, []byte(reporttest.JSONOf(t, src)))
	}
	const all = "bob@contoso.com alice@contoso.com carol@contoso.com"
	f(draw.Filter{}, "F-0001 F-0002 F-0003 F-0004", all)
	f(draw.Filter{Mailboxes: []string{"ALICE@contoso.com"}}, "F-0002 F-0003 F-0004", "alice@contoso.com")
	f(draw.Filter{MinLevel: detect.High}, "F-0001 F-0004", all)
	f(draw.Filter{Since: day("2018-05-09T03:10:00Z")}, "F-0001 F-0004", all)
	f(draw.Filter{Until: day("2018-05-09T03:05:00Z")}, "F-0002", all)
	f(draw.Filter{Since: day("2018-05-09T03:05:00Z"), Until: day("2018-05-09T03:05:01Z")}, "F-0003", all)
	f(draw.Filter{Mailboxes: []string{"nobody@contoso.com"}}, "", "")
}

// Promise: evidence is cut at 200 rows, the oldest; count has the true number.
func TestEvidenceIsCapped(t *testing.T) {
	b := activity.NewBuilder()
	s := activity.NewShard(0, activity.Interest{})
	for i := range 250 {
		s.Add(activity.Activity{
			Time: int64(1e12 + i*1000), ID: activity.HashID([]byte{byte(i), byte(i >> 8)}), Offset: int64(i * 100), Type: activity.Read,
			Mailbox: s.Intern([]byte("alice@contoso.com")),
		})
	}
	b.Add(activity.Input{Path: "case.csv", SHA256: strings.Repeat("a", 64), Format: "activities-csv", Rows: 250}, []*activity.Shard{s}, "")
	src := reporttest.Sample("")
	c := b.Case()
	rows := make([]uint32, 250)
	for i := range rows {
		rows[i] = uint32(i)
	}
	rule := &detect.Rule{ID: "x", Title: "X", Family: "access"}
	src.Result = &analyzers.Result{Case: c, Places: reporttest.Places{C: c}, Findings: []verdict.Finding{{
		Finding: detect.Finding{Rule: rule, Mailbox: c.Symbols.Find("alice@contoso.com"), Count: 250, Evidence: rows},
		ID:      "F-0001", Fingerprint: strings.Repeat("1", 64),
	}}}
	src.Records = draw.RecordsFunc(func(_ context.Context, origins []activity.Origin, _ int) ([]draw.CitedRecord, error) {
		out := make([]draw.CitedRecord, len(origins))
		for i, o := range origins {
			out[i] = draw.CitedRecord{Line: o.Offset/100 + 2, Record: o.Offset/100 + 1}
		}
		return out, nil
	})
	f := reporttest.Build(t, src).Findings[0]
	if len(f.Evidence) != 200 || f.Count != 250 || f.Evidence[0].Line != 2 || f.Evidence[199].Line != 201 {
		t.Errorf("got %d rows, count %d, lines %d to %d", len(f.Evidence), f.Count, f.Evidence[0].Line, f.Evidence[len(f.Evidence)-1].Line)
	}
	reporttest.Validate(t, []byte(reporttest.JSONOf(t, src)))
}

// Promise: rows that do not add up are told, never passed over.
func TestRowsAreAccountedFor(t *testing.T) {
	src := reporttest.Sample("")
	src.Result.Case.Inputs[0].Rows += 2
	r := reporttest.Build(t, src)
	last := r.Caveats[len(r.Caveats)-1]
	if last.Code != "rows-unaccounted" || !strings.Contains(last.Text, "case.csv: 2 rows") {
		t.Errorf("got %+v", last)
	}
	for _, in := range reporttest.Build(t, reporttest.Sample("")).Inputs {
		if in.Rows != in.Activities+in.Duplicates+in.Skipped {
			t.Errorf("%s: %+v", in.Path, in)
		}
	}
}

// Promise: the service's id stands where the service gave one, and nothing stands where it did not.
func TestServiceID(t *testing.T) {
	text := reporttest.JSONOf(t, reporttest.Sample(""))
	if n := strings.Count(text, `"id":"832172e1-0000-4000-8000-000000000001"`); n != 1 {
		t.Errorf("the audit record's id stands %d times", n)
	}
	if strings.Contains(text, `"id":""`) || strings.Contains(text, `"id":null,"identity"`) {
		t.Error("an absent id is written")
	}
}

// Promise: a row without a time is cited with time null, and counts on no day.
func TestUndatedEvidence(t *testing.T) {
	src := reporttest.Sample("")
	c := src.Result.Case
	row := src.Result.Findings[0].Evidence[0]
	c.Activities[row].Flags |= activity.Undated
	r := reporttest.Build(t, src)
	if e := r.Findings[0].Evidence[0]; e.Time != 0 {
		t.Errorf("time %s", e.Time)
	}
	for _, tl := range r.Timeline {
		if tl.Mailbox == "bob@contoso.com" && (len(tl.Bins) != 0 || tl.Rows[0].Time != 0) {
			t.Errorf("timeline %+v", tl)
		}
	}
	reporttest.Validate(t, []byte(reporttest.JSONOf(t, src)))
}

// Promise: what a rule's message may name: facts, fields, parameters, and what is missing says so.
func TestSentence(t *testing.T) {
	f := func(message, want string) {
		t.Helper()
		src := reporttest.Sample("")
		src.Result.Findings[0].Rule.Message = message
		if got := reporttest.Build(t, src).Findings[0].Text; got != want {
			t.Errorf("%q: got %q, want %q", message, got, want)
		}
	}
	f("to {forward_to}", "to mallory@example.com")
	f("{actor} at {time} by {op}, {type}", "alice@contoso.com at 2018-05-09T04:00:00Z by Set-Mailbox, forwarding_change")
	f("{params.forwardingsmtpaddress} {ip} {country} {asn} {source}", "smtp:mallory@example.com 203.0.113.9 NG 64501 audit")
	f("{nothing} {subject} {}", "(unknown) (unknown) (unknown)")
	f("open {actor", "open {actor")
	f("} {actor}", "} alice@contoso.com")
	f("", "Forwarding outside: forward_to mallory@example.com")
}

// Promise: a message is told with its subject, sender and time, whether a finding cites its delivery or an act on it.
func TestMessage(t *testing.T) {
	m := reporttest.Build(t, reporttest.Sample("")).Messages[0]
	if m.MessageID != "<m1@contoso.com>" || m.Subject != "Invoice" || m.Sender != "mallory@example.com" ||
		m.Received.String() != "2018-05-09T03:10:00Z" || m.Mailbox != "alice@contoso.com" {
		t.Errorf("got %+v", m)
	}
}

// Promise: addresses of a session are told once, without ports, in order.
func TestSessionAddresses(t *testing.T) {
	src := reporttest.Sample("")
	c := src.Result.Case
	session := src.Result.Sessions[0].Symbol
	for i := range c.Activities {
		c.Activities[i].Session = session
	}
	if got := strings.Join(reporttest.Build(t, src).Sessions[0].IPs, " "); got != "198.51.100.7 203.0.113.9" {
		t.Errorf("got %s", got)
	}
}

// Promise: records that cannot be read end the report; so does an interrupt.
func TestRecordsFail(t *testing.T) {
	broken := errors.New("case.csv changed while it was read")
	src := reporttest.Sample("")
	src.Records = draw.RecordsFunc(func(context.Context, []activity.Origin, int) ([]draw.CitedRecord, error) { return nil, broken })
	if _, err := draw.Build(context.Background(), src); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	src.Records = draw.RecordsFunc(func(context.Context, []activity.Origin, int) ([]draw.CitedRecord, error) { return nil, nil })
	if _, err := draw.Build(context.Background(), src); err == nil {
		t.Error("missing records are not noticed")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := draw.Build(ctx, reporttest.Sample("")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Promise: the order in which inputs were named changes nothing: inputs sort by path, and the same case gives the same
// bytes each time.
func TestSameBytes(t *testing.T) {
	one, two := reporttest.JSONOf(t, reporttest.Sample(reporttest.Nasty)), reporttest.JSONOf(t, reporttest.Sample(reporttest.Nasty))
	if one != two {
		t.Error("two reports of one case differ")
	}
	r := reporttest.Build(t, reporttest.Sample(""))
	if !slices.IsSortedFunc(r.Inputs, func(a, b report.Input) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("inputs are not in order of path")
	}
}

// Promise: the canonical form holds nothing that depends on files, so that other cuts of the same acts compare equal.
func TestCanonicalIsAboutActs(t *testing.T) {
	canonical := func(src draw.Source) string {
		var out bytes.Buffer
		if err := render.WriteCanonical(&out, reporttest.Build(t, src)); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	one := reporttest.Sample("")
	want := canonical(one)
	for _, word := range []string{".csv", "path", "line", "sha256", "format", "raw", "rows", "duplicates", "skipped", "832172e1-0000", "F-000", "inputs"} {
		if strings.Contains(want, word) {
			t.Errorf("it holds %q", word)
		}
	}
	other := reporttest.Sample("")
	for i := range other.Result.Case.Inputs {
		in := &other.Result.Case.Inputs[i]
		in.Path, in.SHA256, in.Rows, in.Duplicates, in.Format = "other.json.gz", strings.Repeat("f", 64), 99, 97, "activities-json"
	}
	other.Result.Case.Skips = nil
	for i := range other.Result.Findings {
		other.Result.Findings[i].ID = "F-0009"
	}
	slices.Reverse(other.Result.Addresses)
	other.Records = draw.RecordsFunc(func(_ context.Context, origins []activity.Origin, _ int) ([]draw.CitedRecord, error) {
		return make([]draw.CitedRecord, len(origins)), nil
	})
	if got := canonical(other); got != want {
		t.Errorf("other files, other canonical form:\n%s\nwant\n%s", got, want)
	}
	other.Result.Findings[1].Points = 37
	if canonical(other) == want {
		t.Error("another score, the same canonical form")
	}
}

// BenchmarkBuild draws up the report of a million activities in three mailboxes.
func BenchmarkBuild(b *testing.B) {
	s := activity.NewShard(0, activity.Interest{})
	boxes := []string{"alice@contoso.com", "bob@contoso.com", "carol@contoso.com"}
	for i := range 1_000_000 {
		name := s.Intern([]byte(boxes[i%3]))
		s.Add(activity.Activity{
			Time: int64(1e12 + i*60_000), ID: activity.ID{byte(i), byte(i >> 8), byte(i >> 16)}, Offset: int64(i * 100), Type: activity.Read,
			Mailbox: name, Actor: name, Session: s.Intern([]byte(boxes[i%2])), IP: s.Intern([]byte("203.0.113.9")),
		})
	}
	builder := activity.NewBuilder()
	builder.Add(activity.Input{Path: "case.csv", SHA256: strings.Repeat("a", 64), Format: "activities-csv", Rows: 1_000_000}, []*activity.Shard{s}, "")
	src := reporttest.Sample("")
	c := builder.Case()
	src.Result = &analyzers.Result{Case: c, Places: reporttest.Places{C: c}}
	for _, name := range boxes {
		e := verdict.Entity{Name: name, Symbol: c.Symbols.Find(name)}
		src.Result.Mailboxes = append(src.Result.Mailboxes, verdict.Mailbox{Entity: e})
		src.Result.Sessions = append(src.Result.Sessions, e)
	}
	b.ResetTimer()
	for b.Loop() {
		reporttest.Build(b, src)
	}
}

// Promise: of more rows than are shown, those that prove a finding come before the others, and each says which it is.
func TestProofIsShownFirst(t *testing.T) {
	f := detect.Finding{Proof: []uint32{3, 250}}
	for i := range uint32(300) {
		f.Evidence = append(f.Evidence, i)
	}
	cited := f.Cited(200)
	if len(cited) != 200 || !slices.IsSorted(cited) || !slices.Contains(cited, 3) || !slices.Contains(cited, 250) {
		t.Errorf("%d rows are shown, of which the last is %d", len(cited), cited[len(cited)-1])
	}
	f.Proof = nil
	if cited = f.Cited(200); len(cited) != 200 || cited[199] != 199 {
		t.Error("without a difference, the oldest are shown")
	}
}
