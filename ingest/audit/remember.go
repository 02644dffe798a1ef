package audit

import (
	"bytes"
	"encoding/json"
	"hash/maphash"

	"triage/ingest/record"
)

// remembered are lists of named values that records had before: of a real tenant's, nine of ten are written as another
// one was, byte by byte, and need not be read again. A list stands in memory of its own, which holds until another one takes
// its place; none does that while the record at hand uses it. Switched off (nil), every list is read.
type remembered struct {
	seed   maphash.Seed
	record uint64           // the number of the record at hand
	lists  []rememberedList // rememberedLists of them, once there is one to keep
}

type rememberedList struct {
	raw    json.RawMessage // as it was written; nil: none yet
	list   []property
	cursor record.Cursor // what was decoded of it
	used   uint64        // the record that used it last
	seen   uint64        // hash of the list that was here last: one that comes once is not kept
}

// longestRemembered bounds the length of a list that is kept: all of them take 2 MiB and what is decoded of them.
const longestRemembered = 8 << 10

// rememberedLists is how many lists are kept.
const rememberedLists = 256

func newRemembered() *remembered { return &remembered{seed: maphash.MakeSeed()} }

// next forgets nothing but that the record before used some of it.
func (m *remembered) next() {
	if m != nil {
		m.record++
	}
}

// properties is a list as it is remembered or, if it is read well, will be; ok is false where the reader must read it.
func (m *remembered) properties(raw json.RawMessage) (list []property, ok bool) {
	if m == nil || len(raw) > longestRemembered {
		return nil, false
	}
	if m.lists == nil {
		m.lists = make([]rememberedList, rememberedLists)
	}
	hash := maphash.Bytes(m.seed, raw)
	one := &m.lists[hash%rememberedLists]
	if one.raw != nil && bytes.Equal(one.raw, raw) {
		one.used = m.record
		return one.list, true
	}
	seen := one.seen == hash
	if one.seen = hash; !seen || one.used == m.record {
		return nil, false
	}
	one.used = m.record
	one.raw = append(one.raw[:0], raw...)
	one.cursor.Forget()
	if one.list, ok = appendProperties(&one.cursor, one.cursor.Unquoted(one.raw), one.list[:0]); !ok {
		one.raw = nil
		return nil, false
	}
	return one.list, true
}

// appendProperties reads a list of objects; false where encoding/json must read, or where it is no such list.
func appendProperties(c *record.Cursor, raw json.RawMessage, list []property) (more []property, ok bool) {
	c.Begin(raw)
	for c.List(); c.Element(); {
		list = append(list, property{})
		if !c.Null() {
			propertyNames.Scan(c, &list[len(list)-1])
		}
	}
	return list, c.End()
}
