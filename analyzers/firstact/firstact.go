// Package firstact is the detector for what somebody never did before, and hardly anybody of the tenant does: the first
// transport rule of a clerk, the first application secret of a lawyer. It is a net for acts that no other rule knows.
package firstact

import (
	"errors"
	"fmt"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	MinDays        int     `yaml:"min_days" doc:"active days, the judged ones left out, without which nothing is said"`
	ShareDaysBelow float64 `yaml:"share_days_below" doc:"an operation is rare on up to this share of the actor's active days, and always on a single day"`
	Actors         int     `yaml:"actors" doc:"an operation that so many people of the tenant do is nothing rare"`
	People         int     `yaml:"people" doc:"a tenant of fewer active people cannot tell what is rare"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name: "first_act",
		Doc:  "one finding for each operation that its actor never did before, and that few people of the tenant do",
		Settings: func() detect.Settings {
			return &Settings{MinDays: 10, ShareDaysBelow: 0.10, Actors: 3, People: 5}
		},
	}
}

func (s *Settings) baseline() detect.Baseline {
	return detect.Baseline{Per: "mailbox", MinDays: s.MinDays, ShareDaysBelow: s.ShareDaysBelow}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	if s.Actors < 2 {
		errs = append(errs, detect.FieldError{Path: "actors", Reason: fmt.Sprintf("want 2 or more, got %d", s.Actors)})
	}
	if s.People < s.Actors {
		errs = append(errs, detect.FieldError{Path: "people", Reason: "want actors or more"})
	}
	return errors.Join(append(errs, s.baseline().Validate(""))...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	return detect.Facts{
		"active_days": detect.NumberFact, "why": detect.TextFact, "actors": detect.NumberFact,
	}.With(stated()...)
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector { return &detector{r, *s} }

type detector struct {
	rule *detect.Rule
	Settings
}

// stated are the fields that say what was done to whom, from where.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldActor, activity.FieldOp, activity.FieldObject, activity.FieldTarget, activity.FieldIP,
		activity.FieldCountry, activity.FieldOrg, activity.FieldAgent,
	}
}

// doers is who does what: the first people by name of each operation, and of all, as many as matter.
type doers struct {
	ops    map[string][]string
	people []string
}

// Profile says which operations the mailbox's person does.
func (d *detector) Profile(t detect.Timeline, p *detect.Tenant) detect.Partial {
	name := p.Case.Text(t.Mailbox)
	var out *doers
	seen := map[activity.Symbol]bool{}
	for row := range d.own(t) {
		a := t.At(row)
		if seen[a.Op] {
			continue
		}
		seen[a.Op] = true
		if out == nil {
			out = &doers{ops: map[string][]string{}, people: []string{name}}
		}
		if a.Op != 0 {
			out.ops[p.Case.Text(a.Op)] = []string{name}
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// Merge joins what two parts of the tenant know, in the larger one.
func (d *detector) Merge(a, b detect.Partial) detect.Partial {
	to, _ := a.(*doers)
	from, _ := b.(*doers)
	switch {
	case to == nil && from == nil:
		return nil
	case to == nil:
		return from
	case from == nil:
		return to
	}
	if len(to.ops) < len(from.ops) {
		to, from = from, to
	}
	for op, names := range from.ops {
		to.ops[op] = detect.Lowest(d.Actors, to.ops[op], names...)
	}
	to.people = detect.Lowest(d.People, to.people, from.people...)
	return to
}

// own yields the rows of what the mailbox's person did with success, wherever.
func (d *detector) own(t detect.Timeline) func(yield func(row int) bool) {
	return func(yield func(row int) bool) {
		for row := range t.Rows {
			a := t.At(row)
			if a.Actor != t.Mailbox || a.Lane != activity.Person || a.Result == activity.Failure || a.Flags&activity.Undated != 0 {
				continue
			}
			if !yield(row) {
				return
			}
		}
	}
}

// Mailbox gives one finding per operation, in order of its first act. Its baseline are all acts of the person.
func (d *detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	all, _ := p.Partial.(*doers)
	if all == nil || len(all.people) < d.People || len(t.Matched) == 0 {
		return nil
	}
	rows := map[string][]int{}
	var order []string
	for row, a := range t.Matches() {
		op := p.Case.Text(a.Op)
		if a.Actor != t.Mailbox || a.Lane != activity.Person || a.Result == activity.Failure || op == "" || len(all.ops[op]) >= d.Actors {
			continue
		}
		if rows[op] == nil {
			order = append(order, op)
		}
		rows[op] = append(rows[op], row)
	}
	if len(order) == 0 {
		return nil
	}
	var days detect.Days
	tallies := map[activity.Symbol]*detect.Tally{}
	for row := range d.own(t) {
		a := t.At(row)
		if tallies[a.Op] == nil {
			tallies[a.Op] = days.Tally(p.Case.Text(a.Op))
		}
		tallies[a.Op].Add(a.Time)
	}
	if days.Active() <= d.MinDays {
		return nil
	}
	var findings []detect.Finding
	for _, op := range order {
		why := ""
		switch d.baseline().Judge(&days, op) {
		case detect.Novel:
			why = fmt.Sprintf("first done after %d active days", days.Before(op))
		case detect.Rare:
			why = fmt.Sprintf("on %d of %d active days", days.On(op), days.Active())
		default:
			continue
		}
		findings = append(findings, detect.New(d.rule, t, p, rows[op], []string{op},
			detect.Say("why", why), detect.Say("active_days", days.Active()), detect.Say("actors", len(all.ops[op])),
			detect.Fields(stated()...), detect.MessageFields()))
	}
	return findings
}
