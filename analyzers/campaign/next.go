package campaign

import (
	"slices"
	"time"

	"triage/analyzers/verdict"
	"triage/ingest/activity"
)

// NextEvidence is one export that the case lacks and that would answer something the findings leave open.
type NextEvidence struct {
	Mailbox activity.Symbol // 0: the whole case
	Export  Export
	Values  []string  // addresses or application ids that it is about
	More    int       // values beyond those listed
	From    time.Time // first day wanted; zero: it has no span, it is how things stand today
	To      time.Time // last day wanted
	Days    int       // how long the service keeps it; 0: as long as it stands
	Before  time.Time // day on which the oldest part of the span that is left goes; zero: none goes, or all is gone
	State   State
	// Findings are what asks for it.
	Findings []int
}

// Export is a kind of evidence that can be fetched.
type Export string

// The exports, in the order in which they are listed.
const (
	ExportAudit     Export = "audit-log"
	ExportAccess    Export = "mail-access"
	ExportSignins   Export = "sign-ins"
	ExportTrace     Export = "message-trace"
	ExportRules     Export = "inbox-rules"
	ExportMessage   Export = "message"
	ExportApps      Export = "application-use"
	ExportAddresses Export = "audit-by-address"
)

// Exports lists the kinds in their order.
func Exports() []Export {
	return []Export{
		ExportAudit, ExportAccess, ExportSignins, ExportTrace, ExportRules, ExportMessage, ExportApps, ExportAddresses,
	}
}

// State says how much of the wanted span the service still keeps by its standard retention.
type State string

// The states.
const (
	Standing State = "standing" // no span: it is there until somebody changes it
	Open     State = "open"     // all of it
	Going    State = "going"    // the beginning is gone, more goes every day
	Gone     State = "gone"     // nothing: only longer retention or a copy elsewhere can still show it
)

const (
	leadDays  = 14 // days before the window that are fetched too: how somebody got in lies there
	trailDays = 30 // days after it: intruders come back
	maxNext   = 500
)

// fetches is the list in the making.
type fetches struct {
	s       *inquiry
	asOf    time.Time
	extents map[activity.Source]*verdict.Window
	out     []NextEvidence
}

// nextEvidence lists what is to be fetched, mailbox by mailbox, then for the whole case.
func nextEvidence(s *inquiry, ranked []Ranked) (list []NextEvidence, more int) {
	if s.src.AsOf.IsZero() {
		return nil, 0 // nothing can be said of what is still kept
	}
	f := fetches{s: s, asOf: s.src.AsOf.UTC().Truncate(24 * time.Hour), extents: map[activity.Source]*verdict.Window{}}
	f.measure()
	for _, one := range ranked {
		if _, person := s.people[s.src.Mailboxes[one.Box].Symbol]; person {
			f.mailbox(&one)
		}
	}
	f.applications()
	f.addresses()
	return f.out[:min(len(f.out), maxNext)], max(0, len(f.out)-maxNext)
}

// measure is from when to when the case has each kind of source.
func (f *fetches) measure() {
	for i := range f.s.src.Case.Inputs {
		in := &f.s.src.Case.Inputs[i]
		w := f.extents[in.Source]
		if w == nil {
			w = &verdict.Window{First: in.First, Last: in.Last}
			f.extents[in.Source] = w
			continue
		}
		if w.First == 0 || in.First != 0 && in.First < w.First {
			w.First = in.First
		}
		w.Last = max(w.Last, in.Last)
	}
}

// holds is what the data of a mailbox hold, the undated ones too.
func (f *fetches) holds(box *verdict.Mailbox) verdict.Holds {
	h := f.s.src.Seen[box.Seen].Holds
	c := f.s.src.Case
	for i := range c.Activities { // undated ones stand first
		a := &c.Activities[i]
		if a.Flags&activity.Undated == 0 {
			break
		}
		if a.Mailbox == box.Symbol {
			h.Sources[c.Inputs[a.File].Source] = true
		}
	}
	return h
}

func (f *fetches) mailbox(one *Ranked) {
	box := &f.s.src.Mailboxes[one.Box]
	h := f.holds(box)
	from, to := f.span(one.Findings)
	add := func(export Export, from, to time.Time) {
		f.add(NextEvidence{Mailbox: box.Symbol, Export: export, Findings: one.Findings, From: from, To: to})
	}
	if h.Sources[activity.SourceAudit] {
		f.rest(activity.SourceAudit, from, to, func(from, to time.Time) { add(ExportAudit, from, to) })
		if !h.Access && one.First != 0 {
			add(ExportAccess, from, to)
		}
	} else {
		add(ExportAudit, from, to)
	}
	if h.Sources[activity.SourceSignin] {
		f.rest(activity.SourceSignin, from, to, func(from, to time.Time) { add(ExportSignins, from, to) })
	} else {
		add(ExportSignins, from, to)
	}
	if !h.Sources[activity.SourceTrace] {
		add(ExportTrace, from, to)
	}
	if one.First != 0 && !h.Sources[activity.SourceRules] {
		add(ExportRules, time.Time{}, time.Time{})
	}
	f.messages(box, one)
}

