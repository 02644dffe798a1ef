package analyzers

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// settle gives every finding its points and fingerprint, and brings the findings into their final order: points, mailbox,
// time, rule, fingerprint.
func settle(c *activity.Case, found []detect.Finding, x *excuses) []verdict.Finding {
	all := make([]verdict.Finding, 0, len(found))
	for _, f := range found {
		if len(f.Evidence) == 0 {
			continue
		}
		one := verdict.Finding{Finding: f, Fingerprint: fingerprint(c, &f), Decision: x.decision(&f)}
		for _, rule := range f.Rule.Formerly {
			one.Formerly = append(one.Formerly, printsBy(c, &f, rule)[0])
		}
		one.Points = verdict.Points(&one.Finding)
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b verdict.Finding) int { return inOrder(c, &a, &b) })
	for i := range all {
		all[i].ID = fmt.Sprintf("F-%04d", i+1)
	}
	limitAll(all)
	return all
}

// misses collects what could not be judged, and why.
type misses struct {
	mu      sync.Mutex // guards what follows
	list    []detect.NotEvaluated
	reasons map[string]string // each once: most mailboxes share theirs
}

func (m *misses) add(n detect.NotEvaluated) {
	m.mu.Lock()
	defer m.mu.Unlock()
	reason, known := m.reasons[n.Reason]
	if !known {
		if m.reasons == nil {
			m.reasons = map[string]string{}
		}
		reason, m.reasons[n.Reason] = n.Reason, n.Reason
	}
	n.Reason = reason
	m.list = append(m.list, n)
}

// all is what was collected, in order and each once.
func (m *misses) all(c *activity.Case) []detect.NotEvaluated {
	slices.SortFunc(m.list, func(a, b detect.NotEvaluated) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(c.Text(a.Mailbox), c.Text(b.Mailbox)), cmp.Compare(a.Reason, b.Reason))
	})
	return slices.Clone(slices.Compact(m.list)) // without the room that a list which grew has
}
