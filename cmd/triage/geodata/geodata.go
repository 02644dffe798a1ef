// Package geodata is triage geo: the commands about geolocation databases, and how other commands choose them.
package geodata

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/geopage"
	"triage/geo"
)

func Command(t *console.Tool) *cli.Command {
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
				Flags:  append(Flags(), commandline.TextFlag("format", "text", "`FORMAT`: text or json")),
				Action: t.Do(runGeoLookup),
			},
			{
				Name:      "info",
				Usage:     "lists the databases in use with their dates and hashes, and those that are installed",
				UsageText: "triage geo info [FLAGS]",
				Flags:     append(Flags(), commandline.TextFlag("format", "text", "`FORMAT`: text or json")),
				Action:    t.Do(runGeoInfo),
			},
			geoUpdateCommand(t),
		},
	}
}

// Flags choose what addresses are looked up in.
func Flags() []cli.Flag {
	return []cli.Flag{
		commandline.ListFlag("geoip-db", "country or city database (mmdb) `FILE`, asked before the built-in one; repeatable"),
		commandline.ListFlag("asn-db", "ASN database (mmdb) `FILE`, asked before the built-in one; repeatable"),
		commandline.ListFlag("ip-class", "`FILE` of lines cidr|asn,class,source that say what networks are; repeatable"),
		commandline.SwitchFlag("installed-geo", "ask what triage geo update installed, too; the report names each with its sha256"),
		geoCacheFlag(),
		commandline.SwitchFlag("no-embedded-geo", "leave the built-in databases out"),
	}
}

func geoCacheFlag() cli.Flag {
	return commandline.TextFlag("geo-cache", "", "`FOLDER` of what is installed (default: triage/geo in the user's cache)")
}

// geoCache is the folder that geo update fills.
func geoCache(c *cli.Context) (string, error) {
	if folder := c.String("geo-cache"); folder != "" {
		return folder, nil
	}
	folder, err := os.UserCacheDir()
	if err != nil {
		return "", exit.Usage("--geo-cache FOLDER names one", "this user has no cache folder: %w", err)
	}
	return filepath.Join(folder, "triage", "geo"), nil
}

// Open opens what the flags name. A database that cannot be used is a fault of the configuration. What is installed
// is used only when asked for: one case must not read differently on two laptops without a word.
func Open(c *cli.Context) (*geo.Locator, error) {
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
			return nil, exit.Usage("triage geo update installs databases", "--installed-geo: nothing is installed in %s", folder)
		}
		o = o.With(folder, installed)
	}
	l, err := geo.Open(o)
	if err != nil {
		return nil, &exit.Fault{Code: exit.Refused, Err: err}
	}
	return l, nil
}

func installedGeo(c *cli.Context) (folder string, installed []geo.Installed, err error) {
	if folder, err = geoCache(c); err != nil {
		return "", nil, err
	}
	installed, err = geo.List(folder)
	if err != nil {
		err = &exit.Fault{Code: exit.Refused, Err: err, Hint: "delete the file, or install it anew with triage geo update"}
	}
	return folder, installed, err
}

func runGeoLookup(t *console.Tool, c *cli.Context) error {
	if err := errors.Join(commandline.WantArgs(c, 1, -1), commandline.WantFormat(c, "text", "json")); err != nil {
		return err
	}
	var addresses []geo.Addr
	for _, text := range c.Args().Slice() {
		a := geo.ParseAddr(text)
		if !a.IP.IsValid() {
			return exit.Usage("", "geo lookup: %q is not an address", text)
		}
		addresses = append(addresses, a)
	}
	l, err := Open(c)
	if err != nil {
		return err
	}
	var rows []geopage.Located
	var faults []error
	for i, a := range addresses {
		p, err := l.Lookup(a.IP)
		faults = append(faults, err)
		rows = append(rows, geopage.Locate(c.Args().Get(i), a, p))
	}
	if c.String("format") == "json" {
		err = console.WriteJSON(t.Stdout, rows)
	} else {
		err = geopage.WritePlaces(t.Stdout, rows)
	}
	return errors.Join(err, errors.Join(faults...))
}

func runGeoInfo(t *console.Tool, c *cli.Context) error {
	if err := errors.Join(commandline.WantArgs(c, 0, 0), commandline.WantFormat(c, "text", "json")); err != nil {
		return err
	}
	l, err := Open(c)
	if err != nil {
		return err
	}
	info := geopage.Info{Databases: geopage.Databases(l.Databases()), Installed: []geo.Installed{}}
	if _, err := geoCache(c); err == nil { // a user without a cache folder has nothing installed
		var installed []geo.Installed
		if info.Folder, installed, err = installedGeo(c); err != nil {
			return err
		}
		info.Installed = append(info.Installed, installed...)
	}
	if c.String("format") == "json" {
		return console.WriteJSON(t.Stdout, info)
	}
	return info.Write(t.Stdout, Attribution)
}

// What the licences of the built-in databases (CC BY 4.0) ask for.
const (
	countryAttribution = "IP Geolocation by DB-IP (https://db-ip.com)"
	asnAttribution     = "ASN data: RouteViews, DB-IP, NRO (CC BY 4.0, modified)"
	Attribution        = countryAttribution + "\n" + asnAttribution
)

// AttributionOf is what the licence of a built-in database asks for; empty for a user's own.
func AttributionOf(d geo.Database) string {
	switch {
	case d.Source != "embedded":
		return ""
	case strings.Contains(d.Name, "Country"):
		return countryAttribution
	default:
		return asnAttribution
	}
}
