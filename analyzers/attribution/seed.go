package attribution

import (
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/conduct"
	"triage/geo"
	"triage/ingest/activity"
)

const (
	manyActs = 5  // acts from a rented machine, with something that is not the owner's, that make it a seed
	someActs = 3  // acts from another's line while the owner was at his desk
	severe   = 25 // strangeness of such places
	alien    = 35 // strangeness that speaks for itself where little else can
	utter    = 40 // and where nothing else can

	accusedAct = 10 // what an act that a finding accuses adds to it where there is nothing but Outlook Activities
)

// signs are what a place shows of who was there: whoever travels or uses a VPN takes his computer and his session along.
type signs struct {
	acts
	top      int
	personal int  // acts with a program, a proof or a session that are not the owner's
	session  bool // one that was never at a usual place
	network  bool // new to the account
	apart    bool // a program that is new, without a device, in a session of its own
	forked   bool // an owner's session was used here and there by turns
	rented   bool
	vpn      bool
	busy     bool  // the owner was at a usual desk in those hours
	gap      int64 // the shortest between two acts of his at usual desks, with one from there between them
	abroad   bool  // in a country that is new to the account, by a network that is
	alone    bool  // nothing of his was ever at the line
	bare     bool  // there is nothing but Outlook Activities, which show neither devices nor sessions that move
}

// seed finds the places that are an intruder's by themselves.
func (g *graph) seed() {
	accused := accused(g)
	struck := struck(g)
	seedGrave(g, struck)
	bare := g.c.From(activity.SourceActivities) && !g.c.From(activity.SourceAudit)
	for _, at := range g.places {
		if struck[at] {
			continue
		}
		floor := strange
		if slices.ContainsFunc(accused[at], func(f int) bool { return g.entered(f) }) {
			floor = familiar
		}
		s := g.signs(at, floor)
		s.bare = bare
		text, rows, findings := seedReason(g, at, &s, accused[at])
		if text == "" {
			continue
		}
		text = fmt.Sprintf("%s, strangeness %g: %s", g.lineText(at.line), float64(s.top)/10, text)
		g.foundAll(at, floor, text, rows, findings)
	}
	roving(g, struck)
	badConsents(g)
}

// roving makes seeds of where somebody was at many lines within an hour, none of which is the owner's.
func roving(g *graph, struck map[*place]bool) {
	for v := range g.visits {
		if x := &g.visits[v]; x.roves && !struck[x.place] {
			g.found(int32(v), Reason{
				Account: x.place.account.Name, Rows: first(slices.Clone(x.rows)),
				Text: g.lineText(x.place.line) + ": one of many lines at which the account was within an hour, and none of which is the owner's",
			})
		}
	}
}

// foundAll makes seeds of the visits to a place from a strangeness on that show nothing of the owner's.
func (g *graph) foundAll(at *place, from int, text string, rows []uint32, findings []int) {
	for _, v := range at.visits {
		if x := &g.visits[v]; x.tenths >= from && !g.owners(x) {
			g.found(v, Reason{Account: at.account.Name, Text: text, Rows: first(slices.Clone(rows)), Findings: findings})
		}
	}
}

// found makes a visit a seed.
func (g *graph) found(v int32, r Reason) {
	if x := &g.visits[v]; !x.his && g.told.who[x.number] != Owner {
		x.his, x.reason = true, r
		g.queue = append(g.queue, v)
	}
}

// seedReason says why a place is a seed; "" where it is none.
func seedReason(g *graph, at *place, s *signs, findings []int) (text string, rows []uint32, by []int) {
	if s.top == unknown || at.line == 0 {
		return "", nil, nil
	}
	n, many := s.all(), manyActs
	if s.vpn {
		many *= 2
	}
	switch {
	case blamed(g, at, s, findings):
		return "accused by " + rulesOf(g, findings), proofsOf(g, findings), findings
	case !at.egress && s.digsIn():
		return "new to the account, and there was " + strings.Join((s.kinds&conduct.Strong).Words(), ", "), s.strong, nil
	case s.forked && s.rented && n > 0 && (s.alone || !s.vpn):
		return "a rented machine in a session that its owner uses elsewhere", s.rows, nil
	case s.rented && s.top >= severe && s.personal >= many && (s.alone || !s.vpn):
		return fmt.Sprintf("a rented machine that shows nothing of the owner's, %d acts", s.personal), s.rows, nil
	case s.bare && s.alone && s.abroad && s.gap <= whole && s.top+accusedAct >= utter && accusedThere(g, at) && !ownClient(g, at):
		return "new to the account, abroad, where findings accuse what was done; the owner was at a usual desk within a day before and after", s.rows, nil
	case s.bare && s.rented && !s.vpn && s.busy && s.top >= alien && n >= someActs && !ownClient(g, at):
		return fmt.Sprintf("a rented machine that is new to the account, while the owner was at a usual desk, %d acts", n), s.rows, nil
	case !at.egress && n >= someActs && s.elsewhere():
		return fmt.Sprintf("a line where nothing is the owner's, %d acts; he was at a usual desk within %.1f hours before and after", n, float64(s.gap)/float64(meanwhile)), s.rows, nil
	}
	return "", nil, nil
}

