package geodata

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"triage/cmd/triage/commandline"
	"triage/cmd/triage/console"
	"triage/cmd/triage/exit"
	"triage/cmd/triage/geopage"
	"triage/cmd/triage/outfile"
	"triage/geo"
	geoupdate "triage/geo/update" // the tests have a flag named update
)

func geoUpdateCommand(t *console.Tool) *cli.Command {
	return &cli.Command{
		Name:      "update",
		Usage:     "installs databases and lists of networks from files or the network",
		UsageText: "triage geo update --from FILE | --url URL [FLAGS]",
		Description: `Takes country, city and ASN databases and databases of anonymizers (mmdb, plain, gzipped or in MaxMind's .tar.gz), and lists
of networks (CSV lines cidr|asn,class,source). All are read whole and checked first; if one cannot be used, none is
installed. A file of the same name is replaced. Only this command and triage fetch use the network.
Nothing uses what is installed unless it says --installed-geo.

A vendor's key in a URL is used and never kept. To keep it out of the list of processes as well, put the URL into
TRIAGE_URL, or write --url - and give URLs on standard input, one a line.

  triage geo update --from GeoLite2-City.mmdb --from GeoLite2-ASN_20260102.tar.gz
  triage geo update --url - < urls.txt
  triage analyze exports/ --installed-geo`,
		Flags: []cli.Flag{
			commandline.ListFlag("from", "`FILE` to install; repeatable"),
			commandline.TextFlag("url", "", "`URL` to install from, or - for URLs on standard input"),
			commandline.ListFlag("sha256", "`SUM` that the file must have, as it comes; of several files, each must have one; repeatable"),
			commandline.TextFlag("kind", "", "install nothing but what is of `KIND`: country, asn or classes"),
			geoCacheFlag(),
			commandline.TextFlag("format", "text", "`FORMAT`: text or json"),
		},
		Action: t.Do(runGeoUpdate),
	}
}

func runGeoUpdate(t *console.Tool, c *cli.Context) error {
	kind, sums := c.String("kind"), c.StringSlice("sha256")
	folder, folderErr := geoCache(c)
	err := errors.Join(commandline.WantArgs(c, 0, 0), commandline.WantFormat(c, "text", "json"), checkKind(kind), checkSums(sums), folderErr)
	if err != nil {
		return err
	}
	sources, err := geoSources(t, c.StringSlice("from"), c.String("url"))
	if err != nil {
		return err
	}
	for i := range sources {
		sources[i].Kind = kind
	}
	installed, err := geoupdate.Run(c.Context, sources, sums, folder)
	if err != nil {
		return err
	}
	for _, in := range installed { // what a killed run left
		outfile.Sweep(folder, in.File)
		outfile.Sweep(folder, in.File+".json")
	}
	if c.String("format") == "json" {
		return console.WriteJSON(t.Stdout, installed)
	}
	return geopage.WriteInstalled(t.Stdout, folder, installed)
}

// mostURLs bounds standard input: nobody installs more at once.
const mostURLs = 100

// geoSources are the files and URLs that the flags name, in their order.
func geoSources(t *console.Tool, files []string, url string) ([]geoupdate.Source, error) {
	var sources []geoupdate.Source
	for _, f := range files {
		sources = append(sources, geoupdate.Source{File: f})
	}
	switch url {
	case "":
	case "-":
		for lines := bufio.NewScanner(t.Stdin); ; {
			if !lines.Scan() {
				if err := lines.Err(); err != nil {
					return nil, fmt.Errorf("standard input: %w", err)
				}
				break
			}
			line := strings.TrimSpace(lines.Text())
			if line == "" || line[0] == '#' {
				continue
			}
			if len(sources) == mostURLs {
				return nil, exit.Usage("", "geo update: want at most %d files and URLs", mostURLs)
			}
			sources = append(sources, geoupdate.Source{URL: line})
		}
	default:
		sources = append(sources, geoupdate.Source{URL: url})
	}
	if len(sources) == 0 {
		return nil, exit.Usage("triage geo update --from FILE, or --url URL", "geo update: nothing to install is named")
	}
	return sources, nil
}

func checkKind(kind string) error {
	kinds := []string{geo.KindCountry, geo.KindASN, geo.KindClasses}
	if kind != "" && !slices.Contains(kinds, kind) {
		return exit.Usage(commandline.DidYouMean(kind, kinds), "--kind %q: want %s", kind, commandline.Alternatives(kinds))
	}
	return nil
}

func checkSums(sums []string) error {
	var errs []error
	for _, s := range sums {
		if raw, err := hex.DecodeString(s); err != nil || len(raw) != 32 {
			errs = append(errs, exit.Usage("", "--sha256 %q: want 64 hex digits", s))
		}
	}
	return errors.Join(errs...)
}
