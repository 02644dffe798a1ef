package unwrap

import (
	"bytes"
	"encoding/json"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// each hands on the records of an object that holds several, each under a name of its own: a number, an id. done says that
// there is such an object at all.
func (r *readers) each(object json.RawMessage, rec record.Record, to *activity.Shard, depth int) (done bool, err error) {
	members, ok := record.Members(object)
	if !ok || depth > maxDepth {
		return false, nil
	}
	var inner []json.RawMessage
	for _, m := range members {
		if value := bytes.TrimSpace(m.Value); len(value) > 0 && value[0] == '{' {
			inner = append(inner, value)
		}
	}
	if r.keyed(inner) {
		return true, r.all(inner, rec, to)
	}
	for _, value := range inner {
		if done, err := r.each(value, rec, to, depth+1); done {
			return true, err
		}
	}
	return false, nil
}

// keyed says whether the first two objects are records of two acts, or hold them. Two copies of one are not.
func (r *readers) keyed(inner []json.RawMessage) bool {
	if len(inner) < 2 {
		return false
	}
	first, err := r.find(inner[0])
	if err != nil {
		return false
	}
	second, err := r.find(inner[1])
	if err != nil {
		return false
	}
	one, two := r.identify(first), r.identify(second)
	return one != "" && two != "" && one != two
}

// all hands on each of some objects. What none reads is counted; if that is all of them, it is the record's fault.
func (r *readers) all(inner []json.RawMessage, rec record.Record, to *activity.Shard) (err error) {
	read := 0
	for _, value := range inner {
		f, fault := r.find(value)
		if fault == nil {
			if fault = r.hand(f, rec, to); fault == nil {
				if read++; read > 1 {
					to.Further()
				}
				continue
			}
		}
		err = fault
		to.Tally("members of an object of records that are none")
	}
	if read > 0 {
		to.Tally("objects whose members are records")
		return nil
	}
	return err
}
