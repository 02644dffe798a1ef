package ordinary_test

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/analyzers/exposure"
	"triage/testdata/truth"
)

// reached are how what the program says intruders reached compares with the truth, of one kind of intruder.
type reached struct {
	proven, found int // messages and files that he touched; of them said to be proven
	wrong         int // said to be proven, and he touched them not
	wholes, held  int // folders and mailboxes that must be presumed his; of them said to be
	gaps, named   int // times of which the log does not say what was read; of them named
}

func (r *reached) add(o *reached) {
	r.proven, r.found, r.wrong, r.wholes = r.proven+o.proven, r.found+o.found, r.wrong+o.wrong, r.wholes+o.wholes
	r.held, r.gaps, r.named = r.held+o.held, r.gaps+o.gaps, r.named+o.named
}

func (r *reached) String() string {
	return fmt.Sprintf("of %d messages and files touched %.1f %% proven, and %d that he did not touch; of %d folders and mailboxes to presume %d named; of %d throttled days %d",
		r.proven, percent(r.found, r.proven), r.wrong, r.wholes, r.held, r.gaps, r.named)
}

// reaches adds what is said of a tenant's exposure.
func (l *labels) reaches(t *testing.T, label string, j *judged) {
	t.Helper()
	want := map[[2]string]string{} // what was touched, by mailbox and name: the kind of intruder
	truths := j.truths
	kinds := map[string]string{}
	for _, x := range truth.Of(truths, truth.Intruder) {
		kinds[x.Intruder] = x.Kind
	}
	item := map[[2]string]string{}
	for _, m := range truth.Of(truths, truth.Message) {
		name := cmp.Or(m.ID, m.Item)
		want[[2]string{m.Mailbox, name}] = kinds[m.Intruder]
		if m.Item != "" {
			item[[2]string{m.Mailbox, m.Item}] = name
		}
		l.reach(kinds[m.Intruder]).proven++
	}
	c, missed, wrong := j.res.Case, map[string]int{}, map[string]int{}
	for i := range j.res.Exposure.Boxes {
		b := &j.res.Exposure.Boxes[i]
		box := c.Text(b.Mailbox)
		for k := range b.Items {
			x := &b.Items[k]
			if x.State != exposure.Proven {
				continue
			}
			found := false
			for _, name := range []string{c.Text(x.MessageID), item[[2]string{box, c.Text(x.Item)}], item[[2]string{box, c.Text(x.ID)}], path.Base(c.Text(x.ID))} {
				if kind, ok := want[[2]string{box, name}]; ok && name != "" {
					found = true
					if kind != "" {
						l.reach(kind).found++
						want[[2]string{box, name}] = ""
					}
					break
				}
			}
			if !found {
				wrong[strings.Join(x.Acts.Words(), ", ")+" in "+box]++
				if n := j.taker(box, box); n >= 0 {
					l.reach(j.tenant.Truth[n].Kind).wrong++
				} else {
					l.wrongly++
				}
			}
		}
	}
	for key, kind := range want {
		if kind != "" {
			missed[kind+" in "+key[0]]++
		}
	}
	for _, p := range truth.Of(truths, truth.Presumed) {
		x := l.reach(kinds[p.Intruder])
		if x.wholes++; j.holds(p) {
			x.held++
		} else {
			missed[fmt.Sprintf("presumed %s %q by %v until %s", p.Mailbox, p.Folder, p.How, p.Until)]++
		}
	}
	for _, p := range truth.Of(truths, truth.Unknown) {
		x := l.reach(kinds[p.Intruder])
		if x.gaps++; j.gap(p) {
			x.named++
		} else {
			missed[fmt.Sprintf("throttled %s at %s", p.Mailbox, p.First)]++
		}
	}
	if why() {
		for i, what := range sorted(wrong) {
			if i < 8 {
				t.Logf("why: %s: exposure, not his: %d %s", label, wrong[what], what)
			}
		}
		for i, what := range sorted(missed) {
			if i < 8 {
				t.Logf("why: %s: exposure, missed: %d %s", label, missed[what], what)
			}
		}
	}
}

// holds says whether the exposure has a folder or mailbox that must be presumed somebody's.
func (j *judged) holds(p truth.Line) bool {
	until, err := time.Parse(time.RFC3339, p.Until)
	if err != nil {
		panic(err)
	}
	c := j.res.Case
	return slices.ContainsFunc(j.res.Exposure.Boxes, func(b exposure.Box) bool {
		return c.Text(b.Mailbox) == p.Mailbox && slices.ContainsFunc(b.Wholes, func(w exposure.Whole) bool {
			folder := strings.TrimLeft(c.Text(w.Folder), `\/`)
			return w.How != exposure.Opened && w.How != exposure.Forwarding && (folder == "" || folder == p.Folder) && w.Last >= until.UnixMilli()
		})
	})
}

// gap says whether the exposure names a time of which the log does not say what was read.
func (j *judged) gap(p truth.Line) bool {
	first, err := time.Parse(time.RFC3339, p.First)
	if err != nil {
		panic(err)
	}
	return slices.ContainsFunc(j.res.Exposure.Boxes, func(b exposure.Box) bool {
		return j.res.Case.Text(b.Mailbox) == p.Mailbox && slices.ContainsFunc(b.Unknown, func(g exposure.Gap) bool {
			return g.Code == "throttled" && g.First <= first.UnixMilli()+1000 && g.Last > first.UnixMilli()
		})
	})
}

func (l *labels) reach(kind string) *reached {
	if l.reached == nil {
		l.reached = map[string]*reached{}
	}
	if l.reached[kind] == nil {
		l.reached[kind] = &reached{}
	}
	return l.reached[kind]
}

// sayReached says the figures of exposure.
func (l *labels) sayReached(t *testing.T, form string) {
	t.Helper()
	var all reached
	for _, kind := range kindsIn(l.reached) {
		t.Logf("figure: %s, exposure, %s: %s", form, kind, l.reached[kind])
		if kind != "insider-right" {
			all.add(l.reached[kind])
		}
	}
	t.Logf("figure: %s, exposure, all but insiders: %s; %d said to be exposed in mailboxes that nobody touched", form, &all, l.wrongly)
}
