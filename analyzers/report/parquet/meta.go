package parquet

import "encoding/binary"

// Numbers of parquet.thrift.
const (
	typeInt64, typeDouble, typeBytes = 2, 5, 6
	required, optional, repeated     = 0, 1, 2
	plain, rle                       = 0, 3 // encodings
	codecZstd                        = 6
	dataPage                         = 0
	utf8, list, timestampMillis      = 0, 3, 9 // converted types, for readers of before logical ones
)

// Types of Thrift's compact protocol.
const (
	tTrue, tI32, tI64, tBinary, tList, tStruct = 1, 5, 6, 8, 9, 12
)

// thrift is a struct in Thrift's compact protocol, as far as it is written.
type thrift struct {
	out  []byte
	last []int16 // number of the last field, of each struct that is open
}

func (t *thrift) field(number int16, kind byte) {
	at := len(t.last) - 1
	delta := number - t.last[at]
	t.out = append(t.out, byte(delta)<<4|kind) // numbers here differ by 1 to 15
	t.last[at] = number
}

func (t *thrift) open()  { t.last = append(t.last, 0) }
func (t *thrift) close() { t.out, t.last = append(t.out, 0), t.last[:len(t.last)-1] }

func (t *thrift) number(number int16, kind byte, v int64) {
	t.field(number, kind)
	t.out = binary.AppendVarint(t.out, v) // zigzag, as Thrift has it
}

func (t *thrift) i32(number int16, v int)   { t.number(number, tI32, int64(v)) }
func (t *thrift) i64(number int16, v int64) { t.number(number, tI64, v) }

func (t *thrift) text(number int16, s string) {
	t.field(number, tBinary)
	t.bare(s)
}

// bare is a text as an element of a list.
func (t *thrift) bare(s string) {
	t.out = append(binary.AppendUvarint(t.out, uint64(len(s))), s...)
}

func (t *thrift) list(number int16, kind byte, n int) {
	t.field(number, tList)
	if n < 15 {
		t.out = append(t.out, byte(n)<<4|kind)
		return
	}
	t.out = binary.AppendUvarint(append(t.out, 0xf0|kind), uint64(n))
}

// in writes a struct as a field.
func (t *thrift) in(number int16, write func()) {
	t.field(number, tStruct)
	t.element(write)
}

// element writes a struct as an element of a list, or by itself.
func (t *thrift) element(write func()) {
	t.open()
	write()
	t.close()
}

func pageHeader(size, packed, values int) []byte {
	var t thrift
	t.element(func() {
		t.i32(1, dataPage)
		t.i32(2, size)
		t.i32(3, packed)
		t.in(5, func() {
			t.i32(1, values)
			t.i32(2, plain)
			t.i32(3, rle)
			t.i32(4, rle)
		})
	})
	return t.out
}

// footer is the FileMetaData.
func (w *Writer) footer() []byte {
	var t thrift
	t.element(func() {
		t.i32(1, 2) // version
		n := 1
		for _, c := range w.columns {
			n++
			if c.Kind == Texts {
				n += 2
			}
		}
		t.list(2, tStruct, n)
		t.element(func() {
			t.text(4, "activities")
			t.i32(5, len(w.columns))
		})
		for _, c := range w.columns {
			t.schema(c.Column)
		}
		t.i64(3, w.rows)
		t.list(4, tStruct, len(w.groups))
		for i := range w.groups {
			t.element(func() { w.group(&t, &w.groups[i]) })
		}
		t.text(6, "triage")
		t.list(7, tStruct, len(w.columns)) // least and most are by the type's own order
		for range w.columns {
			t.element(func() { t.in(1, func() {}) })
		}
	})
	return t.out
}

// schema is the schema of a column: of a list, group, repeated group and element, as the format wants them named.
func (t *thrift) schema(c Column) {
	if c.Kind != Texts {
		t.element(func() { t.leaf(c.Name, c.Kind) })
		return
	}
	t.element(func() {
		t.i32(3, required)
		t.text(4, c.Name)
		t.i32(5, 1)
		t.i32(6, list)
		t.in(10, func() { t.in(3, func() {}) })
	})
	t.element(func() {
		t.i32(3, repeated)
		t.text(4, "list")
		t.i32(5, 1)
	})
	t.element(func() { t.leaf("element", Text) })
}

func (t *thrift) leaf(name string, k Kind) {
	t.i32(1, typeOf(k))
	t.i32(3, optional)
	t.text(4, name)
	switch k {
	case Text:
		t.i32(6, utf8)
		t.in(10, func() { t.in(1, func() {}) })
	case Time:
		t.i32(6, timestampMillis)
		t.in(10, func() {
			t.in(8, func() {
				t.field(1, tTrue) // of UTC
				t.in(2, func() { t.in(1, func() {}) })
			})
		})
	}
}

func typeOf(k Kind) int {
	switch k {
	case Int, Time:
		return typeInt64
	case Float:
		return typeDouble
	default:
		return typeBytes
	}
}

// group is the RowGroup.
func (w *Writer) group(t *thrift, g *groupMeta) {
	var size, packed int64
	for i := range g.columns {
		size += g.columns[i].size
		packed += g.columns[i].packed
	}
	t.list(1, tStruct, len(g.columns))
	for i := range g.columns {
		m, c := &g.columns[i], w.columns[i].Column
		t.element(func() {
			t.i64(2, m.offset)
			t.in(3, func() { t.chunk(c, m) })
		})
	}
	t.i64(2, size)
	t.i64(3, g.rows)
	t.i64(5, g.offset)
	t.i64(6, packed)
}

// chunk is the ColumnMetaData.
func (t *thrift) chunk(c Column, m *chunkMeta) {
	t.i32(1, typeOf(c.Kind))
	t.list(2, tI32, 2)
	t.out = binary.AppendVarint(binary.AppendVarint(t.out, plain), rle)
	path := []string{c.Name}
	if c.Kind == Texts {
		path = append(path, "list", "element")
	}
	t.list(3, tBinary, len(path))
	for _, name := range path {
		t.bare(name)
	}
	t.i32(4, codecZstd)
	t.i64(5, m.values)
	t.i64(6, m.size)
	t.i64(7, m.packed)
	t.i64(9, m.offset)
	t.in(12, func() {
		t.i64(3, m.unknown)
		if m.bounded {
			t.text(5, string(binary.LittleEndian.AppendUint64(nil, uint64(m.most))))
			t.text(6, string(binary.LittleEndian.AppendUint64(nil, uint64(m.least))))
		}
	})
}
