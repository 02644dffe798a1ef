// Package rulepage puts rules into words: one rule with all that is set, changed and tested about it, as rules explain
// prints it, and what two packs say differently, as rules diff does.
package rulepage

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"triage/analyzers/report"
	"triage/rules/detect"
	"triage/rules/explain"
)

// RulePage is one rule as rules explain prints it, in the words of YAML.
type RulePage struct {
	ID             string      `json:"id"`
	Title          string      `json:"title"`
	Pack           string      `json:"pack"`
	At             string      `json:"at"` // file:line
	Enabled        bool        `json:"enabled"`
	Reason         string      `json:"reason,omitempty"` // why it is turned off
	Level          string      `json:"level"`
	Impact         float64     `json:"impact"`
	Confidence     int         `json:"confidence"`
	Points         float64     `json:"points"`
	Family         string      `json:"family"`
	Entities       []string    `json:"entities"`
	Attack         []string    `json:"attack"`
	Message        string      `json:"message,omitempty"`
	Next           string      `json:"next,omitempty"`
	Author         string      `json:"author,omitempty"`
	FalsePositives []string    `json:"falsepositives"`
	Accuses        string      `json:"accuses,omitempty"`
	Entry          string      `json:"entry,omitempty"`
	OfActor        bool        `json:"of_actor"`
	Where          string      `json:"where"` // YAML; empty: every activity
	Uses           []used      `json:"uses"`
	Detector       string      `json:"detector"`
	DetectorDoc    string      `json:"detector_doc"`
	Settings       []setting   `json:"settings"`
	Escalate       []string    `json:"escalate"`
	Soften         []string    `json:"soften"`
	Overrides      []change    `json:"overrides"`
	Exceptions     []exception `json:"exceptions"`
	Tests          []Test      `json:"tests"`
}

// used is a list or a macro that the rule uses.
type used struct {
	Name   string   `json:"name"`
	Values []string `json:"values,omitempty"`
	Macro  string   `json:"macro,omitempty"` // YAML
}

type setting struct {
	Name    string `json:"name"`
	Value   string `json:"value"` // YAML; empty: nothing is set
	Default string `json:"default"`
	SetBy   string `json:"set_by,omitempty"` // id of the pack; empty: the default
	At      string `json:"at,omitempty"`
	Doc     string `json:"doc"`
}

type change struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Pack   string `json:"pack"`
	At     string `json:"at"`
	Reason string `json:"reason,omitempty"`
}

type exception struct {
	ID      string `json:"id"`
	Where   string `json:"where"`
	Reason  string `json:"reason,omitempty"`
	By      string `json:"by,omitempty"`
	Expires string `json:"expires,omitempty"`
	Expired bool   `json:"expired"`
	Pack    string `json:"pack"`
	At      string `json:"at"`
}

// Test is one inline test of the rule, and what came of it.
type Test struct {
	Name string `json:"name"`
	At   string `json:"at"`
	// Extended says that the test's pack is only extended by the one that was named, which may be why it fails.
	Extended bool     `json:"extended"`
	Passed   bool     `json:"passed"`
	Faults   []string `json:"faults"`
}

