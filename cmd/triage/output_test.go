package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/outfile"
)

func says(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

// names lists what stands in a folder.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// Promise: a reader that went away is no fault of the analysis.
func TestBrokenPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	out := &console.Tool{Stdout: w, Stderr: &stderr}
	err = out.Publish(context.Background(), []outfile.Document{{Write: says("text")}}, false)
	if !exit.BrokenPipe(err) {
		t.Fatalf("got %v, want %v", err, syscall.EPIPE)
	}
	if code := finish(out, context.Background(), err); code != exit.Done || stderr.Len() > 0 {
		t.Errorf("exit %d %q, want 0 and silence", code, stderr.String())
	}
}

// Promise: --output is a file for one format and a folder for several.
func TestPlan(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "file"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	f := func(output string, files []string, want ...string) {
		t.Helper()
		got, err := console.Places(strings.ReplaceAll(output, "DIR", folder), files)
		for i := range got {
			got[i] = filepath.ToSlash(strings.ReplaceAll(got[i], folder, "DIR"))
		}
		if err != nil {
			got = []string{strings.ReplaceAll(err.Error(), folder, "DIR")}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s %v: got %q, want %q", output, files, got, want)
		}
	}
	one, two := []string{"report.json"}, []string{"report.json", "report.txt"}
	f("", one, "")
	f("-", one, "")
	f("", two, "2 formats do not fit on standard output")
	f("DIR/x.json", one, "DIR/x.json")
	f("DIR", one, "DIR/report.json")
	f("DIR/new/", one, "DIR/new/report.json")
	f("DIR/new", two, "DIR/new/report.json", "DIR/new/report.txt")
	f("DIR/file", one, "DIR/file")
	f("DIR/file", two, "--output DIR/file: want a folder for 2 formats, it is a file")
}

// Promise: evidence is never overwritten, not even with --force, nor is what is no ordinary file.
func TestCheckFree(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "case.csv")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	f := func(path string, force bool, inputs []string, want string) {
		t.Helper()
		err := console.CheckFree([]string{path}, force, inputs)
		if got := exit.Code(err); (err == nil) != (want == "") || err != nil && (got != exit.Refused || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
	f("", false, []string{file}, "")
	f(filepath.Join(folder, "new"), false, []string{file}, "")
	f(file, false, nil, "exists already")
	f(file, true, nil, "")
	f(file, true, []string{file}, "evidence is never overwritten")
	f(folder, true, nil, "not an ordinary file")
}

// Promise: a run that is killed for real, at any time, leaves neither a report that is cut, nor anything of its input,
// nor, once another run wrote the report, a temporary file.
func TestAnalyzeKilled(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("some seconds")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder, temp := t.TempDir(), t.TempDir()
	link := filepath.Join(t.TempDir(), "triage")
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	analyze := func(ctx context.Context, name string) ([]byte, error) {
		in, err := os.Open(filepath.Join("..", "..", "testdata", "cases", "wire-fraud", "activities.csv"))
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		cmd := exec.CommandContext(ctx, link, "analyze", "-", "--format", "json", "--quiet", "--as-of", "2026-11-21", "--output", filepath.Join(folder, name))
		cmd.Env, cmd.Stdin = append(os.Environ(), "TMPDIR="+temp), in
		return cmd.CombinedOutput()
	}
	if out, err := analyze(t.Context(), "whole.json"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	killed := 0
	for patience := 20 * time.Millisecond; ; patience += patience / 4 {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		out, err := analyze(ctx, "killed.json")
		cancel()
		for _, name := range names(t, temp) { // killed between making the copy and taking its name away: nothing is in it yet
			if info, err := os.Stat(filepath.Join(temp, name)); err != nil || info.Size() > 0 {
				t.Errorf("killed after %s: left %s with evidence in it, %v", patience, name, err)
			}
		}
		if err == nil {
			break
		}
		if killed++; ctx.Err() == nil || killed > 50 {
			t.Fatalf("%v: %s", err, out)
		}
		if _, err := os.Stat(filepath.Join(folder, "killed.json")); err == nil {
			break // it was killed after the report was there
		}
	}
	if out, err := analyze(t.Context(), "again.json"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if left := names(t, temp); len(left) > 0 {
		t.Errorf("the next run leaves %q", left)
	}
	whole, err := os.ReadFile(filepath.Join(folder, "whole.json"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(folder, "killed.json")); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("%v: %d bytes, want %d", err, len(got), len(whole))
	}
	if got := names(t, folder); !slices.Equal(got, []string{"again.json", "killed.json", "whole.json"}) {
		t.Errorf("left %q", got)
	}
	t.Logf("killed %d times", killed)
}
