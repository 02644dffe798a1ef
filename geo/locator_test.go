package geo

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// fixture opens the tests' own databases and nothing else. They are made by gen; its fixtures.go says what is in them.
func fixture(t testing.TB) *Locator {
	t.Helper()
	return open(t, Options{
		CountryDB: []string{"testdata/country.mmdb", "testdata/city.mmdb"}, ASNDB: []string{"testdata/asn.mmdb"}, NoEmbedded: true,
		ClassFiles: []string{"testdata/classes.csv"},
	})
}

func open(t testing.TB, o Options) *Locator {
	t.Helper()
	l, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func lookup(t testing.TB, l *Locator, ip string) Place {
	t.Helper()
	p, err := l.Lookup(netip.MustParseAddr(ip))
	if err != nil {
		t.Fatalf("%s: %v", ip, err)
	}
	return p
}

// Promise: every supported kind of database gives the same country and ASN for the same address.
func TestLookupSchemas(t *testing.T) {
	f := func(o Options, ip, country string, asn uint32, org string) {
		t.Helper()
		o.NoEmbedded = true
		p := lookup(t, open(t, o), ip)
		if p.Country != country || p.ASN != asn || p.Org != org {
			t.Errorf("%+v: %s is %s AS%d %q, want %s AS%d %q", o, ip, p.Country, p.ASN, p.Org, country, asn, org)
		}
	}
	c := func(files ...string) Options { return Options{CountryDB: files} }
	a := func(files ...string) Options { return Options{ASNDB: files} }
	f(c("testdata/country.mmdb"), "192.0.2.1", "NL", 0, "")
	f(c("testdata/country.mmdb"), "2001:db8:3::1", "DE", 0, "")
	f(c("testdata/country-v4.mmdb"), "192.0.2.17", "UA", 0, "")
	f(c("testdata/country-flat.mmdb"), "192.0.2.17", "UA", 0, "")
	f(c("testdata/ipinfo.mmdb"), "192.0.2.17", "UA", 64497, "Example Hosting UA")
	f(c("testdata/country.mmdb"), "203.0.113.200", "", 0, "")
	f(a("testdata/asn.mmdb"), "192.0.2.17", "", 64497, "Example Hosting UA")
	f(a("testdata/asn-other.mmdb"), "192.0.2.17", "", 64497, "Example Hosting UA")
	f(a("testdata/asn-other.mmdb"), "2001:db8:1::1", "", 64496, "Example Access NL")
}

// Promise: the first database that knows an address wins, whatever the later ones say.
func TestLookupFirstHit(t *testing.T) {
	l := open(t, Options{CountryDB: []string{"testdata/city.mmdb", "testdata/country.mmdb", "testdata/ipinfo.mmdb"}, NoEmbedded: true})
	p := lookup(t, l, "198.51.100.1")
	if p.City != "New York" || p.Lat != 40.7128 || p.Radius != 20 || !p.HasCoords || p.Source != "GeoLite2-City" {
		t.Errorf("from the first database: %+v", p)
	}
	p = lookup(t, l, "192.0.2.1")
	if p.Country != "NL" || p.HasCoords || p.City != "" || p.Source != "DBIP-Country-Lite" {
		t.Errorf("from the second database: %+v", p)
	}
	p = lookup(t, l, "198.51.100.65")
	if p.Country != "US" || p.HasCoords {
		t.Errorf("0,0 is not a place: %+v", p)
	}
}

// Promise: IPv6 in a database of IPv4 only is an error, not an unknown country; with a second file that has IPv6 all is well.
func TestLookupIPv4Only(t *testing.T) {
	ip := netip.MustParseAddr("2001:db8:3::1")
	l := open(t, Options{CountryDB: []string{"testdata/country-v4.mmdb"}, NoEmbedded: true})
	_, err := l.Lookup(ip)
	if !errors.Is(err, ErrIPv4Only) || !strings.Contains(err.Error(), "country-v4.mmdb") {
		t.Errorf("got %v, want ErrIPv4Only with the file's name", err)
	}
	l = open(t, Options{CountryDB: []string{"testdata/country-v4.mmdb", "testdata/country.mmdb"}, NoEmbedded: true})
	if p := lookup(t, l, ip.String()); p.Country != "DE" {
		t.Errorf("second file: %+v", p)
	}
}

// Promise: a class is the lowest in match order that any list, database or address range gives, and names its source.
func TestLookupClass(t *testing.T) {
	f := func(ip, class, source string) {
		t.Helper()
		p := lookup(t, fixture(t), ip)
		if p.Class.String() != class || !strings.Contains(p.ClassSource, source) {
			t.Errorf("%s is %q by %q, want %q by %q", ip, p.Class, p.ClassSource, class, source)
		}
	}
	f("10.0.0.1", "private", "reserved")
	f("::1", "private", "reserved")
	f("203.0.113.200", "private", "documentation")
	f("203.0.113.65", "", "")
	f("192.0.2.1", "eyeball", "no list")
	f("192.0.2.17", "hosting", "classes.csv: fixture")
	f("192.0.2.97", "mobile", "classes.csv: fixture")
	f("192.0.2.129", "relay", "classes.csv: fixture")
	f("192.0.2.145", "tor", "classes.csv: fixture")
	f("192.0.2.209", "vpn", "classes.csv: fixture")
	f("192.0.2.225", "sase", "classes.csv: fixture")
	f("192.0.2.241", "satellite", "classes.csv: fixture")
	f("2603:10a6::9", "ms_service", "built in")
	f("20.190.128.1", "ms_service", "learn ID 56")
	f("9.9.9.9", "", "")
}

// Promise: a database's own flags count as a class, and lists with a lower class go first.
func TestLookupFlags(t *testing.T) {
	l := open(t, Options{CountryDB: []string{"testdata/ipinfo.mmdb"}, NoEmbedded: true})
	f := func(ip, class string) {
		t.Helper()
		if p := lookup(t, l, ip); p.Class.String() != class {
			t.Errorf("%s is %q by %q, want %q", ip, p.Class, p.ClassSource, class)
		}
	}
	f("192.0.2.17", "hosting")
	f("192.0.2.97", "mobile")
	f("192.0.2.129", "relay")
	f("192.0.2.145", "tor")
	f("192.0.2.209", "vpn")
	f("192.0.2.241", "satellite")
	f("192.0.2.1", "eyeball")
	file := filepath.Join(t.TempDir(), "mine.csv")
	write(t, file, "192.0.2.0/24,sase,mine\n")
	l = open(t, Options{CountryDB: []string{"testdata/ipinfo.mmdb"}, NoEmbedded: true, ClassFiles: []string{file}})
	f("192.0.2.17", "sase")
	f("192.0.2.145", "tor")
}

// Promise: a database of anonymizers is asked even where an earlier one already gave the ASN.
func TestLookupAnonymizers(t *testing.T) {
	l := open(t, Options{ASNDB: []string{"testdata/asn.mmdb", "testdata/anonymous.mmdb"}, NoEmbedded: true})
	p := lookup(t, l, "192.0.2.1")
	if p.ASN != 64496 || p.Class != VPN || p.ClassSource != "GeoIP2-Anonymous-IP 2026-01-02" {
		t.Errorf("%+v", p)
	}
	if p = lookup(t, l, "192.0.2.9"); p.Class != Eyeball {
		t.Errorf("%+v", p)
	}
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Promise: what cannot be used as a database is refused with its name and the reason, all at once, without a panic.
func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	good, err := os.ReadFile("testdata/country.mmdb")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "empty.mmdb"), "")
	write(t, filepath.Join(dir, "text.mmdb"), "no database at all")
	write(t, filepath.Join(dir, "cut.mmdb"), string(good[len(good)/2:]))
	write(t, filepath.Join(dir, "tail.mmdb"), string(good[:len(good)/2]))
	write(t, filepath.Join(dir, "cut.mmdb.gz"), "\x1f\x8b\x08\x00")
	f := func(path, want string) {
		t.Helper()
		_, err := Open(Options{CountryDB: []string{path, path}, NoEmbedded: true})
		if err == nil || strings.Count(err.Error(), path) < 2 || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want it twice with %q", path, err, want)
		}
	}
	f(filepath.Join(dir, "empty.mmdb"), "not a usable")
	f(filepath.Join(dir, "text.mmdb"), "not a usable")
	f(filepath.Join(dir, "cut.mmdb"), "not a usable")
	f(filepath.Join(dir, "tail.mmdb"), "not a usable")
	f(filepath.Join(dir, "cut.mmdb.gz"), "EOF")
	f(filepath.Join(dir, "none.mmdb"), "no such file")
	f("testdata/domain.mmdb", `type "GeoIP2-Domain" has neither`)
	f("testdata/odd.mmdb", "it has colour")
}

