package campaign

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/attribution"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
)

// What a tenant view lists of one kind, so that a hostile export cannot make it endless.
const (
	maxShared      = 100    // values
	maxSharedBoxes = 50     // mailboxes of one value
	maxIndicators  = 20_000 // values that findings are looked through for
)

// SharedKinds are the kinds of things that mailboxes can have in common, in the order of reports.
func SharedKinds() []string {
	return []string{"address", "session", "forward_target", "rule_name", "application", "client", "agent"}
}

// Shared is one thing that findings in a mailbox speak against and that is seen in another mailbox too.
type Shared struct {
	Kind  string // one of SharedKinds
	Value string
	Boxes []SharedBox // those with findings about it first
	More  int         // mailboxes beyond those listed
}

// SharedBox is how a mailbox knows the shared thing.
type SharedBox struct {
	Mailbox     activity.Symbol
	Activities  int
	First, Last int64
	// DaysBefore counts the days on which it was in use in the mailbox before the first finding about it; without a
	// finding, all its days. An intruder's has none; the owner's own address, browser or client has many.
	DaysBefore int
	Findings   []int // indexes into Result.Findings; empty: it is there, and no finding speaks of it
}

type indicatorKey struct{ kind, value string }

// indicator is one thing that findings speak against, and where it was.
type indicator struct {
	by     map[activity.Symbol]*indicatorBox
	owners int // mailboxes in which no finding speaks of it, and people use it
}

type indicatorBox struct {
	SharedBox
	cited   int64 // time of the first row that a finding cites; 0: none
	lastDay int64
	anyDay  bool
	owners  bool // somebody who is no intruder did something with it
	before  bool // and on a day before the first finding about it
}

// indicatorsOf yields what an activity can be recognised by. Names are as written, addresses in one spelling.
func (s *inquiry) indicatorsOf(a *activity.Activity, yield func(kind, value string)) {
	c := s.src.Case
	put := func(kind, value string) {
		if value != "" {
			yield(kind, value)
		}
	}
	if a.IP != 0 && verdict.ClientAddress(s.src.Places, a.IP) {
		put("address", s.src.Places.Field(a.IP, activity.FieldIP))
	}
	put("session", c.Text(a.Session))
	put("client", c.Text(a.App))
	if agent := c.Text(a.Agent); agent != "EvoSTS" { // Entra's own token service, which writes consents in its own name
		put("agent", agent)
	}
	switch a.Type {
	case activity.RuleChange, activity.ForwardingChange:
		if name := s.ruleName(a); a.Type == activity.RuleChange && strings.TrimSpace(name) != "" {
			put("rule_name", name)
		}
		for d := range c.Details(a) {
			if to := c.Text(d.Value); d.Key == activity.KeyOf(activity.FieldForwardTo) && to != activity.NoRecipient {
				put("forward_target", strings.ToLower(to))
			}
		}
	case activity.Consent, activity.AppChange, activity.MailAccess:
		put("application", s.application(a))
	}
}

// application is the id of the application that an activity is about or was done with; "" where that is an interface to
// which another one was admitted, or one of Microsoft's own services, which every tenant has.
func (s *inquiry) application(a *activity.Activity) string {
	if a.Type == activity.AppChange && admits(s.text(a.Op)) {
		return ""
	}
	id := s.text(s.src.Case.Get(a, activity.FieldAppID))
	if ownService(id) {
		return ""
	}
	return id
}

// admits says that an operation admits an application to an interface: the record names the interface's id.
func admits(op string) bool {
	op = strings.ToLower(op)
	return strings.Contains(op, "app role assignment to service principal") || strings.Contains(op, "permission grant") ||
		strings.Contains(op, "oauth2permissiongrant")
}

// ownService says that an application's id is that of one of Microsoft's own services: Graph is
// 00000003-0000-0000-c000-000000000000, Exchange 00000002-0000-0ff1-ce00-000000000000. Source: Microsoft, "Verify
// first-party Microsoft applications".
func ownService(id string) bool {
	id = strings.ToLower(id)
	return strings.HasPrefix(id, "0000000") &&
		(strings.HasSuffix(id, "-0000-0000-c000-000000000000") || strings.HasSuffix(id, "-0000-0ff1-ce00-000000000000"))
}

