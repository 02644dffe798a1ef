package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Promise: whatever call to the file system fails while a case folder's run is written, and wherever the command is killed: a
// run is there whole or not at all, the one before is as it was, latest names a whole run, no temporary name is shown, nor
// left by a command that could clean up; and the next run is whole, and sweeps what a killed one left.
func TestFaultsOfACaseFolder(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector sees nothing here")
	}
	s := scenario{
		args: []string{"analyze", "--case", "acme", "--format", "json,exposure", "--as-of", "2026-11-21", "--workers", "1", "--quiet"},
		prepare: func(t *testing.T, dir string) {
			t.Helper()
			copyFile(t, dir, guessing, "acme/evidence/case.csv")
			copyFile(t, dir, keptReports(t)[0], "acme/runs/2026-11-20-1/report.json")
			writeIn(t, dir, "acme/latest", []byte("2026-11-20-1\n"))
		},
	}
	p := s.try(t)
	step := 23
	if long() {
		step = 1
	}
	tried := 0
	for _, m := range faultModes() {
		if m.same || !m.quick && !m.ends && !long() {
			continue
		}
		for n := 1; n <= len(p.whole.calls); n += step {
			dir := p.fresh(t)
			o := p.run(t, dir, nil, func(c call) fate { return m.fate(n, c) })
			tried++
			c := p.whole.calls[n-1]
			for _, complaint := range append(caseComplaints(p, m, o), nextComplaints(p, t, dir)...) {
				t.Errorf("%s, call %d, %s %q: %s\n  exit code %d, said: %s", m.name, n, c.name, c.path, complaint, o.status.ExitStatus(), strings.TrimSpace(o.stderr))
			}
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("figure: a run of a case folder: %d calls, %d runs with a fault", len(p.whole.calls), tried)
}

// ofRun are the files of a run that one of that name makes.
func ofRun(files tree, run string) tree {
	list := tree{}
	for name, text := range files {
		if within, ok := strings.CutPrefix(name, "acme/runs/"+run+"/"); ok && within != "" {
			list[within] = text
		}
	}
	return list
}

// caseComplaints holds what a disturbed run left against the promise.
func caseComplaints(p *trial, m faultMode, o outcome) (complaints []string) {
	say := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	whole, now := ofRun(p.whole.after, "2026-11-21-1"), ofRun(o.after, "2026-11-21-1")
	if strings.Contains(o.stderr, "nothing is compared with the run before") { // which could not be read
		delete(whole, "compare.txt")
	}
	if len(now) > 0 && len(now) != len(whole) {
		say("the run has %d files, want %d", len(now), len(whole))
	}
	if code := o.status.ExitStatus(); code == 0 && len(now) == 0 {
		say("there is no run")
	}
	if o.after["acme/runs/2026-11-20-1/report.json"] != p.before["acme/runs/2026-11-20-1/report.json"] {
		say("the run before is another")
	}
	switch latest := o.after["acme/latest"]; {
	case latest == "2026-11-20-1\n":
	case latest != "2026-11-21-1\n" || len(now) == 0:
		say("latest is %q", latest)
	}
	if pack := o.after["acme/case.yaml"]; pack != "" && pack != p.whole.after["acme/case.yaml"] && !m.dead {
		say("case.yaml is torn: %d bytes", len(pack))
	}
	for name := range o.after {
		if strings.Contains(name, ".tmp") && !m.dead && !strings.Contains(o.stderr, "remove ") && !strings.Contains(o.stderr, "unlink") {
			say("%s is left over", name)
		}
	}
	if strings.Contains(o.stderr, ".tmp") && !m.dead && !strings.Contains(o.stderr, "remove ") {
		say("a temporary name is shown")
	}
	return complaints
}

// nextComplaints runs the command again, undisturbed.
func nextComplaints(p *trial, t *testing.T, dir string) (complaints []string) {
	t.Helper()
	o := p.run(t, dir, nil, func(call) fate { return fate{} })
	if o.status.ExitStatus() != 0 {
		return []string{fmt.Sprintf("the next run exits with %d: %s", o.status.ExitStatus(), o.stderr)}
	}
	name := strings.TrimSpace(o.after["acme/latest"])
	run, whole := ofRun(o.after, name), ofRun(p.whole.after, "2026-11-21-1")
	if len(run) != len(whole) || run["report.json"] != whole["report.json"] || run["exposure.csv"] != whole["exposure.csv"] {
		complaints = append(complaints, fmt.Sprintf("the next run, %s, has %d files and is another", name, len(run)))
	}
	for name := range o.after {
		if strings.HasPrefix(name, "acme/") && strings.Contains(name, ".tmp") {
			complaints = append(complaints, "after the next run, "+name+" is left over")
		}
	}
	return complaints
}
