package charset

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
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
func TestSniff(t *testing.T) {
	f := func(sample string, want Encoding) {
		t.Helper()
		if got := Sniff([]byte(sample)); got != want {
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

// TestShiftedText: a byte that is lost from UTF-16, or put into it, costs its line and at most the next one; a text of
// characters that would be ASCII a byte later is read as it stands.
func TestShiftedText(t *testing.T) {
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf(`{"Id":%d,"Subject":"Übersicht 発注 %d","UserId":"alice@contoso.com"}`, i, i*i))
	}
	read := func(text []byte, big bool) []string {
		e := UTF16LE
		if big {
			e = UTF16BE
		}
		out, err := io.ReadAll(NewReader(bytes.NewReader(text), e))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.ReplaceAll(string(out), "\r", ""), "\n")
	}
	for _, big := range []bool{false, true} {
		text := encode(strings.Join(lines, "\r\n"), big)
		for at := 0; at < len(text); at += 11 {
			for name, damaged := range map[string][]byte{
				"lost":   slices.Concat(text[:at], text[at+1:]),
				"put in": slices.Concat(text[:at], []byte("{"), text[at:]),
			} {
				got := map[string]bool{}
				for _, line := range read(damaged, big) {
					got[line] = true
				}
				missing := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return got[line] })
				if len(missing) > 2 {
					t.Fatalf("big %v, byte %d of %d %s: %d lines are missing, from %q", big, at, len(text), name, len(missing), missing[0])
				}
			}
		}
		odd := strings.Repeat("\u3000\u4e00", 60) + "\u0a00\u3000" + strings.Repeat("\u4e00", 120) // a subject has 255 at most
		want := append([]string{odd}, lines...)
		if got := read(encode(strings.Join(want, "\r\n"), big), big); !slices.Equal(got, want) {
			t.Errorf("big %v: %q", big, got[0])
		}
	}
}
