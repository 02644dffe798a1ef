package ledger

import (
	"strings"
	"time"

	"triage/geo"
	"triage/ingest/activity"
)

// survey is what one sweep over a case shows of its completeness.
type survey struct {
	files      []fileSigns // by input
	sources    map[activity.Source]*days
	workloads  map[activity.Symbol]*days // of the audit log
	all        days
	throttle   map[activity.Symbol]*days // by mailbox
	changes    []uint32                  // of auditing, by people, oldest first
	mailAccess bool                      // MailItemsAccessed by anybody
	searches   bool
	logons     bool
	deliveries bool
}

// fileSigns are the flaws of an input's activities.
type fileSigns struct{ cut, flattened, undated, addresses int }

func (f *fileSigns) add(other fileSigns) {
	f.cut, f.flattened, f.addresses = f.cut+other.cut, f.flattened+other.flattened, f.addresses+other.addresses
}

// days are the days on which something was recorded.
type days struct {
	first, last int64   // of the activities, in milliseconds since 1970 UTC
	count       int64   // activities
	days        []int64 // days since 1970 UTC with an activity, ascending
}

const dayMillis = 24 * int64(time.Hour/time.Millisecond)

// add counts an activity; they come in order of time.
func (d *days) add(t int64) {
	if d.count == 0 {
		d.first = t
	}
	d.last = t
	d.count++
	day := activity.Day(t)
	if n := len(d.days); n == 0 || d.days[n-1] != day {
		d.days = append(d.days, day)
	}
}

// look sweeps over the activities once.
func look(c *activity.Case) survey {
	s := survey{
		files: make([]fileSigns, len(c.Inputs)), sources: map[activity.Source]*days{},
		workloads: map[activity.Symbol]*days{}, throttle: map[activity.Symbol]*days{},
	}
	source := make([]activity.Source, len(c.Inputs)) // by input
	logs := make([]*days, len(c.Inputs))
	for i := range c.Inputs {
		in := &c.Inputs[i]
		if in.Source != activity.SourceUnknown && s.sources[in.Source] == nil {
			s.sources[in.Source] = &days{}
		}
		source[i], logs[i] = in.Source, s.sources[in.Source]
	}
	k := keysOf(c)
	addresses := make([]addressState, c.Symbols.Len())
	for i := range c.Activities {
		a := &c.Activities[i]
		s.flaws(c, a, addresses)
		if a.Flags&activity.Undated != 0 {
			continue
		}
		s.all.add(a.Time)
		if d := logs[a.File]; d != nil {
			d.add(a.Time)
		}
		if source[a.File] == activity.SourceAudit {
			s.audited(c, a, uint32(i), &k)
		}
		switch a.Type {
		case activity.Search:
			s.searches = true
		case activity.Logon:
			s.logons = true
		case activity.Deliver:
			s.deliveries = true
		}
	}
	return s
}

// addressState is what is known of a symbol as an address.
type addressState uint8

const (
	unseen addressState = iota
	readable
	unreadable
)

func (s *survey) flaws(c *activity.Case, a *activity.Activity, addresses []addressState) {
	f := &s.files[a.File]
	if a.Flags&activity.Salvaged != 0 {
		f.cut++
	}
	if a.Flags&activity.Lossy != 0 {
		f.flattened++
	}
	if a.Flags&activity.Undated != 0 && c.Inputs[a.File].Source.Log() {
		f.undated++
	}
	if a.IP == 0 {
		return
	}
	if addresses[a.IP] == unseen {
		addresses[a.IP] = readable
		if geo.ParseAddr(c.Text(a.IP)).Unreadable() {
			addresses[a.IP] = unreadable
		}
	}
	if addresses[a.IP] == unreadable {
		f.addresses++
	}
}

// audited takes what only the audit log shows.
func (s *survey) audited(c *activity.Case, a *activity.Activity, index uint32, k *keys) {
	if workload := c.Get(a, activity.FieldWorkload); workload != 0 {
		if workload != k.workload || k.days == nil {
			if s.workloads[workload] == nil {
				s.workloads[workload] = &days{}
			}
			k.workload, k.days = workload, s.workloads[workload]
		}
		k.days.add(a.Time)
	}
	switch a.Type {
	case activity.MailAccess:
		s.mailAccess = true
		if throttled, ok := c.Lookup(a, k.throttled); ok && strings.EqualFold(c.Text(throttled), "true") {
			d := s.throttle[a.Mailbox]
			if d == nil {
				d = &days{}
				s.throttle[a.Mailbox] = d
			}
			d.add(a.Time)
		}
	case activity.AuditChange:
		if a.Lane == activity.Person && a.Result != activity.Failure {
			s.changes = append(s.changes, index)
		}
	}
}

// keys are what a sweep looks up once: dynamic fields, and the workload of the activity before.
type keys struct {
	throttled activity.Key
	workload  activity.Symbol
	days      *days
}

func keysOf(c *activity.Case) keys { return keys{throttled: fieldKey(c, "params.isthrottled")} }

// fieldKey is the key of a dynamic field; where no record has it, a key that no record has.
func fieldKey(c *activity.Case, name string) activity.Key {
	return activity.DynamicKey(c.Symbols.Find(name))
}
