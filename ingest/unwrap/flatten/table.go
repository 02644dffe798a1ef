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
}

// OfTable is the table that a header is the flattened form of; ok is false for one that is not flattened.
func OfTable(header []string) (t *Table, ok bool) {
	tree := grow(header)
	if !tree.flat {
		return nil, false
	}
	t = &Table{Shown: tree.shown, tree: tree}
	for _, root := range tree.roots {
		t.Header = append(t.Header, root.name)
	}
	return t, true
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
	text  []byte
}

// Row is a row as it is rebuilt, good until the next one. lossy says that a part of it cannot be.
func (r *Rows) Row(cells [][]byte) (whole [][]byte, lossy bool) {
	r.cells, r.whole, r.text = cells, r.whole[:0], r.text[:0]
	for _, root := range r.table.tree.roots {
		if len(root.kids) == 0 {
			r.whole = append(r.whole, r.cell(root.leaf))
			continue
		}
		if own := r.cell(root.leaf); len(own) > 0 && !typeName(own) {
			r.whole = append(r.whole, own)
			continue
		}
		start := len(r.text)
		text, ok, lost := root.write(r.text, r)
		r.text = text
		lossy = lossy || lost || ok && r.table.tree.lossy
		r.whole = append(r.whole, r.text[start:len(r.text):len(r.text)])
	}
	return r.whole, lossy
}

func (r *Rows) cell(at int) []byte {
	if at < 0 || at >= len(r.cells) {
		return nil
	}
	return r.cells[at]
}

func (r *Rows) value(to []byte, at int) (text []byte, ok, lossy bool) {
	cell := r.cell(at)
	if len(cell) == 0 {
		return to, false, false
	}
	if typeName(cell) {
		return to, false, true
	}
	return appendQuoted(to, cell), true, false
}

// values are the lines of a cell: so are the values of a list written by Splunk.
func (r *Rows) values(at int) [][]byte {
	cell := r.cell(at)
	if len(cell) == 0 {
		return nil
	}
	var all [][]byte
	for line := range bytes.SplitSeq(cell, []byte("\n")) {
		all = append(all, appendQuoted(nil, bytes.TrimSuffix(line, []byte("\r"))))
	}
	return all
}

// Object is an object as it is rebuilt from flattened members. lossy says that a part of it cannot be; ok is false for
// one that is not flattened, or that is damaged.
func Object(object []byte, members []record.Member) (whole []byte, shown string, lossy, ok bool) {
	if len(members) > record.MaxColumns || !anyFlat(members) {
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
	from := memberValues(members)
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
		if bytes.ContainsAny(members[i].Name, "._[/:{") {
			return true
		}
	}
	return false
}

// memberValues are the values of an object's members.
type memberValues []record.Member

func (m memberValues) value(to []byte, at int) (text []byte, ok, lossy bool) {
	value := bytes.TrimSpace(m[at].Value)
	if len(value) == 0 || string(value) == "null" || string(value) == `""` {
		return to, false, false
	}
	if value[0] == '"' && typeName(value[1:]) {
		return to, false, true
	}
	return append(to, value...), true, false
}

func (m memberValues) values(at int) [][]byte {
	var list []json.RawMessage
	value := m[at].Value
	if json.Unmarshal(value, &list) != nil {
		if strings.TrimSpace(string(value)) == "null" {
			return nil
		}
		list = []json.RawMessage{value} // a list of one
	}
	all := make([][]byte, len(list))
	for i, one := range list {
		all[i] = one
	}
	return all
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
	for _, mark := range []string{"_0_", ".0.", "[0]", "_0\"", ".0\"", "_1_", ".1.", "[1]", "/0/", ":0:"} {
		if bytes.Contains(sample, []byte(mark)) && placed().Match(sample) {
			return true
		}
	}
	return false
}

// placed is a member whose name has a place in a list, and is not inside a text.
var placed = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`"[A-Za-z][A-Za-z0-9]*(?:[._/:\[][A-Za-z0-9]+\]?)*?[._/:\[][01]\]?(?:[._/:][A-Za-z0-9@._/:\[\]]+)?"[ \t]*:`)
})
