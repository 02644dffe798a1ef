package m365

import (
	"context"
	"time"
)

// Clock is the time that waits are measured by. Tests have one of their own, which waits without taking time.
type Clock interface {
	Now() time.Time
	// Sleep returns nil after d, or ctx's error as soon as it is cancelled.
	Sleep(ctx context.Context, d time.Duration) error
	// AfterFunc runs f in a goroutine of its own after d, unless stop is called before.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

// SystemClock is the machine's clock; now is time.Now, which only the command line may name.
func SystemClock(now func() time.Time) Clock { return systemClock{now} }

type systemClock struct{ now func() time.Time }

func (c systemClock) Now() time.Time { return c.now() }

func (c systemClock) AfterFunc(d time.Duration, f func()) func() bool {
	return time.AfterFunc(d, f).Stop
}

func (c systemClock) Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
