package ordinary_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"triage/analyzers"
	"triage/analyzers/exposure"
	"triage/analyzers/ledger"
	"triage/analyzers/verdict"
	"triage/geo"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/detect"
	"triage/testdata/ordinary"
	"triage/testdata/truth"
)

// shown is how many rows of a finding the report names (package draw).
const shown = 200

// measured is what the program made of one tenant.
type measured struct {
	label    string
	people   int // mailboxes of the tenant
	days     int
	loud     []string       // innocent mailboxes that came out high or above
	findings map[string]int // of medium and above, by rule
	hidden   []hidden       // the intruders
}

// hidden is what the program made of one intruder.
type hidden struct {
	ordinary.Intruder
	rank  int     // of the account that he took first, by score; 0: it is not in the report
	score float64 // its
	best  string  // the highest finding about it, with its level
	rows  int     // activities that are his acts, but for the trace's
	trace int     // rows of the trace that are his messages
	// Of them, cited by findings of any level above informational, by findings of medium and above, and so that the report
	// shows them.
	cited, medium, shown int
	// Of the rows that findings of medium and above cite in the mailboxes that he took, those that are nobody's act of an
	// intruder, and all.
	innocent, all int
}

// first8 says whether a responder who reads eight mailboxes sees him.
func (h *hidden) first8() bool { return h.rank >= 1 && h.rank <= 8 }

// measure runs the whole program on a tenant, as the command does, and compares with what is true. files are those of the
// tenant that the program is given.
func measure(t *testing.T, o ordinary.Options, files []string) measured {
	t.Helper()
	tenant := ordinary.New(o)
	if o.Activities {
		files = tenant.Files()
	}
	j, done := judge(t, tenant, files)
	defer done()
	res := j.res
	m := measured{label: fmt.Sprintf("seed %d, %d people", o.Seed, o.People), days: o.Days, findings: map[string]int{}}
	for i := range res.Findings {
		if f := &res.Findings[i]; counts(f) {
			m.findings[f.Rule.ID]++
			j.wrong(t, m.label, f)
		}
	}
	j.loud(t, &m)
	for i := range tenant.Truth {
		h := j.intruder(i + 1)
		if want := acts(tenant, i+1, files); h.rows+h.trace != want {
			t.Errorf("%s: of %d acts of %s the case has %d and the trace %d", m.label, want, h.Kind, h.rows, h.trace)
		}
		m.hidden = append(m.hidden, h)
		j.whyHidden(t, &h, i+1, m.label)
	}
	return m
}

// judge runs the whole program on some files of a tenant, as the command does. Whoever has looked calls done.
func judge(t *testing.T, tenant *ordinary.Tenant, files []string) (j *judged, done func()) {
	t.Helper()
	dir := t.TempDir()
	if err := tenant.Write(dir); err != nil {
		t.Fatal(err)
	}
	res, closes := analysed(t, dir, files)
	truths := tenant.Truths()
	return &judged{tenant: tenant, res: res, of: told(t, res.Case, dir, truths), truths: truths}, func() {
		closes()
		_ = os.RemoveAll(dir) // not only at the end of all tenants
	}
}

