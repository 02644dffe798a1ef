package geo

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/oschwald/maxminddb-golang/v2"
)

// probes is how many networks of a database of unknown type are looked at before it is refused.
const probes = 1000

// openSchema opens a database whose type geoip2 does not know, if its records have fields that we do: MaxMind's own
// schema, the flat one of ip-location-db, or IPinfo's.
func openSchema(raw []byte) (*database, error) {
	r, err := maxminddb.OpenBytes(raw)
	if err != nil {
		return nil, fmt.Errorf("not a usable MaxMind database: %w", err)
	}
	seen := map[string]bool{}
	n := 0
	for network := range r.Networks() {
		var fields map[string]any
		if err := network.Decode(&fields); err != nil {
			return nil, fmt.Errorf("database type %q: %w", r.Metadata.DatabaseType, err)
		}
		rec := fieldsRecord(fields)
		switch find := schemaFind(r, fields); {
		case rec.country != "":
			return newDatabase(r.Metadata, KindCountry, find), nil
		case rec.asn != 0:
			return newDatabase(r.Metadata, KindASN, find), nil
		case rec.class != Unknown:
			return newDatabase(r.Metadata, KindClasses, find), nil
		}
		for k := range fields {
			seen[k] = true
		}
		if n++; n == probes {
			break
		}
	}
	return nil, fmt.Errorf("unknown database type %q, and no field of it is known: it has %s",
		r.Metadata.DatabaseType, strings.Join(slices.Sorted(maps.Keys(seen)), ", "))
}

func schemaFind(r *maxminddb.Reader, sample map[string]any) func(netip.Addr) (record, error) {
	if _, ok := sample["autonomous_system_number"]; ok && len(sample) <= 2 {
		return asnFind(r)
	}
	return func(ip netip.Addr) (record, error) {
		var fields map[string]any
		if err := r.Lookup(ip).Decode(&fields); err != nil {
			return record{}, err
		}
		return fieldsRecord(fields), nil
	}
}

// asnFind is the general way without the map: the built-in ASN database takes it.
func asnFind(r *maxminddb.Reader) func(netip.Addr) (record, error) {
	return func(ip netip.Addr) (record, error) {
		var v struct {
			ASN uint32 `maxminddb:"autonomous_system_number"`
			Org string `maxminddb:"autonomous_system_organization"`
		}
		if err := r.Lookup(ip).Decode(&v); err != nil {
			return record{}, err
		}
		return record{asn: v.ASN, org: v.Org}, nil
	}
}

// fieldsRecord knows these fields: MaxMind's country.iso_code, city.names.en, location.*, autonomous_system_*;
// ip-location-db's country_code, city, latitude, longitude; IPinfo's country_code or country (where it holds the code
// and not the name), lat/lng or latitude/longitude, radius, asn, as_name, is_*.
func fieldsRecord(f map[string]any) record {
	location, _ := f["location"].(map[string]any)
	out := record{
		country: firstText(country(text(f, "country_code")), country(text(f, "country")), country(text(f, "country", "iso_code"))),
		city:    firstText(text(f, "city"), text(f, "city", "names", "en")),
		org:     firstText(text(f, "autonomous_system_organization"), text(f, "as_name"), text(f, "as_organization")),
		class:   flags(f),
	}
	lat, lon := number(f, "latitude", "lat"), number(f, "longitude", "lng")
	if lat == nil {
		lat, lon = number(location, "latitude"), number(location, "longitude")
	}
	radius := 0.0
	for _, v := range []*float64{number(f, "radius"), number(location, "accuracy_radius")} {
		if v != nil {
			radius = *v
		}
	}
	out.coords(lat, lon, radius)
	if n := number(f, "autonomous_system_number"); n != nil && *n > 0 && *n <= 1<<32-1 {
		out.asn = uint32(*n)
	} else if n, ok := parseASN(text(f, "asn")); ok {
		out.asn = n
	}
	return out
}

// flags reads IPinfo's booleans, which some of its files hold as the text "true".
func flags(f map[string]any) Class {
	for _, flag := range []struct {
		field string
		class Class
	}{
		{"is_relay", Relay},
		{"is_tor", Tor},
		{"is_vpn", VPN},
		{"is_proxy", VPN},
		{"is_satellite", Satellite},
		{"is_hosting", Hosting},
		{"is_mobile", Mobile},
	} {
		if b, _ := f[flag.field].(bool); b || strings.EqualFold(text(f, flag.field), "true") {
			return flag.class
		}
	}
	return Unknown
}

func firstText(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// text is the string at a path of keys, "" if there is none.
func text(f map[string]any, path ...string) string {
	for _, key := range path[:len(path)-1] {
		f, _ = f[key].(map[string]any)
	}
	s, _ := f[path[len(path)-1]].(string)
	return s
}

// number is the first of the fields that holds a number, as such or as text.
func number(f map[string]any, names ...string) *float64 {
	for _, name := range names {
		var n float64
		switch v := f[name].(type) {
		case float64:
			n = v
		case float32:
			n = float64(v)
		case uint64:
			n = float64(v)
		case int:
			n = float64(v)
		case string:
			var err error
			if n, err = strconv.ParseFloat(v, 64); err != nil {
				continue
			}
		default:
			continue
		}
		return &n
	}
	return nil
}
