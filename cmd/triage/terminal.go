package main

import (
	"io"

	"golang.org/x/term"

	"triage/analyzers/report"
)

// isTerminal says whether a person sees what is written to w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// coloured says whether results may carry colour. NO_COLOR counts when it is set to anything (no-color.org).
func (t *tool) coloured(off bool) bool {
	return !off && t.env["NO_COLOR"] == "" && t.env["TERM"] != "dumb" && isTerminal(t.stdout)
}

// printable is s without what could move a cursor, change colours or turn the writing direction: the report's own rule.
func printable(s string) string { return report.Plain(s) }
