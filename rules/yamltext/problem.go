package yamltext

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Problem is one fault, or one doubt, about a pack.
type Problem struct {
	Code    string // "R012", see Codes
	File    string // as the user named it
	Line    int    // from 1; 0: the file as a whole
	Column  int    // from 1
	Rule    string // the rule concerned; "" if none
	Text    string
	Snippet string // the YAML line; "" if there is none
}

// Warning says that the pack still loads.
func (p Problem) Warning() bool { return strings.HasPrefix(p.Code, "W") }

// Error is the problem on one line: acme.yaml:14:9: error[R012]: rule "x": unknown field "rawquerry".
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(harmless(p.File))
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	kind := "error"
	if p.Warning() {
		kind = "warning"
	}
	fmt.Fprintf(&b, ": %s[%s]: ", kind, p.Code)
	if p.Rule != "" {
		fmt.Fprintf(&b, "rule %q: ", p.Rule)
	}
	b.WriteString(harmless(p.Text))
	return b.String()
}

// Problems are all faults of a load, in order of file, line and column.
type Problems []Problem

// Error is each problem with its YAML line below it.
func (ps Problems) Error() string {
	var b strings.Builder
	for i, p := range ps {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.Error())
		if p.Snippet != "" {
			b.WriteString("\n    " + p.Snippet)
		}
	}
	return b.String()
}

// Unwrap gives errors.Is and errors.AsType each problem.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// sorted puts problems in order, each once.
func sorted(ps Problems) Problems {
	slices.SortFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Rule, b.Rule))
	})
	return slices.CompactFunc(ps, func(a, b Problem) bool { return a == b })
}

// harmless is text that cannot move a terminal's cursor: a pack may come from anybody.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			return '\uFFFD'
		}
		return r
	}, s)
}
