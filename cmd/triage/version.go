package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

func (t *tool) versionCommand() *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "says which triage this is and whose data it carries",
		UsageText: "triage version",
		Action:    t.version,
	}
}

func (t *tool) version(c *cli.Context) error {
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

// attribution is what the licences of the embedded databases (CC BY 4.0) ask for (GEO.md, "Databases").
const attribution = `IP Geolocation by DB-IP (https://db-ip.com)
ASN data: RouteViews, DB-IP, NRO (CC BY 4.0, modified)`
