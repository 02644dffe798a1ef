package row

import (
	"bytes"
	"encoding/json"

	"triage/ingest/record"
)

// names remembers what names of members fold to: nearly all records have the same.
type names map[string]string

// mostNames bounds what is remembered: a record may name its members as it likes.
const mostNames = 4096

func (n names) fold(name []byte) string {
	if folded, ok := n[string(name)]; ok {
		return folded
	}
	folded := Fold(string(name))
	if len(n) < mostNames {
		n[string(name)] = folded
	}
	return folded
}

// object takes an object apart. Diagnostic settings put the record itself under "properties", PowerShell's modules what
// they do not know under AdditionalProperties: what stands in there counts like the rest, the inner first.
func (r *Row) object(raw json.RawMessage) bool {
	members, ok := record.Members(raw)
	if !ok {
		return false
	}
	r.Whole = raw
	for _, m := range members {
		name := r.known.fold(m.Name)
		if name != "properties" && name != "additionalproperties" {
			continue
		}
		if inner := record.Unquoted(m.Value); len(inner) > 0 && inner[0] == '{' {
			if within, ok := record.Members(inner); ok {
				r.take("", within, 0)
			}
		}
	}
	r.take("", members, 0)
	return true
}

// take keeps members under their names, and those of objects under their paths.
func (r *Row) take(path string, members []record.Member, depth int) {
	for _, m := range members {
		name := path + r.known.fold(m.Name)
		value := bytes.TrimSpace(m.Value)
		if _, seen := r.slots[name]; len(value) == 0 || !seen && len(r.values) > mostNames {
			continue
		}
		if value[0] != '{' {
			text := record.TextOf(value)
			if text == nil {
				text = Text{} // null: the record has the name
			}
			r.put(r.slot(name), text)
			continue
		}
		r.put(r.slot(name), Text(value))
		if within, ok := record.Members(json.RawMessage(value)); ok && depth < deepest {
			r.take(name+".", within, depth+1)
		}
	}
}
