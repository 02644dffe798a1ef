package analyzers

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"triage/analyzers/answers"
	"triage/analyzers/attribution"
	"triage/analyzers/campaign"
	measure "triage/analyzers/context"
	"triage/analyzers/ledger"
	"triage/analyzers/presence"
	"triage/analyzers/register"
	"triage/analyzers/verdict"
	"triage/geo"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/detect"
)

// Options are what a run may be told. The zero value is a good default but for AsOf.
type Options struct {
	AsOf      time.Time      // the day against which expiry and ages are judged; recorded in the report
	Workers   int            // mailboxes judged at once; 0 = one per processor
	Databases []geo.Database // what addresses were looked up in, for caveats
	// Anonymizers says that lists of VPN, Tor and relay networks were loaded beside the few built-in ranges.
	Anonymizers bool

	// Context, if it is set, says instead of what was measured how strange acts are: tests of packs say it of their rows.
	Context func(c *activity.Case, measured detect.Context) detect.Context

	part bool // the case is one tenant of several: what is true of the whole is said there
}

// Run judges one tenant's case by the effective pack, stage by stage (the package's comment). Its result does not depend on
// the number of workers. The error is ctx's.
func Run(ctx context.Context, c *activity.Case, set *rules.Set, places detect.Places, opts Options) (*Result, error) {
	return runOne(ctx, c, set, newPlans(set), places, opts)
}

func runOne(
	ctx context.Context, c *activity.Case, set *rules.Set, ready *plans, places detect.Places, opts Options,
) (*Result, error) {
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	var missed misses
	tenant := detect.Tenant{
		Case: c, Places: places, AsOf: opts.AsOf, Lists: set.Lists, Declared: set.Declared,
		Domains: detect.NewDomains(c, set.Lists["internal_domains"]), Common: &detect.Common{}, Unable: missed.add,
	}
	lines := c.Timelines()
	names := func(a *presence.Account) string { return c.Text(a.Name) }
	measured := measure.Of(ctx, presence.Of(ctx, c, places, lines, opts.Workers), names, set.Declared, opts.Workers)
	tenant.Context = measured
	if opts.Context != nil {
		tenant.Context = opts.Context(c, tenant.Context)
	}
	excuse := newExcuses(set, ready, decisionTenant(c, opts.part), &tenant)
	found, lines, err := judgeRules(ctx, lines, set.Rules, ready, &tenant, excuse, opts.Workers)
	if err != nil {
		return nil, err
	}
	findings := settle(c, found, excuse)
	who := attribution.Of(ctx, attribution.Source{
		Case: c, Places: places, Lines: lines, Measure: measured, Domains: tenant.Domains, Findings: findings,
		Given: given(set.Declared, findings),
	})
	j := judging{set.Rules, ready, &tenant, excuse, ready.weights.Of(&tenant)}
	more, err := j.afterwards(ctx, lines, who, opts.Workers)
	if err != nil {
		return nil, err
	}
	if len(more) > 0 {
		var moved []int
		findings, moved = settleMore(c, findings, more, excuse)
		who.Renumber(moved)
	}
	widen(c, findings, who)
	scores, seen := verdict.Of(c, places, lines, findings)
	share(findings, scores.Mailboxes)
	campaign.Windows(c, scores.Mailboxes, who.Intruders)
	told := campaign.Of(campaign.Source{
		Case: c, Places: places, Domains: tenant.Domains, AsOf: opts.AsOf, Findings: findings, Mailboxes: scores.Mailboxes, Seen: seen,
		Intruders: who.Intruders,
	})
	out := &Result{
		Case: c, Domains: tenant.Domains.Own(), Places: places, Context: tenant.Context, Findings: findings, Verdicts: scores,
		Searches: allSearches(c, lines, findings), NotEvaluated: missed.all(c), Campaign: told,
	}
	out.Attribution = who
	out.Missing = ledger.Of(c, ledger.Options{AsOf: opts.AsOf})
	out.Exposure, out.Threads = exposedBy(ctx, c, lines, who, out.Missing, &tenant)
	out.Told = answers.Of(answers.Source{
		Case: c, Places: places, Domains: tenant.Domains, AsOf: opts.AsOf, Findings: findings, Mailboxes: scores.Mailboxes, Campaign: &out.Campaign,
		By: who, Exposure: out.Exposure, Threads: out.Threads, Missing: out.Missing,
	})
	out.idle = excuse.idle()
	out.Accounts, out.MoreAccounts = register.Of(c)
	out.Caveats = caveatsOf(out, seen, set, excuse.decided, opts)
	return out, ctx.Err()
}

// NotNamed is what decisions and filters call the tenant of which nothing says the id, beside others.
const NotNamed = "not-named"

// RunTenants judges each tenant of a case by itself, as Run does one: nothing that is found in one rests on another.
// places locates the addresses of a case. Of several tenants, the result has one for each.
func RunTenants(
	ctx context.Context, c *activity.Case, set *rules.Set, places func(*activity.Case) detect.Places, opts Options,
) (*Result, error) {
	if len(c.Parts) == 0 {
		return Run(ctx, c, set, places(c), opts)
	}
	opts.part = true
	ready := newPlans(set)
	whole := &Result{Case: c}
	for _, part := range c.Parts {
		one, err := runOne(ctx, part, set, ready, places(part), opts)
		if err != nil {
			return nil, err
		}
		whole.Tenants = append(whole.Tenants, one)
	}
	whole.rank()
	whole.Caveats = caveatsOfWhole(whole, set)
	return whole, ctx.Err()
}

// rank numbers the findings of all tenants in one order: points, mailbox, time, rule, fingerprint, tenant.
func (r *Result) rank() {
	type place struct{ tenant, finding int }
	var all []place
	for t, one := range r.Tenants {
		for f := range one.Findings {
			all = append(all, place{t, f})
		}
	}
	at := func(p place) (*verdict.Finding, string) {
		f := &r.Tenants[p.tenant].Findings[p.finding]
		return f, r.Tenants[p.tenant].Case.Text(f.Mailbox)
	}
	slices.SortFunc(all, func(x, y place) int {
		a, aBox := at(x)
		b, bBox := at(y)
		return cmp.Or(
			cmp.Compare(b.Points, a.Points), cmp.Compare(aBox, bBox), cmp.Compare(a.First, b.First),
			cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(x.tenant, y.tenant),
		)
	})
	for i, p := range all {
		f, _ := at(p)
		f.ID = fmt.Sprintf("F-%04d", i+1)
	}
}

// decisionTenant is what decisions call the tenant of a case; part says that it is one of several.
func decisionTenant(c *activity.Case, part bool) string {
	if part {
		return cmp.Or(c.Tenant, NotNamed)
	}
	return c.Tenant
}

// share tells each finding its part of its mailbox's score.
func share(findings []verdict.Finding, mailboxes []verdict.Mailbox) {
	for i := range mailboxes {
		for _, s := range mailboxes[i].Shares {
			findings[s.Finding].Share = s.Share
		}
	}
}
