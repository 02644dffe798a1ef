package auth

import (
	"slices"
	"strings"

	"triage/analyzers/detect"
	"triage/ingest/activity"
)

// imitation finds senders' domains that look like another domain.
type imitation struct {
	targets []target
	own     *detect.Domains
	known   map[string]string // by domain
}

// target is a domain that others imitate.
type target struct{ domain, shape string }

func newImitation(s *Settings, p *detect.Tenant) *imitation {
	im := &imitation{own: p.Domains, known: map[string]string{}}
	domains := slices.Clone(s.LookAlike)
	if s.LookAlikeOwn {
		domains = append(domains, p.Domains.Own()...)
	}
	for _, d := range domains {
		d = strings.ToLower(strings.Trim(d, ". "))
		im.targets = append(im.targets, target{d, shape(d)})
	}
	slices.SortFunc(im.targets, func(x, y target) int { return strings.Compare(x.domain, y.domain) })
	im.targets = slices.Compact(im.targets)
	return im
}

// senders are those of a case's messages. Most messages share theirs with many others, so each is judged once.
type senders struct {
	look               *imitation
	domain, address    *detect.Reading            // of the From header; what a log calls the sender
	domains, addresses map[activity.Symbol]string // what each imitates; "" for nothing
}

// senders is nil if there is nothing to imitate.
func (im *imitation) senders(d *detector, p *detect.Tenant) *senders {
	if len(im.targets) == 0 {
		return nil
	}
	return &senders{
		look: im, domain: d.fields["from_domain"].Reading(p), address: detect.ValueOf(activity.FieldSender).Reading(p),
		domains: map[activity.Symbol]string{}, addresses: map[activity.Symbol]string{},
	}
}

// imitated is the domain that a message's sender imitates; "" if none. The sender's domain is the one that the reader
// of the message sees: that of its From header, or what a log calls its sender.
func (s *senders) imitated(a *activity.Activity) string {
	if s == nil {
		return ""
	}
	if from := s.domain.First(a); from != 0 {
		return s.judged(s.domains, from, func() string { return s.domain.Text(from) })
	}
	sender := s.address.First(a)
	return s.judged(s.addresses, sender, func() string { return domainOf(s.address.Text(sender)) })
}

// judged is what is known of a symbol, or becomes known.
func (s *senders) judged(known map[activity.Symbol]string, symbol activity.Symbol, domain func() string) string {
	found, ok := known[symbol]
	if !ok {
		found = s.look.of(domain())
		known[symbol] = found
	}
	return found
}

// domainOf is the domain of a sender's address; "" if it has none.
func domainOf(address string) string {
	i := strings.LastIndexByte(address, '@')
	if i < 0 {
		return ""
	}
	return strings.ToLower(strings.Trim(address[i+1:], " <>.\""))
}

// of is the domain that a sender's domain imitates; "" if none.
func (im *imitation) of(domain string) string {
	const longest = 253 // of a name in DNS
	if domain == "" || len(domain) > longest {
		return ""
	}
	found, ok := im.known[domain]
	if !ok {
		found = im.judge(domain)
		im.known[domain] = found
	}
	return found
}

func (im *imitation) judge(domain string) string {
	if im.own.External(domain) == detect.False {
		return ""
	}
	for _, t := range im.targets {
		if domain == t.domain || strings.HasSuffix(domain, "."+t.domain) {
			return "" // itself, or its own sub-domain
		}
	}
	looks := shape(domain)
	for _, t := range im.targets {
		if looks == t.shape || strings.HasPrefix(domain, t.domain+".") || near(looks, t.shape) {
			return t.domain
		}
	}
	return ""
}

// near allows one slip of the keyboard in a name, two in a long one: short names have innocent neighbours.
func near(a, b string) bool {
	const (
		short = 5  // letters of the name before its first dot
		long  = 10 // letters from which two slips are allowed
	)
	name, _, _ := strings.Cut(b, ".")
	switch n := len(name); {
	case n < short:
		return false
	case n < long:
		return detect.Slips(a, b, 1) <= 1
	default:
		return detect.Slips(a, b, 2) <= 2
	}
}

// shape is a domain as a hasty reader sees it, label by label.
func shape(domain string) string {
	labels := strings.Split(domain, ".")
	for i := range labels {
		labels[i] = detect.Looks(labels[i])
	}
	return strings.Join(labels, ".")
}
