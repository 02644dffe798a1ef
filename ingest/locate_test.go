package ingest

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"triage/ingest/activity"
)

// Promise: told one after the other, the places of all records are those that are told at once, of every kind of file: as
// it is, compressed, in an archive, cut into several stretches.
func TestLocateIsEvidence(t *testing.T) {
	dir := t.TempDir()
	var text bytes.Buffer
	text.WriteString("TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ClientVersion,ClientSessionId,CustomProperties\n")
	for i := range 30_000 {
		fmt.Fprintf(&text, "2018-03-%02dT10:%02d:%02dZ,Web,MarkAsRead,AAMk%08x,,s%x,\n", 1+i%28, i/60%60, i%60, i, i/50)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(text.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"a.csv": text.Bytes()[:text.Len()/2], "b.csv.gz": packed.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Open(t.Context(), []string{dir, filepath.Join("..", "testdata", "cases", "two-mailboxes")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var origins []activity.Origin
	for i := range f.Case.Activities {
		for o := range f.Case.Origins(uint32(i)) {
			origins = append(origins, o)
		}
	}
	if len(origins) < 30_000 {
		t.Fatalf("%d records", len(origins))
	}
	slices.SortFunc(origins, func(x, y activity.Origin) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Offset, y.Offset))
	})
	want, err := f.Evidence(t.Context(), origins, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []Evidence
	if err := f.Locate(t.Context(), slices.Values(origins), func(e Evidence) error {
		e.Cut = true // nothing of it was asked for
		got = append(got, e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		want[i].Raw, want[i].Cut = "", true
		if want[i] != got[i] {
			t.Fatalf("record %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d places, want %d", len(got), len(want))
	}
	stop := fmt.Errorf("enough")
	if err := f.Locate(t.Context(), slices.Values(origins), func(Evidence) error { return stop }); err == nil {
		t.Error("an error of the teller is lost")
	}
}
