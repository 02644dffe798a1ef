// Package textset asks whether a text holds, begins or ends with any of many others: lists of indicators have tens of
// thousands of values, and each distinct value of a case is asked.
package textset

import (
	"net/netip"
	"slices"
	"strings"
)

// gram is how many bytes of a value find it.
const gram = 4

// Set is some values. It is safe for concurrent reading.
type Set struct {
	whole   map[string]struct{}
	lengths []int               // of the values, distinct, ascending
	short   []string            // shorter than a gram
	begins  map[string][]string // the others, by their first gram
}

// New is a set of these values.
func New(values []string) *Set {
	s := &Set{whole: make(map[string]struct{}, len(values)), begins: map[string][]string{}}
	for _, v := range values {
		if _, again := s.whole[v]; again {
			continue
		}
		s.whole[v] = struct{}{}
		s.lengths = append(s.lengths, len(v))
		if len(v) < gram {
			s.short = append(s.short, v)
		} else {
			s.begins[v[:gram]] = append(s.begins[v[:gram]], v)
		}
	}
	slices.Sort(s.lengths)
	s.lengths = slices.Compact(s.lengths)
	return s
}

// In says that a text holds one of the values.
func (s *Set) In(text string) bool {
	for _, v := range s.short {
		if strings.Contains(text, v) {
			return true
		}
	}
	for i := 0; i+gram <= len(text); i++ {
		for _, v := range s.begins[text[i:i+gram]] {
			if strings.HasPrefix(text[i:], v) {
				return true
			}
		}
	}
	return false
}

// Begins says that a text begins with one of the values.
func (s *Set) Begins(text string) bool {
	return s.part(len(text), func(n int) string { return text[:n] })
}

// Ends says that a text ends with one of the values.
func (s *Set) Ends(text string) bool {
	return s.part(len(text), func(n int) string { return text[len(text)-n:] })
}

func (s *Set) part(longest int, of func(n int) string) bool {
	for _, n := range s.lengths {
		if n > longest {
			return false
		}
		if _, ok := s.whole[of(n)]; ok {
			return true
		}
	}
	return false
}

// Nets is some networks. It is safe for concurrent reading.
type Nets struct {
	known map[netip.Prefix]struct{}
	bits  [2][]int // prefix lengths of IPv4 and IPv6, distinct, ascending
}

// NewNets is a set of these networks.
func NewNets(nets []netip.Prefix) *Nets {
	n := &Nets{known: make(map[netip.Prefix]struct{}, len(nets))}
	for _, net := range nets {
		n.known[net.Masked()] = struct{}{}
		family := &n.bits[familyOf(net.Addr())]
		*family = append(*family, net.Bits())
	}
	for i := range n.bits {
		slices.Sort(n.bits[i])
		n.bits[i] = slices.Compact(n.bits[i])
	}
	return n
}

func familyOf(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

// Has says that an address lies in one of the networks.
func (n *Nets) Has(ip netip.Addr) bool {
	if !ip.IsValid() {
		return false
	}
	for _, bits := range n.bits[familyOf(ip)] {
		if net, err := ip.Prefix(bits); err == nil {
			if _, ok := n.known[net]; ok {
				return true
			}
		}
	}
	return false
}