// Promise: without own databases the built-in ones answer; their names, dates and checksums are those of SOURCES.json.
func TestEmbedded(t *testing.T) {
	l := open(t, Options{})
	dbs := l.Databases()
	if len(dbs) != 2 {
		t.Fatalf("%v", dbs)
	}
	if dbs[0].Name != "DBIP-Country-Lite" || !strings.Contains(dbs[1].Name, "ASN") {
		t.Errorf("%+v", dbs)
	}
	for i, raw := range [][]byte{countryData, asnData} {
		if got := checksum(raw); got != dbs[i].SHA256 || dbs[i].Source != "embedded" || dbs[i].Built < "2026-01-01" {
			t.Errorf("%+v, sha256 of the data is %s", dbs[i], got)
		}
	}
	p := lookup(t, l, "80.114.221.214")
	if p.Country != "NL" || p.ASN != 33915 || p.Class != Eyeball {
		t.Errorf("%+v", p)
	}
}

// Promise: built-in data without its description is an error at once, not a silent lack of places. Every other byte is held
// by TestEmbedded's sums.
func TestEmbeddedDamaged(t *testing.T) {
	f := func(raw []byte) {
		t.Helper()
		if _, err := openBuiltin("country.mmdb", raw); err == nil {
			t.Error("damaged data opened")
		}
	}
	f(nil)
	f(countryData[:len(countryData)/2])
}

