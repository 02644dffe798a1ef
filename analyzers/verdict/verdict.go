// Package verdict scores what findings are about: mailboxes, addresses, sessions and messages (the formula is told by
// package analyzers). [Of] looks once at every activity, and counts on the way what caveats, stacks and the evidence to
// fetch next rest on.
package verdict

import (
	"cmp"
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// verdictSource is what verdicts rest on.
type verdictSource struct {
	c        *activity.Case
	places   detect.Places
	findings []Finding
}

// Verdicts are the scores of what findings are about. Everything is in the order in which a report lists it.
type Verdicts struct {
	Mailboxes []Mailbox
	Services  []Entity // lanes of services and the system, without findings; counted, not judged as people
	Addresses []Entity // without findings too: "from where" is asked of the innocent as well
	Sessions  []Entity // that findings name
	Messages  []Entity
}

// Of looks once at every activity that has a time, and scores every mailbox and every lane of a service that findings
// name, every address, session and message. Findings must be in their final order; their shares are in the mailboxes. What was seen
// of each mailbox beside is by its index Seen.
func Of(c *activity.Case, places detect.Places, lines []activity.Timeline, findings []Finding) (Verdicts, []Seen) {
	in := verdictSource{c, places, findings}
	look, by := newSurveyor(in), findingsByMailbox(findings)
	out := Verdicts{Mailboxes: make([]Mailbox, 0, len(lines))}
	seen := make([]Seen, 0, len(lines))
	for _, line := range lines {
		one := look.mailbox(line)
		box := in.mailbox(line, by[line.Mailbox], &one)
		box.Seen, seen = len(seen), append(seen, one.seen)
		if line.Lane == activity.Person || len(box.Findings) > 0 {
			out.Mailboxes = append(out.Mailboxes, box)
		} else {
			out.Services = append(out.Services, box.Entity)
		}
	}
	slices.SortFunc(out.Mailboxes, func(a, b Mailbox) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name, b.Name))
	})
	e := look.entities
	out.Addresses, out.Sessions, out.Messages = e.entities(e.addresses.all), e.entities(e.sessions), e.entities(e.messages.all)
	return out, seen
}

// mailbox is the verdict on one mailbox.
func (in verdictSource) mailbox(line activity.Timeline, findings []int, seen *survey) Mailbox {
	box := Mailbox{
		Entity:   Entity{Name: in.c.Text(line.Mailbox), Symbol: line.Mailbox, Findings: findings},
		Lane:     line.Lane,
		Timeline: line,
	}
	box.Activities, box.First, box.Last = seen.activities, seen.first, seen.last
	box.Joined = seen.joined
	var own []int
	for _, i := range findings {
		if slices.Contains(in.findings[i].Rule.Entities, "mailbox") {
			own = append(own, i)
		}
	}
	box.Score, box.Shares = score(in.findings, own)
	box.Band = Band(box.Score)
	box.Window = window(in.findings, own)
	return box
}

// window spans the evidence of the findings that speak of an intruder: unsuppressed, at least medium, at least half
// sure, and have a time.
func window(all []Finding, list []int) *Window {
	var w *Window
	for _, i := range list {
		f := &all[i]
		if f.First == 0 || f.Suppressed != nil || f.Level < detect.Medium || f.Confidence < SureEnough {
			continue
		}
		if w == nil {
			w = &Window{f.First, f.Last}
		}
		w.First, w.Last = min(w.First, f.First), max(w.Last, f.Last)
	}
	return w
}
