package audit

import (
	"triage/ingest/activity"
	"triage/ingest/record"
)

// writer hands one record's values to the shard and sums them up, so that two copies of a record have the same sum
// whatever the order of their keys.
type writer struct {
	shard  *activity.Shard
	sum    uint64
	buffer []byte // a name, while it is put together or looked for
}

// The fixed texts of an activity, numbered for the sum.
const (
	fixedOp = iota + 1
	fixedActor
	fixedMailbox
	fixedIP
	fixedApp
	fixedAgent
	fixedSession
	fixedItem
)

// fixed is the symbol of one of the activity's own texts.
func (w *writer) fixed(which uint64, value text) activity.Symbol {
	value = record.Bounded(w.shard, value)
	w.add(which, nil, value)
	return w.shard.Intern(value)
}

// fold is fixed for a name, which is kept in lower case.
func (w *writer) fold(which uint64, name text) activity.Symbol {
	sym := w.shard.InternFold(record.Bounded(w.shard, name))
	w.add(which, nil, text(w.shard.Symbols.Text(sym)))
	return sym
}

// put adds a value of a field; the empty text is none.
func (w *writer) put(f activity.Field, value text) {
	if len(value) > 0 {
		value = record.Bounded(w.shard, value)
		w.add(1<<8|uint64(f), nil, value)
		w.shard.Put(f, value)
	}
}

// putLook is put for a text that was looked for, and is short enough.
func (w *writer) putLook(f activity.Field, value text, look *activity.Look) {
	if len(value) > 0 {
		w.add(1<<8|uint64(f), nil, value)
		w.shard.PutSymbol(f, w.shard.Symbols.InternLook(look))
	}
}

// named adds a value of a dynamic field, which may be empty.
func (w *writer) named(prefix string, name []byte, value text) {
	value = record.Bounded(w.shard, value)
	w.buffer = append(append(w.buffer[:0], prefix...), name...)
	w.add(1<<16, w.buffer, value)
	w.shard.PutNamed(w.buffer, value)
}

// wants says whether rules ask for a parameter by its name.
func (w *writer) wants(name text) bool {
	if len(w.shard.Interest.Params) == 0 {
		return false
	}
	w.buffer = activity.AppendLower(w.buffer[:0], name)
	return w.shard.Interest.Params[string(w.buffer)]
}

// add mixes a value into the sum. Adding makes the order of values irrelevant.
func (w *writer) add(key uint64, name, value []byte) {
	if len(value) == 0 && len(name) == 0 {
		return
	}
	// FNV-1a, 64 bits. Ids come from the service, so nobody gains by a collision of sums.
	const offset, prime = 14695981039346656037, 1099511628211
	h := (offset ^ key) * prime
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		h = (h ^ uint64(c)) * prime
	}
	h = (h ^ 0x100) * prime
	for _, c := range value {
		h = (h ^ uint64(c)) * prime
	}
	w.sum += mix(h)
}

// mix spreads a number over 64 bits (the finaliser of splitmix64), so that sums of similar numbers differ.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
