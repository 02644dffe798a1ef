package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"triage/testdata/ordinary"
	"triage/testdata/truth"
)

// tenantCase is a small tenant with one intruder in it, of a kind, as its sign-ins, audit log and trace show it.
type tenantCase struct {
	name, title, kind string
	seed              uint64
	story             func(x *ordinary.Intruder) string
	found, quiet      string
	findings          []findingWant // about the account taken first, where they name none
	answers           []truth.Line
}

// The size of such a case: few people, who live little, so that its files stay small.
const tenantPeople, tenantDays = 4, 16

func (c tenantCase) make() (*investigation, error) {
	t := ordinary.New(ordinary.Options{Seed: c.seed, People: tenantPeople, Days: tenantDays, Intruders: []string{c.kind}, Case: true})
	x := &t.Truth[0]
	out := &investigation{
		name: c.name, title: c.title, story: c.story(x), found: c.found, quiet: c.quiet, told: t.Truths(), mailboxes: map[string]bandWant{}, findings: c.findings,
		runs: []run{{Name: "logs", Inputs: t.Files()}},
	}
	swapped := slices.Clone(t.Files())
	slices.Reverse(swapped)
	out.runs = append(out.runs, run{Name: "swapped", Inputs: swapped})
	plants := map[string]plant{}
	for _, file := range t.Files() {
		e := export{file: file, text: []byte(t.Header(file)), bare: t.Header(file) == ""}
		for _, r := range t.Of(file) {
			e.text = append(e.text, r.Text...)
			e.rows = append(e.rows, row{time: r.Time, plant: plantOf(r, plants), rawLine: string(bytes.TrimSuffix(r.Text, []byte("\n")))})
		}
		out.exports = append(out.exports, e)
	}
	out.repeated(t)
	for _, name := range slices.Sorted(maps.Keys(plants)) {
		out.plants = append(out.plants, plants[name])
	}
	for _, account := range x.Accounts {
		out.mailboxes[account] = bandWant{AtLeast: "high"}
	}
	var others []string
	for _, person := range t.People() {
		if !slices.Contains(x.Accounts, person) {
			out.mailboxes[person] = bandWant{Below: "high"}
			others = append(others, person)
			out.silences = append(out.silences, quietWant{Rule: "*", Mailbox: person, Above: "high"})
		}
	}
	out.story = strings.TrimSpace(out.story) + "\n\nIn the mailboxes of " + strings.Join(others, ", ") + " was nobody but their owners."
	for i := range out.findings {
		out.findings[i].Mailbox = cmp.Or(out.findings[i].Mailbox, x.Accounts[0])
	}
	out.told = overlayAll(out.told, c.answers)
	return out, nil
}

// repeated counts what two logs hold: a sign-in that is in the audit log as well, where less is said of it.
func (c *investigation) repeated(t *ordinary.Tenant) {
	logons := map[string]bool{}
	for _, r := range t.Of("signins.jsonl") {
		logons[r.ID] = true
	}
	for i := range c.exports {
		for _, r := range t.Of(c.exports[i].file) {
			if r.Log == ordinary.Audit && logons[r.ID] {
				c.exports[i].duplicates++
			}
		}
	}
}

// plantOf names what an intruder's record is a planted act of, and notes it.
func plantOf(r *ordinary.Record, plants map[string]plant) string {
	if r.Intruder == 0 {
		return ""
	}
	name := strings.Trim(strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, strings.ToLower(r.Op)), "-")
	p := plant{name: name, what: r.Op + " of the intruder"}
	switch r.Log {
	case ordinary.SignIns:
		p.holds = []string{`"userPrincipalName"`}
	case ordinary.Trace:
		p.what, p.holds = "what he sent, as the trace has it", []string{`"Delivered"`}
	default:
		p.holds = []string{fmt.Sprintf("%q:%q", "Operation", r.Op)}
	}
	plants[name] = p
	return name
}

// overlayAll puts answers over those among truths.
func overlayAll(told, answers []truth.Line) []truth.Line {
	first := slices.IndexFunc(told, func(l truth.Line) bool { return l.Truth == truth.Answer })
	return append(told[:first:first], overlay(told[first:], answers)...)
}
