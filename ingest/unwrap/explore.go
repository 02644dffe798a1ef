package unwrap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"triage/ingest/record"
	"triage/ingest/unwrap/flatten"
)

// What going down into one record may cost: so deep, so many objects that are asked about, so many bytes of them.
const (
	maxDepth   = 16
	maxObjects = 64
	maxBytes   = 4 << 20
	maxFound   = 8
)

// element is the step from a list to what is in it.
const element = "[]"

// found is an object inside a record that a reader claims.
type found struct {
	object    []byte
	format    int
	why       string
	steps     []string // names of members, element for a list
	inText    bool
	rebuilt   string            // a flattened name that it was rebuilt from; "" for none
	lossy     bool              // a part of it could not be
	completed bool              // what is around it had to be filled in for a reader to claim it
	around    []json.RawMessage // the objects around it, the outermost first
}

// name is the way to it, as the report shows it.
func (f *found) name() string {
	name := ""
	for i, s := range f.steps {
		if i > 0 && s != element {
			name += "."
		}
		name += s
	}
	if f.inText {
		name += " (JSON in a text)"
	}
	switch {
	case len(f.steps) == 0 && f.inText && f.rebuilt == "":
		return "that are texts"
	case f.rebuilt == "":
		return "inside " + strconv.Quote(name)
	case name == "":
		return "rebuilt from names such as " + strconv.Quote(f.rebuilt)
	}
	return fmt.Sprintf("inside %q, rebuilt from names such as %q", name, f.rebuilt)
}

// explorer looks for claimed objects inside one record. An object that is claimed is not looked into.
type explorer struct {
	*readers
	found   []found
	objects int
	bytes   int
	steps   []string
	around  []json.RawMessage
	texts   int
}

// explore finds the claimed objects inside a value, in the order of the text; around is what is known to stand around it.
func (r *readers) explore(value json.RawMessage, around ...json.RawMessage) []found {
	e := explorer{readers: r, around: around}
	e.value(bytes.TrimSpace(value), 0)
	return e.found
}

func (e *explorer) value(raw json.RawMessage, depth int) {
	if len(raw) == 0 || depth > maxDepth || len(e.found) == maxFound {
		return
	}
	switch raw[0] {
	case '{':
		e.object(raw, depth)
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			for _, one := range list {
				e.into(element, one, depth)
			}
		}
	case '"':
		inner := record.ObjectIn(record.TextOf(raw))
		if inner == nil {
			return
		}
		e.texts++
		e.value(inner, depth+1)
		e.texts--
	}
}

func (e *explorer) into(s string, value json.RawMessage, depth int) {
	value = bytes.TrimSpace(value)
	if len(value) == 0 || value[0] != '{' && value[0] != '[' && value[0] != '"' {
		return
	}
	e.steps = append(e.steps, s)
	e.value(value, depth+1)
	e.steps = e.steps[:len(e.steps)-1]
}

func (e *explorer) object(raw json.RawMessage, depth int) {
	e.objects++
	if e.bytes += len(raw); e.objects > maxObjects || e.bytes > maxBytes {
		return
	}
	members, ok := record.Members(raw)
	if !ok {
		return
	}
	f := found{object: raw}
	if whole, shown, lossy, ok := flatten.Object(raw, members); ok {
		members, _ = record.Members(whole)
		raw, f.object, f.rebuilt, f.lossy = whole, whole, shown, lossy
	}
	asItIs := depth == 0 && f.rebuilt == "" // the stream's own reader, or none, has been asked about it
	if asItIs && plainNames(members) == nil || len(members) < leastMembers || e.ofAnotherLog() {
		e.inside(raw, members, depth)
		return
	}
	f.object, f.format, f.why = e.named(raw, members)
	if asItIs && bytes.Equal(f.object, raw) {
		e.inside(raw, members, depth)
		return
	}
	if f.format < 0 {
		if whole := completed(raw, e.around); whole != nil {
			f.object, f.completed = whole, true
			members, _ := record.Members(whole)
			f.format, f.why = e.claim(whole, members)
		}
	}
	before := len(e.found)
	if f.format < 0 || e.formats[f.format].Outline {
		e.inside(raw, members, depth)
	}
	if f.format >= 0 && len(e.found) == before {
		f.steps, f.inText = append([]string(nil), e.steps...), e.texts > 0
		f.around = append([]json.RawMessage(nil), e.around...)
		e.found = append(e.found, f)
	}
}

// ofAnotherLog says that the value at hand is the body of a record of Azure's diagnostic settings, whose category no reader
// knows: what such a record is, its category says before its shape does.
func (e *explorer) ofAnotherLog() bool {
	last := len(e.steps) - 1
	if last < 0 || len(e.around) == 0 || !strings.EqualFold(e.steps[last], "properties") {
		return false
	}
	var wrapper struct{ Category record.Text }
	return json.Unmarshal(e.around[len(e.around)-1], &wrapper) == nil && len(wrapper.Category) > 0
}

// leastMembers is how many members a record has at least: none is told by fewer than three.
const leastMembers = 3

func (e *explorer) inside(raw json.RawMessage, members []record.Member, depth int) {
	e.around = append(e.around, raw)
	for _, m := range members {
		e.into(string(m.Name), m.Value, depth)
	}
	e.around = e.around[:len(e.around)-1]
}
