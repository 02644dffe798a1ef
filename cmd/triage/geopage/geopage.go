// Package geopage puts what is known of addresses, and of databases about them, into words: what geo lookup, geo info and
// geo update print.
package geopage

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"triage/analyzers/report"
	"triage/geo"
)

// Located is one address as geo lookup prints it. What is unknown is null, never a guess.
type Located struct {
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

// Locate is a row of geo lookup: an address as it was given, and its place.
func Locate(given string, a geo.Addr, p geo.Place) Located {
	row := Located{
		Given: given, IP: a.IP.String(), Country: unlessZero(p.Country), City: unlessZero(p.City), ASN: unlessZero(p.ASN), Org: unlessZero(p.Org),
		Class: unlessZero(p.Class.String()), ClassSource: unlessZero(p.ClassSource), Source: unlessZero(p.Source), Ambiguous: a.Ambiguous,
	}
	for _, ip := range a.Chain {
		row.Chain = append(row.Chain, ip.String())
	}
	return row
}

// unlessZero is nil for the zero value, which package geo uses for what it does not know.
func unlessZero[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// WritePlaces writes rows as a table.
func WritePlaces(w io.Writer, rows []Located) error {
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
	return report.Plain(*s)
}

// Info is what geo info prints: what the flags choose, and what there would be to choose.
type Info struct {
	Databases []Database      `json:"databases"`
	Folder    string          `json:"folder"`
	Installed []geo.Installed `json:"installed"`
}

// Write writes it as tables. attribution is what the licences of the built-in databases ask for.
func (g *Info) Write(w io.Writer, attribution string) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "DATABASE\tBUILT\tSOURCE\tSHA256")
	for _, d := range g.Databases {
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\n", report.Plain(d.Database), dash(unlessZero(d.Built)), report.Plain(d.Source), d.SHA256)
	}
	if err := tab.Flush(); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w, attribution); err != nil || g.Folder == "" {
		return err
	}
	fmt.Fprintln(w)
	return WriteInstalled(w, g.Folder, g.Installed)
}

// WriteInstalled lists the databases of a folder.
func WriteInstalled(w io.Writer, folder string, installed []geo.Installed) error {
	_, err := fmt.Fprintf(w, "installed in %s, used with --installed-geo: %d\n", report.Plain(folder), len(installed))
	if err != nil || len(installed) == 0 {
		return err
	}
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "FILE\tKIND\tDATABASE\tBUILT\tSHA256\tFROM")
	for _, in := range installed {
		fmt.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\t%s\n", report.Plain(in.File), report.Plain(in.Kind), dash(unlessZero(in.Type)),
			dash(unlessZero(in.Built)), report.Plain(in.SHA256), report.Plain(in.From))
	}
	return tab.Flush()
}

// Database uses the report's words for a database.
type Database struct {
	Database string `json:"database"`
	Built    string `json:"built"`
	Source   string `json:"source"`
	Path     string `json:"path,omitempty"`
	SHA256   string `json:"sha256"`
}

// Databases are rows of those in use.
func Databases(databases []geo.Database) []Database {
	rows := make([]Database, len(databases))
	for i, d := range databases {
		rows[i] = Database{d.Name, d.Built, d.Source, d.Path, d.SHA256}
	}
	return rows
}
