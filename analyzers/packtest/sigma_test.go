package packtest

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/analyzers"
	"triage/ingest"
	"triage/rules"
	"triage/rules/detect"
)

// writeSigma writes n invented rules of the shapes that are published, each looking for something else.
func writeSigma(t testing.TB, n int) (folder string) {
	t.Helper()
	folder = t.TempDir()
	shapes := []string{
		"azure, service: auditlogs}\ndetection: {selection: {properties.message: [Change thing %[1]d, Remove thing %[1]d]}, condition: selection}\n",
		"azure, service: signinlogs}\ndetection: {selection: {ResultType: 9%[1]d, userAgent|contains: tool-%[1]d}, condition: selection}\n",
		"m365, service: threat_management}\ndetection: {selection: {eventSource: SecurityComplianceCenter, eventName: Alert %[1]d, status: success}, condition: selection}\n",
		"m365, service: audit}\ndetection: {selection_a: {Operation|contains: thing%[1]d}, selection_b: {Parameters|contains: [Forward%[1]d, Copy%[1]d]}, " +
			"filter: {UserId: a%[1]d@contoso.com}, condition: all of selection_* and not filter}\n",
	}
	for from := 0; from < n; from += 100 {
		var b strings.Builder
		for i := from; i < min(from+100, n); i++ {
			fmt.Fprintf(&b, "---\ntitle: Rule %[1]d\nid: 00000000-0000-4000-8000-%012[1]d\nauthor: Nobody\ntags: [attack.t1098]\nlevel: medium\nlogsource: {product: ", i)
			fmt.Fprintf(&b, shapes[i%len(shapes)], i)
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%05d.yml", from)), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// BenchmarkSigma is what it costs to load 5,000 Sigma rules beside the core pack; its figures stand in .ci/figures/sigma.txt.
func BenchmarkSigma(b *testing.B) {
	folder := writeSigma(b, 5000)
	b.ReportAllocs()
	for b.Loop() {
		set, err := rules.Load(analyzers.Kinds(), rules.Options{Sigma: []string{folder}})
		if err != nil || set.Sigma.Loaded != 5000 {
			b.Fatalf("%d loaded: %v", set.Sigma.Loaded, err)
		}
	}
}

// TestWriteSigma writes 500 of them where SIGMA_MANY says, for measuring the whole program.
func TestWriteSigma(t *testing.T) {
	to := os.Getenv("SIGMA_MANY")
	if to == "" {
		t.Skip("SIGMA_MANY names no folder")
	}
	if err := os.CopyFS(to, os.DirFS(writeSigma(t, 500))); err != nil {
		t.Fatal(err)
	}
}

// Promise: the rules of the field are loaded unchanged or skipped by name with a reason, and none of them matches more than a
// tenth of a real log.
func TestRulesOfTheField(t *testing.T) {
	shared := filepath.Join("..", "..", "..", "shared", "data")
	folder, log := filepath.Join(shared, "sigma"), filepath.Join(shared, "summit", "summit_search_ual.csv")
	for _, path := range []string{folder, log} {
		if _, err := os.Stat(path); err != nil {
			t.Skipf("no shared data: %v", err)
		}
	}
	set, err := rules.Load(analyzers.Kinds(), rules.Options{Sigma: []string{folder}})
	if err != nil {
		t.Fatal(err)
	}
	files, err := ingest.Open(t.Context(), []string{log}, ingest.Options{Interest: set.Interest})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	c := files.Case
	named := 0
	for _, s := range set.Sigma.Skipped {
		if s.Reason == "" || s.Title == "" || s.At == nil || s.At.Line == 0 {
			t.Errorf("skipped without a name, a place or a reason: %+v", s)
		}
		named++
	}
	if all := set.Sigma.Loaded + named; all != 152 {
		t.Errorf("%d documents, want 152", all)
	}
	type row struct {
		id, title string
		matches   int
	}
	var table []row
	p := &detect.Tenant{Case: c}
	for _, r := range set.Rules {
		if !strings.HasPrefix(r.ID, "sigma.") {
			continue
		}
		one := row{id: r.ID, title: r.Title}
		for i := range c.Activities {
			if r.Where.Holds(&c.Activities[i], p) {
				one.matches++
			}
		}
		if one.matches*10 > len(c.Activities) {
			t.Errorf("%s matches %d of %d", r.ID, one.matches, len(c.Activities))
		}
		table = append(table, one)
	}
	slices.SortFunc(table, func(a, b row) int { return cmp.Or(b.matches-a.matches, strings.Compare(a.id, b.id)) })
	quiet := 0
	for _, one := range table {
		if one.matches == 0 {
			quiet++
			continue
		}
		t.Logf("%5d of %d  %s  %s", one.matches, len(c.Activities), one.id, one.title)
	}
	t.Logf("loaded %d, skipped %d; %d match nothing in this log", set.Sigma.Loaded, named, quiet)
}
