package analyzers

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/decision"
	"triage/rules/detect"
)

// Options are what a run may be told. The zero value is a good default but for AsOf.
type Options struct {
	AsOf      time.Time      // the day against which expiry and ages are judged; recorded in the report
	Workers   int            // mailboxes judged at once; 0 = one per processor
	Databases []geo.Database // what addresses were looked up in, for caveats
	// Anonymizers says that lists of VPN, Tor and relay networks were loaded beside the few built-in ranges.
	Anonymizers bool

	part  bool   // the case is one tenant of several: what is true of the whole is said there
	plans *plans // of the rules; nil: they are yet to be made
}

// Run judges one tenant's case by the effective pack: detectors per mailbox, then across the tenant, then sequences, exceptions
// and scores. Its result does not depend on the number of workers. The error is ctx's.
func Run(ctx context.Context, c *activity.Case, set *rules.Set, places detect.Places, opts Options) (*Result, error) {
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	if opts.plans == nil {
		opts.plans = newPlans(set)
	}
	r := &run{
		set:     set,
		plans:   opts.plans,
		decided: set.DecidedFor(decisionTenant(c, opts.part)),
		lines:   c.Timelines(),
		result:  &Result{Case: c, Places: places},
		tenant: detect.Tenant{
			Case: c, Places: places, AsOf: opts.AsOf, Lists: set.Lists, Declared: set.Declared,
			Domains: detect.NewDomains(c, set.Lists["internal_domains"]), Common: &detect.Common{},
		},
	}
	r.result.Domains = r.tenant.Domains.Own()
	r.tenant.Unable = r.unable
	r.sieve = r.plans.sieve.of(&r.tenant)
	if r.plans.excuses != nil {
		r.excuses.matcher = r.plans.excuses.Matcher(&r.tenant)
	}
	r.state()
	if err := r.mailboxes(ctx, opts.Workers); err != nil {
		return nil, err
	}
	r.across()
	r.settle()
	r.survey()
	r.verdicts()
	r.searches()
	r.caveats(opts)
	s := r.tenantView()
	r.containment(s)
	r.nextEvidence(s)
	return r.result, ctx.Err()
}

// plans are the conditions of an effective pack, made ready once for all tenants.
type plans struct {
	sieve        *sieving
	excuses      *detect.Plan    // nil: there are no exceptions
	listed, acts func() *sieving // few cases have what they are for
}

