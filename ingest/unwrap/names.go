package unwrap

import (
	"bytes"
	"encoding/json"
	"strconv"

	"triage/ingest/record"
)

// spelled is what Elastic's integration for Azure calls members that Microsoft calls otherwise than by other letters.
// Source: elastic/integrations, packages/azure, default pipelines of signinlogs and auditlogs.
func spelled(name string) string {
	if name == "created_at" {
		return "createdDateTime"
	}
	return ""
}

// plainNames is an object whose members are written in words of small letters ("user_principal_name") with names as the
// service writes them but for capitals, which no reader minds, and with lists where members are numbers; nil for an object
// that has no such names.
func plainNames(members []record.Member) []byte {
	words := 0
	for i := range members {
		if ofWords(members[i].Name) {
			words++
		}
	}
	if words == 0 {
		return nil
	}
	return appendPlain(nil, members, 0)
}

// ofWords says whether a name is words of small letters, joined by underscores.
func ofWords(name []byte) bool {
	joined := false
	for i, c := range name {
		switch {
		case c == '_' && i > 0 && i < len(name)-1:
			joined = true
		case (c < 'a' || c > 'z') && (c < '0' || c > '9'):
			return false
		}
	}
	return joined
}

func appendPlain(to []byte, members []record.Member, depth int) []byte {
	list := numbered(members)
	open, end := byte('{'), byte('}')
	if list {
		open, end = '[', ']'
	}
	to = append(to, open)
	for i, m := range members {
		if i > 0 {
			to = append(to, ',')
		}
		if !list {
			to = append(appendName(to, m.Name), ':')
		}
		to = appendValue(to, bytes.TrimSpace(m.Value), depth+1)
	}
	return append(to, end)
}

func appendName(to, name []byte) []byte {
	if plain := spelled(string(name)); plain != "" {
		name = []byte(plain)
	} else if ofWords(name) {
		name = bytes.ReplaceAll(name, []byte("_"), nil)
	}
	quoted, err := json.Marshal(string(name))
	if err != nil {
		return append(to, `""`...) // a string always has JSON
	}
	return append(to, quoted...)
}

func appendValue(to []byte, value json.RawMessage, depth int) []byte {
	if len(value) == 0 || depth > maxDepth {
		return append(to, "null"...)
	}
	switch value[0] {
	case '{':
		if members, ok := record.Members(value); ok {
			return appendPlain(to, members, depth)
		}
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(value, &list) == nil {
			to = append(to, '[')
			for i, one := range list {
				if i > 0 {
					to = append(to, ',')
				}
				to = appendValue(to, bytes.TrimSpace(one), depth+1)
			}
			return append(to, ']')
		}
	}
	return append(to, value...)
}

// numbered says whether an object stands for a list: its members are called 0, 1, 2 …
func numbered(members []record.Member) bool {
	for i := range members {
		if string(members[i].Name) != strconv.Itoa(i) {
			return false
		}
	}
	return len(members) > 0
}

// named is the format that claims an object, by its names as they are written or in the service's own form, and the object in
// the form that is claimed.
func (r *readers) named(object []byte, members []record.Member) (whole []byte, format int, why string) {
	if plain := plainNames(members); plain != nil {
		members, _ := record.Members(plain)
		if format, why := r.claim(plain, members); format >= 0 {
			return plain, format, why
		}
	}
	format, why = r.claim(object, members)
	return object, format, why
}
