package ingest

import (
	"errors"
	"path/filepath"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/outlook/outlooktest"
)

// A case that is beyond what one run can tell apart ends with a sentence, whether one file or all together are too much.
func TestCaseTooLarge(t *testing.T) {
	text := func(seed uint64) []byte { return outlooktest.CSV(outlooktest.Generate(1000, seed)) }
	dir := write(t, map[string][]byte{"a.csv": text(1), "b.csv": text(2)})
	f := func(limits activity.Limits, fits bool) {
		t.Helper()
		files, err := Open(t.Context(), []string{dir}, Options{limits: &limits})
		many := new(activity.TooLarge)
		switch {
		case fits && err != nil, !fits && !errors.As(err, &many):
			t.Errorf("%+v: %v", limits, err)
		case err == nil:
			if err := files.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	most := activity.Most()
	f(most, true)
	few := most
	few.Activities = 2000
	f(few, true)
	few.Activities = 1999
	f(few, false)
	few.Activities = 500
	f(few, false)
	few = most
	few.Symbols = 100
	f(few, false)
	few = most
	few.Details = 100
	f(few, false)
}

// The estimate says in order of magnitude what is in the files, packed or not.
func TestEstimate(t *testing.T) {
	text := outlooktest.CSV(outlooktest.Generate(100_000, 1)) // some 20 MB
	dir := write(t, map[string][]byte{"a.csv": text, "b.csv.gz": compressGzip(text), "c.zip": zipped(t, [2]string{"c.csv", string(text)})})
	of := func(paths ...string) int64 {
		var f finder
		for i, p := range paths {
			paths[i] = filepath.Join(dir, p)
		}
		if err := f.find(t.Context(), paths); err != nil {
			t.Fatal(err)
		}
		return estimate(f.sorted(), Formats(), func(int64) bool { return false }) - startMemory
	}
	for _, name := range []string{"a.csv", "b.csv.gz", "c.zip"} {
		if got, want := of(name), int64(len(text)); got < want*9/10 || got > want*11/10 {
			t.Errorf("%s: %d for %d decoded bytes of Outlook Activities", name, got, want)
		}
	}
	if all := of("a.csv", "b.csv.gz", "c.zip"); all < 5*int64(len(text))/2 {
		t.Errorf("all: %d", all)
	}
}
