package casefile

import (
	"bufio"
	"unicode/utf8"

	"triage/analyzers/report"
)

// sink drops what could reorder or hide text, whatever let it through: a browser acts on the controls of writing
// directions as a terminal does on escapes.
type sink struct {
	to   *bufio.Writer
	rest []byte // of a rune that was cut between two writes
}

func (s *sink) Write(p []byte) (int, error) {
	text := p
	if len(s.rest) > 0 {
		text = append(s.rest, p...)
		s.rest = nil
	}
	from := 0
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf && (c >= 0x20 && c != 0x7f || c == '\n') {
			i++
			continue
		}
		if !utf8.FullRune(text[i:]) {
			s.rest = append([]byte(nil), text[i:]...)
			text = text[:i]
			break
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 || report.PlainRune(r) != r {
			s.to.Write(text[from:i])
			if report.PlainRune(r) == ' ' {
				s.to.WriteByte(' ')
			}
			from = i + size
		}
		i += size
	}
	_, err := s.to.Write(text[from:])
	return len(p), err
}
