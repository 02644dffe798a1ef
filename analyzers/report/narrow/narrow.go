// Package narrow leaves out of a report what a reader does not ask for, as analyze's own filters would have: scores stay,
// because everything was read and judged. What the report counts beyond its lists it counts of the whole case, since
// nobody can tell the parts any more.
package narrow

import (
	"reflect"
	"slices"
	"strings"

	"triage/analyzers/report"
)

// Filter chooses what of a report is shown. The zero value shows everything.
type Filter struct {
	Mailboxes []string // lower case; empty: all
	Levels    []string // of findings, the least first; empty: all
}

// Narrow leaves out of a report what the filter does not let through. The report that it is given is changed.
func Narrow(r *report.Report, f Filter) *report.Report {
	if len(f.Mailboxes)+len(f.Levels) == 0 {
		return r
	}
	n := &narrowing{f, map[string]bool{}}
	n.say(r)
	r.Findings = keep(r.Findings, func(x *report.Finding) bool {
		let := n.mailbox(x.Mailbox) && (len(f.Levels) == 0 || slices.Contains(f.Levels, x.Level))
		n.findings[x.ID] = let
		return let
	})
	n.view(&r.Tenant) // which must know what named findings before
	n.cite(reflect.ValueOf(r).Elem())
	n.lists(reflect.ValueOf(r).Elem())
	n.rest(r)
	n.timelines(r)
	return r
}

type narrowing struct {
	Filter
	findings map[string]bool // by id: whether it is shown
}

// say writes the filter into the report, beside what its own run left out.
func (n *narrowing) say(r *report.Report) {
	if r.Filters == nil {
		r.Filters = &report.Filters{Mailboxes: []string{}}
	}
	if len(n.Mailboxes) > 0 {
		r.Filters.Mailboxes = n.Mailboxes
	}
	if len(n.Levels) > 0 {
		r.Filters.MinLevel = report.Text(n.Levels[0])
	}
}

func (n *narrowing) mailbox(name string) bool {
	return len(n.Mailboxes) == 0 || slices.ContainsFunc(n.Mailboxes, func(m string) bool { return strings.EqualFold(m, name) })
}

func (n *narrowing) any(names []string) bool {
	return len(n.Mailboxes) == 0 || slices.ContainsFunc(names, n.mailbox)
}

func keep[T any](list []T, want func(*T) bool) []T {
	return slices.DeleteFunc(list, func(x T) bool { return !want(&x) })
}

// cite leaves findings that are not shown out of what names them, wherever in the report that is.
func (n *narrowing) cite(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			n.cite(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			n.cite(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Field(i)
			switch name := v.Type().Field(i).Name; list := field.Addr().Interface().(type) {
			case *[]string:
				if name == "Findings" || name == "Before" {
					*list = keep(*list, func(id *string) bool { return n.findings[*id] })
				}
			case *report.Text:
				if name == "Finding" && !n.findings[string(*list)] {
					*list = ""
				}
			default:
				n.cite(field)
			}
		}
	}
}

// lists leaves out of the report's lists what is about mailboxes that are not shown.
func (n *narrowing) lists(r reflect.Value) {
	for i := range r.NumField() {
		list := r.Field(i)
		if list.Kind() != reflect.Slice || list.Type().Elem().Kind() != reflect.Struct || r.Type().Field(i).Name == "Inputs" {
			continue // all inputs were read
		}
		kept := reflect.MakeSlice(list.Type(), 0, list.Len())
		for k := range list.Len() {
			if n.about(list.Index(k)) {
				kept = reflect.Append(kept, list.Index(k))
			}
		}
		list.Set(kept)
	}
}

// about says whether an element of a list is about a mailbox that is shown. What names none is about all of them.
func (n *narrowing) about(v reflect.Value) bool {
	for _, name := range []string{"Mailboxes", "Accounts"} {
		if field := v.FieldByName(name); field.IsValid() && field.Kind() == reflect.Slice && field.Len() > 0 {
			names, _ := field.Interface().([]string)
			return n.any(names)
		}
	}
	for _, name := range []string{"Mailbox", "Account"} {
		if field := v.FieldByName(name); field.IsValid() && field.Kind() == reflect.String {
			return field.Len() == 0 || n.mailbox(field.String())
		}
	}
	return true
}

