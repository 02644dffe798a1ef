package auth

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

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
	case n < short || max(len(a), len(b))-min(len(a), len(b)) > 2:
		return false
	case n < long:
		return slips(a, b) <= 1
	default:
		return slips(a, b) <= 2
	}
}

// shape is a domain as a hasty reader sees it: letters that look alike are one.
func shape(domain string) string {
	s := norm.NFKD.String(strings.ToLower(domain))
	return strings.NewReplacer(
		"rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "i", "l", "5", "s", "3", "e", "-", "", "\u0131", "l",
		"\u0430", "a", "\u0435", "e", "\u043e", "o", "\u0440", "p", "\u0441", "c", "\u0443", "y", "\u0445", "x",
		"\u0456", "l", "\u0455", "s", "\u03bf", "o", "\u03b1", "a", "\u0301", "", "\u0300", "", "\u0308", "",
	).Replace(s)
}

// slips counts inserted, missing, wrong and swapped letters between two names.
func slips(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
