package ordinary

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Options say what to invent. The zero value of a number is its default.
type Options struct {
	Seed       uint64
	People     int      // 120
	Days       int      // 45
	Intruders  []string // kinds, of Kinds; nobody if it is empty
	FirstDay   bool     // intruders are there from the first days; else from the second third
	Activities bool     // Outlook Activities as of 2018 instead of the logs; some kinds of intruders leave nothing in them
	Case       bool     // a shipped case: little of everything that is no intruder's, and intruders do all that their kind does
}

// Tenant is what was invented.
type Tenant struct {
	Domain  string
	Records []Record // in order of time
	Truth   []Intruder

	notes []*notes // by intruder
	who   map[string]string
	files map[string][]int32 // indexes into Records, by file
}

// Log says which log a record stands in.
type Log uint8

// The logs.
const (
	Audit Log = iota // the Unified Audit Log
	SignIns
	Trace
	Activities // Outlook Activities, of one mailbox
)

// Record is one record of a log.
type Record struct {
	Time     time.Time
	ID       string
	Log      Log
	Mailbox  string // whose Outlook Activities they are
	Op       string // the operation, or what kind of row it is
	Text     []byte // its line
	Intruder int    // one more than the index in Truth; 0: nobody's
	Lure     int    // the same, of nobody's records that there are only because of him
	Noise    bool   // the Internet's tries: nobody's of the tenant, and no intruder's
}

// Intruder is what is true of one of them.
type Intruder struct {
	Kind     string
	Accounts []string // taken, the first one first
	First    time.Time
	Last     time.Time
	Address  string // the one he is mostly at
}

// firstDay is a Monday.
func firstDay() time.Time { return time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC) }

// New invents a tenant.
func New(o Options) *Tenant {
	o.People, o.Days = cmp.Or(o.People, 120), cmp.Or(o.Days, 45)
	w := &world{logbook: &logbook{
		dice: dice{rand.New(rand.NewPCG(o.Seed, 0x6f7264))}, opts: o, tenant: &Tenant{Domain: "contoso.com", who: map[string]string{}}, start: firstDay(),
	}}
	w.id = w.guid()
	w.populate()
	for _, p := range w.people {
		w.tenant.who[p.address] = traits(p)
	}
	for _, p := range slices.Concat(w.shared, w.things) {
		w.tenant.who[p.address] = "nobody's"
	}
	for day := range o.Days {
		for _, p := range w.people {
			p.live(w, day)
		}
		w.newsletters(day)
		if !o.Case {
			w.machines(day)
			w.migrates(day)
		}
		w.internet(day)
	}
	for i, kind := range o.Intruders {
		w.intrude(i, kind)
	}
	slices.SortStableFunc(w.tenant.Records, func(a, b Record) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Log, b.Log))
	})
	w.tenant.index()
	return w.tenant
}

// world is what is being invented.
type world struct {
	*logbook
	people []*person
	admins []*person
	shared []*person // mailboxes of nobody: info, support …
	things []*person // scanners, meeting rooms and the like
}

// logbook is the logs as they are being written.
type logbook struct {
	dice
	opts   Options
	tenant *Tenant
	id     string // of the tenant
	start  time.Time
	actor  int  // one more than the intruder whose records are being made
	noise  bool // the Internet is at it
	lured  int  // one more than the intruder because of whom a record is
	kept   bool // the last record is in the time that the logs cover
}

// dice are where chance comes from.
type dice struct{ random *rand.Rand }

func (w dice) chance(p float64) bool { return w.random.Float64() < p }

// between draws from low to high, both included.
func (w dice) between(low, high int) int { return low + w.random.IntN(high-low+1) }

// some draws a count near a mean.
func (w dice) some(mean float64) int {
	return int(mean*(0.4+1.2*w.random.Float64()) + w.random.Float64())
}

func pick[T any](w chancer, list []T) T { return list[w.draw(len(list))] }

// chancer is whoever has dice.
type chancer interface{ draw(n int) int }

func (w dice) draw(n int) int { return w.random.IntN(n) }

func (w dice) guid() string {
	a, b := w.random.Uint64(), w.random.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff)
}

// at is a moment of a day.
func (w *logbook) at(day int, hour float64) time.Time {
	return w.start.AddDate(0, 0, day).Add(time.Duration(hour * float64(time.Hour))).Truncate(time.Second)
}

// dayOf is the day that a moment is on.
func (w *logbook) dayOf(t time.Time) int { return int(t.Sub(w.start) / (24 * time.Hour)) }

// weekend says whether a day is one.
func weekend(day int) bool { return day%7 >= 5 }

// later is a moment some seconds on.
func (w *logbook) later(t time.Time, low, high int) time.Time {
	return t.Add(time.Duration(w.between(low, high)) * time.Second)
}
