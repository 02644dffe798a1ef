package audit

import (
	"bytes"
	"encoding/json"

	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// salvage reads a truncated AuditData as far as it goes: the old cmdlet cuts at about 3,060 characters, a spreadsheet
// at 32,767. Only whole top-level members count; the one that was cut is left out. It says whether enough is left to
// know what happened and when.
func salvage(raw []byte, d *data) bool {
	*d = data{}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	end := int64(0)
	var more []byte // what is left of a list that was cut
	for dec.More() {
		t, err := dec.Token()
		name, isName := t.(string)
		if err != nil || !isName {
			break
		}
		from := dec.InputOffset()
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			more = cutMember(name, raw[from:])
			break
		}
		last := value[len(value)-1]
		if dec.InputOffset() == int64(len(raw)) && last != '"' && last != ']' && last != '}' {
			break // cut here; a number at the very end may have lost digits
		}
		end = dec.InputOffset()
	}
	if end == 0 || dataNames.Decode(append(append(bytes.Clone(raw[:end]), more...), '}'), d) != nil {
		return false
	}
	return len(d.ID) > 0 && len(d.Operation) > 0 && len(d.CreationTime) > 0
}

// cutMember is a member of AuditData that was cut, as far as it can be read: the parameters of a cmdlet or the actions of a
// rule, which say where mail goes.
func cutMember(name string, piece []byte) []byte {
	if name != "Parameters" && name != "OperationProperties" {
		return nil
	}
	list := cutProperties(piece)
	if list == nil {
		return nil
	}
	return append([]byte(`,"`+name+`":`), list...)
}

// notePartial says, with their count, what was made of records whose AuditData is lost.
const notePartial = "records whose AuditData is empty or cannot be read: time, user, operation and whatever else stands beside it were taken"

// around takes from what stands beside AuditData whatever the data lacks. It says whether there is enough to know who did
// what, and when.
func (r *reader) around(rec record.Record, w *wrapped) bool {
	take := func(column string, value text) {
		if len(bytes.TrimSpace(value)) == 0 || record.Flattened(value) {
			return
		}
		switch name, _ := record.ColumnName(column); name {
		case "auditdata", "id", "recordtype": // of the wrapper: the id is taken from where it is known
		case "userids", "userprincipalname":
			w.user = record.First(w.user, value)
		case "operations":
			w.operation = record.First(w.operation, value)
		default:
			if field := dataNames.Column(column); field != nil {
				if to := field.Of(&r.data); len(*to) == 0 {
					*to = bytes.Clone(value)
				}
			}
		}
	}
	for i, cell := range rec.Cells {
		if i < len(r.header) {
			take(r.header[i], cell)
		}
	}
	if rec.Cells == nil {
		members, _ := record.Members(rec.Bytes)
		for _, m := range members {
			take(string(m.Name), record.TextOf(m.Value))
		}
	}
	operation := record.First(r.data.Operation, w.operation)
	_, dated := timestamp.Parse(record.First(r.data.CreationTime, w.time), r.order)
	return len(operation) > 0 && len(record.First(r.data.UserID, w.user)) > 0 && (dated || timestamp.BothWays(w.time))
}
