// Package activities writes every activity of a case, a row each, in the case's total order: what happened, from where,
// and whose act it was. It is for whoever goes on with other tools than ours.
//
// Memory stays that of the case, however many rows there are: where each record stands is found in the order of the
// files and brought into the order of the case by sorting on the disk.
package activities

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"strings"

	"triage/analyzers"
	"triage/ingest/activity"
	"triage/ingest/spool"
)

// The forms of the file.
const (
	CSV     = "csv"
	JSONL   = "jsonl"
	Parquet = "parquet"
)

// Formats lists what --format calls them: the first is the form that the file's ending says, CSV if it says none.
func Formats() []string { return []string{"activities", "activities.jsonl", "activities.parquet"} }

// FormOf is the form that a format has in a file of that name; "" for a format that is none of ours.
func FormOf(format, file string) string {
	file = strings.ToLower(file)
	switch {
	case format == "activities.jsonl", format == "activities" && strings.HasSuffix(file, ".jsonl"):
		return JSONL
	case format == "activities.parquet", format == "activities" && strings.HasSuffix(file, ".parquet"):
		return Parquet
	case format == "activities":
		return CSV
	default:
		return ""
	}
}

// FileName is the name of a format's file in a folder; "" for a format that is none of ours.
func FileName(format string) string {
	if form := FormOf(format, ""); form != "" {
		return "activities." + form
	}
	return ""
}

// Source is what the rows are written from.
type Source struct {
	Result *analyzers.Result
	// Locate tells where the records at origins stand, in their order: by file, then offset.
	Locate func(ctx context.Context, origins iter.Seq[activity.Origin], tell func(Place) error) error
	Short  map[string]string // findings that are reported: F-number to the name that stays
	Filter Filter
}

// Place is where a record stands.
type Place struct {
	Path      string
	Line      int64 // physical line where it starts, from 1
	Record    int64 // from 1
	ServiceID string
}

// Write writes the rows that the filter lets through, in one of the forms.
func Write(ctx context.Context, w io.Writer, in Source, form string) (err error) {
	e := &export{Source: in, parts: in.Result.Each()}
	defer func() {
		err = cmp.Or(err, e.places.Close())
		for _, s := range e.cited {
			err = cmp.Or(err, s.Close())
		}
	}()
	if err := e.locate(ctx); err != nil {
		return err
	}
	if err := e.cite(); err != nil {
		return err
	}
	out, err := newForm(w, form, len(e.parts) > 1)
	if err != nil {
		return err
	}
	if err := e.rows(ctx, out); err != nil {
		return err
	}
	return out.end()
}

// export is one file being written.
type export struct {
	Source
	parts  []*analyzers.Result
	places spool.Sorter    // number of the row, where it stands
	cited  []*spool.Sorter // by part: index of the row, number of a finding that cites it
}

// orderedRow is one activity among all tenants' in one order; numbers begin with 0.
type orderedRow struct {
	number uint64
	at     int // index of its tenant
	part   *analyzers.Result
	index  uint32 // into the part's Case.Activities
}

// all yields every activity of the case in its total order.
func (e *export) all() iter.Seq[orderedRow] {
	return func(yield func(orderedRow) bool) {
		at := make([]uint32, len(e.parts))
		for number := uint64(0); ; number++ {
			least := -1
			for i, p := range e.parts {
				if int(at[i]) == len(p.Case.Activities) {
					continue
				}
				if least < 0 || activity.Compare(&p.Case.Activities[at[i]], &e.parts[least].Case.Activities[at[least]]) < 0 {
					least = i
				}
			}
			if least < 0 || !yield(orderedRow{number, least, e.parts[least], at[least]}) {
				return
			}
			at[least]++
		}
	}
}

// citedMost is how much the findings of all tenants may take in memory while they are sorted.
const citedMost = 4 << 20

// placeKey is how an origin and a row's number sort by file, then offset.
const placeKey = 4 + 8 + 8

