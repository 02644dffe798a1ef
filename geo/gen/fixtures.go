package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// fixture is one network of the tests: documentation ranges (RFC 5737, RFC 3849) and documentation ASNs (RFC 5398).
type fixture struct {
	network, country string
	asn              uint32
	org, class       string // class "" leaves it to geo
}

func fixtures() []fixture {
	return []fixture{
		{"192.0.2.0/28", "NL", 64496, "Example Access NL", ""},
		{"192.0.2.16/28", "UA", 64497, "Example Hosting UA", "hosting"},
		{"192.0.2.32/28", "US", 64498, "Example Access US", ""},
		{"192.0.2.48/28", "CA", 64499, "Example Access CA", ""},
		{"192.0.2.64/28", "GB", 64500, "Example Access GB", ""},
		{"192.0.2.80/28", "FR", 64501, "Example Access FR", ""},
		{"192.0.2.96/28", "NG", 64502, "Example Mobile NG", "mobile"},
		{"192.0.2.112/28", "DE", 64503, "Example Access DE", ""},
		{"192.0.2.128/28", "GB", 64504, "Example Relay", "relay"},
		{"192.0.2.144/28", "RO", 64505, "Example Tor Exits", "tor"},
		{"192.0.2.160/28", "IN", 64506, "Example Hosting IN", "hosting"},
		{"192.0.2.176/28", "SG", 64507, "Contoso Egress SG", ""},
		{"192.0.2.192/28", "US", 64508, "Contoso Egress US", ""},
		{"192.0.2.208/28", "LU", 64509, "Example VPN", "vpn"},
		{"192.0.2.224/28", "US", 64510, "Example Cloud Proxy", "sase"},
		{"192.0.2.240/28", "US", 64511, "Example Satellite", "satellite"},
		{"203.0.113.0/26", "NL", 65536, "Example Mobile NL", "mobile"},
		{"203.0.113.64/26", "DE", 0, "", ""}, // a country, but no ASN; the upper half of the range is in no database
		{"2001:db8:1::/48", "NL", 64496, "Example Access NL", ""},
		{"2001:db8:2::/48", "US", 64496, "Example Access NL", ""}, // same ASN, other country: a database's fault
		{"2001:db8:3::/48", "DE", 64503, "Example Access DE", ""},
	}
}

// fixtureBuilt is the date the tests' databases state: 2026-01-02.
const fixtureBuilt = 1767312000

// writeFixtures makes the tests' databases. Their types and schemas are those of real ones, their content is invented.
func writeFixtures(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	type build struct {
		file, kind string
		version    int
		fill       func(*mmdbwriter.Tree) error
	}
	for _, b := range []build{
		{"country.mmdb", "DBIP-Country-Lite", 6, each(6, countryOf)},
		{"country-v4.mmdb", "DBIP-Country-Lite", 4, each(4, countryOf)},
		{"country-flat.mmdb", "ip-location-db-country", 6, each(6, flatOf)},
		{"asn.mmdb", "GeoLite2-ASN", 6, each(6, asnOf)},
		{"asn-other.mmdb", "Example-ASN (compat=GeoLite2-ASN)", 6, each(6, asnOf)},
		{"ipinfo.mmdb", "ipinfo generic_core.mmdb", 6, each(6, ipinfoOf)},
		{"city.mmdb", "GeoLite2-City", 6, cities},
		{"anonymous.mmdb", "GeoIP2-Anonymous-IP", 6, func(t *mmdbwriter.Tree) error {
			return insert(t, "192.0.2.0/29", mmdbtype.Map{"is_anonymous": mmdbtype.Bool(true), "is_anonymous_vpn": mmdbtype.Bool(true)})
		}},
		{"domain.mmdb", "GeoIP2-Domain", 6, func(t *mmdbwriter.Tree) error {
			return insert(t, "192.0.2.0/24", mmdbtype.Map{"domain": mmdbtype.String("contoso.com")})
		}},
		{"odd.mmdb", "Example-Odd", 6, func(t *mmdbwriter.Tree) error {
			return insert(t, "192.0.2.0/24", mmdbtype.Map{"colour": mmdbtype.String("blue")})
		}},
	} {
		tree, err := mmdbwriter.New(mmdbwriter.Options{
			BuildEpoch: fixtureBuilt, DatabaseType: b.kind, Description: map[string]string{"en": "invented"}, Languages: []string{"en"},
			IPVersion: b.version, RecordSize: 24, DisableIPv4Aliasing: true, IncludeReservedNetworks: true,
		})
		if err != nil {
			return err
		}
		if err := b.fill(tree); err != nil {
			return fmt.Errorf("%s: %w", b.file, err)
		}
		raw, err := written(tree)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, b.file), raw, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "classes.csv"), []byte(classCSV()), 0o644)
}

