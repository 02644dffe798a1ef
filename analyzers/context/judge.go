package context

import (
	"math"
	"slices"
	"time"

	"triage/analyzers/presence"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// judge measures the presences of one account.
type judge struct {
	*habit
	table    *presence.Table
	name     string
	tenant   *Tenant
	declared *detect.Declared
	homes    []string
	journeys []detect.Journey

	thin   bool // the tenant's habit decides
	nobody bool // and says nothing either
	device bool // this person's logons mostly show a device
	strong bool // and several factors
	moves  bool // sessions of this person go from line to line
	main   uint32
	home   string // the network and the country of most days

	units  []shown
	unitOf []int32 // by presence: one more than the number of its unit
	single shown   // of a presence that has none
	// sessionsAt are the presences of sessions, by line; providers what provider said in this round, by network.
	sessionsAt map[uint32][]int
	providers  map[uint32]bool
	kept       map[uint32]bool // what fleeting said, by program
	vouch      vouched
	listed     []bool        // by presence: familiar
	desks      []int32       // parts of days at usual desks; nil: not yet known
	brought    stays[uint32] // by line, the days on which a mail program of the owner\'s was there; nil: not yet known
}

func newJudge(t *presence.Table, a *presence.Account, s *sessions, name string, tenant *Tenant, declared *detect.Declared) *judge {
	j := &judge{
		habit: newHabit(t, a, s), table: t, name: name, tenant: tenant, declared: declared, homes: declared.HomesOf(name), journeys: declared.JourneysOf(name),
		sessionsAt: map[uint32][]int{}, providers: map[uint32]bool{}, kept: map[uint32]bool{}, listed: make([]bool, len(a.Presences)),
	}
	j.thin = len(a.Active) < minDays
	j.nobody = j.thin && tenant.thin(name)
	j.device, j.strong = mostly(&j.habit.device, &j.logons), mostly(&j.habit.strong, &j.logons)
	j.moves = slices.Contains(j.sessions.moves, true)
	j.units, j.unitOf = j.sessions.units(a)
	j.vouch.sessions = make([]began, len(j.sessions.moves))
	j.main, j.home = longest(j.networks), longest(j.countries)
	for i := range a.Presences {
		if p := &a.Presences[i]; p.Session != 0 && !p.Failed {
			j.sessionsAt[p.Line] = append(j.sessionsAt[p.Line], i)
		}
	}
	return j
}

// longest is the value of most days, the first of equal ones.
func longest[K interface{ ~uint32 | ~string }](m map[K]*sighted) (best K) {
	days := 0
	for value, s := range m {
		if n := s.days.len(); n > days || n == days && value < best {
			best, days = value, n
		}
	}
	return best
}

// of is what the logon of a presence, by its number in the account, shows, as far as it is known. It holds until the next
// call.
func (j *judge) of(i int) *shown {
	if u := j.unitOf[i]; u > 0 {
		return &j.units[u-1]
	}
	p := &j.account.Presences[i]
	j.single = shown{device: p.Device, logons: p.Logons, weak: p.Weak, strong: p.Strong, first: p.First, programs: j.single.programs[:0]}
	if p.Program != 0 {
		j.single.programs = append(j.single.programs, p.Program)
	}
	return &j.single
}

// session is what is familiar of the session of a presence; nil: nothing.
func (j *judge) session(i int) *began {
	if n := j.sessions.of[i]; n > 0 && j.vouch.sessions[n-1].line != 0 {
		return &j.vouch.sessions[n-1]
	}
	return nil
}

// rounds bounds how long a chain of what makes other things familiar may be: a log can be written so that each presence
// waits for the one before it.
const rounds = 16

// judge gives the strangeness of each presence. What is familiar only grows.
func (j *judge) judge() []measured {
	out := make([]measured, len(j.account.Presences))
	if j.nobody {
		for i := range out {
			out[i].signs = signUnknown
		}
		return out
	}
	more := make([]int, 0, len(out))
	for range rounds {
		more = more[:0]
		clear(j.providers)
		for i := range j.account.Presences {
			if j.listed[i] || j.account.Presences[i].Failed {
				continue
			}
			if out[i] = j.measure(i); out[i].signs&signUnknown == 0 && out[i].tenths < familiar {
				more = append(more, i)
			}
		}
		if len(more) == 0 {
			break
		}
		for _, i := range more {
			j.listed[i] = true
			j.vouch.take(j, i, out[i].signs)
		}
	}
	clear(j.providers)
	for i := range j.account.Presences {
		out[i] = j.measure(i)
		j.desk(i, &out[i]) // last: it asks what is familiar
	}
	j.nowhere(out)
	return out
}

// measure is the strangeness of a presence, by what is familiar so far. Many records name no session: those from a line,
// with a program, on days on which a session was there with that program, are taken to be of that visit.
func (j *judge) measure(number int) measured {
	p, m := &j.account.Presences[number], j.alone(number)
	if p.Session != 0 || p.Failed || p.Line == 0 || m.tenths == 0 {
		return m
	}
	for _, i := range j.sessionsAt[p.Line] {
		twin := &j.account.Presences[i]
		if p.Program != 0 && twin.Program != p.Program && !j.sameSystem(twin, p) {
			continue
		}
		if daysWithin(j.account.Days(p), j.account.Days(twin)) {
			if of := j.alone(i); of.signs&signUnknown == 0 && of.tenths < m.tenths {
				m = of
			}
		}
	}
	return m
}

// sameSystem says that one of the two is a program of Microsoft's own on the system of the other.
func (j *judge) sameSystem(a, b *presence.Presence) bool {
	x, y := j.table.Programs[a.Program], j.table.Programs[b.Program]
	return x.System != "" && x.System == y.System && (x.Browser == "" || y.Browser == "")
}

// daysWithin says that all days of one are among those of another.
func daysWithin(days, of []int32) bool {
	for _, d := range days {
		if _, found := slices.BinarySearch(of, d); !found {
			return false
		}
	}
	return true
}

// alone is the strangeness of one presence by itself.
func (j *judge) alone(i int) measured {
	p := &j.account.Presences[i]
	if p.Line == 0 {
		return measured{signs: signUnknown}
	}
	line, here := &j.table.Lines[p.Line], j.of(i)
	var signs sign
	tenths := 0
	add := func(s sign, weight int) {
		signs |= s
		tenths += weight
	}
	declared := j.declared.IsEgress(line.Address)
	device := here.device != 0 && j.vouch.devices.elsewhere(here.device, p.Line)
	moved := !device && j.moved(i, line, here)
	if !declared && (device || moved || !j.accompanied(p, line)) {
		j.place(p, line, (device || moved) && j.provider(line), add)
	}
	if j.newProgram(p, here) {
		add(signProgram, programNew)
	}
	if here.logons && j.device && here.device == 0 && !bare(j, p, here) {
		add(signNoDevice, deviceNone)
	}
	if here.logons && j.strong && here.weak && !here.strong {
		add(signProof, proofWeak)
	}
	away := signs&(signNetwork|signLine|signCountry) != 0
	if away && p.Session != 0 && j.moves && !j.session(i).elsewhere(p.Line) && !fleeting(j, p.Program) {
		add(signSession, sessionOwn)
	}
	switch {
	case device:
		add(signDevice, deviceKnown)
	case moved:
		add(signMoved, deviceKnown)
	}
	if declared || j.tenant.shared(line, int32(activity.Day(p.First))) {
		add(signEgress, egressHere)
	}
	return measured{signs, int8(min(most, max(0, tenths))), int8(tenths)}
}

// fleeting says that most sessions of a program last no day at usual places, too: it opens another for each visit, and that
// one was never at a usual place says nothing.
func fleeting(j *judge, program uint32) bool {
	known, ok := j.kept[program]
	if !ok {
		known = j.opensMany(program)
		j.kept[program] = known
	}
	return known
}

func (j *judge) opensMany(program uint32) bool {
	const day = 24 * time.Hour
	short, kept := 0, 0
	for list := j.sessions.order; len(list) > 0; {
		n, settled := 0, false
		first, last := int64(math.MaxInt64), int64(math.MinInt64)
		for ; n < len(list) && j.sessions.of[list[n]] == j.sessions.of[list[0]]; n++ {
			if p := &j.account.Presences[list[n]]; p.Program == program && !p.Failed {
				first, last = min(first, p.First), max(last, p.Last)
				settled = settled || j.old(j.lines[p.Line])
			}
		}
		list = list[n:]
		switch {
		case !settled:
		case last-first < day.Milliseconds():
			short++
		default:
			kept++
		}
	}
	return short >= minDays && short >= 4*kept
}

// accompanied says that the owner is at the line with what is his, on the same days.
func (j *judge) accompanied(p *presence.Presence, line *presence.Line) bool {
	return j.vouch.own.on(p.Line, j.account.Days(p)) && !line.Class.Rented()
}

// place adds what the line itself shows. own says that it is the owner's VPN, with what is his: whose servers they are, and
// in which country, is then no sign.
func (j *judge) place(p *presence.Presence, line *presence.Line, own bool, add func(sign, int)) {
	network := !own && line.ASN != 0 && (line.Class.Rented() || !locatesNothing(line)) && j.newNetwork(p, line)
	if network {
		add(signNetwork, networkNew)
	}
	if line.Net.IsValid() && (network || j.newLine(p)) && (line.Class.Rented() || !locatesNothing(line)) {
		add(signLine, lineNew)
	}
	if !own && j.newCountry(p, line) {
		add(signCountry, countryNew)
	}
	if line.Class.Rented() {
		add(signRented, rentedHere)
	}
}

func (j *judge) newNetwork(p *presence.Presence, line *presence.Line) bool {
	if line.Class.Rented() && others(j.tenant.rented[line.ASN], j.name) >= enoughRent-1 {
		return false // the tenant's people have this provider
	}
	if j.thin {
		if others(j.tenant.networks[line.ASN], j.name) >= 2 {
			return false
		}
	} else if j.old(j.networks[line.ASN]) && (line.ASN == j.main || j.tenant.thin(j.name) || others(j.tenant.networks[line.ASN], j.name) > 0) {
		return false
	} else if line.ASN == j.main && j.lives(j.networks[line.ASN]) && others(j.tenant.networks[line.ASN], j.name) >= 2 {
		return false // whoever travelled first
	}
	return !j.vouch.networks.elsewhere(line.ASN, p.Line)
}

// bare says that the owner uses one of the programs elsewhere, too, on a computer that shows no device.
func bare(j *judge, p *presence.Presence, here *shown) bool {
	return slices.ContainsFunc(here.programs, func(n uint32) bool { return j.vouch.bare.elsewhere(n, p.Line) })
}

// lives says that the account shows a value on most of its days.
func (j *judge) lives(s *sighted) bool {
	return s != nil && 2*s.days.len() > len(j.account.Active)
}

func (j *judge) newLine(p *presence.Presence) bool {
	if j.thin {
		return true
	}
	return !j.old(j.lines[p.Line])
}

func (j *judge) newCountry(p *presence.Presence, line *presence.Line) bool {
	country := line.Country
	if country == "" || slices.Contains(j.homes, country) || locatesNothing(line) {
		return false
	}
	for _, t := range j.journeys {
		if t.Country == country && t.From <= p.First && p.First < t.To {
			return false
		}
	}
	if j.thin {
		if others(j.tenant.countries[country], j.name) >= 2 {
			return false
		}
	} else if j.old(j.countries[country]) && (country == j.home || j.tenant.thin(j.name) || others(j.tenant.countries[country], j.name) > 0) {
		return false
	} else if country == j.home && j.lives(j.countries[country]) && others(j.tenant.countries[country], j.name) >= 2 {
		return false
	}
	return !j.vouch.countries.elsewhere(country, p.Line)
}

// newProgram says that none of the programs of the presence is known. Rows of a session that name none are its others'.
func (j *judge) newProgram(p *presence.Presence, here *shown) bool {
	if p.Program != 0 {
		return j.strangeProgram(p.Program, p.Line)
	}
	for _, n := range here.programs {
		if !j.strangeProgram(n, p.Line) {
			return false
		}
	}
	return len(here.programs) > 0
}

func (j *judge) strangeProgram(n, line uint32) bool {
	program := j.table.Programs[n]
	if j.thin {
		if others(j.tenant.programs[program], j.name) >= 2 {
			return false
		}
	} else if j.old(j.programs[n]) {
		return false
	}
	if program.Browser == "" && j.vouch.systems.elsewhere(program.System, line) {
		return false // one of Microsoft's own programs on a system that is known
	}
	return !j.vouch.programs.elsewhere(n, line)
}

// moved says that the session was at a usual place before, and came here as its owner's computer does: not to a rented
// machine, with no other system, and not back and forth.
func (j *judge) moved(i int, line *presence.Line, here *shown) bool {
	p, before := &j.account.Presences[i], j.session(i)
	if before == nil || before.line == p.Line && !before.more {
		return false
	}
	if began := before.first >= here.first; (began || line.Class.Rented() || p.Alternates) && !j.provider(line) || began && !j.settles(before) {
		return false
	}
	for _, n := range here.programs {
		if system := j.table.Programs[n].System; system != "" && before.system != "" && system != before.system {
			return false
		}
	}
	return true
}

// provider says that a network of rented machines is the owner's own VPN: over a week or more he came there, with two of
// his sessions or on several days, and none of them was at another line within the hour before and after. Who copied one has
// no other, and its owner goes on with it.
func (j *judge) provider(line *presence.Line) bool {
	if !line.Class.Rented() || line.ASN == 0 {
		return false
	}
	own, known := j.providers[line.ASN]
	if !known {
		own = isProvider(j, line)
		j.providers[line.ASN] = own
	}
	return own
}

func isProvider(j *judge, line *presence.Line) bool {
	const apart = 7 * 24 * time.Hour
	first, last, sessions := int64(math.MaxInt64), int64(math.MinInt64), 0
	seen := map[int32]bool{}
	var stayed days
	for i := range j.account.Presences {
		p := &j.account.Presences[i]
		at := &j.table.Lines[p.Line]
		if p.Failed || at.ASN != line.ASN || !at.Class.Rented() {
			continue
		}
		if p.Alternates {
			return false // somebody else has the session meanwhile
		}
		if before := j.session(i); before == nil || before.first >= p.First && !j.settles(before) {
			continue
		}
		if n := j.sessions.of[i]; !seen[n] {
			seen[n] = true
			sessions++
		}
		stayed.add(j.account.Days(p))
		first, last = min(first, p.First), max(last, p.Last)
	}
	return last-first >= apart.Milliseconds() && (sessions >= 2 || stayed.len() >= often)
}

// often are the days on which a session of the owner's is at a VPN's, for it to be his.
const often = 3

// settles says that a session was at a line of people where the account had been from the first: whoever opened it is at
// home there.
func (j *judge) settles(s *began) bool {
	return !j.table.Lines[s.line].Class.Rented() && j.old(j.lines[s.line])
}

// locatesNothing says that an address of the line stands for people anywhere: a relay's, a company's gateway's, a VPN's.
func locatesNothing(l *presence.Line) bool { return l.Class.Anonymizer() }
