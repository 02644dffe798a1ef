package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// mixed lets JSON formats read each other's records: diagnostic settings write sign-ins and directory audits into one
// stream. The format that recognised the stream comes first.
func mixed(formats []record.Format) []record.Format {
	out := make([]record.Format, len(formats))
	copy(out, formats)
	for i := range out {
		if out[i].Shape != record.JSON {
			continue
		}
		own := formats[i].New
		out[i].New = func(h record.Head) record.Decoder {
			return &mixedDecoder{first: own(h), makeOthers: func() (others []record.Decoder) {
				for k, other := range formats {
					if k != i && other.Shape == record.JSON {
						others = append(others, other.New(h))
					}
				}
				return others
			}}
		}
	}
	return out
}

// mixedDecoder asks the others about records that the first says are foreign. Most streams hold none.
type mixedDecoder struct {
	first      record.Decoder
	others     []record.Decoder
	makeOthers func() []record.Decoder
}

func (m *mixedDecoder) ask() []record.Decoder {
	if m.others == nil {
		m.others = m.makeOthers()
	}
	return m.others
}

// Decode implements record.Decoder.
func (m *mixedDecoder) Decode(rec record.Record, to *activity.Shard) error {
	err := m.first.Decode(rec, to)
	if !errors.Is(err, record.ErrForeign) {
		return err
	}
	for _, d := range m.ask() {
		if other := d.Decode(rec, to); !errors.Is(other, record.ErrForeign) {
			return other
		}
	}
	if name := categoryOf(rec.Bytes); name != "" {
		return fmt.Errorf("%w: category %.60q", err, name)
	}
	return err
}

// categoryOf is what diagnostic settings call the log of a record; "" for a record that they did not write.
func categoryOf(object []byte) string {
	var wrapper struct {
		Category   record.Text
		Properties json.RawMessage
	}
	if json.Unmarshal(object, &wrapper) != nil || len(wrapper.Properties) == 0 {
		return ""
	}
	return string(wrapper.Category)
}

// ServiceID implements Identifier: the first id that a decoder sees in the record.
func (m *mixedDecoder) ServiceID(rec record.Record) string {
	for _, d := range slices.Concat([]record.Decoder{m.first}, m.ask()) {
		if named, ok := d.(Identifier); ok {
			if id := named.ServiceID(rec); id != "" {
				return id
			}
		}
	}
	return ""
}
