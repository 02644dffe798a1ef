package compare

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"triage/analyzers/report"
	"triage/analyzers/report/render"
	"triage/analyzers/report/reporttest"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

// later is the sample report after a second export, a decision and a newer pack: something of every kind is new, gone
// and moved.
func later(t testing.TB, word string) *report.Report {
	t.Helper()
	r := reporttest.Build(t, reporttest.Sample(word))
	r.AsOf, r.Tool.Version, r.EffectiveRulesSHA256 = "2026-12-24", "0.2.0"+word, strings.Repeat("e6", 32)
	r.Inputs[0].Path = "again/" + r.Inputs[0].Path                   // the same content elsewhere
	r.Inputs[1].SHA256, r.Inputs[1].Rows = r.EffectiveRulesSHA256, 9 // written anew
	r.Inputs[2] = report.Input{Path: "more" + word + ".csv", SHA256: strings.Repeat("c4", 32), Format: "activities-csv", Rows: 7, Activities: 7}
	r.Packs[0].Version, r.Packs[0].SHA256 = "1.1.0", strings.Repeat("d5", 32)
	r.Packs = append(r.Packs, report.Pack{ID: "acme" + word, Version: "1.0.0", SHA256: strings.Repeat("a0", 32)})
	r.Geo[0].Built, r.Geo[0].SHA256 = "2026-12-01", report.Text(strings.Repeat("b7", 32))
	r.Geo = append(r.Geo, report.Database{Database: "GeoLite2-ASN", Built: "2026-12-02", Source: "asn.mmdb" + word})
	r.Mailboxes[0].Score, r.Mailboxes[0].Band, r.Mailboxes[0].Window = 12.5, "none", nil
	r.Mailboxes[2].Mailbox = "dave@contoso.com" + word
	f := r.Findings
	f[0].Points, f[0].Suppressed = 0, &report.Suppression{Exception: "decision:111111111111", Reason: "a test" + word, By: "jd"}
	f[0].Decision = &report.Decision{Verdict: "benign", Reason: "a test" + word, By: "jd", Date: "2026-12-01", Expires: "2026-12-31"}
	f[1].Level, f[1].Confidence, f[1].Points, f[1].Count, f[1].Last = "high", 90, 63, 12, f[1].Last+3600_000
	f[1].ID, f[0].ID = "F-0001", "F-0002"
	f[2].Fingerprint, f[2].Text = strings.Repeat("9", 64), "another search"+word
	r.Caveats = append(r.Caveats[:1], report.Caveat{Code: "thin-baseline", Text: "only 3 active days" + word})
	r.NotEvaluated[0].Reason = "insufficient baseline: 5 active days, needs 10"
	return r
}

// Promise: a comparison names each thing that is new, gone or moved, once, in both of its forms.
func TestCompareGolden(t *testing.T) {
	c := Compare(reporttest.Build(t, reporttest.Sample("")), later(t, ""))
	var text, doc bytes.Buffer
	if err := render.WriteComparisonText(&text, c, render.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteComparison(&doc, c); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string][]byte{"compare.txt": text.Bytes(), "compare.json": doc.Bytes()} {
		reporttest.Golden(t, name, got)
	}
}

// Promise: the same evidence and rules compare as the same, and that is said.
func TestCompareSame(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(""))
	c := Compare(r, reporttest.Build(t, reporttest.Sample("")))
	if !c.Same {
		t.Fatalf("got %+v", c)
	}
	var out bytes.Buffer
	if err := render.WriteComparisonText(&out, c, render.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "Nothing changed.") {
		t.Errorf("got %s", out.String())
	}
	again := reporttest.Build(t, reporttest.Sample(""))
	for i := range again.Findings { // a rank is no property of a finding
		again.Findings[i].ID = "F-9" + again.Findings[i].ID[2:]
	}
	if !Compare(r, again).Same {
		t.Error("other F-numbers alone are told as a change")
	}
}

