package ordinary_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"triage/analyzers"
	"triage/geo"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/detect"
	"triage/testdata/ordinary"
)

// measured are the figures of one tenant.
type measured struct {
	people, high, findings int
	first8, intruders      int            // among the first eight mailboxes by score
	ranks                  map[string]int // by kind; the least rank of a taken account
	cited, rows            int
	byRule                 map[string]int // findings of medium and above
}

// measure runs the whole program on a tenant, as the command does.
func measure(t *testing.T, o ordinary.Options) measured {
	t.Helper()
	dir := t.TempDir()
	tenant := ordinary.New(o)
	if err := tenant.Write(dir); err != nil {
		t.Fatal(err)
	}
	set, l := coreSet(t)
	files, err := ingest.Open(context.Background(), []string{dir + "/audit.jsonl", dir + "/signins.jsonl"}, ingest.Options{Interest: set.Interest})
	if err != nil {
		t.Fatal(err)
	}
	places := func(c *activity.Case) detect.Places { return analyzers.NewPlaces(l, c) }
	res, err := analyzers.RunTenants(context.Background(), files.Case, set, places, analyzers.Options{AsOf: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	m := measured{ranks: map[string]int{}, byRule: map[string]int{}, intruders: len(tenant.Truth)}
	cited := map[activity.ID]bool{}
	for i := range res.Findings {
		f := &res.Findings[i]
		for _, row := range f.Evidence {
			cited[res.Case.Activities[row].ID] = true
		}
		if f.Level >= detect.Medium && f.Suppressed == nil && !f.Rest {
			m.findings++
			m.byRule[f.Rule.ID]++
		}
	}
	rank := map[string]int{}
	for i := range res.Mailboxes {
		box := &res.Mailboxes[i]
		rank[box.Name] = i + 1
		m.people++
		if box.Band == "high" || box.Band == "critical" {
			m.high++
		}
	}
	for _, one := range tenant.Truth {
		best := 1 << 30
		for _, a := range one.Accounts[:1] {
			if r := rank[a]; r > 0 {
				best = min(best, r)
			}
		}
		m.ranks[one.Kind] = best
		if best <= 8 {
			m.first8++
		}
	}
	for i := range tenant.Records {
		r := &tenant.Records[i]
		if r.Intruder == 0 || r.SignIn {
			continue
		}
		m.rows++
		if id, ok := activity.GUID([]byte(r.ID)); ok && cited[id] {
			m.cited++
		}
	}
	return m
}

func coreSet(t *testing.T) (*rules.Set, *geo.Locator) {
	t.Helper()
	set, err := rules.Load(analyzers.Kinds(), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := geo.Open(geo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set, l
}

// size is that of a tenant: small without TRIAGE_SEEDS.
func size() int {
	if os.Getenv("TRIAGE_SEEDS") == "" {
		return 40
	}
	return 120
}

// seeds are those that figures are taken of: TRIAGE_SEEDS=from-to, else one.
func seeds(t *testing.T) (list []uint64) {
	from, to, ok := strings.Cut(os.Getenv("TRIAGE_SEEDS"), "-")
	a, err := strconv.ParseUint(from, 10, 64)
	b, err2 := strconv.ParseUint(to, 10, 64)
	if !ok || err != nil || err2 != nil {
		return []uint64{1}
	}
	for s := a; s <= b; s++ {
		list = append(list, s)
	}
	return list
}

// Promise: the same seed gives the same tenant, another seed another; every record of an intruder is told.
func TestSameSeedSameTenant(t *testing.T) {
	write := func(seed uint64) string {
		dir := t.TempDir()
		if err := ordinary.New(ordinary.Options{Seed: seed, People: 12, Days: 20, Intruders: ordinary.Kinds()}).Write(dir); err != nil {
			t.Fatal(err)
		}
		var all bytes.Buffer
		for _, name := range []string{"audit.jsonl", "signins.jsonl", "truth.json"} {
			text, err := os.ReadFile(dir + "/" + name)
			if err != nil || len(text) == 0 {
				t.Fatal(name, err)
			}
			all.Write(text)
		}
		return all.String()
	}
	one := write(1)
	if one != write(1) {
		t.Error("two tenants of one seed differ")
	}
	if one == write(2) {
		t.Error("two seeds give one tenant")
	}
	tenant := ordinary.New(ordinary.Options{Seed: 1, People: 40, Days: 40, Intruders: ordinary.Kinds()})
	of := make([]int, len(tenant.Truth))
	for i := range tenant.Records {
		if n := tenant.Records[i].Intruder; n > 0 {
			of[n-1]++
		}
	}
	for i, n := range of {
		if n < 3 {
			t.Errorf("%s: %d records", tenant.Truth[i].Kind, n)
		}
	}
}

// What the program makes of tenants with nobody in them, and of each kind of intruder.
func TestMeasure(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector makes it take minutes")
	}
	all := measured{byRule: map[string]int{}}
	for _, seed := range seeds(t) {
		m := measure(t, ordinary.Options{Seed: seed, People: size()})
		all.people, all.high, all.findings = all.people+m.people, all.high+m.high, all.findings+m.findings
		for rule, n := range m.byRule {
			all.byRule[rule] += n
		}
	}
	// per 100 people and 30 days
	per := func(n int) float64 { return float64(n) / float64(len(seeds(t))) * 100 / float64(size()) * 30 / 45 }
	t.Logf("figure: nobody in it: %.1f %% of mailboxes high or above, %.0f findings of medium or above per 100 people and 30 days",
		100*float64(all.high)/float64(all.people), per(all.findings))
	var rules []string
	for rule := range all.byRule {
		rules = append(rules, rule)
	}
	slices.SortFunc(rules, func(a, b string) int { return all.byRule[b] - all.byRule[a] })
	for _, rule := range rules {
		t.Logf("figure: %5.1f %s", per(all.byRule[rule]), rule)
	}
	first, intruders, cited, rows := 0, 0, 0, 0
	for i, kind := range ordinary.Kinds() {
		var ranks []string
		c, r := 0, 0
		for _, seed := range seeds(t) {
			m := measure(t, ordinary.Options{Seed: 100 + seed, People: size(), Intruders: []string{kind}, FirstDay: (int(seed)+i)%2 == 0})
			first, intruders, c, r = first+m.first8, intruders+1, c+m.cited, r+m.rows
			ranks = append(ranks, fmt.Sprint(m.ranks[kind]))
		}
		cited, rows = cited+c, rows+r
		t.Logf("figure: %s: ranks %s; %d of %d rows cited", kind, strings.Join(ranks, " "), c, r)
	}
	t.Logf("figure: %d of %d intruders among the first eight, %.0f %% of their rows cited", first, intruders, 100*float64(cited)/float64(max(1, rows)))
}
