package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"triage/geo"
)

func (t *tool) geoCommand() *cli.Command {
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
				Action: t.geoLookup,
			},
			{
				Name:      "info",
				Usage:     "lists the databases with their dates and hashes",
				UsageText: "triage geo info [FLAGS]",
				Flags:     append(geoFlags(), textFlag("format", "text", "`FORMAT`: text or json")),
				Action:    t.geoInfo,
			},
		},
	}
}

// geoFlags choose what addresses are looked up in.
func geoFlags() []cli.Flag {
	return []cli.Flag{
		listFlag("geoip-db", "country or city database (mmdb) `FILE`, asked before the built-in one; repeatable"),
		listFlag("asn-db", "ASN database (mmdb) `FILE`, asked before the built-in one; repeatable"),
		listFlag("ip-class", "`FILE` of lines cidr|asn,class,source that say what networks are; repeatable"),
		switchFlag("no-embedded-geo", "leave the built-in databases out"),
	}
}

// openGeo opens what the flags name. A database that cannot be used is a fault of the configuration.
func openGeo(c *cli.Context) (*geo.Locator, error) {
	l, err := geo.Open(geo.Options{
		CountryDB:  c.StringSlice("geoip-db"),
		ASNDB:      c.StringSlice("asn-db"),
		ClassFiles: c.StringSlice("ip-class"),
		NoEmbedded: c.Bool("no-embedded-geo"),
	})
	if err != nil {
		return nil, &fault{code: exitUsage, err: err}
	}
	return l, nil
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

func (t *tool) geoLookup(c *cli.Context) error {
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

func (t *tool) geoInfo(c *cli.Context) error {
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
	if c.String("format") == "json" {
		return writeJSON(t.stdout, databaseRows(databases))
	}
	tab := tabwriter.NewWriter(t.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "DATABASE\tBUILT\tSOURCE\tSHA256")
	for _, d := range databaseRows(databases) {
		source := d.Source
		if d.Path != "" {
			source = d.Path
		}
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\n", printable(d.Database), printable(d.Built), printable(source), d.SHA256)
	}
	if err := tab.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.stdout, attribution)
	return err
}

// databaseRow uses the report's words for a database (DESIGN.md, "The report contract").
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
