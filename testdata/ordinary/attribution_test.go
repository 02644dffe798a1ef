package ordinary_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

	"triage/analyzers/attribution"
	"triage/ingest/activity"
	"triage/testdata/ordinary"
)

// Whose act each row was, by what the program says and by what is true, per kind of intruder and over all; and what it says of
// tenants with nobody in them. The variables are TestMeasure's. Seeds 1 to 16 are for setting weights, 101 and up for judging.
//
//	TRIAGE_SEEDS=1-4 TRIAGE_WHY=1 go test -v -run TestAttribution ./testdata/ordinary
func TestAttribution(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector makes it take minutes")
	}
	seeds, sizes := seedsOf(t), sizesOf(t)
	t.Logf("figure: seeds %v (%s), %v people, %d days", seeds, purpose(seeds), sizes, days())
	for _, f := range formsOf(t) {
		if small() && f.name != "logs" {
			continue
		}
		all := newLabels()
		for _, size := range sizes {
			for _, seed := range seeds {
				o := ordinary.Options{Seed: seed, People: size, Days: days(), Activities: f.files == nil}
				all.quiet += all.tenant(t, o, f)
				for i, group := range groups(seed, f.kinds) {
					o.Seed, o.Intruders, o.FirstDay = seed+1000*uint64(i+1), group, (int(seed)+i)%2 == 0
					all.first = o.FirstDay
					all.tenant(t, o, f)
				}
			}
		}
		all.say(t, f.name)
		if small() { // what is measured in full is said, also where it is not as wanted
			all.precise(t, f.name)
		}
	}
	t.Log("figure: wanted: precision at least 98 %, recall 95 %; no row in mailboxes that nobody touched; 98 % of owners' rows in taken mailboxes not called the attacker's; at most 5 % undecided")
}

func newLabels() *labels {
	return &labels{of: map[string]*tally{}, early: tally{least: 100}, late: tally{least: 100}}
}

// labels are how the labels of rows compare with the truth, over tenants.
type labels struct {
	of        map[string]*tally // by kind of intruder
	elsewhere int               // rows called an attacker's in mailboxes that nobody touched
	quiet     int               // the same, of tenants without an intruder
	noise     int               // rows of the Internet's tries called an attacker's
	persons   int               // rows of persons
	undecided int               // of them
	intruders int               // how many there are, and how many the program tells apart
	told      int
	early     tally                // of intruders who are there from the first days, before an account is known, but insiders
	late      tally                // of all others
	first     bool                 // it is a tenant of the former
	reached   map[string]*reached  // by kind of intruder
	answered  map[string]*answered // by question
	wrongly   int                  // messages and files said to be exposed in mailboxes that nobody touched
}

// tally are the figures of one kind of intruder.
type tally struct {
	his, hit, unsure         int // rows of his; of them called an attacker's, and undecided
	wrong                    int // rows called an attacker's in the mailboxes that he took and that are not his
	owners, accused, doubted int // rows of persons in those mailboxes that are not his; of them called an attacker's, undecided
	least                    float64
}

// tenant adds what is said of one tenant, and gives the rows called an attacker's in it.
func (l *labels) tenant(t *testing.T, o ordinary.Options, f form) (called int) {
	t.Helper()
	tenant := ordinary.New(o)
	files := f.files
	if o.Activities {
		files = tenant.Files()
	}
	j, done := judge(t, tenant, files)
	defer done()
	return l.compare(t, fmt.Sprintf("%s, seed %d, %d people", f.name, o.Seed, o.People), f.name != "audit-log", j)
}

