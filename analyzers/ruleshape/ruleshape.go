// Package ruleshape is the detector for inbox rules that look like an intruder's: what gives one away is seldom one
// trait, but several at once. Each trait has points, and a finding says which ones it was given for.
package ruleshape

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	Words   *detect.Where `yaml:"words" doc:"conditions: rules that wait for words of money or security"`
	Hides   *detect.Where `yaml:"hides" doc:"conditions: rules that move mail where nobody looks"`
	Deletes *detect.Where `yaml:"deletes" doc:"conditions: rules that delete"`
	Sends   *detect.Where `yaml:"sends" doc:"conditions: rules that send mail outside"`
	Reads   *detect.Where `yaml:"reads" doc:"conditions: rules that mark as read, or stop further rules"`
	AtLeast int           `yaml:"at_least" doc:"points from which a rule is a finding"`
	High    int           `yaml:"high" doc:"points from which it is a finding at level high"`
	State   bool          `yaml:"state" doc:"judges what stands in a listing without a time, and nothing that was done"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name:     "rule_shape",
		Doc:      "one finding for each inbox rule whose name, words, actions and folder add up to an intruder's",
		Settings: func() detect.Settings { return &Settings{AtLeast: 45, High: 65} },
	}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	if s.AtLeast < 1 || s.High < s.AtLeast {
		errs = append(errs, detect.FieldError{Path: "at_least", Reason: "want at least 1, and high not below it"})
	}
	return errors.Join(errs...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	return detect.Facts{"points": detect.NumberFact, "why": detect.TextFact}.With(stated()...)
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	name, _ := detect.ParseValue("params.Name")
	return &detector{rule: r, Settings: *s, name: name}
}

type detector struct {
	rule *detect.Rule
	Settings
	name detect.Value
}

// What the traits are worth. Two alone are a habit of tidy people (words and a folder of one's own); three are not.
const (
	oddName   = 25 // blank, symbols only, or up to three letters
	watchWord = 25
	deletes   = 25
	hides     = 25
	sends     = 35
	marksRead = 10
)

// Standing implements detect.Standing.
func (d *detector) Standing() bool { return d.State }

// Timeless implements detect.Timeless.
func (d *detector) Timeless() bool { return !d.State }

// Mailbox gives one finding per operation, rule and name, in order of the first activity.
func (d *detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	rows := map[string][]int{}
	groups := map[string][]string{}
	var order []string
	for row, a := range t.Matches() {
		if points, _ := d.shape(a, p); points < d.AtLeast {
			continue
		}
		group := []string{
			detect.ValueOf(activity.FieldOp).Text(a, p), detect.ValueOf(activity.FieldObject).Text(a, p), d.name.Text(a, p),
		}
		key := strings.Join(group, "\x00")
		if rows[key] == nil {
			order, groups[key] = append(order, key), group
		}
		rows[key] = append(rows[key], row)
	}
	var findings []detect.Finding
	for _, key := range order {
		findings = append(findings, d.finding(t, p, rows[key], groups[key]))
	}
	return findings
}

func (d *detector) finding(t detect.Timeline, p *detect.Tenant, rows []int, group []string) detect.Finding {
	best, why := 0, []string(nil)
	for _, row := range rows {
		if points, reasons := d.shape(t.At(row), p); points > best {
			best, why = points, reasons
		}
	}
	f := detect.New(d.rule, t, p, rows, group,
		detect.Say("points", best), detect.Say("why", why), detect.Fields(stated()...))
	if best >= d.High {
		f.Level = max(f.Level, detect.High)
	}
	return f
}

// stated are the fields that say who did what, from where.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldActor, activity.FieldOp, activity.FieldObject, activity.FieldForwardTo, activity.FieldIP,
		activity.FieldCountry, activity.FieldOrg, activity.FieldIPClass, activity.FieldApp, activity.FieldAgent,
	}
}

// shape is what speaks against a rule.
func (d *detector) shape(a *activity.Activity, p *detect.Tenant) (points int, why []string) {
	add := func(n int, trait string) {
		points += n
		why = append(why, fmt.Sprintf("%s %+d", trait, n))
	}
	if name, said := d.named(a, p); said {
		if trait := odd(name); trait != "" {
			add(oddName, trait)
		}
	}
	for _, trait := range []struct {
		where  *detect.Where
		points int
		text   string
	}{
		{d.Words, watchWord, "waits for words of money or security"},
		{d.Deletes, deletes, "deletes"},
		{d.Hides, hides, "moves mail where nobody looks"},
		{d.Sends, sends, "sends mail outside"},
		{d.Reads, marksRead, "marks as read or stops other rules"},
	} {
		if trait.where != nil && trait.where.Holds(a, p) {
			add(trait.points, trait.text)
		}
	}
	return points, why
}

// named is the rule's name; said is whether the record names it at all, if only with nothing.
func (d *detector) named(a *activity.Activity, p *detect.Tenant) (name string, said bool) {
	key := activity.DynamicKey(p.Case.Symbols.Find("params.name"))
	for detail := range p.Case.Details(a) {
		if detail.Key == key {
			return p.Case.Text(detail.Value), true
		}
	}
	return "", false
}

// odd says what is odd about a name; "" if nothing is. ".Invoices" is a name, "..", ",,," and "z" are none.
func odd(name string) string {
	letters := 0
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			letters++
		}
	}
	short := 3
	switch {
	case strings.TrimSpace(name) == "":
		return "has a blank name"
	case letters == 0:
		return "has a name of symbols only"
	case letters <= short && len([]rune(strings.TrimSpace(name))) <= short:
		return "has a name of one to three letters"
	}
	return ""
}
