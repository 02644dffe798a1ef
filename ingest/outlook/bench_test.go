package outlook

import (
	"bytes"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/outlook/outlooktest"
	"triage/ingest/record"
)

// rows cuts a text once, so that decoding is measured alone.
func rows(tb testing.TB, text []byte, how record.Cut) []record.Record {
	tb.Helper()
	var out []record.Record
	c := record.NewCutter(bytes.NewReader(text), how, record.Place{})
	w := record.Walker{Sep: how.Sep}
	var b record.Block
	for c.Next(&b) == nil {
		err := w.Walk(&b, func(rec record.Record, broken error) error {
			one := record.Record{Offset: rec.Offset, Bytes: bytes.Clone(rec.Bytes)}
			for _, cell := range rec.Cells {
				one.Cells = append(one.Cells, bytes.Clone(cell))
			}
			out = append(out, one)
			return broken
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return out
}

// Decoding an ordinary record allocates nothing, once its texts are known; the shard grows by blocks.
func TestDecodeAllocatesNothing(t *testing.T) {
	records := outlooktest.Generate(2000, 1)
	f := func(name string, dec record.Decoder, recs []record.Record) {
		t.Helper()
		shard := activity.NewShard(0, activity.Interest{})
		decodeRows := func() {
			for _, rec := range recs {
				if err := dec.Decode(rec, shard); err != nil {
					t.Fatal(err)
				}
			}
		}
		decodeRows()
		if n := testing.AllocsPerRun(5, decodeRows); n > 10 {
			t.Errorf("%s: %v allocations for %d records", name, n, len(recs))
		}
	}
	f("csv", newCSV(record.Head{}), rows(t, outlooktest.CSVRows(records), record.Cut{Shape: record.CSV, Sep: ','}))
	f("json", newJSON(record.Head{}), rows(t, outlooktest.JSONLines(records), record.Cut{Shape: record.JSON}))
}

// BenchmarkDecode measures decoding alone, without cutting.
func BenchmarkDecode(b *testing.B) {
	records := outlooktest.Generate(20_000, 1)
	text := outlooktest.CSVRows(records)
	recs := rows(b, text, record.Cut{Shape: record.CSV, Sep: ','})
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		shard := activity.NewShard(0, activity.Interest{})
		dec := newCSV(record.Head{})
		for _, rec := range recs {
			if err := dec.Decode(rec, shard); err != nil {
				b.Fatal(err)
			}
		}
	}
}
