package outlook

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// activityColumn is one of the seven fields that make up an activity.
type activityColumn uint8

// The columns, in the order in which the retriever wrote them.
const (
	timeStamp activityColumn = iota
	appIDType
	activityIDType
	activityItemID
	creationTime
	sessionID
	customProperties
	columnCount
	owner    activityColumn = columnCount // not the service's: responders add it when they join exports
	noColumn activityColumn = 255
)

// columnNames are the names of the columns, by number.
func columnNames() []string {
	return []string{
		"TimeStamp", "AppIdType", "ActivityIdType", "ActivityItemId", "ActivityCreationTime", "ClientSessionId",
		"CustomProperties",
	}
}

// decoder turns the seven fields of a record into an activity.
type decoder struct {
	acts    map[string]meaning
	clients map[string]string
	parts   map[string]part
	wants   map[string][][]byte // by lower-case property name: the dynamic fields that rules want it as

	fields  [columnCount][]byte
	mailbox []byte
	set     *nameSet // of the record at hand
	values  [][]byte // in order of the names in set

	props   []customProperty // what the parser read
	written []customProperty // the same in the order of the text
	lit     literal
	layouts []*layout
	learned int                 // layouts so far
	sets    map[string]*nameSet // by the text that a set's digest is of
	none    *nameSet            // of a record without properties

	text    []byte // what identity is the hash of
	queries map[string]query
	shard   *activity.Shard  // the one that the memos and words below belong to
	ops     map[string]*word // by ActivityIdType as written
	apps    map[string]*word // by AppIdType as written
	memos   [memoCount]memo
	looks   []activity.Look // texts of the record that are being interned
}

func newDecoder() decoder {
	d := decoder{acts: meanings(), clients: clients(), parts: parts(), queries: map[string]query{}}
	d.forget()
	return d
}

// forget drops all that was learnt for another shard.
func (d *decoder) forget() {
	d.memos, d.ops, d.apps = [memoCount]memo{}, map[string]*word{}, map[string]*word{}
	d.wants, d.layouts, d.sets = map[string][][]byte{}, nil, map[string]*nameSet{}
	d.none = d.setOf(nil)
	d.set, d.values = d.none, nil
}

// prepare notes which properties rules want beyond the fields. "raw.CustomProperties.Layout" and "raw.Layout" are the
// same property, as a rule writer may have either form of the log in mind.
func (d *decoder) prepare(to *activity.Shard) {
	if d.shard == to {
		return
	}
	d.forget()
	d.shard = to
	for _, path := range to.Interest.Raw {
		path = strings.ToLower(path)
		name := strings.TrimPrefix(path, "customproperties.")
		d.wants[name] = append(d.wants[name], []byte("raw."+path))
	}
	for _, name := range [...]string{"timezone", "itemclass"} { // the client's zone in Logon; what kind of message was delivered
		if to.Interest.Params[name] {
			d.wants[name] = append(d.wants[name], []byte("params."+name))
		}
	}
}

// memo is the last value of a field: most records repeat the session, client and agent of the one before, and
// comparing with one text that is at hand is cheaper than finding it among a million.
type memo struct {
	text  string
	sym   activity.Symbol
	ahead int // one more than the place in decoder.looks of the record's own value; 0 = it is text
}

// The fields that have a memo.
const (
	memoItem = iota
	memoSession
	memoIP
	memoAgent
	memoUser
	memoCount
)

// intern is the symbol of a text of the field that the memo is for.
func (m *memo) intern(text []byte, to *activity.Shard) activity.Symbol {
	if string(text) != m.text {
		m.sym = to.Intern(text)
		m.text = to.Symbols.Text(m.sym)
	}
	return m.sym
}

// ahead begins to intern a text of the field that a memo is for.
func (d *decoder) ahead(m *memo, text []byte, to *activity.Shard) {
	m.ahead = 0
	if string(text) != m.text {
		d.looks = append(d.looks, to.Symbols.Hash(text))
		m.ahead = len(d.looks)
	}
}

// symbol is that of the text that was begun.
func (d *decoder) symbol(m *memo, to *activity.Shard) activity.Symbol {
	if m.ahead > 0 {
		m.sym = to.Symbols.InternLook(&d.looks[m.ahead-1])
		m.text = to.Symbols.Text(m.sym)
	}
	return m.sym
}

