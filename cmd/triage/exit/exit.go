// Package exit turns errors into what a user and a script see of them: lines on standard error and an exit code.
package exit

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"syscall"

	"triage/analyzers/report"
	"triage/rules/yamltext"
)

// The exit codes.
const (
	Done        = 0
	Failed      = 1   // could not finish
	Refused     = 2   // usage, configuration or rule error
	Reached     = 3   // a mailbox's band or score reaches --fail-on
	Incomplete  = 4   // --strict and the evidence is incomplete; wins over Reached
	Interrupted = 130 // 128 + SIGINT, as shells count
)

// Fault is an error that knows its exit code and, if there is one, its remedy.
type Fault struct {
	Code int
	Err  error
	Hint string
}

func (f *Fault) Error() string { return f.Err.Error() }
func (f *Fault) Unwrap() error { return f.Err }

// Usage is an error in what the user wrote.
func Usage(hint, format string, args ...any) error {
	return &Fault{Code: Refused, Err: fmt.Errorf(format, args...), Hint: hint}
}

// Apart takes joined errors apart, so that each is a line, or several, of its own.
func Apart(err error) []error {
	var list []error
	switch e := err.(type) {
	case yamltext.Problems:
		for _, p := range e {
			list = append(list, Snippet{p})
		}
		return list
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			list = append(list, Apart(one)...)
		}
		if errors.Join(list...).Error() != err.Error() {
			return []error{err} // not joined: fmt.Errorf with more than one %w, whose own words count
		}
		return list
	case *Fault:
		for _, one := range Apart(e.Err) {
			list = append(list, &Fault{e.Code, one, ""})
		}
		list[len(list)-1] = &Fault{e.Code, list[len(list)-1], e.Hint}
		return list
	default:
		return []error{err}
	}
}

// Code is the error's exit code. A reader of the output that went away is no failure of the analysis.
func Code(err error) int {
	var f *Fault
	switch {
	case err == nil:
		return Done
	case errors.As(err, &f):
		return f.Code
	case BrokenPipe(err):
		return Done
	default:
		return Failed
	}
}

// Snippet is a problem of a rule pack with its YAML line below it.
type Snippet struct{ yamltext.Problem }

func (s Snippet) Error() string {
	if s.Snippet == "" {
		return s.Problem.Error()
	}
	return s.Problem.Error() + "\n    " + s.Snippet
}

func Hint(err error) string {
	var f *Fault
	if errors.As(err, &f) {
		return f.Hint
	}
	return ""
}

// Complain writes an error as users read it. File names and quoted values are the attacker's text as well.
func Complain(w io.Writer, message, hint string) {
	lines := strings.Split(message, "\n")
	for i, line := range lines {
		lines[i] = report.Plain(line)
	}
	fmt.Fprintf(w, "triage: %s\n", strings.Join(lines, "\n"))
	if hint != "" {
		fmt.Fprintf(w, "triage: hint: %s\n", report.Plain(hint))
	}
}

// BrokenPipe says that whoever read our output stopped reading. Windows has two numbers of its own for it:
// ERROR_BROKEN_PIPE and ERROR_NO_DATA.
func BrokenPipe(err error) bool {
	if runtime.GOOS == "windows" {
		return errors.Is(err, syscall.Errno(109)) || errors.Is(err, syscall.Errno(232))
	}
	return errors.Is(err, syscall.EPIPE)
}
