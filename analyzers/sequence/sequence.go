// Package sequence is the detector for what follows upon what: findings of other rules, and activities, in one order
// and within one length of time. A single step may have an innocent reason; the order of them seldom has.
package sequence

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	By     []string      `yaml:"by" doc:"fields that all steps share; without mailbox, steps may lie in several mailboxes, and the last one is told"`
	Agree  []string      `yaml:"agree" doc:"fields in which no step may differ from the first: a step that does not say agrees with everything"`
	Fresh  []string      `yaml:"fresh" doc:"fields whose values in the last step its mailbox had in no earlier success: an address from which the owner logs on every day guesses nothing"`
	Within time.Duration `yaml:"within" doc:"from the first step's activity to the last one's"`
	Steps  []Step        `yaml:"steps" doc:"in this order"`
	Any    bool          `yaml:"any_order" doc:"in any order: of at most 4 steps"`
}

// Step is one step: the findings of a rule, or activities.
type Step struct {
	Rule  string        `yaml:"rule" doc:"id of the rule whose findings are the step"`
	Where *detect.Where `yaml:"where" doc:"or: the activities that are the step"`
	Level string        `yaml:"level" doc:"lowest level of a finding that counts; low if not given"`
	// Familiar is a pointer, as 0 is a strangeness, too.
	Familiar *float64 `yaml:"familiar" doc:"strangeness up to which an act is the owner's, and no step; one of which it is not known is"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name:     "sequence",
		Doc:      "one finding for each finding (or group) upon which the further steps follow in time",
		Settings: func() detect.Settings { return &Settings{By: []string{"mailbox"}, Within: 72 * time.Hour} },
	}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	add := func(path, reason string, args ...any) {
		errs = append(errs, detect.FieldError{Path: path, Reason: fmt.Sprintf(reason, args...)})
	}
	for _, name := range s.By {
		if _, ok := detect.ParseValue(name); !ok {
			add("by", "unknown field %q", name)
		}
	}
	for _, name := range s.Agree {
		if _, ok := detect.ParseValue(name); !ok {
			add("agree", "unknown field %q", name)
		}
	}
	for _, name := range s.Fresh {
		if _, ok := detect.ParseValue(name); !ok {
			add("fresh", "unknown field %q", name)
		}
	}
	if len(s.By) == 0 {
		add("by", "want at least one field")
	}
	if s.Within <= 0 {
		add("within", "want more than 0, got %v", s.Within)
	}
	if len(s.Steps) < 2 {
		add("steps", "want 2 or more, got %d", len(s.Steps))
	}
	if s.Any && len(s.Steps) > mostAnyOrder {
		add("any_order", "want at most %d steps, got %d", mostAnyOrder, len(s.Steps))
	}
	for i, step := range s.Steps {
		if (step.Rule == "") == (step.Where == nil) {
			add("steps", "step %d: want either rule or where", i+1)
		}
		if _, ok := detect.ParseLevel(step.Level); !ok && step.Level != "" {
			add("steps", "step %d: unknown level %q", i+1, step.Level)
		}
		if step.Familiar != nil && (*step.Familiar < 0 || *step.Familiar > 5) {
			add("steps", "step %d: familiar: want 0 to 5, got %v", i+1, *step.Familiar)
		}
	}
	return errors.Join(errs...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	return detect.Facts{"steps": detect.TextFact, "lasted": detect.LengthFact}.With(stated()...).WithNamed(s.By...)
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	d := &detector{rule: r, within: s.Within.Milliseconds(), any: s.Any}
	for _, name := range s.By {
		if name == activity.FieldMailbox.String() {
			d.perMailbox = true
		} else if v, ok := detect.ParseValue(name); ok {
			d.by = append(d.by, v)
		}
	}
	for _, name := range s.Agree {
		if v, ok := detect.ParseValue(name); ok {
			d.agree = append(d.agree, v)
		}
	}
	for _, name := range s.Fresh {
		if v, ok := detect.ParseValue(name); ok {
			d.fresh = append(d.fresh, v)
		}
	}
	for _, step := range s.Steps {
		least := detect.Low
		if step.Level != "" {
			least, _ = detect.ParseLevel(step.Level)
		}
		one := settled{rule: step.Rule, where: step.Where, least: least, familiar: -1}
		if step.Familiar != nil {
			one.familiar = int(math.Round(10 * *step.Familiar))
		}
		if step.Where != nil {
			one.plan = detect.NewPlan([]*detect.Rule{{Where: step.Where}})
		}
		d.steps = append(d.steps, one)
	}
	return d
}

type detector struct {
	rule   *detect.Rule
	by     []detect.Value // but for the mailbox
	agree  []detect.Value
	fresh  []detect.Value
	within int64
	steps  []settled

	perMailbox bool
	any        bool // in any order
}

type settled struct {
	rule  string
	where *detect.Where
	plan  *detect.Plan // of where
	least detect.Level

	familiar int // tenths of strangeness up to which an act is no step; -1: any is
}

// owners says that an act was done where its owner is known to be.
func (s *settled) owners(index uint32, p *detect.Tenant) bool {
	if s.familiar < 0 || p.Context == nil {
		return false
	}
	tenths, ok := p.Context.Strangeness(index)
	return ok && tenths <= s.familiar
}

// Mailbox gives nothing: sequences are made of findings.
func (d *detector) Mailbox(detect.Timeline, *detect.Tenant) []detect.Finding { return nil }

// chainPlace is where the steps of one chain happen: a mailbox (0 for any), and the values of the other fields.
type chainPlace struct {
	mailbox activity.Symbol
	key     string // see shared
}

// stepSpot is a place with the values that it stands for, by field.
type stepSpot struct {
	chainPlace
	values []string
}

// act is one activity that can be a step.
type act struct {
	index   uint32 // in Case.Activities, which are in order of time
	finding int    // that it is evidence of; -1 for a step by where
}

// Sequence gives one finding for each finding of the first step, or each place where activities are the first step, that
// the other steps follow. Findings that an exception covers are no steps, and neither are those below the step's level.
func (d *detector) Sequence(findings []detect.Finding, p *detect.Tenant) []detect.Finding {
	if d.any {
		return d.anyOrder(findings, p)
	}
	return d.inOrder(findings, p)
}

func (d *detector) inOrder(findings []detect.Finding, p *detect.Tenant) []detect.Finding {
	by := d.shared(p)
	steps := make([]map[chainPlace][]act, len(d.steps))
	for i, step := range d.steps {
		if step.where != nil {
			continue
		}
		if steps[i] = d.evidence(step, findings, by, p); len(steps[i]) == 0 {
			return nil
		}
	}
	if !d.locate(steps, by, p) {
		return nil
	}
	var chained []stepSpot
	for at := range steps[0] {
		if slices.ContainsFunc(steps, func(step map[chainPlace][]act) bool { return step[at] == nil }) {
			continue
		}
		chained = append(chained, stepSpot{at, by.texts(at.key)})
	}
	slices.SortFunc(chained, func(a, b stepSpot) int {
		return cmp.Or(strings.Compare(p.Case.Text(a.mailbox), p.Case.Text(b.mailbox)), slices.Compare(a.values, b.values))
	})
	var out []detect.Finding
	known := d.successes(steps[len(steps)-1], p)
	for _, at := range chained {
		out = append(out, d.chains(at, steps, findings, known, p)...)
	}
	return out
}

// chains finds, for each finding of the first step, its earliest activity that all other steps follow in time. Where the
// steps may lie in several mailboxes, each mailbox of a last step is told once.
func (d *detector) chains(at stepSpot, steps []map[chainPlace][]act, findings []detect.Finding, known successes, p *detect.Tenant) []detect.Finding {
	var out []detect.Finding
	started := map[int]bool{}
	told := map[activity.Symbol]bool{}
	trails := make([]trail, len(steps))
	for i := range steps {
		trails[i] = trail{d: d, acts: steps[i][at.chainPlace]}
	}
	for _, first := range trails[0].acts {
		if started[first.finding] {
			continue
		}
		for {
			chain := d.follow(first, trails[1:], p, told, known)
			if chain == nil {
				break
			}
			out = append(out, d.finding(at, chain, findings, p))
			if d.perMailbox {
				started[first.finding] = true
				break
			}
			told[p.Case.Activities[chain[len(chain)-1].index].Mailbox] = true
		}
	}
	return out
}

// follow takes the earliest activity of each further step; that is the best there is for the steps after it. The last
// one must not lie in a mailbox that is told already, and one activity is not two steps. nil if a step does not follow
// in time.
func (d *detector) follow(first act, trails []trail, p *detect.Tenant, told map[activity.Symbol]bool, known successes) []act {
	c, chain := p.Case, []act{first}
	start := c.Activities[first.index].Time
	for n := range trails {
		spent := func(a act) bool {
			return n == len(trails)-1 && (told[c.Activities[a.index].Mailbox] || !d.isFresh(first, a, known, p))
		}
		next, ok := trails[n].after(chain[n].index, first, spent, p)
		if !ok || c.Activities[next.index].Time-start > d.within {
			return nil
		}
		chain = append(chain, next)
	}
	return chain
}

func (d *detector) finding(at stepSpot, chain []act, findings []detect.Finding, p *detect.Tenant) detect.Finding {
	t := detect.Timeline{Timeline: activity.Timeline{Case: p.Case, Mailbox: at.mailbox}}
	var group []string
	if !d.perMailbox {
		t.Mailbox = p.Case.Activities[chain[len(chain)-1].index].Mailbox
	} else if first := chain[0].finding; first >= 0 {
		group = slices.Clone(findings[first].Group)
	} else if len(d.by) == 0 {
		group = []string{detect.TimeText(p.Case.Activities[chain[0].index].Time)}
	}
	group = append(group, at.values...)
	var rows []int
	var steps []string
	for i, a := range chain {
		rows = append(rows, i)
		t.Rows = append(t.Rows, activity.Row(a.index))
		steps = append(steps, d.describe(i, a, findings, p))
	}
	lasted := activity.Duration(activity.Later(t.At(0).Time, t.At(len(rows)-1).Time))
	says := []detect.Statement{
		detect.Say("steps", steps),
		detect.Say("lasted", lasted.Round(time.Second).String()),
		detect.Fields(stated()...),
	}
	for i, v := range d.by {
		says = append(says, detect.Say(v.Name(), at.values[i]))
	}
	return detect.New(d.rule, t, p, rows, group, says...)
}

// stated are the fields that say who did it, from where.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldActor, activity.FieldIP, activity.FieldCountry, activity.FieldOrg, activity.FieldIPClass,
	}
}

// describe says what a step was: the rule and what its finding is about, or the activity.
func (d *detector) describe(i int, a act, findings []detect.Finding, p *detect.Tenant) string {
	one := &p.Case.Activities[a.index]
	when := detect.TimeText(one.Time)
	if a.finding < 0 {
		return when + " " + one.Type.String()
	}
	return when + " " + d.steps[i].rule + " " + strings.Join(findings[a.finding].Group, " / ")
}
