package ingest

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// Promise: where a report is wanted, an export is told in any wrapping by its beginning, and nothing else is called one.
func TestRecognise(t *testing.T) {
	table := []byte("CreationDate,UserIds,Operations,AuditData\n2026-03-25T08:05:00,ann@contoso.com,Send,\"{\"\"Operation\"\":\"\"Send\"\"}\"\n")
	dir := write(t, map[string][]byte{
		"a.csv": table, "a.csv.gz": compressGzip(table), "a.zip": zipped(t, [2]string{"readme.txt", "Dear Ann"}, [2]string{"x/a.csv", string(table)}),
		"a.xlsx": workbookOf(t, table), "book.zip": zipped(t, [2]string{"x/A.XLSX", string(workbookOf(t, table))}),
		"fake.zip": zipped(t, [2]string{"a.xlsx", string(table)}), "wide.csv": utf16Text(table, false, true), "folder/x/a.csv": table,
		"report.json": []byte(`{"schema":"triage.report/v1","findings":[{"raw":"{\"Operation\":\"Send\",\"CreationTime\":\"2026-03-25T08:05:00\"}"}]}`),
		"note.txt":    []byte("Dear Ann"), "note.zip": zipped(t, [2]string{"readme.txt", "Dear Ann"}), "empty.csv": nil,
	})
	f := func(name, want string) {
		t.Helper()
		if got := Recognise(context.Background(), filepath.Join(dir, name), nil); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"a.csv", "a.csv.gz", "a.zip", "a.xlsx", "book.zip", "fake.zip", "wide.csv", "folder"} {
		f(name, "audit-center-csv")
	}
	for _, name := range []string{"report.json", "note.txt", "note.zip", "empty.csv", "none.csv"} {
		f(name, "")
	}
	if got := Recognise(context.Background(), "-", bytes.NewReader(table)); got != "audit-center-csv" {
		t.Errorf("standard input: %q", got)
	}
}

// Promise: a workbook inside an archive is read as it is alone, sheet by sheet, and evidence is found in it again; what is damaged
// is told.
func TestWorkbookInArchive(t *testing.T) {
	table := []byte("CreationDate,UserIds,Operations,AuditData\n2026-03-25T08:05:00,ann@contoso.com,Send,\"{\"\"Operation\"\":\"\"Send\"\",\"\"CreationTime\"\":\"\"2026-03-25T08:05:00\"\"}\"\n")
	other := []byte(strings.ReplaceAll(string(table), "ann@", "ben@"))
	book := string(workbookOf(t, table))
	dir := write(t, map[string][]byte{
		"a.zip":   zipped(t, [2]string{"a.xlsx", book}, [2]string{"b/b.xlsx", string(workbookOf(t, other))}, [2]string{"c.csv", string(other)}),
		"cut.zip": zipped(t, [2]string{"a.xlsx", book}, [2]string{"d.xlsx", book[:len(book)/2]}),
	})
	files := open(t, Options{}, filepath.Join(dir, "a.zip"))
	checkSums(t, files.Case)
	checkEvidence(t, files)
	if n := len(files.Case.Activities); n != 2 || len(files.Case.Inputs) != 3 {
		t.Errorf("%d activities of %d inputs", n, len(files.Case.Inputs))
	}
	alone := open(t, Options{}, filepath.Join(dir, "cut.zip"))
	if len(alone.Case.Activities) != 1 || len(alone.Ignored) != 1 || !strings.Contains(alone.Ignored[0].Reason, "archive cannot be read") {
		t.Errorf("%d activities, ignored %+v", len(alone.Case.Activities), alone.Ignored)
	}
}
