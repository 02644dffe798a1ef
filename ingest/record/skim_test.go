package record

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// sameSkimmed checks that a block, once walked, shows the same records to who skims it.
func sameSkimmed(t testing.TB, w *Walker, b *Block) {
	t.Helper()
	var walked, skimmed []string
	show := func(to *[]string) func(Record, error) error {
		return func(rec Record, broken error) error {
			// The head of a record that is too long goes beyond its block, and Walk does not check it there.
			text := strings.ToValidUTF8(string(rec.Bytes), "\uFFFD")
			*to = append(*to, fmt.Sprintf("%d %q %q %v", rec.Offset, text, rec.Cells, broken))
			return nil
		}
	}
	if err := w.Walk(b, show(&walked)); err != nil {
		t.Fatal(err)
	}
	err := w.Skim(b, func(rec Record, broken error) error { return show(&skimmed)(w.Whole(rec, broken)) })
	if err != nil || !slices.Equal(walked, skimmed) {
		t.Fatalf("%q: skimmed %q, %v; walked %q", b.Bytes, skimmed, err, walked)
	}
}
