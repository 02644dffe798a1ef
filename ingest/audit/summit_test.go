package audit

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// decodeTable reads a CSV as the ingest layer will: recognise by header, decode each row, skip what fails.
func decodeTable(t *testing.T, path string, interest activity.Interest) *activity.Case {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no shared data: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return decodeCSV(t, f, filepath.Base(path), interest)
}

func decodeCSV(t *testing.T, from io.Reader, name string, interest activity.Interest) *activity.Case {
	t.Helper()
	rows := csv.NewReader(from)
	rows.FieldsPerRecord, rows.LazyQuotes = -1, true
	all, err := rows.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head := record.Head{Shape: record.CSV, Header: all[0], Rows: all[1:min(len(all), 6)]}
	format := recognised(t, head)
	decoder, shard := format.New(head), activity.NewShard(0, interest)
	for i, row := range all[1:] {
		rec := record.Record{Offset: int64(i)}
		for _, cell := range row {
			rec.Cells = append(rec.Cells, []byte(cell))
		}
		if err := decoder.Decode(rec, shard); err != nil {
			shard.Skip(rec.Offset, err)
		}
	}
	b := activity.NewBuilder()
	b.Add(activity.Input{Path: name, Format: format.Name, Source: format.Source, Rows: int64(len(all) - 1)}, []*activity.Shard{shard}, "")
	return b.Case()
}

// recognised is the one format that takes a stream; there must be exactly one.
func recognised(t *testing.T, head record.Head) record.Format {
	t.Helper()
	var found []record.Format
	for _, f := range Formats() {
		if f.Shape == head.Shape && f.Recognise(head) != "" {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d formats take header %q, want 1", len(found), head.Header)
	}
	return found[0]
}

const shared = "../../../shared/data/"

// TestSummitCounts keeps the promise that a real export loses nothing: every row is an activity or a repeat.
func TestSummitCounts(t *testing.T) {
	for _, name := range []string{"summit_search_ual.csv", "summit_splunk_raw.csv"} {
		c := decodeTable(t, shared+"summit/"+name, activity.Interest{})
		in := c.Inputs[0]
		if in.Rows != 8130 || in.Activities != 3898 || in.Duplicates != 4232 || in.Skipped != 0 {
			t.Errorf("%s: %d rows, %d activities, %d duplicates, %d skipped; want 8130, 3898, 4232, 0", name, in.Rows, in.Activities, in.Duplicates, in.Skipped)
		}
		if len(c.Conflicts) > 0 {
			t.Errorf("%s: %d conflicts, want 0", name, len(c.Conflicts))
		}
	}
}
