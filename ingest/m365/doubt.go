package m365

import (
	"fmt"
	"time"
)

// Budgets of a listing, and of listings that follow each other. No service that is what it says comes near them: they end
// a fetch from one that would go on for ever.
const (
	maxBarren    = 100     // answers in a row that bring nothing new and name a next one
	maxAnswers   = 10_000  // without completing a stretch of time; a service that puts one activity into an answer needs some thousand
	maxUnsettled = 4 << 30 // of these answers
	maxSame      = 20      // stretches of time in a row that hold the same many activities
	maxCrowded   = 1_000   // milliseconds in a row that hold more than an answer does
)

// contradiction is the error about a service whose answers cannot all be true.
func contradiction(format string, args ...any) *Error {
	return &Error{
		Message: "the service contradicts itself: " + fmt.Sprintf(format, args...),
		Remedy:  "nothing can be said about completeness there: check --base-url and --api",
	}
}

// stretch names the time that a listing asks for.
func (l *listing) stretch() string {
	from := "the beginning"
	if !l.from.IsZero() {
		from = l.from.Format(time.RFC3339Nano)
	}
	return from + " to " + l.to.Format(time.RFC3339Nano)
}

// doubts remembers whether the windows of a fetch lead anywhere.
type doubts struct {
	ids, last     map[string]bool // of this window and of the one before
	same, crowded int

	answers, bytes int // since the last window was complete
}

// answer counts an answer on the way to a window.
func (d *doubts) answer(size int, of string) error {
	d.answers++
	d.bytes += size
	if d.answers > maxAnswers || d.bytes > maxUnsettled {
		return contradiction("%d answers with %d MB, and %s is still not complete", d.answers, d.bytes>>20, of)
	}
	return nil
}

// window looks at a window that was just asked for. Windows that hold much are made ever smaller: where smaller ones hold
// as much as larger ones, that has no end.
func (d *doubts) window(w *Window, top int) error {
	repeated := w.Rows > 0 && w.Rows >= top/4
	for id := range d.ids {
		if repeated = repeated && d.last[id]; !repeated {
			break
		}
	}
	d.last, d.answers, d.bytes = d.ids, 0, 0
	if d.same++; !repeated {
		d.same = 0
	}
	if d.crowded++; w.Rows <= top || w.From.IsZero() || w.To.Sub(w.From) > finest {
		d.crowded = 0
	}
	switch {
	case d.same > maxSame:
		return contradiction("%d stretches of time in a row hold the same %d activities, the last one %s to %s",
			d.same+1, w.Rows, w.From.Format(time.RFC3339Nano), w.To.Format(time.RFC3339Nano))
	case d.crowded > maxCrowded:
		return contradiction("each of %d milliseconds in a row holds more than %d activities, the last one %s",
			d.crowded, top, w.From.Format(time.RFC3339Nano))
	}
	return nil
}
