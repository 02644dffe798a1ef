package casefolder

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Promise: the folders of a case are made for their owner alone, and what is there is left as it is.
func TestMake(t *testing.T) {
	f := Folder(filepath.Join(t.TempDir(), "acme"))
	for range 2 {
		if err := f.Make(); err != nil {
			t.Fatal(err)
		}
	}
	if IsCase(string(f)) {
		t.Error("a case without its pack")
	}
	write(t, f.Pack(), "one")
	for path, want := range map[string]os.FileMode{string(f): 0o700, f.Evidence(): 0o700, f.Runs(): 0o700} {
		if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if !f.Empty() || !IsCase(string(f)) {
		t.Error("the new case is not empty, or no case")
	}
}

// Promise: what is in runs is no evidence, by whatever way it is named; what is elsewhere in the case is.
func TestNoEvidence(t *testing.T) {
	dir := t.TempDir()
	f := Folder(filepath.Join(dir, "acme"))
	if err := f.Make(); err != nil {
		t.Fatal(err)
	}
	write(t, f.Pack(), "")
	is := func(path string, want bool) {
		t.Helper()
		if got := NoEvidence(path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	write(t, filepath.Join(f.Runs(), "2026-11-28-1", "deep", "exposure.csv"), "")
	is(f.Runs(), true)
	is(filepath.Join(f.Runs(), "2026-11-28-1"), true)
	is(filepath.Join(f.Runs(), "2026-11-28-1", "deep", "exposure.csv"), true)
	is(filepath.Join(f.Evidence(), "..", "runs", "any"), true)
	is(f.Pack(), true)
	is(filepath.Join(string(f), "notes.md"), true)
	is(filepath.Join(string(f), "latest"), true)
	is(string(f), false)
	is(f.Evidence(), false)
	is(filepath.Join(f.Evidence(), "runs", "log.csv"), false)
	is(filepath.Join(f.Evidence(), "case.yaml"), false)
	is(filepath.Join(string(f), "log.csv"), false)
	is(filepath.Join(dir, "runs", "log.csv"), false) // of no case
	if os.Symlink(f.Runs(), filepath.Join(dir, "link")) == nil {
		is(filepath.Join(dir, "link", "2026-11-28-1"), true)
	}
}

// Promise: runs of a day are counted on, those that are not whole are none, and latest is believed where it names a run.
func TestRuns(t *testing.T) {
	f := Folder(t.TempDir())
	day := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	next := func(want string) {
		t.Helper()
		if got, err := f.Next(day); got != want || err != nil {
			t.Errorf("next: got %q, %v, want %q", got, err, want)
		}
	}
	newest := func(want string) {
		t.Helper()
		if got := f.Newest(); got != want {
			t.Errorf("newest: got %q, want %q", got, want)
		}
	}
	next("2026-11-28-1")
	newest("")
	for _, name := range []string{".2026-11-28-7.1.tmp", "2026-11-28-x", "2026-11-28-07", "2026-13-28-9", "old", "2026-11-28-9"} {
		if err := os.MkdirAll(filepath.Join(f.Runs(), name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	newest("")
	next("2026-11-28-10")
	for _, name := range []string{"2026-11-28-2", "2026-11-28-10", "2026-11-27-11", ".2026-11-29-1.1.tmp"} {
		write(t, f.ReportOf(name), "{}")
	}
	newest("2026-11-28-10")
	next("2026-11-28-11")
	for said, want := range map[string]string{
		"2026-11-27-11\n": "2026-11-27-11", "2026-11-28-9": "2026-11-28-10", "../../etc": "2026-11-28-10", "": "2026-11-28-10",
		".2026-11-29-1.1.tmp": "2026-11-28-10",
	} {
		write(t, f.Latest(), said)
		newest(want)
	}
}
