// Package match is the detector for acts that speak for themselves: a forwarding set, a rule that deletes mail, a
// consent. What its rule matches is a finding.
package match

import (
	"errors"
	"slices"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	Group []string `yaml:"group" doc:"fields whose values make one finding; op and object if not given"`
	Facts []string `yaml:"facts" doc:"fields that a finding states on top of the usual ones"`
	Usual Usual    `yaml:"usual" doc:"what is a habit of the mailbox, or of who acts"`
	// Together makes one act of what one person does at a stroke.
	Together time.Duration `yaml:"together" doc:"acts of one actor within this time are one finding; 0: each operation and object is its own"`
	// State is about activities that have no time.
	State bool `yaml:"state" doc:"judges what stands in a listing without a time, and nothing that was done"`
}

// Usual lowers what a mailbox has done on many of its days, and not only since it had been active for as many: a habit,
// and not an intruder who stays.
type Usual struct {
	MinDays int    `yaml:"min_days" doc:"days on which the group lived, for it to be a habit; 0: nothing ever is"`
	Level   string `yaml:"level" doc:"highest level of a habit"`
	Quiet   bool   `yaml:"quiet" doc:"a habit is no finding at all"`
	By      string `yaml:"by" doc:"whose habit: mailbox, or actor: whoever did the like before, whatever the mailbox, and not from a strange context"`
	Times   int    `yaml:"times" doc:"for actor: acts before this one, on min_days days, that make a habit"`
	To      string `yaml:"to" doc:"for actor: field of who gains; what somebody gives himself, or many at once, is no habit"`
	Own     string `yaml:"own" doc:"for actor: highest level of what somebody gives himself again and again; none if not given"`
	Known   string `yaml:"known" doc:"field (ip) by which a habit begins where the mailbox's own acts of any kind first show its value"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name: "match",
		Doc:  "one finding for each operation and object among the activities that the rule matches",
		Settings: func() detect.Settings {
			return &Settings{Group: []string{"op", "object"}, Usual: Usual{Level: "low", By: byMailbox, Times: 5}, Together: 10 * time.Minute}
		},
	}
}

// Validate names the fields that do not exist.
func (s *Settings) Validate() error {
	var errs []error
	for _, name := range s.Group {
		if _, ok := detect.ParseValue(name); !ok {
			errs = append(errs, detect.FieldError{Path: "group", Reason: "unknown field " + name})
		}
	}
	for _, name := range s.Facts {
		if _, ok := detect.ParseValue(name); !ok {
			errs = append(errs, detect.FieldError{Path: "facts", Reason: "unknown field " + name})
		}
	}
	if _, ok := detect.ParseValue(s.Usual.Known); s.Usual.Known != "" && !ok {
		errs = append(errs, detect.FieldError{Path: "usual.known", Reason: "unknown field " + s.Usual.Known})
	}
	if s.Usual.MinDays < 0 || s.Usual.Times < 1 {
		errs = append(errs, detect.FieldError{Path: "usual.min_days", Reason: "want 0 or more, and times of 1 or more"})
	}
	if s.Usual.By != byMailbox && s.Usual.By != byActor {
		errs = append(errs, detect.FieldError{Path: "usual.by", Reason: "want mailbox or actor, got " + s.Usual.By})
	}
	if _, ok := detect.ParseValue(s.Usual.To); s.Usual.To != "" && !ok {
		errs = append(errs, detect.FieldError{Path: "usual.to", Reason: "unknown field " + s.Usual.To})
	}
	if _, ok := detect.ParseLevel(s.Usual.Own); s.Usual.Own != "" && !ok {
		errs = append(errs, detect.FieldError{Path: "usual.own", Reason: "unknown level " + s.Usual.Own})
	}
	if s.Together < 0 {
		errs = append(errs, detect.FieldError{Path: "together", Reason: "want 0 or more"})
	}
	if _, ok := detect.ParseLevel(s.Usual.Level); !ok {
		errs = append(errs, detect.FieldError{Path: "usual.level", Reason: "unknown level " + s.Usual.Level})
	}
	return errors.Join(errs...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	facts := detect.Facts{}.With(stated()...).WithNamed(s.Group...).WithNamed(s.Facts...)
	if s.Usual.To != "" {
		facts["self"] = detect.TrueFact // the actor is who gains
	}
	return facts
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	d := &detector{rule: r, group: valuesNamed(s.Group), facts: valuesNamed(s.Facts), usual: s.Usual.MinDays, state: s.State}
	d.habit, _ = detect.ParseLevel(s.Usual.Level)
	d.quiet, d.known, d.together = s.Usual.Quiet, valuesNamed([]string{s.Usual.Known}), s.Together.Milliseconds()
	if s.Usual.By == byActor && s.Usual.MinDays > 0 {
		return newActors(d, s.Usual)
	}
	return d
}

func valuesNamed(names []string) []detect.Value {
	var out []detect.Value
	for _, name := range names {
		if v, ok := detect.ParseValue(name); ok {
			out = append(out, v)
		}
	}
	return out
}

type detector struct {
	rule         *detect.Rule
	group, facts []detect.Value
	usual        int // days
	habit        detect.Level
	quiet        bool
	known        []detect.Value // the field that tells when a habit began, if any
	state        bool
	together     int64
}

// Whose habit it is.
const (
	byMailbox = "mailbox"
	byActor   = "actor"
)

// Standing implements detect.Standing.
func (d *detector) Standing() bool { return d.state }

// Timeless implements detect.Timeless: a habit takes days.
func (d *detector) Timeless() bool { return !d.state && d.usual == 0 }

// Mailbox gives one finding per distinct values of the group, in order of their first activity; what one person does at a
// stroke is one.
func (d *detector) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	h := habits{d: d, t: t, p: p}
	whole := func(rows []int) (usual, rest []int) { return nil, rows }
	return d.judge(t, p, whole, func(rows []int) (detect.Level, bool) { return d.habit, h.has(rows) })
}

// judge gives the findings; split parts what is usual among rows from the rest, habit says that rows are one, and the
// highest level of it. more is what findings state besides.
func (d *detector) judge(
	t detect.Timeline, p *detect.Tenant, split func(rows []int) (usual, rest []int), habit func(rows []int) (detect.Level, bool),
	more ...func(rows []int) detect.Statement,
) []detect.Finding {
	var findings []detect.Finding
	for _, a := range d.acts(t, p, split, habit) {
		if a.usual && d.quiet {
			continue
		}
		says := []detect.Statement{detect.Values(d.group...), detect.Fields(stated()...), detect.Values(d.facts...)}
		for _, say := range more {
			says = append(says, say(a.rows))
		}
		f := detect.New(d.rule, t, p, a.rows, a.group, says...)
		if a.usual {
			f.Set("habit", true)
			f.Level = min(f.Level, a.level)
		}
		findings = append(findings, f)
	}
	return findings
}

// acts are what the findings are about, in order of their first activity.
func (d *detector) acts(t detect.Timeline, p *detect.Tenant, split func(rows []int) (usual, rest []int), habit func(rows []int) (detect.Level, bool)) []matchedGroup {
	rows := map[string][]int{}
	groups := map[string][]string{}
	var order []string
	for row, a := range t.Matches() {
		group := make([]string, len(d.group))
		for i, v := range d.group {
			group[i] = v.Text(a, p)
		}
		key := strings.Join(group, "\x00")
		if _, ok := rows[key]; !ok {
			order = append(order, key)
			groups[key] = group
		}
		rows[key] = append(rows[key], row)
	}
	all := make([]matchedGroup, 0, len(order))
	for _, key := range order {
		usual, rest := split(rows[key])
		for i, part := range [][]int{rest, usual} {
			if len(part) == 0 {
				continue
			}
			a := matchedGroup{group: groups[key], rows: part}
			if i == 1 && len(rest) > 0 {
				a.group = append(slices.Clone(a.group), "habit") // of the same, another finding
			}
			a.level, a.usual = habit(a.rows)
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, func(a, b matchedGroup) int { return a.rows[0] - b.rows[0] })
	return d.joined(t, all)
}

// matchedGroup is what one finding is about.
type matchedGroup struct {
	group []string
	rows  []int
	usual bool
	level detect.Level // highest of a habit
}

// joined makes one act of those that one person did at a stroke. It is called after all of them: what was decided about one
// act excuses no other, neither one of a later export.
func (d *detector) joined(t detect.Timeline, all []matchedGroup) []matchedGroup {
	if d.together == 0 || d.state || len(all) < 2 {
		return all
	}
	open := map[activity.Symbol]int{} // by actor: the act that is being joined to
	out := all[:0]
	for _, a := range all {
		who, first := d.stroke(t, a.rows)
		if who == 0 {
			out = append(out, a)
			continue
		}
		if at, ok := open[who]; ok && out[at].usual == a.usual && first-t.At(out[at].rows[0]).Time <= d.together {
			out[at].rows = append(out[at].rows, a.rows...)
			out[at].group = append(out[at].group, a.group...)
			out[at].level = max(out[at].level, a.level)
			continue
		}
		open[who] = len(out)
		out = append(out, a)
	}
	for i := range out {
		slices.Sort(out[i].rows)
	}
	return out
}

// stroke is who did all of the rows at a stroke, and when it began; 0: nobody.
func (d *detector) stroke(t detect.Timeline, rows []int) (who activity.Symbol, first int64) {
	a := t.At(rows[0])
	if a.Flags&activity.Undated != 0 || t.At(rows[len(rows)-1]).Time-a.Time > d.together {
		return 0, 0
	}
	for _, row := range rows[1:] {
		if t.At(row).Actor != a.Actor {
			return 0, 0
		}
	}
	return a.Actor, a.Time
}

// stated lists the fields that say who did what to whom, from where: a finding states those that the log has.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldActor, activity.FieldOp, activity.FieldObject, activity.FieldTarget, activity.FieldForwardTo,
		activity.FieldForwardExternal, activity.FieldScopes, activity.FieldSubject, activity.FieldIP,
		activity.FieldCountry, activity.FieldOrg, activity.FieldIPClass, activity.FieldApp, activity.FieldAgent,
		activity.FieldError,
	}
}