// compare adds what is said of a case, and gives the rows called an attacker's in it. answered says that its answers are judged.
func (l *labels) compare(t *testing.T, label string, answered bool, j *judged) (called int) {
	t.Helper()
	by, c, tenant := j.res.Attribution, j.res.Case, j.tenant
	l.intruders, l.told = l.intruders+len(tenant.Truth), l.told+len(by.Intruders)
	his, hit := make([]int, len(tenant.Truth)), make([]int, len(tenant.Truth))
	missed, wrong, before := map[string]int{}, map[string]int{}, l.strangers()
	for i := range c.Activities {
		index := uint32(i)
		who, _ := by.Who(index)
		if who == attribution.Attacker {
			called++
		}
		if j.traced(index) && who != attribution.Attacker {
			continue // what the trace says of a message, the audit log says as well
		}
		if j.of[index] < 0 {
			if j.of[index] == noise && who == attribution.Attacker {
				l.noise++
			}
			continue
		}
		if who == attribution.Owner || who == attribution.Attacker || who == attribution.Undecided {
			l.persons++
		}
		if who == attribution.Undecided {
			l.undecided++
		}
		switch n := j.of[index]; {
		case n > 0 && j.traced(index):
		case n > 0:
			x := l.kind(tenant.Truth[n-1].Kind)
			his[n-1]++
			x.his++
			switch who {
			case attribution.Attacker:
				hit[n-1]++
				x.hit++
			default:
				if who == attribution.Undecided {
					x.unsure++
				}
				missed[who.String()+" "+j.describe(index)]++
			}
		default:
			l.innocent(j, index, who, wrong)
		}
	}
	worst := 100.0
	for i := range tenant.Truth {
		x := l.kind(tenant.Truth[i].Kind)
		share := percent(hit[i], his[i])
		if x.least = min(x.least, share); tenant.Truth[i].Kind != "insider-right" {
			worst = min(worst, share)
		}
	}
	after := l.strangers()
	if since := after.less(&before, worst); l.first {
		l.early.add(since)
	} else {
		l.late.add(since)
	}
	if why() {
		l.why(t, label, j, by, missed, wrong)
	}
	l.reaches(t, label, j)
	if answered { // an audit log alone lacks what the truth of answers rests on
		l.answers(t, label, j)
	}
	return called
}

// innocent counts a row that is no intruder's.
func (l *labels) innocent(j *judged, index uint32, who attribution.Who, wrong map[string]int) {
	c := j.res.Case
	a := &c.Activities[index]
	n := j.taker(c.Text(a.Mailbox), c.Text(a.Actor))
	if who == attribution.Attacker {
		wrong[j.describe(index)]++
	}
	switch {
	case n < 0 && who == attribution.Attacker:
		l.elsewhere++
	case n >= 0:
		x := l.kind(j.tenant.Truth[n].Kind)
		if who == attribution.Attacker {
			x.wrong++
		}
		if who == attribution.Nobody || who == attribution.Service || a.Lane != activity.Person {
			return
		}
		x.owners++
		switch who {
		case attribution.Attacker:
			x.accused++
		case attribution.Undecided:
			x.doubted++
		}
	}
}

func (l *labels) kind(name string) *tally {
	if l.of[name] == nil {
		l.of[name] = &tally{least: 100}
	}
	return l.of[name]
}

// taker is the intruder who took the mailbox or the account of a row; -1: nobody.
func (j *judged) taker(mailbox, actor string) int {
	return slices.IndexFunc(j.tenant.Truth, func(x ordinary.Intruder) bool {
		return slices.Contains(x.Accounts, mailbox) || slices.Contains(x.Accounts, actor)
	})
}

func (j *judged) describe(index uint32) string {
	c := j.res.Case
	a := &c.Activities[index]
	return fmt.Sprintf("%s from %s by %s in %s", c.Text(a.Op), cmp.Or(c.Text(a.IP), "nowhere"), c.Text(a.Actor), c.Text(a.Mailbox))
}

// why names the rows that are labelled wrongly.
func (l *labels) why(t *testing.T, label string, j *judged, by *attribution.Attribution, missed, wrong map[string]int) {
	t.Helper()
	if len(missed)+len(wrong) == 0 {
		return
	}
	for i := range j.tenant.Truth {
		x := &j.tenant.Truth[i]
		t.Logf("why: %s: %s at %s in %v from %s to %s (%s)", label, x.Kind, x.Address, x.Accounts, x.First.Format("01-02 15:04"), x.Last.Format("01-02 15:04"), j.tenant.Who(x.Accounts[0]))
	}
	for i := range by.Intruders {
		x := &by.Intruders[i]
		t.Logf("why:   told: %s, %d rows, %d accounts, methods %v", x.Name, len(x.Rows), len(x.Accounts), x.Methods)
		for k, r := range x.Reasons {
			if k < 6 {
				t.Logf("why:      %s: %.300s", j.res.Case.Text(r.Account), r.Text)
			}
		}
	}
	for i, what := range sorted(wrong) {
		if i < 12 {
			t.Logf("why:   false: %d %s", wrong[what], what)
		}
	}
	for i, what := range sorted(missed) {
		if i < 12 {
			t.Logf("why:   missed, called %d %s", missed[what], what)
		}
	}
}

