package render

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
	"triage/rules/decision"
)

// Promise: what was decided about a finding stands beside it in every form for people, and in the document as it was
// written, whatever is in it.
func TestDecisionsAreShown(t *testing.T) {
	for _, word := range []string{"", reporttest.Nasty} {
		src := reporttest.Sample("")
		src.Result.Findings[0].Decision = &decision.Decision{
			Verdict: decision.Malicious, Reason: "never his address" + word, By: "jd", Date: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC),
		}
		r := reporttest.Build(t, src)
		want := &report.Decision{Verdict: "malicious", Reason: strings.ToValidUTF8("never his address"+word, "\uFFFD"), By: "jd", Date: "2026-11-21", Expires: ""}
		if got := r.Findings[0].Decision; got == nil || *got != *want || r.Findings[0].Points != 72 || r.Findings[1].Decision != nil {
			t.Errorf("got %+v, want %+v", got, want)
		}
		var doc bytes.Buffer
		if err := report.WriteJSON(&doc, r); err != nil {
			t.Fatal(err)
		}
		reporttest.Validate(t, doc.Bytes())
		for name, write := range humanWriters(r) {
			var out bytes.Buffer
			if err := write(&out); err != nil {
				t.Fatal(err)
			}
			if name != "csv" && !strings.Contains(strings.Join(strings.Fields(out.String()), " "), "decided malicious: never his address") {
				t.Errorf("%s does not tell the decision:\n%s", name, out.String())
			}
			for _, c := range out.String() {
				if c != '\n' && report.PlainRune(c) != c && name != "csv" {
					t.Fatalf("%s: %U", name, c)
				}
			}
		}
	}
}