// locate finds where the rows that the filter lets through stand.
func (e *export) locate(ctx context.Context) error {
	var origins spool.Sorter
	defer origins.Close()
	keep := e.Filter.ready()
	var key [placeKey]byte
	for r := range e.all() {
		if r.number%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if !keep(r) {
			continue
		}
		o := r.part.Case.Whole(r.part.Case.Activities[r.index].Origin())
		binary.BigEndian.PutUint32(key[:], o.File)
		binary.BigEndian.PutUint64(key[4:], uint64(o.Offset))
		binary.BigEndian.PutUint64(key[12:], r.number)
		if err := origins.Add(key[:]); err != nil {
			return err
		}
	}
	var failed error
	var numbers []uint64 // of the origins that were asked for and not answered yet, in order
	asked := func(yield func(activity.Origin) bool) {
		for record, err := range origins.All() {
			if err != nil {
				failed = err
				return
			}
			numbers = append(numbers, binary.BigEndian.Uint64(record[12:]))
			if !yield(activity.Origin{File: binary.BigEndian.Uint32(record), Offset: int64(binary.BigEndian.Uint64(record[4:]))}) {
				return
			}
		}
	}
	var record []byte
	err := e.Locate(ctx, asked, func(p Place) error {
		record = binary.BigEndian.AppendUint64(record[:0], numbers[0])
		numbers = numbers[1:]
		record = binary.AppendUvarint(record, uint64(p.Line))
		record = binary.AppendUvarint(record, uint64(p.Record))
		return e.places.Add(append(record, p.ServiceID...))
	})
	return cmp.Or(failed, err)
}

// cite notes which rows findings cite, tenant by tenant.
func (e *export) cite() error {
	for i, p := range e.parts {
		e.cited = append(e.cited, &spool.Sorter{Most: max(citedMost/len(e.parts), 1<<12)})
		var key [4 + 4]byte
		for k := range p.Findings {
			if e.Short[p.Findings[k].ID] == "" {
				continue
			}
			for _, index := range p.Findings[k].Evidence {
				binary.BigEndian.PutUint32(key[:], index)
				binary.BigEndian.PutUint32(key[4:], uint32(k))
				if err := e.cited[i].Add(key[:]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// citing is the findings of one tenant that cite its rows, row by row.
type citing struct {
	e      *export
	next   func() ([]byte, error, bool)
	record []byte
	err    error
	more   bool
	list   []string
}

func (e *export) citing(i int) (c *citing, stop func()) {
	c = &citing{e: e}
	c.next, stop = iter.Pull2(e.cited[i].All())
	c.record, c.err, c.more = c.next()
	return c, stop
}

// of are the names of the findings that cite a row. Rows are asked for in order.
func (c *citing) of(r orderedRow) []string {
	c.list = c.list[:0]
	for c.more && c.err == nil && binary.BigEndian.Uint32(c.record) == r.index {
		id := c.e.Short[r.part.Findings[binary.BigEndian.Uint32(c.record[4:])].ID]
		if len(c.list) == 0 || c.list[len(c.list)-1] != id {
			c.list = append(c.list, id)
		}
		c.record, c.err, c.more = c.next()
	}
	return c.list
}

// rows writes the rows of which a place is known, in order.
func (e *export) rows(ctx context.Context, out form) error {
	places, stop := iter.Pull2(e.places.All())
	defer stop()
	cited := make([]*citing, len(e.parts))
	for i := range e.parts {
		cited[i], stop = e.citing(i)
		defer stop()
	}
	place, err, more := places()
	for r := range e.all() {
		if !more || err != nil {
			break
		}
		if r.number%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		findings := cited[r.at].of(r)
		if cited[r.at].err != nil {
			return cited[r.at].err
		}
		if binary.BigEndian.Uint64(place) != r.number {
			continue
		}
		one := e.rowOf(r, findings)
		one.at(place[8:])
		if err := out.row(&one); err != nil {
			return err
		}
		place, err, more = places()
	}
	if err == nil && more {
		return errors.New("activities: a record stands in no row")
	}
	return err
}
