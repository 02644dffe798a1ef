package unwrap

import (
	"encoding/json"
	"errors"
	"fmt"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/unwrap/flatten"
)

var (
	errNothing = errors.New("no record inside it that a reader knows")
	errMany    = errors.New("more than one record inside one object: export the records one by one, or as a list")
)

// ways are where the records of objects stand: the best way of the first of them, and further ones.
type ways struct {
	best found
	also map[string]bool
}

// waysOf finds the ways into the first objects; ok is false if none holds a record.
func (r *readers) waysOf(objects [][]byte) (w ways, ok bool) {
	w.also = map[string]bool{}
	for _, object := range objects {
		all := r.explore(object)
		if len(all) == 0 {
			continue
		}
		if best, _ := r.one(all); !ok {
			w.best, ok = best, true
		}
		for i := range all {
			w.also[all[i].name()] = true
		}
	}
	delete(w.also, w.best.name())
	return w, ok
}

// text tells of the ways.
func (w *ways) text() string {
	const shown = 3
	text := w.best.name()
	for i, name := range sortedNames(w.also) {
		switch {
		case i == shown:
			return text + ", …"
		case i == 0:
			text += ", also "
		default:
			text += ", "
		}
		text += name
	}
	return text
}

// decoder reads a JSON stream of wrapped records. It is used by one goroutine.
type decoder struct{ readers }

// find is the record that an object is or holds, and its reader. All of the object is looked through, so that nothing in
// it that is a record stays unsaid. One that is only an outline of the record inside it counts where there is none.
func (r *readers) find(object []byte) (found, error) {
	members, _ := record.Members(object)
	bare := found{object: object}
	if whole, shown, lossy, ok := flatten.Object(object, members); ok {
		members, _ = record.Members(whole)
		object, bare = whole, found{object: whole, rebuilt: shown, lossy: lossy}
	}
	whole, format, why := r.named(object, members)
	bare.object, bare.format, bare.why = whole, format, why
	if format >= 0 && !r.formats[format].Outline {
		return bare, nil
	}
	f, err := r.search(object)
	if format >= 0 && errors.Is(err, errNothing) {
		return bare, nil
	}
	return f, err
}

// search is the record inside an object.
func (r *readers) search(object []byte, around ...json.RawMessage) (found, error) {
	all := r.explore(object, around...)
	if len(all) == 0 {
		return found{}, errNothing
	}
	best, others := r.one(all)
	if others > 0 {
		return found{}, fmt.Errorf("%w (%d)", errMany, others+1)
	}
	return best, nil
}

// hand gives a record that was found to its reader.
func (r *readers) hand(f found, rec record.Record, to *activity.Shard) error {
	whole := filled(f.object, r.formats[f.format].Source, f.around)
	rec.Lossy = rec.Lossy || f.lossy
	rec.Filled = len(whole) > len(f.object) || f.completed
	rec.Bytes, rec.Cells, rec.Beyond = whole, nil, 0
	return r.decoder(f.format).Decode(rec, to)
}

// Decode implements record.Decoder.
func (d *decoder) Decode(rec record.Record, to *activity.Shard) error {
	f, err := d.find(rec.Bytes)
	if errors.Is(err, errMany) {
		if done, fault := d.each(json.RawMessage(rec.Bytes), rec, to, 0); done {
			return fault
		}
	}
	if err != nil {
		return err
	}
	return d.hand(f, rec, to)
}

// ServiceID is the id of the record inside.
func (d *decoder) ServiceID(rec record.Record) string {
	f, err := d.find(rec.Bytes)
	if err != nil {
		return ""
	}
	return d.identify(f)
}

// fallback looks inside records that a stream's own decoder cannot read.
type fallback struct {
	own     record.Decoder
	formats []record.Format
	inner   *readers
	proved  bool // by the own decoder
}

// Proved implements record.Prover.
func (d *fallback) Proved() bool { return d.proved }

// Decode implements record.Decoder.
func (d *fallback) Decode(rec record.Record, to *activity.Shard) error {
	rec.Ask = true
	own := d.own.Decode(rec, to)
	p, ok := d.own.(record.Prover)
	d.proved = ok && p.Proved()
	if rec.Ask = false; errors.Is(own, record.ErrSpread) {
		if restored(&rec) {
			to.Tally("records whose lists and objects are rebuilt from members with a place in their names, which stand among others")
		}
		own = d.own.Decode(rec, to)
	}
	if own == nil {
		return nil
	}
	if d.inner == nil {
		inner := readersOf(d.formats)
		d.inner = &inner
	}
	f, err := d.inner.search(rec.Bytes)
	if errors.Is(err, errMany) {
		if done, fault := d.inner.each(json.RawMessage(rec.Bytes), rec, to, 0); done {
			return fault
		}
		return err
	}
	if err != nil || d.inner.hand(f, rec, to) != nil {
		return own
	}
	to.Tally("records inside an object around them, which stand among bare ones")
	return nil
}

// restored rebuilds a record whose lists and objects stand in members with their place in the name.
func restored(rec *record.Record) bool {
	members, ok := record.Members(rec.Bytes)
	if !ok {
		return false
	}
	whole, _, lossy, ok := flatten.Object(rec.Bytes, members)
	if ok {
		rec.Bytes, rec.Lossy = whole, rec.Lossy || lossy
	}
	return ok
}

// ServiceID is the id of the record, or of the one inside.
func (d *fallback) ServiceID(rec record.Record) string {
	if named, ok := d.own.(interface{ ServiceID(record.Record) string }); ok {
		return named.ServiceID(rec)
	}
	return ""
}
