package outfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Promise: the name of a file says its format; one that says none is refused with those there are.
func TestFormatOf(t *testing.T) {
	formats := []Named{
		{"text", "report.txt"},
		{"json", "report.json"},
		{"csv", "report.csv"},
		{"exposure", "exposure.csv"},
		{"canonical", "report.canonical.json"},
		{"iocs", "iocs.csv"},
		{"rows", "rows.jsonl"},
		{"rows.parquet", "rows.parquet"},
	}
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "made.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	f := func(path, want string) {
		t.Helper()
		got, err := FormatOf(strings.ReplaceAll(path, "DIR", folder), formats)
		if err != nil {
			got = strings.ReplaceAll(err.Error(), folder, "DIR")
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	f("case.txt", "text")
	f("DIR/Case.JSON", "json")
	f("case.csv", "csv")
	f("exposure.csv", "exposure")
	f("acme-Exposure.csv", "exposure")
	f("acme.iocs.csv", "iocs")
	f("fiocs.csv", "csv") // no word of its own
	f("report.canonical.json", "canonical")
	f("x.canonical.json", "canonical")
	f("case.parquet", "rows.parquet")
	f("case", "")
	f("case.2026/run", "")
	f("case.json/", "")
	f("DIR/made.json", "")
	f("DIR", "")
	f("..", "")
	f(".hidden", "")
	f("case.docx", `--output case.docx: no format ends in ".docx": want .txt, .json, .csv, .jsonl, .parquet`)
	f("case.json.gz", `--output case.json.gz: no format ends in ".gz": want .txt, .json, .csv, .jsonl, .parquet`)
	f("case.", `--output case.: no format ends in ".": want .txt, .json, .csv, .jsonl, .parquet`)
}
