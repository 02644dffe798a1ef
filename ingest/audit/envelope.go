package audit

import (
	"bytes"
	"encoding/json"

	"triage/ingest/record"
)

// envelope is what JSON wrappings put around AuditData.
type envelope struct {
	AuditData                                            json.RawMessage
	CreationDate, CreatedDateTime, Identity, ID, UserIDs text
	ResultIndex, ResultCount, OrganizationID             text
}

// unwrapped is the AuditData of a JSON record: the record itself, or what its AuditData key holds.
func unwrapped(r *reader, rec record.Record) (wrapped, error) {
	// No such key in either spelling: spare the second reading. A capital D is rare, so that the first look is quick.
	if !bytes.Contains(rec.Bytes, []byte("Data")) || !bytes.Contains(rec.Bytes, []byte("uditData")) {
		return wrapped{data: rec.Bytes}, nil
	}
	outer, ok := r.readEnvelope(rec.Bytes)
	if ok && (string(outer.AuditData) == "null" || string(outer.AuditData) == `""`) {
		return wrapped{time: record.First(outer.CreationDate, outer.CreatedDateTime), id: record.First(outer.Identity, outer.ID), user: outer.UserIDs, organization: outer.OrganizationID, within: true}, nil
	}
	if !ok || len(outer.AuditData) == 0 {
		// Where the wrapping is broken, what follows says the same of the same bytes, or salvages what is left of them.
		return wrapped{data: rec.Bytes}, nil
	}
	w := wrapped{
		data: outer.AuditData, time: outer.CreationDate, id: outer.Identity, user: outer.UserIDs,
		index: outer.ResultIndex, size: outer.ResultCount, organization: outer.OrganizationID,
		within: true,
	}
	if len(w.time) == 0 {
		w.time = outer.CreatedDateTime
	}
	if len(w.id) == 0 {
		w.id = outer.ID
	}
	if outer.AuditData[0] == '"' {
		w.data = r.textOf(outer.AuditData)
	}
	return w, nil
}

// readEnvelope reads what stands around AuditData.
func (r *reader) readEnvelope(object []byte) (*envelope, bool) {
	to := &r.room.outer
	*to = envelope{}
	return to, fill(r, envelopeNames, object, to) == nil
}

// putRaw adds the values that rules name by their path in the record, as in raw.ExtendedProperties.RequestType.
func putRaw(r *reader, out *writer) {
	paths := out.shard.Interest.Raw
	record.WalkPaths(r.whole, paths, func(i int, value text) {
		out.named("raw.", []byte(paths[i]), value)
	})
}