func classCSV() string {
	var b strings.Builder
	b.WriteString("# Classes of the tests' networks, made by geo/gen.\ncidr|asn,class,source\n")
	for _, f := range fixtures() {
		if f.class != "" {
			fmt.Fprintf(&b, "AS%d,%s,fixture\n", f.asn, f.class)
		}
	}
	return b.String()
}

func each(version int, record func(fixture) mmdbtype.Map) func(*mmdbwriter.Tree) error {
	return func(t *mmdbwriter.Tree) error {
		for _, f := range fixtures() {
			rec := record(f)
			if rec == nil || version == 4 && strings.Contains(f.network, ":") {
				continue
			}
			if err := insert(t, f.network, rec); err != nil {
				return err
			}
		}
		return nil
	}
}

func insert(t *mmdbwriter.Tree, network string, rec mmdbtype.Map) error {
	_, n, err := net.ParseCIDR(network)
	if err != nil {
		return err
	}
	return t.Insert(n, rec)
}

func countryOf(f fixture) mmdbtype.Map { return countryRecord(f.country) }

func flatOf(f fixture) mmdbtype.Map {
	return mmdbtype.Map{"country_code": mmdbtype.String(f.country)}
}

func asnOf(f fixture) mmdbtype.Map {
	if f.asn == 0 {
		return nil
	}
	return asnRecord(f.asn, f.org)
}

// ipinfoOf writes numbers as text and the country's name beside its code, as IPinfo's files do.
func ipinfoOf(f fixture) mmdbtype.Map {
	return mmdbtype.Map{
		"country": mmdbtype.String("Country " + f.country), "country_code": mmdbtype.String(f.country),
		"city": mmdbtype.String("Example City"), "lat": mmdbtype.String("52.37"), "lng": mmdbtype.String("4.89"),
		"asn": mmdbtype.String(fmt.Sprintf("AS%d", f.asn)), "as_name": mmdbtype.String(f.org),
		"is_hosting": mmdbtype.Bool(f.class == "hosting"), "is_mobile": mmdbtype.Bool(f.class == "mobile"),
		"is_satellite": mmdbtype.Bool(f.class == "satellite"), "is_vpn": mmdbtype.Bool(f.class == "vpn"),
		"is_tor": mmdbtype.Bool(f.class == "tor"), "is_relay": mmdbtype.String(fmt.Sprint(f.class == "relay")),
	}
}

// cities holds two cities at two accuracies, in km, and one place at 0,0, which means unknown.
func cities(t *mmdbwriter.Tree) error {
	for _, c := range []struct {
		network, country, city string
		lat, lon               float64
		radius                 uint16
	}{
		{"198.51.100.0/28", "US", "New York", 40.7128, -74.0060, 20},
		{"198.51.100.16/28", "US", "Los Angeles", 34.0522, -118.2437, 20},
		{"198.51.100.32/28", "US", "New York", 40.7128, -74.0060, 2000},
		{"198.51.100.48/28", "US", "Los Angeles", 34.0522, -118.2437, 2000},
		{"198.51.100.64/28", "US", "", 0, 0, 0},
	} {
		rec := countryRecord(c.country)
		rec["city"] = mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String(c.city)}}
		rec["location"] = mmdbtype.Map{
			"latitude": mmdbtype.Float64(c.lat), "longitude": mmdbtype.Float64(c.lon), "accuracy_radius": mmdbtype.Uint16(c.radius),
		}
		if err := insert(t, c.network, rec); err != nil {
			return err
		}
	}
	return nil
}
