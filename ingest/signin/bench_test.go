package signin_test

import (
	"path/filepath"
	"testing"

	"triage/ingest"
	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/signin"
)

// BenchmarkDecode measures one sign-in of diagnostic settings: MB/s of JSON on one core.
func BenchmarkDecode(b *testing.B) {
	f, err := ingest.Open(b.Context(), []string{filepath.Join("testdata", "diagnostic.jsonl")}, ingest.Options{})
	if err != nil {
		b.Fatal(err)
	}
	evidence, err := f.Evidence(b.Context(), []activity.Origin{f.Case.Activities[0].Origin()}, 1<<20)
	if err != nil {
		b.Fatal(err)
	}
	text := []byte(evidence[0].Raw)
	formats := signin.Formats()
	decoder := formats[len(formats)-1].New(record.Head{Shape: record.JSON, Objects: [][]byte{text}})
	shard := activity.NewShard(0, activity.Interest{Params: map[string]bool{"x": true}})
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := decoder.Decode(record.Record{Bytes: text}, shard); err != nil {
			b.Fatal(err)
		}
	}
}
