// Package guess is the detector for passwords that are tried at many users: from one address, or with one program from many
// lines. It counts only tries that come from where the user is not known, so that an office whose people mistype is none.
package guess

import (
	"errors"
	"fmt"
	"time"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	By       string `yaml:"by" doc:"what the tries have in common: address (of IPv6 the /64), or agent (with the application)"`
	Rungs    []Rung `yaml:"rungs" doc:"a ladder: each rung makes a finding; the longer it takes, the more users it should want"`
	MinLines int    `yaml:"min_lines" doc:"lines (/24, /48) that the tries come from, at least; for agent"`
	Ratio    int    `yaml:"ratio" doc:"users who were tried, for each user of that day who was let in there without a try; fewer are an office"`
	MinDays  int    `yaml:"min_days" doc:"days with a success before the try that make a line, or a program, known to its user"`
}

// Rung is one step of the ladder.
type Rung struct {
	Users  int           `yaml:"users" doc:"how many users"`
	Tries  int           `yaml:"tries" doc:"tries at each of them; 1 if not given"`
	Rounds int           `yaml:"rounds" doc:"tries at each of them with another user's between; 1 if not given"`
	Within time.Duration `yaml:"within" doc:"in this time"`
}

// The groupings.
const (
	byAddress = "address"
	byAgent   = "agent"
)

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name: "guess",
		Doc:  "one finding for each campaign of failed logons at many users, from where they are not known",
		Settings: func() detect.Settings {
			return &Settings{By: byAddress, MinLines: 1, Ratio: 3, MinDays: 3}
		},
	}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	add := func(path, reason string, args ...any) {
		errs = append(errs, detect.FieldError{Path: path, Reason: fmt.Sprintf(reason, args...)})
	}
	if s.By != byAddress && s.By != byAgent {
		add("by", "want address or agent, got %q", s.By)
	}
	if len(s.Rungs) == 0 {
		add("rungs", "want at least one")
	}
	for i, r := range s.Rungs {
		if r.Users < 2 || r.Tries < 0 || r.Rounds < 0 || r.Within <= 0 {
			add("rungs", "rung %d: want 2 users or more, tries and rounds of 0 or more, within above 0", i+1)
		}
	}
	if s.MinLines < 1 || s.Ratio < 0 || s.MinDays < 1 {
		add("min_lines", "want min_lines and min_days of 1 or more, ratio of 0 or more")
	}
	return errors.Join(errs...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	return detect.Facts{
		"users": detect.NumberFact, "tries": detect.NumberFact, "rounds": detect.NumberFact, "lines": detect.NumberFact,
		"lasted": detect.LengthFact, "tried": detect.TextFact, "let_in": detect.TextFact, "no_such_user": detect.NumberFact,
		"again": detect.TrueFact, "campaigns": detect.NumberFact,
	}.With(stated()...)
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector { return &detector{rule: r, Settings: *s} }

type detector struct {
	detect.Gather
	rule *detect.Rule
	Settings
}

// stated are the fields that say with what, and from where.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldError, activity.FieldIP, activity.FieldCountry, activity.FieldOrg, activity.FieldIPClass,
		activity.FieldApp, activity.FieldAppID, activity.FieldAgent,
	}
}

// Mailbox gives nothing: no mailbox alone shows it.
func (d *detector) Mailbox(detect.Timeline, *detect.Tenant) []detect.Finding { return nil }

// Tenant gives one finding per campaign, told in the mailbox of the first tried user who was let in, else of the first tried.
func (d *detector) Tenant(all detect.Partial, p *detect.Tenant) []detect.Finding {
	list, _ := all.(detect.Gathered)
	if p.Case == nil || len(list) == 0 {
		return nil
	}
	groups := d.groups(list, p)
	if len(groups) == 0 {
		return nil
	}
	k := d.known(groups, p)
	for _, g := range groups {
		g.tries = k.strange(g, d.By == byAgent, p)
	}
	for _, g := range groups {
		g.runs = d.strangers(g, d.runs(g, func(*try) bool { return false }), k)
	}
	if bad := sprayersOf(groups, k); len(bad) > 0 {
		for _, g := range groups {
			g.runs = d.strangers(g, d.runs(g, bad.before), k)
		}
	}
	var findings []detect.Finding
	for _, c := range campaigns(groups, k) {
		findings = append(findings, d.finding(c, k, p))
	}
	return background(findings)
}

// Who is tried so often, and in vain, is tried by the whole internet: one more campaign says little.
const everyday = 4

// background lowers campaigns in which nobody was let in, where there are many.
func background(findings []detect.Finding) []detect.Finding {
	vain := 0
	for i := range findings {
		if findings[i].Fact("let_in") == nil {
			vain++
		}
	}
	for i := range findings {
		if f := &findings[i]; vain >= everyday && f.Fact("let_in") == nil {
			f.Level = min(f.Level, detect.Low)
			f.Set("campaigns", vain)
		}
	}
	return findings
}