// say says the figures.
func (l *labels) say(t *testing.T, form string) {
	t.Helper()
	var all, strangers tally
	all.least, strangers.least = 100, 100
	for _, kind := range kindsIn(l.of) {
		x := l.of[kind]
		t.Logf("figure: %s, %s: %s", form, kind, x)
		all.add(x)
		if kind != "insider-right" {
			strangers.add(x)
		}
	}
	t.Logf("figure: %s, all but insiders: %s", form, &strangers)
	if l.early.his > 0 {
		t.Logf("figure: %s, those who are there from the first days: %s", form, &l.early)
		t.Logf("figure: %s, those who come later: %s", form, &l.late)
	}
	t.Logf("figure: %s, all: %s", form, &all)
	t.Logf("figure: %s: %d rows called an attacker's in mailboxes that nobody touched, %d in tenants with nobody in them, and %d of the Internet's tries; %.1f %% of %d rows of persons undecided; %d intruders, told apart as %d",
		form, l.elsewhere, l.quiet, l.noise, percent(l.undecided, l.persons), l.persons, l.intruders, l.told)
	l.sayReached(t, form)
	l.sayAnswered(t, form)
}

// kindsIn are the kinds that there are figures of, in the order of Kinds and then by name.
func kindsIn[T any](of map[string]T) []string {
	order := ordinary.Kinds()
	return slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		i, k := slices.Index(order, a), slices.Index(order, b)
		return cmp.Or(cmp.Compare(uint(i), uint(k)), cmp.Compare(a, b))
	})
}

// precise fails where too much is called an intruder's that is not: what is missed is said, what is wrong is a fault.
func (l *labels) precise(t *testing.T, form string) {
	t.Helper()
	x := l.strangers()
	if x.hit*100 < (x.hit+x.wrong+l.elsewhere)*90 || x.accused*50 > x.owners {
		t.Errorf("%s: of %d rows called an intruder's %d are his; of %d owners' rows %d are called his", form, x.hit+x.wrong+l.elsewhere, x.hit, x.owners, x.accused)
	}
}

// strangers are the figures of all kinds but insiders.
func (l *labels) strangers() (all tally) {
	for kind, x := range l.of {
		if kind != "insider-right" {
			all.add(x)
		}
	}
	return all
}

// less are the figures that came after others.
func (x *tally) less(o *tally, worst float64) *tally {
	return &tally{
		his: x.his - o.his, hit: x.hit - o.hit, unsure: x.unsure - o.unsure, wrong: x.wrong - o.wrong, owners: x.owners - o.owners,
		accused: x.accused - o.accused, doubted: x.doubted - o.doubted, least: worst,
	}
}

func (x *tally) add(o *tally) {
	x.his, x.hit, x.unsure, x.wrong = x.his+o.his, x.hit+o.hit, x.unsure+o.unsure, x.wrong+o.wrong
	x.owners, x.accused, x.doubted, x.least = x.owners+o.owners, x.accused+o.accused, x.doubted+o.doubted, min(x.least, o.least)
}

func (x *tally) String() string {
	return fmt.Sprintf("precision %.1f %%, recall %.1f %% of %d rows (of the worst intruder's %.0f %%; %.1f %% undecided); of %d owners' rows in the mailboxes taken %.2f %% called the attacker's, %.1f %% undecided",
		percent(x.hit, x.hit+x.wrong), percent(x.hit, x.his), x.his, x.least, percent(x.unsure, x.his), x.owners, percent(x.accused, x.owners), percent(x.doubted, x.owners))
}
