package record

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math/bits"
	"slices"
	"strings"
)

// Names are the members of an object that fill a T, and the columns of a table that do: one list that the cursor, the
// tables and PowerShell's text are read by. Names are compared without case.
type Names[T any] struct {
	list    []Name[T]
	members index
	columns map[string]int // by ColumnName: the place in list
}

// Name is one of them: a text, or a part that stays as it was written.
type Name[T any] struct {
	Name    string   // of the member, as the service writes it
	Columns []string // what tables call it, where that is not the member's name
	Text    func(*T) *Text
	Raw     func(*T) *json.RawMessage
}

// NewNames makes the list ready. It holds at most 255 names.
func NewNames[T any](list []Name[T]) *Names[T] {
	n := &Names[T]{list: list, columns: map[string]int{}}
	for i, m := range list {
		n.members.names = append(n.members.names, m.Name)
		for _, name := range m.Columns {
			plain, _ := ColumnName(name)
			n.columns[plain] = i
		}
	}
	n.members.fill()
	return n
}

// Of is the field of a T that the name stands for.
func (m *Name[T]) Of(to *T) *[]byte {
	if m.Text != nil {
		return (*[]byte)(m.Text(to))
	}
	return (*[]byte)(m.Raw(to))
}

// Fields are what the columns of a table fill: nil for one that fills nothing.
type Fields[T any] []*Name[T]

// Fields finds the columns that are called as members are.
func (n *Names[T]) Fields(header []string) Fields[T] {
	fields := make(Fields[T], len(header))
	for i, name := range header {
		name, _ = ColumnName(name)
		fields[i] = n.Member([]byte(name))
	}
	return fields
}

// Fill fills what is empty of a T from a row: of two columns that mean the same, the first that says something counts.
func (f Fields[T]) Fill(rec Record, to *T) {
	for i, cell := range rec.Cells {
		if i >= len(f) || f[i] == nil {
			continue
		}
		if field := f[i].Of(to); len(*field) == 0 {
			*field = cell
		}
	}
}

// Member is the name of a member; nil for one that fills nothing.
func (n *Names[T]) Member(name []byte) *Name[T] {
	if i := n.members.find(name); i >= 0 {
		return &n.list[i]
	}
	return nil
}

// Column is the name of a column: what tables call it comes before what objects do. It is nil for one that fills nothing.
func (n *Names[T]) Column(name string) *Name[T] {
	if m := n.Called(name); m != nil {
		return m
	}
	name, _ = ColumnName(name)
	return n.Member([]byte(name))
}

// Called is Column without the columns that are called as members are.
func (n *Names[T]) Called(name string) *Name[T] {
	name, _ = ColumnName(name)
	if i, ok := n.columns[name]; ok {
		return &n.list[i]
	}
	return nil
}

// Take takes the value of the member at hand if it fills a field.
func (n *Names[T]) Take(c *Cursor, to *T) bool {
	m := n.Member(c.Name)
	switch {
	case m == nil:
		c.Spread = c.Spread || spread(c.Name)
		c.Listed = c.Listed || namesPage(c.Name)
		return false
	case m.Text != nil:
		*m.Text(to) = c.Text()
	default:
		*m.Raw(to) = c.Raw()
	}
	return true
}

// spread says that a name leads into a list or an object that an export took apart, as far as a name can tell. Annotations as
// @odata.type and names with a version are none.
func spread(name []byte) bool {
	for i, c := range name {
		switch c {
		case '.', '/', '[':
			return name[0] != '@' && i > 0 && bytes.IndexByte(name, '@') < 0
		case '_':
			if i > 0 && i+1 < len(name) && (name[i+1] == '_' || '0' <= name[i+1] && name[i+1] <= '9') || bytes.HasPrefix(name, []byte("Item_")) {
				return true
			}
		}
	}
	return false
}

// Scan takes the object at hand, whose other members it passes over.
func (n *Names[T]) Scan(c *Cursor, to *T) {
	for c.Object(); c.Member(); {
		if !n.Take(c, to) {
			c.Skip()
		}
	}
}

// Fill fills a T from an object; what stands in it already counts where the object says nothing.
func (n *Names[T]) Fill(c *Cursor, object []byte, to *T) error {
	if n.Read(c, object, to) {
		return nil
	}
	return n.Decode(object, to)
}

// errNoObject is the reason of a value that has no members.
var errNoObject = errors.New("want a JSON object")

// Decode is Fill for what a cursor refuses, one member at a time.
func (n *Names[T]) Decode(object []byte, to *T) error {
	var whole json.RawMessage
	if err := json.Unmarshal(object, &whole); err != nil || string(whole) == "null" {
		return err
	}
	members, ok := decodeMembers(whole)
	if !ok {
		return errNoObject
	}
	for _, m := range members {
		i := slices.IndexFunc(n.list, func(one Name[T]) bool { return strings.EqualFold(one.Name, string(m.Name)) })
		switch {
		case i < 0:
		case n.list[i].Text != nil:
			*n.list[i].Text(to) = TextOf(m.Value)
		default:
			*n.list[i].Raw(to) = m.Value
		}
	}
	return nil
}

// Read is Fill by a cursor alone; false where it refuses, and then nothing is changed.
func (n *Names[T]) Read(c *Cursor, object []byte, to *T) bool {
	before := *to
	c.Begin(object)
	if n.Scan(c, to); !c.End() {
		*to = before
		return false
	}
	return true
}

