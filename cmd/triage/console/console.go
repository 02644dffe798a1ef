// Package console is one run of triage: the streams, the clock and the memory that a command may touch, the reports that it
// reads, and where it writes what it makes.
package console

import (
	"io"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"triage/ingest/m365"
	"triage/ingest/memory"
)

// Version is what reports and triage version say; a release raises it.
const Version = "0.1.0"

// Tool is one run of triage: everything it may touch of the world outside.
type Tool struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Env    map[string]string
	Now    func() time.Time
	Clock  m365.Clock // by which a fetch waits; nil: the machine's

	Memory *memory.Watch // nil for commands that read no exports
	Full   chan error    // says that memory runs out
}

// Do is a command's function as cli calls it.
func (t *Tool) Do(command func(*Tool, *cli.Context) error) cli.ActionFunc {
	return func(c *cli.Context) error { return command(t, c) }
}

// Today is the day of the report, or the machine's if that is later: a report for an earlier day does not change what
// can have happened by now.
func (t *Tool) Today(asOf time.Time) time.Time {
	if now := t.Now().UTC(); now.After(asOf) {
		return now
	}
	return asOf
}

// Coloured says whether results may carry colour. NO_COLOR counts when it is set to anything (no-color.org).
func (t *Tool) Coloured(off bool) bool {
	return !off && t.Env["NO_COLOR"] == "" && t.Env["TERM"] != "dumb" && IsTerminal(t.Stdout)
}

// IsTerminal says whether a person sees what is written to w.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}
