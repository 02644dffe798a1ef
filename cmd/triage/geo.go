package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"triage/geo"
)

func geoCommand(t *tool) *cli.Command {
	return &cli.Command{
		Name:  "geo",
		Usage: "says where addresses are, and from which databases",
		Subcommands: []*cli.Command{
			{
				Name:      "lookup",
				Usage:     "says where addresses are, whose, and of which class",
				UsageText: "triage geo lookup ADDRESS… [FLAGS]",
				Description: `An address may stand as a log wrote it: with a port, in brackets, IPv4 inside IPv6, or a list of proxies.

  triage geo lookup 198.51.100.7 '[2001:db8::1]:443'`,
				Flags:  append(geoFlags(), textFlag("format", "text", "`FORMAT`: text or json")),
				Action: t.do(runGeoLookup),
			},
			{
				Name:      "info",
				Usage:     "lists the databases in use with their dates and hashes, and those that are installed",
				UsageText: "triage geo info [FLAGS]",
				Flags:     append(geoFlags(), textFlag("format", "text", "`FORMAT`: text or json")),
				Action:    t.do(runGeoInfo),
			},
			geoUpdateCommand(t),
		},
	}
}

// geoFlags choose what addresses are looked up in.
func geoFlags() []cli.Flag {
	return []cli.Flag{
		listFlag("geoip-db", "country or city database (mmdb) `FILE`, asked before the built-in one; repeatable"),
		listFlag("asn-db", "ASN database (mmdb) `FILE`, asked before the built-in one; repeatable"),
		listFlag("ip-class", "`FILE` of lines cidr|asn,class,source that say what networks are; repeatable"),
		switchFlag("installed-geo", "ask what triage geo update installed, too; the report names each with its sha256"),
		geoCacheFlag(),
		switchFlag("no-embedded-geo", "leave the built-in databases out"),
	}
}

func geoCacheFlag() cli.Flag {
	return textFlag("geo-cache", "", "`FOLDER` of what is installed (default: triage/geo in the user's cache)")
}

// geoCache is the folder that geo update fills.
func geoCache(c *cli.Context) (string, error) {
	if folder := c.String("geo-cache"); folder != "" {
		return folder, nil
	}
	folder, err := os.UserCacheDir()
	if err != nil {
		return "", usage("--geo-cache FOLDER names one", "this user has no cache folder: %w", err)
	}
	return filepath.Join(folder, "triage", "geo"), nil
}

// openGeo opens what the flags name. A database that cannot be used is a fault of the configuration. What is installed
// is used only when asked for: one case must not read differently on two laptops without a word.
func openGeo(c *cli.Context) (*geo.Locator, error) {
	o := geo.Options{
		CountryDB:  c.StringSlice("geoip-db"),
		ASNDB:      c.StringSlice("asn-db"),
		ClassFiles: c.StringSlice("ip-class"),
		NoEmbedded: c.Bool("no-embedded-geo"),
	}
	if c.Bool("installed-geo") {
		folder, installed, err := installedGeo(c)
		if err != nil {
			return nil, err
		}
		if len(installed) == 0 {
			return nil, usage("triage geo update installs databases", "--installed-geo: nothing is installed in %s", folder)
		}
		o = o.With(folder, installed)
	}
	l, err := geo.Open(o)
	if err != nil {
		return nil, &fault{code: exitUsage, err: err}
	}
	return l, nil
}

func installedGeo(c *cli.Context) (folder string, installed []geo.Installed, err error) {
	if folder, err = geoCache(c); err != nil {
		return "", nil, err
	}
	installed, err = geo.List(folder)
	if err != nil {
		err = &fault{code: exitUsage, err: err, hint: "delete the file, or install it anew with triage geo update"}
	}
	return folder, installed, err
}

// located is one address as geo lookup prints it. What is unknown is null, never a guess.
type located struct {
	Given       string   `json:"given"`
	IP          string   `json:"ip"`
	Country     *string  `json:"country"`
	City        *string  `json:"city"`
	ASN         *uint32  `json:"asn"`
	Org         *string  `json:"org"`
	Class       *string  `json:"class"`
	ClassSource *string  `json:"class_source"`
	Source      *string  `json:"source"`
	Ambiguous   bool     `json:"ambiguous"`
	Chain       []string `json:"chain,omitempty"`
}