// PowerShell fills what is empty of a T from an object that PowerShell wrote as text, @{Id=…; Parameters=System.Object[]}:
// its texts only. whole is false where the end is missing; the last member is then left out, as it may be cut.
func (n *Names[T]) PowerShell(text []byte, to *T) (whole bool) {
	body, whole := bytes.CutSuffix(bytes.TrimSpace(bytes.TrimPrefix(text, []byte("@{"))), []byte("}"))
	parts := bytes.Split(body, []byte("; "))
	if !whole {
		parts = parts[:len(parts)-1]
	}
	for _, part := range parts {
		name, value, _ := bytes.Cut(part, []byte("="))
		if m := n.Member(bytes.TrimSpace(name)); m != nil && m.Text != nil && len(*m.Text(to)) == 0 && len(value) > 0 && !Flattened(value) {
			*m.Text(to) = bytes.Clone(value)
		}
	}
	return whole
}

// Flattened knows the name of a type that PowerShell wrote where an object was, and an object that it wrote as text.
func Flattened(value []byte) bool {
	return bytes.HasPrefix(value, []byte("@{")) || bytes.HasPrefix(value, []byte("System.")) && bytes.IndexByte(value, ' ') < 0
}

// index finds names in ASCII, whatever their case: a hash table that is never full.
type index struct {
	names []string
	slots []uint8 // one more than the place in names, 0 for none; a power of two
}

func (x *index) fill() {
	x.slots = make([]uint8, 1<<bits.Len(uint(8*len(x.names))))
	for i, name := range x.names {
		at := hashName([]byte(name))
		for x.slots[at&uint64(len(x.slots)-1)] != 0 {
			at++
		}
		x.slots[at&uint64(len(x.slots)-1)] = uint8(i + 1)
	}
}

// find is the place of a name; -1 for one that is not there.
func (x *index) find(name []byte) int {
	for at := hashName(name); ; at++ {
		i := int(x.slots[at&uint64(len(x.slots)-1)]) - 1
		if i < 0 {
			return -1
		}
		if known := x.names[i]; known == string(name) || len(known) == len(name) && strings.EqualFold(known, string(name)) {
			return i
		}
	}
}

// hashName is one number for names that differ in case alone. It mixes their length, beginning and end.
func hashName(name []byte) uint64 {
	const lower = ones * ' '
	var begin, end uint64
	switch n := len(name); {
	case n >= 8:
		begin, end = binary.LittleEndian.Uint64(name), binary.LittleEndian.Uint64(name[n-8:])
	case n >= 4:
		begin, end = uint64(binary.LittleEndian.Uint32(name)), uint64(binary.LittleEndian.Uint32(name[n-4:]))
	case n > 0:
		begin, end = uint64(name[0])<<8|uint64(name[n/2]), uint64(name[n-1])
	}
	h := ((begin | lower) ^ bits.RotateLeft64(end|lower, 29) ^ uint64(len(name))) * 0x9e3779b97f4a7c15
	return h >> 48
}

// Columns finds the cells of a row by what their columns are called, whatever the columns' order. Of two columns of one
// name the first counts.
type Columns struct {
	// Local is a column whose times are of the exporter's own clock, as it was written; "" where there is none.
	Local string

	at    map[string]int
	names []string
}

// ColumnsOf takes a header.
func ColumnsOf(header []string) Columns {
	c := Columns{at: map[string]int{}, names: make([]string, len(header))}
	for i, name := range header {
		local := false
		if c.names[i], local = ColumnName(name); local && c.Local == "" {
			c.Local = name
		}
		if _, twice := c.at[c.names[i]]; !twice {
			c.at[c.names[i]] = i
		}
	}
	return c
}

// ColumnName brings a column into the one form that all are compared in: lower case, single spaces, no byte order mark,
// and without what Log Analytics puts behind it: underscores, and the zone of its times, TimeGenerated [UTC]. local says
// that this is the exporter's own.
func ColumnName(name string) (plain string, local bool) {
	name = strings.ToLower(strings.Join(strings.Fields(strings.TrimPrefix(name, "\ufeff")), " "))
	name = strings.TrimRight(name, "_")
	for _, zone := range [...]string{" [local time]", " (local time)", " (local)"} {
		if name, local = strings.CutSuffix(name, zone); local {
			return name, true
		}
	}
	if bare, ok := strings.CutSuffix(name, " (utc)"); ok && bare != "date" { // "Date (UTC)" is what the Entra portal calls it
		return bare, false
	}
	return strings.TrimSuffix(name, " [utc]"), false
}

// Has says whether there are all of these columns, in the form of ColumnName; a|b means either.
func (c Columns) Has(columns ...string) bool {
	for _, name := range columns {
		if _, ok := c.at[name]; ok {
			continue
		}
		one, other, either := strings.Cut(name, "|")
		if !either || !c.Has(one) && !c.Has(other) {
			return false
		}
	}
	return true
}

// HasPrefix says whether there is a column that begins so.
func (c Columns) HasPrefix(prefix string) bool {
	return slices.ContainsFunc(c.names, func(name string) bool { return strings.HasPrefix(name, prefix) })
}

// At is the place of the first of some columns that there is; -1 for none.
func (c Columns) At(columns ...string) int {
	for _, name := range columns {
		if i, ok := c.at[name]; ok {
			return i
		}
	}
	return -1
}

// Of is the row's cell in the first of some columns that it has something in; nothing if there is none.
func (c Columns) Of(rec Record, columns ...string) Text {
	for _, name := range columns {
		if i, ok := c.at[name]; ok && i < len(rec.Cells) && len(rec.Cells[i]) > 0 {
			return rec.Cells[i]
		}
	}
	return nil
}

// Cells are what some of the first rows of a table have in some columns.
func (c Columns) Cells(rows [][]string, columns ...string) (cells [][]byte) {
	for i, name := range c.names {
		for _, row := range rows {
			if i < len(row) && slices.Contains(columns, name) {
				cells = append(cells, []byte(row[i]))
			}
		}
	}
	return cells
}
