package outlook

import (
	"errors"
	"fmt"

	"triage/ingest/activity"
	"triage/ingest/record"
)

var (
	errHeaderAgain = errors.New("the header again: two exports in one file")
	errNoObject    = errors.New("not a JSON object")
)

// knowActivityJSON knows an object by the names that every activity of the service has.
func knowActivityJSON(h record.Head) string {
	for _, object := range h.Objects {
		seen := [columnCount]bool{}
		d := jsonDecoder{decoder: newDecoder()}
		if d.read(object, func(c activityColumn) { seen[c] = true }) != nil {
			continue
		}
		if seen[timeStamp] && seen[activityIDType] && (seen[appIDType] || seen[customProperties]) {
			return "objects with TimeStamp, ActivityIdType and AppIdType or CustomProperties"
		}
	}
	return ""
}

// jsonDecoder reads the service's own objects.
type jsonDecoder struct {
	decoder
	id []byte
}

func newJSON(record.Head) record.Decoder { return &jsonDecoder{decoder: newDecoder()} }

// Decode implements record.Decoder.
func (d *jsonDecoder) Decode(rec record.Record, to *activity.Shard) error {
	d.prepare(to)
	if err := d.read(rec.Bytes, nil); err != nil {
		return err
	}
	return d.add(rec.Offset, to)
}

// ServiceID is the Id that the service gave the record; the CSV has none, which is why identity is not built on it.
func (d *jsonDecoder) ServiceID(rec record.Record) string {
	if d.read(rec.Bytes, nil) != nil {
		return ""
	}
	return string(d.id)
}

// read takes the fields and properties of one object.
func (d *jsonDecoder) read(object []byte, seen func(activityColumn)) error {
	d.fields, d.mailbox, d.id, d.set, d.values = [columnCount][]byte{}, nil, nil, d.none, d.values[:0]
	d.lit = literal{text: object, spare: d.lit.spare[:0]}
	l := &d.lit
	if l.peek() != '{' {
		return errNoObject
	}
	l.at++
	for first := true; ; first = false {
		ok, err := l.more(first, '}')
		if err != nil {
			return fmt.Errorf("JSON: %w", err)
		}
		if !ok {
			break
		}
		if err := d.readField(seen); err != nil {
			return err
		}
	}
	if l.peek() != 0 {
		return fmt.Errorf("JSON: %w", l.fail("text after the object", l.at))
	}
	return nil
}

func (d *jsonDecoder) readField(seen func(activityColumn)) error {
	l := &d.lit
	name, err := l.string()
	if err == nil {
		err = l.expect(':')
	}
	if err != nil {
		return fmt.Errorf("JSON: %w", err)
	}
	c := exactColumn(name)
	if c < columnCount && seen != nil {
		seen(c)
	}
	if c == customProperties {
		return d.readNested()
	}
	value, err := l.value()
	if err != nil {
		return fmt.Errorf("JSON: %w", err)
	}
	switch {
	case c < columnCount:
		d.fields[c] = value
	case c == owner:
		d.mailbox = value
	case string(name) == "Id" || string(name) == "id":
		d.id = value
	}
	return nil
}

// exactColumn is columnOf without the cost for names as the service writes them.
func exactColumn(name []byte) activityColumn {
	switch string(name) {
	case "TimeStamp":
		return timeStamp
	case "AppIdType":
		return appIDType
	case "ActivityIdType":
		return activityIDType
	case "ActivityItemId":
		return activityItemID
	case "ActivityCreationTime":
		return creationTime
	case "ClientSessionId":
		return sessionID
	case "CustomProperties":
		return customProperties
	case "Id", "ClientVersion", "TenantId", "SequenceNumber", "ActivityObjectId":
		return noColumn
	}
	return columnOf(string(name))
}

// readNested reads the properties: as a value, or as text that holds one.
func (d *jsonDecoder) readNested() error {
	l := &d.lit
	if l.peek(); l.quoteAt() < 0 {
		if n, ok := d.replay(l.text[l.at:]); ok {
			l.at += n
			return nil
		}
		start := l.at
		d.props = d.props[:0]
		if err := d.readProperties(); err != nil {
			return fmt.Errorf("custom properties: %w", err)
		}
		d.settle(start)
		return nil
	}
	text, err := l.string()
	if err != nil {
		return fmt.Errorf("JSON: %w", err)
	}
	outer := *l
	*l = literal{spare: outer.spare}
	err = d.readCell(text)
	outer.spare, *l = l.spare, outer
	return err
}
