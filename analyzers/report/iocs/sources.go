package iocs

import (
	"slices"
	"strings"

	"triage/analyzers/report"
)

// whyLeft is why an address is nothing to block, by its class; "" if it is something.
func whyLeft(class string) string {
	switch class {
	case "ms_service", "azure_cloud":
		return "left out: addresses of Microsoft's network"
	case "relay":
		return "left out: addresses of privacy relays, which locate near their users"
	case "sase":
		return "left out: addresses of company proxies in the cloud"
	case "private":
		return "left out: private addresses"
	}
	return ""
}

// whyLeftOut is why something of a type is left out that owners use as well.
func whyLeftOut(kind string) string {
	return "left out, shared with the owner: " + map[string]string{IP: "addresses", Agent: "user agents", App: "applications", Session: "sessions"}[kind]
}

// intruder takes what is one intruder's.
func (c *collector) intruder(in *report.Intruder) {
	for i := range in.Addresses {
		c.place(in, &in.Addresses[i])
	}
	for _, id := range in.Sessions {
		c.his(in, Session, id, High, c.session(in, id))
	}
	for _, agent := range in.Agents {
		confidence := Medium
		if strings.HasPrefix(agent, "Mozilla/") {
			confidence = Low
		}
		c.his(in, Agent, agent, confidence, c.visits(in, agent))
	}
	for _, app := range in.Apps {
		c.his(in, App, app, High, Indicator{First: in.First, Last: in.Last, Mailboxes: in.Accounts})
	}
	for _, more := range []struct {
		n    int
		what string
	}{{in.AddressesMore, "addresses"}, {in.SessionsMore, "sessions"}, {in.AgentsMore, "user agents"}, {in.AppsMore, "applications"}} {
		if more.n > 0 {
			c.left["not in the report: further "+more.what+" of intruder "+in.Intruder] += more.n
		}
	}
}

// his adds what is an intruder's alone. known says when and where it was seen.
func (c *collector) his(in *report.Intruder, kind, value, confidence string, known Indicator) {
	if c.in.used[key{in.Tenant, kind, value}] || c.before(in, kind, value) {
		c.left[whyLeftOut(kind)]++
		return
	}
	known.Type, known.Value, known.Confidence, known.Tenant = kind, value, confidence, in.Tenant
	known.Intruders = []string{in.Intruder}
	c.add(known)
}

// before says that a program was in use in another mailbox, or before the intruder came.
func (c *collector) before(in *report.Intruder, kind, value string) bool {
	u := c.in.stacked[key{in.Tenant, kind, value}]
	if u == nil {
		return false
	}
	return u.first < in.First || slices.ContainsFunc(u.boxes, func(box string) bool { return !contains(in.Accounts, box) })
}

func contains(list []string, name string) bool {
	for _, one := range list {
		if strings.EqualFold(one, name) {
			return true
		}
	}
	return false
}

const day = 24 * 60 * 60 * 1000

// place adds an address of an intruder.
func (c *collector) place(in *report.Intruder, a *report.IntruderAddress) {
	ip, ok := readAddress(a.IP)
	if !ok {
		c.left["left out: what is no address, or is redacted"]++
		return
	}
	at := c.in.places[key{in.Tenant, IP, a.IP}]
	reason := whyLeft(string(a.Class))
	if reason == "" && at != nil && at.Egress {
		reason = "left out: addresses that a pack declares as a way out of the organisation"
	}
	if reason != "" {
		c.left[reason]++
		return
	}
	known := Indicator{First: a.First, Last: a.Last, Count: a.Activities, Mailboxes: in.Accounts}
	confidence := High
	if at != nil {
		known.Mailboxes, known.Findings = at.Mailboxes, c.named(at.Findings)
		if others := at.Activities - c.in.his[key{in.Tenant, IP, a.IP}]; others > 0 {
			elsewhere := false
			for _, m := range at.Mailboxes {
				elsewhere = elsewhere || !contains(in.Accounts, m)
			}
			if elsewhere || at.First < a.First-day {
				c.left[whyLeftOut(IP)]++
				return
			}
			confidence = Medium
			known.Notes = []string{report.Counted(others, "activity", "activities") + " from there are nobody's for sure"}
		}
	}
	if place := placeNote(a); place != "" {
		known.Notes = append(known.Notes, place)
	}
	c.his(in, IP, ip.String(), confidence, known)
}

func placeNote(a *report.IntruderAddress) string {
	var parts []string
	for _, text := range []report.Text{a.Country, a.Org, a.Class} {
		if text != "" {
			parts = append(parts, string(text))
		}
	}
	return strings.Join(parts, ", ")
}

// session is what the report knows of a session.
func (c *collector) session(in *report.Intruder, id string) Indicator {
	if s := c.in.sessions[key{in.Tenant, Session, id}]; s != nil {
		return Indicator{First: s.First, Last: s.Last, Count: s.Activities, Mailboxes: s.Mailboxes, Findings: c.named(s.Findings)}
	}
	return Indicator{First: in.First, Last: in.Last, Mailboxes: in.Accounts}
}

