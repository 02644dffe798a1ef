package ordinary

import (
	"fmt"
	"strings"
)

// internetLine is what somebody reaches the Internet by. Blocks are real ones, so that the built-in databases know their country,
// network and class; the addresses in them are nobody's in particular.
type internetLine struct {
	block   string // the first three numbers of an IPv4 /24; with two numbers, a third one is drawn at each visit
	last    int    // 0: another one at each visit
	weekly  bool   // the provider gives another address each week
	daily   bool   // one of the block's addresses a day, as a VPN's exit is
	cells   bool   // a phone's network for the house: another block every few days
	v6      string // the first four groups of an IPv6 /64 that some acts come from; "" for none
	only6   bool   // all acts do
	country string
}

// visit is the address of an act. day decides where addresses change by themselves.
func (l internetLine) visit(w *world, day int) string {
	if l.v6 != "" && (l.only6 || w.chance(0.6)) {
		a := mix(uint64(day), l.v6) // privacy extensions: another one each day
		return fmt.Sprintf("%s:%x:%x:%x:%x", l.v6, a>>48|1, a>>32&0xffff|1, a>>16&0xffff|1, a&0xffff|1)
	}
	if l.cells {
		return l.cell(mix(uint64(day/2), fmt.Sprint(l.block, l.last)))
	}
	block, last := l.block, l.last
	if strings.Count(block, ".") == 1 {
		block = fmt.Sprintf("%s.%d", block, w.between(0, 15)*8+1)
	}
	if l.weekly {
		a := mix(uint64((day+last)/7), l.block)
		parts := strings.Split(block, ".")
		return fmt.Sprintf("%s.%s.%d.%d", parts[0], parts[1], 2+a%250, 2+a>>16%250)
	}
	switch {
	case l.daily:
		last = 2 + int(mix(uint64(day), l.block)%249)
	case last == 0:
		last = w.between(2, 250)
	}
	return fmt.Sprintf("%s.%d", block, last)
}

// cell is the address that a mobile network lends a phone for some hours.
func (l internetLine) cell(key uint64) string {
	if strings.Count(l.block, ".") == 2 {
		return fmt.Sprintf("%s.%d", l.block, 2+key%249)
	}
	return fmt.Sprintf("%s.%d.%d", l.block, key>>8%16*8+1, 2+key%249)
}

// mix is a number that looks drawn and is always the same.
func mix(n uint64, text string) uint64 {
	h := n*0x9E3779B97F4A7C15 + 14695981039346656037
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	h ^= h >> 31
	h *= 0x94D049BB133111EB
	return h ^ h>>29
}

// site is an office: everybody in it is behind one or two addresses.
type site struct {
	country string
	lines   []internetLine
	moved   []internetLine // its lines after the office has changed its provider, from the middle of the time on
	guest   internetLine   // what phones on the office's wireless network come from
	homes   []string
	homes6  []string
	mobiles []internetLine
}

func sites() []site {
	dutch := []string{
		"80.114", "82.72", "77.248", "217.105", "86.81", "5.132", "82.73", "84.24", "84.28", "84.104", "86.82", "86.83", "86.87", "86.92",
		"77.160", "77.163", "77.168", "77.172", "77.249", "62.194", "213.10", "213.127", "89.98", "94.208", "94.212", "178.84", "31.201", "145.53", "188.90", "62.45",
	}
	six := []string{"2a02:a44a", "2001:1c00", "2001:1c04", "2a02:a442", "2a02:a210", "2001:980"}
	mobiles := []internetLine{{block: "178.225", country: "NL"}, {block: "178.228", country: "NL"}, {block: "188.207", country: "NL"}, {block: "188.206", country: "NL"}, {block: "109.37", country: "NL"}, {block: "84.241.200", country: "NL"}}
	return []site{
		{country: "NL", lines: []internetLine{{block: "46.144.22", last: 5}, {block: "46.144.22", last: 6}}, guest: internetLine{block: "46.144.23", last: 9}, homes: dutch, homes6: six, mobiles: mobiles},
		{country: "NL", lines: []internetLine{{block: "86.80.10", last: 20}}, moved: []internetLine{{block: "213.34.7", last: 8}}, guest: internetLine{block: "86.80.10", last: 21}, homes: dutch, homes6: six, mobiles: mobiles},
		{
			country: "DE", lines: []internetLine{{block: "91.10.20", last: 30}}, guest: internetLine{block: "91.10.20", last: 30},
			homes: []string{"84.149", "91.11", "79.192", "87.150", "93.192"}, homes6: []string{"2003:e0", "2003:e1"}, mobiles: []internetLine{{block: "109.40", country: "DE"}, {block: "80.187", country: "DE"}},
		},
	}
}

