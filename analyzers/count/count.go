// Package count is the detector for too many of one thing in too short a time: guessed passwords, deleted messages, one
// address at many mailboxes.
package count

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Settings are one rule's settings.
type Settings struct {
	GroupBy []string      `yaml:"group_by" doc:"fields whose values are counted apart; without mailbox, all mailboxes count together, and what one ip, app, app_id or actor did is told once"`
	Window  time.Duration `yaml:"window" doc:"length of time in which they are counted"`
	Of      string        `yaml:"of" doc:"activities, distinct:<field> for different values of a field, or sum:<field> for the numbers in it"`
	AtLeast int           `yaml:"at_least" doc:"how many make a finding"`
	Usual   Usual         `yaml:"usual" doc:"for a group with mailbox: what is no finding"`
}

// Kind is the detector as rules name it.
func Kind() detect.Kind {
	return detect.Kind{
		Name: "count",
		Doc:  "one finding for each episode in which at least so many activities, or different values, fall into one window",
		Settings: func() detect.Settings {
			return &Settings{GroupBy: []string{"mailbox"}, Window: 10 * time.Minute, Of: "activities", AtLeast: 10}
		},
	}
}

// Validate says which settings cannot be.
func (s *Settings) Validate() error {
	var errs []error
	add := func(path, reason string, args ...any) {
		errs = append(errs, detect.FieldError{Path: path, Reason: fmt.Sprintf(reason, args...)})
	}
	for _, name := range s.GroupBy {
		if _, ok := detect.ParseValue(name); !ok {
			add("group_by", "unknown field %q", name)
		}
	}
	if s.Window <= 0 {
		add("window", "want more than 0, got %v", s.Window)
	}
	if _, ok := detect.ParseValue(s.Usual.Own); s.Usual.MinDays < 0 || s.Usual.Own != "" && !ok {
		add("usual", "want min_days of 0 or more, and a field for own")
	}
	if s.AtLeast < 2 {
		add("at_least", "want 2 or more, got %d: a single activity is a match", s.AtLeast)
	}
	if _, ok := s.field(); !ok && s.Of != "activities" {
		add("of", "want activities, distinct:<field> or sum:<field>, got %q", s.Of)
	}
	return errors.Join(errs...)
}

// States implements detect.Settings.
func (s *Settings) States() detect.Facts {
	all := detect.Facts{"most_in_window": detect.NumberFact, "window": detect.LengthFact, "lasted": detect.LengthFact}
	if !slices.Contains(s.GroupBy, activity.FieldMailbox.String()) {
		all["in_episode"], all["mailboxes_in_episode"] = detect.NumberFact, detect.NumberFact
	}
	if of, ok := s.field(); ok && !strings.HasPrefix(s.Of, "sum:") {
		all.WithNamed(of.Name())
	}
	return all.With(stated()...).WithNamed(s.GroupBy...)
}

// once says that an episode is one finding for the tenant: what an address, an application or a person does to many
// mailboxes is one act.
func (s *Settings) once() bool {
	return slices.ContainsFunc(s.GroupBy, func(name string) bool {
		v, _ := detect.ParseValue(name)
		switch v {
		case detect.ValueOf(activity.FieldIP), detect.ValueOf(activity.FieldApp), detect.ValueOf(activity.FieldAppID), detect.ValueOf(activity.FieldActor):
			return true
		}
		return false
	})
}

// field is the field whose values count, or are summed up.
func (s *Settings) field() (v detect.Value, ok bool) {
	kind, name, _ := strings.Cut(s.Of, ":")
	if kind != "distinct" && kind != "sum" {
		return v, false
	}
	return detect.ParseValue(name)
}

// Detector is the detector that these settings describe.
func (s *Settings) Detector(r *detect.Rule) detect.Detector {
	c := counter{rule: r, window: s.Window.Milliseconds(), least: s.AtLeast}
	c.of, c.values = s.field()
	if strings.HasPrefix(s.Of, "sum:") {
		c.values, c.sum = false, true
	}
	perMailbox := false
	for _, name := range s.GroupBy {
		if name == activity.FieldMailbox.String() {
			perMailbox = true
			continue
		}
		v, _ := detect.ParseValue(name)
		c.group = append(c.group, v)
	}
	if perMailbox {
		return &mailboxes{c, s.Usual}
	}
	return &tenants{counter: c, once: s.once(), byActor: slices.Contains(s.GroupBy, activity.FieldActor.String())}
}

