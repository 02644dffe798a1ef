package presence

import (
	"cmp"
	"context"
	"slices"
	"time"

	"triage/analyzers/workers"
	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// How long an act without an address is taken to belong to the presence before it.
const (
	logonHolds = 24 * time.Hour // acts after a logon
	quiet      = time.Hour      // silence that ends what Outlook Activities tell of one logon
	back       = time.Hour      // a session that comes back to a line sooner alternates
)

// Of sorts the acts of persons into presences. lines are the case's timelines; an act belongs to its actor's. The result
// does not depend on the number n of workers (0 = one per processor). Where ctx ends, the table is of no use.
func Of(ctx context.Context, c *activity.Case, places detect.Places, lines []activity.Timeline, n int) *Table {
	net := newNetwork(c, places)
	t := &Table{Lines: net.list, Programs: net.named, of: make([]uint32, len(c.Activities))}
	requirement := activity.DynamicKey(c.Symbols.Find("params.authenticationrequirement"))
	accounts := make([]Account, len(lines))
	n = workers.Count(n)
	notes := make([]accountNotes, n)
	_ = workers.Each(ctx, n, len(lines), func(worker, i int) {
		b := builder{Table: t, numbering: net, line: lines[i], requirement: requirement, accountNotes: &notes[worker]}
		accounts[i] = b.build()
	})
	t.number(accounts)
	for i := range notes {
		t.doubts = append(t.doubts, notes[i].followed...)
	}
	slices.SortFunc(t.doubts, func(x, y doubt) int { return cmp.Compare(x.row, y.row) })
	_ = workers.Each(ctx, n, len(lines), func(_, i int) {
		if first := accounts[i].first; len(accounts[i].Presences) > 0 && first > 0 {
			for _, row := range lines[i].Rows {
				if c.Activities[row.Index()].Actor == lines[i].Mailbox && t.of[row.Index()] > 0 {
					t.of[row.Index()] += first
				}
			}
		}
	})
	return t
}

// number gives the accounts that did something their place in the table.
func (t *Table) number(accounts []Account) {
	next := uint32(0)
	for i := range accounts {
		accounts[i].first = next
		next += uint32(len(accounts[i].Presences))
	}
	some := 0
	for i := range accounts {
		if len(accounts[i].Presences) > 0 {
			some++
		}
	}
	t.Accounts = make([]Account, 0, some)
	for i := range accounts {
		if len(accounts[i].Presences) > 0 {
			t.Accounts = append(t.Accounts, accounts[i])
		}
	}
}

// builder makes the presences of one account.
type builder struct {
	*Table
	*numbering
	*accountNotes
	line        activity.Timeline
	requirement activity.Key

	active   []int32
	sessions visits
	apps     map[activity.Symbol]open     // by application: its last logon
	logon    open                         // the last successful logon
	seen     open                         // the last act with a place
	logons   map[activity.Symbol]visitKey // Outlook Activities: by session, where its first logon was; nil: not yet asked for
	byTime   bool                         // the act in hand belongs to a presence because it came soon after it, and for no other reason
}

// accountNotes are what is noted while an account is read; the next account takes the same memory.
type accountNotes struct {
	presences []Presence
	days      []day
	hours     []day
	followed  []doubt // of all accounts
}

// day is one day, or a part of one, in which a presence lived.
type day struct {
	presence uint32
	number   int32
}

// open is a presence that acts without an address may belong to.
type open struct {
	presence uint32 // one more than its number; 0: none
	at, last int64  // when it began, and when it last did something
}

func (b *builder) build() Account {
	b.presences, b.days, b.hours = b.presences[:0], b.days[:0], b.hours[:0]
	b.sessions.expect(len(b.line.Rows))
	for row := range b.line.Rows {
		a := b.line.At(row)
		if a.Actor != b.line.Mailbox || a.Lane != activity.Person || !byPerson(a.Type) {
			continue
		}
		if number, ok := b.place(a); ok {
			b.add(number, a)
			b.of[b.line.Rows[row].Index()] = number + 1
			if b.byTime {
				b.byTime = false
				b.of[b.line.Rows[row].Index()] |= follows
				b.followed = append(room(b.followed), doubt{b.line.Rows[row].Index(), int32(len(b.active) - 1)})
			}
		}
	}
	return b.account()
}

// byPerson says whether a type is something that a person does, rather than what happens to a mailbox.
func byPerson(t activity.Type) bool { return t != activity.Deliver && t != activity.Alert }

// place is the presence that an act belongs to.
func (b *builder) place(a *activity.Activity) (number uint32, ok bool) {
	line := b.shows(a)
	failed := a.Type == activity.Logon && a.Result == activity.Failure
	if line == 0 && !failed {
		if number, ok = b.inherits(a); ok {
			return number, true
		}
	}
	k := visitKey{line: line, program: b.programs[a.Agent], failed: failed}
	if line == 0 && !failed && b.c.Inputs[a.File].Source == activity.SourceActivities {
		if a.Session == 0 {
			k.day = int32(activity.Day(a.Time)) // what follows no logon there may be of any of that day's visits
		} else if at, shown := b.logsOn(a.Session); shown {
			k = at
		}
	}
	v := b.sessions.of(a.Session)
	if number, ok = v.find(k); !ok {
		number = uint32(len(b.presences))
		b.presences = append(room(b.presences), Presence{
			Line: k.line, Session: a.Session, Program: k.program, First: a.Time, Failed: failed, visit: uint32(b.sessions.at - 1),
		})
		v.note(number, k)
	}
	return number, true
}

// logsOn is where the first logon of a session of Outlook Activities was that shows a place: its client may have done something
// before the service logged that.
func (b *builder) logsOn(session activity.Symbol) (at visitKey, shown bool) {
	if b.logons == nil {
		b.logons = map[activity.Symbol]visitKey{}
		for row := range b.line.Rows {
			a := b.line.At(row)
			if a.Type != activity.Logon || a.Session == 0 || a.Result == activity.Failure || a.Actor != b.line.Mailbox || a.Lane != activity.Person {
				continue
			}
			if line := b.shows(a); line != 0 && b.logons[a.Session].line == 0 {
				b.logons[a.Session] = visitKey{line: line, program: b.programs[a.Agent]}
			}
		}
	}
	at, shown = b.logons[session]
	return at, shown
}

// shows is the line that an act's address shows. Microsoft's cloud is a customer's machine in a logon; elsewhere it is the
// service's own.
func (b *builder) shows(a *activity.Activity) uint32 {
	if a.Flags&(activity.ChainedIP|activity.Cloud) != 0 {
		return 0
	}
	line := b.lines[a.IP]
	if b.numbering.list[line].Class == geo.AzureCloud && a.Type != activity.Logon {
		return 0
	}
	return line
}

// inherits is the presence that shows where an act without an address was done: of its session, of the last logon of its
// application (Outlook Activities), of the account's last logon, or of its last act with a place.
func (b *builder) inherits(a *activity.Activity) (number uint32, ok bool) {
	if at := b.sessions.known(a.Session); a.Session != 0 && at != nil && at.somewhere {
		return at.presence, true
	}
	if b.c.Inputs[a.File].Source == activity.SourceActivities {
		at, known := b.apps[a.App]
		if !known || a.Time-at.last > quiet.Milliseconds() || a.Time-at.at > logonHolds.Milliseconds() {
			return 0, false
		}
		at.last = a.Time
		b.apps[a.App] = at
		return at.presence - 1, true
	}
	if b.c.Text(a.App) == "RESTSystem" {
		return 0, false // the service reads for a program, at any hour
	}
	if a.Type == activity.Logon {
		return 0, false // it shows itself where it was, as far as anything does
	}
	for _, at := range []open{b.logon, b.seen} {
		if at.presence > 0 && a.Time-at.at <= logonHolds.Milliseconds() && b.alike(a, at.presence-1) {
			b.byTime = true
			return at.presence - 1, true
		}
	}
	return 0, false
}

// alike says that an act may be of a presence: it names no other program than that.
func (b *builder) alike(a *activity.Activity, presence uint32) bool {
	program, other := b.programs[a.Agent], b.presences[presence].Program
	return program == 0 || other == 0 || program == other
}

// add counts an act to a presence.
func (b *builder) add(number uint32, a *activity.Activity) {
	p := &b.presences[number]
	p.Last = max(p.Last, a.Time)
	p.acts++
	if p.Failed {
		return
	}
	b.live(number, int32(activity.Day(a.Time)))
	b.span(number, int32(a.Time/(SpanHours*time.Hour.Milliseconds())))
	if p.Line == 0 {
		return
	}
	here := open{presence: number + 1, at: a.Time, last: a.Time}
	if b.shows(a) == p.Line {
		b.seen = here
		if a.Session != 0 {
			b.follow(number, a)
		}
	}
	if a.Type != activity.Logon {
		return
	}
	b.logon = here
	if b.c.Inputs[a.File].Source == activity.SourceActivities {
		if b.apps == nil {
			b.apps = map[activity.Symbol]open{}
		}
		b.apps[a.App] = here
		return
	}
	b.proves(p, a)
}

// follow notes where a session is, and whether it goes to and fro. A phone does: its own line and the house's.
func (b *builder) follow(number uint32, a *activity.Activity) {
	v := b.sessions.of(a.Session)
	if !v.somewhere {
		v.somewhere, v.presence, v.last = true, number, a.Time
		return
	}
	if here, was := b.presences[number].Line, b.presences[v.presence].Line; here != was {
		if v.before == here && a.Time-v.left < back.Milliseconds() && !b.phone(here) && !b.phone(was) {
			b.presences[number].Alternates, b.presences[v.presence].Alternates = true, true
		}
		v.before, v.left = was, v.last
	}
	v.presence, v.last = number, a.Time
}

func (b *builder) phone(line uint32) bool { return b.numbering.list[line].Class == geo.Mobile }

// proves notes what a logon shows of devices and factors.
func (b *builder) proves(p *Presence, a *activity.Activity) {
	p.Logons = true
	for d := range b.c.Details(a) {
		switch d.Key {
		case activity.KeyOf(activity.FieldDevice):
			if p.Device == 0 {
				p.Device = d.Value
			}
		case b.requirement:
			switch b.c.Text(d.Value) {
			case "singleFactorAuthentication":
				p.Weak = true
			case "multiFactorAuthentication":
				p.Strong = true
			}
		}
	}
}

// live notes a day of a presence. Rows come in order of time.
func (b *builder) live(number uint32, n int32) {
	if last := len(b.active) - 1; last < 0 || b.active[last] != n {
		b.active = append(b.active, n)
	}
	p := &b.presences[number]
	if p.active > 0 && int32(p.days) == n { // while building, days is the last day
		return
	}
	p.days = uint32(n)
	p.active++
	b.days = append(room(b.days), day{number, int32(len(b.active) - 1)})
}

// span notes a part of a day likewise.
func (b *builder) span(number uint32, n int32) {
	p := &b.presences[number]
	if p.spans > 0 && int32(p.hours) == n { // as in live
		return
	}
	p.hours = uint32(n)
	p.spans++
	b.hours = append(room(b.hours), day{number, n})
}

func (b *builder) account() Account {
	a := Account{
		Name: b.line.Mailbox, Presences: slices.Clone(b.presences), Active: slices.Clip(b.active), days: byPresence(b.days), hours: byPresence(b.hours),
	}
	days, spans := uint32(0), uint32(0)
	for i := range a.Presences {
		p := &a.Presences[i]
		p.days, p.hours = days, spans
		days, spans = days+p.active, spans+p.spans
	}
	return a
}

// byPresence puts what was noted in order of time in order of presence.
func byPresence(noted []day) []int32 {
	slices.SortStableFunc(noted, func(x, y day) int { return int(x.presence) - int(y.presence) })
	numbers := make([]int32, len(noted))
	for i, d := range noted {
		numbers[i] = d.number
	}
	return numbers
}

// room doubles a full list: append makes five times as much for the next of a long one, and an account may have as many
// visits as a case has rows.
func room[T any](list []T) []T {
	if len(list) < cap(list) {
		return list
	}
	return slices.Grow(list, max(8, len(list)))
}
