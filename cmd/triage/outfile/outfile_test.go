package outfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
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
	taken := errors.New("taken")
	keep := func(_, paths []string) error {
		for _, path := range paths {
			if _, err := os.Stat(path); err == nil {
				return taken
			}
		}
		return nil
	}
	force := func(_, _ []string) error { return nil }
	publish := func(ctx context.Context, documents []Document, ready func(temps, paths []string) error) error {
		return Publish(ctx, io.Discard, documents, ready)
	}
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

	if err := publish(ctx, []Document{{at("a"), says("1")}, {at("b"), bad}}, keep); !errors.Is(err, full) {
		t.Fatalf("got %v, want %v", err, full)
	}
	want()
	if err := publish(ctx, []Document{{at("a"), says("1")}, {at("new/b"), says("2")}}, keep); err != nil {
		t.Fatal(err)
	}
	want("a", "new")
	if err := publish(ctx, []Document{{at("a"), says("3")}, {at("c"), says("4")}}, keep); !errors.Is(err, taken) {
		t.Fatalf("an existing file: %v", err)
	}
	want("a", "new")
	if err := publish(ctx, []Document{{at("a"), says("3")}}, force); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := publish(ctx, []Document{{at("a"), says("5")}}, force); !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
	want("a", "new")
	if got, err := os.ReadFile(at("a")); err != nil || string(got) != "3" {
		t.Fatalf("a holds %q (%v), want 3", got, err)
	}
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
	if err := Publish(t.Context(), io.Discard, []Document{{report, says("1")}}, func(_, _ []string) error { return nil }); err != nil {
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

// Promise: a folder of documents is there whole or not at all; what a killed run left is removed, what a running one has
// is not; nothing that stands in the folder's place is lost.
func TestPublishFolder(t *testing.T) {
	parent := t.TempDir()
	gone := exec.Command(os.Args[0], "-test.run=^$")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	over := fmt.Sprintf(".one.%d.1.tmp", gone.ProcessState.Pid())
	running := fmt.Sprintf(".one.%d.1.tmp", os.Getppid())
	for _, name := range []string{over, running, ".one.tmp", ".git"} {
		if err := os.MkdirAll(filepath.Join(parent, name, "x"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	want := func(list ...string) {
		t.Helper()
		list = append(list, running, ".one.tmp", ".git")
		slices.Sort(list)
		if got := names(t, parent); !slices.Equal(got, list) {
			t.Fatalf("folder holds %q, want %q", got, list)
		}
	}
	at := func(name string) string { return filepath.Join(parent, name) }
	ctx, cancel := context.WithCancel(t.Context())
	full := errors.New("disk full")
	bad := []Document{{at("one/a"), says("1")}, {at("one/b"), func(io.Writer) error { return full }}}
	if err := PublishFolder(ctx, at("one"), bad); !errors.Is(err, full) {
		t.Fatalf("got %v, want %v", err, full)
	}
	want()
	good := []Document{{at("one/a"), says("1")}, {at("one/deep/b"), says("2")}}
	if err := PublishFolder(ctx, at("one"), good); err != nil {
		t.Fatal(err)
	}
	want("one")
	if err := PublishFolder(ctx, at("one"), good); err == nil {
		t.Fatal("an existing folder was replaced")
	}
	want("one")
	if err := PublishFolder(ctx, at("two"), []Document{{at("one/c"), says("1")}}); err == nil {
		t.Fatal("a document outside of the folder was written")
	}
	want("one")
	late := []Document{{at("two/a"), func(io.Writer) error { cancel(); return nil }}}
	if err := PublishFolder(ctx, at("two"), late); !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
	want("one")
	if info, err := os.Stat(at("one/a")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if info, err := os.Stat(at("one")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
}
