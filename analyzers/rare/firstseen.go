package rare

import (
	"triage/rules/detect"
)

// FirstSeen are one rule's settings for the detector first_seen, which is rare told to report only what first appears
// after many days of activity: an application, a client, a network.
type FirstSeen struct {
	Value   string `yaml:"value" doc:"field whose values are compared"`
	Per     string `yaml:"per" doc:"whose days count: mailbox"`
	MinDays int    `yaml:"min_days" doc:"active days before the value's first, without which nothing is said"`
	Boost   Boost  `yaml:"boost" doc:"values that deserve more confidence"`

	Only *detect.Where `yaml:"only" doc:"conditions that all of a value's activities must meet for it to be told; the others still say what is usual"`
}

// FirstSeenKind is the detector first_seen as rules name it.
func FirstSeenKind() detect.Kind {
	return detect.Kind{
		Name:     "first_seen",
		Doc:      "one finding for each value that first appears in a mailbox after many days of activity",
		Settings: func() detect.Settings { return &FirstSeen{Per: "mailbox", MinDays: 10} },
	}
}

func (s *FirstSeen) rare() *Settings {
	return &Settings{Value: s.Value, Per: s.Per, MinDays: s.MinDays, Boost: s.Boost}
}

// Validate says which settings cannot be.
func (s *FirstSeen) Validate() error { return s.rare().Validate() }

// States implements detect.Settings.
func (s *FirstSeen) States() detect.Facts { return s.rare().States() }

// Detector is the detector that these settings describe.
func (s *FirstSeen) Detector(r *detect.Rule) detect.Detector {
	value, _ := detect.ParseValue(s.Value)
	baseline := detect.Baseline{Per: s.Per, MinDays: s.MinDays}
	return &Detector{Rule: r, Value: value, Baseline: baseline, Boost: s.Boost, OnlyNew: true, Only: s.Only}
}