func runGeoLookup(t *tool, c *cli.Context) error {
	if err := errors.Join(wantArgs(c, 1, -1), wantFormat(c, "text", "json")); err != nil {
		return err
	}
	var addresses []geo.Addr
	for _, text := range c.Args().Slice() {
		a := geo.ParseAddr(text)
		if !a.IP.IsValid() {
			return usage("", "geo lookup: %q is not an address", text)
		}
		addresses = append(addresses, a)
	}
	l, err := openGeo(c)
	if err != nil {
		return err
	}
	var rows []located
	var faults []error
	for i, a := range addresses {
		p, err := l.Lookup(a.IP)
		faults = append(faults, err)
		rows = append(rows, locate(c.Args().Get(i), a, p))
	}
	if c.String("format") == "json" {
		err = writeJSON(t.stdout, rows)
	} else {
		err = writePlaces(t.stdout, rows)
	}
	return errors.Join(err, errors.Join(faults...))
}

func locate(given string, a geo.Addr, p geo.Place) located {
	row := located{
		Given: given, IP: a.IP.String(), Country: known(p.Country), City: known(p.City), ASN: known(p.ASN), Org: known(p.Org),
		Class: known(p.Class.String()), ClassSource: known(p.ClassSource), Source: known(p.Source), Ambiguous: a.Ambiguous,
	}
	for _, ip := range a.Chain {
		row.Chain = append(row.Chain, ip.String())
	}
	return row
}

// known is nil for the zero value, which package geo uses for what it does not know.
func known[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func writePlaces(w io.Writer, rows []located) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "ADDRESS\tCOUNTRY\tCITY\tASN\tORGANISATION\tCLASS\tSOURCE")
	for _, r := range rows {
		asn := "-"
		if r.ASN != nil {
			asn = "AS" + strconv.FormatUint(uint64(*r.ASN), 10)
		}
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n",
			r.IP, dash(r.Country), dash(r.City), asn, dash(r.Org), dash(r.Class), dash(r.Source))
	}
	return tab.Flush()
}

func dash(s *string) string {
	if s == nil {
		return "-"
	}
	return printable(*s)
}

func runGeoInfo(t *tool, c *cli.Context) error {
	if err := errors.Join(wantArgs(c, 0, 0), wantFormat(c, "text", "json")); err != nil {
		return err
	}
	l, err := openGeo(c)
	if err != nil {
		return err
	}
	databases, err := l.Databases()
	if err != nil {
		return err
	}
	info := geoInfo{Databases: databaseRows(databases), Installed: []geo.Installed{}}
	if _, err := geoCache(c); err == nil { // a user without a cache folder has nothing installed
		var installed []geo.Installed
		if info.Folder, installed, err = installedGeo(c); err != nil {
			return err
		}
		info.Installed = append(info.Installed, installed...)
	}
	if c.String("format") == "json" {
		return writeJSON(t.stdout, info)
	}
	return info.write(t.stdout)
}

// geoInfo is what geo info prints: what the flags choose, and what there would be to choose.
type geoInfo struct {
	Databases []databaseRow   `json:"databases"`
	Folder    string          `json:"folder"`
	Installed []geo.Installed `json:"installed"`
}

func (g *geoInfo) write(w io.Writer) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "DATABASE\tBUILT\tSOURCE\tSHA256")
	for _, d := range g.Databases {
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\n", printable(d.Database), dash(known(d.Built)), printable(d.Source), d.SHA256)
	}
	if err := tab.Flush(); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w, attribution); err != nil || g.Folder == "" {
		return err
	}
	fmt.Fprintln(w)
	return writeInstalled(w, g.Folder, g.Installed)
}

func writeInstalled(w io.Writer, folder string, installed []geo.Installed) error {
	_, err := fmt.Fprintf(w, "installed in %s, used with --installed-geo: %d\n", printable(folder), len(installed))
	if err != nil || len(installed) == 0 {
		return err
	}
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "FILE\tKIND\tDATABASE\tBUILT\tSHA256\tFROM")
	for _, in := range installed {
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\t%s\n", printable(in.File), printable(in.Kind), dash(known(in.Type)),
			dash(known(in.Built)), printable(in.SHA256), printable(in.From))
	}
	return tab.Flush()
}

// databaseRow uses the report's words for a database.
type databaseRow struct {
	Database string `json:"database"`
	Built    string `json:"built"`
	Source   string `json:"source"`
	Path     string `json:"path,omitempty"`
	SHA256   string `json:"sha256"`
}

func databaseRows(databases []geo.Database) []databaseRow {
	rows := make([]databaseRow, len(databases))
	for i, d := range databases {
		rows[i] = databaseRow{d.Name, d.Built, d.Source, d.Path, d.SHA256}
	}
	return rows
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
