package rules

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// declared reads home, travel and egress of all packs: a later pack adds to what an earlier one declares.
func declared(s scope) *detect.Declared {
	d := &detect.Declared{}
	for _, n := range s.merged.Homes {
		d.Homes = append(d.Homes, homes(s, n)...)
	}
	for _, n := range s.merged.Travel {
		d.Journeys = append(d.Journeys, journeys(s, n)...)
	}
	for _, n := range s.merged.Egress {
		d.Egress = append(d.Egress, egress(s, n)...)
	}
	for _, n := range s.merged.Attacker {
		d.Attacker.Join(party(s, n, "attacker"))
	}
	for _, n := range s.merged.Owner {
		d.Owner.Join(party(s, n, "owner"))
	}
	return d
}

// declaredBy is what an inline test declares on top of the packs; nil if it declares nothing.
func declaredBy(s scope, test *yamltext.Node) *detect.Declared {
	if !slices.ContainsFunc([]string{"home", "travel", "egress", "attacker", "owner"}, func(key string) bool { return test.Get(key) != nil }) {
		return nil
	}
	d := declared(s)
	s.EachItem(test.Get("home"), "home", func(n *yamltext.Node) { d.Homes = append(d.Homes, homes(s, n)...) })
	s.EachItem(test.Get("travel"), "travel", func(n *yamltext.Node) { d.Journeys = append(d.Journeys, journeys(s, n)...) })
	s.EachItem(test.Get("egress"), "egress", func(n *yamltext.Node) { d.Egress = append(d.Egress, egress(s, n)...) })
	s.EachItem(test.Get("attacker"), "attacker", func(n *yamltext.Node) { d.Attacker.Join(party(s, n, "attacker")) })
	s.EachItem(test.Get("owner"), "owner", func(n *yamltext.Node) { d.Owner.Join(party(s, n, "owner")) })
	return d
}

// homes reads NL, $list or {mailbox: ann@contoso.com, countries: [NL, BE]}.
func homes(s scope, n *yamltext.Node) (all []detect.Home) {
	if n.Shape != yamltext.Table {
		return []detect.Home{{Countries: declaredCountries(s, n)}}
	}
	s.Known(n, "home", "mailbox", "countries", "reason", "by")
	v := n.Get("countries")
	if v == nil {
		s.Fail(yamltext.MissingKey, n, "home: countries is missing")
		return nil
	}
	codes := declaredCountries(s, v)
	mailbox := n.Get("mailbox")
	if mailbox == nil {
		return []detect.Home{{Countries: codes}}
	}
	for _, name := range mailboxes(s, mailbox) {
		all = append(all, detect.Home{Mailbox: name, Countries: codes})
	}
	return all
}

// journeys reads {mailbox: cfo@contoso.com, country: SG, from: 2026-03-02, to: 2026-03-09, reason: …}: one a mailbox.
func journeys(s scope, n *yamltext.Node) (all []detect.Journey) {
	if !s.Table(n, "travel") {
		return nil
	}
	s.Known(n, "travel", "mailbox", "country", "from", "to", "reason", "by")
	before := s.Errors()
	for _, key := range []string{"mailbox", "country", "from", "to", "reason"} {
		if v := n.Get(key); v == nil || v.Null() {
			s.Fail(yamltext.MissingKey, n, "travel: %s is missing", key)
		}
	}
	if s.Errors() > before {
		return nil
	}
	j := detect.Journey{Country: countryCode(s, n.Get("country"), n.Get("country").Text)}
	j.From, j.To = moment(s, n.Get("from"), "from", 0), moment(s, n.Get("to"), "to", 1)
	j.Reason, _ = s.Word(n.Get("reason"), "reason")
	names := mailboxes(s, n.Get("mailbox"))
	if s.Errors() > before {
		return nil
	}
	if j.From >= j.To {
		s.Fail(yamltext.BadValue, n.Get("to"), "travel: to is before from")
		return nil
	}
	for _, name := range names {
		j.Mailbox = name
		all = append(all, j)
	}
	return all
}

// egress reads 198.51.100.0/24, $list or {networks: [198.51.100.0/24], reason: …}.
func egress(s scope, n *yamltext.Node) (all []netip.Prefix) {
	at := n
	if n.Shape == yamltext.Table {
		s.Known(n, "egress", "networks", "reason", "by")
		if at = n.Get("networks"); at == nil {
			s.Fail(yamltext.MissingKey, n, "egress: networks is missing")
			return nil
		}
	}
	s.eachValue(at, "egress", func(item *yamltext.Node, text string) {
		p, ok := parseNetwork(text)
		if !ok {
			s.Fail(yamltext.BadValue, item, "egress: want an address or a network as 198.51.100.0/24, got %q", text)
			return
		}
		all = append(all, p)
	})
	return all
}

