package campaign

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// FirstMailbox is the mailbox in which the case's earliest act of an intruder is seen.
type FirstMailbox struct {
	Mailbox activity.Symbol
	Time    int64
	Finding int      // index into Result.Findings: what says so
	Row     uint32   // index into Case.Activities: the act
	Sure    string   // high, medium, low
	Text    string   // why this one
	Doubts  []string // why it may be another one
	Before  []int    // findings of attempts and deliveries that came before, in any mailbox, oldest first
	More    int      // such findings beyond those listed
}

const (
	closeCall  = int64(time.Hour / time.Millisecond) // mailboxes entered within an hour are one act: which came first is chance
	fairlySure = 70                                  // confidence below which the finding that decides is itself in doubt; the core pack's usual one is 70
	maxBefore  = 5
)

// firstMailbox is patient zero, if anybody is.
func firstMailbox(s *inquiry, ranked []Ranked) *FirstMailbox {
	var in []Ranked
	for _, one := range ranked {
		symbol := s.src.Mailboxes[one.Box].Symbol
		if _, taken := s.his[symbol]; len(s.his) > 0 && !taken {
			continue
		}
		if _, person := s.people[symbol]; person && one.First != 0 {
			in = append(in, one)
		}
	}
	if len(in) == 0 {
		return nil
	}
	slices.SortStableFunc(in, func(x, y Ranked) int { return cmp.Compare(x.First, y.First) })
	p := &in[0]
	box := &s.src.Mailboxes[p.Box]
	out := &FirstMailbox{Mailbox: box.Symbol, Time: p.First, Finding: decides(s, p)}
	out.Row = actAt(s, out.Finding, p.First)
	out.Before, out.More = before(s, p.First)
	f := &s.src.Findings[out.Finding]
	out.Text = fmt.Sprintf("%s shows the earliest act of somebody inside: %s, \"%s\"", box.Name, detect.TimeText(p.First), f.Rule.Title)
	if v, taken := s.his[box.Symbol]; taken {
		out.Row = v.row
		out.Text = fmt.Sprintf("%s shows the earliest act that is attributed to an intruder: %s", box.Name, detect.TimeText(p.First))
	}
	if len(in) > 1 {
		next := &in[1]
		out.Text += fmt.Sprintf("; the next, %s, follows %s later", s.src.Mailboxes[next.Box].Name, spanText(activity.Later(p.First, next.First)))
	} else {
		out.Text += "; no other mailbox of the data shows one"
	}
	doubts(s, out, in)
	return out
}

// decides is the finding that shows a mailbox's earliest act: the strongest where several do.
func decides(s *inquiry, p *Ranked) int {
	for _, f := range p.Findings { // findings stand by points
		if s.inside[f] == p.First {
			return f
		}
	}
	return p.Findings[0]
}

// actAt is the row of a finding at a time.
func actAt(s *inquiry, finding int, at int64) uint32 {
	rows := against(&s.src.Findings[finding])
	for _, row := range rows {
		if a := &s.src.Case.Activities[row]; a.Time == at && did(a) {
			return row
		}
	}
	return rows[0]
}

// doubts weighs how sure the first mailbox is. Data that begin with the story, or later elsewhere, make it low; a close
// call or a doubtful finding medium.
func doubts(s *inquiry, out *FirstMailbox, in []Ranked) {
	box := &s.src.Mailboxes[in[0].Box]
	f := &s.src.Findings[out.Finding]
	low, medium := false, false
	if activity.Day(out.Time) == activity.Day(box.First) {
		low = true
		out.Doubts = append(out.Doubts, "its data begin on the same day: what came before is not in them, so the story may have begun earlier")
	}
	var late []string
	for _, one := range in[1:] {
		if other := &s.src.Mailboxes[one.Box]; other.First > out.Time {
			late = append(late, other.Name)
		}
	}
	if len(late) > 0 {
		low = true
		out.Doubts = append(out.Doubts, "the data of "+joinNames(late)+" begin only after that: an earlier act there would not be seen")
	}
	if len(in) > 1 && in[1].First-in[0].First < closeCall {
		medium = true
		out.Doubts = append(out.Doubts, "the next mailbox follows within the hour: which came first may be chance")
	}
	switch box.Band {
	case "low", "none":
		low = true
		out.Doubts = append(out.Doubts, "the verdict on it is only "+box.Band)
	case "medium":
		medium = true
		out.Doubts = append(out.Doubts, "the verdict on it is only medium")
	}
	if f.Confidence < fairlySure {
		medium = true
		out.Doubts = append(out.Doubts, fmt.Sprintf("the finding itself is only %d %% sure", f.Confidence))
	}
	switch {
	case low:
		out.Sure = "low"
	case medium:
		out.Sure = "medium"
	default:
		out.Sure = "high"
	}
	out.Doubts = append(out.Doubts, "mailboxes that are not in the data cannot be judged")
}

// before are the attempts and deliveries that findings speak of before a time.
func before(s *inquiry, at int64) (list []int, more int) {
	var out []int
	for i := range s.src.Findings {
		if f := &s.src.Findings[i]; s.speaks[i] && s.inside[i] == 0 && f.First != 0 && f.First < at {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(x, y int) int { return cmp.Compare(s.src.Findings[x].First, s.src.Findings[y].First) })
	return out[:min(len(out), maxBefore)], max(0, len(out)-maxBefore)
}

// joinNames are some names, and how many more.
func joinNames(list []string) string {
	const most = 5
	text := strings.Join(list[:min(len(list), most)], ", ")
	if n := len(list) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

// spanText is a length of time for people.
func spanText(ms int64) string {
	d := activity.Duration(ms)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	default:
		return fmt.Sprintf("%d days", int(d.Hours())/24)
	}
}
