package geo

import (
	"net/netip"
	"strconv"
	"strings"
)

// maxField bounds what one address field may cost. The longest honest value is a proxy chain of a few addresses.
const maxField = 4096

// Addr is what an address field of a log says. Its zero value is a field that holds no address at all.
type Addr struct {
	// IP is the client's address without port and zone, IPv4 wherever the text carries one; invalid if there is none.
	IP netip.Addr
	// Chain holds every readable address of a list (X-Forwarded-For), leftmost first; nil for a single address.
	Chain []netip.Addr
	// Ambiguous is set where IP was chosen from a list. A client can write the left side of such a list itself, so
	// whatever rests on it deserves less confidence.
	Ambiguous bool
	// Raw is the text as logged, kept only where all or part of it could not be read.
	Raw string
}

// Absent reports whether the field held no address: it was empty, or said so ("unknown", "localhost" and the like).
func (a Addr) Absent() bool { return !a.IP.IsValid() && a.Raw == "" }

// Unreadable reports whether the field held text in which no address could be read. Such text is counted, never guessed at.
func (a Addr) Unreadable() bool { return !a.IP.IsValid() && a.Raw != "" }

// ParseAddr reads an address field in any form that Microsoft's logs use: plain, with a port, in brackets, IPv4 inside
// IPv6, or a list of them. It does not fail: see Addr.Absent and Addr.Unreadable.
func ParseAddr(text string) Addr {
	s := unwrapped(trimField(text))
	switch {
	case absent(s):
		return Addr{}
	case len(s) > maxField:
		return Addr{Raw: text}
	case strings.ContainsAny(s, ",;"):
		return parseChain(text, s)
	}
	ip, ok := parseOne(s)
	if !ok {
		return Addr{Raw: text}
	}
	return Addr{IP: ip}
}

// parseChain takes the leftmost public address for the client, else the leftmost one: proxies append on the right.
func parseChain(text, s string) Addr {
	var a Addr
	given := 0
	for part := range strings.FieldsFuncSeq(s, func(c rune) bool { return c == ',' || c == ';' }) {
		part = trimField(part)
		if absent(part) {
			continue
		}
		given++
		ip, ok := parseOne(part)
		if !ok {
			a.Raw = text
			continue
		}
		a.Chain = append(a.Chain, ip)
		if !a.IP.IsValid() || (reserved(a.IP) && !reserved(ip)) {
			a.IP = ip
		}
	}
	a.Ambiguous = a.IP.IsValid() && given > 1
	return a
}

// parseOne tries the bare address before the address with a port: "2001:db8::1:443" is an address, not port 443.
func parseOne(s string) (netip.Addr, bool) {
	if ip, err := netip.ParseAddr(s); err == nil {
		return plain(ip), true
	}
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return plain(ap.Addr()), true
	}
	// [v6] without a port, and [v4] or [v4]:port, which Exchange writes and netip refuses.
	if host, rest, ok := strings.Cut(strings.TrimPrefix(s, "["), "]"); ok && s[0] == '[' && portSuffix(rest) {
		if ip, err := netip.ParseAddr(host); err == nil {
			return plain(ip), true
		}
	}
	// What is left of ::ffff:192.0.2.1 where a program dropped its empty groups, or put a port behind it.
	lower := strings.ToLower(s)
	if v4, ok := strings.CutPrefix(strings.TrimPrefix(lower, "::"), "ffff:"); ok {
		if ip, ok := parseBare(v4); ok && ip.Is4() {
			return ip, true
		}
	}
	return netip.Addr{}, false
}

// parseBare reads an address, with a port or without.
func parseBare(s string) (netip.Addr, bool) {
	if ip, err := netip.ParseAddr(s); err == nil {
		return plain(ip), true
	}
	ap, err := netip.ParseAddrPort(s)
	return plain(ap.Addr()), err == nil
}

func portSuffix(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != ':' || len(s) < 2 || s[1] < '0' || s[1] > '9' {
		return false
	}
	_, err := strconv.ParseUint(s[1:], 10, 16)
	return err == nil
}

// plain drops the zone and takes an IPv4 address out of the IPv6 forms that carry one: mapped (::ffff:0:0/96), NAT64
// (64:ff9b::/96, RFC 6052) and 6to4 (2002::/16, RFC 3056).
func plain(ip netip.Addr) netip.Addr {
	ip = ip.Unmap().WithZone("")
	if !ip.Is6() {
		return ip
	}
	b := ip.As16()
	switch {
	case [12]byte(b[:12]) == [12]byte{0x00, 0x64, 0xff, 0x9b}:
		return netip.AddrFrom4([4]byte(b[12:16]))
	case b[0] == 0x20 && b[1] == 0x02:
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return ip
}

// trimField also takes off what spreadsheets and web pages leave: a hard space, the mark at a file's beginning.
func trimField(s string) string { return strings.Trim(s, " \t\r\n\"'\u00a0\ufeff") }

// absent knows the words that logs write for "no address". localhost comes with brackets and ports, too.
func absent(s string) bool {
	if len(s) > len("[localhost]:65535") {
		return false
	}
	switch strings.ToLower(s) {
	case "", "<null>", "null", "-", "unknown", "localhost", "[localhost]":
		return true
	}
	host, port, ok := strings.Cut(s, ":")
	if !ok || !portSuffix(":"+port) {
		return false
	}
	return strings.EqualFold(host, "localhost") || strings.EqualFold(host, "[localhost]")
}

// unwrapped takes off the brackets that another program left around a value, or around a list of one: ("192.0.2.1").
func unwrapped(s string) string {
	for len(s) > 2 {
		last := map[byte]byte{'(': ')', '[': ']', '{': '}', '<': '>'}[s[0]]
		if last == 0 || s[len(s)-1] != last {
			break
		}
		s = trimField(s[1 : len(s)-1])
	}
	return s
}

// reserved reports whether an address can never be seen on the public internet. Documentation ranges are not among them:
// invented cases use them for public addresses, and documentation says what they are.
func reserved(ip netip.Addr) bool {
	if ip.IsUnspecified() || ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsMulticast() {
		return true
	}
	if ip.Is4() {
		b := ip.As4()
		switch {
		case b[0] == 0, // RFC 791 "this network"
			b[0] == 100 && b[1]&0xc0 == 64,            // RFC 6598 carrier-grade NAT
			b[0] == 192 && b[1] == 0 && b[2] == 0,     // RFC 6890 protocol assignments
			b[0] == 198 && (b[1] == 18 || b[1] == 19), // RFC 2544 benchmarks
			b[0] >= 240: // RFC 1112 reserved, and broadcast
			return true
		}
		return false
	}
	b := ip.As16()
	return b[0] == 0xfe && b[1]&0xc0 == 0xc0 || // RFC 3879 site-local
		b[0] == 0x01 && b[1] == 0 && [6]byte(b[2:8]) == [6]byte{} // RFC 6666 discard
}

// documentation reports whether an address is in a range set aside for examples (RFC 5737, 3849 and 9637).
func documentation(ip netip.Addr) bool {
	if ip.Is4() {
		switch b := ip.As4(); [3]byte(b[:3]) {
		case [3]byte{192, 0, 2}, [3]byte{198, 51, 100}, [3]byte{203, 0, 113}:
			return true
		}
		return false
	}
	b := ip.As16()
	return [4]byte(b[:4]) == [4]byte{0x20, 0x01, 0x0d, 0xb8} || b[0] == 0x3f && b[1] == 0xff && b[2]&0xf0 == 0
}
