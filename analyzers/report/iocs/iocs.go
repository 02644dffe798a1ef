// Package iocs draws from a report what is an intruder's and can be looked for elsewhere: addresses, look-alike domains, senders,
// user agents, applications, sessions. [Of] makes the list, [WriteCSV] writes it for block lists and for --ioc of another case.
//
// A list of this kind is fed to machines that block. What an owner uses too (a stolen session, a browser, a shared way out),
// Microsoft's own network, privacy relays, company proxies and the ways out that a pack declares are left out and counted.
package iocs

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"triage/analyzers/report"
)

// The types, by the names that --ioc reads.
const (
	IP      = "ip"
	Domain  = "domain"
	Sender  = "sender" // who wrote, or is to be answered
	Mailbox = "email"  // where mail was sent on to
	Agent   = "user-agent"
	App     = "app"
	Session = "session"
)

// Confidence of an indicator, in words and as STIX counts it.
const (
	High   = "high"   // the acts from there are an intruder's
	Medium = "medium" // most likely
	Low    = "low"    // many have it, as a browser's name, or it may be innocent
)

// Indicator is one thing to look for.
type Indicator struct {
	Type, Value string
	First, Last report.Time // of what was seen of it; 0: not known
	Count       int         // activities
	Mailboxes   []string
	Findings    []string // the names that stay
	Confidence  string
	Notes       []string
	Intruders   []string
	Tenant      report.TenantOf
}

// List is what a report has.
type List struct {
	Indicators []Indicator // by type, then value
	Notes      []string    // what was left out, and why
}

// Of are the indicators of a report, in one order.
func Of(r *report.Report) List {
	c := &collector{r: r, seen: map[key]*gathered{}, own: ownDomains(r), left: map[string]int{}, in: indexOf(r)}
	for i := range r.Intruders {
		c.intruder(&r.Intruders[i])
	}
	c.threads()
	c.forwarding()
	c.letters()
	c.lures()
	return c.list()
}

type key struct {
	tenant      report.TenantOf
	kind, value string
}

type collector struct {
	r    *report.Report
	seen map[key]*gathered
	own  map[string]bool // domains
	left map[string]int  // by reason
	in   index
}

// typeOrder of the types.
func typeOrder() []string { return []string{IP, Domain, Sender, Mailbox, Agent, App, Session} }

func (c *collector) list() List {
	var out List
	for _, in := range c.seen {
		out.Indicators = append(out.Indicators, in.Indicator)
	}
	slices.SortFunc(out.Indicators, func(a, b Indicator) int {
		return cmp.Or(cmp.Compare(slices.Index(typeOrder(), a.Type), slices.Index(typeOrder(), b.Type)), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Tenant, b.Tenant))
	})
	if len(c.r.Intruders) == 0 {
		out.Notes = append(out.Notes, "no act is an intruder's: what findings alone accuse is for a person to judge, and not listed")
	}
	reasons := make([]string, 0, len(c.left))
	for reason := range c.left {
		reasons = append(reasons, reason)
	}
	slices.Sort(reasons)
	for _, reason := range reasons {
		out.Notes = append(out.Notes, reason+" ("+report.Grouped(c.left[reason])+")")
	}
	return out
}

// add notes an indicator, or one more reason for it: the surest confidence stays.
func (c *collector) add(in Indicator) {
	in.Value = strings.TrimSpace(in.Value)
	if in.Value == "" {
		return
	}
	k := key{in.Tenant, in.Type, in.Value}
	have := c.seen[k]
	if have == nil {
		in.Mailboxes, in.Findings, in.Notes, in.Intruders = known(in.Mailboxes), known(in.Findings), known(in.Notes), known(in.Intruders)
		c.seen[k] = &gathered{Indicator: in}
		return
	}
	if slices.Index(confidences(), in.Confidence) < slices.Index(confidences(), have.Confidence) {
		have.Confidence = in.Confidence
	}
	if in.First != 0 && (have.First == 0 || in.First < have.First) {
		have.First = in.First
	}
	have.Last, have.Count = max(have.Last, in.Last), have.Count+in.Count
	have.once(&have.Mailboxes, 'm', in.Mailboxes)
	have.once(&have.Findings, 'f', in.Findings)
	have.once(&have.Notes, 'n', in.Notes)
	have.once(&have.Intruders, 'i', in.Intruders)
}

// gathered is an indicator while it is gathered.
type gathered struct {
	Indicator
	has map[listed]bool // what its lists hold; nil until something is added to one
}

// listed is one text of one of the lists.
type listed struct {
	list rune
	text string
}

// once adds what a list lacks, in its order.
func (e *gathered) once(list *[]string, name rune, more []string) {
	if e.has == nil {
		e.has = map[listed]bool{}
		for name, list := range map[rune][]string{'m': e.Mailboxes, 'f': e.Findings, 'n': e.Notes, 'i': e.Intruders} {
			for _, one := range list {
				e.has[listed{name, one}] = true
			}
		}
	}
	for _, one := range more {
		if at := (listed{name, one}); one != "" && !e.has[at] {
			e.has[at] = true
			*list = append(*list, one)
		}
	}
}

// known is a list without what is not known. It shares no room behind its end with the report's.
func known(list []string) []string {
	if !slices.Contains(list, "") {
		return slices.Clip(list)
	}
	return slices.DeleteFunc(slices.Clone(list), func(one string) bool { return one == "" })
}

func confidences() []string { return []string{High, Medium, Low} }

// ownDomains are the tenants', and those of its mailboxes.
func ownDomains(r *report.Report) map[string]bool {
	own := map[string]bool{}
	for i := range r.Tenants {
		for _, d := range r.Tenants[i].Domains {
			own[strings.ToLower(d)] = true
		}
	}
	for i := range r.Mailboxes {
		own[addressDomain(r.Mailboxes[i].Mailbox)] = true
	}
	return own
}

func addressDomain(address string) string {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	return strings.Trim(domain, ". ")
}

// named are the findings that count, by the names that stay.
func (c *collector) named(ids []string) []string {
	var out []string
	for _, id := range ids {
		if f := c.in.findings[id]; f != nil && f.Speaks() {
			out = append(out, f.Short)
		}
	}
	return out
}

// readAddress says whether a text is an address, with a port or without, and which.
func readAddress(text string) (netip.Addr, bool) {
	ip, err := netip.ParseAddr(strings.TrimSpace(text))
	if with, portErr := netip.ParseAddrPort(strings.TrimSpace(text)); portErr == nil {
		ip, err = with.Addr(), nil
	}
	return ip.Unmap().WithZone(""), err == nil
}
