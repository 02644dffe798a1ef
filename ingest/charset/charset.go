// Package charset finds out in which encoding a log is written, and reads it as UTF-8: UTF-16, and the code pages of Windows, DOS and
// the Macintosh.
package charset

import (
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how the bytes of a stream stand for text.
type Encoding uint8

// The encodings. UTF8 is the zero value: what any text is taken for that shows no other.
const (
	UTF8 Encoding = iota
	UTF16LE
	UTF16BE
	Windows1252
	Windows1250
	Windows1251
	Windows1253
	Windows1254
	CodePage850
	CodePage437
	CodePage852
	CodePage866
	Macintosh
)

// String is the encoding's usual name.
func (e Encoding) String() string {
	switch e {
	case UTF16LE:
		return "UTF-16LE"
	case UTF16BE:
		return "UTF-16BE"
	}
	if p, ok := codePageOf(e); ok {
		return p.name
	}
	return "UTF-8"
}

// BOM may stand before a UTF-8 stream. It stays in the decoded stream, so that offsets are the file's own.
const BOM = "\xEF\xBB\xBF"

// Sniff tells the encoding by the byte order mark, or by where the NUL bytes stand: exports are mostly ASCII,
// of which UTF-16 makes every other byte NUL. A few NUL bytes in a UTF-8 log do not make it UTF-16.
func Sniff(sample []byte) Encoding {
	switch {
	case bytes.HasPrefix(sample, []byte("\xFF\xFE")):
		return UTF16LE
	case bytes.HasPrefix(sample, []byte("\xFE\xFF")):
		return UTF16BE
	}
	sample = sample[:min(len(sample), 4096)&^1]
	var even, odd int
	for i := 0; i < len(sample); i += 2 {
		if sample[i] == 0 {
			even++
		}
		if sample[i+1] == 0 {
			odd++
		}
	}
	half := len(sample) / 2
	switch {
	case half >= 2 && odd*10 >= half*6 && even*10 < half:
		return UTF16LE
	case half >= 2 && even*10 >= half*6 && odd*10 < half:
		return UTF16BE
	}
	return UTF8
}

// NewReader decodes a stream to UTF-8. A UTF-8 stream comes back as it is; a UTF-16 one loses its byte order mark,
// and each lone surrogate or odd last byte becomes U+FFFD. Where a byte of UTF-16 was lost or added, all that follows
// would read as other characters: the text is found again at the next line. In a code page, a byte that stands for nothing
// becomes U+FFFD.
func NewReader(r io.Reader, e Encoding) io.Reader {
	if e == UTF8 {
		return r
	}
	if p, ok := codePageOf(e); ok {
		return newPageReader(r, p)
	}
	return &wideReader{r: r, big: e == UTF16BE, in: make([]byte, 0, 64<<10)}
}

// wideReader decodes UTF-16.
type wideReader struct {
	r       io.Reader
	big     bool
	started bool
	odd     int    // units since the last one that is ASCII that would be if they began a byte later
	in      []byte // not yet decoded
	out     []byte // decoded, not yet read
	spare   []byte // the memory of out
	err     error
}

// Read implements io.Reader.
func (w *wideReader) Read(p []byte) (int, error) {
	for len(w.out) == 0 {
		if w.err != nil {
			return 0, w.err
		}
		w.decode()
	}
	n := copy(p, w.out)
	w.out = w.out[n:]
	return n, nil
}

func (w *wideReader) decode() {
	n, err := w.r.Read(w.in[len(w.in):cap(w.in)])
	w.in = w.in[:len(w.in)+n]
	w.err = err
	at := 0
	if !w.started && len(w.in) >= 2 {
		w.started = true
		if w.unit(0) == 0xFEFF {
			at = 2
		}
	}
	out := w.spare[:0]
	for at+1 < len(w.in) {
		r := w.unit(at)
		switch {
		case r < utf8.RuneSelf:
			w.odd = 0
		case w.odd >= shifted && w.err == nil && len(w.in)-at <= 2*shown16:
			w.wait(at, out) // until it shows whether the text has shifted
			return
		case w.odd >= shifted && w.hasShifted(at):
			out = utf8.AppendRune(out, utf8.RuneError)
			at++
			w.odd = 0
			continue
		case r&0xFF == 0 && r>>8 < utf8.RuneSelf:
			w.odd++
		}
		at += 2
		if utf16.IsSurrogate(r) {
			if at+1 >= len(w.in) && w.err == nil {
				at -= 2 // its other half is still to come
				break
			}
			pair := rune(utf8.RuneError)
			if at+1 < len(w.in) {
				pair = utf16.DecodeRune(r, w.unit(at))
			}
			if pair != utf8.RuneError {
				at += 2
			}
			r = pair
		}
		out = utf8.AppendRune(out, r)
	}
	if w.err != nil && at < len(w.in) {
		out = utf8.AppendRune(out, utf8.RuneError)
		at = len(w.in)
	}
	w.wait(at, out)
}

// wait keeps what is not decoded, from at on, and gives out what is.
func (w *wideReader) wait(at int, out []byte) {
	w.in = w.in[:copy(w.in, w.in[at:])]
	w.out, w.spare = out, out
}

// How much text shows that it has shifted by a byte: units in a row before the end of a line, none of them ASCII, and most
// of those behind it. Nobody writes as many characters of that kind into one field.
const (
	shifted = 16
	shown16 = 256
)

// hasShifted says whether a line ends within the unit at at and the next one, in text that begins a byte later: most of
// what follows is then ASCII, and hardly any of it as it is read now.
func (w *wideReader) hasShifted(at int) bool {
	later := w.in[at+1:]
	if len(later) < 4 {
		return false
	}
	end := byte(0) // of the line end's two bytes, the first in order
	if !w.big {
		end = '\n'
	}
	if later[0] != end || later[1] != '\n'-end {
		return false
	}
	now, then, n := 0, 0, 0
	for i := 0; i+1 < len(later) && n < shown16; i += 2 {
		n++
		if w.unit(at+1+i) < utf8.RuneSelf {
			then++
		}
		if i+2 < len(later) && w.unit(at+2+i) < utf8.RuneSelf {
			now++
		}
	}
	return now*20 <= n && then*4 >= n*3
}

func (w *wideReader) unit(at int) rune {
	if w.big {
		return rune(w.in[at])<<8 | rune(w.in[at+1])
	}
	return rune(w.in[at+1])<<8 | rune(w.in[at])
}
