package geo

import (
	"net/netip"
	"strings"
	"testing"
)

// Promise: every written form of an address gives the same address, and what is no address is never guessed at.
func TestParseAddr(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		a := ParseAddr(text)
		got := "unreadable"
		switch {
		case a.Absent():
			got = "absent"
		case a.IP.IsValid():
			got = a.IP.String()
		case a.Raw != text:
			t.Errorf("ParseAddr(%q).Raw = %q, want the text", text, a.Raw)
		}
		if got != want {
			t.Errorf("ParseAddr(%q) = %s, want %s", text, got, want)
		}
		if a.Ambiguous || a.Chain != nil {
			t.Errorf("ParseAddr(%q): a single value has no chain: %+v", text, a)
		}
	}
	for _, s := range []string{
		"", " ", `""`, "<null>", "null", "NULL", "-", "unknown", "Unknown", "localhost", "'localhost'", "[localhost]",
		"[localhost]:12345", "localhost:80", "\t\r\n",
	} {
		f(s, "absent")
	}
	for _, s := range []string{
		"010.1.1.1", "1.2.3", "1.2.3.4/32", "NOTANIPV4 (10.9000.0.1)", "[CORRECTIPV4 (10.90.0.1)]",
		"cool.client.local:12345", "cool.client.local", "1.2.3.4:", "1.2.3.4:99999", "[1.2.3.4]:", "[1.2.3.4]:70000",
		"[1.2.3.4]:+80", "[1.2.3.4]80", "[1.2.3.4", "1.2.3.4]", "[]", "[", "[]:80", "1.2.3.4.5", "256.1.1.1", "1.2.3.4:http",
		"2001:db8::1::2", "::ffff:1.2.3.999", "localhost:", "localhost:99999", "localhosts", "1.2.3.4 5.6.7.8", "\u0661.2.3.4",
	} {
		f(s, "unreadable")
	}
	f("1.2.3.4", "1.2.3.4")
	f(" 1.2.3.4 ", "1.2.3.4")
	f(`"1.2.3.4"`, "1.2.3.4")
	f("'1.2.3.4:443'", "1.2.3.4")
	f("1.2.3.4:5678", "1.2.3.4")
	f("[10.11.12.13]", "10.11.12.13")
	f(`("1.2.3.4")`, "1.2.3.4")
	f(`["1.2.3.4"]`, "1.2.3.4")
	f("(1.2.3.4:443)", "1.2.3.4")
	f("ffff:1.2.3.4", "1.2.3.4")
	f("\ufeff1.2.3.4\u00a0", "1.2.3.4")
	f("::FFFF:1.2.3.4:443", "1.2.3.4")
	f("[10.11.12.13]:12345", "10.11.12.13")
	f("[2001:db8::1]:443", "2001:db8::1")
	f("[2001:db8::1]", "2001:db8::1")
	f("2001:DB8:0:0::1", "2001:db8::1")
	f("2001:db8::1:443", "2001:db8::1:443")
	f("::ffff:1.2.3.4", "1.2.3.4")
	f("::ffff:102:304", "1.2.3.4")
	f("[::ffff:10.11.12.13]:12345", "10.11.12.13")
	f("[::ffff:10.11.12.13]", "10.11.12.13")
	f("fe80::1%eth0", "fe80::1")
	f("[fe80::1%25eth0]:443", "fe80::1")
	f("[fe80::1%eth0]", "fe80::1")
	f("64:ff9b::203.0.113.7", "203.0.113.7")
	f("[64:ff9b::cb00:7107]:443", "203.0.113.7")
	f("64:ff9b:1::1", "64:ff9b:1::1")
	f("2002:cb00:7107::1", "203.0.113.7")
	f("::1", "::1")
	f("::", "::")
	f("0.0.0.0", "0.0.0.0")
}

