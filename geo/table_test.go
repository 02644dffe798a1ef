package geo

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"testing"

	"github.com/oschwald/maxminddb-golang/v2"
)

func checksum(raw []byte) string {
	s := sha256.Sum256(raw)
	return hex.EncodeToString(s[:])
}

// embeddedCountries walks the whole built-in country database.
func embeddedCountries(t *testing.T) map[string]bool {
	t.Helper()
	r, err := maxminddb.OpenBytes(countryData)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for n := range r.Networks() {
		var code string
		if err := n.DecodePath(&code, "country", "iso_code"); err != nil {
			t.Fatal(err)
		}
		out[code] = true
	}
	return out
}

// Promise: each symbol gets what its text says, texts of one address share a look-up, and nothing unreadable is lost.
func TestTable(t *testing.T) {
	type symbol uint32
	texts := map[symbol]string{
		1: "192.0.2.1", 2: "192.0.2.1:443", 3: "[::ffff:192.0.2.1]:80", 4: "192.0.2.17", 5: "", 6: "NOTANIPV4 (10.9000.0.1)",
		7: "192.0.2.97, 192.0.2.1", 8: "unknown", 9: "2001:db8:3::1", 10: "garbage", 11: "10.0.0.1",
	}
	table := NewTable(fixture(t), maps.All(texts))
	f := func(symbol uint32, country, class string, ambiguous bool) {
		t.Helper()
		got := table.At(symbol)
		if got.Place.Country != country || got.Place.Class.String() != class || got.Addr.Ambiguous != ambiguous {
			t.Errorf("%d: %+v, want %s %s", symbol, got, country, class)
		}
	}
	f(1, "NL", "eyeball", false)
	f(2, "NL", "eyeball", false)
	f(3, "NL", "eyeball", false)
	f(4, "UA", "hosting", false)
	f(5, "", "", false)
	f(6, "", "", false)
	f(7, "NG", "mobile", true)
	f(9, "DE", "eyeball", false)
	f(11, "", "private", false)
	f(99, "", "", false)
	if got := table.Unreadable(); !slices.Equal(got, []uint32{6, 10}) {
		t.Errorf("unreadable: %v", got)
	}
	if table.Addresses() != 5 {
		t.Errorf("%d addresses looked up, want 5", table.Addresses())
	}
	if len(table.Faults()) != 0 {
		t.Errorf("faults: %v", table.Faults())
	}
	var symbols []uint32
	for s := range table.All() {
		symbols = append(symbols, s)
	}
	if !slices.Equal(symbols, []uint32{1, 2, 3, 4, 6, 7, 9, 10, 11}) {
		t.Errorf("symbols: %v", symbols)
	}
}

// Promise: addresses that a database could not be asked for are counted by reason.
func TestTableFaults(t *testing.T) {
	l := open(t, Options{CountryDB: []string{"testdata/country-v4.mmdb"}, NoEmbedded: true})
	texts := map[uint32]string{1: "2001:db8:1::1", 2: "2001:db8:3::1", 3: "[2001:db8:3::1]:443", 4: "192.0.2.1"}
	got := NewTable(l, maps.All(texts)).Faults()
	want := []Unplaced{{"testdata/country-v4.mmdb: the database holds IPv4 only", 2}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
