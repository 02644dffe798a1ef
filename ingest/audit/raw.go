package audit

import "triage/ingest/record"

// putRaw adds the values that rules name by their path in the record, as in raw.ExtendedProperties.RequestType.
func putRaw(r *reader, out *writer) {
	paths := out.shard.Interest.Raw
	record.WalkPaths(r.whole, paths, func(i int, value text) {
		out.named("raw.", []byte(paths[i]), value)
	})
}
