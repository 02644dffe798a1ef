package message_test

import (
	"os"
	"strings"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/message"
	"triage/ingest/record"
)

// FuzzDecode keeps the promise that no record of any shape panics, is lost, or is two activities.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"v1-gb.csv", "graph.json", "rules-suite.csv", "rules-graph.json"} {
		text, err := os.ReadFile(fixture(name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		for line := range strings.Lines(string(text)) {
			f.Add([]byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		row := record.Record{Bytes: text}
		var cells []string
		for cell := range strings.SplitSeq(string(text), ",") {
			row.Cells = append(row.Cells, []byte(cell))
			cells = append(cells, cell)
		}
		for _, format := range message.Formats() {
			head := record.Head{Shape: format.Shape, Header: format.Columns, Rows: [][]string{cells}, Page: text}
			shard := activity.NewShard(0, activity.Interest{})
			err := format.New(head).Decode(row, shard)
			if (err == nil) != (shard.Len() == 1) {
				t.Fatalf("%s: error %v and %d activities", format.Name, err, shard.Len())
			}
		}
	})
}
