package sequence

import (
	"slices"
	"strings"

	"triage/rules/detect"
)

// mostAnyOrder bounds the orders that are tried: 4 steps have 24.
const mostAnyOrder = 4

// anyOrder tries all orders of the steps. Of one mailbox and group the first is told: that the steps also came about in
// another order later says no more.
func (d *detector) anyOrder(findings []detect.Finding, p *detect.Tenant) []detect.Finding {
	first := map[string]int{}
	var out []detect.Finding
	for _, steps := range orders(d.steps) {
		one := *d
		one.steps = steps
		for _, f := range one.inOrder(findings, p) {
			key := p.Case.Text(f.Mailbox) + "\x00" + strings.Join(f.Group, "\x00")
			i, told := first[key]
			if !told {
				first[key] = len(out)
				out = append(out, f)
			} else if f.First < out[i].First {
				out[i] = f
			}
		}
	}
	return out
}

// orders are all orders of some steps.
func orders(steps []settled) [][]settled {
	if len(steps) < 2 {
		return [][]settled{steps}
	}
	var all [][]settled
	for i := range steps {
		rest := slices.Delete(slices.Clone(steps), i, i+1)
		for _, tail := range orders(rest) {
			all = append(all, append([]settled{steps[i]}, tail...))
		}
	}
	return all
}
