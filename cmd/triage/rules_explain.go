package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"triage/analyzers"
	"triage/analyzers/packtest"
	"triage/rules"
	"triage/rules/detect"
	"triage/rules/explain"
	"triage/rules/inline"
)

// explainedRule is a rule as rules explain prints it, in the words of YAML.
type explainedRule struct {
	ID             string               `json:"id"`
	Title          string               `json:"title"`
	Pack           string               `json:"pack"`
	At             string               `json:"at"` // file:line
	Enabled        bool                 `json:"enabled"`
	Reason         string               `json:"reason,omitempty"` // why it is turned off
	Level          string               `json:"level"`
	Impact         float64              `json:"impact"`
	Confidence     int                  `json:"confidence"`
	Points         float64              `json:"points"`
	Family         string               `json:"family"`
	Entities       []string             `json:"entities"`
	Attack         []string             `json:"attack"`
	Message        string               `json:"message,omitempty"`
	Next           string               `json:"next,omitempty"`
	Author         string               `json:"author,omitempty"`
	FalsePositives []string             `json:"falsepositives"`
	OfActor        bool                 `json:"of_actor"`
	Where          string               `json:"where"` // YAML; empty: every activity
	Uses           []explainedName      `json:"uses"`
	Detector       string               `json:"detector"`
	DetectorDoc    string               `json:"detector_doc"`
	Settings       []explainedSetting   `json:"settings"`
	Escalate       []string             `json:"escalate"`
	Overrides      []explainedChange    `json:"overrides"`
	Exceptions     []explainedException `json:"exceptions"`
	Tests          []explainedTest      `json:"tests"`
}

// explainedName is a list or a macro that the rule uses.
type explainedName struct {
	Name   string   `json:"name"`
	Values []string `json:"values,omitempty"`
	Macro  string   `json:"macro,omitempty"` // YAML
}

type explainedSetting struct {
	Name    string `json:"name"`
	Value   string `json:"value"` // YAML; empty: nothing is set
	Default string `json:"default"`
	SetBy   string `json:"set_by,omitempty"` // id of the pack; empty: the default
	At      string `json:"at,omitempty"`
	Doc     string `json:"doc"`
}

type explainedChange struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Pack   string `json:"pack"`
	At     string `json:"at"`
	Reason string `json:"reason,omitempty"`
}

type explainedException struct {
	ID      string `json:"id"`
	Where   string `json:"where"`
	Reason  string `json:"reason,omitempty"`
	By      string `json:"by,omitempty"`
	Expires string `json:"expires,omitempty"`
	Expired bool   `json:"expired"`
	Pack    string `json:"pack"`
	At      string `json:"at"`
}

type explainedTest struct {
	Name string `json:"name"`
	At   string `json:"at"`
	// Extended says that the test's pack is only extended by the one that was named, which may be why it fails.
	Extended bool     `json:"extended"`
	Passed   bool     `json:"passed"`
	Faults   []string `json:"faults"`
}

func runRulesExplain(t *tool, c *cli.Context) error {
	err := errors.Join(wantArgs(c, 1, -1), wantFormat(c, "text", "json"))
	opts, optsErr := packs(t, c)
	if err := errors.Join(err, optsErr); err != nil {
		return err
	}
	id := c.Args().First()
	opts.Paths = append(c.StringSlice("rules"), c.Args().Tail()...)
	set, err := loadRules(opts)
	if err != nil {
		return err
	}
	about := explain.Rule(set, analyzers.Kinds(), id)
	if about == nil {
		return usage(cmp.Or(didYouMean(id, set.Merged.IDs()), "triage rules list names them all"), "rules explain: no rule %q", id)
	}
	places, err := openGeo(c)
	if err != nil {
		return err
	}
	// All of its tests run, those of extended packs as well: whoever asks about a rule wants to know what it does now.
	own := *set
	own.Tests = make([]inline.Test, len(about.Tests))
	for i, test := range about.Tests {
		test.Extended = false
		own.Tests[i] = test
	}
	results, err := packtest.Run(c.Context, &own, places, opts.AsOf)
	if err != nil {
		return err
	}
	e := explainRule(about)
	for i, r := range results {
		e.Tests = append(e.Tests, explainedTest{
			r.Test.Name, fmt.Sprintf("%s:%d", r.Test.File, r.Test.Line), about.Tests[i].Extended, len(r.Faults) == 0,
			append([]string{}, r.Faults...),
		})
	}
	if c.String("format") == "json" {
		return writeJSON(t.stdout, e)
	}
	var b strings.Builder
	e.write(&b)
	_, err = io.WriteString(t.stdout, b.String())
	return err
}