// Promise: from a proxy's list the leftmost public address is taken, the whole list is kept, and it says it is a choice.
func TestParseAddrChain(t *testing.T) {
	f := func(text, want, chain string, ambiguous, raw bool) {
		t.Helper()
		a := ParseAddr(text)
		got := ""
		if a.IP.IsValid() {
			got = a.IP.String()
		}
		var all []string
		for _, ip := range a.Chain {
			all = append(all, ip.String())
		}
		if got != want || strings.Join(all, " ") != chain || a.Ambiguous != ambiguous || (a.Raw != "") != raw {
			t.Errorf("ParseAddr(%q) = %+v, want %s of [%s]", text, a, want, chain)
		}
	}
	f("203.0.113.7, 198.51.100.2", "203.0.113.7", "203.0.113.7 198.51.100.2", true, false)
	f("10.0.0.1,203.0.113.7:443 , 198.51.100.2", "203.0.113.7", "10.0.0.1 203.0.113.7 198.51.100.2", true, false)
	f("203.0.113.7;198.51.100.2", "203.0.113.7", "203.0.113.7 198.51.100.2", true, false)
	f(`["10.0.0.1","203.0.113.7"]`, "203.0.113.7", "10.0.0.1 203.0.113.7", true, false)
	f("10.0.0.1, 192.168.1.1", "10.0.0.1", "10.0.0.1 192.168.1.1", true, false)
	f("100.64.0.9,[2001:db8::1]:443", "2001:db8::1", "100.64.0.9 2001:db8::1", true, false)
	f("unknown, 203.0.113.7", "203.0.113.7", "203.0.113.7", false, false)
	f("203.0.113.7,", "203.0.113.7", "203.0.113.7", false, false)
	f("client.local, 203.0.113.7", "203.0.113.7", "203.0.113.7", true, true)
	f("client.local, also.local", "", "", false, true)
	f(",", "", "", false, false)
	f("-,null", "", "", false, false)
	f(strings.Repeat("203.0.113.7,", 1000), "", "", false, true)
}

// Promise: an address that no one on the internet can have is never taken for a place.
func TestReserved(t *testing.T) {
	f := func(text string, want bool) {
		t.Helper()
		if got := reserved(netip.MustParseAddr(text)); got != want {
			t.Errorf("reserved(%s) = %v", text, got)
		}
	}
	for _, s := range []string{
		"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "127.0.0.1", "::1", "169.254.1.1", "fe80::1", "fc00::1",
		"fd12::1", "100.64.0.1", "100.127.255.255", "0.0.0.0", "0.1.2.3", "::", "224.0.0.1", "ff02::1", "240.0.0.1",
		"255.255.255.255", "192.0.0.8", "198.18.0.1", "198.19.255.255", "fec0::1", "100::1",
	} {
		f(s, true)
	}
	for _, s := range []string{
		"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "198.17.255.255",
		"198.20.0.0", "192.0.1.0", "192.0.2.1", "203.0.113.1", "2001:db8::1", "2603:10a6::9", "1::1", "100:0:0:1::1", "f000::1",
	} {
		f(s, false)
	}
}

// Promise: documentation addresses are known as such, their neighbours are not.
func TestDocumentation(t *testing.T) {
	f := func(text string, want bool) {
		t.Helper()
		if got := documentation(netip.MustParseAddr(text)); got != want {
			t.Errorf("documentation(%s) = %v", text, got)
		}
	}
	f("192.0.2.0", true)
	f("198.51.100.255", true)
	f("203.0.113.9", true)
	f("2001:db8:ffff::1", true)
	f("3fff:fff::1", true)
	f("192.0.3.0", false)
	f("203.0.112.9", false)
	f("2001:db9::1", false)
	f("3fff:1000::1", false)
}

// Promise: no field text makes the reader panic, and an address that was read is in its one plain form.
func FuzzParseAddr(f *testing.F) {
	for _, s := range []string{
		"", "1.2.3.4", "1.2.3.4:5678", "[2001:db8::1]:443", "[10.11.12.13]:12345", "::ffff:1.2.3.4", "[fe80::1%25eth0]:443",
		"10.0.0.1, 203.0.113.7", "unknown, 203.0.113.7", "NOTANIPV4 (10.9000.0.1)", "[localhost]:12345", "2002:cb00:7107::1", "[", ",",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a := ParseAddr(text)
		if a.Raw != "" && a.Raw != text {
			t.Fatalf("Raw %q is not the text", a.Raw)
		}
		if !a.IP.IsValid() {
			return
		}
		if a.IP.Zone() != "" || a.IP.Is4In6() {
			t.Fatalf("%q: %s is not plain", text, a.IP)
		}
		if b := ParseAddr(a.IP.String()); b.IP != a.IP || b.Ambiguous {
			t.Fatalf("%q: %s read again is %s", text, a.IP, b.IP)
		}
	})
}
