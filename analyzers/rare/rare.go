// Package rare is the detector for what a mailbox does not usually show: a client, a network or a device that lives on
// few of its days, or first appears after many.
package rare

import (
	"errors"
	"fmt"
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	Value          string  `yaml:"value" doc:"field whose values are compared"`
	Per            string  `yaml:"per" doc:"whose days count: mailbox"`
	MinDays        int     `yaml:"min_days" doc:"active days, the judged ones left out, without which nothing is said"`
	ShareDaysBelow float64 `yaml:"share_days_below" doc:"a value is rare on up to this share of the active days, and always on a single day"`
	Boost          Boost   `yaml:"boost" doc:"values that deserve more confidence"`

	Familiar Familiar `yaml:"familiar" doc:"networks that the mailbox's other values come from"`
}

// Boost raises the confidence of findings some of whose activities match.
type Boost struct {
	Where      *detect.Where `yaml:",inline" doc:"conditions: activities whose value deserves more confidence"`
	Confidence int           `yaml:"confidence" doc:"points of confidence on top"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name:     "rare",
		Doc:      "one finding for each value that lives on few days of a mailbox, or first appears after many",
		Settings: func() detect.Settings { return &Settings{Per: "mailbox", MinDays: 10, ShareDaysBelow: 0.10} },
	}
}

func (s *Settings) baseline() detect.Baseline {
	return detect.Baseline{Per: s.Per, MinDays: s.MinDays, ShareDaysBelow: s.ShareDaysBelow}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	if _, ok := detect.ParseValue(s.Value); !ok {
		errs = append(errs, detect.FieldError{Path: "value", Reason: "want a field, got " + fmt.Sprintf("%q", s.Value)})
	}
	if s.Boost.Confidence < 0 || s.Boost.Confidence > 100 {
		errs = append(errs, detect.FieldError{Path: "boost.confidence", Reason: "want 0 to 100"})
	}
	if f := s.Familiar; f.MinDays < 0 || f.Confidence < 0 || f.Confidence > 100 {
		errs = append(errs, detect.FieldError{Path: "familiar", Reason: "want min_days of 0 or more, confidence of 0 to 100"})
	}
	return errors.Join(append(errs, s.baseline().Validate(""))...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	return detect.Facts{
		"days": detect.NumberFact, "active_days": detect.NumberFact, "why": detect.TextFact, "usual": detect.TextFact,
		"familiar_network": detect.TrueFact, "boosted": detect.TrueFact,
	}.With(stated()...).WithNamed(s.Value)
}

// stated are the fields that say from where, and what was done.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldIP, activity.FieldCountry, activity.FieldOrg, activity.FieldIPClass, activity.FieldOp,
	}
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	value, _ := detect.ParseValue(s.Value)
	return &Detector{Rule: r, Value: value, Baseline: s.baseline(), Boost: s.Boost, Familiar: s.Familiar}
}

// Detector compares the days of each value with all other active days of the mailbox.
type Detector struct {
	Rule     *detect.Rule
	Value    detect.Value
	Baseline detect.Baseline
	Boost    Boost
	Familiar Familiar
	OnlyNew  bool          // only what first appears after MinDays active days
	Only     *detect.Where // nil: whatever the value's activities are
}

// Mailbox gives one finding per unusual value, in order of its first activity.
func (d *Detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	seen := d.read(t, p)
	if len(seen.order) == 0 {
		return nil
	}
	if seen.days.Active() <= d.Baseline.MinDays {
		d.unable(t, p, seen.days.Active())
		return nil
	}
	var told []*value
	for _, v := range seen.order {
		v.verdict = d.Baseline.Judge(&seen.days, v.text)
		if v.told = v.verdict == detect.Novel || v.verdict == detect.Rare && !d.OnlyNew; v.told {
			told = append(told, v)
		}
	}
	if len(told) == 0 {
		return nil
	}
	d.takeRows(t, p, seen, told)
	if d.Only != nil {
		told = slices.DeleteFunc(told, func(v *value) bool {
			return slices.ContainsFunc(v.rows, func(row int) bool { return !d.Only.Holds(t.At(row), p) })
		})
	}
	usual, from := d.usual(seen), d.lodgings(t, p, seen, told)
	findings := make([]detect.Finding, 0, len(told))
	for _, v := range told {
		findings = append(findings, d.finding(t, p, seen, v, usual, d.familiar(t, v, from)))
	}
	return findings
}

func (d *Detector) unable(t detect.Timeline, p *detect.Tenant, days int) {
	if p.Unable == nil || d.Only != nil { // of the few that it is about there may be none
		return
	}
	p.Unable(detect.NotEvaluated{
		Rule: d.Rule.ID, Mailbox: t.Mailbox,
		Reason: fmt.Sprintf("insufficient baseline: %d active days, needs more than %d", days, d.Baseline.MinDays),
	})
}

// read takes the mailbox's own acts by people: at home, where the rule judges them, and elsewhere, where they only say
// what is usual.
func (d *Detector) read(t detect.Timeline, p *detect.Tenant) *values {
	seen := newValues(d.Value, p)
	for row, judged := range detect.Person(d.Rule, t, p) {
		a := t.At(row)
		for _, v := range seen.of(a) {
			v.days.Add(a.Time)
			if !judged {
				continue
			}
			if !v.span.Any {
				seen.order = append(seen.order, v)
			}
			v.span.Add(row)
		}
	}
	return seen
}

// takeRows finds the rows to judge of the values that are findings, which are ordered by their first row. Only these are
// looked for: the rows of usual values are most of the mailbox. Where spans of values overlap, the rows are read once.
func (d *Detector) takeRows(t detect.Timeline, p *detect.Tenant, seen *values, told []*value) {
	for len(told) > 0 {
		span, n := told[0].span, 1
		for ; n < len(told) && told[n].span.First <= span.Last; n++ {
			span.Last = max(span.Last, told[n].span.Last)
		}
		for row := range detect.Person(d.Rule, t.Within(span), p) {
			for _, v := range seen.of(t.At(row)) {
				if v.told {
					v.rows = append(v.rows, row)
				}
			}
		}
		told = told[n:]
	}
}

func (d *Detector) finding(t detect.Timeline, p *detect.Tenant, seen *values, v *value, usual []string, familiar bool) detect.Finding {
	rows, text := v.rows, v.text
	on, active := seen.days.On(text), seen.days.Active()
	why := fmt.Sprintf("on %d of %d active days", on, active)
	if v.verdict == detect.Novel {
		why = fmt.Sprintf("first seen after %d active days", seen.days.Before(text))
	}
	boosted := !familiar && d.boosted(t, p, rows)
	f := detect.New(d.Rule, t, p, rows, []string{text},
		detect.Say(d.Value.Name(), text),
		detect.Say("days", on),
		detect.Say("active_days", active),
		detect.Say("why", why),
		detect.Say("usual", usual).If(len(usual) > 0),
		detect.Fields(stated()...),
		detect.MessageFields(),
		detect.Say("familiar_network", true).If(familiar),
		detect.Say("boosted", true).If(boosted))
	if familiar {
		f.Confidence = max(0, f.Confidence-d.Familiar.Confidence)
	} else if boosted {
		f.Confidence = min(100, f.Confidence+d.Boost.Confidence)
	}
	return f
}

// usual lists the values that the mailbox is known by, those of most days first.
func (d *Detector) usual(seen *values) []string {
	const enough = 5 // a reader needs the habit, not the whole stack: that is a table of its own in the report
	var usual []string
	for _, text := range seen.days.Values() {
		if d.Baseline.Judge(&seen.days, text) != detect.Usual {
			continue
		}
		if usual = append(usual, text); len(usual) == enough {
			break
		}
	}
	return usual
}

// boosted says whether one of the activities matches; a rule's value decides it mostly, so the first row tells.
func (d *Detector) boosted(t detect.Timeline, p *detect.Tenant, rows []int) bool {
	if d.Boost.Confidence == 0 || d.Boost.Where == nil {
		return false
	}
	return slices.ContainsFunc(rows, func(row int) bool { return d.Boost.Where.Holds(t.At(row), p) })
}
