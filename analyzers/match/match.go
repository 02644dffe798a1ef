// Package match is the detector for acts that speak for themselves: a forwarding set, a rule that deletes mail, a
// consent. What its rule matches is a finding.
package match

import (
	"errors"
	"strings"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	Group []string `yaml:"group" doc:"fields whose values make one finding; op and object if not given"`
	Facts []string `yaml:"facts" doc:"fields that a finding states on top of the usual ones"`
	Usual Usual    `yaml:"usual" doc:"what is a habit of the mailbox"`
	// State is about activities that have no time.
	State bool `yaml:"state" doc:"judges what stands in a listing without a time, and nothing that was done"`
}

// Usual lowers what a mailbox has done on many of its days, and not only since it had been active for as many: a habit,
// and not an intruder who stays.
type Usual struct {
	MinDays int    `yaml:"min_days" doc:"days on which the group lived, for it to be a habit; 0: nothing ever is"`
	Level   string `yaml:"level" doc:"highest level of a habit"`
	Quiet   bool   `yaml:"quiet" doc:"a habit is no finding at all"`
	Known   string `yaml:"known" doc:"field (ip) by which a habit begins where the mailbox's own acts of any kind first show its value"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name: "match",
		Doc:  "one finding for each operation and object among the activities that the rule matches",
		Settings: func() detect.Settings {
			return &Settings{Group: []string{"op", "object"}, Usual: Usual{Level: "low"}}
		},
	}
}

// Validate names the fields that do not exist.
func (s *Settings) Validate() error {
	var errs []error
	for _, name := range s.Group {
		if _, ok := detect.ParseValue(name); !ok {
			errs = append(errs, detect.FieldError{Path: "group", Reason: "unknown field " + name})
		}
	}
	for _, name := range s.Facts {
		if _, ok := detect.ParseValue(name); !ok {
			errs = append(errs, detect.FieldError{Path: "facts", Reason: "unknown field " + name})
		}
	}
	if _, ok := detect.ParseValue(s.Usual.Known); s.Usual.Known != "" && !ok {
		errs = append(errs, detect.FieldError{Path: "usual.known", Reason: "unknown field " + s.Usual.Known})
	}
	if s.Usual.MinDays < 0 {
		errs = append(errs, detect.FieldError{Path: "usual.min_days", Reason: "want 0 or more"})
	}
	if _, ok := detect.ParseLevel(s.Usual.Level); !ok {
		errs = append(errs, detect.FieldError{Path: "usual.level", Reason: "unknown level " + s.Usual.Level})
	}
	return errors.Join(errs...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	return detect.Facts{}.With(stated()...).WithNamed(s.Group...).WithNamed(s.Facts...)
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	d := &detector{rule: r, group: values(s.Group), facts: values(s.Facts), usual: s.Usual.MinDays, state: s.State}
	d.habit, _ = detect.ParseLevel(s.Usual.Level)
	d.quiet, d.known = s.Usual.Quiet, values([]string{s.Usual.Known})
	return d
}

func values(names []string) []detect.Value {
	var out []detect.Value
	for _, name := range names {
		if v, ok := detect.ParseValue(name); ok {
			out = append(out, v)
		}
	}
	return out
}

type detector struct {
	rule         *detect.Rule
	group, facts []detect.Value
	usual        int // days
	habit        detect.Level
	quiet        bool
	known        []detect.Value // the field that tells when a habit began, if any
	state        bool
}

// Standing implements detect.Standing.
func (d *detector) Standing() bool { return d.state }

// Timeless implements detect.Timeless: a habit takes days.
func (d *detector) Timeless() bool { return !d.state && d.usual == 0 }

// Mailbox gives one finding per distinct values of the group, in order of their first activity.
func (d *detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	rows := map[string][]int{}
	groups := map[string][]string{}
	var order []string
	for row, a := range t.Matches() {
		group := make([]string, len(d.group))
		for i, v := range d.group {
			group[i] = v.Text(a, p)
		}
		key := strings.Join(group, "\x00")
		if _, ok := rows[key]; !ok {
			order = append(order, key)
			groups[key] = group
		}
		rows[key] = append(rows[key], row)
	}
	h := habits{d: d, t: t, p: p}
	findings := make([]detect.Finding, 0, len(order))
	for _, key := range order {
		usual := h.has(rows[key])
		if usual && d.quiet {
			continue
		}
		f := detect.New(d.rule, t, p, rows[key], groups[key], detect.Values(d.group...), detect.Fields(stated()...), detect.Values(d.facts...))
		if usual {
			f.Set("habit", true)
			f.Level = min(f.Level, d.habit)
		}
		findings = append(findings, f)
	}
	return findings
}

// stated lists the fields that say who did what to whom, from where: a finding states those that the log has.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldActor, activity.FieldOp, activity.FieldObject, activity.FieldTarget, activity.FieldForwardTo,
		activity.FieldForwardExternal, activity.FieldScopes, activity.FieldSubject, activity.FieldIP,
		activity.FieldCountry, activity.FieldOrg, activity.FieldIPClass, activity.FieldApp, activity.FieldAgent,
		activity.FieldError,
	}
}
