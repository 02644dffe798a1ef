// Package truth is what is true of an invented case, as the generator that invented it says: whose rows are an intruder's,
// which messages he touched, what he left standing, and what the twelve answers must name. Nothing of it is taken from what
// the program makes of the case. It is kept beside the case, a truth a line, in truth.jsonl.
package truth

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
)

// File is the name under which truth is kept beside a case.
const File = "truth.jsonl"

// The kinds of lines.
const (
	Intruder = "intruder" // somebody who was in accounts that are not his
	Rows     = "rows"     // his acts
	Message  = "message"  // a message or file that a row shows him to have touched: proven
	Presumed = "presumed" // a folder or mailbox that he must be presumed to have
	Unknown  = "unknown"  // a time of which the log does not say what was read
	Standing = "standing" // what he left behind
	Answer   = "answer"   // what one of the twelve answers must say
)

// Line is one truth. Which fields it has depends on its kind.
type Line struct {
	Truth    string `json:"truth"`
	Intruder string `json:"intruder,omitempty"` // A, B …, as the generator counts them

	Kind      string   `json:"kind,omitempty"`      // how he came: a word of the generator's
	Accounts  []string `json:"accounts,omitempty"`  // that he was in, by first success
	Addresses []string `json:"addresses,omitempty"` // of what succeeded, sorted
	First     string   `json:"first,omitempty"`     // of what succeeded, RFC 3339 UTC
	Last      string   `json:"last,omitempty"`

	File  string `json:"file,omitempty"`
	Lines []int  `json:"lines,omitempty"` // physical, from 1

	Mailbox string   `json:"mailbox,omitempty"`
	ID      string   `json:"message_id,omitempty"` // InternetMessageId; the name of a file
	Item    string   `json:"item,omitempty"`       // where the rows have no more than the service's id of it
	Subject string   `json:"subject,omitempty"`
	Folder  string   `json:"folder,omitempty"` // "" is the whole mailbox
	Until   string   `json:"until,omitempty"`  // what was there at this time is presumed his
	How     []string `json:"how,omitempty"`    // sorted; of rows without an intruder, "noise": the Internet's tries

	What string `json:"what,omitempty"` // "rule: NAME", "consent: NAME" …

	Answer string              `json:"answer,omitempty"`
	Sure   []string            `json:"sure,omitempty"`  // any of them is right
	Facts  map[string][]string `json:"facts,omitempty"` // by name, what must stand among them; "a|b": either
}

// Questions are the answers' ids, in their order.
func Questions() []string {
	return []string{"compromised", "entry", "when", "where", "read", "sent", "persist", "spread", "money", "contained", "notify", "missing"}
}

// Nobody are the answers where there is no intruder: nothing is known of one, and what is missing is said.
func Nobody() (list []Line) {
	for _, q := range Questions() {
		l := Line{Truth: Answer, Answer: q, Sure: []string{"not known"}}
		switch q {
		case "compromised":
			l.Sure = append(l.Sure, "possible") // findings may speak of one
		case "missing":
			l.Sure = []string{"proven"}
		}
		list = append(list, l)
	}
	return list
}

// Text is the lines as they are kept.
func Text(lines []Line) ([]byte, error) {
	var out bytes.Buffer
	encode := json.NewEncoder(&out)
	encode.SetEscapeHTML(false)
	for i := range lines {
		if err := encode.Encode(&lines[i]); err != nil {
			return nil, fmt.Errorf("truth %d: %w", i+1, err)
		}
	}
	return out.Bytes(), nil
}

// Read reads a file of truths.
func Read(path string) (list []Line, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	decode := json.NewDecoder(bufio.NewReader(f))
	decode.DisallowUnknownFields()
	for {
		var l Line
		switch err := decode.Decode(&l); {
		case err == io.EOF:
			return list, nil
		case err != nil:
			return nil, fmt.Errorf("%s: truth %d: %w", path, len(list)+1, err)
		}
		list = append(list, l)
	}
}

// Of are the lines of a kind.
func Of(lines []Line, kind string) (list []Line) {
	return slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return l.Truth != kind })
}
