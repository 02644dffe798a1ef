package sequence

import (
	"encoding/binary"
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// shared reads the fields that all steps share, but for the mailbox. It belongs to one run of the detector.
type shared []*detect.Reading

func (d *detector) shared(p *detect.Tenant) shared {
	by := make(shared, len(d.by))
	for i, v := range d.by {
		by[i] = v.Reading(p)
	}
	return by
}

// mostPlaces bounds what one record may cost that names thousands of messages twice over.
const mostPlaces = 100_000

// keys tell the places where an activity can be a step: one for each combination of its values of the shared fields, as
// four bytes per symbol, since texts would be far apart in memory. A record of five deleted messages is at five places;
// one that says nothing in any of the fields shares nothing, and is at none.
func (by shared) keys(a *activity.Activity) []string {
	keys := []string{""}
	said := len(by) == 0
	for _, r := range by {
		values := r.Symbols(a)
		if len(values) == 0 {
			values = []activity.Symbol{0}
		} else {
			said = true
		}
		if len(values) > 1 {
			values = slices.Clone(values)
			slices.Sort(values)
			values = slices.Compact(values)
		}
		var more []string
		var room [32]byte
		for _, key := range keys {
			for _, value := range values[:min(len(values), mostPlaces-len(more))] {
				more = append(more, string(binary.BigEndian.AppendUint32(append(room[:0], key...), uint32(value))))
			}
		}
		keys = more
	}
	if !said {
		return nil
	}
	return keys
}

// texts are the values of a key, by field; "" where a field has none.
func (by shared) texts(key string) []string {
	var texts []string
	for i, r := range by {
		texts = append(texts, r.Text(activity.Symbol(binary.BigEndian.Uint32([]byte(key[4*i:])))))
	}
	return texts
}