// Promise: look-ups may run at once, from the first one on.
func TestLookupConcurrent(t *testing.T) {
	l := open(t, Options{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				ip := netip.AddrFrom4([4]byte{byte(20 + i), 10, 20, 30})
				if _, err := l.Lookup(ip); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// Promise: no content of a database file makes opening or asking it panic.
func FuzzDatabase(f *testing.F) {
	for _, name := range []string{"country.mmdb", "asn-other.mmdb", "city.mmdb", "ipinfo.mmdb", "country-v4.mmdb"} {
		raw, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw, uint16(len(raw)/2), byte(0xff))
	}
	f.Fuzz(func(t *testing.T, raw []byte, at uint16, flip byte) {
		if len(raw) > 0 {
			raw = append([]byte(nil), raw...)
			raw[int(at)%len(raw)] ^= flip
		}
		db, err := openBytes(raw)
		if err != nil {
			return
		}
		for _, ip := range []string{"192.0.2.1", "198.51.100.1", "2001:db8:1::1"} {
			rec, err := db.find(netip.MustParseAddr(ip))
			if err == nil && rec.country != "" && len(rec.country) != 2 {
				t.Fatalf("country %q", rec.country)
			}
		}
	})
}

func BenchmarkLookup(b *testing.B) {
	l := open(b, Options{})
	var ips []netip.Addr
	for x := uint32(1); len(ips) < 4096; x = x*1664525 + 1013904223 {
		if ip := netip.AddrFrom4([4]byte{byte(x >> 24), byte(x >> 16), byte(x >> 8), byte(x)}); !reserved(ip) {
			ips = append(ips, ip)
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := l.Lookup(ips[i%len(ips)]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEmbedded is the time from Open to the first place.
func BenchmarkEmbedded(b *testing.B) {
	for b.Loop() {
		l := open(b, Options{})
		if _, err := l.Lookup(netip.MustParseAddr("80.114.221.214")); err != nil {
			b.Fatal(err)
		}
	}
}
