package ingest

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
)

// Promise: where a report is wanted, an export is told in any wrapping by its beginning, and nothing else is called one.
func TestRecognise(t *testing.T) {
	table := []byte("CreationDate,UserIds,Operations,AuditData\n2026-03-25T08:05:00,ann@contoso.com,Send,\"{\"\"Operation\"\":\"\"Send\"\"}\"\n")
	dir := write(t, map[string][]byte{
		"a.csv": table, "a.csv.gz": compressGzip(table), "a.zip": zipped(t, [2]string{"readme.txt", "Dear Ann"}, [2]string{"x/a.csv", string(table)}),
		"a.xlsx": workbookOf(t, table), "wide.csv": utf16Text(table, false, true), "folder/x/a.csv": table,
		"report.json": []byte(`{"schema":"triage.report/v1","findings":[{"raw":"{\"Operation\":\"Send\",\"CreationTime\":\"2026-03-25T08:05:00\"}"}]}`),
		"note.txt":    []byte("Dear Ann"), "note.zip": zipped(t, [2]string{"readme.txt", "Dear Ann"}), "empty.csv": nil,
	})
	f := func(name, want string) {
		t.Helper()
		if got := Recognise(context.Background(), filepath.Join(dir, name), nil); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"a.csv", "a.csv.gz", "a.zip", "a.xlsx", "wide.csv", "folder"} {
		f(name, "audit-center-csv")
	}
	for _, name := range []string{"report.json", "note.txt", "note.zip", "empty.csv", "none.csv"} {
		f(name, "")
	}
	if got := Recognise(context.Background(), "-", bytes.NewReader(table)); got != "audit-center-csv" {
		t.Errorf("standard input: %q", got)
	}
}
