package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Promise: whenever a command is killed or asked to end, an output is the old file, the whole new one, or none, and the
// same command makes the same bytes afterwards. TestFaults does this at every call to the file system; here it happens
// at moments that no call marks.
func TestKillAtAnyMoment(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("some seconds, and signals")
	}
	random := rand.New(rand.NewPCG(10, 1))
	times := 4
	if long() {
		times = 100
	}
	for _, s := range faultScenarios() {
		if !s.quick && !long() {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			p := s.try(t)
			start := time.Now()
			p.runBy(t, p.fresh(t), nil, func(cmd *exec.Cmd) ([]call, syscall.WaitStatus) { return nil, endAfter(t, cmd, time.Hour, 0) })
			whole := time.Since(start)
			early := 0
			for i := range times {
				m := faultMode{name: "killed", ends: true, dead: true}
				signal := syscall.SIGKILL
				if i%2 == 1 {
					m.name, m.dead = "asked to end", false
					signal = endings()[i/2%len(endings())]
				}
				after := time.Duration(random.Int64N(int64(whole)))
				dir := p.fresh(t)
				o := p.runBy(t, dir, nil, func(cmd *exec.Cmd) ([]call, syscall.WaitStatus) { return nil, endAfter(t, cmd, after, signal) })
				if o.status.Signaled() || o.status.ExitStatus() != 0 {
					early++
				}
				if m.ends && !m.dead && o.status.Signaled() { // before the command listens
					m.dead = true
				}
				for _, complaint := range append(p.judge(t, m, []call{{}}, o), p.repeat(t, dir, o)...) {
					t.Errorf("%s after %v: %s\n  exit code %d, said: %s", m.name, after, complaint, o.status.ExitStatus(), strings.TrimSpace(o.stderr))
				}
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("figure: %s: ended %d times at any moment, %d before its end", s.name, times, early)
		})
	}
}

// endAfter runs a command and sends it a signal after a while, unless it is over by then.
func endAfter(t *testing.T, cmd *exec.Cmd, after time.Duration, signal syscall.Signal) syscall.WaitStatus {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Signal(signal) })
	defer timer.Stop()
	_ = cmd.Wait() // how it ended, the status says
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok {
		t.Fatal("no wait status")
	}
	return status
}
