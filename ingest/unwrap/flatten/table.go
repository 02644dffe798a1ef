package flatten

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"sync"

	"triage/ingest/record"
)

// Table rebuilds the rows of a table whose header has flattened names. It may be shared; a Rows is one goroutine's.
type Table struct {
	Header []string // of the table as it is rebuilt: a column for each list or object
	Shown  string   // one of the flattened names
	tree   *tree

	Named   bool // names are flattened, and not only cells printed
	printed bool // cells hold lists as Python prints them

	expanded bool // a record is as many rows as one of its lists has named values: each holds a part of it
}

// OfTable is the table that a header and its first rows are the flattened form of; ok is false for one that is not
// flattened.
func OfTable(header []string, rows [][]string) (t *Table, ok bool) {
	tree := grow(header)
	t = &Table{Shown: tree.shown, tree: tree, Named: tree.flat}
	for _, row := range rows {
		for i, cell := range row {
			if !t.printed && i < len(header) && isRepr([]byte(cell)) {
				if t.printed = true; !tree.flat {
					t.Shown = header[i]
				}
			}
		}
	}
	if !tree.flat && !t.printed {
		return nil, false
	}
	for _, root := range tree.roots {
		t.Header = append(t.Header, root.name)
	}
	t.expanded = expanded(tree, rows)
	return t, true
}

// expanded says whether two rows, one after the other, differ in the name and value of a list's entry alone: so Power Query
// expands a list.
func expanded(t *tree, rows [][]string) bool {
	entry := map[int]bool{}
	var mark func(n *node)
	mark = func(n *node) {
		pairs := n.pairs()
		for _, kid := range n.kids {
			if pairs && kid.leaf >= 0 {
				entry[kid.leaf] = true
			}
			mark(kid)
		}
	}
	for _, root := range t.roots {
		mark(root)
	}
	if len(entry) == 0 {
		return false
	}
	for i := 1; i < len(rows); i++ {
		x, y := rows[i-1], rows[i]
		same, differ := len(x) == len(y), false
		for k := 0; same && k < len(x); k++ {
			if entry[k] {
				differ = differ || x[k] != y[k]
			} else {
				same = x[k] == y[k]
			}
		}
		if same && differ {
			return true
		}
	}
	return false
}

// Head is the beginning of the table as it is rebuilt.
func (t *Table) Head(h record.Head) record.Head {
	rows := h.Rows
	h.Header, h.Beyond, h.Rows = t.Header, 0, nil
	r := t.Rows()
	var cells [][]byte
	for _, row := range rows {
		cells = cells[:0]
		for _, cell := range row {
			cells = append(cells, []byte(cell))
		}
		whole, _ := r.Row(cells)
		texts := make([]string, len(whole))
		for i, cell := range whole {
			texts[i] = string(cell)
		}
		h.Rows = append(h.Rows, texts)
	}
	return h
}

// Rows rebuilds rows.
func (t *Table) Rows() *Rows { return &Rows{table: t} }

// Rows rebuilds rows one by one. It is used by one goroutine.
type Rows struct {
	table *Table
	cells [][]byte
	whole [][]byte
	lossy []bool
	text  []byte
}

// Row is a row as it is rebuilt, good until the next one. lossy says of each cell that a part of it cannot be.
func (r *Rows) Row(cells [][]byte) (whole [][]byte, lossy []bool) {
	r.cells, r.whole, r.text, r.lossy = cells, r.whole[:0], r.text[:0], r.lossy[:0]
	for i, root := range r.table.tree.roots {
		r.lossy = append(r.lossy, false)
		if len(root.kids) == 0 {
			r.whole = append(r.whole, r.cell(root.leaf))
			continue
		}
		if own := r.cell(root.leaf); len(own) > 0 && !record.Flattened(own) {
			r.whole = append(r.whole, own)
			continue
		}
		start := len(r.text)
		text, ok, lost := root.write(r.text, r)
		r.text = text
		r.lossy[i] = lost || ok && (r.table.tree.lossy || r.table.expanded)
		r.whole = append(r.whole, r.text[start:len(r.text):len(r.text)])
	}
	return r.whole, r.lossy
}

func (r *Rows) cell(at int) []byte {
	if at < 0 || at >= len(r.cells) {
		return nil
	}
	if cell := r.cells[at]; r.table.printed && isRepr(cell) {
		if text, ok := fromRepr(cell); ok {
			return text
		}
	}
	return r.cells[at]
}

func (r *Rows) value(to []byte, at int) (text []byte, ok, lossy bool) {
	cell := r.cell(at)
	if len(cell) == 0 {
		return to, false, false
	}
	if record.Flattened(cell) {
		return to, false, true
	}
	return appendQuoted(to, cell), true, false
}

// values are the parts of a cell.
func (r *Rows) values(at int, sep string) [][]byte {
	cell := r.cell(at)
	if len(cell) == 0 {
		return nil
	}
	if sep == "" {
		return [][]byte{appendQuoted(nil, cell)}
	}
	var all [][]byte
	for line := range bytes.SplitSeq(cell, []byte(sep)) {
		all = append(all, appendQuoted(nil, bytes.TrimSuffix(line, []byte("\r"))))
	}
	return all
}

