package message

import (
	"slices"
	"strings"

	"triage/ingest/activity"
)

// Direct settles the direction of traced messages: a row whose recipient is the tenant's stays a delivery in the
// recipient's mailbox, also where the sender is the tenant's as well, since one row is one activity; a row with only its
// sender in the tenant is a sending in the sender's mailbox; a row with neither, as mail that a rule redirects has, is
// kept apart from people. domains are the tenant's own, in lower case. Where they have no part in most messages, others are
// taken from the traces themselves, and the inputs' notes say so. It is a pass of Builder.Case.
func Direct(c *activity.Case, domains []string) {
	traced := tracesOf(c)
	if len(traced) == 0 {
		return
	}
	own := map[string]bool{}
	for _, d := range domains {
		own[d] = true
	}
	strange := 0
	for _, i := range traced {
		if e := endsOf(c, i); !own[e[0]] && !own[e[1]] {
			strange++
		}
	}
	// A log of administrators alone may name no domain but the first one of the tenant, contoso.onmicrosoft.com.
	if strange*2 > len(traced) {
		inferred := infer(c, traced, own)
		for _, d := range inferred {
			own[d] = true
		}
		note(c, inferred)
	}
	if len(own) == 0 {
		return
	}
	for _, i := range traced {
		a := &c.Activities[i]
		sender := c.Get(a, activity.FieldSender)
		switch {
		case a.Type != activity.Deliver || own[domainOf(c.Text(a.Mailbox))]:
		case own[domainOf(c.Text(sender))]:
			a.Type, a.Mailbox, a.Actor = activity.Send, sender, sender
		default:
			a.Lane = activity.Service
		}
	}
}

// tracesOf are the indices of the activities that come from message traces.
func tracesOf(c *activity.Case) []int {
	var traced []int
	if !c.From(activity.SourceTrace) {
		return nil
	}
	for i := range c.Activities {
		if c.Inputs[c.Activities[i].File].Source == activity.SourceTrace {
			traced = append(traced, i)
		}
	}
	return traced
}

func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

// ends are the domains of a message's recipient and sender.
type ends [2]string

func endsOf(c *activity.Case, i int) ends {
	a := &c.Activities[i]
	return ends{domainOf(c.Text(a.Mailbox)), domainOf(c.Text(c.Get(a, activity.FieldSender)))}
}

// infer finds the tenant's domains beside those known: every message has one of them at one end or the other. The domain at an end of most
// messages is taken, then the one of most of those that are left, as long as one is ahead of all others.
func infer(c *activity.Case, traced []int, known map[string]bool) []string {
	var left []ends
	for _, i := range traced {
		if e := endsOf(c, i); !known[e[0]] && !known[e[1]] {
			left = append(left, e)
		}
	}
	var own []string
	enough := len(left) / 100 // redirected mail has no end in the tenant
	for len(left) > enough {
		counts := map[string]int{}
		for _, e := range left {
			counts[e[0]]++
			if e[1] != e[0] {
				counts[e[1]]++
			}
		}
		delete(counts, "")
		best, tied := "", false
		for d, n := range counts {
			if n > counts[best] {
				best, tied = d, false
			} else if n == counts[best] {
				tied = true
			}
		}
		if best == "" || tied {
			break
		}
		own = append(own, best)
		left = slices.DeleteFunc(left, func(e ends) bool { return e[0] == best || e[1] == best })
	}
	slices.Sort(own)
	return own
}

func note(c *activity.Case, domains []string) {
	text := "which messages were sent and which received is not known: no log names the tenant's domains; all were taken as received"
	if len(domains) > 0 {
		text = "the tenant's own domains were taken from who is at one end of every message: " + strings.Join(domains, ", ")
	}
	for i := range c.Inputs {
		if c.Inputs[i].Source == activity.SourceTrace {
			c.Inputs[i].Notes = append(c.Inputs[i].Notes, text)
		}
	}
}
