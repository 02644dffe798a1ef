package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"

	"triage/geo"
)

func versionCommand(t *tool) *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "says which triage this is and whose data it carries",
		UsageText: "triage version",
		Action:    t.do(runVersion),
	}
}

func runVersion(t *tool, c *cli.Context) error {
	if err := wantArgs(c, 0, 0); err != nil {
		return err
	}
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value
			}
		}
	}
	_, err := fmt.Fprintf(t.stdout, "triage %s%s (%s, %s/%s)\n%s\n",
		version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH, attribution)
	return err
}

// What the licences of the built-in databases (CC BY 4.0) ask for.
const (
	countryAttribution = "IP Geolocation by DB-IP (https://db-ip.com)"
	asnAttribution     = "ASN data: RouteViews, DB-IP, NRO (CC BY 4.0, modified)"
	attribution        = countryAttribution + "\n" + asnAttribution
)

// attributionOf is what the licence of a built-in database asks for; empty for a user's own.
func attributionOf(d geo.Database) string {
	switch {
	case d.Source != "embedded":
		return ""
	case strings.Contains(d.Name, "Country"):
		return countryAttribution
	default:
		return asnAttribution
	}
}