// visits is what the report knows of an agent in an intruder's visits.
func (c *collector) visits(in *report.Intruder, agent string) Indicator {
	if seen := c.in.visits[key{in.Tenant, in.Intruder, agent}]; seen != nil {
		return seen.Indicator
	}
	return Indicator{First: in.First, Last: in.Last, Mailboxes: in.Accounts}
}

// foreign says that a domain is none of ours, and one.
func (c *collector) foreign(domain string) bool {
	return strings.Contains(domain, ".") && !strings.ContainsAny(domain, " /@:*<>'\"\\") && report.Plain(domain) == domain && !c.own[domain]
}

// mail adds an address of somebody who is none of ours.
func (c *collector) mail(kind, value string, known Indicator) {
	value = strings.ToLower(strings.Trim(strings.TrimSpace(value), "<>"))
	value = strings.TrimPrefix(value, "smtp:")
	if local, _, ok := strings.Cut(value, "@"); !ok || local == "" || report.Plain(value) != value || strings.ContainsAny(value, " <>;,\"") || !c.foreign(addressDomain(value)) {
		return
	}
	known.Type, known.Value = kind, value
	c.add(known)
}

func (c *collector) domain(value string, known Indicator) {
	value = strings.ToLower(strings.Trim(value, ". "))
	if c.foreign(value) {
		known.Type, known.Value = Domain, value
		c.add(known)
	}
}

// threads takes look-alike domains and changed addresses of conversations that intruders touched.
func (c *collector) threads() {
	for i := range c.r.Threads {
		t := &c.r.Threads[i]
		known := Indicator{Mailboxes: []string{string(t.Mailbox)}, Intruders: []string{t.Intruder}, Tenant: t.Tenant, Count: 1}
		for k := range t.LookAlikes {
			l := &t.LookAlikes[k]
			known.First, known.Last, known.Count = l.First, l.First, max(1, len(l.Evidence))
			for e := range l.Evidence {
				known.Last = max(known.Last, l.Evidence[e].Time)
			}
			known.Confidence, known.Notes = Medium, []string{"looks like " + l.LooksLike}
			c.domain(l.Domain, known)
			for _, from := range l.Addresses {
				c.mail(Sender, from, known)
			}
		}
		for k := range t.Changed {
			ch := &t.Changed[k]
			known.First, known.Last, known.Count, known.Confidence = ch.Time, ch.Time, 1, Medium
			known.Notes = []string{ch.What + " instead of " + ch.Was}
			c.mail(Sender, ch.Now, known)
		}
	}
}

// forwarding takes where intruders had mail sent on to.
func (c *collector) forwarding() {
	for i := range c.r.Exposure {
		x := &c.r.Exposure[i]
		known := Indicator{Mailboxes: []string{string(x.Mailbox)}, Intruders: []string{x.Intruder}, Tenant: x.Tenant, Confidence: High, Count: 1, Notes: []string{"mail is sent on to it"}}
		for k := range x.Changes {
			ch := &x.Changes[k]
			known.First, known.Last = ch.Evidence.Time, ch.Evidence.Time
			for _, value := range ch.Values {
				c.mail(Mailbox, value, known)
			}
		}
		for k := range x.Taken {
			known.First, known.Last = x.Taken[k].First, x.Taken[k].Last
			for _, value := range x.Taken[k].Targets {
				c.mail(Mailbox, value, known)
			}
		}
	}
}

// lures takes who wrote what may have let an intruder in.
func (c *collector) lures() {
	for i := range c.r.Answers {
		a := &c.r.Answers[i]
		if a.ID != "entry" {
			continue
		}
		for _, fact := range a.Facts {
			if fact.Name != "lure_sender" {
				continue
			}
			first := report.Time(0)
			if len(fact.Values) == 1 && len(a.Because.Rows) > 0 { // it came before the sign-in, which is cited as well
				first = a.Because.Rows[0].Time
				for _, row := range a.Because.Rows {
					first = min(first, row.Time)
				}
			}
			for _, sender := range fact.Values {
				c.mail(Sender, sender, Indicator{First: first, Last: first, Count: 1, Confidence: Low, Tenant: a.Tenant, Notes: []string{"wrote what may be the lure"}})
			}
		}
	}
}

// letters takes what findings about received mail accuse: a domain that imitates, an answer's address that differs.
func (c *collector) letters() {
	for i := range c.r.Findings {
		f := &c.r.Findings[i]
		if !f.Speaks() || f.Level == "informational" || f.Level == "low" {
			continue
		}
		known := Indicator{First: f.First, Last: f.Last, Count: f.Count, Mailboxes: []string{f.Mailbox}, Findings: []string{f.Short}, Confidence: Medium, Tenant: f.Tenant}
		if like := f.Texts("imitates"); len(like) > 0 {
			known.Notes = []string{"looks like " + strings.Join(like, ", ")}
			for _, domain := range f.Texts("from_domain") {
				c.domain(domain, known)
				for _, sender := range f.Texts("sender") {
					if addressDomain(sender) == strings.ToLower(domain) {
						c.mail(Sender, sender, known)
					}
				}
			}
		}
		if len(f.Texts("reply_to_differs")) > 0 {
			known.Notes = []string{"answers were to go there"}
			for _, to := range f.Texts("reply_to") {
				c.mail(Sender, to, known)
			}
		}
	}
}
