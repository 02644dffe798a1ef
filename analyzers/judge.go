package analyzers

import (
	"cmp"
	"context"
	"slices"

	"triage/analyzers/workers"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// judging is what judging a tenant by the rules takes. Nothing of it changes.
type judging struct {
	rules   []*detect.Rule
	ready   *plans
	tenant  *detect.Tenant
	excuses *excuses
	weights *detect.Weigher
}

// judgeRules gives every detector what it asks for: first what has no time and each mailbox alone, then what needs the tenant,
// then what is about findings. about are the timelines that findings are about: the case's, and what else is named.
func judgeRules(
	ctx context.Context, lines []activity.Timeline, rules []*detect.Rule, ready *plans, tenant *detect.Tenant, x *excuses, n int,
) (found []detect.Finding, about []activity.Timeline, err error) {
	j := judging{rules, ready, tenant, x, ready.weights.Of(tenant)}
	stands, named := j.state()
	lines = knownTimelines(tenant.Case, lines, named)
	all, tenants, err := j.mailboxes(ctx, lines, n)
	if err != nil {
		return nil, nil, err
	}
	for m := range all {
		found = append(found, all[m].findings...)
	}
	return j.across(j.withState(found, stands), tenants), lines, nil
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

// mailboxes runs both passes over every timeline: first all that stands alone, and what profilers collect; then, with
// the tenant known, the profilers.
func (j *judging) mailboxes(ctx context.Context, lines []activity.Timeline, n int) ([]judged, []*detect.Tenant, error) {
	all := make([]judged, len(lines))
	profiles, room := make([][]pairing, n), make([]scratch, n)
	rows := j.ready.rows.of(j.tenant)
	err := workers.Each(ctx, n, len(lines), func(worker, m int) {
		if profiles[worker] == nil {
			profiles[worker] = j.profiles()
		}
		all[m] = j.first(rows, lines[m], profiles[worker], &room[worker])
	})
	if err != nil {
		return nil, nil, err
	}
	tenants := j.merge(profiles)
	return all, tenants, workers.Each(ctx, n, len(lines), func(_, m int) { j.second(lines[m], &all[m], tenants) })
}

// profiles is where one worker's profiles go, by rule; those of rules that need no other mailbox merge nothing.
func (j *judging) profiles() []pairing {
	list := make([]pairing, len(j.rules))
	for i, rule := range j.rules {
		if p, ok := rule.Detector.(detect.Profiler); ok {
			list[i].merge = p.Merge
		}
	}
	return list
}

// first matches every rule against one timeline in one sweep, and runs the detectors that need nobody else.
func (j *judging) first(rows *rowMatcher, line activity.Timeline, profiles []pairing, room *scratch) judged {
	matched := rows.match(line, room)
	out := judged{copies: detect.Copies(line)}
	shared := &detect.SharedWork{}
	for i, rule := range j.rules {
		t := detect.Timeline{Timeline: line, Matched: matched[i], Copies: out.copies, Shared: shared}
		if p, ok := rule.Detector.(detect.Profiler); ok {
			profiles[i].add(p.Profile(t, j.tenant))
			if len(matched[i]) > 0 {
				out.waiting = append(out.waiting, waiting{i, matched[i]})
			}
			continue
		}
		out.findings = append(out.findings, j.weigh(rule.Detector.Mailbox(t, j.tenant))...)
	}
	return out
}

// merge joins what profilers collected into one tenant per rule.
func (j *judging) merge(profiles [][]pairing) []*detect.Tenant {
	tenants := make([]*detect.Tenant, len(j.rules))
	for i, rule := range j.rules {
		p, ok := rule.Detector.(detect.Profiler)
		if !ok {
			continue
		}
		all := pairing{merge: p.Merge}
		for _, worker := range profiles {
			if worker != nil {
				all.add(worker[i].all())
			}
		}
		tenant := *j.tenant
		tenant.Partial = all.all()
		tenants[i] = &tenant
	}
	return tenants
}

// second runs the profilers over one timeline, the tenant known.
func (j *judging) second(line activity.Timeline, one *judged, tenants []*detect.Tenant) {
	shared := &detect.SharedWork{}
	for i, rule := range j.rules {
		if tenants[i] == nil {
			continue
		}
		t := detect.Timeline{Timeline: line, Copies: one.copies, Shared: shared}
		if len(one.waiting) > 0 && one.waiting[0].rule == i {
			t.Matched, one.waiting = one.waiting[0].rows, one.waiting[1:]
		}
		one.findings = append(one.findings, j.weigh(rule.Detector.Mailbox(t, tenants[i]))...)
	}
	one.waiting, one.copies = nil, nil
}

// across asks the tenant's detectors, and then the sequences over all that was found. What is known to be innocent carries
// no sequence.
func (j *judging) across(found []detect.Finding, tenants []*detect.Tenant) []detect.Finding {
	for i, rule := range j.rules {
		if t, ok := rule.Detector.(detect.TenantDetector); ok {
			found = append(found, j.weigh(t.Tenant(tenants[i].Partial, tenants[i]))...)
		}
	}
	orderFindings(j.tenant.Case, found)
	for i := range found {
		found[i].Suppressed = j.excuses.of(&found[i])
	}
	before := slices.DeleteFunc(slices.Clone(found), func(f detect.Finding) bool { return f.First == 0 }) // no time, no sequence
	for _, rule := range j.rules {
		s, ok := rule.Detector.(detect.Sequencer)
		if !ok {
			continue
		}
		chained := j.weigh(s.Sequence(before, j.tenant))
		for i := range chained {
			if len(chained[i].Evidence) > 0 && chained[i].Suppressed == nil {
				chained[i].Suppressed = j.excuses.of(&chained[i])
			}
		}
		found = append(found, chained...)
	}
	return found
}

// orderFindings sorts what was found by mailbox, time, rule and group, so that sequences see one order.
func orderFindings(c *activity.Case, found []detect.Finding) {
	slices.SortStableFunc(found, func(a, b detect.Finding) int {
		return cmp.Or(
			cmp.Compare(c.Text(a.Mailbox), c.Text(b.Mailbox)), cmp.Compare(a.First, b.First),
			cmp.Compare(a.Rule.ID, b.Rule.ID), slices.Compare(a.Group, b.Group),
		)
	})
}