// rest narrows what is not said by the name of a field.
func (n *narrowing) rest(r *report.Report) {
	r.Services = keep(r.Services, func(s *report.Service) bool { return n.mailbox(s.Name) })
	if len(n.Mailboxes) > 0 {
		r.Answers = []report.Answer{} // they are about all of it
	}
	for i := range r.Caveats {
		if c := &r.Caveats[i]; len(c.Mailboxes) > 0 {
			if c.Mailboxes = keep(c.Mailboxes, func(m *string) bool { return n.mailbox(*m) }); len(c.Mailboxes) == 1 {
				c.Mailbox, c.Mailboxes = report.Text(c.Mailboxes[0]), nil
			}
		}
	}
	for i := range r.Mailboxes {
		m := &r.Mailboxes[i]
		m.Shares = keep(m.Shares, func(s *report.Share) bool { return n.findings[s.Finding] })
	}
	for i := range r.Story {
		s := &r.Story[i]
		s.Sentences = keep(s.Sentences, func(x *report.StorySentence) bool { return x.Account == "" || n.mailbox(string(x.Account)) })
	}
	r.Story = keep(r.Story, func(s *report.Story) bool { return len(s.Sentences) > 0 })
	for i := range r.Containment {
		c := &r.Containment[i]
		c.Steps = keep(c.Steps, func(s *report.Step) bool { return len(s.Findings) > 0 })
	}
	r.Containment = keep(r.Containment, func(c *report.Containment) bool { return len(c.Steps) > 0 })
	r.NextEvidence = keep(r.NextEvidence, func(e *report.NextEvidence) bool { return len(e.Findings) > 0 })
	for i := range r.Touched {
		if t := &r.Touched[i]; len(n.Mailboxes) > 0 {
			t.Names = keep(t.Names, func(name *string) bool { return n.mailbox(*name) })
			t.Accounts = len(t.Names)
		}
	}
	r.Touched = keep(r.Touched, func(t *report.Touched) bool { return t.Accounts > 0 })
}

// view narrows what mailboxes have to do with each other: what one finding alone speaks of joins nothing.
func (n *narrowing) view(v *report.TenantView) {
	v.Mailboxes = keep(v.Mailboxes, func(m *report.RankedMailbox) bool {
		return n.mailbox(m.Mailbox) && slices.ContainsFunc(m.Findings, n.shown)
	})
	first := func(f *report.FirstMailbox) bool { return len(n.Mailboxes) == 0 && n.shown(f.Finding) }
	if v.First != nil && !first(v.First) {
		v.First = nil
	}
	v.Firsts = keep(v.Firsts, first)
	v.Shared = keep(v.Shared, func(s *report.Shared) bool {
		cited := false
		s.Mailboxes = keep(s.Mailboxes, func(m *report.SharedMailbox) bool {
			let := n.mailbox(m.Mailbox) && n.let(m.Findings)
			cited = cited || let && len(m.Findings) > 0
			return let
		})
		return len(s.Mailboxes) > 1 && cited
	})
	v.Spread = keep(v.Spread, func(s *report.Spread) bool { return n.mailbox(s.From) && n.mailbox(s.To) && n.let(s.Findings) })
}

func (n *narrowing) shown(finding string) bool { return n.findings[finding] }

// let says that what findings speak of is shown: one of them is, or none speaks of it.
func (n *narrowing) let(findings []string) bool {
	return len(findings) == 0 || slices.ContainsFunc(findings, n.shown)
}

// timelines keep the rows that findings which are shown cite.
func (n *narrowing) timelines(r *report.Report) {
	cited := map[string]bool{}
	for i := range r.Findings {
		for _, e := range r.Findings[i].Evidence {
			cited[e.Identity] = true
		}
	}
	for i := range r.Timeline {
		t := &r.Timeline[i]
		t.Rows = keep(t.Rows, func(row *report.Row) bool { return cited[row.Identity] })
	}
}

// KnownNames are those of the mailboxes, services and accounts that a report knows.
func KnownNames(r *report.Report) []string {
	var names []string
	for i := range r.Mailboxes {
		names = append(names, r.Mailboxes[i].Mailbox)
	}
	for i := range r.Services {
		names = append(names, r.Services[i].Name)
	}
	for i := range r.Accounts {
		names = append(names, r.Accounts[i].Account)
	}
	return names
}
