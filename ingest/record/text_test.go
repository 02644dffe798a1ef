package record

import (
	"testing"
	"unicode/utf16"
)

// encode is a text in UTF-16 without a byte order mark.
func encode(text string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// The encoding shows in the byte order mark or the pattern of NUL bytes; a UTF-8 log with NUL bytes in it stays UTF-8.
func TestSniffEncoding(t *testing.T) {
	f := func(sample string, want Encoding) {
		t.Helper()
		if got := SniffEncoding([]byte(sample)); got != want {
			t.Errorf("%q: %v, want %v", sample, got, want)
		}
	}
	f("", UTF8)
	f("a", UTF8)
	f("\xEF\xBB\xBFabc", UTF8)
	f("\xFF\xFEa\x00", UTF16LE)
	f("\xFE\xFF\x00a", UTF16BE)
	f(string(encode("TimeStamp,é", false)), UTF16LE)
	f(string(encode("TimeStamp,é", true)), UTF16BE)
	f("abc\x00\x00\x00def\x00ghijkl", UTF8)
	f("\x00\x00\x00\x00\x00\x00", UTF8)
}
