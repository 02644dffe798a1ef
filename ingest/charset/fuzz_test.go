package charset

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// FuzzText: UTF-16 of any text decodes to that text, however the reader is fed; any bytes decode without a panic.
func FuzzText(f *testing.F) {
	f.Add("a😀b\n", true)
	f.Add("\xff\xd8", false)
	f.Fuzz(func(t *testing.T, text string, big bool) {
		e := UTF16LE
		if big {
			e = UTF16BE
		}
		for _, r := range []io.Reader{strings.NewReader(text), &trickle{[]byte(text)}} {
			out, err := io.ReadAll(NewReader(r, e))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(bytes.ToValidUTF8(out, nil), out) {
				t.Fatalf("%q: invalid UTF-8 %q", text, out)
			}
		}
		want := strings.ToValidUTF8(text, "\uFFFD")
		if strings.HasPrefix(want, "\uFEFF") {
			return // taken for a byte order mark
		}
		out, err := io.ReadAll(NewReader(&trickle{encode(want, big)}, e))
		if err != nil || string(out) != want {
			t.Fatalf("got %q, %v; want %q", out, err, want)
		}
	})
}

// trickle yields three bytes at a time, the last ones together with the end.
type trickle struct{ rest []byte }

// Read implements io.Reader.
func (r *trickle) Read(p []byte) (int, error) {
	n := copy(p[:min(len(p), 3)], r.rest)
	r.rest = r.rest[n:]
	if len(r.rest) == 0 {
		return n, io.EOF
	}
	return n, nil
}
