package redact

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"triage/analyzers/report"
)

// least is how many bytes a value has at least to be looked for in sentences. Shorter ones stand in quotes, or are no words
// of ours.
const least = 4

// dictionaryEntry is what the dictionary knows of a text.
type dictionaryEntry struct {
	text  string // as the report has it
	kind  string
	place bool // it is kept
	exact bool // it consists of words of ours: only in its own case is it meant
}

// learner collects the values and places of a report, by their folded spelling.
type learner struct {
	words words
	known map[string]dictionaryEntry
}

func (l *learner) about(*report.Finding) {}

func (l *learner) text(d decision, text string) string {
	switch d.way {
	case asPlace:
		if len(text) < least {
			l.words[fold(text)] = true // NL, US
		}
		if l.known[fold(text)] == (dictionaryEntry{}) {
			l.add(text, dictionaryEntry{text: text, place: true})
		}
	case asValue:
		l.value(text, d.kind)
		if label, _, ok := strings.Cut(text, "."); ok && d.own && !l.words.knows(label) {
			l.add(label, dictionaryEntry{text: label, kind: d.kind})
		}
	case asTerm:
		if !l.words.term(text) {
			l.value(text, d.kind)
		}
	}
	return text
}

func (l *learner) value(text, kind string) {
	if text == "" || kind == "tenant" && text == string(report.NotNamed) {
		return
	}
	e := dictionaryEntry{text: text, kind: kind, exact: l.words.all(text) && !strings.ContainsAny(text, `.@/\_<>:-0123456789`)}
	if e.exact && !strings.ContainsAny(strings.TrimSpace(text), " \t") {
		return // a word of ours: in a sentence nobody can say which it is
	}
	l.add(text, e)
	l.add(report.Plain(text), e)
	l.add(strings.Trim(text, "<>"), e)
}

func (l *learner) add(spelling string, e dictionaryEntry) {
	spelling = strings.TrimSpace(spelling)
	if len(spelling) < least {
		return
	}
	folded := fold(spelling)
	if was, ok := l.known[folded]; ok && !was.place && was.kind != "text" {
		return // the first kind stands
	}
	l.known[folded] = e
}

// dictionary finds the longest text that it knows at a place of a sentence.
type dictionary struct {
	texts   []string // sorted
	entries []dictionaryEntry
	shorter []int // the longest other text that each begins with; -1: none
}

func newDictionary(known map[string]dictionaryEntry) *dictionary {
	d := &dictionary{}
	for text := range known {
		d.texts = append(d.texts, text)
	}
	slices.Sort(d.texts)
	d.entries, d.shorter = make([]dictionaryEntry, len(d.texts)), make([]int, len(d.texts))
	for i, text := range d.texts {
		d.entries[i] = known[text]
		at := i - 1
		for at >= 0 && !strings.HasPrefix(text, d.texts[at]) {
			at = d.shorter[at]
		}
		d.shorter[i] = at
	}
	return d
}

// longest is the longest text known that stands at a place of a sentence, given folded and as it is; n is its length, 0 if
// there is none. Where a word begins or ends it must not cut one of the sentence.
func (d *dictionary) longest(folded, text string, at int) (e dictionaryEntry, n int) {
	rest := folded[at:]
	i, exact := slices.BinarySearch(d.texts, rest)
	if !exact {
		i--
	}
	for ; i >= 0; i = d.shorter[i] {
		if known := d.texts[i]; strings.HasPrefix(rest, known) && whole(folded, at, at+len(known)) &&
			(!d.entries[i].exact || strings.HasPrefix(text[at:], strings.TrimSpace(d.entries[i].text))) {
			return d.entries[i], len(known)
		}
	}
	return dictionaryEntry{}, 0
}

// begins is a text known that begins with what was cut of it.
func (d *dictionary) begins(cut string) (e dictionaryEntry, ok bool) {
	folded := fold(cut)
	i, _ := slices.BinarySearch(d.texts, folded)
	if i < len(d.texts) && strings.HasPrefix(d.texts[i], folded) {
		return d.entries[i], true
	}
	return dictionaryEntry{}, false
}

// whole says that a stretch of a text neither begins nor ends within a word. What is long is known wherever it stands.
func whole(text string, from, to int) bool {
	const long = 12
	if to-from >= long {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	first, _ := utf8.DecodeRuneInString(text[from:])
	last, _ := utf8.DecodeLastRuneInString(text[:to])
	behind, _ := utf8.DecodeRuneInString(text[to:])
	return !(letter(before) && letter(first)) && !(letter(last) && letter(behind))
}

func letter(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