// explainRule puts a rule into the words of YAML, but for its tests.
func explainRule(a *explain.About) *explainedRule {
	r := a.Rule
	e := &explainedRule{
		ID: r.ID, Title: r.Title, Pack: a.Pack, At: a.At, Enabled: a.Off == nil,
		Level: r.Level.String(), Impact: r.Level.Impact(), Confidence: r.Confidence,
		Points: r.Level.Impact() * float64(r.Confidence) / 100, Family: r.Family,
		Entities: append([]string{}, r.Entities...), Attack: append([]string{}, r.Attack...), Message: r.Message, Next: r.Next,
		Author: r.Author, FalsePositives: append([]string{}, r.FalsePositives...), OfActor: r.OfActor, Where: a.Where,
		Uses: []explainedName{}, Detector: a.Kind.Name, DetectorDoc: a.Kind.Doc, Settings: []explainedSetting{},
		Escalate: []string{}, Overrides: []explainedChange{}, Exceptions: []explainedException{}, Tests: []explainedTest{},
	}
	if a.Off != nil {
		e.Reason = a.Off.Reason
	}
	for _, u := range a.Uses {
		e.Uses = append(e.Uses, explainedName{u.Name, u.Values, u.Macro})
	}
	for _, s := range a.Settings {
		e.Settings = append(e.Settings, explainedSetting{a.Kind.Name + "." + s.Path, s.Value, s.Default, s.Pack, s.At, s.Doc})
	}
	for _, x := range r.Escalate {
		e.Escalate = append(e.Escalate, fmt.Sprintf("%s if %s: %s", x.Level, x.If, x.Value))
	}
	for _, o := range a.Changes {
		e.Overrides = append(e.Overrides, explainedChange{o.Key, o.Value, o.Pack, o.At, o.Reason})
	}
	for _, x := range a.Exceptions {
		row := explainedException{
			ID: x.ID, Where: x.Where, Reason: x.Reason, By: x.By, Expired: x.Expired, Pack: x.Pack, At: x.At,
		}
		if !x.Expires.IsZero() {
			row.Expires = x.Expires.Format(time.DateOnly)
		}
		e.Exceptions = append(e.Exceptions, row)
	}
	return e
}

func (e *explainedRule) write(b *strings.Builder) {
	fmt.Fprintf(b, "%s: %s\n", printable(e.ID), printable(e.Title))
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(b, "  %-15s %s\n", name, printable(value))
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
	row("escalates to", strings.Join(e.Escalate, "; "))
	if e.OfActor {
		row("of", "the actor's timeline as well")
	}
	e.writeWhere(b)
	e.writeSettings(b)
	e.writeRest(b)
}

// mostValues is how many values of a list are shown.
const mostValues = 12

func (e *explainedRule) writeWhere(b *strings.Builder) {
	b.WriteString("\nwhere\n")
	if e.Where == "" {
		b.WriteString("  every activity\n")
	}
	for line := range strings.Lines(e.Where) {
		fmt.Fprintf(b, "  %s\n", printable(strings.TrimRight(line, "\n")))
	}
	for _, u := range e.Uses {
		if u.Macro != "" {
			fmt.Fprintf(b, "  $%s is %s\n", printable(u.Name), printable(u.Macro))
			continue
		}
		if len(u.Values) == 0 {
			fmt.Fprintf(b, "  $%s is empty\n", printable(u.Name))
			continue
		}
		shown, more := u.Values, ""
		if len(shown) > mostValues {
			shown, more = shown[:mostValues], ", …"
		}
		fmt.Fprintf(b, "  $%s has %d values: %s%s\n", printable(u.Name), len(u.Values), printable(strings.Join(shown, ", ")), more)
	}
}

func (e *explainedRule) writeSettings(b *strings.Builder) {
	fmt.Fprintf(b, "\ndetector %s: %s\n", e.Detector, printable(e.DetectorDoc))
	tab := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, s := range e.Settings {
		by := "default"
		if s.SetBy != "" {
			by = s.SetBy + ", " + s.At
			if s.Default != "" && !equalSettings(s.Default, s.Value) {
				by += " (default " + s.Default + ")"
			}
		}
		fmt.Fprintf(tab, "  %s\t%s\t%s\t%s\n", printable(s.Name), printable(cmp.Or(s.Value, "-")), printable(by), printable(s.Doc))
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

func (e *explainedRule) writeRest(b *strings.Builder) {
	fmt.Fprintf(b, "\noverrides: %d\n", len(e.Overrides))
	for _, o := range e.Overrides {
		fmt.Fprintf(b, "  %s: %s (%s, %s)", printable(o.Name), printable(o.Value), printable(o.Pack), printable(o.At))
		if o.Reason != "" {
			fmt.Fprintf(b, ": %s", printable(o.Reason))
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, "\nexceptions that can cover its findings: %d\n", len(e.Exceptions))
	for _, x := range e.Exceptions {
		fmt.Fprintf(b, "  %s: %s (%s, %s)", printable(x.ID), printable(cmp.Or(x.Where, "every activity")), printable(x.Pack), printable(x.At))
		for _, part := range []struct{ name, value string }{{"", x.Reason}, {"by ", x.By}, {"until ", x.Expires}} {
			if part.value != "" {
				fmt.Fprintf(b, "; %s%s", part.name, printable(part.value))
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
		fmt.Fprintf(b, "  %s  %s  %s\n", word, printable(test.At), printable(test.Name))
		if !test.Passed && test.Extended {
			b.WriteString("          its pack is only extended here: what is laid over it may be why\n")
		}
		for _, fault := range test.Faults {
			fmt.Fprintf(b, "          %s\n", printable(fault))
		}
	}
}

// runRulesSchema prints the schema of packs, for editors.
func runRulesSchema(t *tool, c *cli.Context) error {
	if err := wantArgs(c, 0, 0); err != nil {
		return err
	}
	_, err := t.stdout.Write(rules.Schema(analyzers.Kinds()))
	return err
}
