package parquet

import "encoding/binary"

// chunk is one column within a row group.
type chunk struct {
	Column
	values      []byte // of the page, as they are
	repetitions runs   // of lists: 0 begins one, 1 goes on with it
	definitions runs   // 0: nothing; the most: a value; between them, of lists, an element that is not known
	count       int    // values of the page, those that are not known among them
	pages       []byte // of the row group, packed
	meta        chunkMeta
}

// chunkMeta is what the footer says of a chunk.
type chunkMeta struct {
	values, size, packed, offset int64
	unknown                      int64
	least, most                  int64 // of whole numbers
	bounded                      bool
}

// level notes whether a value is known, and says so.
func (c *chunk) level(repetition int, known bool) bool {
	if known {
		c.add(repetition, 1)
	} else {
		c.add(repetition, 0)
	}
	return known
}

func (c *chunk) add(repetition, definition int) {
	if c.Kind == Texts {
		c.repetitions.add(repetition)
	}
	c.definitions.add(definition)
	c.count++
	if definition < maxDefinition(c.Kind) {
		c.meta.unknown++
	}
}

func maxDefinition(k Kind) int {
	if k == Texts {
		return 2
	}
	return 1
}

func (c *chunk) text(value string) {
	c.values = binary.LittleEndian.AppendUint32(c.values, uint32(len(value)))
	c.values = append(c.values, value...)
}

func (c *chunk) bounds(value int64) {
	if !c.meta.bounded {
		c.meta.least, c.meta.most, c.meta.bounded = value, value, true
	}
	c.meta.least, c.meta.most = min(c.meta.least, value), max(c.meta.most, value)
}

// body is a page: levels, each with their length before them, then values.
func (c *chunk) body() []byte {
	var body []byte
	if c.Kind == Texts {
		body = c.repetitions.appendTo(body)
	}
	body = c.definitions.appendTo(body)
	return append(body, c.values...)
}

func (c *chunk) reset() {
	c.values, c.count = c.values[:0], 0
	c.repetitions.reset()
	c.definitions.reset()
}

// runs are levels of at most 8 bits, as runs of equal ones.
type runs struct {
	done  []byte
	value int
	n     uint64
}

func (r *runs) add(value int) {
	if r.n > 0 && value != r.value {
		r.end()
	}
	r.value = value
	r.n++
}

func (r *runs) end() {
	if r.n > 0 {
		r.done = append(binary.AppendUvarint(r.done, r.n<<1), byte(r.value))
		r.n = 0
	}
}

func (r *runs) appendTo(b []byte) []byte {
	r.end()
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(r.done))), r.done...)
}

func (r *runs) reset() { r.done, r.n = r.done[:0], 0 }
