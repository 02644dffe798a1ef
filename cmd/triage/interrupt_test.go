package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// interrupt starts a command whose standard input never ends, interrupts it once it reads, and checks that it ends with
// exit code 130: `interrupt triage analyze -`. The promise is a second; a busy machine is allowed ten.
func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: interrupt COMMAND [ARGUMENT…]")
	}
	stop(ts, os.Interrupt, args)
}

// stopped is interrupt by another signal: `stopped HUP triage analyze -`. KILL leaves no exit code to check.
func stopped(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]os.Signal{"HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM, "KILL": os.Kill}
	if neg || len(args) < 2 || signals[args[0]] == nil {
		ts.Fatalf("usage: stopped HUP|TERM|KILL COMMAND [ARGUMENT…]")
	}
	if args[0] == "HUP" && signal.Ignored(syscall.SIGHUP) {
		return // the tests themselves run under nohup, and so would the command
	}
	stop(ts, signals[args[0]], args[1:])
}

func stop(ts *testscript.TestScript, by os.Signal, args []string) {
	if runtime.GOOS == "windows" {
		return // os.Process.Signal cannot send an interrupt there
	}
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "TMPDIR="+ts.Getenv("TMPDIR"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = in.Close() })

	// A pipe holds 64 KiB: once more than that is written, the command is past its start and reads.
	// Blank lines are the beginning of a file of any format.
	for range 64 {
		if _, err := in.Write(bytes.Repeat([]byte("\n"), 4096)); err != nil {
			ts.Fatalf("%s did not read: %v: %s", args[0], err, stderr.Bytes())
		}
	}
	start := time.Now()
	ts.Check(cmd.Process.Signal(by))
	err = cmd.Wait()
	took := time.Since(start)
	if by == os.Kill {
		return
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 130 {
		ts.Fatalf("interrupted: %v, want exit code 130: %s", err, stderr.Bytes())
	}
	if took > 10*time.Second {
		ts.Fatalf("interrupted: ended after %v", took)
	}
	if got := stderr.String(); got != "triage: interrupted\n" {
		ts.Fatalf("interrupted: wrote %q to standard error", got)
	}
}
