package attribution

import (
	"fmt"
	"slices"
	"strings"

	"triage/analyzers/presence"
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
	busy     bool // the owner was at a usual desk in those hours
	between  bool // he was at one before and after some act there, within a working day
	alone    bool // nothing of his was ever at the line
	bare     bool // there is nothing but Outlook Activities, which show neither devices nor sessions that move
}

// seed finds the places that are an intruder's by themselves.
func (g *graph) seed() {
	accused := accused(g)
	bare := g.c.From(activity.SourceActivities) && !g.c.From(activity.SourceAudit)
	struck := struck(g)
	for _, at := range g.places {
		if struck[at] {
			continue
		}
		if grave := g.grave[accountLine{at.account, at.line}]; len(grave) > 0 {
			g.foundAll(at, unknown, g.lineText(at.line)+": a rented machine, from which a rule was made that is accused by "+g.rulesOf(grave), g.proofs(grave), grave)
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

// roving makes seeds of sessions that are at many lines within an hour, none of which is the owner's.
func roving(g *graph, struck map[*place]bool) {
	for v := range g.visits {
		if x := &g.visits[v]; x.roves && !struck[x.place] {
			g.found(int32(v), Reason{
				Account: x.place.account.Name, Rows: first(slices.Clone(x.rows)),
				Text: fmt.Sprintf("%s: one of many lines at which session %s was within an hour, and none of which is the owner's", g.lineText(x.place.line), g.c.Text(g.presence(x).Session)),
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
		len(findings) > 0 && (s.personal > 0 || s.session && s.top >= alien || s.top >= utter) && (s.rented || s.busy || !travels(g, findings)) && (s.alone || !travels(g, findings)) && !(s.bare && travels(g, findings) && ownClient(g, at)):
		return "accused by " + g.rulesOf(findings), g.proofs(findings), findings
	case s.kinds&strong != 0 && !at.egress && (!s.vpn || s.alone) && (s.rented && s.session || s.personal > 0 && (s.rented || s.network && s.busy) || s.network && s.busy && s.top >= severe):
		return "new to the account, and there was " + strings.Join((s.kinds&strong).words(), ", "), s.strong, nil
	case s.forked && s.rented && n > 0:
		return "a rented machine in a session that its owner uses elsewhere", s.rows, nil
	case s.rented && s.top >= severe && s.personal >= many:
		return fmt.Sprintf("a rented machine that shows nothing of the owner's, %d acts", s.personal), s.rows, nil
	case s.bare && s.rented && !s.vpn && s.busy && s.top >= alien && n >= someActs && !ownClient(g, at):
		return fmt.Sprintf("a rented machine that is new to the account, while the owner was at a usual desk, %d acts", n), s.rows, nil
	case !s.rented && s.session && s.alone && !at.egress && s.between && s.top >= severe && n >= someActs && (s.network || s.apart):
		return fmt.Sprintf("a session of its own on a line where nothing is the owner's, before and after which he was at a usual desk, %d acts", n), s.rows, nil
	}
	return "", nil, nil
}

// signs gathers what a place shows, as far as it is as strange as that and nothing of the owner's.
func (g *graph) signs(at *place, floor int) signs {
	line := &g.table.Lines[at.line]
	s := signs{top: unknown, rented: line.Class.Rented(), vpn: line.Class == geo.VPN}
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
		if m.Program || m.Bare && m.Session || m.Weak || owned || x.old || s.rented && !s.vpn && m.Session && m.Country {
			s.personal += max(1, x.acts.reads+x.acts.byApp+x.acts.others)
		}
	}
	s.alone = !at.seen
	s.busy = s.top >= strange && g.busy(at)
	s.between = s.busy && g.between(at)
	return s
}

// owners says that a visit shows a device or a session of the owner's, and nothing that another has used it.
func (g *graph) owners(x *visit) bool {
	p, m := g.presence(x), g.Measure.Signs(x.number)
	if x.lent || g.rented(x) && g.table.Lines[x.place.line].Class != geo.VPN && m.Bare && p.Session != 0 && g.familiar[p.Session] { // his session, and not on his device
		return false
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

// isDesk says that a presence is at a usual place that is no phone's.
func (g *graph) isDesk(a *presence.Account, number uint32) bool {
	p := &a.Presences[number-a.First()]
	if p.Failed || p.Line == 0 || g.at[number] > 0 || g.table.Lines[p.Line].Class == geo.Mobile {
		return false
	}
	m := g.Measure.Signs(number)
	return !m.Network && !m.Country
}

// between says that the owner was at a usual desk before and after some act at a place, within a working day: whoever travels
// there and back, or works elsewhere for a day, is not.
func (g *graph) between(at *place) bool {
	times := g.timesOf(at.account)
	for _, v := range at.visits {
		x := &g.visits[v]
		if x.tenths < strange || g.owners(x) {
			continue
		}
		for _, time := range x.times {
			if i, _ := slices.BinarySearch(times, time); i > 0 && i < len(times) && times[i]-times[i-1] <= workday {
				return true
			}
		}
	}
	return false
}

// workday is how long somebody is at a desk at most, with what he does in between.
const workday = 10 * meanwhile

// timesOf are the times of what an account did at its usual desks.
func (g *graph) timesOf(a *presence.Account) []int64 {
	if g.timesFor == a {
		return g.times
	}
	g.timesFor, g.times = a, g.times[:0]
	line := g.lineOf(a.Name)
	for row := range line.Rows {
		act := line.At(row)
		number, ok := g.table.Of(line.Rows[row].Index())
		if ok && act.Actor == a.Name && g.located(act.IP).shown && g.isDesk(a, number) {
			g.times = append(g.times, act.Time)
		}
	}
	slices.Sort(g.times)
	return g.times
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

// accuses are the rules that accuse a place and not an act.
func accuses(rule string) bool {
	switch rule {
	case "geo.impossible-travel", "geo.new-country", "geo.outside-home", "logon.guessed", "logon.guessed-activities", "logon.sprayed", "logon.device-code",
		"logon.device-code-broker", "logon.mfa-gave-in", "rule.external-forward":
		return true
	}
	return false
}

// enough are the points from which a finding accuses a place.
const enough = 31

// accused are the findings that accuse each place.
func accused(g *graph) map[*place][]int {
	by := map[*place][]int{}
	for i := range g.Findings {
		f := &g.Findings[i]
		if !accuses(f.Rule.ID) || f.Points < enough || f.Suppressed != nil || g.Given.Struck[f.Fingerprint] {
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
func contradicts(g *graph, findings []int, kinds kind) bool {
	return slices.ContainsFunc(findings, func(f int) bool {
		return g.entered(f) || g.Findings[f].Rule.ID == "geo.impossible-travel" && kinds&strong != 0
	})
}

// entered says that a finding tells how somebody came in who is not the owner.
func (g *graph) entered(finding int) bool {
	return strings.HasPrefix(g.Findings[finding].Rule.ID, "logon.")
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
	return !slices.ContainsFunc(findings, func(f int) bool {
		id := g.Findings[f].Rule.ID
		return id != "geo.new-country" && id != "geo.outside-home"
	})
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

// accountLine is an account's line.
type accountLine struct {
	account *presence.Account
	line    uint32
}

// graveActs are findings about a rule of the mailbox that no owner makes, by the rented machine that it was made from.
func graveActs(g *graph) map[accountLine][]int {
	by := map[accountLine][]int{}
	for i := range g.Findings {
		f := &g.Findings[i]
		if f.Rule.Family != "mailrule" || f.Level < detect.High || f.Points < enough || f.Suppressed != nil || g.Given.Struck[f.Fingerprint] {
			continue
		}
		for _, row := range f.Evidence {
			act := &g.c.Activities[row]
			number, ok := g.table.Of(row)
			if !ok || kindOf(g.c, act)&didRule == 0 || !g.shows(act) {
				continue
			}
			account, p := g.table.At(number)
			at := accountLine{account, p.Line}
			if g.table.Lines[p.Line].Class.Rented() && (len(by[at]) == 0 || by[at][len(by[at])-1] != i) {
				by[at] = append(by[at], i)
			}
		}
	}
	return by
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
