package outlook

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
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

// property is one custom property.
type property struct{ name, value []byte }

// maxProperties bounds what one record may cost; real ones have about twenty.
const maxProperties = 4096

// decoder turns the seven fields of a record into an activity.
type decoder struct {
	acts    map[string]act
	clients map[string]string
	wants   map[string][][]byte // by lower-case property name: the dynamic fields that rules want it as
	// wantLengths has a bit for the length of each name in wants: most properties are told apart by that alone.
	wantLengths uint64

	fields  [columnCount][]byte
	mailbox []byte
	props   []property
	lit     literal
	text    []byte // what identity is the hash of
	lower   []byte
	queries map[string]query
	shard   *activity.Shard // the one that the memos below belong to
	memos   [memoCount]memo
}

func newDecoder() decoder {
	return decoder{acts: acts(), clients: clients(), queries: map[string]query{}}
}

// prepare notes which properties rules want beyond the fields. "raw.CustomProperties.Layout" and "raw.Layout" are the
// same property, as a rule writer may have either form of the log in mind.
func (d *decoder) prepare(to *activity.Shard) {
	d.shard, d.memos, d.wants, d.wantLengths = to, [memoCount]memo{}, nil, 0
	for _, path := range to.Interest.Raw {
		path = strings.ToLower(path)
		if d.wants == nil {
			d.wants = map[string][][]byte{}
		}
		name := strings.TrimPrefix(path, "customproperties.")
		d.wants[name] = append(d.wants[name], []byte("raw."+path))
		d.wantLengths |= 1 << min(len(name), 63)
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

func (d *decoder) intern(field int, text []byte, to *activity.Shard) activity.Symbol {
	m := &d.memos[field]
	if string(text) != m.text {
		m.sym = to.Intern(text)
		m.text = to.Symbols.Text(m.sym)
	}
	return m.sym
}

// maxQueries bounds the memory of queries read before.
const maxQueries = 1 << 14

// add makes an activity of d.fields and d.props and adds it to the shard.
func (d *decoder) add(offset int64, to *activity.Shard) error {
	if d.shard != to {
		d.prepare(to)
	}
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
	a.Op, a.Type = d.intern(memoOp, d.fields[activityIDType], to), known.kind
	d.sortProperties()
	d.identify(&a, ticks, created, err == nil)
	a.App = d.app(to)
	a.Item = to.Intern(d.fields[activityItemID])
	a.Session = d.intern(memoSession, d.fields[sessionID], to)
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
	return d.intern(memoApp, d.fields[appIDType], to)
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

// sortProperties brings the properties into the order of their names. Of a repeated name the last one counts, as in
// the dictionary that the retriever of 2018 made of them.
func (d *decoder) sortProperties() {
	props := d.props
	if len(props) > 32 {
		slices.SortStableFunc(props, func(x, y property) int { return bytes.Compare(x.name, y.name) })
	} else {
		for i := 1; i < len(props); i++ {
			for j := i; j > 0 && bytes.Compare(props[j].name, props[j-1].name) < 0; j-- {
				props[j], props[j-1] = props[j-1], props[j]
			}
		}
	}
	n := 0
	for i := range props {
		if i+1 < len(props) && bytes.Equal(props[i].name, props[i+1].name) {
			continue
		}
		props[n] = props[i]
		n++
	}
	d.props = props[:n]
}

// identify hashes the seven decoded fields. Each is preceded by its length, so that no two records can be told to
// read the same; times count in ticks, so that 10:00:00Z and 10:00:00.000Z are one.
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
	for _, p := range d.props {
		text = appendField(appendField(text, p.name), p.value)
	}
	d.text = text
	sum := sha256.Sum256(text) // as activity.HashID, and its other half is the content's
	a.ID = activity.ID(sum[:16])
	a.Sum = binary.LittleEndian.Uint64(sum[16:])
}

func appendField(text, field []byte) []byte {
	return append(binary.AppendUvarint(text, uint64(len(field))), field...)
}

// parseProperties reads the CustomProperties of a CSV cell or of a JSON value: a dictionary, a list of {Name, Value},
// or nothing.
func (d *decoder) parseProperties(cell []byte) error {
	d.props = d.props[:0]
	d.lit.text, d.lit.at, d.lit.depth = cell, 0, 0
	if d.lit.peek() == 0 {
		return nil
	}
	err := d.readProperties()
	if err == nil && d.lit.peek() != 0 {
		err = d.lit.fail(fmt.Sprintf("want the end, got %q", d.lit.peek()), d.lit.at)
	}
	if err != nil {
		return fmt.Errorf("custom properties: %w", err)
	}
	return nil
}

var errProperties = errors.New("more than " + strconv.Itoa(maxProperties) + " properties")

// readProperties reads them where the literal stands.
func (d *decoder) readProperties() error {
	l := &d.lit
	switch c := l.peek(); {
	case c == '{':
		return d.readDictionary()
	case c == '[':
		return d.readPairs()
	case l.quoteAt() >= 0:
		return l.fail("want a dictionary or a list, got a string", l.at)
	default:
		start := l.at
		word, err := l.word()
		if err == nil && len(word) > 0 {
			err = l.fail(fmt.Sprintf("want a dictionary or a list, got %q", cut(word, 20)), start)
		}
		return err
	}
}

func (d *decoder) readDictionary() error {
	l := &d.lit
	l.at++
	for first := true; ; first = false {
		ok, err := l.more(first, '}')
		if err != nil || !ok {
			return err
		}
		name, err := l.string()
		if err != nil {
			return err
		}
		if err := l.expect(':'); err != nil {
			return err
		}
		value, err := l.value()
		if err != nil {
			return err
		}
		if len(d.props) == maxProperties {
			return errProperties
		}
		d.props = append(d.props, property{name, value})
	}
}

// readPairs reads a list of dictionaries with Name and Value, in either order.
func (d *decoder) readPairs() error {
	l := &d.lit
	l.at++
	for first := true; ; first = false {
		ok, err := l.more(first, ']')
		if err != nil || !ok {
			return err
		}
		start := l.at
		if err := l.expect('{'); err != nil {
			return err
		}
		var p property
		named := false
		for one := true; ; one = false {
			ok, err := l.more(one, '}')
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			key, value, err := d.member()
			if err != nil {
				return err
			}
			switch string(key) {
			case "Name", "name":
				p.name, named = value, true
			case "Value", "value":
				p.value = value
			}
		}
		switch {
		case !named:
			return l.fail("property without a Name", start)
		case len(d.props) == maxProperties:
			return errProperties
		}
		d.props = append(d.props, p)
	}
}

func (d *decoder) member() (key, value []byte, err error) {
	if key, err = d.lit.string(); err != nil {
		return nil, nil, err
	}
	if err = d.lit.expect(':'); err != nil {
		return nil, nil, err
	}
	value, err = d.lit.value()
	return key, value, err
}
