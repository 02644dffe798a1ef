package iocs

import "triage/analyzers/report"

// index is what the report says of things, looked up by their names: a report of many intruders costs in proportion.
type index struct {
	findings map[string]*report.Finding
	places   map[key]*report.Address
	sessions map[key]*report.Session
	his      map[key]int       // activities of all intruders from an address
	visits   map[key]*gathered // by intruder and agent
	stacked  map[key]*use      // user agents and applications of mailboxes
	used     map[key]bool      // what owners use
}

// use is where a program is in use, and since when.
type use struct {
	first report.Time
	boxes []string
}

func indexOf(r *report.Report) index {
	in := index{
		findings: r.ByID(), places: map[key]*report.Address{}, sessions: map[key]*report.Session{}, his: map[key]int{}, visits: map[key]*gathered{},
		stacked: map[key]*use{}, used: usedBy(r),
	}
	for i := range r.Addresses {
		a := &r.Addresses[i]
		in.places[key{a.Tenant, IP, a.IP}] = a
	}
	for i := range r.Sessions {
		s := &r.Sessions[i]
		in.sessions[key{s.Tenant, Session, s.Session}] = s
	}
	for i := range r.Intruders {
		for _, a := range r.Intruders[i].Addresses {
			in.his[key{r.Intruders[i].Tenant, IP, a.IP}] += a.Activities
		}
	}
	for i := range r.Presences {
		in.visit(&r.Presences[i])
	}
	for i := range r.Mailboxes {
		m := &r.Mailboxes[i]
		in.stack(m, Agent, m.Stacks.Agent)
		in.stack(m, App, m.Stacks.App)
	}
	return in
}

// visit notes with what agents an intruder came.
func (in *index) visit(p *report.Presence) {
	if p.Intruder == "" {
		return
	}
	for _, agent := range p.Agents {
		k := key{p.Tenant, string(p.Intruder), agent}
		seen := in.visits[k]
		if seen == nil {
			seen = &gathered{Indicator: Indicator{First: p.First}}
			in.visits[k] = seen
		}
		seen.First, seen.Last, seen.Count = min(seen.First, p.First), max(seen.Last, p.Last), seen.Count+p.Activities
		seen.once(&seen.Mailboxes, 'm', []string{p.Mailbox})
	}
}

// stack notes what a mailbox is used with.
func (in *index) stack(m *report.Mailbox, kind string, values []report.StackValue) {
	for _, v := range values {
		k := key{m.Tenant, kind, string(v.Value)}
		have := in.stacked[k]
		if have == nil {
			have = &use{first: v.First}
			in.stacked[k] = have
		}
		have.first = min(have.first, v.First)
		have.boxes = append(have.boxes, m.Mailbox)
	}
}

// usedBy is what acts and visits that are not an intruder's have: the owners' of any account.
func usedBy(r *report.Report) map[key]bool {
	used := map[key]bool{}
	for i := range r.Presences {
		p := &r.Presences[i]
		if p.Label != "owner" && p.Label != "service" {
			continue
		}
		used[key{p.Tenant, Session, string(p.Session)}] = true
		for _, text := range p.IPs {
			if ip, ok := readAddress(text); ok {
				used[key{p.Tenant, IP, ip.String()}] = true
			}
		}
		for _, agent := range p.Agents {
			used[key{p.Tenant, Agent, agent}] = true
		}
	}
	for i := range r.Timeline {
		t := &r.Timeline[i]
		for k := range t.Rows {
			row := &t.Rows[k]
			if row.Who != "owner" && row.Who != "service" {
				continue
			}
			used[key{t.Tenant, Session, string(row.Session)}] = true
			if ip, ok := readAddress(string(row.IP)); ok {
				used[key{t.Tenant, IP, ip.String()}] = true
			}
			used[key{t.Tenant, Agent, string(row.Agent)}] = true
		}
	}
	return used
}