// collect notes what the speaking findings' rows can be recognised by.
func collect(s *inquiry) {
	for i := range s.src.Findings {
		if !s.speaks[i] {
			continue
		}
		f := &s.src.Findings[i]
		if f.Rule.Family == "delivery" {
			continue
		}
		for _, at := range against(f) {
			a := &s.src.Case.Activities[at]
			switch a.Type {
			case activity.Deliver: // its client and address are the mail server's
				continue
			case activity.AttachmentOpen, activity.LinkClick: // the owner's, who was taken in
				continue
			}
			s.indicatorsOf(a, func(kind, value string) { s.cite(indicatorKey{kind, value}, f.Mailbox, i, a) })
		}
	}
}

func (s *inquiry) cite(key indicatorKey, mailbox activity.Symbol, finding int, a *activity.Activity) {
	t := s.indicators[key]
	if t == nil {
		if len(s.indicators) >= maxIndicators {
			miss(s, key)
			return
		}
		t = &indicator{by: map[activity.Symbol]*indicatorBox{}}
		s.indicators[key] = t
	}
	box := t.at(mailbox)
	if n := len(box.Findings); n == 0 || box.Findings[n-1] != finding {
		box.Findings = append(box.Findings, finding)
	}
	if a.Flags&activity.Undated == 0 && (box.cited == 0 || a.Time < box.cited) {
		box.cited = a.Time
	}
}

// miss counts what is not looked for, as far as counting costs no more than looking.
func miss(s *inquiry, key indicatorKey) {
	if s.missed == nil {
		s.missed = map[indicatorKey]bool{}
	}
	if len(s.missed) < maxIndicators {
		s.missed[key] = true
	}
}

// cut says that not all was looked for in other mailboxes; "" if all was.
func cut(s *inquiry) string {
	n := len(s.missed)
	if n == 0 {
		return ""
	}
	least := ""
	if n == maxIndicators {
		least = "at least "
	}
	return fmt.Sprintf("findings speak against more than %d addresses, sessions, forward targets and the like: those of the strongest "+
		"findings were looked for in the other mailboxes, %s%d more were not", maxIndicators, least, n)
}

func (t *indicator) at(mailbox activity.Symbol) *indicatorBox {
	box := t.by[mailbox]
	if box == nil {
		box = &indicatorBox{SharedBox: SharedBox{Mailbox: mailbox}}
		t.by[mailbox] = box
	}
	return box
}

// lookEverywhere looks for the same things in every activity of people: in mailboxes without findings, and before the findings.
func lookEverywhere(s *inquiry) {
	c := s.src.Case
	forget(s)
	w, his := watching(s), intruderRows(s.src.Intruders)
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.Lane != activity.Person {
			continue
		}
		if (w.all[a.Session]|w.all[a.App]|w.all[a.Agent])&watchYes|w.ip(s, a.IP) == 0 && !namesThings(a) {
			continue
		}
		if _, person := s.people[a.Mailbox]; !person {
			continue
		}
		s.indicatorsOf(a, func(kind, value string) {
			if t := s.indicators[indicatorKey{kind, value}]; t != nil {
				t.at(a.Mailbox).see(a, a.Result != activity.Failure && !his.has(uint32(i)))
			}
		})
	}
	for _, t := range s.indicators {
		for _, box := range t.by {
			if len(box.Findings) == 0 && box.owners {
				t.owners++
			}
		}
	}
}

// hisRows are the rows of all intruders, asked for in ascending order.
type hisRows []uint32

func intruderRows(intruders []attribution.Intruder) hisRows {
	var all hisRows
	for i := range intruders {
		all = append(all, intruders[i].Rows...)
	}
	slices.Sort(all)
	return all
}

func (h *hisRows) has(row uint32) bool {
	for len(*h) > 0 && (*h)[0] < row {
		*h = (*h)[1:]
	}
	return len(*h) > 0 && (*h)[0] == row
}

// forget drops browsers, clients and applications that one mailbox only is accused with: they join nothing, and most
// activities have them.
func forget(s *inquiry) {
	for key, t := range s.indicators {
		if everybodys(key.kind) && len(t.by) < 2 {
			delete(s.indicators, key)
		}
	}
}

// everybodys says that a kind of thing is in use by the innocent as well.
func everybodys(kind string) bool {
	return kind == "agent" || kind == "client" || kind == "application"
}

// watch says of every symbol whether it is worth a look, so that most activities cost four reads of memory.
type watch struct{ all []uint8 }

