package auth

import (
	"slices"
	"strings"

	"triage/analyzers/detect"
)

// imitation finds senders' domains that look like another domain. Most messages share theirs with many others, so each
// is judged once.
type imitation struct {
	targets []target
	own     *detect.Domains
	known   map[string]string
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

// of is the domain that a sender's domain imitates; "" if none.
func (im *imitation) of(domain string) string {
	const longest = 253 // of a name in DNS
	if len(im.targets) == 0 || domain == "" || len(domain) > longest {
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
