package main

import (
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"triage/analyzers/report"
	"triage/cmd/triage/exit"
)

// long says that everything is tried, however long it takes: .ci/long sets it.
func long() bool { return os.Getenv("TRIAGE_LONG") != "" }

// Promise: whatever call to the file system fails, and however, the command says so and exits with something else than
// 0, or it has made the same bytes all the same. An output is the old file, the whole new one, or none; nothing else
// stays behind; and once the file system works again, the same command makes what it would have made.
func TestFaults(t *testing.T) {
	modes := faultModes()
	if testing.Short() {
		t.Skip("the race detector sees nothing here")
	}
	for _, s := range faultScenarios() {
		t.Run(s.name, func(t *testing.T) {
			if !s.quick && !long() {
				t.Skip("TRIAGE_LONG=1 runs it")
			}
			p := s.try(t)
			tried := 0
			for _, m := range modes {
				if m.quick || long() {
					tried += p.fail(t, m)
				}
			}
			t.Logf("figure: %s: %d calls, %d runs with a fault", s.name, len(p.whole.calls), tried)
		})
	}
}

// faultMode is a way for a file system to fail at its call number n.
type faultMode struct {
	name  string
	quick bool // also in the short run, though not at every call
	fate  func(n int, c call) fate
	dead  bool // nothing can be cleaned up afterwards
	same  bool // it is no failure: the same bytes must come of it
	ends  bool // a signal ends the process
}

func faultModes() []faultMode {
	return []faultMode{
		{name: "one call fails", quick: true, fate: func(n int, c call) fate {
			if c.n == n {
				return fate{errno: usualErrno(c)}
			}
			return fate{}
		}},
		{name: "the disk is full from then on", fate: func(n int, c call) fate {
			if c.n >= n && needsRoom(c) {
				return fate{errno: syscall.ENOSPC}
			}
			return fate{}
		}},
		{name: "half of a write, then the disk is full", fate: func(n int, c call) fate {
			switch {
			case c.n == n && c.name == "write" && c.size > 1:
				return fate{short: c.size / 2}
			case c.n > n && needsRoom(c):
				return fate{errno: syscall.ENOSPC}
			}
			return fate{}
		}},
		{name: "the disk is gone from then on", dead: true, fate: func(n int, c call) fate {
			if c.n >= n {
				return fate{errno: syscall.EIO}
			}
			return fate{}
		}},
		{name: "one read or write does one byte", same: true, fate: func(n int, c call) fate {
			if c.n == n && c.size > 1 {
				return fate{short: 1}
			}
			return fate{}
		}},
		{name: "one call is interrupted", same: true, fate: func(n int, c call) fate {
			if c.n == n && c.name != "close" { // which no program may repeat
				return fate{errno: syscall.EINTR}
			}
			return fate{}
		}},
		{name: "killed", dead: true, ends: true, fate: func(n int, c call) fate {
			if c.n == n {
				return fate{signal: syscall.SIGKILL}
			}
			return fate{}
		}},
		{name: "asked to end", ends: true, fate: func(n int, c call) fate {
			if c.n == n {
				return fate{signal: endings()[n%len(endings())]}
			}
			return fate{}
		}},
	}
}

// endings are the signals on which the command ends by itself.
func endings() []syscall.Signal {
	return []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}
}

// usualErrno is what a call most often fails with.
func usualErrno(c call) syscall.Errno {
	if needsRoom(c) && c.name != "fsync" {
		return syscall.ENOSPC
	}
	return syscall.EIO
}

func needsRoom(c call) bool {
	switch c.name {
	case "write", "pwrite", "creat", "mkdir", "rename", "link", "fsync", "copy_file_range", "sendfile", "splice":
		return true
	}
	return false
}

// call is one system call on a file of the case.
type call struct {
	n    int    // from 1
	name string // the kernel's
	path string // within the case's folder
	size int    // bytes asked for, of reads and writes
}

// fate is what becomes of a call. The zero value lets it be.
type fate struct {
	errno  syscall.Errno  // it fails so, without having done anything; close and the like do what they do and fail all the same
	short  int            // it does only so many bytes
	signal syscall.Signal // the process gets it just before
}

// Promise: where an input cannot be read on, the rows before that place are in the report, judged and cited, and the
// place itself is a skipped row that says why.
func TestFaultsKeepTheRowsBefore(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector sees nothing here")
	}
	s := scenario{
		args: []string{"analyze", "case.csv", "--format", "json", "--output", "report.json", "--as-of", "2026-11-21", "--workers", "1", "--quiet"},
		prepare: func(t *testing.T, dir string) {
			t.Helper()
			copyFile(t, dir, "../../testdata/cases/hostile-strings/activities.csv", "case.csv")
		},
	}
	p := s.try(t)
	before := int64(0)
	for number := 2; ; number++ { // the first read is of what the file is
		reads, struck := 0, false
		o := p.run(t, p.fresh(t), nil, func(c call) fate {
			switch {
			case c.path == "case.csv" && c.name == "open":
				reads = 0
			case c.path == "case.csv" && c.name == "read":
				if reads++; reads >= number {
					struck = true
					return fate{errno: syscall.EIO}
				}
			}
			return fate{}
		})
		if !struck {
			break
		}
		r, err := report.Read(strings.NewReader(o.after["report.json"]))
		if err != nil || o.status.ExitStatus() != exit.Failed {
			t.Fatalf("read %d: %v, exit code %d: %s", number, err, o.status.ExitStatus(), o.stderr)
		}
		in := r.Inputs[0]
		if in.Rows < before || in.Activities == 0 || in.Rows != in.Activities+in.Duplicates+in.Skipped {
			t.Errorf("read %d: %d rows = %d + %d + %d, %d before", number, in.Rows, in.Activities, in.Duplicates, in.Skipped, before)
		}
		before = in.Rows
		if !slices.ContainsFunc(r.Skipped, func(s report.Skipped) bool { return strings.Contains(s.Reason, "input/output error") }) {
			t.Errorf("read %d: no skipped row says why: %v", number, r.Skipped)
		}
		for _, f := range r.Findings {
			if len(f.Evidence) == 0 || f.Evidence[0].Raw == "" {
				t.Errorf("read %d: %s cites nothing", number, f.ID)
			}
		}
	}
	if before == 0 {
		t.Error("no read failed")
	}
}
