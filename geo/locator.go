package geo

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
)

// Place is what is known about an address. Empty fields are unknown, never guessed.
type Place struct {
	Country string // ISO 3166-1 alpha-2
	City    string
	ASN     uint32
	Org     string // who runs the ASN
	Class   Class
	// Lat and Lon are degrees, Radius is km (the accuracy the database states, 0 if it states none). All three mean
	// something only if HasCoords is set.
	Lat, Lon, Radius float64
	HasCoords        bool
	ClassSource      string // which list or database gave the class, with its date
	Source           string // which database gave the country
}

// Options says what a Locator looks up in. The zero value is the built-in databases and nothing else.
type Options struct {
	CountryDB  []string // country or city databases, asked in this order before the built-in one
	ASNDB      []string // ASN databases, likewise, and databases of anonymizers
	NoEmbedded bool     // leaves the built-in databases out; the built-in class list stays
	ClassFiles []string // CSV files "cidr|asn,class,source"
	installed  string   // the folder that With took databases from
}

// Locator finds the place of an address. It is safe for concurrent use.
type Locator struct {
	countries []*database
	asns      []*database
	lists     *classLists
	files     []Database // the class lists that were read, as Databases shows them
}

// Open reads the databases and lists of o. All their faults are reported at once.
func Open(o Options) (*Locator, error) {
	l := &Locator{lists: newClassLists()}
	var errs []error
	open := func(paths []string) (out []*database) {
		for _, path := range paths {
			db, err := openFile(path)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			db.info.Source = o.source(path)
			out = append(out, db)
		}
		return out
	}
	l.countries, l.asns = open(o.CountryDB), open(o.ASNDB)
	if !o.NoEmbedded {
		country, asn, err := openEmbedded()
		errs = append(errs, err)
		l.countries, l.asns = append(l.countries, country), append(l.asns, asn)
	}
	errs = append(errs, l.lists.builtin(builtinClasses))
	for _, path := range o.ClassFiles {
		sum, err := l.lists.readFile(path)
		errs = append(errs, err)
		l.files = append(l.files, Database{Name: classesName, Source: o.source(path), Path: path, SHA256: sum})
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return l, nil
}

// classesName is what a list of network classes is called among databases.
const classesName = "network classes"

// source is where a file stands in reports: a path of this machine, or its name among what is installed.
func (o *Options) source(path string) string {
	if o.installed != "" && filepath.Dir(path) == filepath.Clean(o.installed) {
		return Installed{File: filepath.Base(path)}.source()
	}
	return path
}

// Databases lists what look-ups use: databases in the order they are asked, then lists of network classes.
func (l *Locator) Databases() []Database {
	var out []Database
	for _, db := range slices.Concat(l.countries, l.asns) {
		out = append(out, db.info)
	}
	return append(out, l.files...)
}

// Anonymizers says whether anything but the short built-in list tells VPNs, Tor and relays from other networks.
func (l *Locator) Anonymizers() bool {
	flags := func(db *database) bool { return db.kind == KindClasses }
	return len(l.files) > 0 || slices.ContainsFunc(l.countries, flags) || slices.ContainsFunc(l.asns, flags)
}

// Place is Lookup for callers that have no use for the error; what could be found is there all the same.
func (l *Locator) Place(ip netip.Addr) Place {
	p, _ := l.Lookup(ip)
	return p
}

// Lookup finds the place of an address as ParseAddr gives it. The first database that knows a country wins, and the first
// that knows an ASN. An error says that a database is damaged, or that it holds IPv4 only, was asked for IPv6 and no
// other one knew the address (errors.Is with ErrIPv4Only); the place holds what the others knew.
func (l *Locator) Lookup(ip netip.Addr) (Place, error) {
	if !ip.IsValid() {
		return Place{}, nil
	}
	if reserved(ip) {
		return Place{Class: Private, ClassSource: "reserved address range"}, nil
	}
	var p Place
	var flag classRow
	var errs, misses []error
	ask := func(dbs []*database, done func() bool) {
		for _, db := range dbs {
			if done() && db.kind != KindClasses {
				continue
			}
			rec, err := db.find(ip)
			switch {
			case errors.Is(err, ErrIPv4Only):
				misses = append(misses, fmt.Errorf("%s: %w", db.info.label(), err))
			case err != nil:
				errs = append(errs, fmt.Errorf("%s: %s: %w", db.info.label(), ip, err))
			default:
				p.take(rec, db.info.Name)
				if flag.class == Unknown && rec.class != Unknown {
					flag = classRow{rec.class, db.info.Name + " " + db.info.Built}
				}
			}
		}
		if !done() {
			errs = append(errs, misses...)
		}
		misses = nil
	}
	ask(l.countries, func() bool { return p.Country != "" })
	ask(l.asns, func() bool { return p.ASN != 0 })
	p.Class, p.ClassSource = l.classify(ip, p, flag)
	return p, errors.Join(errs...)
}

// take fills what is still unknown; country, city and coordinates come from one database or not at all.
func (p *Place) take(r record, source string) {
	if p.Country == "" && r.country != "" {
		p.Country, p.City, p.Source = r.country, r.city, source
		p.Lat, p.Lon, p.Radius, p.HasCoords = r.lat, r.lon, r.radius, r.hasCoords
	}
	if p.ASN == 0 && r.asn != 0 {
		p.ASN, p.Org = r.asn, r.org
	}
}

// classify weighs the lists against what a database itself says (flag): the lower class counts, as within the lists.
func (l *Locator) classify(ip netip.Addr, p Place, flag classRow) (Class, string) {
	row := l.lists.match(ip, p.ASN)
	if row.class == Unknown || flag.class != Unknown && flag.class < row.class {
		row = flag
	}
	switch {
	case row.class != Unknown:
		return row.class, row.source
	case p.Country == "" && p.ASN == 0 && documentation(ip):
		return Private, "documentation address range"
	case sellsServers(p.Org):
		return Hosting, "registered name of the network"
	case p.ASN != 0:
		return Eyeball, "no list names it"
	}
	return Unknown, ""
}

// sellsServers says that a network's registered name says so, and not that people are connected by it, too.
func sellsServers(org string) bool {
	org = strings.ToLower(org)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(org, word) })
	}
	return has("hosting", "hosters", "dedicated server", " vps ", "vps.") &&
		!has("telecom", "telekom", "communicat", "broadband", "fiber", "fibre", "cable", "wireless", "internet service", "provider", " isp")
}

// country cleans a database's country code: two letters, or unknown. ZZ is ISO's "unknown", used by several databases.
func country(code string) string {
	code = strings.ToUpper(strings.TrimSpace(code))
	if len(code) != 2 || code == "ZZ" || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z' {
		return ""
	}
	return code
}