// span is the findings' span with what came before and after, to whole days.
func (f *fetches) span(findings []int) (from, to time.Time) {
	first, last := int64(0), int64(0)
	for _, i := range findings {
		x := &f.s.src.Findings[i]
		if x.First != 0 && (first == 0 || x.First < first) {
			first = x.First
		}
		last = max(last, x.Last)
	}
	if first == 0 { // state only: nobody knows since when
		return f.asOf.AddDate(0, 0, -leadDays), f.asOf
	}
	from, to = dayAt(first).AddDate(0, 0, -leadDays), dayAt(last).AddDate(0, 0, trailDays)
	if to.After(f.asOf) {
		to = f.asOf
	}
	if from.After(to) {
		from = to
	}
	return from, to
}

func dayAt(ms int64) time.Time { return time.UnixMilli(ms).UTC().Truncate(24 * time.Hour) }

// rest are the parts of a span that the case's data of a source do not reach.
func (f *fetches) rest(source activity.Source, from, to time.Time, add func(from, to time.Time)) {
	w := f.extents[source]
	if w == nil || w.First == 0 {
		add(from, to)
		return
	}
	first, last := dayAt(w.First), dayAt(w.Last)
	if from.Before(first) {
		add(from, first)
	}
	if to.After(last) {
		add(last, to)
	}
}

// messages asks for those that came in and that findings are about: their headers say who sent them.
func (f *fetches) messages(box *verdict.Mailbox, one *Ranked) {
	item := NextEvidence{Mailbox: box.Symbol, Export: ExportMessage}
	c := f.s.src.Case
	for _, i := range one.Findings {
		for _, row := range f.s.src.Findings[i].Evidence {
			a := &c.Activities[row]
			if a.Type != activity.Deliver || c.Inputs[a.File].Source == activity.SourceMessage {
				continue
			}
			if id := c.Text(c.Get(a, activity.FieldMessageID)); id != "" {
				item.value(id, i)
			}
		}
	}
	if len(item.Values) > 0 {
		f.add(item)
	}
}

func (n *NextEvidence) value(value string, finding int) {
	if last := len(n.Findings) - 1; last < 0 || n.Findings[last] != finding { // findings come in order
		n.Findings = append(n.Findings, finding)
	}
	switch {
	case slices.Contains(n.Values, value):
	case len(n.Values) == maxStepValues:
		n.More++
	default:
		n.Values = append(n.Values, value)
	}
}

// applications asks what applications did that findings speak of.
func (f *fetches) applications() {
	item := NextEvidence{Export: ExportApps}
	c := f.s.src.Case
	for i := range f.s.src.Findings {
		if !f.s.speaks[i] {
			continue
		}
		for _, row := range against(&f.s.src.Findings[i]) {
			a := &c.Activities[row]
			if a.Type != activity.Consent && a.Type != activity.AppChange {
				continue
			}
			if id := f.s.application(a); id != "" {
				item.value(id, i)
			}
		}
	}
	if len(item.Values) > 0 {
		slices.Sort(item.Values)
		item.From, item.To = f.span(item.Findings)
		f.add(item)
	}
}

// addresses asks where else the intruder's addresses were: in mailboxes that were not exported.
func (f *fetches) addresses() {
	item := NextEvidence{Export: ExportAddresses}
	for key, t := range f.s.indicators {
		if key.kind != "address" || !t.strange() || !f.s.intrudersOwn(key.value) {
			continue
		}
		for _, box := range t.by {
			item.Findings = append(item.Findings, box.Findings...)
		}
		item.Values = append(item.Values, key.value)
	}
	if len(item.Values) == 0 {
		return
	}
	slices.Sort(item.Values)
	slices.Sort(item.Findings)
	item.Findings = slices.Compact(item.Findings)
	if n := len(item.Values) - maxStepValues; n > 0 {
		item.Values, item.More = item.Values[:maxStepValues], n
	}
	item.From, item.To = f.span(item.Findings)
	f.add(item)
}

// intrudersOwn says that an address is an intruder's, or that none is known to be.
func (s *inquiry) intrudersOwn(address string) bool {
	return len(s.his) == 0 || s.addresses[address]
}

// strange says that nobody used a thing in any of its mailboxes before the findings about it.
func (t *indicator) strange() bool {
	for _, box := range t.by {
		if box.DaysBefore > 0 {
			return false
		}
	}
	return true
}

// source is the log that an export is of; unknown where it is of no log in time.
func (e Export) source() activity.Source {
	switch e {
	case ExportAudit, ExportAccess, ExportAddresses:
		return activity.SourceAudit
	case ExportSignins, ExportApps:
		return activity.SourceSignin
	case ExportTrace:
		return activity.SourceTrace
	default:
		return activity.SourceUnknown
	}
}

// add judges how much of the span is still kept, and lists the item.
func (f *fetches) add(n NextEvidence) {
	n.Days = n.Export.source().Kept(n.To)
	kept := f.asOf.AddDate(0, 0, -n.Days)
	switch {
	case n.From.IsZero() || n.Days == 0:
		n.State = Standing
	case n.To.Before(kept):
		n.State = Gone
	case n.From.Before(kept):
		n.State, n.Before = Going, f.asOf
	default:
		n.State, n.Before = Open, n.From.AddDate(0, 0, n.Days)
	}
	f.out = append(f.out, n)
}
