package outlook

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	"triage/ingest/activity"
)

// column is one of the seven fields that make up an activity.
type column uint8

// The columns, in the order in which the retriever wrote them.
const (
	timeStamp column = iota
	appIDType
	activityIDType
	activityItemID
	creationTime
	sessionID
	customProperties
	columnCount
	owner    column = columnCount // not the service's: responders add it when they join exports
	noColumn column = 255
)

// columns are the names of the columns, by number.
func columns() []string {
	return []string{
		"TimeStamp", "AppIdType", "ActivityIdType", "ActivityItemId", "ActivityCreationTime", "ClientSessionId",
		"CustomProperties",
	}
}

// decoder turns the seven fields of a record into an activity.
type decoder struct {
	acts    map[string]act
	clients map[string]string
	parts   map[string]part
	wants   map[string][][]byte // by lower-case property name: the dynamic fields that rules want it as

	fields  [columnCount][]byte
	mailbox []byte
	set     *nameSet // of the record at hand
	values  [][]byte // in order of the names in set

	props   []property // what the parser read
	written []property // the same in the order of the text
	lit     literal
	layouts []*layout
	learned int                 // layouts so far
	sets    map[string]*nameSet // by the text that a set's digest is of
	none    *nameSet            // of a record without properties

	text    []byte // what identity is the hash of
	lower   []byte
	queries map[string]query
	shard   *activity.Shard // the one that the memos below belong to
	memos   [memoCount]memo
}

func newDecoder() decoder {
	d := decoder{acts: acts(), clients: clients(), parts: parts(), queries: map[string]query{}}
	d.forget()
	return d
}

// forget drops all that was learnt for another shard.
func (d *decoder) forget() {
	d.memos, d.wants, d.layouts, d.sets = [memoCount]memo{}, map[string][][]byte{}, nil, map[string]*nameSet{}
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
}

// memo is the last value of a field: most records repeat the session, client and agent of the one before, and
// comparing with one text that is at hand is cheaper than finding it among a million.
type memo struct {
	text string
	sym  activity.Symbol
}

// The fields that have a memo.
const (
	memoOp = iota
	memoApp
	memoSession
	memoIP
	memoAgent
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

// maxQueries bounds the memory of queries read before.
const maxQueries = 1 << 14

// add makes an activity of d.fields and d.values and adds it to the shard.
func (d *decoder) add(offset int64, to *activity.Shard) error {
	ticks, err := parseTime(bytes.TrimSpace(d.fields[timeStamp]))
	if err != nil {
		return fmt.Errorf("TimeStamp: %w", err)
	}
	a := activity.Activity{Time: millis(ticks), Offset: offset}
	created, err := parseTime(bytes.TrimSpace(d.fields[creationTime]))
	if err == nil {
		a.Created = millis(created)
	}
	known, ok := d.acts[string(d.fields[activityIDType])]
	if ok {
		d.fields[activityIDType] = append(d.lower[:0], known.name...)
		d.lower = d.fields[activityIDType]
	}
	a.Op, a.Type = d.memos[memoOp].intern(d.fields[activityIDType], to), known.kind
	d.identify(&a, ticks, created, err == nil)
	a.App = d.app(to)
	a.Item = to.Intern(d.fields[activityItemID])
	a.Session = d.memos[memoSession].intern(d.fields[sessionID], to)
	d.own(&a, to)
	d.describe(&a, known.rule, to)
	to.Add(a)
	return nil
}

// app is the client's name, one spelling for each.
func (d *decoder) app(to *activity.Shard) activity.Symbol {
	if name, ok := d.clients[string(d.fields[appIDType])]; ok {
		return to.Symbols.InternString(name)
	}
	return d.memos[memoApp].intern(d.fields[appIDType], to)
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

// identify hashes the seven decoded fields. Each is preceded by its length, so that no two records can be told to
// read the same; times count in ticks, so that 10:00:00Z and 10:00:00.000Z are one. The properties' names come as their
// own hash: they are half of the text, and the same in most records.
func (d *decoder) identify(a *activity.Activity, ticks, created int64, dated bool) {
	text := d.text[:0]
	text = binary.LittleEndian.AppendUint64(text, uint64(ticks))
	if dated {
		text = binary.LittleEndian.AppendUint64(text, uint64(created))
	} else {
		text = appendField(text, d.fields[creationTime])
	}
	app := d.fields[appIDType]
	if name, ok := d.clients[string(app)]; ok {
		text = append(binary.AppendUvarint(text, uint64(len(name))), name...)
	} else {
		text = appendField(text, app)
	}
	for _, c := range [...]column{activityIDType, activityItemID, sessionID} {
		text = appendField(text, d.fields[c])
	}
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
