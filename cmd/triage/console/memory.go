package console

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"triage/cmd/triage/commandline"
	"triage/cmd/triage/exit"
	"triage/ingest/activity"
	"triage/ingest/memory"
)

func MemoryFlag() cli.Flag {
	return commandline.TextFlag("memory", "", "use at most `SIZE` of memory, such as 800MB or 2GiB (default: what the system leaves)")
}

// LeastMemory is what a run takes that reads next to nothing.
const LeastMemory = 100e6

// Within runs a command that reads exports in the memory that there is, and ends it while it can still say why.
func (t *Tool) Within(action cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		said, err := readSize(c.String("memory"))
		if err != nil {
			return err
		}
		ctx, cancel := context.WithCancelCause(c.Context)
		defer cancel(nil)
		c.Context = ctx
		t.Memory = memory.New(said)
		stop := t.Memory.Start(func(err error) {
			cancel(err)
			t.Full <- tooLarge(err)
		})
		defer stop()
		err = action(c)
		if full := context.Cause(ctx); err != nil && ctx.Err() != nil && errors.As(full, new(*memory.Full)) {
			return tooLarge(full)
		}
		return tooLarge(err)
	}
}

// tooLarge gives the error of a case that one run cannot hold its remedy; it leaves any other as it is.
func tooLarge(err error) error {
	var many *activity.TooLarge
	var full *memory.Full
	switch {
	case errors.As(err, &many):
		return &exit.Fault{Code: exit.Failed, Err: many, Hint: "analyse the case in parts, such as some of the files or mailboxes at a time"}
	case errors.As(err, &full):
		return &exit.Fault{Code: exit.Failed, Err: full, Hint: "analyse fewer files at a time, or raise the limit; --memory overrides the machine's"}
	}
	return err
}

// Moment is how long a command may take to end by itself when memory runs out, before the Go runtime ends it.
const Moment = 50 * time.Millisecond

// readSize reads a number of bytes with its unit; 0 for no text.
func readSize(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	number := strings.TrimRight(strings.TrimSpace(text), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")
	unit := strings.ToLower(strings.TrimSpace(strings.TrimSpace(text)[len(number):]))
	factor, known := map[string]float64{
		"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
		"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
	}[unit]
	n, err := strconv.ParseFloat(number, 64)
	bytes := n * factor
	if err != nil || !known || !(bytes >= LeastMemory && bytes < math.MaxInt64) { // also refuses NaN
		return 0, exit.Usage("", "--memory %q: want a size of at least %s, such as 800MB or 2GiB", text, memory.Size(LeastMemory))
	}
	return int64(bytes), nil
}
