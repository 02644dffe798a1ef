package activity

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// A symbol stands for one text and gives it back, whatever the text's size and number.
func TestSymbolsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), 0, 40)).Draw(t, "texts")
		var s Symbols
		want := map[string]Symbol{"": 0}
		for _, text := range texts {
			got := s.Intern(text)
			if old, ok := want[string(text)]; ok && old != got {
				t.Fatalf("%q is %d and %d", text, old, got)
			}
			want[string(text)] = got
		}
		for text, sym := range want {
			if s.Text(sym) != text || s.Find(text) != sym || s.InternString(text) != sym {
				t.Fatalf("%q: symbol %d is %q, found as %d", text, sym, s.Text(sym), s.Find(text))
			}
		}
		if s.Len() != len(want) {
			t.Fatalf("%d symbols for %d texts", s.Len(), len(want))
		}
	})
}

// Texts that are looked for at once get the symbols that they get one by one, also where one of them is new, comes twice,
// or makes the table grow under the others.
func TestLookIsIntern(t *testing.T) {
	var together, alone Symbols
	together.Look([]Look{together.Hash(nil)}) // of a table without any text
	for start := range 3000 {
		var texts [][]byte
		for i := range 4 {
			texts = append(texts, fmt.Appendf(nil, "text %d", (start*(i+1))%2500))
		}
		texts = append(texts, nil, texts[0])
		var looks []Look
		for _, text := range texts {
			looks = append(looks, together.Hash(text))
		}
		together.Look(looks)
		for i := range looks {
			if got, want := together.InternLook(&looks[i]), alone.Intern(texts[i]); got != want {
				t.Fatalf("%q is %d, want %d", texts[i], got, want)
			}
		}
	}
	if together.Len() != alone.Len() || together.Bytes() != alone.Bytes() {
		t.Errorf("%d symbols, want %d", together.Len(), alone.Len())
	}
}

// A text larger than a block keeps its own block, and later texts are not disturbed.
func TestSymbolsLargeText(t *testing.T) {
	var s Symbols
	large := bytes.Repeat([]byte("x"), symbolBlock+1)
	a, b, c := s.Intern([]byte("a")), s.Intern(large), s.Intern([]byte("c"))
	if s.Text(a) != "a" || s.Text(b) != string(large) || s.Text(c) != "c" {
		t.Error("texts mixed up around a large one")
	}
}

// Looking up a known text allocates nothing: this runs several times a record.
func TestInternKnownAllocatesNothing(t *testing.T) {
	var s Symbols
	text := []byte("alice@contoso.com")
	s.Intern(text)
	if n := testing.AllocsPerRun(100, func() { s.Intern(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkInternKnown(b *testing.B) {
	var s Symbols
	texts := make([][]byte, 1000)
	for i := range texts {
		texts[i] = fmt.Appendf(nil, "user%d@contoso.com", i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Intern(texts[i%len(texts)])
	}
}

// Promise: AppendLower is bytes.ToLower, whatever stands where.
func TestAppendLower(t *testing.T) {
	var all []byte
	for c := range 256 {
		all = append(all, byte(c))
	}
	texts := [][]byte{all[:128], all, []byte("ABCDEFGHÉ"), []byte("AbCdEfGh@[`{ZzZ"), []byte("\xffABCDEFGHIJ"), []byte("ABCDEFGHIJ\xff")}
	for _, text := range texts {
		for from := range min(len(text), 20) {
			if got := AppendLower([]byte("X"), text[from:]); string(got) != "X"+string(bytes.ToLower(text[from:])) {
				t.Errorf("%q: %q", text[from:], got)
			}
		}
	}
}
