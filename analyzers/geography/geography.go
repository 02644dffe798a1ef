// Package geography is the detector for where somebody acts from: countries that are new to a mailbox, networks that
// hide where their user is, places that a pack names, and journeys that nobody can make.
package geography

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/geo"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	Signal    string          `yaml:"signal" doc:"new_country, outside_home, impossible_travel, anonymizer, country_in, country_not_in, asn_in or class_in"`
	Baseline  detect.Baseline `yaml:"baseline" doc:"what is usual for the mailbox"`
	Unknown   string          `yaml:"unknown" doc:"addresses that no database knows: report or ignore"`
	Countries []string        `yaml:"countries" doc:"for country_in and country_not_in: two-letter codes"`
	ASNs      []string        `yaml:"asns" doc:"for asn_in: numbers, with or without AS"`
	Classes   []string        `yaml:"classes" doc:"for class_in: network classes; for anonymizer: those that count"`
	Ambiguous int             `yaml:"ambiguous_confidence" doc:"most confidence where the address was taken from a list that its sender can forge"`
	Travel    Travel          `yaml:"travel" doc:"for impossible_travel"`
}

// Travel says which journeys nobody can make.
type Travel struct {
	MinKM  int           `yaml:"min_km" doc:"shorter ways are never a finding, km"`
	MaxKMH int           `yaml:"max_kmh" doc:"fastest honest journey, km/h"`
	MinGap time.Duration `yaml:"min_gap" doc:"shorter gaps count as this long: clocks differ"`
	Flap   time.Duration `yaml:"flap" doc:"addresses of one network within this time are one place: IPv4 and IPv6 locate apart"`
	Egress []string      `yaml:"egress" doc:"addresses and networks that are the tenant's own ways out, on top of those that the pack declares"`
}

// The signals.
const (
	newCountry       = "new_country"
	outsideHome      = "outside_home"
	impossibleTravel = "impossible_travel"
	anonymizer       = "anonymizer"
	countryIn        = "country_in"
	countryNotIn     = "country_not_in"
	asnIn            = "asn_in"
	classIn          = "class_in"
)

func signals() []string {
	return []string{newCountry, outsideHome, impossibleTravel, anonymizer, countryIn, countryNotIn, asnIn, classIn}
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name: "geography",
		Doc:  "one finding for each country, network or pair of places that does not fit the mailbox",
		Settings: func() detect.Settings {
			return &Settings{
				Signal:   newCountry,
				Baseline: detect.Baseline{Per: "mailbox", MinDays: 5, ShareDaysBelow: 0.10},
				Unknown:  "report",
				// A client can write the left side of X-Forwarded-For itself; 50 is where a finding stops lifting the score's cap.
				Ambiguous: 50,
				// 1000 km/h is above any airliner's cruise.
				Travel: Travel{MinKM: 500, MaxKMH: 1000, MinGap: 5 * time.Minute, Flap: 10 * time.Minute},
			}
		},
	}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	add := func(path, reason string, args ...any) {
		errs = append(errs, detect.FieldError{Path: path, Reason: fmt.Sprintf(reason, args...)})
	}
	if !slices.Contains(signals(), s.Signal) {
		add("signal", "want one of %s, got %q", strings.Join(signals(), ", "), s.Signal)
	}
	if s.Unknown != "report" && s.Unknown != "ignore" {
		add("unknown", "want report or ignore, got %q", s.Unknown)
	}
	if s.Ambiguous < 0 || s.Ambiguous > 100 {
		add("ambiguous_confidence", "want 0 to 100, got %d", s.Ambiguous)
	}
	for _, code := range s.Countries {
		if len(code) != 2 {
			add("countries", "want two-letter codes, got %q", code)
		}
	}
	for _, text := range s.ASNs {
		if _, ok := parseASN(text); !ok {
			add("asns", "want numbers, got %q", text)
		}
	}
	for _, name := range s.Classes {
		if _, ok := geo.ParseClass(name); !ok {
			add("classes", "unknown class %q", name)
		}
	}
	if s.Signal == asnIn && len(s.ASNs) == 0 {
		add("asns", "want at least one")
	}
	if s.Signal == classIn && len(s.Classes) == 0 {
		add("classes", "want at least one")
	}
	if t := s.Travel; t.MinKM < 0 || t.MaxKMH <= 0 || t.MinGap <= 0 || t.Flap < 0 {
		add("travel", "want min_km and flap of 0 or more, max_kmh and min_gap above 0")
	}
	errs = append(errs, s.Baseline.Validate("baseline."))
	return errors.Join(append(errs, s.Travel.validateEgress()...)...)
}

// States implements detect.Settings: what it is depends on the signal.
func (s *Settings) States() detect.Facts {
	all := detect.Facts{"chain": detect.TextFact, "ambiguous": detect.TrueFact}.With(stated()...)
	switch s.Signal {
	case newCountry, outsideHome:
		maps.Copy(all, detect.Facts{
			"home": detect.TextFact,
			"days": detect.NumberFact, "active_days": detect.NumberFact, "why": detect.TextFact, "usual": detect.TextFact,
			"own_device": detect.TextFact, "own_session": detect.TextFact, "own_program": detect.TextFact, "shared": detect.TrueFact, "commutes": detect.TextFact, "own_way": detect.TextFact,
		})
	case impossibleTravel:
		maps.Copy(all, detect.Facts{
			"from": detect.TextFact, "to": detect.TextFact, "km": detect.NumberFact, "measured_by": detect.TextFact,
			"gap": detect.LengthFact, "kmh": detect.NumberFact, "journeys": detect.NumberFact, "left": detect.TimeFact,
			"arrived": detect.TimeFact, "foreign": detect.TextFact, "database": detect.TextFact,
			"confidence_from": detect.TextFact,
		})
	}
	return all
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	switch s.Signal {
	case outsideHome:
		return &outside{countries{rule: r, settings: *s}}
	case newCountry:
		return &countries{rule: r, settings: *s}
	case impossibleTravel:
		return newTravel(r, s)
	}
	d := &places{rule: r, settings: *s}
	for _, text := range s.ASNs {
		n, _ := parseASN(text)
		d.asns = append(d.asns, n)
	}
	for _, name := range s.Classes {
		c, _ := geo.ParseClass(name)
		d.classes = append(d.classes, c)
	}
	return d
}

func parseASN(text string) (uint32, bool) {
	text = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "AS")
	n, err := strconv.ParseUint(text, 10, 32)
	return uint32(n), err == nil && n > 0
}
