package context

import (
	"context"

	"triage/analyzers/presence"
	"triage/analyzers/workers"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// What signs weigh, in tenths. They were set on invented tenants (testdata/ordinary, seeds 1-20) and are judged on others.
const (
	networkNew  = 10
	lineNew     = 5 // a phone's network has no lines
	countryNew  = 10
	rentedHere  = 10 // hosting, VPN, Tor, another's cloud
	programNew  = 10
	deviceNone  = 5
	sessionOwn  = 5
	proofWeak   = 5
	deviceKnown = -15 // or its session moved here
	egressHere  = -10
	deskBusy    = 10  // the owner was at a usual desk just before and just after
	companion   = -10 // the owner's own phone or computer is in that country, too
	programOwn  = -15 // nothing else could tell it, but his mail program is there, too
	mayTravel   = -5  // nothing could have told the owner's own things, and he was at no desk
)

const (
	// familiar is the strangeness, in tenths, from which a presence vouches for nothing.
	familiar = 20
	most     = 50
	// usual is the strangeness up to which all places of an account must be, for an act from none of them to be known.
	usual = 10
	// minDays are the active days that make a habit, and minAccounts the accounts with one that make a tenant's.
	minDays     = 5
	minAccounts = 5
)

// sign is one reason, a bit.
type sign uint16

const (
	signNetwork sign = 1 << iota
	signLine
	signCountry
	signRented
	signProgram
	signNoDevice
	signSession
	signProof
	signDevice
	signMoved
	signEgress
	signDesk
	signTravel
	signCompanion
	signBrought
	signUnknown // too little is known of the account: no measure
)

// Measure is how strange each presence of a case is. It is safe for concurrent use.
type Measure struct {
	table    *presence.Table
	measured []measured // by number of the presence
	tenant   *Tenant
	declared *detect.Declared
	odd      map[*presence.Account]days // on which accounts were at a strange place
}

// measured is one presence's strangeness.
type measured struct {
	signs  sign
	tenths int8
	raw    int8 // the sum before it was cut to 0 … 5
}

var _ detect.Context = (*Measure)(nil)

// Of measures every presence of the table, on n workers (0 = one per processor). declared may be nil. Where ctx ends, the
// measure is of no use.
func Of(ctx context.Context, t *presence.Table, names func(*presence.Account) string, declared *detect.Declared, n int) *Measure {
	tenant := &Tenant{}
	m := &Measure{table: t, measured: make([]measured, t.Len()), tenant: tenant, declared: declared}
	of := make([]*sessions, len(t.Accounts))
	_ = workers.Each(ctx, n, len(t.Accounts), func(_, i int) { of[i] = sessionsOf(t, &t.Accounts[i]) })
	for i := range t.Accounts {
		if ctx.Err() != nil {
			return m
		}
		tenant.add(t, &t.Accounts[i], of[i], names(&t.Accounts[i]))
	}
	tenant.settle()
	_ = workers.Each(ctx, n, len(t.Accounts), func(_, i int) {
		a := &t.Accounts[i]
		j := newJudge(t, a, of[i], names(a), tenant, declared)
		copy(m.measured[a.First():], j.judge())
	})
	m.strangers()
	return m
}

// strangers notes on which days accounts were at strange places.
func (m *Measure) strangers() {
	m.odd = map[*presence.Account]days{}
	for i := range m.table.Accounts {
		a := &m.table.Accounts[i]
		var odd days
		for k := range a.Presences {
			p, one := &a.Presences[k], &m.measured[a.First()+uint32(k)]
			byApp := p.Session == 0 && p.Program == 0 && !p.Logons // works by itself, and was nowhere with its user
			if p.Line != 0 && !p.Failed && !byApp && one.signs&signUnknown == 0 && one.tenths >= familiar {
				odd.add(a.Days(p))
			}
		}
		if odd != nil {
			m.odd[a] = odd
		}
	}
}

// Presences are what was measured.
func (m *Measure) Presences() *presence.Table { return m.table }

// Strangeness implements detect.Context.
func (m *Measure) Strangeness(index uint32) (tenths int, ok bool) {
	number, ok := m.table.Of(index)
	if !ok {
		return 0, false
	}
	if tenths, ok = m.At(number); ok && tenths < familiar && m.anybodys(index, number) {
		return 0, false
	}
	return tenths, ok
}

// anybodys says that an act belongs to a familiar presence only because it came soon after it, while the account was at a
// strange place on the same active day or the one before: it may be of that.
func (m *Measure) anybodys(index, number uint32) bool {
	if len(m.odd) == 0 {
		return false
	}
	day, ok := m.table.ByTime(index)
	if !ok {
		return false
	}
	a, _ := m.table.At(number)
	odd := m.odd[a]
	return odd.has(day) || day > 0 && odd.has(day-1)
}

// At is the strangeness of a presence, by its number, in tenths.
func (m *Measure) At(number uint32) (tenths int, ok bool) {
	one := m.measured[number]
	return int(one.tenths), one.signs&signUnknown == 0
}

// StrangeWhy implements detect.Context.
func (m *Measure) StrangeWhy(index uint32) []string {
	number, ok := m.table.Of(index)
	if !ok {
		return nil
	}
	if _, known := m.Strangeness(index); !known {
		return nil
	}
	return m.Why(number)
}

// Line implements detect.Context.
func (m *Measure) Line(index uint32) string {
	number, ok := m.table.Of(index)
	if !ok {
		return ""
	}
	_, p := m.table.At(number)
	if p.Line == 0 {
		return ""
	}
	return m.table.Lines[p.Line].String()
}

// Shared implements detect.Context.
func (m *Measure) Shared(index uint32, at int64) bool {
	number, ok := m.table.Of(index)
	if !ok {
		return false
	}
	_, p := m.table.At(number)
	line := &m.table.Lines[p.Line]
	return p.Line != 0 && (m.declared.IsEgress(line.Address) || m.tenant.shared(line, int32(activity.Day(at))))
}

// Signs are those of a presence that tell whose it is, beside how strange it is.
type Signs struct {
	Shared  bool // its line is a way out that several accounts of the tenant share, or that is declared to be one
	Network bool // new to the account
	Country bool // likewise
	Program bool // likewise
	Session bool // it was never at a usual place
	Bare    bool // no device is shown, where the account's logons mostly show one
	Weak    bool // one factor, where they mostly show several
	Carried bool // a device or session of the owner's is there, or came there
}

// Signs are the signs of a presence, by its number.
func (m *Measure) Signs(number uint32) Signs {
	s := m.measured[number].signs
	return Signs{
		Shared: s&signEgress != 0, Network: s&signNetwork != 0, Country: s&signCountry != 0, Program: s&signProgram != 0,
		Session: s&signSession != 0, Bare: s&signNoDevice != 0, Weak: s&signProof != 0, Carried: s&(signDevice|signMoved) != 0,
	}
}