// Object is an object as it is rebuilt from flattened members. lossy says that a part of it cannot be; ok is false for
// one that is not flattened, or that is damaged.
func Object(object []byte, members []record.Member) (whole []byte, shown string, lossy, ok bool) {
	if len(members) > record.MaxColumns {
		return nil, "", false, false
	}
	if plain, changed := uncounted(object, 0); changed {
		object = plain
		if members, ok = record.Members(object); !ok {
			return nil, "", false, false
		}
		if whole, shown, lossy, ok = Object(object, members); ok {
			return whole, shown, lossy, true
		}
		return object, `{"value":[…],"Count":…}`, false, true
	}
	if !anyFlat(members) {
		return nil, "", false, false
	}
	names := make([]string, len(members))
	for i := range members {
		names[i] = string(members[i].Name)
	}
	tree := grow(names)
	if !tree.flat {
		return nil, "", false, false
	}
	from := memberValues{members, fieldsOf(members)}
	whole = append(make([]byte, 0, len(object)), '{')
	for _, root := range tree.roots {
		before := len(whole)
		if before > 1 {
			whole = append(whole, ',')
		}
		whole = append(appendQuoted(whole, []byte(root.name)), ':')
		text, ok, lost := root.write(whole, from)
		lossy = lossy || lost || ok && len(root.kids) > 0 && tree.lossy
		if whole = text; !ok {
			whole = whole[:before]
		}
	}
	return append(whole, '}'), tree.shown, lossy, true
}

// anyFlat is a quick look for what a flattened name has in it.
func anyFlat(members []record.Member) bool {
	for i := range members {
		if bytes.ContainsAny(members[i].Name, "._[/:{-|>#( 0123456789") {
			return true
		}
	}
	return false
}

// memberValues are the values of an object's members.
type memberValues struct {
	members []record.Member
	fields  bool // each value is in a list, as Elasticsearch answers with fields
}

// fieldsOf says whether all members with a dot in their names are lists.
func fieldsOf(members []record.Member) bool {
	n := 0
	for i := range members {
		if bytes.IndexByte(members[i].Name, '.') < 0 {
			continue
		}
		if value := bytes.TrimSpace(members[i].Value); len(value) == 0 || value[0] != '[' {
			return false
		}
		n++
	}
	return n > 0
}

func (m memberValues) value(to []byte, at int) (text []byte, ok, lossy bool) {
	value := bytes.TrimSpace(m.members[at].Value)
	if m.fields && len(value) > 0 && value[0] == '[' {
		var list []json.RawMessage
		if json.Unmarshal(value, &list) == nil && len(list) == 1 {
			value = bytes.TrimSpace(list[0])
		}
	}
	if len(value) == 0 || string(value) == "null" || string(value) == `""` {
		return to, false, false
	}
	if value[0] == '"' && record.Flattened(value[1:]) {
		return to, false, true
	}
	return append(to, value...), true, false
}

func (m memberValues) values(at int, sep string) [][]byte {
	var list []json.RawMessage
	value := m.members[at].Value
	if json.Unmarshal(value, &list) != nil {
		if strings.TrimSpace(string(value)) == "null" {
			return nil
		}
		if text, ok := textOf(value); ok && sep != "" {
			for line := range strings.SplitSeq(text, sep) {
				list = append(list, appendQuoted(nil, []byte(line)))
			}
		} else {
			list = []json.RawMessage{value} // a list of one
		}
	}
	all := make([][]byte, len(list))
	for i, one := range list {
		all[i] = one
	}
	return all
}

// textOf is a value that is a text.
func textOf(value []byte) (text string, ok bool) {
	return text, json.Unmarshal(value, &text) == nil
}

// In says whether the first objects of a stream, or what follows them in its sample, have flattened members: a record
// without a list has none.
func In(objects [][]byte, sample []byte) bool {
	for _, object := range objects {
		if members, ok := record.Members(object); ok {
			if _, _, _, ok := Object(object, members); ok {
				return true
			}
		}
	}
	if countedList(sample) {
		for _, object := range objects {
			if _, changed := uncounted(object, 0); changed {
				return true
			}
		}
	}
	for _, mark := range []string{"_0_", ".0.", "[0]", "_0\"", ".0\"", "_1_", ".1.", "[1]", "/0/", ":0:"} {
		if bytes.Contains(sample, []byte(mark)) && placed().Match(sample) {
			return true
		}
	}
	return hasAnchored(sample)
}

// placed is a member whose name has a place in a list, and is not inside a text.
var placed = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"[A-Za-z][A-Za-z0-9]*(?:[._/:\[][A-Za-z0-9]+\]?)*?[._/:\[][01]\]?(?:[._/:][A-Za-z0-9@._/:\[\]]+)?"[ \t]*:`)
})
