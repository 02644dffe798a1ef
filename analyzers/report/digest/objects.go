// Package digest gathers what a report says about one thing in one place: findings by the object that they are about
// ([Objects]), and the steps of all mailboxes in the order in which a responder acts ([DoNow]).
package digest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// Kinds of objects.
const (
	Visit       = "visit"       // an intruder in one account, or a place that one account was used from
	Application = "application" // its consents, secrets, roles and what it read
	MailRule    = "rule"        // an inbox rule
	Forwarding  = "forwarding"  // of a mailbox to one address
	Rights      = "rights"      // roles, rights and accounts that one person gave or changed on one day
	Attempts    = "attempts"    // guessed and sprayed passwords
	Messages    = "messages"    // delivered to one mailbox
	Settings    = "settings"    // of auditing and protection, changed by one person on one day
	Other       = "other"       // findings of one rule in one mailbox
)

// Object is one thing that findings are about.
type Object struct {
	Kind      string
	Name      string   // in words: `application "Poss" (395a1045-4185-43f1-ba4f-2b889bf7416b)`
	Intruder  string   // on whose acts they rest, the first of several; "": nobody's
	Mailboxes []string // that the findings are about, those of the gravest first
	Findings  []*report.Finding
	First     report.Time // the earliest of theirs; 0: none has a time
}

// Level is that of the gravest finding.
func (o *Object) Level() string { return o.Findings[0].Level }

// Grave says that a finding about it is high or critical.
func (o *Object) Grave() bool { return Grave(o.Level()) }

// Grave says that a level or band is high or critical.
func Grave(level string) bool { return level == "critical" || level == "high" }

// Titles are what was found about it, each once, the gravest first.
func (o *Object) Titles() []string {
	var list []string
	for _, f := range o.Findings {
		if !slices.Contains(list, f.Title) {
			list = append(list, f.Title)
		}
	}
	return list
}

// key is what makes two findings be about one object.
type key struct {
	kind, id string
	tenant   report.TenantOf
}

// Objects puts findings together by what they are about, in the order of the gravest about each. Those that an exception
// covers are left out. The list must be in the report's order.
func Objects(list []report.Finding) []Object {
	apps := appsOf(list)
	at := map[key]int{}
	boxes := map[key]map[string]bool{}
	var out []Object
	for i := range list {
		f := &list[i]
		if f.Suppressed != nil {
			continue
		}
		k, name := objectOf(f, apps)
		k.tenant = f.Tenant
		n, known := at[k]
		if !known {
			n = len(out)
			at[k], boxes[k] = n, map[string]bool{}
			out = append(out, Object{Kind: k.kind, Name: name})
		}
		o := &out[n]
		o.Findings = append(o.Findings, f)
		o.Intruder = cmp.Or(o.Intruder, string(f.Intruder))
		if !boxes[k][f.Mailbox] {
			boxes[k][f.Mailbox] = true
			o.Mailboxes = append(o.Mailboxes, f.Mailbox)
		}
		if o.First == 0 || f.First != 0 && f.First < o.First {
			o.First = f.First
		}
	}
	return out
}

// objectOf is what one finding is about, and what it is called.
func objectOf(f *report.Finding, apps *applications) (key, string) {
	switch {
	case f.Family == "consent", f.Family == "chain" && fact(f, "app_id") != "":
		if id, name := apps.of(f); id != "" {
			return key{kind: Application, id: id}, name
		}
		return personDay(f, Rights, "roles, rights and accounts changed by ")
	case f.Family == "mailrule":
		return mailRule(f)
	case f.Family == "access":
		return personDay(f, Rights, "roles, rights and accounts changed by ")
	case f.Family == "audit":
		return personDay(f, Settings, "auditing and protection changed by ")
	case f.Family == "delivery":
		return key{kind: Messages, id: f.Mailbox}, "messages delivered to " + f.Mailbox
	case f.Family == "credential" && f.Intruder == "" && (fact(f, "tries") != "" || fact(f, "most_in_window") != ""):
		return key{kind: Attempts}, "attempts to guess passwords"
	case f.Intruder != "":
		return key{kind: Visit, id: string(f.Intruder) + "\x00" + f.Mailbox}, "intruder " + string(f.Intruder) + " in " + f.Mailbox
	case f.Family == "location":
		place := cmp.Or(fact(f, "country"), fact(f, "line"), "an unknown place")
		if foreign, _, ok := strings.Cut(fact(f, "foreign"), " ("); ok {
			place = foreign
		}
		return key{kind: Visit, id: place + "\x00" + f.Mailbox}, f.Mailbox + " used from " + place
	}
	return key{kind: Other, id: f.Rule + "\x00" + f.Mailbox}, f.Mailbox
}