// counter finds episodes in a list of activities, oldest first.
type counter struct {
	rule   *detect.Rule
	group  []detect.Value // but for the mailbox
	window int64
	least  int
	of     detect.Value
	values bool // different values of it count, not activities
	sum    bool // its numbers are summed up
}

// countedAct is one activity that counts.
type countedAct struct {
	time  int64
	value string
	row   uint32 // the caller's number for it
	size  int32  // how much it counts
}

// mostSum bounds one number: the log is an attacker's, too.
const mostSum = 1_000_000

// size is how much an activity counts: its number in a sum, else one.
func (c *counter) size(a *activity.Activity, p *detect.Tenant) int {
	if !c.sum {
		return 1
	}
	n, err := strconv.Atoi(c.of.Text(a, p))
	if err != nil {
		return 1
	}
	return min(max(n, 1), mostSum)
}

// episode is an unbroken run of full windows.
type episode struct {
	group []string
	rows  []int
	most  int // in one window
}

// episodes finds them in order of the first activity.
func (c *counter) episodes(rows []int, at func(row int) *activity.Activity, p *detect.Tenant) []episode {
	acts := map[string][]countedAct{}
	groups := map[string][]string{}
	var order []string
	if len(c.group) == 0 { // all count together
		acts[""] = make([]countedAct, 0, len(rows))
	}
	group := make([]string, len(c.group))
	for _, row := range rows {
		a := at(row)
		value := ""
		if c.values {
			if value = c.of.Text(a, p); value == "" {
				continue
			}
		}
		for i, v := range c.group {
			group[i] = v.Text(a, p)
		}
		key := strings.Join(group, "\x00")
		if len(acts[key]) == 0 {
			order, groups[key] = append(order, key), slices.Clone(group)
		}
		acts[key] = append(acts[key], countedAct{a.Time, value, uint32(row), int32(c.size(a, p))})
	}
	var all []episode
	for _, key := range order {
		for _, e := range c.find(acts[key]) {
			e.group = groups[key]
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b episode) int { return a.rows[0] - b.rows[0] })
	return all
}

// find slides the window over the activities of one group. Full windows that share an activity are one episode.
func (c *counter) find(acts []countedAct) []episode {
	var all []episode
	var open episode
	start, from, to := 0, 0, -1 // the window's first activity; the open episode's first and last
	total := 0
	have := map[string]int{}
	end := func() {
		if to >= from {
			open.rows = make([]int, 0, to-from+1)
			for i := from; i <= to; i++ {
				open.rows = append(open.rows, int(acts[i].row))
			}
			all = append(all, open)
		}
		open = episode{}
	}
	for i, a := range acts {
		for ; activity.Later(acts[start].time, a.time) > c.window; start++ {
			if total -= int(acts[start].size); !c.values {
				continue
			}
			if have[acts[start].value]--; have[acts[start].value] == 0 {
				delete(have, acts[start].value)
			}
		}
		total += int(a.size)
		size := total
		if c.values {
			have[a.value]++
			size = len(have)
		}
		if size < c.least {
			continue
		}
		if start > to {
			end()
			from = start
		}
		to, open.most = i, max(open.most, size)
	}
	end()
	return all
}

// finding says what an episode was, and more; rows are those of the timeline.
func (c *counter) finding(t detect.Timeline, p *detect.Tenant, rows []int, e episode, group []string, more ...detect.Statement) detect.Finding {
	var says []detect.Statement
	for i, v := range c.group {
		says = append(says, detect.Say(v.Name(), e.group[i]).If(e.group[i] != ""))
	}
	lasted := activity.Duration(activity.Later(t.At(rows[0]).Time, t.At(rows[len(rows)-1]).Time))
	says = append(says,
		detect.Say("most_in_window", e.most),
		detect.Say("window", activity.Duration(c.window).String()),
		detect.Say("lasted", lasted.Round(time.Second).String()),
		detect.Values(c.of).If(c.values),
		detect.Fields(stated()...),
		detect.MessageFields())
	return detect.New(c.rule, t, p, rows, group, append(says, more...)...)
}

// stated are the fields that say who did what, from where.
func stated() []activity.Field {
	return []activity.Field{
		activity.FieldActor, activity.FieldOp, activity.FieldResult, activity.FieldError, activity.FieldIP,
		activity.FieldCountry, activity.FieldOrg, activity.FieldIPClass, activity.FieldApp, activity.FieldAgent,
	}
}
