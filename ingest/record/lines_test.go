package record

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// spansOf cuts a stream in blocks of a size; ok is false where it must be cut by its brackets.
func spansOf(text []byte, how Cut, size int) (all []recordSpan, open, ok bool) {
	c := NewCutter(bytes.NewReader(text), how, Place{})
	c.size = size
	var b Block
	for {
		err := c.Next(&b)
		switch err {
		case nil:
		case ErrLines:
			return nil, false, false
		default:
			return all, c.Open(), true
		}
		for _, s := range b.spans {
			if how.Lines && !OneObject(b.Bytes[s.start:s.end]) { // what a decoder proves
				return nil, false, false
			}
			all = append(all, recordSpan{s.start + int(b.Start.Offset), s.end + int(b.Start.Offset), s.broken})
		}
	}
}

// A stream that can be cut at its newlines has the records that its brackets tell, in blocks of any size; any other is
// refused.
func FuzzLines(f *testing.F) {
	for _, text := range []string{
		"{\"a\":1}\n{\"b\":\"}{\"}\n", "{\"a\":1}\r\n\r\n  {\"b\":[{}]} \n{}", "{\"a\":1}\n{\"b\":\n2}\n", "{\"a\":1}{\"b\":2}\n{}\n",
		"{\"value\":[{\"a\":1}]}\n{\"a\":2}\n", "{\"Value\":[{\"a\":1}]}\n{\"value\":1}\n", "{\"a\":\"x\n{}\n", "{\"a\":1},\n{\"b\":2}\n", "[{\"a\":1}\n]\n",
		"{\"records\":[]}\n{}\n", "{\"a\":1}\n{\"b\":1", "{\"a\":\"\\\\\"}\n{\"a\":\"\\\"}\"}\n", "{\"a\":1}\n\xef\xbb\xbf{\"b\":1}\n", "{\"a\":1}\n\x00{}\n", "{}}\n{}\n",
	} {
		f.Add([]byte(text), uint8(7))
	}
	f.Fuzz(func(t *testing.T, text []byte, size uint8) {
		if len(text) == 0 {
			return
		}
		lines, open, ok := spansOf(text, Cut{Shape: JSON, Lines: true}, 1+int(size))
		if !ok {
			return
		}
		brackets, openToo, _ := spansOf(text, Cut{Shape: JSON}, 1+int(size))
		same := slices.EqualFunc(lines, brackets, func(x, y recordSpan) bool { return x.start == y.start && x.end == y.end && x.broken == y.broken })
		if !same || open != openToo {
			t.Errorf("%q: at newlines %v, by brackets %v", text, lines, brackets)
		}
	})
}

// The beginning of a stream says whether it is cut at its newlines.
func TestOneALine(t *testing.T) {
	for text, want := range map[string]bool{
		"{\"a\":1}\n{\"b\":1}\n{\"c\"": true, "{\"a\":1}\n{\"b\":1}": false, "{\"a\":1}\n\n{\"b\":1}\n": false, "{\n\"a\":1}\n{}\n{}\n": false,
		"[{\"a\":1},\n{\"b\":1}\n]\n": false, "{\"value\":[{}]}\n{\"a\":1}\n": false, "{\"a\":1} \r\n\t{\"b\":1}\n": true,
	} {
		if got := (Cut{Shape: JSON}).OneALine([]byte(text)).Lines; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if (Cut{Shape: JSON, List: []string{"hits"}}).OneALine([]byte(strings.Repeat("{}\n", 9))).Lines {
		t.Error("a page's list lies elsewhere than on lines")
	}
}
