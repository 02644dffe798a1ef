package record_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"triage/ingest/outlook/outlooktest"
	"triage/ingest/record"
)

// cutAll counts the records of a text, and the bytes of their cells, so that nothing is optimised away.
func cutAll(tb testing.TB, c *record.Cutter, w *record.Walker, b *record.Block) (records, size int) {
	tb.Helper()
	for {
		err := c.Next(b)
		if errors.Is(err, io.EOF) {
			return records, size
		}
		if err == nil {
			err = w.Walk(b, func(rec record.Record, broken error) error {
				records++
				size += len(rec.Bytes)
				for _, cell := range rec.Cells {
					size += len(cell)
				}
				return broken
			})
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkCut measures cutting alone: a stream into records, and CSV records into cells.
func BenchmarkCut(b *testing.B) {
	records := outlooktest.Generate(50_000, 1)
	for name, text := range map[string][]byte{"csv": outlooktest.CSV(records), "jsonl": outlooktest.JSONLines(records)} {
		how := record.Cut{Shape: record.CSV, Sep: ','}
		if name == "jsonl" {
			how = record.Cut{Shape: record.JSON}
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			w, block := record.Walker{Sep: how.Sep}, record.Block{}
			for b.Loop() {
				cutAll(b, record.NewCutter(bytes.NewReader(text), how, record.Place{}), &w, &block)
			}
		})
	}
}

// Cutting allocates nothing per row: ten times the rows cost not one allocation more.
func TestNoAllocationPerRow(t *testing.T) {
	f := func(name string, how record.Cut, text func(n int) []byte) {
		t.Helper()
		w, block := record.Walker{Sep: how.Sep}, record.Block{}
		allocs := func(n int) float64 {
			sample := text(n)
			return testing.AllocsPerRun(5, func() {
				cutAll(t, record.NewCutter(bytes.NewReader(sample), how, record.Place{}), &w, &block)
			})
		}
		few, many := allocs(1000), allocs(10_000)
		if many > few+3 { // the carry between blocks may grow
			t.Errorf("%s: %v allocations for 1,000 rows, %v for 10,000", name, few, many)
		}
	}
	records := outlooktest.Generate(10_000, 1)
	f("csv", record.Cut{Shape: record.CSV, Sep: ','}, func(n int) []byte { return outlooktest.CSV(records[:n]) })
	f("json", record.Cut{Shape: record.JSON}, func(n int) []byte { return outlooktest.JSONLines(records[:n]) })
}
