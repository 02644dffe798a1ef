package match

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// actors lowers what is a habit of who acts: an administrator who gives rights every week gives them again.
type actors struct {
	detect.Gather
	*detector
	times int
	to    []detect.Value // who gains, if the rule says it
	own   detect.Level   // highest of what somebody gives himself again and again
	owns  bool
}

func newActors(d *detector, u Usual) *actors {
	a := &actors{detector: d, times: u.Times, to: valuesNamed([]string{u.To})}
	a.own, a.owns = detect.ParseLevel(u.Own)
	return a
}

const (
	// familiar is how strange a context may be, in tenths, that is an actor's usual one.
	familiar = 5
	// Giving so many at once is no habit.
	many   = 5
	atOnce = time.Hour
)

// Mailbox gives the findings of the rule, those that are habits of who acted at the habit's level.
func (d *actors) Mailbox(t detect.Timeline, p *detect.Tenant) []detect.Finding {
	by := d.histories(p)
	split := func(rows []int) (usual, rest []int) {
		for _, row := range rows {
			if _, ok := d.usually(by[t.At(row).Actor], t.Rows[row].Index()); ok {
				usual = append(usual, row)
			} else {
				rest = append(rest, row)
			}
		}
		return usual, rest
	}
	return d.judge(t, p, split, func(rows []int) (detect.Level, bool) {
		level := detect.Informational
		for _, row := range rows {
			l, usual := d.usually(by[t.At(row).Actor], t.Rows[row].Index())
			if !usual {
				return 0, false
			}
			level = max(level, l)
		}
		return level, true
	}, func(rows []int) detect.Statement {
		return detect.Say("self", true).If(!slices.ContainsFunc(rows, func(row int) bool { return !d.self(t.At(row), p) }))
	})
}

// deed is one act of an actor's.
type deed struct {
	index   uint32
	time    int64
	key     string // what was done to whom
	self    bool
	known   bool // its context is
	strange bool // from a context that is not the actor's usual one
	crowd   bool // one of many about different people or things
	before  int  // how many familiar ones the actor did before, for others
	days    int  // on so many days
}

// history is what one actor did of the rule's kind in the whole tenant.
type history struct {
	all   []deed         // oldest first
	times map[string]int // familiar ones, by key
	on    *detect.Days   // by key
}

// histories are those of all actors, made once a rule.
func (d *actors) histories(p *detect.Tenant) map[activity.Symbol]*history {
	type key struct{ rule *detect.Rule }
	return detect.OnceInTenant(p, key{d.rule}, func() map[activity.Symbol]*history {
		all, _ := p.Partial.(detect.Gathered)
		by := map[activity.Symbol]*history{}
		for _, index := range all {
			a := &p.Case.Activities[index]
			if by[a.Actor] == nil {
				by[a.Actor] = &history{times: map[string]int{}, on: &detect.Days{}}
			}
			by[a.Actor].all = append(by[a.Actor].all, d.deed(index, p))
		}
		for _, h := range by {
			h.count()
		}
		return by
	})
}

func (d *actors) deed(index uint32, p *detect.Tenant) deed {
	a := &p.Case.Activities[index]
	words := []string{p.Case.Text(a.Mailbox)}
	for _, v := range d.group {
		words = append(words, v.Text(a, p))
	}
	one := deed{index: index, time: a.Time, key: strings.Join(words, "\x00"), self: d.self(a, p)}
	if p.Context != nil {
		tenths, ok := p.Context.Strangeness(index)
		one.known, one.strange = ok, ok && tenths > familiar
	}
	return one
}

// count says of each deed what came before it, and how many others came with it.
func (h *history) count() {
	n, days := 0, detect.Days{}
	keys, from, crowded := map[string]int{}, 0, 0
	for i := range h.all {
		one := &h.all[i]
		one.before, one.days = n, days.Active()
		if !one.strange {
			h.times[one.key]++
			h.on.Add(one.key, one.time)
			if !one.self {
				n++
				days.Add("", one.time)
			}
		}
		keys[one.key]++
		for ; one.time-h.all[from].time > atOnce.Milliseconds(); from++ {
			if keys[h.all[from].key]--; keys[h.all[from].key] == 0 {
				delete(keys, h.all[from].key)
			}
		}
		for crowded = max(crowded, from); len(keys) >= many && crowded <= i; crowded++ {
			h.all[crowded].crowd = true
		}
	}
}

// self says that the actor is who gains.
func (d *actors) self(a *activity.Activity, p *detect.Tenant) bool {
	actor := p.Case.Text(a.Actor)
	for _, v := range d.to {
		for text := range v.Texts(a, p) {
			if text = strings.ToLower(text); text == actor || strings.HasPrefix(actor, text+"@") {
				return true
			}
		}
	}
	return false
}

// usually says that an act is a habit of its actor's, and the highest level of it. Where its context is known, a familiar one
// is enough: the first five of a new administrator are no stranger than the sixth. What somebody gives himself is one if he
// does the same on enough other days, before or after, and the rule allows it.
func (d *actors) usually(h *history, index uint32) (detect.Level, bool) {
	at, found := slices.BinarySearchFunc(h.all, index, func(a deed, index uint32) int { return cmp.Compare(a.index, index) })
	if !found || h.all[at].strange {
		return 0, false
	}
	one := &h.all[at]
	if one.self {
		return d.own, d.owns && h.times[one.key] >= d.times && h.on.Others(one.key, one.time) >= d.usual
	}
	enough := one.known || one.before >= d.times && one.days >= d.usual
	return d.habit, enough && !one.crowd
}