// Of puts a rule into the words of YAML, but for its tests.
func Of(a *explain.About) *RulePage {
	r := a.Rule
	e := &RulePage{
		ID: r.ID, Title: r.Title, Pack: a.Pack, At: a.At, Enabled: a.Off == nil,
		Level: r.Level.String(), Impact: r.Level.Impact(), Confidence: r.Confidence,
		Points: r.Level.Impact() * float64(r.Confidence) / 100, Family: r.Family,
		Entities: append([]string{}, r.Entities...), Attack: append([]string{}, r.Attack...), Message: r.Message, Next: r.Next,
		Author: r.Author, FalsePositives: append([]string{}, r.FalsePositives...), OfActor: r.OfActor, Where: a.Where,
		Accuses: string(r.Accuses), Entry: r.Entry,
		Uses: []used{}, Detector: a.Kind.Name, DetectorDoc: a.Kind.Doc, Settings: []setting{},
		Escalate: []string{}, Soften: []string{}, Overrides: []change{}, Exceptions: []exception{}, Tests: []Test{},
	}
	if a.Off != nil {
		e.Reason = a.Off.Reason
	}
	for _, u := range a.Uses {
		e.Uses = append(e.Uses, used{u.Name, u.Values, u.Macro})
	}
	for _, s := range a.Settings {
		e.Settings = append(e.Settings, setting{a.Kind.Name + "." + s.Path, s.Value, s.Default, s.Pack, s.At, s.Doc})
	}
	for _, x := range r.Escalate {
		e.Escalate = append(e.Escalate, fmt.Sprintf("%s if %s", x.Level, ground(&x.Ground, "any row")))
	}
	for _, x := range r.Soften {
		to := "one level"
		if !x.ByOne {
			to = "to " + x.To.String()
		}
		e.Soften = append(e.Soften, fmt.Sprintf("%s if %s", to, ground(&x.Ground, "every row")))
	}
	for _, o := range a.Changes {
		e.Overrides = append(e.Overrides, change{o.Key, o.Value, o.Pack, o.At, o.Reason})
	}
	for _, x := range a.Exceptions {
		row := exception{
			ID: x.ID, Where: x.Where, Reason: x.Reason, By: x.By, Expired: x.Expired, Pack: x.Pack, At: x.At,
		}
		if !x.Expires.IsZero() {
			row.Expires = x.Expires.Format(time.DateOnly)
		}
		e.Exceptions = append(e.Exceptions, row)
	}
	return e
}

// ground is a reason to change a level.
func ground(g *detect.Ground, rows string) string {
	if g.Where == nil {
		return g.String()
	}
	return rows + ": " + g.String()
}

// Write writes the page as text.
func (e *RulePage) Write(b *strings.Builder) {
	fmt.Fprintf(b, "%s: %s\n", report.Plain(e.ID), report.Plain(e.Title))
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(b, "  %-15s %s\n", name, report.Plain(value))
		}
	}
	if !e.Enabled {
		row("turned off", cmp.Or(e.Reason, "no reason is given"))
	}
	row("pack", e.Pack+", "+e.At)
	row("points", fmt.Sprintf("%.1f = %s (%.0f) × confidence %d %%", e.Points, e.Level, e.Impact, e.Confidence))
	row("family", e.Family)
	row("counts towards", strings.Join(e.Entities, ", "))
	row("ATT&CK", strings.Join(e.Attack, ", "))
	row("author", e.Author)
	row("message", e.Message)
	row("next", e.Next)
	row("false positives", strings.Join(e.FalsePositives, "; "))
	row("accuses", e.Accuses)
	row("way in", e.Entry)
	row("escalates to", strings.Join(e.Escalate, "; "))
	row("softens", strings.Join(e.Soften, "; "))
	if e.OfActor {
		row("of", "the actor's timeline as well")
	}
	e.writeWhere(b)
	e.writeSettings(b)
	e.writeRest(b)
}

// mostValues is how many values of a list are shown.
const mostValues = 12

func (e *RulePage) writeWhere(b *strings.Builder) {
	b.WriteString("\nwhere\n")
	if e.Where == "" {
		b.WriteString("  every activity\n")
	}
	for line := range strings.Lines(e.Where) {
		fmt.Fprintf(b, "  %s\n", report.Plain(strings.TrimRight(line, "\n")))
	}
	for _, u := range e.Uses {
		if u.Macro != "" {
			fmt.Fprintf(b, "  $%s is %s\n", report.Plain(u.Name), report.Plain(u.Macro))
			continue
		}
		if len(u.Values) == 0 {
			fmt.Fprintf(b, "  $%s is empty\n", report.Plain(u.Name))
			continue
		}
		shown, more := u.Values, ""
		if len(shown) > mostValues {
			shown, more = shown[:mostValues], ", …"
		}
		fmt.Fprintf(b, "  $%s has %d values: %s%s\n", report.Plain(u.Name), len(u.Values), report.Plain(strings.Join(shown, ", ")), more)
	}
}

func (e *RulePage) writeSettings(b *strings.Builder) {
	fmt.Fprintf(b, "\ndetector %s: %s\n", e.Detector, report.Plain(e.DetectorDoc))
	tab := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, s := range e.Settings {
		by := "default"
		if s.SetBy != "" {
			by = s.SetBy + ", " + s.At
			if s.Default != "" && !equalSettings(s.Default, s.Value) {
				by += " (default " + s.Default + ")"
			}
		}
		fmt.Fprintf(tab, "  %s\t%s\t%s\t%s\n", report.Plain(s.Name), report.Plain(cmp.Or(s.Value, "-")), report.Plain(by), report.Plain(s.Doc))
	}
	_ = tab.Flush() // a strings.Builder does not fail
}

