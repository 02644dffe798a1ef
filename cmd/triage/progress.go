package main

import (
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"triage/analyzers/report"
	"triage/cmd/triage/console"
	"triage/ingest"
	"triage/ingest/memory"
)

// progress shows on a terminal how far reading has come: one line, drawn over itself. Its zero value shows nothing.
type progress struct {
	w     io.Writer // nil: nothing is shown
	now   func() time.Time
	start time.Time

	mu    sync.Mutex
	drawn time.Time
	width int
}

// redraw is how often the line is drawn: often enough to be alive, seldom enough to cost nothing.
const redraw = 200 * time.Millisecond

func (a *analysis) startProgress() *progress {
	if a.quiet || !console.IsTerminal(a.Stderr) {
		return &progress{}
	}
	return &progress{w: a.Stderr, now: a.Now, start: a.Now()}
}

func (p *progress) show(at ingest.Progress) {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if now.Sub(p.drawn) < redraw {
		return
	}
	p.drawn = now
	p.draw(progressLine(at, now.Sub(p.start)))
}

// end wipes the line, so that nothing of it stands between the results.
func (p *progress) end() {
	if p.w == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.draw("")
	fmt.Fprint(p.w, "\r")
}

func (p *progress) draw(line string) {
	fmt.Fprintf(p.w, "\r%-*s", p.width, line)
	p.width = utf8.RuneCountInString(line)
}

// progressLine says how far reading has come after some time.
func progressLine(at ingest.Progress, took time.Duration) string {
	seconds := max(took.Seconds(), 0.001)
	line := fmt.Sprintf("reading %s", lastRunes(printable(at.Path), 20))
	if at.Files > 1 {
		line = fmt.Sprintf("%d of %d files, %s", at.Done, at.Files, lastRunes(printable(at.Path), 20))
	}
	line += fmt.Sprintf(": %s, %d rows, %.0f MB/s", memory.Size(at.Bytes), at.Rows, float64(at.Bytes)/seconds/1e6)
	// What is left is judged by the bytes on the disk, of which all is known; compressed files decode to more.
	if left := at.Total - at.Read; left > 0 && at.Read > 0 {
		line += fmt.Sprintf(", %d %%, %s left", 100*at.Read/at.Total, duration(seconds*float64(left)/float64(at.Read)))
	}
	return line
}

// duration is a time for people who wait: seconds, from two minutes on minutes.
func duration(seconds float64) string {
	if seconds >= 120 {
		return fmt.Sprintf("%.0f min", seconds/60)
	}
	return fmt.Sprintf("%.0f s", seconds)
}

// lastRunes is the end of a text, at most n runes long: of a path, the end says most.
func lastRunes(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return "…" + string(runes[len(runes)-n+1:])
}

// printable is s without what could move a cursor, change colours or turn the writing direction: the report's own rule.
func printable(s string) string { return report.Plain(s) }
