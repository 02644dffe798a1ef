package signin_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/signin"
)

// FuzzDecode keeps the promise that no record of any shape panics, is lost, or is two activities.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"diagnostic.jsonl", "sentinel.csv", "portal.csv"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			f.Add([]byte(line))
		}
	}
	f.Add([]byte(`{"Status":"@{ErrorCode=0; x}","CreatedDateTime":"/Date(1)/","UserId":"a","appId":"b","ipAddress":"::1"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		object := record.Record{Bytes: text}
		row := record.Record{Bytes: text}
		for cell := range strings.SplitSeq(string(text), ",") {
			row.Cells = append(row.Cells, []byte(cell))
		}
		for _, format := range signin.Formats() {
			head, rec := record.Head{Shape: format.Shape, Header: format.Columns}, object
			if format.Shape == record.CSV {
				rec = row
			}
			shard := activity.NewShard(0, activity.Interest{Raw: []string{"a.b"}})
			d := format.New(head)
			err := d.Decode(rec, shard)
			if (err == nil) != (shard.Len() == 1) {
				t.Fatalf("%s: error %v and %d activities", format.Name, err, shard.Len())
			}
			d.(interface{ ServiceID(record.Record) string }).ServiceID(rec)
		}
	})
}
