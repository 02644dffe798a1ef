package redact

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"triage/analyzers/report"
)

// about remembers the values of the finding that the next texts are of.
func (x *Redactor) about(f *report.Finding) {
	x.own = nil
	if f == nil {
		return
	}
	x.own = map[string]bool{}
	add := func(text string) {
		if text = fold(strings.TrimSpace(text)); len(text) > 1 {
			x.own[text] = true
		}
	}
	for _, fact := range f.Facts {
		switch d := factOf(fact.Name); {
		case d.way == asTerm && !x.words.term(report.ValueText(fact.Value)), d.way == asCount, d.way == asValue:
		default:
			continue
		}
		switch v := fact.Value.(type) {
		case string:
			add(v)
		case []string:
			for _, one := range v {
				add(one)
			}
		}
	}
}

// text is what stands for a text of the report.
func (x *Redactor) text(d decision, text string) string {
	switch d.way {
	case asFixed:
		return text
	case asNothing:
		return ""
	case asOurs:
		if x.words.id(text) || x.words.all(text) {
			return text
		}
		return x.standFor(text, d.kind)
	case asTerm:
		if x.words.term(text) {
			return text
		}
		return x.standFor(text, d.kind)
	case asReference:
		if referenceLook().MatchString(text) {
			return text
		}
	case asCount:
		if harmless().MatchString(strings.ToLower(text)) || text == "true" || text == "false" {
			return text
		}
	case asPlace:
		return x.place(text)
	case asConstant:
		return x.pieces(text)
	case asSentence:
		return x.sentence(text, false)
	case asArgument:
		return x.argument(text)
	case asCommand:
		return x.sentence(text, true)
	case asHash:
		return x.key.fingerprint(text)
	}
	return x.standFor(text, d.kind)
}

// referenceLook is a finding's number or an intruder's letters.
var referenceLook = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(F-[0-9]{1,9}|[A-Z]{1,3})?$`) })

// place is a place or network: what the client is called is replaced in it.
func (x *Redactor) place(text string) string {
	var out strings.Builder
	folded := fold(text)
	for at := 0; at < len(text); {
		if e, n := x.known.longest(folded, text, at); n > 0 && !e.place && !e.exact {
			out.WriteString(x.standFor(e.text, e.kind))
			at += n
			continue
		}
		_, n := utf8.DecodeRuneInString(text[at:])
		out.WriteString(text[at : at+n])
		at += n
	}
	return out.String()
}

// sentence replaces the values in a sentence: those that the report knows, the longest first; whatever stands in quotes;
// then each word that is not ours.
func (x *Redactor) sentence(text string, isCommand bool) string {
	var out strings.Builder
	folded := fold(text)
	begin := 0 // of what is not written yet
	write := func(to int, instead string, next int) {
		out.WriteString(x.pieces(text[begin:to]))
		out.WriteString(instead)
		begin = next
	}
	for at := 0; at < len(text); {
		if instead, n := x.valueAt(folded, text, at); n > 0 {
			write(at, instead, at+n)
			at += n
			continue
		}
		if instead, n := x.quotedAt(folded, text, at, isCommand); n > 0 {
			write(at, instead, at+n)
			at += n
			continue
		}
		_, n := utf8.DecodeRuneInString(text[at:])
		at += n
	}
	write(len(text), "", len(text))
	return out.String()
}

// valueAt is what stands for the value at a place of a sentence, and how long that is; 0: there is none.
func (x *Redactor) valueAt(folded, text string, at int) (string, int) {
	e, n := x.known.longest(folded, text, at)
	for own := range x.own {
		if len(own) > n && strings.HasPrefix(folded[at:], own) && whole(folded, at, at+len(own)) {
			e, n = dictionaryEntry{text: text[at : at+len(own)], kind: "value"}, len(own)
		}
	}
	switch {
	case n == 0:
		return "", 0
	case e.place:
		return x.place(text[at : at+n]), n
	}
	return x.standFor(e.text, e.kind), n
}

// quotedAt is what stands for a text in quotes, with its quotes. In a command a value stands in single ones, where each
// single quote of it is doubled.
func (x *Redactor) quotedAt(folded, text string, at int, isCommand bool) (string, int) {
	switch {
	case isCommand && text[at] == '\'':
		end := at + 1
		for end < len(text) && text[end] != '\'' || strings.HasPrefix(text[end:], "''") {
			if text[end] == '\'' {
				end++
			}
			end++
		}
		if end >= len(text) {
			return "", 0
		}
		undoubled := strings.NewReplacer("''", "'", "‘‘", "‘", "’’", "’", "‚‚", "‚", "‛‛", "‛").Replace(text[at+1 : end])
		return "'" + x.inQuotes(undoubled) + "'", end + 1 - at
	case isCommand || text[at] != '"':
		return "", 0
	}
	if instead, n := x.valueAt(folded, text, at+1); n > 0 && strings.HasPrefix(text[at+1+n:], `"`) {
		return `"` + instead + `"`, n + 2
	}
	n := strings.IndexByte(text[at+1:], '"')
	if n < 0 {
		return "", 0
	}
	return `"` + x.inQuotes(text[at+1:at+1+n]) + `"`, n + 2
}

// inQuotes is what stands for a text in quotes: a value of the report, perhaps cut, or one that only the sentence has.
func (x *Redactor) inQuotes(text string) string {
	if x.words.term(text) {
		return text
	}
	if cut, ok := strings.CutSuffix(text, "…"); ok && len(cut) >= least {
		if e, ok := x.known.begins(cut); ok && !e.place {
			return x.standFor(e.text, e.kind)
		}
	}
	if e, n := x.known.longest(fold(text), text, 0); n == len(text) && n > 0 && !e.place {
		return x.standFor(e.text, e.kind)
	}
	return x.standFor(text, "text")
}

// argument is what stands for a value that a sentence holds: for all of it, be it an everyday word.
func (x *Redactor) argument(text string) string {
	if instead, n := x.valueAt(fold(text), text, 0); n == len(text) && n > 0 {
		return instead
	}
	return x.inQuotes(text)
}

// pieces keeps the words of ours in a stretch of a sentence and replaces all others.
func (x *Redactor) pieces(text string) string {
	var out strings.Builder
	for len(text) > 0 {
		n := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsSpace(r) })
		if n < 0 {
			n = len(text)
		}
		out.WriteString(text[:n])
		text = text[n:]
		if n = strings.IndexFunc(text, unicode.IsSpace); n < 0 {
			n = len(text)
		}
		piece := text[:n]
		text = text[n:]
		if x.words.has(piece) {
			out.WriteString(piece)
			continue
		}
		core := withoutMarks(piece)
		before, behind, _ := strings.Cut(piece, core)
		if core == "" || !plainMarks(before) || !plainMarks(behind) {
			core, before, behind = piece, "", ""
		}
		out.WriteString(before + x.standFor(core, "word") + behind)
	}
	return out.String()
}