// Promise: what could be misread is said: other filters, other cases.
func TestCompareNotes(t *testing.T) {
	f := func(change func(old, new *report.Report), want string) {
		t.Helper()
		old, new := reporttest.Build(t, reporttest.Sample("")), reporttest.Build(t, reporttest.Sample(""))
		change(old, new)
		if got := strings.Join(Compare(old, new).Notes, "|"); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	high := func() *report.Filters { return &report.Filters{MinLevel: "high", Mailboxes: []string{}} }
	f(func(_, _ *report.Report) {}, "")
	f(func(_, new *report.Report) { new.Filters = high() }, "filtered differently")
	f(func(old, new *report.Report) { old.Filters, new.Filters = high(), high() }, "both reports are filtered")
	f(func(_, new *report.Report) {
		for i := range new.Inputs {
			new.Inputs[i].Path, new.Inputs[i].SHA256 = "x"+new.Inputs[i].Path, strings.Repeat("0", 64)
		}
	}, "no input in common")
}

// Promise: the order of a report's lists does not matter, and old against new is the mirror of new against old.
func TestCompareProperties(t *testing.T) {
	old, new := reporttest.Build(t, reporttest.Sample("")), later(t, "")
	write := func(c *report.Comparison) string {
		var out bytes.Buffer
		if err := report.WriteComparison(&out, c); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	want := write(Compare(old, new))
	rapid.Check(t, func(t *rapid.T) {
		shuffled := *new
		shuffled.Inputs = rapid.Permutation(new.Inputs).Draw(t, "inputs")
		shuffled.Findings = rapid.Permutation(new.Findings).Draw(t, "findings")
		shuffled.Mailboxes = rapid.Permutation(new.Mailboxes).Draw(t, "mailboxes")
		shuffled.Caveats = rapid.Permutation(new.Caveats).Draw(t, "caveats")
		shuffled.Packs = rapid.Permutation(new.Packs).Draw(t, "packs")
		if got := write(Compare(old, &shuffled)); got != want {
			t.Fatalf("got:\n%s\nwant:\n%s", got, want)
		}
	})
	one, two := Compare(old, new), Compare(new, old)
	prints := func(list []report.ComparedFinding) (out []string) {
		for _, f := range list {
			out = append(out, f.Fingerprint)
		}
		return out
	}
	if !slices.Equal(prints(one.Findings.New), prints(two.Findings.Gone)) || !slices.Equal(prints(one.Findings.Gone), prints(two.Findings.New)) {
		t.Error("what is new one way is not gone the other way")
	}
	if len(one.Findings.New) != 1 || len(one.Findings.Gone) != 1 || len(one.Findings.Moved) != 2 || len(two.Findings.Moved) != 2 {
		t.Errorf("got %d new, %d gone, %d moved", len(one.Findings.New), len(one.Findings.Gone), len(one.Findings.Moved))
	}
}

// Promise: every comparison is valid by its published schema, which is strict, and hostile text acts on nothing.
func TestCompareSchemaAndHostileText(t *testing.T) {
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(report.CompareSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:triage:compare:v1", schema); err != nil {
		t.Fatal(err)
	}
	compiled := c.MustCompile("urn:triage:compare:v1")
	valid := func(text string) error {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return compiled.Validate(doc)
	}
	for _, word := range []string{"", reporttest.Nasty} {
		for _, new := range []*report.Report{later(t, word), reporttest.Build(t, reporttest.Sample(word))} {
			var doc, text bytes.Buffer
			comparison := Compare(reporttest.Build(t, reporttest.Sample(word)), new)
			if err := report.WriteComparison(&doc, comparison); err != nil {
				t.Fatal(err)
			}
			if err := valid(doc.String()); err != nil {
				t.Error(err)
			}
			if err := render.WriteComparisonText(&text, comparison, render.TextOptions{}); err != nil {
				t.Fatal(err)
			}
			for _, r := range doc.String() + text.String() {
				if r != '\n' && r != 0xa0 && report.PlainRune(r) != r {
					t.Fatalf("%U stands bare", r)
				}
			}
			if !utf8.Valid(text.Bytes()) || strings.Contains(text.String(), "\nSet-Cookie") {
				t.Error("hostile text acts on the text form")
			}
		}
	}
	var doc bytes.Buffer
	if err := report.WriteComparison(&doc, Compare(reporttest.Build(t, reporttest.Sample("")), later(t, ""))); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{{`compare/v1"`, `compare/v2"`}, {`"same": false`, `"same": null`}, {`"band":"none"`, `"band":"bad"`}, {`"old_id"`, `"was"`}, {`"gone":`, `"lost":`}} {
		text := strings.Replace(doc.String(), change[0], change[1], 1)
		if text == doc.String() || valid(text) == nil {
			t.Errorf("%q instead of %q is accepted, or not there", change[1], change[0])
		}
	}
}
