package message

import (
	"strings"

	"triage/ingest/activity"
)

// saidByTraces are the domains that traces say are the tenant's own, by the way that a message went: what comes in goes to one,
// what goes out comes from one. A domain that mail comes in from more often than that is none.
func saidByTraces(c *activity.Case, traced []int) []string {
	key := c.Symbols.Find("params.directionality")
	if key == 0 {
		return nil
	}
	votes := map[string]int{}
	for _, i := range traced {
		word, ok := c.Lookup(&c.Activities[i], activity.DynamicKey(key))
		if !ok {
			continue
		}
		a := &c.Activities[i]
		sender := domainOf(c.Text(c.Get(a, activity.FieldSender)))
		switch c.Text(word) {
		case "Incoming":
			votes[domainOf(c.Text(a.Mailbox))]++
			votes[sender]--
		case "Originating":
			votes[sender]++
		}
	}
	var own []string
	for name, n := range votes {
		if n > 0 && strings.Contains(name, ".") {
			own = append(own, name)
		}
	}
	return own
}
