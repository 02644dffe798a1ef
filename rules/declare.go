package rules

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"triage/analyzers/detect"
)

// declare reads home, travel and egress of all packs: a later pack adds to what an earlier one declares.
func (l *loader) declare(m *merged) *detect.Declared {
	d := &detect.Declared{}
	for _, n := range m.homes {
		l.home(m, d, n)
	}
	for _, n := range m.travel {
		l.journey(d, n)
	}
	for _, n := range m.egress {
		l.egress(m, d, n)
	}
	return d
}

// home reads NL, $list or {mailbox: ann@contoso.com, countries: [NL, BE]}.
func (l *loader) home(m *merged, d *detect.Declared, n *node) {
	if n.shape != table {
		d.Homes = append(d.Homes, detect.Home{Countries: l.countries(m, n)})
		return
	}
	l.known(n, "home", "mailbox", "countries", "reason", "by")
	countries := n.get("countries")
	if countries == nil {
		l.fail(MissingKey, n, "home: countries is missing")
		return
	}
	codes := l.countries(m, countries)
	mailbox := n.get("mailbox")
	if mailbox == nil {
		d.Homes = append(d.Homes, detect.Home{Countries: codes})
		return
	}
	for _, name := range l.mailboxes(mailbox) {
		d.Homes = append(d.Homes, detect.Home{Mailbox: name, Countries: codes})
	}
}

// journey reads {mailbox: cfo@contoso.com, country: SG, from: 2026-03-02, to: 2026-03-09, reason: …}.
func (l *loader) journey(d *detect.Declared, n *node) {
	if !l.wantTable(n, "travel") {
		return
	}
	l.known(n, "travel", "mailbox", "country", "from", "to", "reason", "by")
	before := len(l.problems)
	for _, key := range []string{"mailbox", "country", "from", "to", "reason"} {
		if v := n.get(key); v == nil || v.null() {
			l.fail(MissingKey, n, "travel: %s is missing", key)
		}
	}
	if len(l.problems) > before {
		return
	}
	j := detect.Journey{Country: l.country(n.get("country"), n.get("country").text)}
	j.From, j.To = l.moment(n.get("from"), "from", 0), l.moment(n.get("to"), "to", 1)
	j.Reason, _ = l.word(n.get("reason"), "reason")
	mailboxes := l.mailboxes(n.get("mailbox"))
	if len(l.problems) > before {
		return
	}
	if j.From >= j.To {
		l.fail(BadValue, n.get("to"), "travel: to is before from")
		return
	}
	for _, name := range mailboxes {
		j.Mailbox = name
		d.Journeys = append(d.Journeys, j)
	}
}

// egress reads 198.51.100.0/24, $list or {networks: [198.51.100.0/24], reason: …}.
func (l *loader) egress(m *merged, d *detect.Declared, n *node) {
	at := n
	if n.shape == table {
		l.known(n, "egress", "networks", "reason", "by")
		if at = n.get("networks"); at == nil {
			l.fail(MissingKey, n, "egress: networks is missing")
			return
		}
	}
	l.eachValue(m, at, "egress", func(item *node, text string) {
		p, ok := network(text)
		if !ok {
			l.fail(BadValue, item, "egress: want an address or a network as 198.51.100.0/24, got %q", text)
			return
		}
		d.Egress = append(d.Egress, p)
	})
}

func network(text string) (netip.Prefix, bool) {
	text = strings.TrimSpace(text)
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), p.Bits() > 0 && !p.Addr().Is4In6()
	}
	a, err := netip.ParseAddr(text)
	a = a.Unmap().WithZone("")
	return netip.PrefixFrom(a, a.BitLen()), err == nil
}

func (l *loader) countries(m *merged, n *node) []string {
	var codes []string
	l.eachValue(m, n, "home", func(item *node, text string) {
		if code := l.country(item, text); code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	})
	return codes
}

// eachValue visits the scalars of a list, or the one there is, with those of lists where $name stands.
func (l *loader) eachValue(m *merged, n *node, what string, visit func(item *node, text string)) {
	items := []*node{n}
	if n.shape == list {
		items = n.items
	}
	for _, item := range items {
		if item.null() || item.shape != scalar {
			l.fail(WrongShape, item, "%s: want a single value each", what)
			continue
		}
		values, _ := l.resolve(m, item, what)
		for _, text := range values {
			visit(item, text)
		}
	}
}

// country reads a code of ISO 3166-1, as databases give it; "" if it is none. Several countries have a code that
// everybody writes and nobody assigned.
func (l *loader) country(at *node, text string) string {
	code := strings.ToUpper(strings.TrimSpace(text))
	region, err := language.ParseRegion(code)
	switch {
	case at.shape != scalar, len(code) != 2, err != nil, !region.IsCountry():
		l.fail(BadValue, at, "country: want two letters of ISO 3166-1 as NL, got %q", text)
	case region.Canonicalize() != region:
		l.fail(BadValue, at, "country: %q is no code of ISO 3166-1, did you mean %q?", text, region.Canonicalize())
	default:
		return code
	}
	return ""
}

// mailboxes are names as cases hold them: in lower case.
func (l *loader) mailboxes(n *node) []string {
	names := l.words(n, "mailbox")
	for i, name := range names {
		if names[i] = strings.ToLower(strings.TrimSpace(name)); names[i] == "" {
			l.fail(BadValue, n, "mailbox: want an address as ann@contoso.com, got nothing")
		}
	}
	return names
}

// moment reads a day or a time, in milliseconds since 1970 UTC. Of a day it is the midnight so many days later: a
// journey's last day is one of it.
func (l *loader) moment(n *node, what string, days int) int64 {
	if n.shape == scalar {
		if day, err := time.Parse(time.DateOnly, n.text); err == nil {
			return day.AddDate(0, 0, days).UnixMilli()
		}
		if at, err := time.Parse(time.RFC3339, n.text); err == nil {
			return at.UnixMilli()
		}
	}
	l.fail(BadValue, n, "%s: want a day as 2026-03-02 or a time as 2026-03-02T14:30:00+08:00, got %q", what, n.text)
	return 0
}
