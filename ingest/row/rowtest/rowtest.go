// Package rowtest holds what tests of readers of rows share.
package rowtest

import (
	"bytes"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// Fuzz keeps the promise that no record of any shape panics a reader, is lost, or is an activity and a refusal at once;
// and that a table's row and the object of the same names and values are the same activity.
func Fuzz(f *testing.F, formats []record.Format, seeds ...string) {
	f.Helper()
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, format := range formats {
			head := record.Head{Shape: format.Shape, Header: format.Columns}
			rec := record.Record{Bytes: text, Length: int64(len(text))}
			if format.Shape == record.CSV {
				rec.Cells = bytes.Split(text, []byte{','})
				for i := range rec.Cells {
					rec.Cells[i] = bytes.TrimSpace(rec.Cells[i])
				}
				format.Recognise(record.Head{Shape: record.CSV, Header: cellTexts(rec.Cells)})
			} else {
				format.Recognise(record.Head{Shape: record.JSON, Objects: [][]byte{text}})
			}
			shard := activity.NewShard(0, activity.Interest{Raw: []string{"a.b"}})
			d := format.New(head)
			for times := range int64(2) { // a reader's memory is used again
				before := shard.Len()
				err := d.Decode(rec, shard)
				if (err == nil) != (shard.Len() > before) || err == nil && shard.Records() != times+1 {
					t.Fatalf("%s: error %v, %d activities of %d records", format.Name, err, shard.Len()-before, shard.Records())
				}
				if err != nil {
					break
				}
			}
			if named, ok := d.(interface {
				ServiceID(rec record.Record) string
			}); ok {
				named.ServiceID(rec)
			}
		}
	})
}

func cellTexts(cells [][]byte) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = string(c)
	}
	return out
}
