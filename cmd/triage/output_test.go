package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

// Promise: all documents are written, or none; whatever goes wrong, no temporary file stays and no older file is lost.
func TestPublish(t *testing.T) {
	folder := t.TempDir()
	out := &tool{stdout: io.Discard}
	at := func(name string) string { return filepath.Join(folder, name) }
	want := func(list ...string) {
		t.Helper()
		if got := names(t, folder); !slices.Equal(got, list) {
			t.Fatalf("folder holds %q, want %q", got, list)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	full := errors.New("disk full")
	bad := func(io.Writer) error { return full }

	if err := out.publish(ctx, []document{{at("a"), says("1")}, {at("b"), bad}}, false); !errors.Is(err, full) {
		t.Fatalf("got %v, want %v", err, full)
	}
	want()
	if err := out.publish(ctx, []document{{at("a"), says("1")}, {at("new/b"), says("2")}}, false); err != nil {
		t.Fatal(err)
	}
	want("a", "new")
	if err := out.publish(ctx, []document{{at("a"), says("3")}, {at("c"), says("4")}}, false); codeOf(err) != exitUsage {
		t.Fatalf("an existing file: %v", err)
	}
	want("a", "new")
	if err := out.publish(ctx, []document{{at("a"), says("3")}}, true); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := out.publish(ctx, []document{{at("a"), says("5")}}, true); !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
	want("a", "new")
	if got, err := os.ReadFile(at("a")); err != nil || string(got) != "3" {
		t.Fatalf("a holds %q (%v), want 3", got, err)
	}
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
	out := &tool{stdout: w, stderr: &stderr}
	err = out.publish(context.Background(), []document{{"", says("text")}}, false)
	if !brokenPipe(err) {
		t.Fatalf("got %v, want %v", err, syscall.EPIPE)
	}
	if code := out.finish(context.Background(), err); code != exitDone || stderr.Len() > 0 {
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
		got, err := plan(strings.ReplaceAll(output, "DIR", folder), files)
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
		err := checkFree([]string{path}, force, inputs)
		if got := codeOf(err); (err == nil) != (want == "") || err != nil && (got != exitUsage || !strings.Contains(err.Error(), want)) {
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

// Promise: temporary files of a run that is over are removed by the next run that writes the same report, those of a
// run that goes on are not; a report is its owner's alone even where an older one was everybody's.
func TestLeftBeside(t *testing.T) {
	folder := t.TempDir()
	gone := exec.Command(os.Args[0], "-test.run=^$")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	over, running := gone.ProcessState.Pid(), os.Getpid()
	report := filepath.Join(folder, "a.json")
	kept := []string{
		fmt.Sprintf(".a.json.%d.tmp", running), fmt.Sprintf(".a.json.%d.9.tmp", running), fmt.Sprintf(".a.json.%d.x.tmp", over),
		fmt.Sprintf(".b.json.%d.tmp", over), ".a.json.-5.tmp", ".a.json.0.tmp", ".a.json..tmp", ".a.json.tmp", "a.json",
	}
	for _, name := range append(kept, fmt.Sprintf(".a.json.%d.tmp", over), fmt.Sprintf(".a.json.%d.123.tmp", over)) {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := (&tool{}).publish(t.Context(), []document{{report, says("1")}}, true); err != nil {
		t.Fatal(err)
	}
	slices.Sort(kept)
	if got := names(t, folder); !slices.Equal(got, kept) {
		t.Errorf("got %q, want %q", got, kept)
	}
	if info, err := os.Stat(report); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
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
		if left := names(t, temp); len(left) > 0 {
			t.Errorf("killed after %s: left %q", patience, left)
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
	whole, err := os.ReadFile(filepath.Join(folder, "whole.json"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(folder, "killed.json")); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("%v: %d bytes, want %d", err, len(got), len(whole))
	}
	if got := names(t, folder); !slices.Equal(got, []string{"killed.json", "whole.json"}) {
		t.Errorf("left %q", got)
	}
	t.Logf("killed %d times", killed)
}
