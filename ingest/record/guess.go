package record

import "bytes"

// Guess is an accelerator for objects of one log, which are much alike: it remembers, for each member, how its value was
// written last and which member came next. Where the text at hand is the same bytes, nothing is read again: they were read
// and found good before, and say now what they said then. Wherever they differ the cursor reads on, so that a Guess changes
// nothing that Scan says, as FuzzGuess holds. Switched off (nil) it is Names.Scan.
//
// It keeps at most guessMembers members and guessLength bytes of each. One goroutine uses it.
type Guess[T any] struct {
	members []guessed[T] // the first stands for the object's opening
	places  [1 << 10]uint8
}

// What a Guess remembers at most.
const (
	guessMembers = 200
	guessLength  = 8 << 10
	// A value that was another one so many times running is looked at no more, but for one try in guessAgain.
	guessMisses = 6
	guessAgain  = 64
)

// guessed is a member of the objects before.
type guessed[T any] struct {
	key    []byte   // as it was written, with its quotes and its colon
	name   *Name[T] // nil: it fills nothing
	spread bool
	listed bool
	next   int    // the member that came next; 0: none yet
	value  []byte // as it was written; empty: not known
	form   form
	text   Text  // what it means, where it is decoded
	misses uint8 // times running that it was another one
	tries  uint8
}

// form is how a value becomes a text.
type form uint8

const (
	formRaw     form = iota // as it was written
	formPlain               // without its quotes
	formNull                // nothing
	formDecoded             // in memory of its own
)

// NewGuess knows nothing yet.
func NewGuess[T any]() *Guess[T] {
	return &Guess[T]{members: make([]guessed[T], 1)}
}

// Scan is n.Scan.
func (g *Guess[T]) Scan(n *Names[T], c *Cursor, to *T) {
	if g == nil {
		n.Scan(c, to)
		return
	}
	at := 0
	for c.Object(); ; {
		i := g.members[at].next
		if i == 0 || !c.takeKey(g.members[i].key) {
			if !c.Member() {
				return
			}
			if i = g.find(n, c.Name); i == 0 { // more members than are kept
				if at = 0; !n.Take(c, to) {
					c.Skip()
				}
				continue
			}
			g.members[at].next = i
		}
		at = i
		g.members[i].take(c, to)
	}
}

// takeKey takes a key, with the comma before it, if it stands here letter by letter.
func (c *Cursor) takeKey(key []byte) bool {
	at := c.at
	if !c.first {
		if at >= len(c.text) || c.text[at] != ',' {
			return false
		}
		at++
	}
	if !bytes.HasPrefix(c.text[at:], key) {
		return false
	}
	c.at, c.first, c.Name = at+len(key), false, key[1:len(key)-2]
	return true
}

// find is the place of a member; 0 where there is no room for another one.
func (g *Guess[T]) find(n *Names[T], name []byte) int {
	for slot := hashName(name); ; slot++ {
		place := &g.places[slot%uint64(len(g.places))]
		if *place != 0 {
			if key := g.members[*place].key; string(key[1:len(key)-2]) == string(name) {
				return int(*place)
			}
			continue
		}
		if len(g.members) > guessMembers {
			return 0
		}
		m := guessed[T]{name: n.Member(name)}
		m.key = append(append(append(m.key, '"'), name...), `":`...)
		if m.name == nil {
			m.spread, m.listed = spread(name), namesPage(name)
		}
		*place = uint8(len(g.members))
		g.members = append(g.members, m)
		return int(*place)
	}
}

// take takes the member's value.
func (m *guessed[T]) take(c *Cursor, to *T) {
	if m.name == nil {
		c.Spread, c.Listed = c.Spread || m.spread, c.Listed || m.listed
	}
	start := c.at
	if len(m.value) > 0 && m.same(c) {
		m.misses = 0
		c.at += len(m.value)
		m.give(c, start, to)
		return
	}
	c.peek()
	start = c.at
	var text Text
	switch {
	case m.name == nil:
		c.Skip()
	case m.name.Text != nil:
		text = c.Text()
		*m.name.Text(to) = text
	default:
		*m.name.Raw(to) = c.Raw()
	}
	if !c.odd {
		m.keep(c.text[start:c.at], text)
	}
}

// same says whether the value at hand is written as the last one was, and ends where that did.
func (m *guessed[T]) same(c *Cursor) bool {
	rest := c.text[c.at:]
	if !bytes.HasPrefix(rest, m.value) {
		return false
	}
	switch m.value[len(m.value)-1] {
	case '"', '}', ']':
		return true
	}
	return len(rest) > len(m.value) && (rest[len(m.value)] == ',' || rest[len(m.value)] == '}')
}

// give hands the value on that begins at start.
func (m *guessed[T]) give(c *Cursor, start int, to *T) {
	if m.name == nil {
		return
	}
	if m.name.Text == nil {
		*m.name.Raw(to) = c.text[start:c.at:c.at]
		return
	}
	var text Text
	switch m.form {
	case formRaw:
		text = c.text[start:c.at:c.at]
	case formPlain:
		text = c.text[start+1 : c.at-1 : c.at-1]
	case formDecoded:
		text = m.text
	}
	*m.name.Text(to) = text
}

// keep remembers a value, and the text that it means if it is taken as one.
func (m *guessed[T]) keep(value []byte, text Text) {
	if m.misses >= guessMisses {
		if m.tries++; m.tries%guessAgain != 0 {
			m.value = m.value[:0]
			return
		}
	} else {
		m.misses++
	}
	if len(value) > guessLength {
		m.value = m.value[:0]
		return
	}
	m.value = append(m.value[:0], value...)
	switch {
	case value[0] == 'n':
		m.form = formNull
	case value[0] != '"':
		m.form = formRaw
	case len(value) == len(text)+2 && (len(text) == 0 || &text[0] == &value[1]):
		m.form = formPlain
	default:
		m.form, m.text = formDecoded, append(m.text[:0], text...)
	}
}
