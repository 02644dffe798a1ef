package main

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // zones have names on every machine

	"github.com/urfave/cli/v2"

	"triage/cmd/triage/commandline"
	"triage/cmd/triage/exit"
	"triage/ingest"
	"triage/ingest/timestamp"
)

// clockFlags say how files write times, where they do not say it themselves.
func clockFlags() []cli.Flag {
	return []cli.Flag{
		commandline.ListFlag("date-order", "how dates are written that can be read both ways: `[FILE=]dmy|mdy`; repeatable"),
		commandline.ListFlag("utc-offset", "of columns of local time: `[FILE=]+02:00`, or a zone such as Europe/Berlin; repeatable"),
	}
}

// clock is what the flags say.
type clock struct {
	orders []ingest.Says[timestamp.Order]
	zones  []ingest.Says[*time.Location]
}

func readClock(c *cli.Context) (clock, error) {
	var k clock
	var errs []error
	for _, text := range c.StringSlice("date-order") {
		file, word := ofFile(text)
		order, ok := map[string]timestamp.Order{"dmy": timestamp.DayFirst, "mdy": timestamp.MonthFirst}[strings.ToLower(word)]
		if !ok {
			errs = append(errs, exit.Usage(commandline.DidYouMean(word, []string{"dmy", "mdy"}), "--date-order %q: want dmy or mdy, or FILE=dmy", text))
			continue
		}
		k.orders = append(k.orders, ingest.Says[timestamp.Order]{File: file, Value: order})
	}
	for _, text := range c.StringSlice("utc-offset") {
		file, word := ofFile(text)
		zone, err := readZone(word)
		if err != nil {
			errs = append(errs, exit.Usage("", "--utc-offset %q: want an offset such as +02:00, or a zone such as Europe/Berlin, or FILE=+02:00", text))
			continue
		}
		k.zones = append(k.zones, ingest.Says[*time.Location]{File: file, Value: zone})
	}
	return k, errors.Join(errs...)
}

// ofFile parts FILE=VALUE. A value has no equals sign, but a file may.
func ofFile(text string) (file, value string) {
	if i := strings.LastIndexByte(text, '='); i >= 0 {
		return strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+1:])
	}
	return "", strings.TrimSpace(text)
}

var errZone = errors.New("no zone")

// readZone reads an offset from UTC, or a zone's name. The machine's own zone has none: a report must not depend on it.
func readZone(text string) (*time.Location, error) {
	switch strings.ToLower(text) {
	case "", "local":
		return nil, errZone
	case "utc", "z", "gmt":
		return time.UTC, nil
	}
	if sign := text[0]; sign == '+' || sign == '-' {
		for _, layout := range []string{"-07:00", "-0700", "-07"} {
			at, err := time.Parse(layout, text)
			if err != nil && len(text) > 1 {
				at, err = time.Parse(layout, text[:1]+"0"+text[1:]) // +2
			}
			if err != nil {
				continue
			}
			_, offset := at.Zone()
			if offset < -14*3600 || offset > 14*3600 {
				return nil, errZone
			}
			shown := max(offset, -offset) / 60
			return time.FixedZone(fmt.Sprintf("UTC%c%02d:%02d", sign, shown/60, shown%60), offset), nil
		}
		return nil, errZone
	}
	return time.LoadLocation(text)
}

// unnamed tells of each file that --date-order and --utc-offset name and nobody handed over.
func (a *analysis) unnamed() {
	for _, file := range a.files.Unnamed {
		exit.Complain(a.Stderr, fmt.Sprintf("--date-order or --utc-offset %q: no such file among the inputs", file), "name it as the report does, or by the end of its path")
	}
}
