package render

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
	"triage/rules/detect"
)

// Promise: a finding is found by its number however it is typed, by its fingerprint, and by the beginning of one.
func TestFind(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(""))
	f := func(id, want string) {
		t.Helper()
		got, err := r.Find(id, detect.Slips)
		if err != nil {
			t.Errorf("%q: %v", id, err)
		} else if got.ID != want {
			t.Errorf("%q: got %s, want %s", id, got.ID, want)
		}
	}
	f("F-0002", "F-0002")
	f("f-2", "F-0002")
	f(" 2 ", "F-0002")
	f(r.Findings[2].Fingerprint, "F-0003")
	f(r.Findings[2].Fingerprint[:8], "F-0003")
}

// Promise: an id that names nothing is an error that names what is nearest, and cannot act on the terminal.
func TestFindNothing(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(""))
	f := func(id, want string) {
		t.Helper()
		_, err := r.Find(id, detect.Slips)
		if !errors.Is(err, report.ErrNoFinding) {
			t.Fatalf("%q: got %v, want ErrNoFinding", id, err)
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q does not name %q", id, err, want)
		}
		if report.Plain(err.Error()) != err.Error() {
			t.Errorf("%q: %q is not plain", id, err)
		}
	}
	f("F-0005", "nearest: F-0001")
	f("F-00033", "nearest: F-0003")
	f("geo.new-cuntry", "nearest: F-0002")
	f("\x1b[2JF-9", "nearest: F-000")
	f("", "no such finding")
	f(strings.Repeat("x", 1<<20), "no such finding")
	r.Findings[1].Fingerprint = r.Findings[0].Fingerprint[:63] + "0"
	f(r.Findings[0].Fingerprint[:10], "several fingerprints begin so: F-0001")
	r.Findings = nil
	f("F-0001", "the report has no findings")
}

// Promise: the arithmetic that explain shows is that of package analyzers, worked out by hand here for one mailbox: 36, 36 and
// 9 points of one rule, 16 of a second in the same family, 72 of another family, and 90 suppressed.
func TestArithmetic(t *testing.T) {
	finding := func(rule, family string, points float64) report.Finding {
		return report.Finding{Rule: rule, Family: family, Points: points, Mailbox: "a", Entities: []string{"mailbox"}}
	}
	r := &report.Report{Findings: []report.Finding{
		finding("r1", "location", 36), finding("r1", "location", 9), finding("r1", "location", 36), finding("r2", "location", 16),
		finding("r3", "mailrule", 72), finding("r4", "search", 90), finding("r5", "search", 50), finding("r6", "chain", 40),
	}}
	r.Findings[5].Suppressed = &report.Suppression{}
	r.Findings[6].Entities = []string{"ip"}
	r.Findings[7].Mailbox = "b"
	e36, e16, e9, e72 := 0.4462871026, 0.1743533871, 0.0943106795, 1.2729656758
	want := e36*1.25 + e16/2 + e72
	sum := arithmeticOf(r, "a")
	if math.Abs(sum.total-want) > 1e-9 {
		t.Errorf("total: got %v, want %v", sum.total, want)
	}
	if got, want := sum.score(), math.Round(1000*(1-math.Exp(-want)))/10; got != want {
		t.Errorf("score: got %v, want %v", got, want)
	}
	if got, want := sum.share(&r.Findings[1]), e36*1.25/want*e9/(2*e36+e9); math.Abs(got-want) > 1e-9 {
		t.Errorf("share: got %v, want %v", got, want)
	}
	all := 0.0
	for i := range r.Findings {
		if r.Findings[i].Mailbox == "a" {
			all += sum.share(&r.Findings[i])
		}
	}
	if math.Abs(all-1) > 1e-9 {
		t.Errorf("shares add up to %v", all)
	}
}

// Promise: explain cites every row with its raw text and says where text was cut.
func TestExplainCitesAll(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(strings.Repeat("long ", 2000)))
	var out bytes.Buffer
	if err := Explain(&out, r, "F-0002", detect.Slips, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"record at 0", "record at 100", "(cut at 4,096 bytes)", "record 1,", "record 2,"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q", want)
		}
	}
}
