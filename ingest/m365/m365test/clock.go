package m365test

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Clock is a clock whose waits take no time: whoever sleeps moves it on.
type Clock struct {
	mu     sync.Mutex
	now    time.Time
	alarms []*alarm
	Slept  time.Duration // in all
}

type alarm struct {
	at time.Time
	f  func()
}

// NewClock begins at a moment.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep moves the clock on.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	c.Slept += d
	c.mu.Unlock()
	c.Advance(d)
	return ctx.Err()
}

// AfterFunc runs f once the clock was moved on by d, unless stop is called before.
func (c *Clock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := &alarm{c.now.Add(d), f}
	c.alarms = append(c.alarms, a)
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		n := len(c.alarms)
		c.alarms = slices.DeleteFunc(c.alarms, func(other *alarm) bool { return other == a })
		return len(c.alarms) < n
	}
}

// Advance moves the clock on and runs what is due.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	var due []*alarm
	c.alarms = slices.DeleteFunc(c.alarms, func(a *alarm) bool {
		if a.at.After(c.now) {
			return false
		}
		due = append(due, a)
		return true
	})
	c.mu.Unlock()
	for _, a := range due {
		go a.f()
	}
}
