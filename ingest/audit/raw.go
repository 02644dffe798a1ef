package audit

import "triage/ingest/record"

// putRaw adds the values that rules name by their path in the record, as in raw.ExtendedProperties.RequestType.
func (r *reader) putRaw(out *writer) {
	for _, path := range out.shard.Interest.Raw {
		record.WalkPath(r.whole, path, func(value text) {
			out.named("raw.", []byte(path), value)
		})
	}
}
