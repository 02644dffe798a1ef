// Package lookalike is the detector for names that pretend to be other names: an application called rnicrosoft, an
// account j0hn.doe beside john.doe.
package lookalike

import (
	"errors"
	"fmt"
	"strings"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	Value     string   `yaml:"value" doc:"field whose names are judged"`
	Names     []string `yaml:"names" doc:"names that others pretend to be"`
	Mailboxes bool     `yaml:"mailboxes" doc:"the tenant's own mailboxes are such names, too: the part before the @"`
	MinLength int      `yaml:"min_length" doc:"letters that a name must have: short ones have innocent neighbours"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name:     "lookalike",
		Doc:      "one finding for each name that looks like another one and is not",
		Settings: func() detect.Settings { return &Settings{Value: "target", MinLength: 5} },
	}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	if _, ok := detect.ParseValue(s.Value); !ok {
		errs = append(errs, detect.FieldError{Path: "value", Reason: fmt.Sprintf("want a field, got %q", s.Value)})
	}
	if s.MinLength < 3 {
		errs = append(errs, detect.FieldError{Path: "min_length", Reason: "want 3 or more"})
	}
	return errors.Join(errs...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	return detect.Facts{"name": detect.TextFact, "looks_like": detect.TextFact}.With(stated()...)
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	d := &detector{rule: r, Settings: *s}
	d.value, _ = detect.ParseValue(s.Value)
	for _, name := range s.Names {
		d.models = append(d.models, model{strings.ToLower(strings.TrimSpace(name)), detect.Looks(name)})
	}
	return d
}

type detector struct {
	rule *detect.Rule
	Settings
	value  detect.Value
	models []model
}

// model is a name that others pretend to be, and how it looks.
type model struct{ name, looks string }

// mailboxNames are the mailboxes of a part of the tenant, sorted.
type mailboxNames []string

// Profile names the mailbox, if it is a person's.
func (d *detector) Profile(t detect.Timeline, p *detect.Tenant) detect.Partial {
	name := p.Case.Text(t.Mailbox)
	if !d.Mailboxes || t.Lane != activity.Person || !strings.Contains(name, "@") || p.Domains.External(name) != detect.False {
		return nil
	}
	return mailboxNames{name}
}

// Merge joins two lists.
func (d *detector) Merge(a, b detect.Partial) detect.Partial {
	x, _ := a.(mailboxNames)
	y, _ := b.(mailboxNames)
	return detect.Union(x, y)
}

// stated are the fields that say who did what to whom, from where.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldActor, activity.FieldOp, activity.FieldObject, activity.FieldTarget, activity.FieldIP, activity.FieldCountry,
	}
}

// Mailbox gives one finding per name and the name it looks like, in order of the first activity.
func (d *detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	if len(t.Matched) == 0 {
		return nil
	}
	own := detect.OnceInTenant(p, d, func() *accounts {
		list, _ := p.Partial.(mailboxNames)
		return newAccounts(list)
	})
	rows := map[[2]string][]int{}
	var order [][2]string
	for row, a := range t.Matches() {
		for text := range d.value.Texts(a, p) {
			like := d.like(text, own)
			if like == "" {
				continue
			}
			key := [2]string{text, like}
			if rows[key] == nil {
				order = append(order, key)
			}
			rows[key] = append(rows[key], row)
		}
	}
	var findings []detect.Finding
	for _, key := range order {
		findings = append(findings, detect.New(d.rule, t, p, rows[key], key[:],
			detect.Say("name", key[0]), detect.Say("looks_like", key[1]), detect.Fields(stated()...)))
	}
	return findings
}

func local(address string) string {
	name, _, _ := strings.Cut(address, "@")
	return name
}

// longest bounds what one name may cost.
const longest = 200

// like is the name that a text pretends to be; "" if none.
func (d *detector) like(text string, own *accounts) string {
	text = strings.ToLower(strings.TrimSpace(text))
	if len(text) > longest {
		return ""
	}
	if strings.Contains(text, "@") {
		return d.likeAccount(text, own)
	}
	for _, m := range d.models {
		for _, word := range append(strings.Fields(text), text) {
			if word == m.name || strings.Contains(word, m.name) {
				return ""
			}
		}
	}
	for _, m := range d.models {
		for _, word := range append(strings.Fields(text), text) {
			if looks := detect.Looks(word); len(m.looks) >= d.MinLength && (looks == m.looks || near(looks, m.looks)) {
				return m.name
			}
		}
	}
	return ""
}

// near allows one slip in a long name. A plural or another ending is no slip.
func near(looks, model string) bool {
	const long = 8
	return len(model) >= long && !strings.HasPrefix(looks, model) && !strings.HasPrefix(model, looks) &&
		detect.Slips(looks, model, 1) == 1
}

// accounts are the tenant's own mailboxes, in order of name, found by how their names look. Of those that differ only
// behind the @ the first stands for all.
type accounts struct {
	models []model // looks are those of the part before the @
	known  map[string]bool
	near   *detect.Neighbours
}

func newAccounts(own mailboxNames) *accounts {
	all := &accounts{known: make(map[string]bool, len(own))}
	var looks []string
	for _, name := range own {
		if before := local(name); !all.known[before] {
			all.known[before] = true
			all.models = append(all.models, model{name, detect.Looks(before)})
			looks = append(looks, all.models[len(looks)].looks)
		}
	}
	all.near = detect.NewNeighbours(1, looks)
	return all
}

// likeAccount is the mailbox whose name an address pretends to have: the same look by other letters, or the same name in
// another domain than the tenant's would be no new account. Numbered accounts are neighbours, not pretenders.
func (d *detector) likeAccount(address string, own *accounts) string {
	name := local(address)
	looks := detect.Looks(name)
	if len(looks) < d.MinLength {
		return ""
	}
	if own.known[name] {
		return ""
	}
	for _, i := range own.near.Of(looks) {
		m := own.models[i]
		if looks == m.looks && skeleton(name) != skeleton(local(m.name)) {
			return m.name
		}
		if !strings.ContainsAny(name+local(m.name), "0123456789") && near(looks, m.looks) {
			return m.name
		}
	}
	return ""
}

// skeleton is a name without the marks that people write or leave out: john.doe and johndoe are one.
func skeleton(name string) string { return marks.Replace(name) }

var marks = strings.NewReplacer(".", "", "-", "", "_", "")
