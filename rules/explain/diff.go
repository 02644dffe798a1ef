package explain

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"triage/rules"
	"triage/rules/detect"
	"triage/rules/yamltext"
)

// Difference is one thing that two effective packs do not say alike.
type Difference struct {
	Kind    string    `json:"kind"`             // rule, list, macro, home, travel, egress, exception or decision
	ID      string    `json:"id"`               // or what it says as YAML, where it has none
	Change  string    `json:"change"`           // added, removed, moved or changed
	Was     string    `json:"was,omitempty"`    // the id before, of a rule that was moved
	Reason  string    `json:"reason,omitempty"` // what became of a rule that was removed
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
	Renamed = "moved"
)

// Diff says what the effective packs of two sets do not say alike: rules by id first, then what else they say.
func Diff(old, new *rules.Set) []Difference {
	a, b := old.Merged, new.Merged
	out := differ("rule", a.Rules, b.Rules, func(r *rules.RuleSource) map[string]string { return flat(r.Node) })
	out = renamed(out, a, b)
	for i := range out {
		rule := cmp.Or(b.Rules[out[i].ID], a.Rules[out[i].ID])
		if title := rule.Node.Get("title"); title != nil {
			out[i].Title = title.Text
		}
	}
	users := usersOf(old, new)
	named := slices.Concat(
		differ("list", a.Lists, b.Lists, func(l *rules.List) map[string]string { return folded(l.Values) }),
		differ("macro", a.Macros, b.Macros, func(p yamltext.Pair) map[string]string { return map[string]string{"": p.Value.OneLine()} }))
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
		old  []*yamltext.Node
		new  []*yamltext.Node
	}{
		{"home", a.Homes, b.Homes},
		{"travel", a.Travel, b.Travel},
		{"egress", a.Egress, b.Egress},
		{"attacker", a.Attacker, b.Attacker},
		{"owner", a.Owner, b.Owner},
		{"exception", a.Exceptions, b.Exceptions},
		{"decision", a.Decisions, b.Decisions},
	} {
		out = append(out, differ(part.kind, byName(part.old), byName(part.new), flat)...)
	}
	return out
}

// renamed makes one of a rule that is there no more and the one that it is now, as the newer pack says.
func renamed(all []Difference, old, new *rules.Merged) []Difference {
	at := map[string]int{}
	for i := range all {
		at[all[i].ID] = i
	}
	gone := map[int]bool{}
	for i := range all {
		id := all[i].ID
		move, moved := new.Moved.Rules[id]
		if !moved || all[i].Change != Removed {
			continue
		}
		all[i].Reason = move.String()
		to, differs := at[move.To]
		if !differs || all[to].Change != Added { // or it is that of another rule already
			continue
		}
		parts, other := flat(old.Rules[id].Node), flat(new.Rules[move.To].Node)
		delete(parts, "id")
		delete(other, "id")
		all[to].Change, all[to].Was, all[to].Changes = Renamed, id, changed(parts, other)
		gone[i] = true
	}
	var left []Difference
	for i := range all {
		if !gone[i] {
			left = append(left, all[i])
		}
	}
	return left
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
func flat(n *yamltext.Node) map[string]string {
	out := map[string]string{}
	var visit func(n *yamltext.Node, path string)
	visit = func(n *yamltext.Node, path string) {
		if n.Shape != yamltext.Table || len(n.Pairs) == 0 {
			out[path] = n.OneLine()
			return
		}
		for _, p := range n.Pairs {
			visit(p.Value, strings.TrimPrefix(path+"."+p.Key.Text, "."))
		}
	}
	visit(n, "")
	return out
}

// folded are a list's values, as conditions compare them.
func folded(all []string) map[string]string {
	out := make(map[string]string, len(all))
	for _, v := range all {
		out[detect.Fold(v)] = v
	}
	return out
}

// byName finds what has an id by its id, anything else by all that it says. A rule or pack may say a thing twice.
func byName(nodes []*yamltext.Node) map[string]*yamltext.Node {
	out := make(map[string]*yamltext.Node, len(nodes))
	for _, n := range nodes {
		name := n.OneLine()
		if id := n.Get("id"); id != nil {
			name = id.Text
		}
		out[name] = n
	}
	return out
}

// usersOf says which rules use a list or macro.
func usersOf(sets ...*rules.Set) map[string][]string {
	users := map[string][]string{}
	for _, s := range sets {
		for _, id := range s.Merged.IDs() {
			for _, u := range uses(s.Merged, s.Merged.Rules[id].Node) {
				if at, found := slices.BinarySearch(users[u.Name], id); !found {
					users[u.Name] = slices.Insert(users[u.Name], at, id)
				}
			}
		}
	}
	return users
}