const (
	watchYes   = 1
	watchKnown = 2 // an address that was looked up and is not wanted
)

func watching(s *inquiry) watch {
	w := watch{make([]uint8, s.src.Case.Symbols.Len())}
	for key := range s.indicators {
		switch key.kind {
		case "session", "client", "agent":
			if sym := s.src.Case.Symbols.Find(key.value); sym != 0 {
				w.all[sym] = watchYes
			}
		}
	}
	return w
}

// ip is whether an address is watched. Two spellings of one address are one, so each is looked up once.
func (w watch) ip(s *inquiry, sym activity.Symbol) uint8 {
	if sym == 0 {
		return 0
	}
	if w.all[sym] == 0 {
		w.all[sym] = watchKnown
		if _, ok := s.indicators[indicatorKey{"address", s.src.Places.Field(sym, activity.FieldIP)}]; ok {
			w.all[sym] = watchYes
		}
	}
	return w.all[sym] & watchYes
}

func namesThings(a *activity.Activity) bool {
	switch a.Type {
	case activity.RuleChange, activity.ForwardingChange, activity.Consent, activity.AppChange, activity.MailAccess:
		return a.Detail != 0
	}
	return false
}

func (b *indicatorBox) see(a *activity.Activity, owners bool) {
	b.Activities++
	b.owners = b.owners || owners
	if a.Flags&activity.Undated != 0 {
		return
	}
	if b.First == 0 || a.Time < b.First {
		b.First = a.Time
	}
	b.Last = max(b.Last, a.Time)
	day := activity.Day(a.Time)
	b.before = b.before || owners && (b.cited == 0 || day < activity.Day(b.cited))
	if (b.cited == 0 || day < activity.Day(b.cited)) && (!b.anyDay || day != b.lastDay) {
		b.DaysBefore, b.lastDay, b.anyDay = b.DaysBefore+1, day, true
	}
}

// inCommon are the indicators that several mailboxes have in common.
func inCommon(s *inquiry) (list []Shared, more int) {
	var out []Shared
	for key, t := range s.indicators {
		if one, ok := common(s, key, t); ok {
			out = append(out, one)
		}
	}
	kinds := SharedKinds()
	slices.SortFunc(out, func(x, y Shared) int {
		return cmp.Or(
			cmp.Compare(slices.Index(kinds, x.Kind), slices.Index(kinds, y.Kind)),
			cmp.Compare(cited(y.Boxes), cited(x.Boxes)), cmp.Compare(x.Value, y.Value),
		)
	})
	return out[:min(len(out), maxShared)], max(0, len(out)-maxShared)
}

func cited(boxes []SharedBox) int {
	n := 0
	for i := range boxes {
		if len(boxes[i].Findings) > 0 {
			n++
		}
	}
	return n
}

// common says whether a trace joins mailboxes. Browsers, clients and applications are everybody's: they join only
// mailboxes whose findings speak of them and in which nobody used them before.
func common(s *inquiry, key indicatorKey, t *indicator) (Shared, bool) {
	one := Shared{Kind: key.kind, Value: key.value}
	for _, box := range t.by {
		if everybodys(key.kind) && (len(box.Findings) == 0 || box.DaysBefore > 0) {
			continue
		}
		one.Boxes = append(one.Boxes, box.SharedBox)
	}
	if len(one.Boxes) < 2 {
		return one, false
	}
	slices.SortFunc(one.Boxes, func(x, y SharedBox) int {
		return cmp.Or(
			cmp.Compare(min(len(y.Findings), 1), min(len(x.Findings), 1)), cmp.Compare(s.text(x.Mailbox), s.text(y.Mailbox)),
		)
	})
	if len(one.Boxes) > maxSharedBoxes {
		one.More = len(one.Boxes) - maxSharedBoxes
		one.Boxes = one.Boxes[:maxSharedBoxes]
	}
	return one, true
}

// ruleName is the name of an inbox rule as its change says it; "" where the log does not.
func (s *inquiry) ruleName(a *activity.Activity) string {
	return s.param(a, "name")
}

// param is the first value of a parameter; "" where the record has none, or where no rule of the pack reads it.
func (s *inquiry) param(a *activity.Activity, lowerName string) string {
	c := s.src.Case
	name := c.Symbols.Find("params." + lowerName)
	if name == 0 {
		return ""
	}
	value, _ := c.Lookup(a, activity.DynamicKey(name))
	return c.Text(value)
}
