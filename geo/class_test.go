package geo

import (
	"net/netip"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// Promise: the names of classes are the ones rules use, and reading them back gives the same class.
func TestClassNames(t *testing.T) {
	want := "private ms_service relay tor vpn sase satellite azure_cloud hosting mobile eyeball"
	var names []string
	for c := Private; c < classes; c++ {
		names = append(names, c.String())
		if back, ok := ParseClass(c.String()); !ok || back != c {
			t.Errorf("%s reads back as %s", c, back)
		}
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, s := range []string{"", "Tor", "datacenter"} {
		if c, ok := ParseClass(s); ok {
			t.Errorf("ParseClass(%q) = %s", s, c)
		}
	}
	if Unknown.String() != "" || Class(200).String() != "" {
		t.Error("unknown has a name")
	}
}

// Promise: the project's own list reads, and Microsoft's ranges of a real tenant are its service, its other addresses not.
func TestBuiltinClasses(t *testing.T) {
	l := newClassLists()
	if err := l.builtin(builtinClasses); err != nil {
		t.Fatal(err)
	}
	f := func(ip string, asn uint32, want Class) {
		t.Helper()
		if got := l.match(netip.MustParseAddr(ip), asn); got.class != want || want != Unknown && got.source == "" {
			t.Errorf("%s AS%d: %q by %q, want %q", ip, asn, got.class, got.source, want)
		}
	}
	for _, ip := range []string{
		"13.107.6.153", "13.107.18.11", "13.107.131.255", "23.103.175.255", "40.96.0.0", "40.103.255.255", "40.105.1.1", "52.99.255.255",
		"131.253.33.215", "132.245.1.1", "150.171.35.255", "204.79.197.215", "20.190.191.255", "40.126.63.255", "40.107.1.1", "104.47.1.1",
		"2603:1006::1", "2603:1016:fff::1", "2603:1026:1::1", "2603:1036::1", "2603:1046::1", "2603:1056::1", "2603:1096::1", "2603:10a6::9",
		"2603:10b6::1", "2603:10d6::1", "2620:1ec:1::1", "2a01:111:f400::1",
	} {
		f(ip, 8075, MSService)
	}
	for _, ip := range []string{"20.190.192.0", "40.126.64.0", "13.107.6.154", "131.253.33.216", "52.168.1.1", "2603:1005::1", "2603:10c6::1"} {
		f(ip, 8075, AzureCloud)
	}
	f("198.51.100.1", 0, Unknown)
	f("198.51.100.1", 64500, Unknown)
	f("198.51.100.1", 24940, Hosting)
	f("198.51.100.1", 14593, Satellite)
	f("198.51.100.1", 22616, SASE)
	f("198.51.100.1", 50494, Unknown) // STARLINK LTD is no satellite operator
	f("104.28.9.9", 13335, Relay)
	f("104.27.9.9", 13335, Hosting)
	f("185.220.103.9", 4224, Tor)
	f("198.51.100.1", 209103, VPN)
	f("198.51.100.1", 29465, Mobile)
}

// Promise: a user's list is read in every documented form, and the lowest class wins over order and length of networks.
func TestClassFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.csv")
	write(t, path, "\ufeffcidr|asn,class,source\n# a comment\n192.0.2.0/24,vpn,list A\n192.0.2.128/25,relay,list B\n192.0.2.7,TOR\n"+
		"AS64500,hosting,whois\n64501, mobile , \"quoted, too\"\n2001:db8::/32,hosting,\n198.51.100.77/24,hosting,odd bits\n192.0.2.128/25,tor,later\n")
	l := newClassLists()
	if _, err := l.readFile(path); err != nil {
		t.Fatal(err)
	}
	f := func(ip string, asn uint32, want, source string) {
		t.Helper()
		if got := l.match(netip.MustParseAddr(ip), asn); got.class.String() != want || got.source != source {
			t.Errorf("%s AS%d: %q by %q, want %q by %q", ip, asn, got.class, got.source, want, source)
		}
	}
	f("192.0.2.1", 0, "vpn", "mine.csv: list A")
	f("192.0.2.200", 0, "relay", "mine.csv: list B")
	f("192.0.2.7", 0, "tor", "mine.csv")
	f("192.0.2.7", 64500, "tor", "mine.csv")
	f("198.51.100.1", 64500, "hosting", "mine.csv: odd bits")
	f("203.0.113.1", 64500, "hosting", "mine.csv: whois")
	f("203.0.113.1", 64501, "mobile", "mine.csv: quoted, too")
	f("2001:db8::1", 0, "hosting", "mine.csv")
	f("203.0.113.1", 0, "", "")
}

// Promise: every wrong line of a user's list is named by file and line, in one run.
func TestClassFileErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bad.csv")
	write(t, path, "192.0.2.0/24,vpn,ok\n192.0.2.0/40,vpn,a\nnonsense,tor,b\n192.0.2.0/24,datacenter,c\n192.0.2.0/24\n0.0.0.0/0,vpn,d\n::ffff:192.0.2.0/120,vpn,e\nAS0,vpn,f\n")
	_, err := newClassLists().readFile(path)
	if err == nil {
		t.Fatal("read without error")
	}
	for _, want := range []string{
		path + `:2: "192.0.2.0/40" is neither`, path + `:3: "nonsense" is neither`, path + `:4: unknown class "datacenter", want one of private,`,
		path + ":5: want cidr|asn,class,source", path + ":6: 0.0.0.0/0 is the whole internet", path + ":7: ::ffff:192.0.2.0/120: write IPv4",
		path + `:8: "AS0" is neither`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
	if _, err := Open(Options{ClassFiles: []string{path}, NoEmbedded: true}); err == nil {
		t.Error("Open took a wrong class file")
	}
}

// Promise: a wrong row of the built-in list cannot pass unnoticed.
func TestBuiltinClassErrors(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if err := newClassLists().builtin(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
	f("nope: []", "unknown class")
	f("vpn: [{asn: 1}]", "want a source")
	f("vpn: [{source: x}]", "want a source")
	f("vpn: [{asn: 1, cidr: 192.0.2.0/24, source: x}]", "want a source")
	f("vpn: [{cidr: 192.0.2.1/24, source: x}]", "bits beyond")
	f("vpn: [{cidr: x, source: x}]", "ParsePrefix")
	f("vpn: [{colour: x}]", "colour")
}

// Promise: no list file makes its reader panic.
func FuzzClassFile(f *testing.F) {
	f.Add("192.0.2.0/24,vpn,a\nAS64500,tor\n")
	f.Add("cidr|asn,class,source\n\"x\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "f.csv")
		write(t, path, text)
		l := newClassLists()
		if _, err := l.readFile(path); err == nil {
			l.match(netip.MustParseAddr("192.0.2.1"), 64500)
			l.match(netip.MustParseAddr("2001:db8::1"), 0)
		}
	})
}

// Promise: a network whose registered name says that it rents out servers is no line of people; one that connects people,
// too, is.
func TestSellsServers(t *testing.T) {
	f := func(org string, want bool) {
		t.Helper()
		if got := sellsServers(org); got != want {
			t.Errorf("%q: %v, want %v", org, got, want)
		}
	}
	f("Your Hosting B.V.", true)
	f("Netwise Hosting Ltd", true)
	f("Contoso Hosting and Broadband Ltd", false)
	f("Contoso Telecom", false)
	f("Hostel Group", false)
	f("", false)
}

// Promise: the built-in list is read without YAML, and says what YAML says.
func TestPlainClasses(t *testing.T) {
	got, ok := plainClasses(builtinClasses)
	var want classText
	if err := yaml.Unmarshal([]byte(builtinClasses), &want); err != nil {
		t.Fatal(err)
	}
	for class, rows := range want.Rows {
		if len(rows) == 0 {
			delete(want.Rows, class)
		}
	}
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("ok %v; %d classes, want %d", ok, len(got.Rows), len(want.Rows))
	}
}