func newPlans(set *rules.Set) *plans {
	return &plans{
		sieve:   newSieving(set.Rules, inTime),
		excuses: planExcuses(set.Exceptions),
		listed:  sync.OnceValue(func() *sieving { return newSieving(set.Rules, standing) }),
		acts:    sync.OnceValue(func() *sieving { return newSieving(set.Rules, timeless) }),
	}
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
	opts.part, opts.plans = true, newPlans(set)
	whole := &Result{Case: c}
	for _, part := range c.Parts {
		one, err := Run(ctx, part, set, places(part), opts)
		if err != nil {
			return nil, err
		}
		whole.Tenants = append(whole.Tenants, one)
	}
	whole.rank()
	r := &run{set: set, result: whole}
	r.wholeCaveats()
	r.sortCaveats()
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
	at := func(p place) (*Finding, string) {
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

// run is one analysis on its way.
type run struct {
	set     *rules.Set
	plans   *plans
	decided map[string]decision.Decision // by fingerprint
	tenant  detect.Tenant
	sieve   *sieve
	excuses excuses
	lines   []activity.Timeline
	judged  []judged         // by timeline
	tenants []*detect.Tenant // by rule: what its Profile calls found, merged; nil but for profilers
	stands  []detect.Finding // about what has no time
	found   []detect.Finding
	excused int // of found, those for which exceptions were looked for
	result  *Result
	surveys []survey // by timeline, until the verdicts

	deliveries bool // the case has deliveries at all

	mu      sync.Mutex // guards what follows
	miss    []detect.NotEvaluated
	reasons map[string]string // each once: most mailboxes share theirs
}

// judged is what one mailbox's first pass gave. There may be a million mailboxes: what is empty takes no room.
type judged struct {
	waiting  []waiting // for the second pass, by rule
	copies   []int     // detect.Timeline.Copies
	findings []detect.Finding
}

// waiting are a mailbox's rows that a profiler is about.
type waiting struct {
	rule int
	rows []int
}

func (r *run) unable(n detect.NotEvaluated) {
	r.mu.Lock()
	defer r.mu.Unlock()
	reason, known := r.reasons[n.Reason]
	if !known {
		if r.reasons == nil {
			r.reasons = map[string]string{}
		}
		reason, r.reasons[n.Reason] = n.Reason, n.Reason
	}
	n.Reason = reason
	r.miss = append(r.miss, n)
}

// mailboxes runs both passes over every timeline: first all that stands alone, and what profilers collect; then, with
// the tenant known, the profilers.
func (r *run) mailboxes(ctx context.Context, workers int) error {
	r.judged = make([]judged, len(r.lines))
	profiles := make([][]parts, workers)
	err := each(ctx, workers, len(r.lines), func(worker, m int) {
		if profiles[worker] == nil {
			profiles[worker] = r.profiles()
		}
		r.judged[m] = r.first(r.lines[m], profiles[worker])
	})
	if err != nil {
		return err
	}
	r.tenants = r.merge(profiles)
	return each(ctx, workers, len(r.lines), func(_, m int) { r.second(m) })
}

// each calls work for 0 … n-1 on several goroutines, and stops early when ctx ends.
func each(ctx context.Context, workers, n int, work func(worker, i int)) error {
	next := make(chan int)
	var wait sync.WaitGroup
	for worker := range min(workers, max(n, 1)) {
		wait.Go(func() {
			for i := range next {
				work(worker, i)
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	wait.Wait()
	return ctx.Err()
}

// profiles is where one worker's profiles go, by rule; those of rules that need no other mailbox merge nothing.
func (r *run) profiles() []parts {
	list := make([]parts, len(r.set.Rules))
	for i, rule := range r.set.Rules {
		if p, ok := rule.Detector.(detect.Profiler); ok {
			list[i].merge = p.Merge
		}
	}
	return list
}

// first matches every rule against one timeline in one sweep, and runs the detectors that need nobody else.
func (r *run) first(line activity.Timeline, profiles []parts) judged {
	matched := r.sieve.match(line)
	out := judged{copies: detect.Copies(line)}
	shared := &detect.Shared{}
	for i, rule := range r.set.Rules {
		t := detect.Timeline{Timeline: line, Matched: matched[i], Copies: out.copies, Shared: shared}
		if p, ok := rule.Detector.(detect.Profiler); ok {
			profiles[i].add(p.Profile(t, &r.tenant))
			if len(matched[i]) > 0 {
				out.waiting = append(out.waiting, waiting{i, matched[i]})
			}
			continue
		}
		out.findings = append(out.findings, r.limit(rule.Detector.Mailbox(t, &r.tenant))...)
	}
	return out
}

// merge joins what profilers collected into one tenant per rule.
func (r *run) merge(profiles [][]parts) []*detect.Tenant {
	tenants := make([]*detect.Tenant, len(r.set.Rules))
	for i, rule := range r.set.Rules {
		p, ok := rule.Detector.(detect.Profiler)
		if !ok {
			continue
		}
		all := parts{merge: p.Merge}
		for _, worker := range profiles {
			if worker != nil {
				all.add(worker[i].all())
			}
		}
		tenant := r.tenant
		tenant.Partial = all.all()
		tenants[i] = &tenant
	}
	return tenants
}

func (r *run) second(m int) {
	one := &r.judged[m]
	shared := &detect.Shared{}
	for i, rule := range r.set.Rules {
		if r.tenants[i] == nil {
			continue
		}
		t := detect.Timeline{Timeline: r.lines[m], Copies: one.copies, Shared: shared}
		if len(one.waiting) > 0 && one.waiting[0].rule == i {
			t.Matched, one.waiting = one.waiting[0].rows, one.waiting[1:]
		}
		one.findings = append(one.findings, r.limit(rule.Detector.Mailbox(t, r.tenants[i]))...)
	}
	one.waiting, one.copies = nil, nil
}

// across collects the findings, asks the tenant's detectors, and then the sequences over all of it.
func (r *run) across() {
	for m := range r.judged {
		r.found = append(r.found, r.judged[m].findings...)
	}
	r.joinState()
	r.judged = nil
	for i, rule := range r.set.Rules {
		if t, ok := rule.Detector.(detect.TenantDetector); ok {
			r.found = append(r.found, r.limit(t.Tenant(r.tenants[i].Partial, r.tenants[i]))...)
		}
	}
	r.order()
	for i := range r.found { // what is known to be innocent must not carry a sequence
		r.found[i].Suppressed = r.exception(&r.found[i])
	}
	r.excused = len(r.found)
	before := slices.DeleteFunc(slices.Clone(r.found), func(f detect.Finding) bool { return f.First == 0 }) // no time, no sequence
	for _, rule := range r.set.Rules {
		if s, ok := rule.Detector.(detect.Sequencer); ok {
			r.found = append(r.found, r.limit(s.Sequence(before, &r.tenant))...)
		}
	}
}

// order sorts what was found by mailbox, time, rule and group, so that sequences see one order.
func (r *run) order() {
	c := r.result.Case
	slices.SortStableFunc(r.found, func(a, b detect.Finding) int {
		return cmp.Or(
			cmp.Compare(c.Text(a.Mailbox), c.Text(b.Mailbox)), cmp.Compare(a.First, b.First),
			cmp.Compare(a.Rule.ID, b.Rule.ID), slices.Compare(a.Group, b.Group),
		)
	})
}

// settle applies exceptions, gives every finding its points and fingerprint, and brings the findings into their final
// order: points, mailbox, time, rule, fingerprint.
func (r *run) settle() {
	c := r.result.Case
	all := make([]Finding, 0, len(r.found))
	for i, f := range r.found {
		if len(f.Evidence) == 0 {
			continue
		}
		if i >= r.excused && f.Suppressed == nil {
			f.Suppressed = r.exception(&f)
		}
		one := Finding{Finding: f, Fingerprint: fingerprint(c, &f), Decision: r.decision(&f)}
		one.Points = points(&one.Finding)
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(b.Points, a.Points), cmp.Compare(c.Text(a.Mailbox), c.Text(b.Mailbox)),
			cmp.Compare(a.First, b.First), cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Fingerprint, b.Fingerprint),
		)
	})
	for i := range all {
		all[i].ID = fmt.Sprintf("F-%04d", i+1)
	}
	limitAll(all)
	r.result.Findings, r.found = all, nil
	slices.SortFunc(r.miss, func(a, b detect.NotEvaluated) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(c.Text(a.Mailbox), c.Text(b.Mailbox)), cmp.Compare(a.Reason, b.Reason))
	})
	r.result.NotEvaluated = slices.Compact(r.miss)
	r.miss, r.reasons = nil, nil
}
