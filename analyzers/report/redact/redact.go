// Package redact makes of a report one that can be shown to somebody who must not know the client: whatever a log or the
// client wrote is replaced by a token that only the key gives back, and every writer draws the report as any other.
//
// What happens to a text is decided by its field ([fields]): it is a word of ours, a value, a place, a fingerprint, a
// sentence, or left out. A field without a decision is treated as a value, and a test names it. A value becomes its kind and
// a keyed hash of it (subject-k4m7f2x9q3), the same in every report made with the key. In a sentence every value of the
// report is replaced, then whatever stands in quotes, then each word that no sentence of the program has (words.txt): what is
// not known is replaced, not kept.
//
// The plain report goes along, encrypted ([report.Redaction]); [Open] gives it back byte for byte.
package redact

import (
	"bytes"
	"fmt"
	"reflect"

	"triage/analyzers/report"
)

// Code is the code of the caveat that a redacted report carries.
const Code = "redacted"

// Report is the redacted form of a report, which itself stays as it is. The same report and key give the same bytes.
func Report(r *report.Report, key *Key) (*report.Report, error) {
	if r.Redaction != nil {
		return nil, ErrRedacted
	}
	var plain bytes.Buffer
	if err := report.WriteJSON(&plain, r); err != nil {
		return nil, err
	}
	sealed, err := seal(plain.Bytes(), key)
	if err != nil {
		return nil, err
	}
	out, err := report.Read(&plain)
	if err != nil {
		return nil, fmt.Errorf("redact: %w", err)
	}
	New(r, key).report(out, r)
	out.Redaction = &report.Redaction{Key: key.Name(), Sealed: sealed}
	return out, nil
}

// Redactor replaces what it knows of one report. It is not for several goroutines at once.
type Redactor struct {
	key   *Key
	words words                // of our own sentences
	known *dictionary          // values and places of the report
	own   map[string]bool      // folded values of the finding that a sentence is about, plain words included
	taken map[string]string    // folded value by token, so that no two have one
	token map[[2]string]string // token by kind and folded value
}

// New gets to know what a report says.
func New(r *report.Report, key *Key) *Redactor {
	x := &Redactor{key: key, words: vocabulary(), taken: map[string]string{}, token: map[[2]string]string{}}
	l := &learner{words: x.words, known: map[string]dictionaryEntry{}}
	walk(reflect.ValueOf(r).Elem(), l)
	x.known = newDictionary(l.known)
	return x
}

// report redacts a copy of a plain report in place.
func (x *Redactor) report(r, plain *report.Report) {
	walk(reflect.ValueOf(r).Elem(), x)
	report.Shorten(r.Findings)
	reorder(r, plain)
	r.Caveats = append([]report.Caveat{{
		Code: Code, Evidence: []report.Evidence{},
		Text: fmt.Sprintf("redacted with the key %s: what a log or the client wrote is replaced by tokens, the same text by the same token; "+
			"the text of rows is left out; times, counts, places and networks are as they were", x.key.Name()),
	}}, r.Caveats...)
}

// Exposed is the redacted form of a message or file and of what it belongs to.
func (x *Redactor) Exposed(of *report.Exposure, item *report.ExposedItem) (*report.Exposure, *report.ExposedItem) {
	head := report.Exposure{Intruder: of.Intruder, Mailbox: of.Mailbox, Tenant: of.Tenant}
	walk(reflect.ValueOf(&head).Elem(), x)
	out := *item
	for _, list := range []*[]string{&out.Acts, &out.Recipients, &out.Attachments, &out.TakenBy} {
		*list = append([]string{}, *list...)
	}
	out.Evidence = append([]report.Citation{}, out.Evidence...)
	walk(reflect.ValueOf(&out).Elem(), x)
	return &head, &out
}
