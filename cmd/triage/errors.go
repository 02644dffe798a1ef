package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"syscall"

	"triage/rules/yamltext"
)

// The exit codes.
const (
	exitDone        = 0
	exitFailed      = 1   // could not finish
	exitUsage       = 2   // usage, configuration or rule error
	exitReached     = 3   // a mailbox's band or score reaches --fail-on
	exitIncomplete  = 4   // --strict and the evidence is incomplete; wins over exitReached
	exitInterrupted = 130 // 128 + SIGINT, as shells count
)

// fault is an error that knows its exit code and, if there is one, its remedy.
type fault struct {
	code int
	err  error
	hint string
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// usage is an error in what the user wrote.
func usage(hint, format string, args ...any) error {
	return &fault{code: exitUsage, err: fmt.Errorf(format, args...), hint: hint}
}

// finish is the one place where errors become exit codes and lines on standard error.
func (t *tool) finish(ctx context.Context, err error) int {
	if err == nil || brokenPipe(err) {
		return codeOf(err)
	}
	if ctx.Err() != nil {
		complain(t.stderr, "interrupted", "")
		return exitInterrupted
	}
	for _, one := range apart(err) {
		complain(t.stderr, one.Error(), hintOf(one))
	}
	return codeOf(err)
}

// apart takes joined errors apart, so that each is a line, or several, of its own.
func apart(err error) []error {
	var list []error
	switch e := err.(type) {
	case yamltext.Problems:
		for _, p := range e {
			list = append(list, snippet{p})
		}
		return list
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			list = append(list, apart(one)...)
		}
		if errors.Join(list...).Error() != err.Error() {
			return []error{err} // not joined: fmt.Errorf with more than one %w, whose own words count
		}
		return list
	case *fault:
		for _, one := range apart(e.err) {
			list = append(list, &fault{e.code, one, ""})
		}
		list[len(list)-1] = &fault{e.code, list[len(list)-1], e.hint}
		return list
	default:
		return []error{err}
	}
}

// codeOf is the error's exit code. A reader of the output that went away is no failure of the analysis.
func codeOf(err error) int {
	var f *fault
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &f):
		return f.code
	case brokenPipe(err):
		return exitDone
	default:
		return exitFailed
	}
}

// snippet is a problem of a rule pack with its YAML line below it.
type snippet struct{ yamltext.Problem }

func (s snippet) Error() string {
	if s.Snippet == "" {
		return s.Problem.Error()
	}
	return s.Problem.Error() + "\n    " + s.Snippet
}

func hintOf(err error) string {
	var f *fault
	if errors.As(err, &f) {
		return f.hint
	}
	return ""
}

// complain writes an error as users read it. File names and quoted values are the attacker's text as well.
func complain(w io.Writer, message, hint string) {
	lines := strings.Split(message, "\n")
	for i, line := range lines {
		lines[i] = printable(line)
	}
	fmt.Fprintf(w, "triage: %s\n", strings.Join(lines, "\n"))
	if hint != "" {
		fmt.Fprintf(w, "triage: hint: %s\n", printable(hint))
	}
}

// brokenPipe says that whoever read our output stopped reading. Windows has two numbers of its own for it:
// ERROR_BROKEN_PIPE and ERROR_NO_DATA.
func brokenPipe(err error) bool {
	if runtime.GOOS == "windows" {
		return errors.Is(err, syscall.Errno(109)) || errors.Is(err, syscall.Errno(232))
	}
	return errors.Is(err, syscall.EPIPE)
}