// word is a value of a field that has few: what it stands for.
type word struct {
	act  meaning
	name []byte // as kept
	sym  activity.Symbol
}

// Bounds on the memory of what was read before: how many, and the bytes of each.
const (
	maxQueries   = 1 << 14
	maxQueryText = 4 << 10
	maxWords     = 1 << 12
	maxWordText  = 1 << 10
)

// op is what the record's ActivityIdType stands for.
func (d *decoder) op(to *activity.Shard) *word {
	raw := d.fields[activityIDType]
	if w, ok := d.ops[string(raw)]; ok {
		return w
	}
	w := &word{name: bytes.Clone(raw)}
	if known, ok := d.acts[string(raw)]; ok {
		w.act, w.name = known, []byte(known.name)
	}
	return keep(d.ops, raw, w, to)
}

// app is the client, one spelling for each.
func (d *decoder) app(to *activity.Shard) *word {
	raw := d.fields[appIDType]
	if w, ok := d.apps[string(raw)]; ok {
		return w
	}
	w := &word{name: bytes.Clone(raw)}
	if name, ok := d.clients[string(raw)]; ok {
		w.name = []byte(name)
	}
	return keep(d.apps, raw, w, to)
}

func keep(words map[string]*word, raw []byte, w *word, to *activity.Shard) *word {
	w.sym = to.Intern(w.name)
	if len(raw) > maxWordText {
		return w
	}
	if len(words) >= maxWords {
		clear(words)
	}
	words[string(raw)] = w
	return w
}

// add makes an activity of d.fields and d.values and adds it to the shard.
func (d *decoder) add(offset int64, to *activity.Shard) error {
	a := activity.Activity{Offset: offset}
	if err := d.times(&a, to); err != nil {
		return err
	}
	op, app := d.op(to), d.app(to)
	a.Op, a.Type, a.App = op.sym, op.act.kind, app.sym
	d.look(to)
	d.identify(&a, op, app)
	a.Item, a.Session = d.symbol(&d.memos[memoItem], to), d.symbol(&d.memos[memoSession], to)
	d.own(&a, to)
	d.describe(&a, op.act.rule, to)
	to.Add(a)
	return nil
}

// look begins to intern what is near unique, all of it at once: see activity.Look.
func (d *decoder) look(to *activity.Shard) {
	d.looks = d.looks[:0]
	d.ahead(&d.memos[memoItem], d.fields[activityItemID], to)
	d.ahead(&d.memos[memoSession], record.ID(d.fields[sessionID]), to)
	for i := range d.set.slots {
		if s := &d.set.slots[i]; s.part.role == tellsField {
			d.ahead(&s.last, d.values[i], to)
		}
	}
	to.Symbols.Look(d.looks)
}

// own says whose mailbox it is. Delegates' sessions are not logged in this source (Exchange 15.00.1497, LogonType
// Delegated and DelegatedAdmin), so that the owner is the actor of everything.
func (d *decoder) own(a *activity.Activity, to *activity.Shard) {
	name := bytes.TrimSpace(d.mailbox)
	if len(name) == 0 {
		a.Flags |= activity.OwnerLess
		return
	}
	a.Mailbox = to.InternFold(name)
	a.ID = a.ID.Mixed(activity.HashID([]byte("mailbox\x00" + to.Symbols.Text(a.Mailbox))))
}

// identify hashes the seven decoded fields, the two times of which stand in d.text already. Each is preceded by its
// length, so that no two records can be told to read the same; times count in ticks, so that 10:00:00Z and
// 10:00:00.000Z are one. The properties' names come as their own hash: they are half of the text, and the same in most
// records.
func (d *decoder) identify(a *activity.Activity, op, app *word) {
	text := appendField(appendField(d.text, app.name), op.name)
	text = appendField(appendField(text, d.fields[activityItemID]), d.fields[sessionID])
	text = append(text, d.set.digest[:]...)
	for _, v := range d.values {
		text = appendField(text, v)
	}
	d.text = text
	sum := sha256.Sum256(text) // as activity.HashID, and its other half is the content's
	a.ID = activity.ID(sum[:16])
	a.Sum = binary.LittleEndian.Uint64(sum[16:])
}

func appendField(text, field []byte) []byte {
	return append(binary.AppendUvarint(text, uint64(len(field))), field...)
}