// personDay is an object that is what one person did on one day.
func personDay(f *report.Finding, kind, words string) (key, string) {
	who, day := cmp.Or(fact(f, "actor"), f.Mailbox), ""
	if text := f.First.String(); len(text) >= len(report.DayLayout) {
		day = text[:len(report.DayLayout)]
	}
	name := words + who
	if day != "" {
		name += " on " + day
	}
	return key{kind: kind, id: who + "\x00" + day}, name
}

// mailRule is a forwarding, or an inbox rule under its name.
func mailRule(f *report.Finding) (key, string) {
	object, to := fact(f, "object"), fact(f, "forward_to")
	_, name, named := strings.Cut(object, `\`)
	if to != "" && !named {
		return key{kind: Forwarding, id: f.Mailbox + "\x00" + to}, fmt.Sprintf("forwarding of %s to %s", f.Mailbox, to)
	}
	name = strings.TrimSpace(cmp.Or(fact(f, "params.Name"), name, object))
	what := "inbox rule " + strconv.Quote(name)
	if name == "" {
		what = "inbox rule with a blank name"
	}
	return key{kind: MailRule, id: f.Mailbox + "\x00" + name}, what + " of " + f.Mailbox
}

// applications know the ids of applications, and what each is called.
type applications struct {
	name map[string]string // by id
	id   map[string]string // by name; "": several have it
}

// appsOf learns from findings that have both.
func appsOf(list []report.Finding) *applications {
	a := &applications{name: map[string]string{}, id: map[string]string{}}
	for i := range list {
		f := &list[i]
		id, name := fact(f, "app_id"), appName(f)
		if f.Family != "consent" || id == "" || name == "" {
			continue
		}
		if a.name[id] == "" {
			a.name[id] = name
		}
		if known, ok := a.id[name]; ok && known != id {
			id = ""
		}
		a.id[name] = id
	}
	return a
}

// of is the application that a finding is about, by id or else by name, and what it is called.
func (a *applications) of(f *report.Finding) (id, name string) {
	id, name = fact(f, "app_id"), appName(f)
	if id == "" {
		id = cmp.Or(a.id[name], name)
	}
	name = cmp.Or(a.name[id], name)
	switch {
	case id == "":
		return "", ""
	case name == "":
		return id, "application " + id
	case name == id:
		return id, "application " + strconv.Quote(name)
	}
	return id, fmt.Sprintf("application %s (%s)", strconv.Quote(name), id)
}

// appName is the application's name in a finding about consent; the target of a grant is the service that it may use.
func appName(f *report.Finding) string {
	if name := fact(f, "params.ServicePrincipal.DisplayName"); name != "" {
		return name
	}
	if f.Family != "consent" || strings.Contains(fact(f, "object"), "/") {
		return ""
	}
	return cmp.Or(fact(f, "name"), fact(f, "target"))
}

// fact is the first value of a fact, as text; "" if there is none.
func fact(f *report.Finding, name string) string {
	for i := range f.Facts {
		if f.Facts[i].Name != name {
			continue
		}
		if list, ok := f.Facts[i].Value.([]string); ok {
			return strings.Join(list[:min(len(list), 1)], "")
		}
		if f.Facts[i].Value == nil {
			return ""
		}
		return report.ValueText(f.Facts[i].Value)
	}
	return ""
}
