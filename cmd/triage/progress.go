package main

import (
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"triage/ingest"
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
	if a.quiet || !isTerminal(a.stderr) {
		return &progress{}
	}
	return &progress{w: a.stderr, now: a.now, start: a.now()}
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
	rate := float64(at.Bytes) / seconds
	line := fmt.Sprintf("reading %s: %d rows, %.0f MB/s", lastRunes(printable(at.Path), 24), at.Rows, rate/1e6)
	// Compressed files decode to more bytes than they have on the disk: then nothing can be said about the end.
	if left := at.Total - at.Bytes; left > 0 && rate > 0 {
		line += fmt.Sprintf(", %d %%, %.0f s left", 100*at.Bytes/at.Total, float64(left)/rate)
	}
	return line
}

// lastRunes is the end of a text, at most n runes long: of a path, the end says most.
func lastRunes(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return "…" + string(runes[len(runes)-n+1:])
}
