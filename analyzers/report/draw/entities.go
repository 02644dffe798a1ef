package draw

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
)

func mailboxesOfPart(p *tenantPart) []report.Mailbox {
	list := make([]report.Mailbox, 0, len(p.Result.Mailboxes)) // few runs filter them
	stacks := newStacking(p)
	for i := range p.Result.Mailboxes {
		m := &p.Result.Mailboxes[i]
		if !p.Filter.mailbox(m.Name) {
			continue
		}
		list = append(list, report.Mailbox{
			Mailbox: report.Clean(m.Name), Score: m.Score, Band: m.Band, Activities: m.Activities,
			Lane: m.Lane.String(), First: report.Time(m.First), Last: report.Time(m.Last), Window: reportWindow(m.Window), Shares: shares(p, m.Shares),
			Stacks: stacks.of(&m.Timeline), Joined: joinedOf(p, m),
		})
	}
	return list
}

func services(p *tenantPart) []report.Service {
	list := []report.Service{}
	for i := range p.Result.Services {
		if s := &p.Result.Services[i]; p.Filter.mailbox(s.Name) {
			list = append(list, report.Service{Name: report.Clean(s.Name), Activities: s.Activities, First: report.Time(s.First), Last: report.Time(s.Last)})
		}
	}
	return list
}

func reportWindow(w *verdict.Window) *report.Window {
	if w == nil {
		return nil
	}
	return &report.Window{First: report.Time(w.First), Last: report.Time(w.Last)}
}

func shares(p *tenantPart, shares []verdict.Share) []report.Share {
	out := []report.Share{}
	for _, s := range shares {
		if p.reported[s.Finding] {
			f := &p.Result.Findings[s.Finding]
			out = append(out, report.Share{Finding: f.ID, Family: f.Rule.Family, Points: s.Points, Share: s.Share})
		}
	}
	return out
}

func joinedOf(p *tenantPart, m *verdict.Mailbox) report.Joined {
	j := report.Joined{
		Item: m.Joined[activity.ByItem], MessageID: m.Joined[activity.ByMessageID],
		Conversation: m.Joined[activity.ByConversation], Unmatched: m.Joined[activity.NoMatch],
	}
	j.Messages, j.MessagesMore = unmatched(p, m)
	if all := j.Item + j.MessageID + j.Conversation + j.Unmatched; all > 0 {
		j.Share = float64(j.Unmatched) / float64(all)
	}
	return j
}

func reportAddresses(p *tenantPart) []report.Address {
	list := make([]report.Address, 0, len(p.Result.Addresses))
	for i := range p.Result.Addresses {
		if e := &p.Result.Addresses[i]; keeps(p, e) {
			list = append(list, addressOf(p, e))
		}
	}
	return list
}

func reportSessions(p *tenantPart) []report.Session {
	list := make([]report.Session, 0, len(p.Result.Sessions))
	ips := sessionAddresses(p)
	for i := range p.Result.Sessions {
		e := &p.Result.Sessions[i]
		if !keeps(p, e) {
			continue
		}
		list = append(list, report.Session{
			Session: report.Clean(e.Name), Score: e.Score, Band: e.Band, IPs: ips[e.Symbol], Mailbox: only(e.Mailboxes),
			Mailboxes: cleanAll(e.Mailboxes), Activities: e.Activities, First: report.Time(e.First), Last: report.Time(e.Last),
			Findings: p.names(e.Findings),
		})
	}
	return list
}

func messages(p *tenantPart) []report.Message {
	list := make([]report.Message, 0, len(p.Result.Messages))
	cites := citing{p: p, by: map[int]map[string]*activity.Activity{}}
	for i := range p.Result.Messages {
		if e := &p.Result.Messages[i]; keeps(p, e) {
			list = append(list, messageOf(p, e, cites.message(e)))
		}
	}
	return list
}

// keeps says whether the filter lets an entity through.
func keeps(p *tenantPart, e *verdict.Entity) bool {
	return p.Filter.span(e.First, e.Last) &&
		(len(p.Filter.Mailboxes) == 0 || slices.ContainsFunc(e.Mailboxes, p.Filter.mailbox))
}

func addressOf(p *tenantPart, e *verdict.Entity) report.Address {
	place := func(f activity.Field) report.Text { return report.Text(p.place(e.Symbol, f)) }
	at := p.Result.Places.At(e.Symbol).Place
	out := report.Address{
		IP: report.Clean(e.Name), Country: place(activity.FieldCountry), City: report.Text(report.Clean(at.City)),
		ASN: asnOf(p.place(e.Symbol, activity.FieldASN)),
		Org: place(activity.FieldOrg), Class: place(activity.FieldIPClass),
		ClassSource: report.Text(report.Clean(at.ClassSource)), Score: e.Score, Band: e.Band,
		Mailboxes: cleanAll(e.Mailboxes), Activities: e.Activities, First: report.Time(e.First), Last: report.Time(e.Last),
		Findings: p.names(e.Findings), Egress: p.egress(e.Name),
	}
	if at.HasCoords {
		out.Latitude, out.Longitude, out.RadiusKM = &at.Lat, &at.Lon, at.Radius
	}
	return out
}

