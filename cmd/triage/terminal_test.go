package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"triage/cmd/triage/console"
	"triage/ingest"
)

// terminal opens a pseudo-terminal, which takes what is written to it as a screen would.
func terminal(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no pseudo-terminal here:", err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if !console.IsTerminal(f) {
		t.Skip("a pseudo-terminal's own side is no terminal here")
	}
	return f
}

// Promise: colour is for people's eyes only: on a terminal, unless NO_COLOR, --no-color or a dumb terminal says no.
func TestColour(t *testing.T) {
	screen := terminal(t)
	f := func(off bool, want bool, env ...string) {
		t.Helper()
		if got := (&console.Tool{Stdout: screen, Env: variables(env)}).Coloured(off); got != want {
			t.Errorf("off %v, env %v: coloured %v, want %v", off, env, got, want)
		}
	}
	f(false, true, "TERM=xterm")
	f(true, false, "TERM=xterm")
	f(false, false, "NO_COLOR=1")
	f(false, true, "NO_COLOR=")
	f(false, false, "TERM=dumb")
	if (&console.Tool{Stdout: &strings.Builder{}}).Coloured(false) {
		t.Error("a pipe is coloured")
	}
}

// Promise: progress is for a terminal, and not with --quiet.
func TestProgressOnlyOnATerminal(t *testing.T) {
	screen := terminal(t)
	f := func(a *analysis, want bool) {
		t.Helper()
		if got := a.startProgress().w != nil; got != want {
			t.Errorf("quiet %v: shown %v, want %v", a.quiet, got, want)
		}
	}
	f(&analysis{Tool: &console.Tool{Stderr: screen, Now: time.Now}}, true)
	f(&analysis{Tool: &console.Tool{Stderr: screen, Now: time.Now}, quiet: true}, false)
	f(&analysis{Tool: &console.Tool{Stderr: &strings.Builder{}, Now: time.Now}}, false)
}

// Promise: progress is one line, drawn seldom, harmless whatever the file is called, and gone at the end.
func TestProgress(t *testing.T) {
	var b strings.Builder
	clock := time.Unix(0, 0)
	p := &progress{w: &b, now: func() time.Time { return clock }, start: clock}
	at := func(after time.Duration, bytes int64) {
		clock = p.start.Add(after)
		p.show(ingest.Progress{Path: "a\x1b[2J.csv", Bytes: bytes, Read: bytes, Total: 300e6, Rows: 7})
	}
	at(time.Second, 100e6)
	at(time.Second+redraw/2, 110e6)
	at(3*time.Second, 450e6)
	p.end()
	first := "reading a[2J.csv: 100 MB, 7 rows, 100 MB/s, 33 %, 2 s left"
	second := "reading a[2J.csv: 450 MB, 7 rows, 150 MB/s"
	blank := func(n int) string { return strings.Repeat(" ", n) }
	want := "\r" + first + "\r" + second + blank(len(first)-len(second)) + "\r" + blank(len(second)) + "\r"
	if b.String() != want {
		t.Errorf("drawn\n%q, want\n%q", b.String(), want)
	}
	(&progress{}).show(ingest.Progress{})
	(&progress{}).end()
}

// Promise: the line names files, bytes, rows, speed and the time left, which compressed files do not spoil, and fits a
// narrow terminal.
func TestProgressLine(t *testing.T) {
	f := func(at ingest.Progress, took time.Duration, want string) {
		t.Helper()
		got := progressLine(at, took)
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if len([]rune(got)) > 100 {
			t.Errorf("%q has more than 100 columns", got)
		}
	}
	f(ingest.Progress{Path: "exports/ual.csv.gz", Files: 12, Done: 3, Bytes: 2000e6, Read: 100e6, Total: 400e6, Rows: 1500000}, 20*time.Second,
		"3 of 12 files, exports/ual.csv.gz: 2000 MB, 1500000 rows, 100 MB/s, 25 %, 60 s left")
	f(ingest.Progress{Path: "x.csv", Files: 1, Bytes: 12e9, Read: 12e9, Total: 120e9, Rows: 9}, 60*time.Second,
		"reading x.csv: 12.0 GB, 9 rows, 200 MB/s, 10 %, 9 min left")
	f(ingest.Progress{Path: "x.csv", Files: 1, Done: 1, Bytes: 5e6, Read: 5e6, Total: 5e6, Rows: 9}, time.Second, "reading x.csv: 5 MB, 9 rows, 5 MB/s")
	f(ingest.Progress{}, 0, "reading : 0 MB, 0 rows, 0 MB/s")
}

// Promise: nothing that an attacker named can act on the terminal; a line break parts words as a blank does.
func TestPrintable(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := printable(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	f("größe 5 €.csv", "größe 5 €.csv")
	f("a\tb\r\nc", "a b  c")
	f("\x1b]0;title\x07\u009b31m", "]0;title31m")
	f("invoice\u202efdp.exe\u2066\u200b", "invoicefdp.exe")
	f("\xff\xfe", "\uFFFD")
}
