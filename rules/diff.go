package rules

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"triage/analyzers/detect"
)

// Difference is one thing that two effective packs do not say alike.
type Difference struct {
	Kind    string    `json:"kind"`   // rule, list, macro, home, travel, egress, exception or decision
	ID      string    `json:"id"`     // or what it says as YAML, where it has none
	Change  string    `json:"change"` // added, removed or changed
	Title   string    `json:"title,omitempty"`
	UsedBy  []string  `json:"used_by,omitempty"` // the rules, in either pack, that a list or macro is about
	Changes []Changed `json:"changes,omitempty"` // of what is in both
}

// Changed is one value that differs. Of a list's values, one of Old and New is empty, and Path as well.
type Changed struct {
	Path string `json:"path"` // "level", "geography.baseline.min_days"
	Old  string `json:"old"`  // as YAML on one line; "" where it does not stand
	New  string `json:"new"`
}

// What a difference is.
const (
	Added   = "added"
	Removed = "removed"
	Altered = "changed"
)

// Diff says what the effective packs of two sets do not say alike: rules by id first, then what else they say.
func Diff(old, new *Set) []Difference {
	a, b := old.merged, new.merged
	out := differ("rule", a.rules, b.rules, func(d *ruleDef) map[string]string { return flat(d.node) })
	for i := range out {
		def := cmp.Or(b.rules[out[i].ID], a.rules[out[i].ID])
		if title := def.node.get("title"); title != nil {
			out[i].Title = title.text
		}
	}
	users := usersOf(old, new)
	named := slices.Concat(
		differ("list", a.lists, b.lists, func(d *listDef) map[string]string { return values(d.values) }),
		differ("macro", a.macros, b.macros, func(d *macroDef) map[string]string { return map[string]string{"": line(d.value)} }))
	for i := range named {
		named[i].UsedBy = users[named[i].ID]
		for j := range named[i].Changes {
			if named[i].Kind == "list" {
				named[i].Changes[j].Path = ""
			}
		}
	}
	out = append(out, named...)
	for _, part := range []struct {
		kind string
		old  []*node
		new  []*node
	}{
		{"home", a.homes, b.homes},
		{"travel", a.travel, b.travel},
		{"egress", a.egress, b.egress},
		{"exception", a.exceptions, b.exceptions},
		{"decision", a.decisions, b.decisions},
	} {
		out = append(out, differ(part.kind, byName(part.old), byName(part.new), flat)...)
	}
	return out
}

// differ compares two maps of things, each taken apart into texts by path.
func differ[T any](kind string, old, new map[string]T, parts func(T) map[string]string) []Difference {
	var out []Difference
	both := map[string]bool{}
	for id := range old {
		both[id] = true
	}
	for id := range new {
		both[id] = true
	}
	for _, id := range slices.Sorted(maps.Keys(both)) {
		a, inOld := old[id]
		b, inNew := new[id]
		d := Difference{Kind: kind, ID: id}
		switch {
		case !inOld:
			d.Change = Added
		case !inNew:
			d.Change = Removed
		default:
			d.Change, d.Changes = Altered, changed(parts(a), parts(b))
			if len(d.Changes) == 0 {
				continue
			}
		}
		out = append(out, d)
	}
	return out
}

func changed(old, new map[string]string) []Changed {
	var out []Changed
	both := maps.Clone(old)
	maps.Copy(both, new)
	for _, path := range slices.Sorted(maps.Keys(both)) {
		if old[path] != new[path] {
			out = append(out, Changed{path, old[path], new[path]})
		}
	}
	return out
}

// flat is a map's values by path, lists and all that is no map as YAML on one line.
func flat(n *node) map[string]string {
	out := map[string]string{}
	var visit func(n *node, path string)
	visit = func(n *node, path string) {
		if n.shape != table || len(n.pairs) == 0 {
			out[path] = line(n)
			return
		}
		for _, p := range n.pairs {
			visit(p.value, strings.TrimPrefix(path+"."+p.key.text, "."))
		}
	}
	visit(n, "")
	return out
}

// values are a list's values, as conditions compare them.
func values(all []string) map[string]string {
	out := make(map[string]string, len(all))
	for _, v := range all {
		out[detect.Fold(v)] = v
	}
	return out
}

// byName finds what has an id by its id, anything else by all that it says. A rule or pack may say a thing twice.
func byName(nodes []*node) map[string]*node {
	out := make(map[string]*node, len(nodes))
	for _, n := range nodes {
		name := line(n)
		if id := n.get("id"); id != nil {
			name = id.text
		}
		out[name] = n
	}
	return out
}

// usersOf says which rules use a list or macro.
func usersOf(sets ...*Set) map[string][]string {
	users := map[string][]string{}
	for _, s := range sets {
		for _, id := range s.IDs() {
			for _, u := range s.uses(s.merged.rules[id].node) {
				if at, found := slices.BinarySearch(users[u.Name], id); !found {
					users[u.Name] = slices.Insert(users[u.Name], at, id)
				}
			}
		}
	}
	return users
}
