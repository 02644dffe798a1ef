package m365

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Budget bounds what a fetch may cost, with the answers that its earlier runs kept. The zero value bounds nothing.
type Budget struct {
	Requests int   // sent
	Bytes    int64 // received, unpacked
}

// What a fetch may cost: a part that is free for any, and one for each day, or message, that it asks for. A service that
// goes on for ever with what might be true reaches it; no mailbox that we know of comes near.
//
// Activities: the largest mailbox of a person that we know of has 100,000 in half a year, which is 200 MB, asked for three
// times at worst (a window that is too full, its halves, pages that must agree): 600 MB and 300 answers of a thousand, or
// 30,000 of ten, the service's own default. Half a year may cost 200,000 requests and 15 GiB, a single day 21,000 and
// 4 GiB, which is that mailbox several times over. More than a thousand days count as a thousand: no service kept more, and
// a request for each day without anything is within that even from year 1 on.
//
// Messages: an item's id, its Message-ID and a second page are three requests; Exchange takes headers of 256 KB and a
// thousand recipients.
const (
	freeRequests, dayRequests   = 20_000, 1_000
	freeBytes, dayBytes         = 4 << 30, 64 << 20
	mostDays                    = 1_000
	freeAsking, messageRequests = 1_000, 10
	freeAnswering, messageBytes = 256 << 20, 1 << 20
)

// budget is what a fetch of activities may cost.
func (r *Run) budget() Budget {
	n := r.days()
	return Budget{freeRequests + dayRequests*n, freeBytes + dayBytes*int64(n)}
}

// days are those that a run asks for, as far as they count for its budget.
func (r *Run) days() int {
	start := r.Start
	if start.IsZero() {
		start = r.End.Add(-history)
	}
	// A Duration ends at 292 years, and Sub there.
	return int((min(max(0, r.End.Sub(start)), mostDays*day) + day - 1) / day)
}

// messageBudget is what a fetch of so many messages may cost.
func messageBudget(n int) Budget {
	return Budget{freeAsking + messageRequests*n, freeAnswering + messageBytes*int64(n)}
}

// times is a budget so many times; 0 is once.
func (b Budget) times(factor float64) Budget {
	if factor == 0 {
		return b
	}
	grow := func(n int64) int64 { return max(1, int64(min(float64(n)*factor, math.MaxInt64/2))) }
	return Budget{int(grow(int64(b.Requests))), grow(b.Bytes)}
}

// overspent is that a client has sent or received what it may.
type overspent struct{ Budget }

func (o *overspent) Error() string {
	if o.Requests > 0 {
		return fmt.Sprintf("the budget of %d requests is used up", o.Requests)
	}
	return fmt.Sprintf("the budget of %d MB received is used up", (o.Bytes+1<<20-1)>>20)
}

// affordable says whether another request is within the budget.
func (c *Client) affordable() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.budget.Requests > 0 && c.cost.Requests >= c.budget.Requests:
		return &overspent{Budget{Requests: c.budget.Requests}}
	case c.budget.Bytes > 0 && c.cost.Bytes >= c.budget.Bytes:
		return &overspent{Budget{Bytes: c.budget.Bytes}}
	}
	return nil
}

// allow gives a client its budget, of which earlier runs have spent what is in the case folder.
func (c *Client) allow(b Budget, kept []PageRecord) {
	c.budget, c.cost = b, Budget{Requests: len(kept)}
	for _, p := range kept {
		c.cost.Bytes += int64(p.Bytes)
	}
}

// ended is the error of a fetch that ended early: of one that has spent its budget, for what that was, what is kept, and
// how to go on.
func (d *folder) ended(err error, asked, kept string, factor float64) error {
	o, ok := errors.AsType[*overspent](err)
	if !ok {
		return err
	}
	more := strconv.FormatFloat(2*cmp.Or(factor, 1), 'f', -1, 64)
	return &Error{
		Message: fmt.Sprintf("%s: what %s may cost; kept: %s, in %s", o.Error(), asked, kept, d.path),
		Remedy: fmt.Sprintf("if so much is there to fetch, the same command with --budget %s goes on where it stopped; if not, what answers at --base-url has no end",
			more),
	}
}

// counted is a number of things, in words.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// kept says what a fetch of activities has so far.
func (d *folder) kept() string {
	rows, until := 0, time.Time{}
	for _, p := range d.pages {
		rows += p.Rows
	}
	for _, w := range d.windows {
		if w.Pass == 1 {
			until = w.To
		}
	}
	text := counted(len(d.pages), "answer") + " with " + strconv.Itoa(rows) + " activities"
	if !until.IsZero() {
		text += ", complete up to " + until.Format(time.RFC3339Nano)
	}
	return text
}
