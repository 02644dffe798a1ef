package redact

import (
	"reflect"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
)

// visitor is told every text of a value, with what is decided about it, and says what to put in its place.
type visitor interface {
	text(d decision, text string) string
	about(f *report.Finding) // the texts that follow are of this finding; nil: of none
}

// walk visits every text of a struct that can be set, in the order of the document.
func walk(v reflect.Value, to visitor) { walker{to}.structure(v) }

type walker struct{ visitor }

func (w walker) structure(v reflect.Value) {
	typ := v.Type()
	if f, ok := v.Addr().Interface().(*report.Finding); ok {
		w.about(f)
		defer w.about(nil)
	}
	done := ""
	if c, ok := v.Addr().Interface().(*report.Caveat); ok && (c.Code == "file-not-read" || c.Code == "input-not-read") {
		// The text begins with a path, which may be of several words.
		if path, why, ok := strings.Cut(c.Text, ": "); ok {
			c.Text = w.text(value("file"), path) + ": " + w.text(sentence, why)
			done = "Text"
		}
	}
	defer retell(v)
	for i := range typ.NumField() {
		if typ.Field(i).Name == done {
			continue
		}
		d := fieldOf(typ.Name(), typ.Field(i).Name)
		w.value(v.Field(i), d)
	}
}

// retell says anew what is known by what it is made of, when the values in that were replaced.
func retell(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *report.Answer:
		if !x.Said.IsZero() {
			x.Answer = phrase.Paragraph(x.Said.Answer, phrase.English)
			x.Unknown, x.Next = phrase.All(x.Said.Unknown, phrase.English), phrase.All(x.Said.Next, phrase.English)
		}
	case *report.StorySentence:
		if !x.Said.None() {
			x.Text = x.Said.English()
		}
	}
}

func (w walker) value(v reflect.Value, d decision) {
	switch list := v.Addr().Interface().(type) {
	case *report.Facts:
		for i := range *list {
			w.fact(&(*list)[i])
		}
		return
	case *report.NamedLists:
		for i := range *list {
			one := &(*list)[i]
			for k := range one.Values {
				one.Values[k] = w.text(factOf(one.Name), one.Values[k])
			}
			one.Name = w.text(ours, one.Name)
		}
		return
	case *report.FactCounts:
		for i := range *list {
			(*list)[i].Name = w.text(ours, (*list)[i].Name)
		}
		return
	case *phrase.Text:
		list.Each(func(value *phrase.Text) { value.Value = w.text(argument(value.As), value.Value) })
		return
	case *report.Stacks:
		w.stack(list.App, decision{way: asTerm, kind: "app"})
		w.stack(list.Country, place)
		w.stack(list.ASN, place)
		w.stack(list.Agent, value("agent"))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(w.text(d, v.String()))
	case reflect.Struct:
		w.structure(v)
	case reflect.Pointer:
		if !v.IsNil() && v.Elem().Kind() == reflect.Struct {
			w.structure(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			w.value(v.Index(i), d)
		}
	}
}

func (w walker) stack(list []report.StackValue, d decision) {
	for i := range list {
		list[i].Value = report.Text(w.text(d, string(list[i].Value)))
	}
}

// fact visits the texts of a fact. Its numbers are counts of ours.
func (w walker) fact(f *report.Fact) {
	d := factOf(f.Name)
	if _, known := factTable()[strings.ToLower(f.Name)]; !known {
		f.Name = strings.Join(eachListed(strings.Split(f.Name, "."), func(part string) string { return w.text(ours, part) }), ".")
	}
	switch v := f.Value.(type) {
	case string:
		f.Value = w.text(d, v)
	case []string:
		f.Value = eachListed(v, func(text string) string { return w.text(d, text) })
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = v[i]
			if text, ok := v[i].(string); ok {
				list[i] = w.text(d, text)
			}
		}
		f.Value = list
	}
}

func eachListed(list []string, do func(string) string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = do(list[i])
	}
	return out
}