// analysed is what the whole program makes of some files of a folder.
func analysed(t *testing.T, dir string, files []string) (res *analyzers.Result, closes func()) {
	t.Helper()
	paths := make([]string, len(files))
	for i := range files {
		paths[i] = filepath.Join(dir, files[i])
	}
	set, l := core(t)
	read, err := ingest.Open(context.Background(), paths, ingest.Options{Interest: exposure.Want(ledger.Want(set.Interest))})
	if err != nil {
		t.Fatal(err)
	}
	places := func(c *activity.Case) detect.Places { return analyzers.NewPlaces(l, c) }
	res, err = analyzers.RunTenants(context.Background(), read.Case, set, places, analyzers.Options{AsOf: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Tenants) > 0 {
		t.Fatalf("the case fell into %d tenants", len(res.Tenants))
	}
	return res, func() { _ = read.Close() }
}

// acts are how many an intruder has in some files; a log on that stands in two logs is one.
func acts(tenant *ordinary.Tenant, n int, files []string) int {
	all := map[string]bool{}
	for i := range tenant.Records {
		r := &tenant.Records[i]
		if r.Intruder == n && (r.Log != ordinary.SignIns || len(files) != 1) && (r.Log != ordinary.Trace || len(files) != 1) {
			all[r.ID] = true
		}
	}
	return len(all)
}

// counts says whether a finding is one that a responder is told at medium or above.
func counts(f *verdict.Finding) bool {
	return f.Level >= detect.Medium && f.Suppressed == nil && !f.Rest
}

// core is the pack and the databases as the command has them, read once.
func core(t *testing.T) (*rules.Set, *geo.Locator) {
	t.Helper()
	set, err := packOnce()
	if err != nil {
		t.Fatal(err)
	}
	l, err := geoOnce()
	if err != nil {
		t.Fatal(err)
	}
	return set, l
}

var (
	packOnce = sync.OnceValues(func() (*rules.Set, error) { return rules.Load(analyzers.Kinds(), rules.Options{}) })
	geoOnce  = sync.OnceValues(func() (*geo.Locator, error) { return geo.Open(geo.Options{}) })
)

// judged is a tenant with what the program says of it.
type judged struct {
	tenant *ordinary.Tenant
	res    *analyzers.Result
	of     []int
	truths []truth.Line
}

// intruder is what the program made of the n-th one, from 1.
func (j *judged) intruder(n int) hidden {
	h := hidden{Intruder: j.tenant.Truth[n-1]}
	for i := range j.res.Mailboxes {
		if box := &j.res.Mailboxes[i]; box.Name == h.Accounts[0] {
			h.rank, h.score = i+1, box.Score
		}
	}
	any, medium, told, foreign := map[uint32]bool{}, map[uint32]bool{}, map[uint32]bool{}, map[uint32]bool{}
	level := detect.Informational
	for i := range j.res.Findings {
		f := &j.res.Findings[i]
		if f.Suppressed != nil || f.Level == detect.Informational {
			continue
		}
		box := j.res.Case.Text(f.Mailbox)
		if box == h.Accounts[0] && f.Level > level {
			level, h.best = f.Level, f.Level.String()+" "+f.Rule.ID
		}
		for k, row := range f.Evidence {
			if f.Level >= detect.Medium && slices.Contains(h.Accounts, box) {
				foreign[row] = j.of[row] <= 0
			}
			if j.of[row] != n || j.traced(row) {
				continue
			}
			any[row] = true
			if f.Level >= detect.Medium {
				medium[row] = true
			}
			if k < shown && !f.Rest {
				told[row] = true
			}
		}
	}
	h.cited, h.medium, h.shown, h.all = len(any), len(medium), len(told), len(foreign)
	for _, no := range foreign {
		if no {
			h.innocent++
		}
	}
	for row, who := range j.of {
		switch {
		case who != n:
		case j.traced(uint32(row)):
			h.trace++
		default:
			h.rows++
		}
	}
	return h
}

// traced says whether a row is the trace's: what it says of an intruder's message, the audit log says as well.
func (j *judged) traced(row uint32) bool {
	return j.res.Case.Inputs[j.res.Case.Activities[row].File].Source == activity.SourceTrace
}

// loud notes the mailboxes that came out high or above though nobody was in them; with TRIAGE_WHY it says why.
func (j *judged) loud(t *testing.T, m *measured) {
	t.Helper()
	for i := range j.res.Mailboxes {
		box := &j.res.Mailboxes[i]
		if os.Getenv("TRIAGE_WHY") == "all" && len(j.tenant.Truth) == 0 && box.Band != "high" && box.Band != "critical" {
			t.Logf("why: %s: %s, %s (%.1f): %s", m.label, box.Name, box.Band, box.Score, j.tenant.Who(box.Name))
			j.tell(t, box.Name, 12)
		}
		if j.tenant.Who(box.Name) != "" { // a name that somebody tried, and that is no account, is no mailbox
			m.people++
		}
		if box.Band != "high" && box.Band != "critical" || j.taken(box.Name) {
			continue
		}
		m.loud = append(m.loud, box.Name)
		if why() && len(j.tenant.Truth) == 0 {
			t.Logf("why: %s: %s is %s (%.1f), and nobody was there: %s", m.label, box.Name, box.Band, box.Score, j.tenant.Who(box.Name))
			j.tell(t, box.Name, 12)
		}
	}
}

func (j *judged) taken(mailbox string) bool {
	return slices.ContainsFunc(j.tenant.Truth, func(x ordinary.Intruder) bool { return slices.Contains(x.Accounts, mailbox) })
}

// whyHidden says with TRIAGE_WHY what was found of an intruder who is not among the first eight, or of whose rows less than
// four in five are cited.
func (j *judged) whyHidden(t *testing.T, h *hidden, n int, label string) {
	t.Helper()
	if !why() || h.first8() && h.cited*5 >= h.rows*4 {
		return
	}
	t.Logf("why: %s: %s at %s in %s (%s) from %s to %s is at rank %d (%.1f), %d of %d rows cited", label, h.Kind, h.Address, strings.Join(h.Accounts, ", "),
		j.tenant.Who(h.Accounts[0]), h.First.Format(time.DateTime), h.Last.Format(time.DateTime), h.rank, h.score, h.cited, h.rows)
	j.tell(t, h.Accounts[0], 12)
	for i := range j.res.Mailboxes[:max(0, min(8, h.rank-1))] {
		box := &j.res.Mailboxes[i]
		t.Logf("why:     before it: %s (%.1f), %s", box.Name, box.Score, j.tenant.Who(box.Name))
	}
	missed := map[string]int{}
	cited := map[uint32]bool{}
	for i := range j.res.Findings {
		for _, row := range j.res.Findings[i].Evidence {
			cited[row] = true
		}
	}
	for i, who := range j.of {
		if who == n && !cited[uint32(i)] && !j.traced(uint32(i)) {
			a := &j.res.Case.Activities[i]
			missed[j.res.Case.Text(a.Op)+" from "+j.res.Case.Text(a.IP)+" in "+j.res.Case.Text(a.Mailbox)]++
		}
	}
	for _, what := range sorted(missed) {
		t.Logf("why:     not cited: %d %s", missed[what], what)
	}
}

// strange says how strange rows are, in tenths.
func (j *judged) strange(rows []uint32) string {
	seen := map[int]bool{}
	for _, row := range rows {
		tenths, ok := j.res.Context.Strangeness(row)
		if !ok {
			tenths = -1 // not known
		}
		seen[tenths] = true
	}
	return fmt.Sprint(slices.Sorted(maps.Keys(seen)))
}

// tell says the findings about a mailbox, the strongest first.
func (j *judged) tell(t *testing.T, mailbox string, most int) {
	t.Helper()
	var list []*verdict.Finding
	for i := range j.res.Findings {
		if f := &j.res.Findings[i]; j.res.Case.Text(f.Mailbox) == mailbox && !f.Rest && f.Points > 0 {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b *verdict.Finding) int { return int(b.Points*10) - int(a.Points*10) })
	for i, f := range list {
		if i == most {
			t.Logf("why:     and %d findings more", len(list)-most)
			return
		}
		t.Logf("why:     %s", j.words(f))
	}
}

// words are a finding with what it rests on.
func (j *judged) words(f *verdict.Finding) string {
	facts := ""
	for _, x := range f.Facts {
		facts += fmt.Sprintf(" %s=%.400s", x.Name, fmt.Sprint(x.Value))
	}
	his := 0
	for _, row := range f.Evidence {
		if j.of[row] > 0 {
			his++
		}
	}
	return fmt.Sprintf("%s %s (%d %%, %.1f points, share %.2f) %s, %d of %d rows an intruder's, strangeness %s:%s", f.Level, f.Rule.ID, f.Confidence,
		f.Points, f.Share, time.UnixMilli(f.First).UTC().Format("01-02 15:04"), his, len(f.Evidence), j.strange(f.Evidence), facts)
}

// wrong says with TRIAGE_WHY what a finding of a tenant rests on in which nobody was.
func (j *judged) wrong(t *testing.T, label string, f *verdict.Finding) {
	t.Helper()
	if !why() || len(j.tenant.Truth) > 0 {
		return
	}
	c, ops := j.res.Case, map[string]int{}
	for _, row := range f.Evidence {
		ops[fmt.Sprintf("%s %s", j.describe(row), j.res.Context.StrangeWhy(row))]++
	}
	mailbox := c.Text(f.Mailbox)
	t.Logf("why: wrong: %s: in %s (%s): %s", label, mailbox, j.tenant.Who(mailbox), j.words(f))
	for i, what := range sorted(ops) {
		if i < 4 {
			t.Logf("why:     %d %s", ops[what], what)
		}
	}
}

// why says whether the reasons of each wrong verdict are wanted.
func why() bool { return os.Getenv("TRIAGE_WHY") != "" }
