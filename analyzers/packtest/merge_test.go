package packtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"triage/analyzers"
	"triage/ingest/activity"
	"triage/rules/detect"
	"triage/rules/detect/detecttest"
)

// What detectors know of parts of the tenant merges to the same findings however often and in whatever order and
// grouping it is merged: every rule of the core pack that needs other mailboxes, over cases drawn at random.
func TestPartialsMerge(t *testing.T) {
	set, l := coreSet(t)
	var profilers []*detect.Rule
	for _, rule := range set.Rules {
		if _, ok := rule.Detector.(detect.Profiler); ok {
			profilers = append(profilers, rule)
		}
	}
	if len(profilers) == 0 {
		t.Fatal("no rule needs other mailboxes")
	}
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		c, err := detecttest.Case(drawRows(t))
		if err != nil {
			t.Fatal(err)
		}
		tenant := detect.Tenant{Case: c, Places: analyzers.NewPlaces(l, c), Lists: set.Lists, Domains: detect.NewDomains(c, nil)}
		lines := c.Timelines()
		for _, rule := range profilers {
			want := judgeMerged(rule, lines, tenant, sequential(len(lines)))
			found += strings.Count(want, "\n")
			plan := drawMerge(t, len(lines))
			if got := judgeMerged(rule, lines, tenant, plan); got != want {
				t.Fatalf("%s, merged as %v:\n%s\nwant\n%s", rule.ID, plan, got, want)
			}
		}
	})
	if found == 0 && !testing.Short() { // a short run draws too few to be sure of one
		t.Error("no drawn case has any finding: the test shows nothing")
	}
}

// drawRows are some days of five mailboxes: logons at home and from few addresses elsewhere, good and bad.
func drawRows(t *rapid.T) string {
	var b strings.Builder
	b.WriteString("time | mailbox | type | op | result | ip | error | forward_to | session | agent\n")
	start := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	addresses := []string{"80.114.221.9", "98.214.10.7", "105.112.4.7", "5.253.204.41"}
	for m := range rapid.IntRange(1, 6).Draw(t, "mailboxes") {
		who := fmt.Sprintf("user%d@contoso.com", m)
		for range rapid.IntRange(1, 25).Draw(t, "rows") {
			at := start.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "time")) * 10 * time.Minute).Format(time.RFC3339)
			ip := rapid.SampledFrom(addresses).Draw(t, "ip")
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				fmt.Fprintf(&b, "%s | %s | logon | UserLoginFailed | failure | %s | 50126 | | |\n", at, who, ip)
			case 1:
				fmt.Fprintf(&b, "%s | %s | forwarding_change | Set-Mailbox | success | %s | | ex@example.org | |\n", at, who, ip)
			default:
				fmt.Fprintf(&b, "%s | %s | logon | UserLoggedIn | success | %s | | | s%d | a%d\n", at, who, ip, m%2, m%3)
			}
		}
	}
	return b.String()
}

// sequential merges one mailbox after the other.
func sequential(n int) [][2]int {
	var plan [][2]int
	for i := 1; i < n; i++ {
		plan = append(plan, [2]int{0, i})
	}
	return plan
}

// drawMerge is an order of merges [into, from] that reaches every mailbox, some of them more than once.
func drawMerge(t *rapid.T, n int) [][2]int {
	var plan [][2]int
	rest := make([]int, n)
	for i := range rest {
		rest[i] = i
	}
	for len(rest) > 1 {
		i := rapid.IntRange(0, len(rest)-1).Draw(t, "from")
		from := rest[i]
		rest = slices.Delete(rest, i, i+1)
		into := rapid.SampledFrom(rest).Draw(t, "into")
		plan = append(plan, [2]int{into, from})
		if rapid.Bool().Draw(t, "again") {
			plan = append(plan, [2]int{into, from})
		}
	}
	return plan
}

// judgeMerged profiles every mailbox, merges as planned, and prints what the rule finds.
func judgeMerged(rule *detect.Rule, lines []activity.Timeline, tenant detect.Tenant, plan [][2]int) string {
	p := rule.Detector.(detect.Profiler)
	matched := make([]detect.Timeline, len(lines))
	for i, line := range lines {
		matched[i] = detect.Timeline{Timeline: line}
		for row, place := range line.Rows {
			if rule.Where.Holds(line.At(row), &tenant) && (rule.OfActor || !place.ActorCopy()) {
				matched[i].Matched = append(matched[i].Matched, row)
			}
		}
	}
	// A part is made anew each time it is merged, since a merge may reuse what it is given.
	parts := make([]func() detect.Partial, len(lines))
	for i := range parts {
		parts[i] = func() detect.Partial { return p.Profile(matched[i], &tenant) }
	}
	all := parts[0]
	for _, step := range plan {
		into, from := parts[step[0]], parts[step[1]]
		parts[step[0]] = func() detect.Partial { return p.Merge(into(), from()) }
		all = parts[step[0]]
	}
	tenant.Partial = all()
	var findings []detect.Finding
	for _, t := range matched {
		findings = append(findings, rule.Detector.Mailbox(t, &tenant)...)
	}
	if d, ok := rule.Detector.(detect.TenantDetector); ok {
		findings = append(findings, d.Tenant(tenant.Partial, &tenant)...)
	}
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintln(&b, tenant.Case.Text(f.Mailbox), f.Level, f.Confidence, f.Group, f.Count, f.Facts, f.Evidence)
	}
	return b.String()
}
