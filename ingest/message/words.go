package message

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// encodedWord finds RFC 2047's =?charset?q?…?=, and what mail programs make of it: blanks within, no blanks between two.
var encodedWord = regexp.MustCompile(`=\?([^?\s]{1,60})\?([bBqQ])\?(.*?)\?=`)

// decodeWords reads encoded words as they are written, not as they should be: with blanks, without padding, cut within a
// character. A word in a character set that is not known here stays as it is.
func decodeWords(value string) string {
	if !strings.Contains(value, "=?") {
		return value
	}
	var out strings.Builder
	var run []byte // of words that follow each other in one character set: a character may be cut between them
	set, at := "", 0
	flush := func() {
		if len(run) > 0 {
			out.WriteString(inCharset(set, run))
			run = nil
		}
	}
	for _, m := range encodedWord.FindAllStringSubmatchIndex(value, -1) {
		between := value[at:m[0]]
		charset, _, _ := strings.Cut(value[m[2]:m[3]], "*") // RFC 2231's language
		text, ok := unworded(value[m[4]:m[5]], value[m[6]:m[7]])
		if _, known := charsetOf(charset); !known || !ok {
			text, charset = []byte(value[m[0]:m[1]]), ""
		}
		blank := at > 0 && strings.TrimSpace(between) == "" && charset != ""
		if !blank || charset != set {
			flush()
		}
		if !blank {
			out.WriteString(between)
		}
		set, run, at = charset, append(run, text...), m[1]
	}
	flush()
	out.WriteString(value[at:])
	return strings.ToValidUTF8(out.String(), "\uFFFD")
}

// unworded are the bytes of a word's text.
func unworded(kind, text string) (raw []byte, ok bool) {
	if strings.EqualFold(kind, "b") {
		text = strings.TrimRight(strings.Join(strings.Fields(text), ""), "=")
		if len(text)%4 == 1 { // cut: the last letter is less than a byte
			text = text[:len(text)-1]
		}
		raw, err := base64.RawStdEncoding.DecodeString(text)
		return raw, err == nil
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '_':
			raw = append(raw, ' ')
		case c == '=' && i+2 < len(text) && hex(text[i+1]) < 16 && hex(text[i+2]) < 16:
			raw = append(raw, hex(text[i+1])<<4|hex(text[i+2]))
			i += 2
		default:
			raw = append(raw, c)
		}
	}
	return raw, true
}

func hex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 16
}

// inCharset is text in a character set; "" stands for text that stays.
func inCharset(charset string, raw []byte) string {
	if e, ok := charsetOf(charset); ok && e != nil {
		if text, err := e.NewDecoder().Bytes(raw); err == nil {
			return string(text)
		}
	}
	return string(raw)
}

// charsetOf is the character set of a name; nil for UTF-8 and for ASCII, which it holds.
func charsetOf(charset string) (encoding.Encoding, bool) {
	want := charsetName(charset)
	switch want {
	case "", "utf8", "usascii", "ascii", "utf7", "unknown8bit":
		return nil, true
	}
	for _, e := range charmap.All {
		if m, ok := e.(*charmap.Charmap); ok && charsetName(m.String()) == want {
			return e, true
		}
	}
	e, err := htmlindex.Get(strings.TrimSpace(charset))
	return e, err == nil
}

// charsetReader reads a character set for the standard library.
func charsetReader(charset string, input io.Reader) (io.Reader, error) {
	e, ok := charsetOf(charset)
	switch {
	case !ok:
		return nil, fmt.Errorf("character set %.40q is not known", charset)
	case e == nil:
		raw, err := io.ReadAll(input)
		return bytes.NewReader(bytes.ToValidUTF8(raw, []byte("\uFFFD"))), err
	}
	return e.NewDecoder().Reader(input), nil
}

// charsetName makes "Windows 1252" and "windows-1252" one.
func charsetName(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "", "codepage", "cp").Replace(strings.ToLower(name))
}
