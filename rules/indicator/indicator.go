// Package indicator reads lists of what is known to be an intruder's: addresses, networks, domains, senders, user agents,
// applications, and names that are told by their SHA-256 alone. It reads CSV, one value a line, and STIX 2.1 bundles.
//
// What a value is, its type says, or its form where there is none. Values may be defanged (203[.]0[.]113[.]9). What cannot be
// used is told with its line or object and costs nothing else.
package indicator

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// The lists of the core pack that indicators are added to.
const (
	Addresses = "bad_addresses"
	Domains   = "bad_domains"
	Senders   = "bad_senders"
	Agents    = "bad_agents"
	Apps      = "bad_apps"
	Names     = "bad_names" // SHA-256, lower-case hexadecimal
)

// Limits of one file.
const (
	MaxBytes = 64 << 20
	maxRead  = 1_000_000
	maxTold  = 20 // of what was not read
)

// Indicators is what a file holds.
type Indicators struct {
	Lists  map[string][]string // by list, in the order of the file
	Read   int                 // values in all lists
	Unread int                 // values and patterns that are of no use here
	Told   []string            // the first of those, with where they stand and why
}

// Parse reads the text of a file. Its error says why it holds no indicators at all.
func Parse(data []byte) (*Indicators, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("larger than %d MiB", MaxBytes>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8 text")
	}
	in := &Indicators{Lists: map[string][]string{}}
	var err error
	if trimmed := bytes.TrimSpace(data); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[' && !bytes.HasPrefix(trimmed, []byte("[."))) {
		err = in.stix(trimmed)
	} else {
		err = in.csv(data)
	}
	switch {
	case err != nil:
		return nil, err
	case in.Read == 0 && in.Unread == 0:
		return nil, errors.New("no indicator in it: want a column value, or one value a line, or a STIX 2.1 bundle")
	case in.Read == 0:
		return nil, fmt.Errorf("no indicator in it can be used: %s", strings.Join(in.Told, "; "))
	}
	return in, nil
}

// unread counts what is of no use.
func (in *Indicators) unread(where, format string, args ...any) {
	if in.Unread++; len(in.Told) < maxTold {
		in.Told = append(in.Told, where+": "+fmt.Sprintf(format, args...))
	}
}

// add takes a value of a kind; "" is whatever its form says. where is for what is told of it.
func (in *Indicators) add(where, kind, value string) {
	value = refang(value)
	if value == "" {
		return
	}
	if in.Read >= maxRead {
		in.unread(where, "more than %d indicators", maxRead)
		return
	}
	list, ok := listOf(kind)
	if !ok {
		in.unread(where, "%q: no log has what a %s is about", short(value), short(kind))
		return
	}
	if list == "" {
		list = formOf(value)
	}
	value, reason := tidy(list, value)
	if reason != "" {
		in.unread(where, "%q: %s", short(value), reason)
		return
	}
	in.Lists[list] = append(in.Lists[list], value)
	in.Read++
}

// short cuts a text for a message.
func short(text string) string {
	const most = 60
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// refang undoes what keeps indicators from being clicked on.
func refang(value string) string {
	value = strings.TrimSpace(value)
	return strings.NewReplacer("[.]", ".", "(.)", ".", "[dot]", ".", "[:]", ":", "[@]", "@", "(@)", "@", "[at]", "@").Replace(value)
}

// listOf is the list of a type, as feeds, MISP and STIX call it; "" where no type is said. ok is false for a type that no
// log of ours tells of.
func listOf(kind string) (list string, ok bool) {
	kind = strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(strings.TrimSpace(kind)))
	switch kind {
	case "", "indicator", "value", "unknown", "other", "text":
		return "", true
	case "ip", "ips", "ip-src", "ip-dst", "ip-address", "ipv4", "ipv6", "ipv4-addr", "ipv6-addr", "ipv4-address", "ipv6-address",
		"address", "addr", "cidr", "network", "net", "ip-src|port", "ip-dst|port", "ip:port":
		return Addresses, true
	case "domain", "domains", "domain-name", "hostname", "host", "fqdn":
		return Domains, true
	case "sender", "email", "email-src", "email-addr", "email-address", "mail", "from", "eppn":
		return Senders, true
	case "agent", "user-agent", "useragent", "http-user-agent":
		return Agents, true
	case "app", "app-id", "appid", "application", "application-id", "client-id", "clientid", "oauth-app":
		return Apps, true
	case "name-sha256", "name-hash", "filename-sha256", "sha256-of-name":
		return Names, true
	}
	return "", false
}

// formOf is the list that a value belongs to by its form.
func formOf(value string) string {
	if _, ok := readNetwork(value); ok {
		return Addresses
	}
	switch {
	case isHex(value, 64):
		return Names
	case isGUID(value):
		return Apps
	case strings.ContainsAny(value, " /(;"):
		return Agents
	case strings.Contains(value, "@"):
		return Senders
	case strings.Contains(value, "."):
		return Domains
	}
	return Agents
}

// tidy is a value as its list holds it; reason says why it is of no use.
func tidy(list, value string) (tidied, reason string) {
	switch list {
	case Addresses:
		net, ok := readNetwork(value)
		switch {
		case !ok:
			return value, "no address or network"
		case net.Bits() < widest(net.Addr()):
			return value, "a network so wide says nothing"
		}
		return netText(net), ""
	case Domains:
		domain := strings.Trim(strings.ToLower(value), ".")
		if domain = strings.Trim(strings.TrimPrefix(domain, "*."), "."); !strings.Contains(domain, ".") || strings.ContainsAny(domain, " /@:*") {
			return value, "no domain"
		}
		return domain, ""
	case Senders:
		value = strings.ToLower(value)
		if at := strings.IndexByte(value, '@'); at < 1 || at == len(value)-1 || strings.ContainsAny(value, " /<>") {
			return value, "no address of a sender"
		}
	case Names:
		if value = strings.ToLower(value); !isHex(value, 64) {
			return value, "no SHA-256"
		}
	case Agents, Apps:
		const least = 4
		if len(value) < least {
			return value, "too short: it is part of too much"
		}
	}
	return value, ""
}

// readNetwork reads an address, a network, and an address with a port as MISP writes it.
func readNetwork(value string) (netip.Prefix, bool) {
	value, _, _ = strings.Cut(value, "|")
	if net, err := netip.ParsePrefix(value); err == nil {
		return net.Masked(), true
	}
	if with, err := netip.ParseAddrPort(value); err == nil {
		value = with.Addr().String()
	}
	ip, err := netip.ParseAddr(value)
	ip = ip.Unmap().WithZone("")
	return netip.PrefixFrom(ip, ip.BitLen()), err == nil
}

func netText(net netip.Prefix) string {
	if net.IsSingleIP() {
		return net.Addr().String()
	}
	return net.String()
}

// widest is the shortest prefix that a network of indicators may have.
func widest(ip netip.Addr) int {
	if ip.Is4() {
		return 8
	}
	return 20
}

func isHex(s string, length int) bool {
	return len(s) == length && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

func isGUID(s string) bool {
	return len(s) == 36 && strings.Count(s, "-") == 4 && strings.Trim(s, "0123456789abcdefABCDEF-") == ""
}
