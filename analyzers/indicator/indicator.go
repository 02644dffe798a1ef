// Package indicator is the detector for what is known to be an intruder's: addresses, senders, applications of lists that
// others handed over. An indicator that half of the tenant shows is no intruder's here: it is told, and weighs little.
package indicator

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	Value  []string `yaml:"value" doc:"fields, the first that a row has: each of its values is one finding"`
	Facts  []string `yaml:"facts" doc:"fields that a finding states on top of the usual ones"`
	People int      `yaml:"people" doc:"accounts of a tenant from which on an indicator that more than a third of them show is common; 0: never"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name:     "indicator",
		Doc:      "one finding for each value of a list of indicators; low where it was only tried, or common in the tenant",
		Settings: func() detect.Settings { return &Settings{Value: []string{"ip"}, People: 5} },
	}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	for path, names := range map[string][]string{"value": s.Value, "facts": s.Facts} {
		for _, name := range names {
			if _, ok := detect.ParseValue(name); !ok {
				errs = append(errs, detect.FieldError{Path: path, Reason: "unknown field " + name})
			}
		}
	}
	if len(s.Value) == 0 {
		errs = append(errs, detect.FieldError{Path: "value", Reason: "want a field"})
	}
	if s.People < 0 {
		errs = append(errs, detect.FieldError{Path: "people", Reason: fmt.Sprintf("want 0 or more, got %d", s.People)})
	}
	return errors.Join(errs...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	all := detect.Facts{"accounts": detect.NumberFact, "common": detect.TextFact, "tried": detect.TrueFact}.With(stated()...)
	for _, name := range s.Facts {
		all[name] = detect.TextFact
	}
	return all
}

// stated are the fields that say who did what, from where.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldActor, activity.FieldOp, activity.FieldIP, activity.FieldCountry, activity.FieldOrg, activity.FieldAgent,
		activity.FieldApp, activity.FieldSession,
	}
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	return &detector{rule: r, Settings: *s, values: parsed(s.Value), facts: parsed(s.Facts)}
}

// parsed are fields that Validate lets pass.
func parsed(names []string) []detect.Value {
	values := make([]detect.Value, len(names))
	for i, name := range names {
		values[i], _ = detect.ParseValue(name)
	}
	return values
}

type detector struct {
	rule *detect.Rule
	Settings
	values []detect.Value
	facts  []detect.Value
}

// texts are what an activity shows: the values of the first field that it has.
func (d *detector) texts(a *activity.Activity, p *detect.Tenant) []string {
	for _, v := range d.values {
		if texts := slices.Collect(v.Texts(a, p)); len(texts) > 0 {
			return texts
		}
	}
	return nil
}

// tenant is who had success with which indicators, by value.
type tenant map[string]map[activity.Symbol]bool

// Profile says which indicators a mailbox shows: nearly all show none.
func (d *detector) Profile(t detect.Timeline, p *detect.Tenant) detect.Partial {
	var out tenant
	if d.People == 0 {
		return nil
	}
	for _, a := range t.Matches() {
		if a.Result == activity.Failure {
			continue
		}
		for _, value := range d.texts(a, p) {
			if out == nil {
				out = tenant{}
			}
			out[value] = map[activity.Symbol]bool{t.Mailbox: true}
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// Merge joins what two parts of the tenant know.
func (d *detector) Merge(a, b detect.Partial) detect.Partial {
	to, _ := a.(tenant)
	from, _ := b.(tenant)
	if len(to) < len(from) {
		to, from = from, to
	}
	if to == nil {
		return nil
	}
	for value, names := range from {
		have := to[value]
		if len(have) < len(names) {
			have, names = names, have
		}
		maps.Copy(have, names)
		to[value] = have
	}
	return to
}

// everybody is the key under which the number of a tenant's people is kept.
type everybody struct{}

// successfulPeople counts who did anything at all with success.
func successfulPeople(p *detect.Tenant) int {
	return detect.OnceInTenant(p, everybody{}, func() int {
		seen, n := make([]bool, p.Case.Symbols.Len()), 0
		for i := range p.Case.Activities {
			if a := &p.Case.Activities[i]; a.Actor != 0 && !seen[a.Actor] && a.Actor == a.Mailbox && a.Lane == activity.Person && a.Result != activity.Failure {
				seen[a.Actor] = true
				n++
			}
		}
		return n
	})
}

// Mailbox gives one finding per value, in order of value.
func (d *detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	all, _ := p.Partial.(tenant)
	if len(t.Matched) == 0 {
		return nil
	}
	rows := map[string][]int{}
	for row, a := range t.Matches() {
		for _, value := range d.texts(a, p) {
			if list := rows[value]; len(list) == 0 || list[len(list)-1] != row {
				rows[value] = append(list, row)
			}
		}
	}
	var findings []detect.Finding
	for _, value := range slices.Sorted(maps.Keys(rows)) {
		list := rows[value]
		tried := !slices.ContainsFunc(list, func(row int) bool { return t.At(row).Result != activity.Failure })
		common := d.common(t.Rows[list[0]], p, value, all)
		f := detect.New(d.rule, t, p, list, []string{value},
			detect.Say("accounts", len(all[value])).If(len(all[value]) > 0),
			detect.Say("tried", true).If(tried), detect.Say("common", common).If(common != ""), detect.Fields(stated()...), detect.Values(d.facts...), detect.MessageFields())
		if tried || common != "" {
			f.Level = min(f.Level, detect.Low)
		}
		findings = append(findings, f)
	}
	return findings
}

// common says why an indicator tells nobody apart here; "" where it does.
func (d *detector) common(row activity.Row, p *detect.Tenant, value string, all tenant) string {
	a := &p.Case.Activities[row.Index()]
	if slices.Equal(d.Value, []string{activity.FieldIP.String()}) && p.Places != nil {
		at := p.Places.At(a.IP)
		switch {
		case at.Place.Class == geo.MSService:
			return "an address of Microsoft's own service"
		case at.Place.Class == geo.Relay:
			return "a relay that anybody may use"
		case p.Declared.IsEgress(at.Addr.IP):
			return "declared as a way out of the client's own networks"
		case p.Context != nil && p.Context.Shared(row.Index(), a.Time):
			return "a way out that people of the tenant share"
		}
	}
	const share = 3
	if n, of := len(all[value]), successfulPeople(p); d.People > 0 && of >= d.People && n*share > of {
		return fmt.Sprintf("%d of %d accounts show it", n, of)
	}
	return ""
}
