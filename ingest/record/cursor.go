package record

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Cursor reads a JSON text from left to right, each byte once, and where it stands: what it yields shares the memory of
// the text, or the cursor's own where a string had to be decoded. It reads what encoding/json reads, and refuses what
// that refuses. It also refuses what logs never write (a name with an escape or outside of ASCII, deep nesting) and, by
// Object and List, a value of another kind than was expected: End then says so, and the caller asks encoding/json.
//
// Object and List enter a value; Member and Element go on to the next one, which must be taken by exactly one of Text,
// Raw, Skip, Null, Object and List. The zero value is ready for Begin.
type Cursor struct {
	// Name is that of the member at hand, as it was written; good until the next Member.
	Name []byte
	// Spread says that since Begin a member was passed over whose name leads into a list or an object: see ErrSpread.
	Spread bool
	// Listed says that since Begin a member was passed over that may be the list of a page.
	Listed bool

	text    []byte
	at      int
	depth   int  // open brackets
	first   bool // nothing was taken since the last one was opened
	odd     bool // something was refused: nothing more is yielded
	decoded []byte
}

// maxNesting is how deep a cursor follows: Microsoft's logs nest fewer than ten deep, encoding/json follows 10,000.
const maxNesting = 64

// Begin begins a text. What was yielded of the one before stays good.
func (c *Cursor) Begin(text []byte) {
	c.text, c.at, c.depth, c.first, c.odd, c.Spread, c.Listed = text, 0, 0, false, false, false, false
}

// maxDecoded is how much memory for decoded strings a cursor keeps: one huge record must not cost it for ever.
const maxDecoded = 1 << 20

// Forget gives up every decoded string that was yielded, so that its memory can be used again.
func (c *Cursor) Forget() {
	if c.decoded = c.decoded[:0]; cap(c.decoded) > maxDecoded {
		c.decoded = nil
	}
}

// End says whether the text was one value, was taken to its end, and nothing in it was refused.
func (c *Cursor) End() bool {
	c.peek()
	return !c.odd && c.depth == 0 && c.at == len(c.text)
}

// Refuse is for a caller that finds something odd itself.
func (c *Cursor) Refuse() {
	c.odd, c.at = true, len(c.text)
}

// Object enters an object.
func (c *Cursor) Object() { c.open('{') }

// List enters a list.
func (c *Cursor) List() { c.open('[') }

func (c *Cursor) open(bracket byte) {
	if c.peek() != bracket || c.depth == maxNesting {
		c.Refuse()
		return
	}
	c.at++
	c.depth++
	c.first = true
}

// Member goes on to the next member of the object that was entered last; false behind the last one, which leaves it.
func (c *Cursor) Member() bool {
	name, ok := c.member()
	c.Name = name
	return ok
}

func (c *Cursor) member() (name []byte, ok bool) {
	if !c.more('}') {
		return nil, false
	}
	if c.peek() != '"' {
		c.Refuse()
		return nil, false
	}
	name, plain, ascii := c.quoted()
	if !plain || !ascii || c.peek() != ':' {
		c.Refuse()
		return nil, false
	}
	c.at++
	return name, true
}

// Is says whether the member at hand has a name, whatever its case.
func (c *Cursor) Is(name string) bool {
	return len(c.Name) == len(name) && bytes.EqualFold(c.Name, []byte(name))
}

// Element goes on to the next element of the list that was entered last; false behind the last one, which leaves it.
func (c *Cursor) Element() bool { return c.more(']') }

// more takes the comma before the next member or element, or the closing bracket.
func (c *Cursor) more(bracket byte) bool {
	ch := c.peek()
	switch {
	case ch == bracket:
		c.at++
		c.depth--
		c.first = false
		return false
	case c.first:
		c.first = false
	case ch == ',':
		c.at++
	default:
		c.Refuse()
	}
	return !c.odd
}

// Null takes the value at hand if it is null.
func (c *Cursor) Null() bool {
	if c.peek() != 'n' {
		return false
	}
	c.bare()
	return !c.odd
}

// Skip passes over the value at hand.
func (c *Cursor) Skip() {
	switch c.peek() {
	case '"':
		c.quoted()
	case '{':
		for c.Object(); ; c.Skip() {
			if _, more := c.member(); !more {
				break
			}
		}
	case '[':
		for c.List(); c.Element(); {
			c.Skip()
		}
	default:
		c.bare()
	}
}

// Raw is the value at hand as it was written.
func (c *Cursor) Raw() json.RawMessage {
	c.peek()
	start := c.at
	c.Skip()
	if c.odd {
		return nil
	}
	return json.RawMessage(c.text[start:c.at:c.at])
}

// Text is the value at hand as TextOf has it.
func (c *Cursor) Text() Text {
	switch c.peek() {
	case '"':
		return c.string()
	case 'n':
		c.Null()
		return nil
	}
	return Text(c.Raw())
}

// Unquoted is the function of that name by the cursor. It begins a text of its own.
func (c *Cursor) Unquoted(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || raw[0] != '"' {
		return trimmed(raw)
	}
	c.Begin(raw)
	inner := c.Text()
	if !c.End() {
		return Unquoted(raw)
	}
	return trimmed(json.RawMessage(inner))
}

func (c *Cursor) string() Text {
	start := c.at
	body, plain, ascii := c.quoted()
	if plain && (ascii || utf8.Valid(body)) {
		return Text(body)
	}
	from := len(c.decoded)
	if ascii || utf8.Valid(body) {
		if decoded, ok := unescape(c.decoded, body); ok {
			c.decoded = decoded
			return Text(decoded[from:len(decoded):len(decoded)])
		}
	}
	if c.odd {
		return nil
	}
	return TextOf(c.text[start:c.at]) // invalid UTF-8, or a character in two halves
}

// quoted takes the string at hand: its body as it was written, and whether that is free of escapes and in ASCII.
func (c *Cursor) quoted() (body []byte, plain, ascii bool) {
	start := c.at + 1
	at, plain, ascii := start, true, true
	for {
		end, low := plainString(c.text, at)
		ascii = ascii && low
		if end == len(c.text) {
			break
		}
		if c.text[end] == '"' {
			c.at = end + 1
			return c.text[start:end:end], plain, ascii
		}
		n := escape(c.text[end:])
		if n == 0 {
			break
		}
		at, plain = end+n, false
	}
	c.Refuse()
	return nil, true, true
}

// bare takes the number or the word at hand.
func (c *Cursor) bare() {
	rest := c.text[c.at:]
	n := 0
	switch c.peek() {
	case 't':
		n = word(rest, "true")
	case 'f':
		n = word(rest, "false")
	case 'n':
		n = word(rest, "null")
	default:
		n = numberLength(rest)
	}
	if c.at += n; n == 0 {
		c.Refuse()
	}
}

// peek passes over white space; it is the byte at hand, 0 at the end of the text.
func (c *Cursor) peek() byte {
	if c.at < len(c.text) && c.text[c.at] > ' ' {
		return c.text[c.at]
	}
	return c.pastSpace()
}

func (c *Cursor) pastSpace() byte {
	for ; c.at < len(c.text); c.at++ {
		switch ch := c.text[c.at]; ch {
		case ' ', '\t', '\r', '\n':
		default:
			return ch
		}
	}
	return 0
}
