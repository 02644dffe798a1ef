package render

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
	"triage/analyzers/report/term"
	"triage/rules/detect"
)

// Promise: nothing that a log wrote can act on a terminal: no control character but our line breaks, nothing that
// reorders or hides text.
func TestTextIsPlain(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(reporttest.Nasty))
	for name, write := range humanWriters(r) {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !utf8.Valid(out.Bytes()) {
			t.Errorf("%s: invalid UTF-8", name)
		}
		for line := range strings.Lines(strings.TrimPrefix(out.String(), byteOrderMark)) {
			for _, c := range strings.TrimSuffix(line, "\n") {
				if report.PlainRune(c) != c {
					t.Errorf("%s: %U in %q", name, c, line)
					break
				}
			}
		}
		if strings.Contains(out.String(), "\nSet-Cookie") {
			t.Errorf("%s: a line break of the log's became one of ours", name)
		}
		if !strings.Contains(out.String(), "gpj.exe") {
			t.Errorf("%s: the readable part of hostile text is lost", name)
		}
	}
}

// Promise: in colour, the only escape sequences are ours, and every one of them is ended.
func TestColorIsOurs(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(reporttest.Nasty))
	var out bytes.Buffer
	opts := TextOptions{Color: true}
	if err := errors.Join(WriteText(&out, r, opts), Explain(&out, r, "F-0001", detect.Slips, opts)); err != nil {
		t.Fatal(err)
	}
	begun := strings.Count(out.String(), "\x1b[")
	ended := strings.Count(out.String(), "\x1b[0m")
	if ended == 0 || begun != 2*ended {
		t.Errorf("%d sequences, %d of them end a colour", begun, ended)
	}
	rest := strings.NewReplacer("\x1b[1;31m", "", "\x1b[33m", "", "\x1b[36m", "", "\x1b[1m", "", "\x1b[2m", "", "\x1b[0m", "").Replace(out.String())
	for _, c := range rest {
		if c != '\n' && report.PlainRune(c) != c {
			t.Fatalf("%U", c)
		}
	}
}

// Promise: JSON keeps hostile text as evidence, byte for byte where it is valid, in a form that a terminal shows as
// it is and that a reader gets back.
func TestJSONKeepsHostileText(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(reporttest.Nasty))
	var out bytes.Buffer
	if err := report.WriteJSON(&out, r); err != nil {
		t.Fatal(err)
	}
	for _, c := range out.String() {
		if c != '\n' && c != 0xa0 && report.PlainRune(c) != c {
			t.Fatalf("%U stands bare in the document", c)
		}
	}
	if strings.Contains(out.String(), `\u003c`) {
		t.Error("HTML is escaped: other writers would escape it again")
	}
	back, err := report.Read(&out)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.ToValidUTF8("wire transfer"+reporttest.Nasty, "\uFFFD"); back.Searches[0].Query != want {
		t.Errorf("query: got %q, want %q", back.Searches[0].Query, want)
	}
}

// Promise: a very long text is cut at a rune, in JSON and in evidence, and says so.
func TestLongText(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(strings.Repeat("é", 1<<19)))
	if n := len(r.Searches[0].Query); n > report.MaxText+len("…") || !utf8.ValidString(r.Searches[0].Query) {
		t.Errorf("query: %d bytes, valid %t", n, utf8.ValidString(r.Searches[0].Query))
	}
	e := r.Findings[0].Evidence[0]
	if len(e.Raw) > report.MaxRaw || !utf8.ValidString(e.Raw) || !e.RawCut {
		t.Errorf("raw: %d bytes, cut %t", len(e.Raw), e.RawCut)
	}
	var out bytes.Buffer
	if err := WriteText(&out, r, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 64<<10 {
		t.Errorf("text report: %d bytes", out.Len())
	}
}

// Promise: what counts as plain.
func TestPlain(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := report.Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
	f("wire transfer", "wire transfer")
	f("Überweisung 請求書 счёт 💶", "Überweisung 請求書 счёт 💶")
	f("a\x1b[31mb", "a[31mb")
	f("a\r\nb\tc\u2028d\u0085e", "a  b c d e")
	f("\u202eexe\u2066\u200b\ufeff", "exe")
	f("\xff\x9b31m", "\uFFFD31m")
	f("a\u00a0b\u3000c", "a b c")
	f("\u3164\u2800\U000e0041", "")
	f("\ue000", "") // private use: a font may draw anything
	f("\x7f\x00\u009b", "")
	f("Z\u0300\u0301\u0302\u0303\u0304a\u0300", "Z\u0300\u0301\u0302a\u0300") // marks piled up
}

// FuzzPlain: whatever goes in, what comes out is plain, and plain text stays as it is.
func FuzzPlain(f *testing.F) {
	f.Add(reporttest.Nasty)
	f.Fuzz(func(t *testing.T, in string) {
		out := report.Plain(in)
		for _, c := range out {
			if report.PlainRune(c) != c {
				t.Fatalf("%U in %q", c, out)
			}
		}
		if report.Plain(out) != out {
			t.Fatalf("plain is not final for %q", in)
		}
		for _, n := range []int{0, 1, 7} {
			if s := term.Fit(out, n); term.Width(s) > max(n, 1) {
				t.Fatalf("fit(%q, %d) = %q", out, n, s)
			}
			if s := term.FitMiddle(out, n); term.Width(s) > max(n, 1) {
				t.Fatalf("fitMiddle(%q, %d) = %q", out, n, s)
			}
			if n > 0 {
				for _, line := range term.Wrap(out, n+1) {
					if term.Width(line) > n+1 {
						t.Fatalf("wrap(%q, %d) has %q", out, n+1, line)
					}
				}
			}
		}
	})
}
