package analyzers

import (
	"cmp"
	"slices"

	"triage/analyzers/detect"
	"triage/ingest/activity"
)

// verdicts scores every mailbox and every lane of a service that findings name.
func (r *run) verdicts() {
	res := r.result
	by := findingsByMailbox(res.Findings)
	for _, line := range r.lines {
		box := r.verdict(line, by[line.Mailbox])
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
}

func (r *run) verdict(line activity.Timeline, findings []int) Mailbox {
	c := r.result.Case
	box := Mailbox{
		Entity:   Entity{Name: c.Text(line.Mailbox), Symbol: line.Mailbox, Findings: findings},
		Lane:     line.Lane,
		Timeline: line,
		Joined:   map[activity.Match]int{},
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
	box.Stacks = stacks(line, r.value)
	for i, row := range line.Rows {
		if row.ActorCopy() {
			continue
		}
		a := line.At(i)
		if box.Activities == 0 {
			box.First = a.Time
		}
		box.Activities++
		box.Last = a.Time
		r.joined(&box, a)
	}
	return box
}

// joined counts how an activity that concerns a message was joined to it.
func (r *run) joined(box *Mailbox, a *activity.Activity) {
	if !r.result.Case.Concerns(a) {
		return
	}
	_, how := r.result.Case.Message(a)
	box.Joined[how]++
}

// value is the text of a field that follows from one symbol. Microsoft's own addresses and private ones are no place: a
// stack of countries that begins with a data centre hides the one that matters.
func (r *run) value(a *activity.Activity, f activity.Field) string {
	switch f {
	case activity.FieldApp:
		return r.result.Case.Text(a.App)
	case activity.FieldAgent:
		return r.result.Case.Text(a.Agent)
	default:
		if !r.result.clientAddress(a.IP) {
			return ""
		}
		return r.result.Places.Field(a.IP, f)
	}
}

// window spans the evidence of the findings that speak of an intruder: unsuppressed, at least medium, at least half
// sure.
func window(all []Finding, list []int) *Window {
	var w *Window
	for _, i := range list {
		f := &all[i]
		if f.Suppressed != nil || f.Level < detect.Medium || f.Confidence < sureEnough {
			continue
		}
		if w == nil {
			w = &Window{f.First, f.Last}
		}
		w.First, w.Last = min(w.First, f.First), max(w.Last, f.Last)
	}
	return w
}
