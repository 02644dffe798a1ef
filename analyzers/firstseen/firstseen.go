// Package firstseen is the detector for what a mailbox has never shown before: an application, a client, a network that
// first appears after many days of activity.
package firstseen

import (
	"triage/analyzers/detect"
	"triage/analyzers/rare"
)

// Settings are one rule's settings.
type Settings struct {
	Value   string     `yaml:"value" doc:"field whose values are compared"`
	Per     string     `yaml:"per" doc:"whose days count: mailbox"`
	MinDays int        `yaml:"min_days" doc:"active days before the value's first, without which nothing is said"`
	Boost   rare.Boost `yaml:"boost" doc:"values that deserve more confidence"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name:     "first_seen",
		Doc:      "one finding for each value that first appears in a mailbox after many days of activity",
		Settings: func() detect.Settings { return &Settings{Per: "mailbox", MinDays: 10} },
	}
}

func (s *Settings) rare() *rare.Settings {
	return &rare.Settings{Value: s.Value, Per: s.Per, MinDays: s.MinDays, Boost: s.Boost}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error { return s.rare().Validate() }

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	value, _ := detect.ParseValue(s.Value)
	baseline := detect.Baseline{Per: s.Per, MinDays: s.MinDays}
	return &rare.Detector{Rule: r, Value: value, Baseline: baseline, Boost: s.Boost, OnlyNew: true}
}
