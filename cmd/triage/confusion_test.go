package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/rules/detect"
)

// tally is what one rule did over everything whose truth is known.
type tally struct {
	fired    int // findings of low and above
	expected int // things that it was to find
	missed   int // of those
	wrong    int // findings of medium and above about the innocent, or that nothing true explains
}

// confusion is a table of tallies by rule.
type confusion map[string]*tally

func (c confusion) at(rule string) *tally {
	if c[rule] == nil {
		c[rule] = &tally{}
	}
	return c[rule]
}

// Promise: how often each rule is right is measured, not claimed: over the shipped cases, the generated innocents and,
// where it lies beside the checkout, the given data. It prints the table of README.md:
//
//	go test ./cmd/triage -run TestConfusion -v
func TestConfusion(t *testing.T) {
	if testing.Short() {
		t.Skip("reads everything there is")
	}
	table := confusion{}
	t.Run("cases", func(t *testing.T) { table.cases(t) })
	t.Run("innocents", func(t *testing.T) { table.innocents(t) })
	t.Run("techniques", func(t *testing.T) { table.techniques(t) })
	t.Run("tenant", func(t *testing.T) { table.tenant(t) })
	t.Run("signins", func(t *testing.T) { table.signins(t) })
	t.Logf("\n%s", table)
	for rule, n := range table {
		if n.missed > 0 {
			t.Errorf("%s missed %d of %d", rule, n.missed, n.expected)
		}
	}
}

// String is the table in Markdown; rules without a line never fired and were expected nowhere.
func (c confusion) String() string {
	var b strings.Builder
	b.WriteString("| rule | fired | expected | missed | false |\n|---|--:|--:|--:|--:|\n")
	names := make([]string, 0, len(c))
	var all tally
	for name := range c {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		n := c[name]
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", name, n.fired, n.expected, n.missed, n.wrong)
		all.fired, all.expected, all.missed, all.wrong = all.fired+n.fired, all.expected+n.expected, all.missed+n.missed, all.wrong+n.wrong
	}
	fmt.Fprintf(&b, "| **all** | %d | %d | %d | %d |\n", all.fired, all.expected, all.missed, all.wrong)
	return b.String()
}

// fire counts findings; wrong says which of them are false.
func (c confusion) fire(r *report.Report, wrong func(f *report.Finding) bool) {
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Suppressed != nil || levelOf(f) < detect.Low {
			continue
		}
		n := c.at(f.Rule)
		n.fired++
		if levelOf(f) >= detect.Medium && wrong(f) {
			n.wrong++
		}
	}
}

// want counts one thing that a rule was to find.
func (c confusion) want(rule string, found bool) {
	n := c.at(rule)
	n.expected++
	if !found {
		n.missed++
	}
}

// cases are the shipped investigations: want.json says what must be there, and about whom nothing may.
func (c confusion) cases(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("..", "..", "testdata", "cases", "*", "want.json"))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var w want
		if err := json.Unmarshal(data, &w); err != nil {
			t.Fatal(err)
		}
		folder := filepath.Dir(file)
		args := slices.Clone(w.Runs[0].Flags)
		for _, in := range w.Runs[0].Inputs {
			args = append(args, filepath.Join(folder, in))
		}
		r := analyzed(t, args...)
		c.fire(r, func(f *report.Finding) bool {
			return slices.ContainsFunc(w.Quiet, func(q struct{ Rule, Mailbox, Above string }) bool {
				above, _ := detect.ParseLevel(q.Above)
				return glob(q.Rule, f.Rule) && f.Mailbox == q.Mailbox && levelOf(f) > above
			})
		})
		for _, f := range w.Findings {
			i := slices.IndexFunc(r.Findings, func(g report.Finding) bool {
				least, _ := detect.ParseLevel(f.AtLeast)
				return glob(f.Rule, g.Rule) && g.Mailbox == f.Mailbox && levelOf(&g) >= least && len(f.missing(folder, &g)) == 0
			})
			if i < 0 {
				c.want(f.Rule, false)
			} else {
				c.want(r.Findings[i].Rule, true)
			}
		}
	}
}

// innocents are a hundred mailboxes without an intruder, fifty of them hard to tell: all of medium and above is false.
func (c confusion) innocents(t *testing.T) {
	for _, hard := range []bool{false, true} {
		folder := t.TempDir()
		generateInnocents(t, folder, 1, hard)
		c.fire(analyzed(t, folder), func(*report.Finding) bool { return true })
	}
}

// techniques are the samples of one technique each: what fires and is of another one is false.
func (c confusion) techniques(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join(given(t, "det-eng"), "*.csv"))
	for _, path := range paths {
		r := analyzed(t, path)
		name := filepath.Base(path)
		technique, _, _ := strings.Cut(name, "_")
		of := func(f *report.Finding) bool {
			return slices.ContainsFunc(f.Attack, func(a string) bool { return parent(a) == parent(technique) })
		}
		c.fire(r, func(f *report.Finding) bool {
			return slices.Contains(silentSamples(), name) || !of(f) && !beside(name, f)
		})
		if slices.Contains(silentSamples(), name) {
			continue
		}
		i := slices.IndexFunc(r.Findings, func(f report.Finding) bool { return of(&f) })
		if i < 0 {
			c.want("(a rule for "+technique+")", false)
		} else {
			c.want(r.Findings[i].Rule, true)
		}
	}
}

// beside are true findings of another technique than the sample's: its rule deletes, and waits for words.
func beside(name string, f *report.Finding) bool {
	return strings.HasPrefix(name, "t1564.008") && strings.HasPrefix(f.Rule, "rule.")
}

// tenant is the training tenant.
func (c confusion) tenant(t *testing.T) {
	r := analyzed(t, filepath.Join(given(t, "summit"), "summit_search_ual.csv"))
	c.fire(r, func(f *report.Finding) bool {
		return !slices.Contains(tenantBeside(), f.Rule) && !slices.ContainsFunc(tenantLabels(), func(l label) bool { return l.fits(f) })
	})
	for _, l := range tenantLabels() {
		n := count(r, l.rule, l.mailbox, l.least)
		for i := range l.n {
			c.want(l.rule, i < n)
		}
	}
}

// signins are single records of sign-ins and changes.
func (c confusion) signins(t *testing.T) {
	for i, one := range entraCases(t) {
		rule := entraRules()[strings.TrimPrefix(one.Rule, "Azure.Audit.")]
		r := analyzedText(t, fmt.Sprintf("%02d.json", i), string(one.Log))
		apart := rule == "" || entraApart()[one.Name] != ""
		c.fire(r, func(f *report.Finding) bool { return !apart && f.Rule == rule && !one.Expect })
		if !apart && one.Expect {
			c.want(rule, len(found(r, rule)) > 0)
		}
	}
}
