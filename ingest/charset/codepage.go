package charset

import (
	"encoding/binary"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// codePage is a code page of one byte a character: what Windows calls ANSI and OEM, and the Macintosh's.
type codePage struct {
	encoding Encoding
	name     string
	table    *charmap.Charmap
	script   *unicode.RangeTable // of its own letters
	rare     string              // letters that speak against it, where another page has an ordinary one in their place
}

// codePages lists the code pages, of two that fit equally well the likelier one first.
func codePages() []codePage {
	return []codePage{
		{encoding: Windows1252, name: "Windows-1252", table: charmap.Windows1252, script: unicode.Latin, rare: "ðþÐÞ"},
		{encoding: Windows1250, name: "Windows-1250", table: charmap.Windows1250, script: unicode.Latin, rare: "đţĐŢ"},
		{encoding: Windows1254, name: "Windows-1254", table: charmap.Windows1254, script: unicode.Latin, rare: "áíúóæéèêëñãõøåÁÍÚÓÆÉ"},
		{encoding: CodePage850, name: "code page 850", table: charmap.CodePage850, script: unicode.Latin, rare: "ƒ"},
		{encoding: CodePage437, name: "code page 437", table: charmap.CodePage437, script: unicode.Latin, rare: "ƒ"},
		{encoding: CodePage852, name: "code page 852", table: charmap.CodePage852, script: unicode.Latin, rare: "ĺŕĹŔľĽ"},
		{encoding: Macintosh, name: "Mac OS Roman", table: charmap.Macintosh, script: unicode.Latin},
		{encoding: Windows1251, name: "Windows-1251", table: charmap.Windows1251, script: unicode.Cyrillic, rare: "ЂЃѓЉЊЌЋЏђљњќћџЈјЅѕ"},
		{encoding: CodePage866, name: "code page 866", table: charmap.CodePage866, script: unicode.Cyrillic},
		{encoding: Windows1253, name: "Windows-1253", table: charmap.Windows1253, script: unicode.Greek},
	}
}

func codePageOf(e Encoding) (codePage, bool) {
	for _, p := range codePages() {
		if p.encoding == e {
			return p, true
		}
	}
	return codePage{}, false
}

// decode is the character of a byte; U+FFFD where the page has none. Control characters of the upper half are none: no
// export writes them.
func (p *codePage) decode(b byte) rune {
	if r := p.table.DecodeByte(b); r > 0x9F || r < utf8.RuneSelf {
		return r
	}
	return utf8.RuneError
}

// keeps says whether a sequence that is UTF-8 is so in a text of this page, too, as where files were joined: where it is
// a letter of the page's script, or a sign of all scripts. Other sequences are two characters of the page by chance.
func (p *codePage) keeps(r rune) bool {
	switch {
	case r >= 0x2000: // typographic signs, pictures, a byte order mark
		return unicode.Is(p.script, r) || unicode.Is(unicode.Common, r)
	case p.script == unicode.Latin:
		return r >= 0xA0 && (unicode.Is(unicode.Latin, r) || unicode.Is(unicode.Common, r))
	default:
		return unicode.Is(p.script, r)
	}
}

// OddBytes counts the bytes of a stream that are not UTF-8, by what stands beside them. The zero value has seen nothing.
type OddBytes struct {
	Bytes int64 // that belong to no sequence
	Runes int64 // sequences of several bytes

	seen *[128][sides][sides]int64 // by the byte, what stands before and what behind it; nil: nothing yet
	tail []byte                    // of the stream so far, where a sequence may go on
	last byte                      // before tail
}

// side is what stands beside an odd byte.
type side uint8

const (
	sideOther side = iota
	sideLower      // a to z
	sideUpper      // A to Z
	sideHigh       // another byte beyond ASCII, of the first three quarters: capitals of most pages
	sideTop        // of the last quarter: small letters
	sides
)

func sideOf(b byte) side {
	switch {
	case 'a' <= b && b <= 'z':
		return sideLower
	case 'A' <= b && b <= 'Z':
		return sideUpper
	case b >= 0xE0:
		return sideTop
	case b >= utf8.RuneSelf:
		return sideHigh
	}
	return sideOther
}

// Add takes the next part of the stream.
func (o *OddBytes) Add(text []byte) {
	if len(o.tail) > 0 {
		text = append(o.tail, text...)
	}
	o.count(text, false)
}

// End says that the stream is over.
func (o *OddBytes) End() { o.count(o.tail, true) }

func (o *OddBytes) count(text []byte, end bool) {
	at := 0
	for {
		if at = ascii(text, at); at == len(text) {
			break
		}
		whole := utf8.FullRune(text[at:])
		if !end && (!whole || len(text)-at == 1) { // what follows must show as well: it is the byte's other side
			break
		}
		if !whole { // cut in a sequence, or so it seems: it says nothing of a code page
			o.Bytes += int64(len(text) - at)
			at = len(text)
			break
		}
		r, size := utf8.DecodeRune(text[at:])
		if r != utf8.RuneError || size > 1 {
			o.Runes++
			at += size
			continue
		}
		before, after := o.last, byte(0)
		if at > 0 {
			before = text[at-1]
		}
		if at+1 < len(text) {
			after = text[at+1]
		}
		o.Bytes++
		if o.seen == nil {
			o.seen = new([128][sides][sides]int64)
		}
		o.seen[text[at]-utf8.RuneSelf][sideOf(before)][sideOf(after)]++
		at++
	}
	if at > 0 {
		o.last = text[at-1]
	}
	o.tail = append([]byte(nil), text[at:]...)
}

// ascii is where the ASCII text at at ends. Nearly all text is, so that it goes eight bytes at a time.
func ascii(text []byte, at int) int {
	const high = 0x8080808080808080
	for ; at+32 <= len(text); at += 32 {
		block := text[at : at+32]
		if (binary.LittleEndian.Uint64(block)|binary.LittleEndian.Uint64(block[8:])|binary.LittleEndian.Uint64(block[16:])|binary.LittleEndian.Uint64(block[24:]))&high != 0 {
			break
		}
	}
	for at+8 <= len(text) && binary.LittleEndian.Uint64(text[at:])&high == 0 {
		at += 8
	}
	for at < len(text) && text[at] < utf8.RuneSelf {
		at++
	}
	return at
}

// Page is the code page that fits the odd bytes, if there are too many for damage and any fits: else UTF8.
func (o *OddBytes) Page() Encoding {
	const damage = 10 // sequences of UTF-8 for each byte that is none
	if o.seen == nil || o.Runes > damage*o.Bytes {
		return UTF8
	}
	const letter, word = 10, 40 // within a Latin word; of another script, a word
	best, most := UTF8, int64(0)
	for _, p := range codePages() {
		least := int64(letter)
		if p.script != unicode.Latin {
			least = word
		}
		if fit := p.fit(o); fit > most && fit >= least {
			best, most = p.encoding, fit
		}
	}
	return best
}

// Lost is how many of the odd bytes stand for nothing in an encoding, and so become U+FFFD.
func (o *OddBytes) Lost(e Encoding) int64 {
	p, ok := codePageOf(e)
	switch {
	case !ok:
		return o.Bytes
	case o.seen == nil:
		return 0
	}
	n := int64(0)
	for b := range o.seen {
		if p.decode(byte(b)+utf8.RuneSelf) != utf8.RuneError {
			continue
		}
		for before := range sides {
			for after := range sides {
				n += o.seen[b][before][after]
			}
		}
	}
	return n
}

// fit is how well the odd bytes read in a page: letters beside letters speak for it, signs within words against it.
func (p *codePage) fit(o *OddBytes) (sum int64) {
	for b := range o.seen {
		r := p.decode(byte(b) + utf8.RuneSelf)
		for before := range sides {
			for after := range sides {
				if n := o.seen[b][before][after]; n > 0 {
					sum += n * p.worth(r, before, after)
				}
			}
		}
	}
	return sum
}

// worth is what one character says for the page, in tenths of a plain letter within a word. The figures only need to
// have the right order: real texts decide by tens of characters, and a test holds what they decide.
func (p *codePage) worth(r rune, before, after side) int64 {
	word := func(s side) bool { return s != sideOther }
	const opening, closing, alone, anywhere = "“„‘‚«", "”»’“‘", "–—", "…€£§°\u00a0"
	switch {
	case r == utf8.RuneError, r == 'ÿ': // of binary damage far more often than of a place in France
		return -60
	case unicode.Is(p.script, r) && (unicode.IsUpper(r) || unicode.IsLower(r)):
		if p.script != unicode.Latin {
			return p.foreign(r, before, after)
		}
		return p.accented(r, before, after)
	case 0x2500 <= r && r < 0x25A0: // frames
		return -40
	case r == '’' && word(before) && word(after):
		return 10
	case word(before) && word(after):
		return -30
	case word(after) && strings.ContainsRune(opening, r), word(before) && strings.ContainsRune(closing, r):
		return 10
	case !word(before) && !word(after) && strings.ContainsRune(alone, r):
		return 10
	case strings.ContainsRune(anywhere, r), strings.ContainsRune(alone, r):
		return 5
	case word(before) || word(after):
		return -10
	}
	return 0
}

// foreign is the worth of a letter of a script that has no ASCII letters.
func (p *codePage) foreign(r rune, before, after side) int64 {
	latin := func(s side) bool { return s == sideLower || s == sideUpper }
	switch {
	case latin(before) || latin(after):
		return -20
	case strings.ContainsRune(p.rare, r):
		return -5
	case unicode.IsUpper(r) && before == sideTop:
		return -30
	case before != sideOther || after != sideOther:
		return 10
	}
	return 2
}

// accented is the worth of a Latin letter beyond ASCII: it stands among ASCII letters, of its own case but for the first.
func (p *codePage) accented(r rune, before, after side) int64 {
	high := func(s side) bool { return s >= sideHigh }
	worth := int64(10)
	switch {
	case unicode.IsUpper(r) && before == sideLower:
		worth = -30
	case unicode.IsLower(r) && before == sideUpper && after == sideUpper, high(before) && high(after):
		worth = -20
	case before == sideOther && after == sideOther:
		worth = 2
	case unicode.IsUpper(r) && before == sideUpper && after == sideLower:
		worth = -10
	case (high(before) || before == sideOther) && (high(after) || after == sideOther):
		worth = -10
	}
	if strings.ContainsRune(p.rare, r) {
		worth -= 4
	}
	return worth
}

// pageReader decodes a code page.
type pageReader struct {
	r     io.Reader
	page  codePage
	runes [128]rune
	in    []byte // not yet decoded
	out   []byte // decoded, not yet read
	spare []byte // the memory of out
	err   error
}

func newPageReader(r io.Reader, p codePage) *pageReader {
	d := &pageReader{r: r, page: p, in: make([]byte, 0, 64<<10)}
	for b := range d.runes {
		d.runes[b] = p.decode(byte(b) + utf8.RuneSelf)
	}
	return d
}

// Read implements io.Reader.
func (d *pageReader) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		d.decode()
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

func (d *pageReader) decode() {
	n, err := d.r.Read(d.in[len(d.in):cap(d.in)])
	d.in, d.err = d.in[:len(d.in)+n], err
	out, at := d.spare[:0], 0
	for {
		end := ascii(d.in, at)
		out = append(out, d.in[at:end]...)
		if at = end; at == len(d.in) {
			break
		}
		if d.err == nil && !utf8.FullRune(d.in[at:]) {
			break
		}
		r, size := utf8.DecodeRune(d.in[at:])
		if size == 1 || !d.page.keeps(r) {
			r, size = d.runes[d.in[at]-utf8.RuneSelf], 1
		}
		out = utf8.AppendRune(out, r)
		at += size
	}
	d.in = d.in[:copy(d.in, d.in[at:])]
	d.out, d.spare = out, out
}
