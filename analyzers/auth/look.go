package auth

import (
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// imitation finds senders' domains that look like another domain.
type imitation struct {
	*targets
	own   *detect.Domains
	known map[string]string // by domain
}

// target is a domain that others imitate.
type target struct{ domain, shape string }

// targets are all of them, in order of name.
type targets struct {
	all  []target
	at   map[string]int // by domain
	near *detect.Neighbours
}

func newImitation(d *detector, p *detect.Tenant) *imitation {
	all := detect.OnceInTenant(p, d, func() *targets { return newTargets(d.set, p.Domains) })
	return &imitation{targets: all, own: p.Domains, known: map[string]string{}}
}

func newTargets(s *Settings, own *detect.Domains) *targets {
	var domains []string
	for _, d := range s.LookAlike {
		domains = append(domains, strings.ToLower(strings.Trim(d, ". ")))
	}
	if s.LookAlikeOwn {
		domains = append(domains, own.Own()...)
	}
	slices.Sort(domains)
	t := &targets{at: map[string]int{}}
	var shapes []string
	for i, d := range slices.Compact(domains) {
		t.all, t.at[d] = append(t.all, target{d, hastyLook(d)}), i
		shapes = append(shapes, t.all[i].shape)
	}
	t.near = detect.NewNeighbours(mostSlips, shapes)
	return t
}

// senders are those of a case's messages. Most messages share theirs with many others, so each is judged once.
type senders struct {
	look               *imitation
	domain, address    *detect.Reading            // of the From header; what a log calls the sender
	domains, addresses map[activity.Symbol]string // what each imitates; "" for nothing
}

// senders is nil if there is nothing to imitate.
func (im *imitation) senders(d *detector, p *detect.Tenant) *senders {
	if len(im.all) == 0 {
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
	return s.judged(s.addresses, sender, func() string { return senderDomain(s.address.Text(sender)) })
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

// senderDomain is the domain of a sender's address; "" if it has none.
func senderDomain(address string) string {
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
	for rest, more := domain, true; more; _, rest, more = strings.Cut(rest, ".") {
		if _, known := im.at[rest]; known {
			return "" // itself, or its own sub-domain
		}
	}
	looks := hastyLook(domain)
	first := len(im.all) // the first in order of name, whatever makes it look like that
	for end := range domain {
		if at, known := im.at[domain[:end]]; known && domain[end] == '.' {
			first = min(first, at)
		}
	}
	for _, at := range im.near.Of(looks) {
		if at < first && (looks == im.all[at].shape || near(looks, im.all[at].shape)) {
			first = at
		}
	}
	if first == len(im.all) {
		return ""
	}
	return im.all[first].domain
}

// mostSlips is how many near allows.
const mostSlips = 2

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
		return detect.Slips(a, b, mostSlips) <= mostSlips
	}
}

// hastyLook is a domain as a hasty reader sees it, label by label.
func hastyLook(domain string) string {
	labels := strings.Split(domain, ".")
	for i := range labels {
		labels[i] = detect.Looks(labels[i])
	}
	return strings.Join(labels, ".")
}
