package spool

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Invariant: whatever is added comes back in order, each as often as it was added, however little fits into memory.
func TestSorter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Sorter{Most: rapid.IntRange(1, 200).Draw(t, "most")}
		defer s.Close()
		want := rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), 0, 20)).Draw(t, "records")
		for _, one := range want {
			if err := s.Add(one); err != nil {
				t.Fatal(err)
			}
		}
		var got [][]byte
		for one, err := range s.All() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, bytes.Clone(one))
		}
		slices.SortFunc(want, bytes.Compare)
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}
