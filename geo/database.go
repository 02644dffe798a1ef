package geo

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/oschwald/geoip2-golang/v2"
	"github.com/oschwald/maxminddb-golang/v2"
)

// ErrIPv4Only says that an IPv6 address was looked up in a database without IPv6. That is not the same as not found.
var ErrIPv4Only = errors.New("the database holds IPv4 only")

// maxDatabase bounds a database after unpacking. The largest in use, city data with IPv6, is near 200 MB.
const maxDatabase = 1 << 30

// Database says what a look-up rests on.
type Database struct {
	Name   string // the type the file itself states; "network classes" for a list of these
	Built  string // date, YYYY-MM-DD, UTC; empty for a list
	Source string // "embedded", "installed NAME", or the path: what a report calls it
	Path   string // of the file
	SHA256 string // of the unpacked database
}

func (d Database) label() string {
	if d.Path != "" {
		return d.Path
	}
	return d.Name
}

// record is what one database says about one address.
type record struct {
	country, city, org string
	asn                uint32
	lat, lon, radius   float64
	hasCoords          bool
	class              Class
}

type database struct {
	info Database
	kind string // what it is good for
	find func(netip.Addr) (record, error)
}

// openFile reads a database into memory, gzipped or not. It is not mapped: a file that is replaced while we read it must
// not change results, and one that is cut short must not kill the process.
func openFile(path string) (*database, error) {
	raw, err := readDatabase(path)
	if err != nil {
		return nil, err
	}
	db, err := openBytes(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	db.info.Source, db.info.Path, db.info.SHA256 = path, path, sha256Hex(raw)
	return db, nil
}

// ErrNotOrdinary is that a path leads to a pipe, a device or the like, which may never end, or to a folder.
var ErrNotOrdinary = errors.New("not an ordinary file")

// OpenFile opens a file, and refuses at once what is none: a pipe that nobody writes to would be waited for.
func OpenFile(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: ErrNotOrdinary}
	}
	return os.Open(path)
}

func readDatabase(path string) ([]byte, error) {
	f, err := OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := unpack(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return raw, nil
}

// unpack reads a database, through gzip or zstd if it is packed.
func unpack(r io.Reader) ([]byte, error) {
	raw, err := limited(r)
	switch {
	case err != nil:
		return nil, err
	case bytes.HasPrefix(raw, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		return limited(z)
	case bytes.HasPrefix(raw, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(bytes.NewReader(raw), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		return limited(z)
	}
	return raw, nil
}

func limited(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxDatabase+1))
	if err == nil && len(raw) > maxDatabase {
		return nil, fmt.Errorf("larger than %d MB", maxDatabase>>20)
	}
	return raw, err
}

// openBytes opens a database by its content. geoip2 does what it knows by type; the rest is read by field names.
func openBytes(raw []byte) (*database, error) {
	r, err := geoip2.OpenBytes(raw)
	var unknown geoip2.UnknownDatabaseTypeError
	if errors.As(err, &unknown) {
		return openSchema(raw)
	}
	if err != nil {
		return nil, fmt.Errorf("not a usable MaxMind database: %w", err)
	}
	kind, find := typedFind(r)
	if find == nil {
		return nil, fmt.Errorf("database type %q has neither countries, ASNs nor network classes", r.Metadata().DatabaseType)
	}
	return newDatabase(r.Metadata(), kind, find), nil
}

func newDatabase(m maxminddb.Metadata, kind string, find func(netip.Addr) (record, error)) *database {
	return &database{
		kind: kind,
		info: Database{Name: m.DatabaseType, Built: time.Unix(int64(m.BuildEpoch), 0).UTC().Format(time.DateOnly)},
		find: func(ip netip.Addr) (record, error) {
			if m.IPVersion == 4 && ip.Is6() {
				return record{}, ErrIPv4Only
			}
			return find(ip)
		},
	}
}

// typedFind asks geoip2 which of its methods fits the type: the reader does not say, but refuses the wrong ones.
func typedFind(r *geoip2.Reader) (kind string, find func(netip.Addr) (record, error)) {
	fits := func(err error) bool {
		var no geoip2.InvalidMethodError
		return !errors.As(err, &no)
	}
	probe := netip.IPv4Unspecified()
	if _, err := r.Enterprise(probe); fits(err) {
		return KindCountry, enterpriseFind(r)
	}
	if _, err := r.City(probe); fits(err) {
		return KindCountry, cityFind(r)
	}
	if _, err := r.ISP(probe); fits(err) {
		return KindASN, func(ip netip.Addr) (record, error) {
			v, err := r.ISP(ip)
			if err != nil {
				return record{}, err
			}
			return record{asn: uint32(v.AutonomousSystemNumber), org: v.AutonomousSystemOrganization}, nil
		}
	}
	if _, err := r.ASN(probe); fits(err) {
		return KindASN, func(ip netip.Addr) (record, error) {
			v, err := r.ASN(ip)
			if err != nil {
				return record{}, err
			}
			return record{asn: uint32(v.AutonomousSystemNumber), org: v.AutonomousSystemOrganization}, nil
		}
	}
	if _, err := r.AnonymousIP(probe); fits(err) {
		return KindClasses, func(ip netip.Addr) (record, error) {
			v, err := r.AnonymousIP(ip)
			if err != nil {
				return record{}, err
			}
			vpn := v.IsAnonymousVPN || v.IsPublicProxy || v.IsResidentialProxy
			return record{class: flagClass(v.IsTorExitNode, vpn, v.IsHostingProvider)}, nil
		}
	}
	return "", nil
}

func flagClass(tor, vpn, hosting bool) Class {
	switch {
	case tor:
		return Tor
	case vpn:
		return VPN
	case hosting:
		return Hosting
	}
	return Unknown
}

func cityFind(r *geoip2.Reader) func(netip.Addr) (record, error) {
	return func(ip netip.Addr) (record, error) {
		v, err := r.City(ip)
		if err != nil {
			return record{}, err
		}
		out := record{country: country(v.Country.ISOCode), city: v.City.Names.English}
		out.coords(v.Location.Latitude, v.Location.Longitude, float64(v.Location.AccuracyRadius))
		return out, nil
	}
}

func enterpriseFind(r *geoip2.Reader) func(netip.Addr) (record, error) {
	return func(ip netip.Addr) (record, error) {
		v, err := r.Enterprise(ip)
		if err != nil {
			return record{}, err
		}
		out := record{country: country(v.Country.ISOCode), city: v.City.Names.English}
		out.coords(v.Location.Latitude, v.Location.Longitude, float64(v.Location.AccuracyRadius))
		out.asn, out.org = uint32(v.Traits.AutonomousSystemNumber), v.Traits.AutonomousSystemOrganization
		return out, nil
	}
}

// coords takes coordinates that are on the globe; databases write 0,0 for "unknown", and so is anything else.
func (r *record) coords(lat, lon *float64, radius float64) {
	if lat == nil || lon == nil || *lat == 0 && *lon == 0 {
		return
	}
	if !(*lat >= -90 && *lat <= 90 && *lon >= -180 && *lon <= 180) { // false for NaN, too
		return
	}
	r.lat, r.lon, r.hasCoords = *lat, *lon, true
	if radius > 0 && radius <= 20038 { // half the earth's circumference, km
		r.radius = radius
	}
}