// homeLine is the n-th home of a site. Addresses stay, change each week, or are IPv6 as well or alone.
func (s site) homeLine(w *world, n int) internetLine {
	k := len(s.homes)
	l := internetLine{block: fmt.Sprintf("%s.%d", s.homes[n%k], 2+n/k*7%250), last: 2 + n*3%249, country: s.country}
	switch draw := w.random.Float64(); {
	case draw < 0.18:
		l.weekly = true
	case draw < 0.45:
		l.v6 = fmt.Sprintf("%s:%x:%x", s.homes6[n%len(s.homes6)], 0x1000+n, 1+n%9)
		l.only6 = draw > 0.38
	}
	return l
}

// trips are where people travel to: a hotel and the mobile network there.
func trips() [][2]internetLine {
	return [][2]internetLine{
		{{block: "87.130.10", country: "DE"}, {block: "80.187", country: "DE"}},
		{{block: "90.1.10", country: "FR"}, {block: "92.184", country: "FR"}},
		{{block: "83.32.10", country: "ES"}, {block: "31.4.10", country: "ES"}},
		{{block: "116.86.10", country: "SG"}, {block: "27.125.128", country: "SG"}},
		{{block: "24.12.10", country: "US"}, {block: "172.58.10", country: "US"}},
		{{block: "81.130.10", country: "GB"}, {block: "148.252.128", country: "GB"}},
		{{block: "81.130.12", country: "GB"}, {block: "148.252.129", country: "GB"}},
	}
}

// vpns are exits of commercial VPNs that people use at home: hosting companies' networks, at home and abroad.
func vpns() []internetLine {
	return []internetLine{
		{block: "169.150.196", country: "NL"},
		{block: "185.65.134", country: "NL"},
		{block: "195.181.172", country: "NL"},
		{block: "193.32.249", country: "NL"},
		{block: "37.19.200", country: "US"},
		{block: "185.159.157", country: "CH"},
		{block: "146.70.20", country: "DE"},
	}
}

// phonesElsewhere are the networks that a phone's card for travellers uses, whatever the country.
func phonesElsewhere() []internetLine {
	return []internetLine{{block: "5.173", country: "PL"}, {block: "223.118.10", country: "HK"}}
}

// aeroplane is what passengers come from.
func aeroplane() internetLine { return internetLine{block: "75.104.10", country: "US"} }

// cloudComputers are the lines of computers that Microsoft rents out to people who work from home.
func cloudComputers() []internetLine {
	return []internetLine{{block: "20.82.10", country: "NL"}, {block: "51.144.10", country: "NL"}}
}

// relays are exits of Apple's private relay.
func relays() []internetLine {
	return []internetLine{{block: "172.224.130", country: "NL"}, {block: "146.75.140", country: "NL"}, {block: "172.224.130", country: "NL"}, {block: "104.28.25", country: "DE"}}
}

// Lines of intruders.
func serversAtHome() []internetLine {
	return []internetLine{{block: "185.107.56", last: 77}, {block: "37.97.200", last: 31}, {block: "145.131.3", last: 14}, {block: "193.32.249", last: 66}}
}

func serversAbroad() []internetLine {
	return []internetLine{{block: "37.120.140", last: 14}, {block: "138.201.10", last: 41}, {block: "5.253.204", last: 9}, {block: "45.55.10", last: 80}, {block: "146.70.50", last: 23}, {v6: "2a01:4f8:c17:b8f", only6: true}}
}

func rentedLines() []internetLine {
	return []internetLine{{block: "77.166.90", last: 41}, {block: "86.84.17", last: 9}, {block: "84.29.61", last: 133}, {block: "188.88.10", last: 52}, {block: "62.45.70", last: 18}}
}

func phonesAbroad() []internetLine {
	return []internetLine{{block: "105.112.4", last: 9}, {block: "102.89.10", last: 55}, {block: "102.89.11"}}
}

func phishers() []internetLine {
	return []internetLine{{block: "198.98.51", last: 189}, {block: "45.55.10", last: 12}}
}

// withPort writes an address as Exchange's cmdlets do.
func withPort(ip string) string {
	if strings.Contains(ip, ":") {
		return "[" + ip + "]:51234"
	}
	return ip + ":51234"
}
