package ingest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"triage/ingest/activity"
)

// TestEntraCases keeps the promise that one stream of diagnostic settings may hold sign-ins and audit records, as real
// ones do, and that every record of a published collection is read.
func TestEntraCases(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "shared", "data", "entra", "cases.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no shared data: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var logs bytes.Buffer
	lines := bufio.NewScanner(file)
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		var c struct {
			Name string
			Log  json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		logs.Write(append(c.Log, '\n'))
	}
	f := openText(t, logs.String())
	in := f.Case.Inputs[0]
	if in.Rows != 47 || in.Skipped != 0 || in.Activities+in.Duplicates != 47 {
		t.Errorf("%d rows, %d activities, %d duplicates, skipped %v; want 47 rows, none skipped", in.Rows, in.Activities, in.Duplicates, f.Case.Skips)
	}
	counts := map[activity.Type]int{}
	var other []string
	for i := range f.Case.Activities {
		a := &f.Case.Activities[i]
		counts[a.Type]++
		if a.Type == activity.Other || a.Actor == 0 {
			other = append(other, f.Case.Text(a.Op))
		}
	}
	if len(other) > 0 {
		t.Errorf("no type or no actor: %q", slices.Compact(other))
	}
	if logons := counts[activity.Logon] + int(in.Duplicates); logons != 26 {
		t.Errorf("%d logons with their repeats, want 26: %v", logons, counts)
	}
}

func openText(t *testing.T, text string) *Files {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(t.Context(), []string{path}, Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return f
}
