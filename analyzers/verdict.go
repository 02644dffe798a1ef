package analyzers

import (
	"cmp"
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// verdicts scores every mailbox and every lane of a service that findings name.
func (r *run) verdicts() {
	res := r.result
	by := findingsByMailbox(res.Findings)
	for i, line := range r.lines {
		box := r.verdict(line, by[line.Mailbox], &r.surveys[i])
		for _, s := range box.Shares {
			res.Findings[s.Finding].Share = s.Share
		}
		if line.Lane == activity.Person || len(box.Findings) > 0 {
			res.Mailboxes = append(res.Mailboxes, box)
		} else {
			res.Services = append(res.Services, box.Entity)
		}
	}
	slices.SortFunc(res.Mailboxes, func(a, b Mailbox) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name, b.Name))
	})
	r.surveys = nil
}

func (r *run) verdict(line activity.Timeline, findings []int, seen *survey) Mailbox {
	c := r.result.Case
	box := Mailbox{
		Entity:   Entity{Name: c.Text(line.Mailbox), Symbol: line.Mailbox, Findings: findings},
		Lane:     line.Lane,
		Timeline: line,
		Stacks:   seen.stacks,
		signs:    seen.signs,
		holds:    seen.holds,
	}
	box.Activities, box.First, box.Last = seen.activities, seen.first, seen.last
	for how, n := range seen.joined {
		if n > 0 {
			if box.Joined == nil {
				box.Joined = map[activity.Match]int{}
			}
			box.Joined[activity.Match(how)] = n
		}
	}
	box.Mailboxes = []string{box.Name}
	var own []int
	for _, i := range findings {
		if slices.Contains(r.result.Findings[i].Rule.Entities, "mailbox") {
			own = append(own, i)
		}
	}
	box.Score, box.Shares = score(r.result.Findings, own)
	box.Band = Band(box.Score)
	box.Window = window(r.result.Findings, own)
	return box
}

// window spans the evidence of the findings that speak of an intruder: unsuppressed, at least medium, at least half
// sure, and have a time.
func window(all []Finding, list []int) *Window {
	var w *Window
	for _, i := range list {
		f := &all[i]
		if f.First == 0 || f.Suppressed != nil || f.Level < detect.Medium || f.Confidence < sureEnough {
			continue
		}
		if w == nil {
			w = &Window{f.First, f.Last}
		}
		w.First, w.Last = min(w.First, f.First), max(w.Last, f.Last)
	}
	return w
}
