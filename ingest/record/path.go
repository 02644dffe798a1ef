package record

import (
	"bytes"
	"encoding/json"
	"strings"
)

// MaxDepth bounds how deep a record may nest where a reader descends into it.
const MaxDepth = 32

// WalkPath visits every value at a path below a JSON value, as rules write it after "raw.". Names are compared without
// case. A list of named values is taken by name, any other list member by member; JSON inside a string is entered.
// What is visited may share the memory of raw.
func WalkPath(raw json.RawMessage, path string, visit func(Text)) {
	w := walker{visit: visit}
	w.walk(raw, strings.ToLower(path), 0)
}

// WalkPaths is WalkPath for several paths, one after the other; visit is told which. A record's members are found once
// for all of them.
func WalkPaths(raw json.RawMessage, paths []string, visit func(path int, value Text)) {
	if len(paths) == 0 {
		return
	}
	var room [usualMembers]Member
	members, ok := readMembers(room[:0], raw)
	for i, path := range paths {
		w := walker{visit: func(value Text) { visit(i, value) }}
		if path = strings.ToLower(path); ok && path != "" {
			w.walkMembers(members, path, 0)
		} else {
			w.walk(raw, path, 0)
		}
	}
}

// usualMembers is more than a record of the services' logs has at its top.
const usualMembers = 48

// walker goes along one path.
type walker struct {
	visit func(Text)
	slow  bool // read by encoding/json alone: the referee in tests
}

func (w *walker) walk(raw json.RawMessage, path string, depth int) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || depth > MaxDepth {
		return
	}
	if path == "" {
		w.visitValue(raw)
		return
	}
	switch raw[0] {
	case '"':
		if inner := Unquoted(raw); len(inner) > 0 && (inner[0] == '{' || inner[0] == '[') && json.Valid(inner) {
			w.walk(inner, path, depth+1)
		}
	case '{':
		w.walkMembers(w.members(raw), path, depth)
	case '[':
		list, ok := w.list(raw)
		if !ok {
			return
		}
		for _, v := range list {
			w.walkNamed(v, path, depth)
			w.walk(v, path, depth+1)
		}
	}
}

func (w *walker) members(raw json.RawMessage) []Member {
	if !w.slow {
		members, _ := Members(raw)
		return members
	}
	members, _ := decodeMembers(raw)
	return members
}

func (w *walker) list(raw json.RawMessage) (list []json.RawMessage, ok bool) {
	if !w.slow {
		return List(raw)
	}
	return list, json.Unmarshal(raw, &list) == nil
}

// walkMembers goes on below the members that the path begins with.
func (w *walker) walkMembers(members []Member, path string, depth int) {
	for _, m := range members {
		if rest, ok := below(m.Name, path); ok {
			w.walk(m.Value, rest, depth+1)
		}
	}
}

// walkNamed goes on below a named value whose name the path begins with.
func (w *walker) walkNamed(raw json.RawMessage, path string, depth int) {
	p, ok := w.named(raw)
	if !ok || p.Name == nil {
		return
	}
	if p.Value == nil {
		p.Value = p.NewValue
	}
	if rest, ok := below(TextOf(p.Name), path); ok {
		w.walk(p.Value, rest, depth+1)
	}
}

// namedValue is an entry of the services' lists of named values.
type namedValue struct{ Name, Value, NewValue json.RawMessage }

func (w *walker) named(raw json.RawMessage) (p namedValue, ok bool) {
	if len(raw) == 0 || raw[0] != '{' {
		return p, false
	}
	if !w.slow {
		if ok = namedNames.Read(&Cursor{}, raw, &p); ok {
			return p, true
		}
	}
	p = namedValue{}
	return p, json.Unmarshal(raw, &p) == nil
}

// namedNames are its members.
var namedNames = NewNames([]Name[namedValue]{
	{Name: "Name", Raw: func(v *namedValue) *json.RawMessage { return &v.Name }},
	{Name: "Value", Raw: func(v *namedValue) *json.RawMessage { return &v.Value }},
	{Name: "NewValue", Raw: func(v *namedValue) *json.RawMessage { return &v.NewValue }},
})

// below is what is left of a path after a name, which may itself hold dots.
func below(name Text, path string) (rest string, ok bool) {
	if len(name) == 0 || len(path) < len(name) || !strings.EqualFold(path[:len(name)], string(name)) {
		return "", false
	}
	rest = path[len(name):]
	if rest == "" {
		return "", true
	}
	return rest[1:], rest[0] == '.'
}

// visitValue visits each scalar of a list, and anything else as one text.
func (w *walker) visitValue(raw json.RawMessage) {
	if raw[0] == '[' {
		if list, ok := w.list(raw); ok {
			for _, v := range list {
				w.visit(TextOf(v))
			}
			return
		}
	}
	if string(raw) != "null" {
		w.visit(TextOf(raw))
	}
}
