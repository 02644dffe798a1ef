// Package flatten rebuilds lists and objects that a program has spread over columns or members of their own, with the
// place of each value in its name: Parameters_0_Name, Parameters.0.Name, Parameters[0].Name.
package flatten

import (
	"slices"
	"strconv"
	"strings"
)

// step is one part of a flattened name: a member's name, or a place in a list.
type step struct {
	name  string
	place int // from 0; -1 for a name, every for all places at once
}

// every is the place of Splunk's names, Parameters{}.Name: the value holds those of all places.
const every = -2

func (s step) listed() bool { return s.place != -1 }

// What a name may hold: so many steps, and places of so many digits.
const (
	maxSteps  = 12
	maxDigits = 3
)

// style is how the names of one record or table are read.
type style struct {
	roots  map[string]bool // in lower case: what stands before the first underscore is an object
	suffix bool            // names end in what Log Analytics says of their types: _s, _d, _t, _g, _b
}

// styleOf settles how names are read: one alone does not tell.
func styleOf(names []string) style {
	st := style{roots: map[string]bool{}}
	typed, kinds := 0, map[byte]bool{}
	for _, name := range names {
		if _, kind := typedName(name); kind != 0 {
			typed++
			kinds[kind] = true
		}
	}
	const least = 3
	st.suffix = typed >= least && kinds['s'] && 2*typed >= len(names)-reserved(names)
	counts := map[string]int{}
	for _, name := range names {
		if st.suffix {
			name, _ = typedName(name)
		}
		if root, rest, ok := strings.Cut(name, "_"); ok && root != "" && rest != "" {
			counts[strings.ToLower(root)]++
		}
	}
	for root, n := range counts {
		whole := slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, root) })
		if !whole && (knownObject(root) || st.suffix && n >= least) {
			st.roots[root] = true
		}
	}
	return st
}

// knownObject knows the objects of the service's records that have no list in them, which an underscore alone does not tell
// from names with one in them (Client_IPAddress, Param_Name).
func knownObject(root string) bool {
	switch root {
	case "appaccesscontext", "item", "folder", "destfolder", "status", "devicedetail", "location", "locationdetails",
		"initiatedby", "mfadetail", "auditdata", "rawevent", "raweventdata":
		return true
	}
	return false
}

// typedName is a name without what Log Analytics puts behind the columns of a custom table, and that letter; 0 for none.
func typedName(name string) (bare string, kind byte) {
	name = strings.TrimSuffix(strings.TrimSuffix(name, " [UTC]"), " [Local Time]")
	n := len(name)
	if n > 2 && name[n-2] == '_' && strings.IndexByte("sdtgb", name[n-1]) >= 0 {
		return name[:n-2], name[n-1]
	}
	return name, 0
}

// reserved counts the names that every table of Log Analytics has.
func reserved(names []string) int {
	n := 0
	for _, name := range names {
		switch bare, _ := typedName(name); strings.ToLower(bare) {
		case "tenantid", "sourcesystem", "mg", "managementgroupname", "timegenerated", "computer", "rawdata", "type", "_resourceid", "_subscriptionid", "_itemid":
			n++
		}
	}
	return n
}

// parse takes a name apart; nothing for one that is not flattened.
func (st *style) parse(name string) []step {
	name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
	if st.suffix {
		if bare, kind := typedName(name); kind != 0 {
			steps := st.split(bare)
			if steps == nil {
				steps = []step{{bare, -1}}
			}
			return steps
		}
	}
	return st.split(name)
}

func (st *style) split(name string) []step {
	steps := st.splitAtPlaces(name)
	if clean(steps) {
		return steps
	}
	if anchored := st.anchored(name); anchored != nil {
		return anchored
	}
	return steps
}

