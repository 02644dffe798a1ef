package attribution

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/conduct"
	"triage/analyzers/presence"
	"triage/analyzers/verdict"
	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

const (
	manyActs = 5  // acts from a rented machine, with something that is not the owner's, that make it a seed
	someActs = 3  // acts from another's line while the owner was at his desk
	severe   = 25 // strangeness of such places
	alien    = 35 // strangeness that speaks for itself where little else can
	utter    = 40 // and where nothing else can
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
		text, rows, findings := judge(g, at, &s, accused[at])
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

// judge says why a place is a seed; "" where it is none.
func judge(g *graph, at *place, s *signs, findings []int) (text string, rows []uint32, by []int) {
	if s.top == unknown || at.line == 0 {
		return "", nil, nil
	}
	n, many := s.reads+s.byApp+s.others, manyActs
	if s.vpn {
		many *= 2
	}
	switch {
	case (s.network || s.alone) && contradicts(g, findings, s.kinds),
		len(findings) > 0 && (s.personal > 0 || s.session && s.top >= alien || s.top >= utter) && (s.rented || s.busy || !travels(g, findings)) && (s.alone || !travels(g, findings)) && !(s.bare && travels(g, findings) && (n == 0 || ownClient(g, at))):
		return "accused by " + g.rulesOf(findings), g.proofs(findings), findings
	case s.kinds&conduct.Strong != 0 && !at.egress && (!s.vpn || s.alone) && (s.rented && s.session || s.personal > 0 && (s.rented || s.network && s.busy) || s.network && s.busy && s.top >= severe):
		return "new to the account, and there was " + strings.Join((s.kinds&conduct.Strong).Words(), ", "), s.strong, nil
	case s.forked && s.rented && n > 0 && (s.alone || !s.vpn):
		return "a rented machine in a session that its owner uses elsewhere", s.rows, nil
	case s.rented && s.top >= severe && s.personal >= many && (s.alone || !s.vpn):
		return fmt.Sprintf("a rented machine that shows nothing of the owner's, %d acts", s.personal), s.rows, nil
	case s.bare && s.rented && !s.vpn && s.busy && s.top >= alien && n >= someActs && !ownClient(g, at):
		return fmt.Sprintf("a rented machine that is new to the account, while the owner was at a usual desk, %d acts", n), s.rows, nil
	case !s.bare && s.alone && !at.egress && n >= someActs && (s.gap <= errand && s.session && s.top >= severe && (s.network || s.apart) || s.gap <= journey && s.abroad && (s.session || s.personal > 0)):
		return fmt.Sprintf("a line where nothing is the owner's, %d acts; he was at a usual desk within %.1f hours before and after", n, float64(s.gap)/float64(meanwhile)), s.rows, nil
	}
	return "", nil, nil
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

// busy says that the owner was at a usual desk in the hours of a place.
func (g *graph) busy(at *place) bool {
	desks := g.desksOf(at)
	for _, v := range at.visits {
		x := &g.visits[v]
		if x.tenths < strange {
			continue
		}
		for _, span := range at.account.Spans(&at.account.Presences[x.number-at.account.First()]) {
			if _, found := slices.BinarySearch(desks, span); found {
				return true
			}
		}
	}
	return false
}

// desksOf are the parts of days in which the account was at a usual place that is no phone's.
func (g *graph) desksOf(at *place) []int32 {
	if g.desksFor == at.account {
		return g.desks
	}
	g.desksFor, g.desks = at.account, g.desks[:0]
	for i := range at.account.Presences {
		if g.isDesk(at.account, at.account.First()+uint32(i)) {
			g.desks = append(g.desks, at.account.Spans(&at.account.Presences[i])...)
		}
	}
	slices.Sort(g.desks)
	return g.desks
}

// isDesk says that a presence is at a usual place that is no phone's, and no VPN's or relay's.
func (g *graph) isDesk(a *presence.Account, number uint32) bool {
	p := &a.Presences[number-a.First()]
	if p.Failed || p.Line == 0 || g.at[number] > 0 {
		return false
	}
	if class := g.table.Lines[p.Line].Class; class == geo.Mobile || class.Anonymizer() {
		return false
	}
	m := g.Measure.Signs(number)
	return !m.Network && !m.Country
}

// deskAct is when the owner did something at a usual desk, and at which line.
type deskAct struct {
	at   int64
	line uint32
}

// gap is the shortest time between two acts of the owner's at usual desks elsewhere, with an act of a visit between them: whoever
// travels there and back, or works elsewhere for a day, needs more of it than an hour or two.
func (g *graph) gap(x *visit) int64 {
	acts, shortest := g.deskActs(x.place.account), never
	for _, time := range x.times {
		i, _ := slices.BinarySearchFunc(acts, time, func(d deskAct, at int64) int { return cmp.Compare(d.at, at) })
		before, after := i-1, i
		for n := 0; before >= 0 && acts[before].line == x.place.line && n < mostSteps; n++ {
			before--
		}
		for n := 0; after < len(acts) && acts[after].line == x.place.line && n < mostSteps; n++ {
			after++
		}
		if before >= 0 && after < len(acts) && acts[before].line != x.place.line && acts[after].line != x.place.line {
			shortest = min(shortest, acts[after].at-acts[before].at)
		}
	}
	return shortest
}

// How long somebody needs at least to go somewhere else and to come back, to another place of the country and to another
// country; and how many acts at a line are passed over to find one elsewhere.
const (
	errand    = 3 * meanwhile
	journey   = 6 * meanwhile
	mostSteps = 64
)

// deskActs are what an account did at its usual desks, in order of time.
func (g *graph) deskActs(a *presence.Account) []deskAct {
	if g.actsFor == a {
		return g.acts
	}
	g.actsFor, g.acts = a, g.acts[:0]
	line := g.lineOf(a.Name)
	for row := range line.Rows {
		act := line.At(row)
		number, ok := g.table.Of(line.Rows[row].Index())
		if ok && act.Actor == a.Name && g.located(act.IP).shown && g.isDesk(a, number) {
			g.acts = append(g.acts, deskAct{act.Time, a.Presences[number-a.First()].Line})
		}
	}
	return g.acts
}

// lineOf is the timeline of an account.
func (g *graph) lineOf(name activity.Symbol) activity.Timeline {
	if g.lines == nil {
		g.lines = make(map[activity.Symbol]int, len(g.Lines))
		for i := range g.Lines {
			g.lines[g.Lines[i].Mailbox] = i
		}
	}
	if i, ok := g.lines[name]; ok {
		return g.Lines[i]
	}
	return activity.Timeline{Case: g.c}
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

// accusing says that a finding accuses somebody, and nobody decided otherwise.
func (g *graph) accusing(f *verdict.Finding) bool {
	return f.Rule.Accuses != "" && f.Points >= detect.AccusingPoints && f.Suppressed == nil && !g.Given.Struck[f.Fingerprint]
}

// accusesPlace says that it is the place that a rule's findings accuse.
func accusesPlace(r *detect.Rule) bool {
	switch r.Accuses {
	case detect.AccusesPlace, detect.AccusesTravel, detect.AccusesLogon, detect.AccusesStranger:
		return true
	}
	return false
}

// accused are the findings that accuse each place.
func accused(g *graph) map[*place][]int {
	by := map[*place][]int{}
	for i := range g.Findings {
		f := &g.Findings[i]
		if !accusesPlace(f.Rule) || !g.accusing(f) {
			continue
		}
		rows := f.Against
		if rows == nil {
			rows = f.Evidence
		}
		for _, row := range rows {
			if a := &g.c.Activities[row]; a.Type == activity.Logon && a.Result == activity.Failure {
				continue
			}
			v := g.visitOf(row)
			if v < 0 || g.visits[v].tenths < strange && (g.visits[v].tenths < familiar || g.owners(&g.visits[v]) || !g.entered(i)) {
				continue
			}
			if at := g.visits[v].place; len(by[at]) == 0 || by[at][len(by[at])-1] != i {
				by[at] = append(by[at], i)
			}
		}
	}
	return by
}

// contradicts says that findings leave no room for the owner: the place guessed his password, or he was elsewhere when
// something was done there that travellers do not do.
func contradicts(g *graph, findings []int, kinds conduct.Kind) bool {
	return slices.ContainsFunc(findings, func(f int) bool {
		return g.entered(f) || g.Findings[f].Rule.Accuses == detect.AccusesPlace && kinds&conduct.Strong != 0
	})
}

// entered says that a finding tells how somebody came in who is not the owner.
func (g *graph) entered(finding int) bool {
	by := g.Findings[finding].Rule.Accuses
	return by == detect.AccusesLogon || by == detect.AccusesStranger
}

// struck are the places that a responder decided to be benign: by any finding about who was there.
func struck(g *graph) map[*place]bool {
	places := map[*place]bool{}
	for i := range g.Findings {
		if f := &g.Findings[i]; f.Rule.Family == "location" && g.Given.Struck[f.Fingerprint] {
			for _, row := range f.Evidence {
				if v := g.visitOf(row); v >= 0 && g.visits[v].tenths >= strange {
					places[g.visits[v].place] = true
				}
			}
		}
	}
	return places
}

// travels says that findings say no more than that somebody is abroad, which owners are, too.
func travels(g *graph, findings []int) bool {
	return !slices.ContainsFunc(findings, func(f int) bool { return g.Findings[f].Rule.Accuses != detect.AccusesTravel })
}

// visitOf is the visit of a row that shows itself that it belongs there; -1 for none.
func (g *graph) visitOf(row uint32) int32 {
	a := &g.c.Activities[row]
	number, ok := g.table.Of(row)
	if !ok || a.Session == 0 && !g.located(a.IP).shown && g.c.Inputs[a.File].Source != activity.SourceActivities {
		return -1
	}
	return g.at[number] - 1
}

// spot is where something was done: an account's line, or its session at one.
type spot struct {
	account *presence.Account
	line    uint32
	session activity.Symbol // 0: any
}

// graveActs are findings about what no owner does, by where it was done: from a rented machine, or in a session that was at no
// other line and shows no device.
func graveActs(g *graph) map[spot][]int {
	by := map[spot][]int{}
	for i := range g.Findings {
		f := &g.Findings[i]
		if f.Rule.Accuses != detect.AccusesAct || f.Level < detect.High || !g.accusing(f) {
			continue
		}
		for _, row := range f.Evidence {
			act := &g.c.Activities[row]
			number, ok := g.table.Of(row)
			if !ok || conduct.Of(act)&conduct.Strong == 0 || !g.shows(act) {
				continue
			}
			account, p := g.table.At(number)
			at := spot{account: account, line: p.Line}
			if !g.table.Lines[p.Line].Class.Rented() {
				if at.session = p.Session; len(by[at]) == 0 && !keepsStill(account, p) {
					continue
				}
			}
			if len(by[at]) == 0 || by[at][len(by[at])-1] != i {
				by[at] = append(by[at], i)
			}
		}
	}
	return by
}

// keepsStill says that a session was at no other line, and shows no device.
func keepsStill(a *presence.Account, p *presence.Presence) bool {
	return p.Line != 0 && p.Session != 0 && !slices.ContainsFunc(a.Presences, func(o presence.Presence) bool {
		return o.Session == p.Session && !o.Failed && (o.Device != 0 || o.Line != p.Line)
	})
}

// graveAt are the findings about what was done at a presence's place, or in its session there.
func (g *graph) graveAt(a *presence.Account, p *presence.Presence) []int {
	if len(g.grave) == 0 {
		return nil
	}
	if findings := g.grave[spot{account: a, line: p.Line}]; len(findings) > 0 {
		return findings
	}
	return g.grave[spot{a, p.Line, p.Session}]
}

// seedGrave makes seeds of where something grave was done; of a line of people only if the owner was at his desk elsewhere
// before and after, and could not have been there.
func seedGrave(g *graph, struck map[*place]bool) {
	for v := range g.visits {
		x := &g.visits[v]
		findings := g.graveAt(x.place.account, g.presence(x))
		if len(findings) == 0 || struck[x.place] || x.place.line == 0 || !g.rented(x) && g.gap(x) > errand {
			continue
		}
		text := "%s: what no owner does was done there, by %s, in a session that was nowhere else, while he was at a usual desk"
		if g.rented(x) {
			text = "%s: a rented machine, from which was done what no owner does, by %s"
		}
		g.found(int32(v), Reason{
			Account: x.place.account.Name, Rows: g.proofs(findings), Findings: findings, Text: fmt.Sprintf(text, g.lineText(x.place.line), g.rulesOf(findings)),
		})
	}
}

// rulesOf names the rules of findings.
func (g *graph) rulesOf(findings []int) string {
	var names []string
	for _, f := range findings {
		if id := g.Findings[f].Rule.ID; !slices.Contains(names, id) {
			names = append(names, id)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// proofs are the first rows of findings.
func (g *graph) proofs(findings []int) []uint32 {
	var rows []uint32
	for _, f := range findings {
		rows = append(rows, g.Findings[f].Evidence[:min(len(g.Findings[f].Evidence), mostRows)]...)
	}
	return first(rows)
}
