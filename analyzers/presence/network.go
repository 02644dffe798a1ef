package presence

import (
	"net/netip"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// numbering numbers the lines and programs of a case.
type numbering struct {
	c      *activity.Case
	places detect.Places

	lines    map[activity.Symbol]uint32 // by address; 0: it shows no place
	numbers  map[Line]uint32
	list     []Line
	programs map[activity.Symbol]uint32 // by agent
	known    map[Program]uint32
	named    []Program
}

// newNetwork looks at each distinct address and agent once. Afterwards it is only read.
func newNetwork(c *activity.Case, places detect.Places) *numbering {
	n := &numbering{
		c: c, places: places, lines: map[activity.Symbol]uint32{}, numbers: map[Line]uint32{}, list: make([]Line, 1),
		programs: map[activity.Symbol]uint32{}, known: map[Program]uint32{}, named: make([]Program, 1),
	}
	var ip, agent activity.Symbol // most activities repeat those before
	for i := range c.Activities {
		a := &c.Activities[i]
		if a.IP != ip {
			ip = a.IP
			n.addLine(ip)
		}
		if a.Agent != agent {
			agent = a.Agent
			n.addProgram(agent)
		}
	}
	return n
}

// addLine numbers an address's line; 0 where the address says nothing of where the person is.
func (n *numbering) addLine(ip activity.Symbol) {
	number, known := n.lines[ip]
	if known || ip == 0 || n.places == nil {
		return
	}
	at := n.places.At(ip)
	if line, ok := lineAt(&at); ok {
		key := line
		key.Address = netip.Addr{}
		if number = n.numbers[key]; number == 0 {
			number = uint32(len(n.list))
			n.numbers[key], n.list = number, append(n.list, line)
		}
	}
	n.lines[ip] = number
}

// Somewhere says that an address tells where somebody is: it is not Microsoft's own, nor a private one.
func Somewhere(at *geo.Located) bool {
	_, ok := lineAt(at)
	return ok
}

func lineAt(at *geo.Located) (Line, bool) {
	ip := at.Addr.IP
	if !ip.IsValid() || at.Addr.Ambiguous {
		return Line{}, false
	}
	line := Line{ASN: at.Place.ASN, Country: at.Place.Country, Class: at.Place.Class, Address: ip}
	switch at.Place.Class {
	case geo.MSService:
		return Line{}, false
	case geo.Private:
		if !example(ip) {
			return Line{}, false
		}
		line.Class = geo.Unknown
	case geo.Mobile:
		if line.ASN != 0 {
			return line, true
		}
	}
	bits := 24
	if ip.Is6() {
		bits = 48
	}
	line.Net, _ = ip.Prefix(bits)
	return line, true
}

// example says that an address is of the ranges for examples (RFC 5737, RFC 3849), which stand for a line of somebody's where a case was
// made up or its addresses were replaced: within it one is as good as any.
func example(ip netip.Addr) bool {
	for _, text := range [...]string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"} {
		if netip.MustParsePrefix(text).Contains(ip) {
			return true
		}
	}
	return false
}

func (n *numbering) addProgram(agent activity.Symbol) {
	number, known := n.programs[agent]
	if known || agent == 0 {
		return
	}
	if p := ParseProgram(n.c.Text(agent)); p != (Program{}) {
		if number = n.known[p]; number == 0 {
			number = uint32(len(n.named))
			n.known[p], n.named = number, append(n.named, p)
		}
	}
	n.programs[agent] = number
}