// splitAtPlaces takes a name apart by the separators that programs use for both, names and places.
func (st *style) splitAtPlaces(name string) []step {
	if !isName(name) {
		return nil
	}
	var steps []step
	places := 0
	under := false // an underscore parts names: the place before has one beside it
	at := 0        // where the part at hand begins
	for i := 0; i < len(name); {
		n, place := placeAt(name, i)
		if n == 0 {
			i++
			continue
		}
		if steps = st.parts(steps, name[at:i], places > 0, under); len(steps) == 0 {
			return nil
		}
		steps = append(steps, step{"", place})
		places++
		under = name[i] == '_' || name[i+n-1] == '_'
		i += n
		at = i
	}
	if places == 0 && !strings.ContainsAny(name, "./") {
		root, _, ok := strings.Cut(name, "_")
		if !ok || !st.roots[strings.ToLower(root)] {
			return nil
		}
	}
	if steps = st.parts(steps, name[at:], places > 0, under); len(steps) < 2 || len(steps) > maxSteps {
		return nil
	}
	return steps
}

// isName keeps away what stands in the first row of a table without a header: addresses, times, JSON.
func isName(name string) bool {
	if name == "" || '0' <= name[0] && name[0] <= '9' || strings.ContainsAny(name, " \t\"'\\,;=<>") {
		return false
	}
	at := strings.IndexByte(name, '@')
	return !strings.Contains(name, "@odata") && (at < 0 || at == 0 || strings.IndexByte("._/", name[at-1]) >= 0)
}

// placeAt is the length and the number of the place in a list that stands at i with its separators; 0 for none.
func placeAt(name string, i int) (n, place int) {
	if i == 0 {
		return 0, 0
	}
	open := name[i]
	shut := byte(0)
	switch open {
	case '[':
		shut = ']'
	case '{':
		shut = '}'
	case '(':
		shut = ')'
	case '.', '_', '/', ':', '-', '|':
	default:
		return 0, 0
	}
	from := i + 1
	for shut == 0 && from < len(name) && name[from] == open { // __0__
		from++
	}
	if shut == 0 && from < len(name) && strings.IndexByte("[{(", name[from]) >= 0 {
		n, place := placeAt(name, from) // A.[0].Name
		if n > 0 {
			n += from - i
		}
		return n, place
	}
	end := from
	for end < len(name) && '0' <= name[end] && name[end] <= '9' {
		end++
	}
	switch {
	case shut == '}' && end == from && end < len(name) && name[end] == '}':
		return end + 1 - i + separators(name[end+1:]), every
	case end == from || end-from > maxDigits:
		return 0, 0
	case shut != 0 && (end == len(name) || name[end] != shut):
		return 0, 0
	case shut != 0:
		end++
	case end < len(name) && strings.IndexByte("._/:-|", name[end]) < 0:
		return 0, 0
	}
	place, err := strconv.Atoi(strings.Trim(name[from:end], "]})"))
	if err != nil {
		return 0, 0
	}
	// What follows at once may be the next place: then its separator is left to it.
	if more := separators(name[end:]); more > 0 {
		if n, _ := placeAt(name, end); n > 0 {
			return end - i, place
		}
		end += more
	}
	return end - i, place
}

func separators(rest string) int {
	return len(rest) - len(strings.TrimLeft(rest, "._/:-|"))
}

// parts adds what stands between two places. Behind a place with an underscore beside it every underscore parts two names
// (under); before the first, only that behind an object's name does.
func (st *style) parts(steps []step, text string, behind, under bool) []step {
	text = strings.Trim(text, "./:|")
	if behind {
		text = strings.Trim(text, "_-")
	}
	if text == "" {
		return steps
	}
	names := strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '/' })
	for i, name := range names {
		root, rest, ok := strings.Cut(name, "_")
		switch {
		case ok && under && len(names) == 1:
			for _, one := range strings.FieldsFunc(name, func(r rune) bool { return r == '_' }) {
				steps = append(steps, step{one, -1})
			}
		case ok && i == 0 && rest != "" && st.roots[strings.ToLower(root)]:
			steps = append(steps, step{root, -1})
			for _, one := range strings.FieldsFunc(rest, func(r rune) bool { return r == '_' }) {
				steps = append(steps, step{one, -1})
			}
		default:
			steps = append(steps, step{name, -1})
		}
	}
	return steps
}
