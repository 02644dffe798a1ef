package ingest

import (
	"os"
	"path/filepath"
	"testing"

	"triage/ingest/outlook/outlooktest"
)

// BenchmarkActivities measures the whole way of an Outlook Activities export, from the disk to the sorted case, on one
// worker: MB/s of the file and rows a second.
func BenchmarkActivities(b *testing.B) {
	records := outlooktest.Generate(100_000, 1)
	dir := b.TempDir()
	for name, text := range map[string][]byte{"csv": outlooktest.CSV(records), "jsonl": outlooktest.JSONLines(records)} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o644); err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				f, err := Open(b.Context(), []string{path}, Options{Workers: 1})
				if err != nil || len(f.Case.Activities) != len(records) {
					b.Fatalf("%v", err)
				}
			}
			b.ReportMetric(float64(len(records))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
