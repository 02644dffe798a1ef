package redact

import (
	_ "embed"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"unicode"
)

//go:embed words.txt
var wordList string

// words are what sentences of the program consist of, folded.
type words map[string]bool

func vocabulary() words {
	w := words{}
	for line := range strings.Lines(wordList) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			w[line] = true
		}
	}
	return w
}

// harmless are texts that say nothing of anybody: numbers, times, spans, references of the report, names of techniques.
var harmless = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(` + strings.Join([]string{
		`[+-]?[0-9]{1,6}(\.[0-9]{1,6})?`,
		`[0-9]{1,3}(,[0-9]{3})+`,
		`([0-9]{1,6}(d|h|m|s|ms|kb|mb|gb))+`,
		`[0-9]{4}-[0-9]{2}-[0-9]{2}(t[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?z?)?`,
		`[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?`,
		`f-[0-9]{1,6}`, `t[0-9]{4}(\.[0-9]{3})?`, `as[0-9]{1,10}`, `[a-z]`,
	}, "|") + `)$`)
})

// knows says that a word, with nothing around it, is ours or harmless.
func (w words) knows(word string) bool {
	word = strings.ToLower(word)
	return w[word] || harmless().MatchString(word)
}

// has says that a piece of a sentence between blanks is of ours: as a whole, or each part of it. What a dot, an at sign or
// a slash holds together is an address or a name unless we write it so.
func (w words) has(piece string) bool {
	core := withoutMarks(piece)
	if before, behind, _ := strings.Cut(piece, core); !plainMarks(before) || !plainMarks(behind) {
		return false
	}
	piece = core
	if piece == "" || w.knows(piece) {
		return true
	}
	if strings.ContainsAny(piece, `.@/\_<>&?#~$*`) {
		return false
	}
	if _, err := netip.ParseAddr(piece); err == nil { // 2001:db8::1
		return false
	}
	for _, part := range strings.FieldsFunc(piece, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) }) {
		if !w.knows(part) {
			return false
		}
	}
	return true
}

// all says that every piece of a text is of ours.
func (w words) all(text string) bool {
	for piece := range strings.FieldsSeq(text) {
		if !w.has(piece) {
			return false
		}
	}
	return true
}

// id says so of an identifier of ours, whose parts are held together by dots, dashes and underscores.
func (w words) id(text string) bool {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("._- ", r) }) {
		if !w.has(part) {
			return false
		}
	}
	return true
}

// term says that a text is the service's name of a right, a role, a protocol or a kind of program, or several of those.
func (w words) term(text string) bool {
	switch text {
	case "Web", "Mobile", "Tablet", "Desktop", "Exchange", "Outlook", "Other", "REST", "IMAP4", "POP3", "SMTP", "EWS", "MAPI", "Lync":
		return true // ingest/outlook/types.go, ingest/audit/client.go
	case "RED", "AMBER", "AMBER+STRICT", "GREEN", "CLEAR":
		return true // of the Traffic Light Protocol
	}
	if !w.all(text) {
		return false
	}
	last := text[strings.LastIndexByte(text, ' ')+1:]
	if role := strings.ToLower(last); last != text && (role == "administrator" || role == "reader" || role == "operator") {
		return true
	}
	for one := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" ,;", r) }) {
		if inner := strings.IndexFunc(one[min(1, len(one)):], func(r rune) bool { return r == '.' || unicode.IsUpper(r) }); inner < 0 {
			return false
		}
	}
	return text != ""
}

// plainMarks says that a text consists of marks as sentences of ours have them.
func plainMarks(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= 0x7f && !strings.ContainsRune("…·–—×→’“”", r) }) < 0
}

// withoutMarks is a piece without the marks around it.
func withoutMarks(piece string) string {
	return strings.TrimFunc(piece, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// fold is a text in lower case, byte by byte where it was, so that places in it are those of the text.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if low := unicode.ToLower(r); len(string(low)) == len(string(r)) {
			return low
		}
		return r
	}, text)
}