// egress says that packs declare an address as a way out.
func (p *tenantPart) egress(name string) bool {
	ip, err := netip.ParseAddr(name)
	return err == nil && slices.ContainsFunc(p.Egress, func(n netip.Prefix) bool { return n.Contains(ip.Unmap()) })
}

// asnOf is the number in "AS64500" or "64500"; unknown for any other text.
func asnOf(text string) report.Number {
	n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToUpper(text), "AS"), 10, 32)
	if err != nil {
		return 0
	}
	return report.Number(n)
}

// only is the one mailbox of a list; unknown if there are several.
func only(mailboxes []string) report.Text {
	if len(mailboxes) != 1 {
		return ""
	}
	return report.Text(report.Clean(mailboxes[0]))
}

// sessionAddresses are the addresses of each session that has a score, in order of text.
func sessionAddresses(p *tenantPart) map[activity.Symbol][]string {
	out := map[activity.Symbol][]string{}
	if len(p.Result.Sessions) == 0 {
		return out
	}
	scored := make([]bool, p.c.Symbols.Len()) // most sessions of a case are not
	for i := range p.Result.Sessions {
		symbol := p.Result.Sessions[i].Symbol
		out[symbol], scored[symbol] = []string{}, true
	}
	seen := map[[2]activity.Symbol]bool{}
	for i := range p.c.Activities {
		a := &p.c.Activities[i]
		if a.Session == 0 || a.IP == 0 || !scored[a.Session] {
			continue
		}
		if key := [2]activity.Symbol{a.Session, a.IP}; !seen[key] {
			seen[key] = true
			out[a.Session] = append(out[a.Session], cmp.Or(p.place(a.IP, activity.FieldIP), report.Clean(p.c.Text(a.IP))))
		}
	}
	for session, list := range out {
		slices.Sort(list)
		out[session] = slices.Compact(list)
	}
	return out
}

// messageOf says which message an entity is. What a finding cites may be an act on it: the delivery is looked up.
func messageOf(p *tenantPart, e *verdict.Entity, m *activity.Activity) report.Message {
	out := report.Message{
		Score: e.Score, Band: e.Band, Mailbox: only(e.Mailboxes), Mailboxes: cleanAll(e.Mailboxes),
		Findings: p.names(e.Findings),
	}
	if m == nil {
		if strings.HasPrefix(e.Name, "<") {
			out.MessageID = report.Text(report.Clean(e.Name))
		} else {
			out.Item = report.Text(report.Clean(e.Name))
		}
		return out
	}
	text := func(f activity.Field) report.Text { return report.Text(report.Clean(p.c.Text(p.c.Get(m, f)))) }
	out.MessageID, out.Subject = text(activity.FieldMessageID), text(activity.FieldSubject)
	out.Sender = text(activity.FieldSender)
	out.Item = report.Text(report.Clean(p.c.Text(m.Item)))
	if m.Type == activity.Deliver && m.Flags&activity.Undated == 0 {
		out.Received = report.Time(m.Time)
	}
	return out
}

// citing finds what a finding cites of a message, by message id and item: the first of each. A finding may cite as many
// messages as it has rows, and each of them asks.
type citing struct {
	p  *tenantPart
	by map[int]map[string]*activity.Activity // by finding; made when first asked for
}

// message is the delivery or sending of the message that an entity is, else an activity on it; nil if its findings cite
// neither.
func (c *citing) message(e *verdict.Entity) *activity.Activity {
	for _, i := range e.Findings {
		if c.by[i] == nil {
			c.by[i] = citedMessages(c.p, i)
		}
		if a := c.by[i][e.Name]; a != nil {
			return a
		}
	}
	return nil
}

// citedMessages are the messages that a finding cites, and the activities on them.
func citedMessages(p *tenantPart, finding int) map[string]*activity.Activity {
	by := map[string]*activity.Activity{}
	for _, row := range p.Result.Findings[finding].Evidence {
		a := &p.c.Activities[row]
		m, _ := p.c.Message(a)
		for _, x := range [2]*activity.Activity{m, a} {
			if x == nil {
				continue
			}
			for _, name := range [2]string{p.c.Text(p.c.Get(x, activity.FieldMessageID)), p.c.Text(x.Item)} {
				if by[name] == nil {
					by[name] = x
				}
			}
		}
	}
	return by
}
