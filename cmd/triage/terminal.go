package main

import (
	"io"
	"strings"
	"unicode"

	"golang.org/x/term"
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

// printable is s without what could move a cursor, change colours or turn the writing direction.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
