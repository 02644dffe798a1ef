package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/oschwald/maxminddb-golang/v2"
)

// buildCountry rewrites the flat country database into MaxMind's schema. The type is DB-IP's own name for this content,
// which geoip2 opens.
func buildCountry(a archive) ([]byte, output, error) {
	o := output{Type: "DBIP-Country-Lite", Attribution: "IP Geolocation by DB-IP (https://db-ip.com)", Licence: "CC BY 4.0"}
	raw, err := a.file("dbip-country.mmdb")
	if err != nil {
		return nil, o, err
	}
	r, err := maxminddb.OpenBytes(raw)
	if err != nil {
		return nil, o, err
	}
	tree, err := newTree(o.Type, "DB-IP Country Lite by way of "+a.Package+" "+a.Version, a.date().Unix(), 24)
	if err != nil {
		return nil, o, err
	}
	for n := range r.Networks() {
		var rec struct {
			Code string `maxminddb:"country_code"`
		}
		if err := n.Decode(&rec); err != nil {
			return nil, o, err
		}
		if len(rec.Code) != 2 {
			return nil, o, fmt.Errorf("network %s: country code %q", n.Prefix(), rec.Code)
		}
		p := n.Prefix()
		network := &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
		if err := tree.Insert(network, countryRecord(rec.Code)); err != nil {
			return nil, o, err
		}
	}
	out, err := written(tree)
	return out, o, err
}

func countryRecord(code string) mmdbtype.Map {
	return mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String(code)}}
}

// buildASN has no truthful type that geoip2 knows (GeoLite2-ASN is MaxMind's, DBIP-ASN-Lite is one of three sources
// here). The type says what the data is and whose schema it has; geo reads such types by their fields.
func buildASN(a archive) ([]byte, output, error) {
	o := output{
		Type:        "RouteViews-DBIP-NRO-ASN (compat=GeoLite2-ASN)",
		Attribution: "ASN data: RouteViews, DB-IP, NRO (CC BY 4.0, modified)", Licence: "CC BY 4.0",
	}
	tree, err := newTree(o.Type, "ASN data of RouteViews, DB-IP and NRO by way of "+a.Package+" "+a.Version, a.date().Unix(), 24)
	if err != nil {
		return nil, o, err
	}
	err = asnRows(a, func(first, last net.IP, asn uint32, org string) error {
		return tree.InsertRange(first, last, asnRecord(asn, org))
	})
	if err != nil {
		return nil, o, err
	}
	out, err := written(tree)
	return out, o, err
}

// asnNames is who runs each ASN, by the first row that names it.
func asnNames(a archive) (map[uint32]string, error) {
	names := map[uint32]string{}
	err := asnRows(a, func(_, _ net.IP, asn uint32, org string) error {
		if _, ok := names[asn]; !ok {
			names[asn] = org
		}
		return nil
	})
	return names, err
}

func asnRows(a archive, use func(first, last net.IP, asn uint32, org string) error) error {
	for _, name := range []string{"asn-ipv4.csv", "asn-ipv6.csv"} {
		raw, err := a.file(name)
		if err != nil {
			return err
		}
		r := csv.NewReader(bytes.NewReader(raw))
		r.FieldsPerRecord, r.ReuseRecord = 4, true
		for {
			row, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			line, _ := r.FieldPos(0)
			asn, err := strconv.ParseUint(row[2], 10, 32)
			first, last := net.ParseIP(row[0]), net.ParseIP(row[1])
			if err != nil || first == nil || last == nil {
				return fmt.Errorf("%s:%d: %q", name, line, row)
			}
			if err := use(first, last, uint32(asn), row[3]); err != nil {
				return fmt.Errorf("%s:%d: %w", name, line, err)
			}
		}
	}
	return nil
}

func asnRecord(asn uint32, org string) mmdbtype.Map {
	return mmdbtype.Map{
		"autonomous_system_number":       mmdbtype.Uint32(asn),
		"autonomous_system_organization": mmdbtype.String(org),
	}
}

// newTree makes a tree without aliases (geo takes IPv4 out of IPv6 itself) whose bytes do not depend on the clock.
func newTree(kind, about string, built int64, recordSize int) (*mmdbwriter.Tree, error) {
	return mmdbwriter.New(mmdbwriter.Options{
		BuildEpoch: built, DatabaseType: kind, Description: map[string]string{"en": about}, Languages: []string{"en"},
		IPVersion: 6, RecordSize: recordSize, DisableIPv4Aliasing: true, IncludeReservedNetworks: true,
	})
}

func written(tree *mmdbwriter.Tree) ([]byte, error) {
	var b bytes.Buffer
	_, err := tree.WriteTo(&b)
	return b.Bytes(), err
}