// party reads {ips: [203.0.113.50], sessions: […], agents: [python-httpx], apps: [PERFECTDATA], reason: …}.
func party(s scope, n *yamltext.Node, key string) (p detect.Party) {
	if !s.Table(n, key) {
		return p
	}
	s.Known(n, key, "ips", "sessions", "agents", "apps", "reason", "by")
	if v := n.Get("ips"); v != nil {
		s.eachValue(v, key, func(item *yamltext.Node, text string) {
			net, ok := parseNetwork(text)
			if !ok {
				s.Fail(yamltext.BadValue, item, "%s: want an address or a network as 198.51.100.0/24, got %q", key, text)
				return
			}
			p.IPs = append(p.IPs, net)
		})
	}
	for word, to := range map[string]*[]string{"sessions": &p.Sessions, "agents": &p.Agents, "apps": &p.Apps} {
		if v := n.Get(word); v != nil {
			s.eachValue(v, key, func(item *yamltext.Node, text string) {
				if text = strings.ToLower(strings.TrimSpace(text)); text == "" {
					s.Fail(yamltext.BadValue, item, "%s: %s: an empty text is part of everything", key, word)
					return
				}
				*to = append(*to, text)
			})
		}
	}
	if len(p.IPs)+len(p.Sessions)+len(p.Agents)+len(p.Apps) == 0 && n.Get("ips") == nil {
		s.Fail(yamltext.MissingKey, n, "%s: want ips, sessions, agents or apps", key)
	}
	return p
}

// IsNetwork says that a text is an address or a network, as egress:, attacker: and owner: take it.
func IsNetwork(text string) bool {
	_, ok := parseNetwork(text)
	return ok
}

func parseNetwork(text string) (netip.Prefix, bool) {
	text = strings.TrimSpace(text)
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), p.Bits() > 0 && !p.Addr().Is4In6()
	}
	a, err := netip.ParseAddr(text)
	a = a.Unmap().WithZone("")
	return netip.PrefixFrom(a, a.BitLen()), err == nil
}

func declaredCountries(s scope, n *yamltext.Node) []string {
	var codes []string
	s.eachValue(n, "home", func(item *yamltext.Node, text string) {
		if code := countryCode(s, item, text); code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	})
	return codes
}

// countryCode reads a code of ISO 3166-1, as databases give it; "" if it is none. Several countries have a code that
// everybody writes and nobody assigned.
func countryCode(s scope, at *yamltext.Node, text string) string {
	code := strings.ToUpper(strings.TrimSpace(text))
	region, err := language.ParseRegion(code)
	switch {
	case at.Shape != yamltext.Scalar, len(code) != 2, err != nil, !region.IsCountry():
		s.Fail(yamltext.BadValue, at, "country: want two letters of ISO 3166-1 as NL, got %q", text)
	case region.Canonicalize() != region:
		s.Fail(yamltext.BadValue, at, "country: %q is no code of ISO 3166-1, did you mean %q?", text, region.Canonicalize())
	default:
		return code
	}
	return ""
}

// mailboxes are names as cases hold them: in lower case.
func mailboxes(s scope, n *yamltext.Node) []string {
	names := s.Words(n, "mailbox")
	for i, name := range names {
		if names[i] = strings.ToLower(strings.TrimSpace(name)); names[i] == "" {
			s.Fail(yamltext.BadValue, n, "mailbox: want an address as ann@contoso.com, got nothing")
		}
	}
	return names
}

// moment reads a day or a time, in milliseconds since 1970 UTC. Of a day it is the midnight so many days later: a
// journey's last day is one of it.
func moment(s scope, n *yamltext.Node, what string, days int) int64 {
	if n.Shape == yamltext.Scalar {
		if day, err := time.Parse(time.DateOnly, n.Text); err == nil {
			return day.AddDate(0, 0, days).UnixMilli()
		}
		if at, err := time.Parse(time.RFC3339, n.Text); err == nil {
			return at.UnixMilli()
		}
	}
	s.Fail(yamltext.BadValue, n, "%s: want a day as 2026-03-02 or a time as 2026-03-02T14:30:00+08:00, got %q", what, n.Text)
	return 0
}
