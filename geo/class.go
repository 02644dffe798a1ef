package geo

import "net/netip"

// Class says what kind of network an address belongs to. Its zero value is unknown: no list names it and no ASN is known.
// Where several lists name an address, the lowest value counts: the constants are in match order.
type Class uint8

const (
	// Unknown prints as "": nothing is known, and nothing is concluded.
	Unknown Class = iota
	// Private addresses cannot be seen on the public internet: RFC 1918, carrier-grade NAT, loopback, documentation.
	Private
	// MSService is Microsoft's own machinery, which the Unified Audit Log names as the client of most records.
	MSService
	// Relay is a privacy relay of a large operator (iCloud Private Relay, WARP): it locates near its user, not at him.
	Relay
	// Tor is an exit of the Tor network.
	Tor
	// VPN is a public VPN service.
	VPN
	// SASE is a company's cloud proxy (Zscaler and the like): it locates at the proxy.
	SASE
	// Satellite is a satellite operator, which locates at the ground station.
	Satellite
	// AzureCloud is the rest of Microsoft's network: customers' virtual machines, an intruder's among them.
	AzureCloud
	// Hosting is rented servers.
	Hosting
	// Mobile is a mobile carrier.
	Mobile
	// Eyeball is a line of people: an access network, or any other network that no list names.
	Eyeball
	classes // how many there are
)

var classNames = [classes]string{
	"", "private", "ms_service", "relay", "tor", "vpn", "sase", "satellite", "azure_cloud", "hosting", "mobile", "eyeball",
}

// String is the class's name in rules and reports; unknown is "".
func (c Class) String() string {
	if c >= classes {
		return ""
	}
	return classNames[c]
}

// ParseClass reads a class's name. The empty name is not one.
func ParseClass(name string) (Class, bool) {
	for c := Private; c < classes; c++ {
		if classNames[c] == name {
			return c, true
		}
	}
	return Unknown, false
}

// Anonymizer reports whether an address of this class hides where its user is, so that no travel can be read from it.
func (c Class) Anonymizer() bool {
	switch c {
	case Relay, Tor, VPN, SASE, Satellite:
		return true
	}
	return false
}

// Rented reports whether machines of this class are rented by the hour or shared by strangers: whoever comes from there does
// not live there.
func (c Class) Rented() bool {
	switch c {
	case Tor, VPN, AzureCloud, Hosting:
		return true
	}
	return false
}

// Home reports whether an address of this class can tell where its user lives.
func (c Class) Home() bool { return c == Mobile || c == Eyeball }

// classRow is one line of a list: what it says and who says so.
type classRow struct {
	class  Class
	source string
}

// classLists holds the rows of all lists. The longest match does not matter, the lowest class does: a relay inside a VPN
// provider's range is a relay.
type classLists struct {
	byASN    map[uint32]classRow
	byPrefix map[netip.Prefix]classRow
	bits     [2][129]bool // which prefix lengths occur, for IPv4 and IPv6
}

func newClassLists() *classLists {
	return &classLists{byASN: map[uint32]classRow{}, byPrefix: map[netip.Prefix]classRow{}}
}

func (l *classLists) addASN(asn uint32, row classRow) {
	if old, ok := l.byASN[asn]; !ok || row.class < old.class {
		l.byASN[asn] = row
	}
}

func (l *classLists) addPrefix(p netip.Prefix, row classRow) {
	p = p.Masked()
	if old, ok := l.byPrefix[p]; !ok || row.class < old.class {
		l.byPrefix[p] = row
	}
	l.bits[family(p.Addr())][p.Bits()] = true
}

// match returns the lowest class that any row gives to the address or its ASN (0 if unknown). Of equal classes the
// narrowest row is named.
func (l *classLists) match(ip netip.Addr, asn uint32) classRow {
	best := classRow{class: classes}
	if asn != 0 {
		if row, ok := l.byASN[asn]; ok {
			best = row
		}
	}
	for bits, used := range l.bits[family(ip)] {
		if !used {
			continue
		}
		p, err := ip.Prefix(bits)
		if err != nil {
			break
		}
		if row, ok := l.byPrefix[p]; ok && row.class <= best.class {
			best = row
		}
	}
	if best.class == classes {
		return classRow{}
	}
	return best
}

func family(ip netip.Addr) int {
	if ip.Is4() {
		return 0
	}
	return 1
}
