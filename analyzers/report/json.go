package report

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

//go:embed schema/triage.report.v2.json
var schema string

// JSONSchema is the published schema of the document (JSON Schema draft 2020-12).
func JSONSchema() string { return schema }

// WriteJSON writes the document: one line per field of the top level, one line per element of its lists. The same
// report gives the same bytes. Control characters and what reorders text are escaped, so that a terminal shows the
// document as it is.
func WriteJSON(w io.Writer, r *Report) error { return WriteDocument(w, r) }

// WriteDocument writes a struct of which doc is the address, element by element, so that a large report is never in
// memory twice.
func WriteDocument(w io.Writer, doc any) error {
	out := bufio.NewWriter(w)
	values := newValueWriter(out)
	out.WriteString("{")
	top := reflect.ValueOf(doc).Elem()
	for i := range top.NumField() {
		name, options, _ := strings.Cut(top.Type().Field(i).Tag.Get("json"), ",")
		if options == "omitzero" && top.Field(i).IsZero() {
			continue
		}
		if i > 0 {
			out.WriteString(",")
		}
		fmt.Fprintf(out, "\n %q: ", name)
		if err := values.field(top.Field(i)); err != nil {
			return fmt.Errorf("report: %s: %w", name, err)
		}
	}
	out.WriteString("\n}\n")
	return out.Flush()
}

// valueWriter writes values one after the other, in the same memory.
type valueWriter struct {
	out  *bufio.Writer
	text bytes.Buffer
	json *json.Encoder
}

func newValueWriter(out *bufio.Writer) *valueWriter {
	w := &valueWriter{out: out}
	w.json = json.NewEncoder(&w.text)
	w.json.SetEscapeHTML(false) // as in marshal
	return w
}

func (w *valueWriter) field(v reflect.Value) error {
	if v.Kind() != reflect.Slice {
		return w.value(v.Interface())
	}
	if v.Len() == 0 {
		_, err := w.out.WriteString("[]")
		return err
	}
	open := "[\n  "
	for i := range v.Len() {
		w.out.WriteString(open)
		if err := w.value(v.Index(i).Addr().Interface()); err != nil {
			return err
		}
		open = ",\n  "
	}
	_, err := w.out.WriteString("\n ]")
	return err
}

func (w *valueWriter) value(v any) error {
	w.text.Reset()
	if err := w.json.Encode(v); err != nil {
		return err
	}
	return writeVisible(w.out, bytes.TrimSuffix(w.text.Bytes(), []byte("\n")))
}

// WriteValue writes one value, in one line, as WriteDocument writes each.
func WriteValue(out *bufio.Writer, v any) error { return newValueWriter(out).value(v) }

// writeVisible escapes what a terminal would act on. Such runes stand inside strings only, where \u is the same value.
func writeVisible(out *bufio.Writer, text []byte) error {
	for len(text) > 0 {
		n := bytes.IndexFunc(text, hiddenRune)
		if n < 0 {
			_, err := out.Write(text)
			return err
		}
		out.Write(text[:n])
		r, size := utf8.DecodeRune(text[n:])
		if r > 0xffff {
			r -= 0x10000
			fmt.Fprintf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		} else {
			fmt.Fprintf(out, `\u%04x`, r)
		}
		text = text[n+size:]
	}
	return nil
}

// hiddenRune says that a rune shows nothing of itself. Line breaks are encoding/json's own, or escaped by it.
func hiddenRune(r rune) bool { return r >= 0x7f && PlainRune(r) != r && r != 0xa0 }

// Read reads a report that WriteJSON wrote, or an earlier version's. Fields that it does not know, which a later version may
// add, are ignored.
func Read(in io.Reader) (*Report, error) {
	dec := json.NewDecoder(in)
	r := &Report{}
	if err := dec.Decode(r); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("report: empty file")
		}
		return nil, fmt.Errorf("report: %w", err)
	}
	if r.Schema != SchemaName && r.Schema != SchemaV1 {
		return nil, fmt.Errorf("report: schema %q: want %q or %q", r.Schema, SchemaName, SchemaV1)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("report: text after the document")
	}
	if r.Schema == SchemaName {
		eachFacts(r, func(f Facts) {
			for i := range f {
				f[i] = single(f[i])
			}
		})
	}
	fillEarlier(r)
	return r, nil
}

// eachFacts calls do for the facts of every finding and row.
func eachFacts(r *Report, do func(Facts)) {
	for i := range r.Findings {
		do(r.Findings[i].Facts)
	}
	for i := range r.Timeline {
		for k := range r.Timeline[i].Rows {
			do(r.Timeline[i].Rows[k].Details)
		}
	}
}

// fillEarlier gives a report of an earlier version what this one wants of every report.
func fillEarlier(r *Report) {
	r.Schema = SchemaName
	if r.Tenants == nil { // reports of before tenants were told apart
		r.Tenants = []TenantCase{}
	}
	if r.Intruders == nil {
		r.Intruders = []Intruder{}
	}
	for i := range r.Intruders { // reports of before victims were told
		if r.Intruders[i].Victims == nil {
			r.Intruders[i].Victims = []Victim{}
		}
	}
	if r.Presences == nil {
		r.Presences = []Presence{}
	}
	if r.Exposure == nil { // reports of before intruders were told
		r.Exposure = []Exposure{}
	}
	if r.Threads == nil {
		r.Threads = []Thread{}
	}
	if r.Answers == nil { // reports of before there were answers
		r.Answers, r.Story = []Answer{}, []Story{}
	}
	if r.Lanes == nil { // reports of before there were pictures
		r.Lanes, r.Touched = []AccountLanes{}, []Touched{}
	}
	for i := range r.Mailboxes { // reports of before the list was added
		if j := &r.Mailboxes[i].Joined; j.Messages == nil {
			j.Messages = []Unmatched{}
		}
	}
	if slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Short == "" }) {
		Shorten(r.Findings)
	}
}

// shortDigits is how many digits of a fingerprint a finding's short name has, unless two agree in them.
const shortDigits = 8

// Shorten gives findings their short names. Findings of one fingerprint, which several tenants may have, have one.
func Shorten(findings []Finding) {
	prints := make([]string, len(findings))
	for i := range findings {
		prints[i] = findings[i].Fingerprint
	}
	slices.Sort(prints)
	prints = slices.Compact(prints)
	for i := range findings {
		f := &findings[i]
		at, _ := slices.BinarySearch(prints, f.Fingerprint)
		digits := shortDigits
		for _, near := range prints[max(at-1, 0):min(at+2, len(prints))] {
			if near != f.Fingerprint {
				digits = max(digits, Alike(near, f.Fingerprint)+1)
			}
		}
		f.Short = "f-" + strings.ToValidUTF8(f.Fingerprint[:min(digits, len(f.Fingerprint))], "")
	}
}

// Alike is in how many bytes two texts begin the same.
func Alike(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
