package analyzers

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"triage/analyzers/attribution"
	"triage/analyzers/verdict"
	"triage/analyzers/workers"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// later says that a rule is about what is known of intruders.
func later(r *detect.Rule) bool {
	_, ok := r.Detector.(detect.Later)
	return ok
}

// afterwards asks the detectors that want to know where intruders were, about the mailboxes to which somebody came from there.
func (j *judging) afterwards(ctx context.Context, lines []activity.Timeline, who *attribution.Attribution, n int) ([]detect.Finding, error) {
	if !slices.ContainsFunc(j.rules, later) {
		return nil, nil
	}
	came := who.Came()
	if len(came) == 0 {
		return nil, nil
	}
	lines = slices.DeleteFunc(slices.Clone(lines), func(line activity.Timeline) bool { return !came[line.Mailbox] })
	found, room := make([][]detect.Finding, len(lines)), make([]scratch, n)
	rows := j.ready.later().of(j.tenant)
	err := workers.Each(ctx, n, len(lines), func(worker, m int) {
		matched := rows.match(lines[m], &room[worker])
		copies, shared := detect.Copies(lines[m]), &detect.SharedWork{}
		for i, rule := range j.rules {
			if d, ok := rule.Detector.(detect.Later); ok && len(matched[i]) > 0 {
				t := detect.Timeline{Timeline: lines[m], Matched: matched[i], Copies: copies, Shared: shared}
				found[m] = append(found[m], j.weigh(d.Later(t, j.tenant, who))...)
			}
		}
	})
	all := slices.Concat(found...)
	for i := range all {
		all[i].Suppressed = j.excuses.of(&all[i])
	}
	return all, err
}

// settleMore brings further findings into the order of those that are settled. moved says where each of those is now.
func settleMore(c *activity.Case, settled []verdict.Finding, more []detect.Finding, x *excuses) (all []verdict.Finding, moved []int) {
	type numbered struct {
		verdict.Finding
		was int // -1: it is new
	}
	both := make([]numbered, 0, len(settled)+len(more))
	for i := range settled {
		both = append(both, numbered{settled[i], i})
	}
	for _, one := range settle(c, more, x) {
		both = append(both, numbered{one, -1})
	}
	slices.SortFunc(both, func(a, b numbered) int { return inOrder(c, &a.Finding, &b.Finding) })
	all, moved = make([]verdict.Finding, len(both)), make([]int, len(settled))
	for i := range both {
		all[i] = both[i].Finding
		all[i].ID = fmt.Sprintf("F-%04d", i+1)
		if was := both[i].was; was >= 0 {
			moved[was] = i
		}
	}
	return all, moved
}

// inOrder is the order of findings: points, mailbox, time, rule, fingerprint.
func inOrder(c *activity.Case, a, b *verdict.Finding) int {
	return cmp.Or(
		cmp.Compare(b.Points, a.Points), cmp.Compare(c.Text(a.Mailbox), c.Text(b.Mailbox)),
		cmp.Compare(a.First, b.First), cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Fingerprint, b.Fingerprint),
	)
}