// equalSettings knows 0.10 for 0.1, and 60s for 1m.
func equalSettings(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return x == y
	}
	d, errX := detect.ParseDuration(a)
	e, errY := detect.ParseDuration(b)
	return a == b || errX == nil && errY == nil && d == e
}

func (e *RulePage) writeRest(b *strings.Builder) {
	fmt.Fprintf(b, "\noverrides: %d\n", len(e.Overrides))
	for _, o := range e.Overrides {
		fmt.Fprintf(b, "  %s: %s (%s, %s)", report.Plain(o.Name), report.Plain(o.Value), report.Plain(o.Pack), report.Plain(o.At))
		if o.Reason != "" {
			fmt.Fprintf(b, ": %s", report.Plain(o.Reason))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, "\nexceptions that can cover its findings: %d\n", len(e.Exceptions))
	for _, x := range e.Exceptions {
		fmt.Fprintf(b, "  %s: %s (%s, %s)", report.Plain(x.ID), report.Plain(cmp.Or(x.Where, "every activity")), report.Plain(x.Pack), report.Plain(x.At))
		for _, part := range []struct{ name, value string }{{"", x.Reason}, {"by ", x.By}, {"until ", x.Expires}} {
			if part.value != "" {
				fmt.Fprintf(b, "; %s%s", part.name, report.Plain(part.value))
			}
		}
		if x.Expired {
			b.WriteString("; expired, no longer applies")
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, "\ntests: %d\n", len(e.Tests))
	for _, test := range e.Tests {
		word := "ok    "
		if !test.Passed {
			word = "FAILED"
		}
		fmt.Fprintf(b, "  %s  %s  %s\n", word, report.Plain(test.At), report.Plain(test.Name))
		if !test.Passed && test.Extended {
			b.WriteString("          its pack is only extended here: what is laid over it may be why\n")
		}
		for _, fault := range test.Faults {
			fmt.Fprintf(b, "          %s\n", report.Plain(fault))
		}
	}
}

// mostUsers is how many of the rules that use a list are named.
const mostUsers = 5

// WriteDiff writes what two packs say differently, as text.
func WriteDiff(w io.Writer, found []explain.Difference) {
	if len(found) == 0 {
		fmt.Fprintln(w, "the packs say the same")
		return
	}
	signs := map[string]string{explain.Added: "+", explain.Removed: "-", explain.Altered: "~", explain.Renamed: "→"}
	for _, d := range found {
		fmt.Fprintf(w, "%s %s %s", signs[d.Change], d.Kind, report.Plain(d.ID))
		if d.Title != "" {
			fmt.Fprintf(w, ": %s", report.Plain(d.Title))
		}
		if d.Was != "" {
			fmt.Fprintf(w, " (was %s)", report.Plain(d.Was))
		}
		if d.Reason != "" {
			fmt.Fprintf(w, " (%s)", report.Plain(d.Reason))
		}
		if users := d.UsedBy; len(users) > 0 {
			more := ""
			if len(users) > mostUsers {
				users, more = users[:mostUsers], ", …"
			}
			fmt.Fprintf(w, " (used by %s%s)", report.Plain(strings.Join(users, ", ")), more)
		}
		fmt.Fprintln(w)
		for _, c := range d.Changes {
			writeChanged(w, c)
		}
	}
}

func writeChanged(w io.Writer, c explain.Changed) {
	switch {
	case c.Path == "" && c.Old == "":
		fmt.Fprintf(w, "    + %s\n", report.Plain(c.New))
	case c.Path == "" && c.New == "":
		fmt.Fprintf(w, "    - %s\n", report.Plain(c.Old))
	case c.Path == "":
		fmt.Fprintf(w, "    %s → %s\n", report.Plain(c.Old), report.Plain(c.New))
	default:
		fmt.Fprintf(w, "    %s: %s → %s\n", report.Plain(c.Path), report.Plain(cmp.Or(c.Old, "-")), report.Plain(cmp.Or(c.New, "-")))
	}
}
