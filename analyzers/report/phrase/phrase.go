// Package phrase holds sentences as what they are made of: a message of the program with the values that stand in it. So a
// sentence can be said in another language, and what a log wrote in it can be replaced, without taking a text apart.
//
// A message is its own English text, with places for what stands in it: "signed in to {1} from {2}". A message that counts has
// two forms, parted by a bar, and {n} for the number: "{n} message|{n} messages". That text is the key under which the
// [catalogue] has the message in the other languages; what it does not have is said in English.
package phrase

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is what sort of value a [Text] is.
type Kind string

// The kinds of values. All but Fixed are from a log, or may hold something that is.
const (
	Name     Kind = "name"     // an account, an address, a domain, a path
	Quote    Kind = "quote"    // what somebody wrote: it stands in quotation marks, and has none itself
	Word     Kind = "word"     // the service's own word of an operation or a right
	Place    Kind = "place"    // a country, or whose network it is
	Fixed    Kind = "fixed"    // a time, a number, a name that we gave
	Sentence Kind = "sentence" // a sentence of another part of the program, in English; the catalogue may have it whole
)

// Text is a sentence or a part of one: a message with its arguments, or a value. The zero value is nothing.
type Text struct {
	Key   string `json:"key,omitzero"`   // of a message: its English text
	N     int64  `json:"n,omitzero"`     // which the message counts
	Args  []Text `json:"args,omitzero"`  // what stands in its places
	As    Kind   `json:"as,omitzero"`    // of a value
	Value string `json:"value,omitzero"` // of a value, as it stands in the sentence but for quotation marks
}

// Say is a message with its arguments.
func Say(key string, args ...Text) Text { return Text{Key: key, Args: args} }

// Count is a message that counts, in its two forms.
func Count[N int | int64](n N, forms string, args ...Text) Text {
	return Text{Key: forms, N: int64(n), Args: args}
}

// Of is a value.
func Of(as Kind, value string) Text {
	if value == "" {
		return Text{}
	}
	return Text{As: as, Value: value}
}

// Number is a number that decides no form.
func Number[N int | int64](n N) Text { return Count(n, "{n}") }

// None says that it is nothing.
func (t Text) None() bool { return t.Key == "" && t.Value == "" }

// English is the text in English.
func (t Text) English() string { return t.In(English) }

// In is the text in a language.
func (t Text) In(l Language) string {
	var out strings.Builder
	t.write(&out, l)
	return out.String()
}

func (t *Text) write(out *strings.Builder, l Language) {
	switch {
	case t.As == Quote:
		out.WriteString(`"` + t.Value + `"`)
	case t.As == Sentence:
		out.WriteString(l.message(t.Value))
	case t.Key == "":
		out.WriteString(t.Value)
	default:
		t.fill(out, l)
	}
}

// fill writes the message's form for its number, with what stands in its places.
func (t *Text) fill(out *strings.Builder, l Language) {
	form := l.message(t.Key)
	if one, many, counts := strings.Cut(form, "|"); counts {
		if form = many; t.N == 1 {
			form = one
		}
	}
	for form != "" {
		before, rest, found := strings.Cut(form, "{")
		out.WriteString(before)
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return
		}
		form = after
		if name == "n" {
			out.WriteString(l.Grouped(t.N))
		} else if i, err := strconv.Atoi(name); err == nil && i >= 1 && i <= len(t.Args) {
			t.Args[i-1].write(out, l)
		}
	}
}

// Paragraph is some sentences one after the other, each with a capital letter where it begins with words of ours.
func Paragraph(list []Text, l Language) string {
	var out strings.Builder
	for i := range list {
		if i > 0 {
			out.WriteByte(' ')
		}
		text := list[i].In(l)
		if list[i].begins(l) {
			first, n := utf8.DecodeRuneInString(text)
			text = string(unicode.ToUpper(first)) + text[n:]
		}
		out.WriteString(text)
	}
	return out.String()
}

// begins says that a text begins with words of ours, and not with a value.
func (t *Text) begins(l Language) bool {
	if t.Key == "" {
		return t.As == Sentence
	}
	form := l.message(t.Key)
	if one, many, counts := strings.Cut(form, "|"); counts {
		if form = many; t.N == 1 {
			form = one
		}
	}
	name, found := strings.CutPrefix(form, "{")
	if !found {
		return true
	}
	name, _, _ = strings.Cut(name, "}")
	i, err := strconv.Atoi(name)
	return err == nil && i >= 1 && i <= len(t.Args) && t.Args[i-1].begins(l)
}

// Each tells do every value of a text, to be changed in place.
func (t *Text) Each(do func(value *Text)) {
	if t.Key == "" {
		if t.Value != "" {
			do(t)
		}
		return
	}
	for i := range t.Args {
		t.Args[i].Each(do)
	}
}

// Copies are the same texts, of which nothing is shared. It is never nil.
func Copies(list []Text) []Text {
	out := make([]Text, len(list))
	for i := range list {
		out[i] = list[i]
		if len(list[i].Args) > 0 {
			out[i].Args = Copies(list[i].Args)
		}
	}
	return out
}

// All is some texts in a language.
func All(list []Text, l Language) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].In(l)
	}
	return out
}

// And is "a, b and c".
func And(list ...Text) Text {
	if len(list) < 2 {
		return joined(list, "{1}, {2}")
	}
	last := len(list) - 1
	return Say("{1} and {2}", joined(list[:last], "{1}, {2}"), list[last])
}

// Some are the first of a list: "a, b and 3 more".
func Some(list []Text, most int) Text {
	if n := len(list) - most; n > 0 {
		return Count(n, "{1} and {n} more|{1} and {n} more", joined(list[:most], "{1}, {2}"))
	}
	return And(list...)
}

// Listed is "a, b, c".
func Listed(list []Text) Text { return joined(list, "{1}, {2}") }

// Then is "a, then b".
func Then(list []Text) Text { return joined(list, "{1}, then {2}") }

// Parts is "a; b".
func Parts(list []Text) Text { return joined(list, "{1}; {2}") }

func joined(list []Text, key string) Text {
	if len(list) == 0 {
		return Text{}
	}
	out := list[0]
	for _, next := range list[1:] {
		out = Say(key, out, next)
	}
	return out
}
