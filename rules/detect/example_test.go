package detect_test

import (
	"errors"
	"fmt"
	"time"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// nightSettings are what a rule says under the detector's name. Tags give YAML its words and the schema its sentences.
type nightSettings struct {
	Until int `yaml:"until" doc:"hour, UTC, before which it is night"`
}

// Validate says what cannot be, so that the pack is refused at that line.
func (s *nightSettings) Validate() error {
	if s.Until < 1 || s.Until > 23 {
		return errors.Join(detect.FieldError{Path: "until", Reason: fmt.Sprintf("want 1 to 23, got %d", s.Until)})
	}
	return nil
}

// States lists what its findings state, so that a rule which escalates on anything else is refused.
func (s *nightSettings) States() detect.Facts { return detect.Facts{"hours": detect.TextFact} }

// Detector is made once for each rule.
func (s *nightSettings) Detector(r *detect.Rule) detect.Detector { return &night{r, s.Until} }

type night struct {
	rule  *detect.Rule
	until int
}

// Mailbox gives one finding for all that was done at night. It is pure: the same timeline gives the same findings.
func (d *night) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	const hour = 60 * 60 * 1000
	var rows []int
	for row, a := range t.Matches() { // what the rule's where lets through, oldest first
		if int(a.Time/hour%24) < d.until {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	group := []string{"night"} // part of the finding's fingerprint
	return []detect.Finding{detect.New(d.rule, t, p, rows, group, detect.Say("hours", fmt.Sprintf("before %d:00 UTC", d.until)))}
}

// A detector from end to end: its kind as rules name it, its settings, and what it finds. In the house it would be a folder
// of its own under analyzers/, a line in the list of detectors, and a rule that names it.
func ExampleDetector() {
	kind := detect.Kind{
		Name: "night", Doc: "one finding for what was done at night",
		Settings: func() detect.Settings { return &nightSettings{Until: 5} }, // the defaults
	}
	settings := kind.Settings()
	if err := settings.Validate(); err != nil {
		fmt.Println(err)
	}
	rule := &detect.Rule{ID: "acme.night", Kind: kind.Name, Level: detect.Low, Confidence: 80, Family: "access"}
	detector := settings.Detector(rule)

	b := activity.NewBuilder()
	shard := activity.NewShard(0, activity.Interest{})
	for n, hour := range []int{3, 14} {
		shard.Add(activity.Activity{
			Time: time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC).UnixMilli(), ID: activity.HashID([]byte{byte(n)}), Type: activity.Logon,
			Mailbox: shard.Symbols.InternString("ann@contoso.com"),
		})
	}
	b.Add(activity.Input{Path: "case.csv"}, []*activity.Shard{shard}, "")
	c := b.Case()
	for _, line := range c.Timelines() {
		t := detect.Timeline{Timeline: line, Matched: []int{0, 1}}
		for _, f := range detector.Mailbox(t, &detect.Tenant{Case: c}) {
			fmt.Println(c.Text(f.Mailbox), f.Rule.ID, f.Count, f.Facts)
		}
	}
	// Output: ann@contoso.com acme.night 1 [{hours before 5:00 UTC 0}]
}