// all is what was done there.
func (s *signs) all() int { return s.reads + s.byApp + s.others }

// blamed says that findings accuse whoever was at a place, and that something there is not the owner's. Owners are abroad, too: where
// findings say no more than that, nothing of his was ever there, and he was at his desk meanwhile, or it is a rented machine.
func blamed(g *graph, at *place, s *signs, findings []int) bool {
	switch {
	case len(findings) == 0:
		return false
	case (s.network || s.alone) && contradicts(g, findings, s.kinds):
		return true
	case s.personal == 0 && (!s.session || s.top < alien) && s.top < utter:
		return false
	case !travels(g, findings):
		return true
	case s.bare && (s.all() == 0 || ownClient(g, at) || s.rented && nameless(g, at)):
		return false
	}
	return s.alone && (s.rented || s.busy && (!s.bare || s.gap <= overnight))
}

// digsIn says that somebody did what travellers do not do, with something that is not the owner's, or at a place that is strange
// while he was at his desk.
func (s *signs) digsIn() bool {
	switch {
	case s.kinds&conduct.Strong == 0, s.vpn && !s.alone:
		return false
	case s.rented:
		return s.session || s.personal > 0 || s.network && s.busy && s.top >= severe
	}
	return s.network && s.busy && (s.personal > 0 || s.top >= severe)
}

// elsewhere says that nothing at a line is the owner's, who was at a usual desk before and after, too soon to have gone there and
// back.
func (s *signs) elsewhere() bool {
	switch {
	case s.bare, !s.alone:
		return false
	case s.gap <= errand && s.session && s.top >= severe && (s.network || s.apart):
		return true
	}
	return s.gap <= journey && s.abroad && (s.session || s.personal > 0)
}

// signs gathers what a place shows, as far as it is as strange as that and nothing of the owner's.
func (g *graph) signs(at *place, floor int) signs {
	line := &g.table.Lines[at.line]
	s := signs{top: unknown, gap: never, rented: line.Class.Rented(), vpn: line.Class == geo.VPN}
	for _, v := range at.visits {
		x := &g.visits[v]
		if x.tenths < floor {
			continue
		}
		m, p := g.Measure.Signs(x.number), g.presence(x)
		if g.owners(x) {
			continue
		}
		owned := p.Session != 0 && g.familiar[p.Session]
		s.add(&x.acts)
		s.top = max(s.top, x.tenths)
		s.network, s.forked = s.network || m.Network, s.forked || owned
		s.session = s.session || m.Session || x.lent
		s.apart = s.apart || m.Program && m.Bare && m.Session
		s.abroad = s.abroad || m.Country && m.Network
		if !s.rented && !at.seen {
			s.gap = min(s.gap, g.gap(x))
		}
		if m.Program || m.Bare && (m.Session || x.foreign) || m.Weak || owned || x.old || s.rented && !s.vpn && m.Session && m.Country {
			s.personal += max(1, x.acts.reads+x.acts.byApp+x.acts.others)
		}
	}
	s.alone = !at.seen
	s.busy = s.top >= strange && g.busy(at)
	return s
}

// owners says that a visit shows a device or a session of the owner's, and nothing that another has used it.
func (g *graph) owners(x *visit) bool {
	p, m := g.presence(x), g.Measure.Signs(x.number)
	if x.lent || g.rented(x) && g.table.Lines[x.place.line].Class != geo.VPN && m.Bare && p.Session != 0 && g.familiar[p.Session] { // his session, and not on his device
		return false
	}
	if x.housed && g.table.Lines[x.place.line].Class == geo.VPN { // another computer of his, which has a VPN
		return true
	}
	return m.Carried || p.Session != 0 && g.familiar[p.Session] && !m.Program && !(p.Alternates && g.rented(x))
}

// ownClient says that a place shows, beside a browser, a mail program that the account uses elsewhere: who reads another's mail on
// the web has none, and an owner's VPN carries all that he has.
func ownClient(g *graph, at *place) bool {
	return slices.ContainsFunc(at.visits, func(v int32) bool {
		p := g.presence(&g.visits[v])
		program := g.table.Programs[p.Program]
		return program.System != "" && program.Browser == "" && !g.Measure.Signs(g.visits[v].number).Program
	})
}

// nameless says that nothing at a place says what program it is, nor is it an old protocol: so do the machines of applications that
// read mail for people, and nobody who reads another's.
func nameless(g *graph, at *place) bool {
	return !slices.ContainsFunc(at.visits, func(v int32) bool { return g.presence(&g.visits[v]).Program != 0 || g.visits[v].old })
}

// lineText is "203.0.113.0/24 (RO, AS64500, hosting)".
func (g *graph) lineText(n uint32) string {
	line := &g.table.Lines[n]
	var says []string
	if line.Country != "" {
		says = append(says, line.Country)
	}
	if line.ASN != 0 && line.Net.IsValid() {
		says = append(says, fmt.Sprintf("AS%d", line.ASN))
	}
	if c := line.Class.String(); c != "" {
		says = append(says, c)
	}
	if len(says) == 0 {
		return line.String()
	}
	return line.String() + " (" + strings.Join(says, ", ") + ")"
}
