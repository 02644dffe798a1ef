package ingest

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/ingest/timestamp"
)

// Says is what the user says of a file, or of all.
type Says[T any] struct {
	File  string // its path, or the end of it; "" for all that nothing else is said of
	Value T
}

// saidOf is what is said of a path: of itself before of all, the last one of several. names are told to hold of some path.
func saidOf[T any](list []Says[T], path string, used map[string]bool) (value T) {
	own := false
	for _, s := range list {
		switch {
		case s.File == "" && !own:
			value = s.Value
		case s.File != "" && isFile(path, s.File):
			value, own = s.Value, true
			used[s.File] = true
		}
	}
	return value
}

// isFile says whether a path is the file of a name: the same, or one that ends so. What an archive or a workbook holds goes
// by its name, too.
func isFile(path, name string) bool {
	path, name = filepath.ToSlash(filepath.Clean(path)), filepath.ToSlash(filepath.Clean(name))
	outer, inner, _ := strings.Cut(path, "!")
	for _, p := range []string{path, outer, inner} {
		if p == name || strings.HasSuffix(p, "/"+name) {
			return true
		}
	}
	return false
}

// told takes what the user says of the sources' times, and keeps the names that none of them has.
func (f *Files) told(sources []*source, times activity.Times, opts *Options) {
	used := map[string]bool{}
	for _, src := range sources {
		src.times = times
		src.times.Order = saidOf(opts.DateOrders, src.path, used)
		src.times.Zone = saidOf(opts.Zones, src.path, used)
		if src.times.Order != timestamp.Unsettled {
			src.order = "as --date-order says"
		}
	}
	for _, s := range opts.DateOrders {
		if s.File != "" && !used[s.File] {
			f.Unnamed = append(f.Unnamed, s.File)
		}
	}
	for _, s := range opts.Zones {
		if s.File != "" && !used[s.File] {
			f.Unnamed = append(f.Unnamed, s.File)
		}
	}
}

// dates are what an input shows of the order of days and months.
func (in *input) dates() activity.Dates {
	var d activity.Dates
	for _, s := range in.shards {
		if s != nil {
			d.Add(&s.Dates)
		}
	}
	return d
}

// settled reads dates of an input that can be read both ways as its own rows show it. It says whether the input is to be
// read again.
func (src *source) settled(d *activity.Dates) bool {
	if d.Both == 0 || src.order != "" {
		return false
	}
	order, why := timestamp.Settled(d), "others of the file can be read no other way"
	if order == timestamp.Unsettled {
		order, why = possible(d), "else they lay before 2000 or after the report"
	}
	return src.settle(order, why)
}

func (src *source) settle(order timestamp.Order, why string) bool {
	if order == timestamp.Unsettled {
		return false
	}
	src.times.Order, src.order = order, why
	return true
}

// possible is the order by which alone all dates can be true.
func possible(d *activity.Dates) timestamp.Order {
	switch month, day := d.Beyond[timestamp.MonthFirst] == 0, d.Beyond[timestamp.DayFirst] == 0; {
	case month && !day:
		return timestamp.MonthFirst
	case day && !month:
		return timestamp.DayFirst
	}
	return timestamp.Unsettled
}

// around is what the inputs of a case show, for those whose own rows do not settle how they write dates.
type around struct {
	orders map[string]*timestamp.Votes // by format
	early  int64
	late   int64
}

// take adds what an input shows.
func (a *around) take(in *input, d *activity.Dates) {
	order := d.Used
	if order == timestamp.Unsettled {
		order = timestamp.Settled(d)
	}
	if order != timestamp.Unsettled {
		if a.orders == nil {
			a.orders = map[string]*timestamp.Votes{}
		}
		name := in.kind.format.Name
		if a.orders[name] == nil {
			a.orders[name] = &timestamp.Votes{}
		}
		a.orders[name].For(order)
	}
	for _, s := range in.shards {
		if s == nil {
			continue
		}
		if first, last, ok := s.Span(); ok {
			if a.early == 0 || first < a.early {
				a.early = first
			}
			a.late = max(a.late, last)
		}
	}
}

// settle is the order of an input by the other ones: what they show themselves, and when they were. Where the two say
// different things, nothing is settled.
func (a *around) settle(in *input, d *activity.Dates) (timestamp.Order, string) {
	files := timestamp.Unsettled
	if v := a.orders[in.kind.format.Name]; v != nil {
		files = v.Order()
	}
	span := a.span(d)
	switch {
	case files != timestamp.Unsettled && span != timestamp.Unsettled && files != span:
		return timestamp.Unsettled, ""
	case files == timestamp.Unsettled:
		return span, "else they lay outside of the time of all other inputs"
	}
	return files, "other inputs of the format are written so"
}

// span is the order by which alone the dates lie within the time of the other inputs.
func (a *around) span(d *activity.Dates) timestamp.Order {
	const slack = int64(24 * time.Hour / time.Millisecond)
	within := func(o timestamp.Order) bool {
		return d.Late[o] != 0 && d.Early[o] >= a.early-slack && d.Late[o] <= a.late+slack
	}
	switch month, day := within(timestamp.MonthFirst), within(timestamp.DayFirst); {
	case a.late == 0:
	case month && !day:
		return timestamp.MonthFirst
	case day && !month:
		return timestamp.DayFirst
	}
	return timestamp.Unsettled
}

// noteDates says how dates that can be read both ways were read.
func (in *input) noteDates() {
	if d := in.dates(); in.src.order != "" && d.Used != timestamp.Unsettled {
		in.notes = append(in.notes, fmt.Sprintf("dates were read as %s: %s", in.src.times.Order, in.src.order))
	}
}

// hold keeps an input whose dates only others can settle until these are read.
func (r *sourceReader) hold(in *input, d *activity.Dates) bool {
	r.dates.Lock()
	defer r.dates.Unlock()
	if d.Both > 0 && in.src.order == "" {
		r.held = append(r.held, in)
		return true
	}
	r.around.take(in, d)
	return false
}
