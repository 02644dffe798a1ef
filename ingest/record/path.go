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
func WalkPath(raw json.RawMessage, path string, visit func(Text)) {
	walkPath(raw, strings.ToLower(path), 0, visit)
}

func walkPath(raw json.RawMessage, path string, depth int, visit func(Text)) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || depth > MaxDepth {
		return
	}
	if path == "" {
		visitValue(raw, visit)
		return
	}
	switch raw[0] {
	case '"':
		if inner := Unquoted(raw); len(inner) > 0 && (inner[0] == '{' || inner[0] == '[') && json.Valid(inner) {
			walkPath(inner, path, depth+1, visit)
		}
	case '{':
		members, _ := Members(raw)
		for _, m := range members {
			if rest, ok := below(m.Name, path); ok {
				walkPath(m.Value, rest, depth+1, visit)
			}
		}
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return
		}
		for _, v := range list {
			walkNamed(v, path, depth, visit)
			walkPath(v, path, depth+1, visit)
		}
	}
}

// walkNamed goes on below a named value whose name the path begins with.
func walkNamed(raw json.RawMessage, path string, depth int, visit func(Text)) {
	var p struct{ Name, Value, NewValue json.RawMessage }
	if len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &p) != nil || p.Name == nil {
		return
	}
	if p.Value == nil {
		p.Value = p.NewValue
	}
	if rest, ok := below(string(TextOf(p.Name)), path); ok {
		walkPath(p.Value, rest, depth+1, visit)
	}
}

// below is what is left of a path after a name, which may itself hold dots.
func below(name, path string) (rest string, ok bool) {
	if len(name) == 0 || len(path) < len(name) || !strings.EqualFold(path[:len(name)], name) {
		return "", false
	}
	rest = path[len(name):]
	if rest == "" {
		return "", true
	}
	return rest[1:], rest[0] == '.'
}

// visitValue visits each scalar of a list, and anything else as one text.
func visitValue(raw json.RawMessage, visit func(Text)) {
	var list []json.RawMessage
	if raw[0] != '[' || json.Unmarshal(raw, &list) != nil {
		if string(raw) != "null" {
			visit(TextOf(raw))
		}
		return
	}
	for _, v := range list {
		visit(TextOf(v))
	}
}
