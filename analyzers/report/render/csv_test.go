package render

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
)

// Promise: no text cell can be taken for a formula, however it is dressed up.
func TestCell(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := report.Cell(in); got != want {
			t.Errorf("cell(%q) = %q, want %q", in, got, want)
		}
	}
	f("wire transfer", "wire transfer")
	f("=1+1", "'=1+1")
	f("+49 30", "'+49 30")
	f("-2", "'-2")
	f("@SUM(A1)", "'@SUM(A1)")
	f("\t=1", "' =1")
	f("\rx", "' x")
	f("  =1", "'  =1")
	f("\u200b=1", "'=1") // hidden before, plain after
	f("\x00=1", "'=1")
	f("＝1", "'＝1")
	f("a=1", "a=1")
	f("", "")
}

// Promise: the CSV is rectangular whatever the texts hold, one row per finding and row it cites.
func TestCSVIsRectangular(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(reporttest.Nasty))
	for _, profile := range Profiles() {
		var out bytes.Buffer
		if err := WriteCSV(&out, r, profile); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&out).ReadAll() // refuses ragged rows
		if err != nil {
			t.Fatalf("%s: %v", profile, err)
		}
		cited := 0
		for _, f := range r.Findings {
			cited += len(f.Evidence)
		}
		if len(rows) != cited+1 {
			t.Errorf("%s: got %d rows, want %d and a header", profile, len(rows), cited)
		}
		for _, row := range rows {
			for _, c := range row {
				if strings.HasPrefix(report.Cell(c), "'") && c != "" && !strings.HasPrefix(c, "'") {
					t.Errorf("%s: cell %q", profile, c)
				}
			}
		}
	}
	if err := WriteCSV(&bytes.Buffer{}, r, "huge"); err == nil || !strings.Contains(err.Error(), "minimal, standard, verbose") {
		t.Errorf("unknown profile: %v", err)
	}
}

// Promise: in Markdown, what a log wrote is words: no HTML, link, heading or table cell of its own.
func TestMarkdownIsWords(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := (&page{}).md(in); got != want {
			t.Errorf("md(%q) = %q, want %q", in, got, want)
		}
	}
	f("a|b", `a\|b`)
	f("<img src=x>", "&lt;img src=x&gt;")
	f("[a](javascript:x)", `\[a\]\(javascript:x\)`)
	f("see HTTPS://evil.example.com/x", `see hxxpS://evil\[.\]example\[.\]com/x`)
	f("from 203.0.113.9 to bob@contoso.com", `from 203\[.\]0\[.\]113\[.\]9 to bob\[@\]contoso\[.\]com`)
	own := &page{own: map[string]bool{"contoso.com": true}}
	for in, want := range map[string]string{
		"from bob@contoso.com, a@Contoso.com": "from bob@contoso.com, a@Contoso.com", "bob@contoso.com;x@evil.example": `bob\[@\]contoso\[.\]com;x\[@\]evil\[.\]example`,
		"https://bob@contoso.com/x": `hxxps://bob\[@\]contoso\[.\]com/x`, "x@contoso.com.evil.example": `x\[@\]contoso\[.\]com\[.\]evil\[.\]example`,
	} {
		if got := own.md(in); got != want {
			t.Errorf("md(%q) = %q, want %q", in, got, want)
		}
	}
	f("version 1.2", "version 1.2")
	f("\u0130\u0130\u0130http://x", "\u0130\u0130\u0130hxxp://x") // lower case is longer than upper case
	f("x\r\n# y", `x  \# y`)
}
