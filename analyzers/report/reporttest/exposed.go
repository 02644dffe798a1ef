package reporttest

import (
	"triage/analyzers/attribution"
	"triage/analyzers/exposure"
	"triage/analyzers/report/draw"
	"triage/analyzers/thread"
	"triage/ingest/activity"
)

// exposed gives the sample an intruder, what he reached, and a payment thread that he touched.
func exposed(src *draw.Source, word string) {
	r := src.Result
	c := r.Case
	var message activity.Symbol
	var delivery, search uint32
	for i := range c.Activities {
		switch a := &c.Activities[i]; a.Type {
		case activity.Deliver:
			delivery, message = uint32(i), c.Get(a, activity.FieldMessageID)
		case activity.Search:
			search = uint32(i)
		}
	}
	a := &c.Activities[delivery]
	get := func(f activity.Field) activity.Symbol { return c.Get(a, f) }
	rule := r.Findings[0].Evidence[0]
	at := c.Activities[search].Time
	r.Attribution = &attribution.Attribution{Intruders: []attribution.Intruder{{
		Name: "A", First: at, Last: at, Rows: []uint32{search, rule}, Accounts: []activity.Symbol{a.Mailbox}, Addresses: []activity.Symbol{c.Activities[rule].IP},
		Sessions: []activity.Symbol{c.Activities[search].Session}, Agents: []activity.Symbol{c.Activities[search].Agent}, Apps: []activity.Symbol{a.App}, Methods: []string{"guessed password"},
		Reasons: []attribution.Reason{{Account: a.Mailbox, Text: "203.0.113.9 (NG) is new to the account, and a rule was made from there" + word, Rows: []uint32{search, rule}, Findings: []int{0}}},
	}}}
	items := []exposure.Item{
		{
			ID: message, MessageID: message, Item: a.Item, Subject: get(activity.FieldSubject), Sender: get(activity.FieldSender), Size: 4711, Received: a.Time,
			Attachments: []activity.Symbol{get(activity.FieldAttachments)}, Recipients: []activity.Symbol{get(activity.FieldRecipients)}, More: 2, Acts: exposure.Read | exposure.Deleted,
			First: at, Last: at, Rows: []uint32{search, delivery}, Touches: 3, Contested: 1, Told: delivery + 1, Wholes: []int32{0},
		},
		{By: exposure.ByItem, ID: a.Item, Item: a.Item, Acts: exposure.Sent, Answers: message, First: at, Last: at, Rows: []uint32{search}, Touches: 1},
		{By: exposure.ByConversation, State: exposure.Presumed, ID: a.Agent, Conversation: a.Agent, Guess: true, Subject: get(activity.FieldSubject), First: at, Last: at, Rows: []uint32{delivery}, Wholes: []int32{0, 1}},
		{Kind: exposure.File, State: exposure.Contested, By: exposure.ByAddress, ID: a.App, First: at, Last: at, Rows: []uint32{search}, Contested: 1},
	}
	box := exposure.Box{
		Mailbox: a.Mailbox, First: at, Last: at, Acts: 5, Items: items,
		Wholes: []exposure.Whole{
			{How: exposure.Sync, Folder: a.App, First: at, Last: at, Rows: []uint32{search}, Count: 7, Messages: 1},
			{How: exposure.Forwarding, Name: "." + word, Targets: []string{"mallory@example.com" + word}, First: at, Last: at + 1000, Open: true, Unread: true, Rows: []uint32{rule}, Count: 1, Messages: 1},
		},
		Unknown:  []exposure.Gap{{Code: "throttled", First: at, Last: at + 24*3600*1000, Text: "the service throttled" + word, Rows: []uint32{search}}, {Code: "no-audit-log", Text: "no log" + word}},
		Searches: []exposure.Search{{Time: at, Query: "wire transfer" + word, Rows: []uint32{search}, Count: 14}},
		Changes:  []exposure.Change{{Row: rule, Type: activity.RuleChange, What: "." + word, Target: "bob" + word, Values: []string{"mallory@example.com" + word}}},
	}
	box.Sums = exposure.Sums{
		Messages: exposure.Count{Proven: 2, Presumed: 1}, Files: exposure.Count{Contested: 1}, Searches: 1, Rules: 1, Wholes: 2, Gaps: 2, Bytes: 4711, Sized: 1,
	}
	box.Sums.ByAct[0], box.Sums.ByAct[5] = 1, 1
	r.Exposure = &exposure.Exposure{Boxes: []exposure.Box{box}, Sums: box.Sums}
	r.Threads = &thread.Threads{More: 1, List: []thread.Thread{{
		Mailbox: a.Mailbox, How: thread.BySubject, Title: "Invoice" + word, Words: []string{"invoice"}, Acts: exposure.Read, Searches: []int{0}, First: at, Last: at,
		Correspondents: []string{"mallory@example.com" + word}, LookAlikes: []thread.LookAlike{{Domain: "examp1e.com" + word, Like: "example.com", From: []string{"x@examp1e.com" + word}, First: at, Rows: []uint32{delivery}}},
		Changed:  []thread.Changed{{What: "reply-to", Was: "a@example.com" + word, Now: "b@example.net" + word, Time: at, Row: delivery}},
		Messages: []thread.Message{{Item: 0, Row: delivery, Time: at, From: "mallory@example.com" + word, Subject: "Invoice" + word, Why: "it came from a look-alike domain"}, {Item: -1, Row: search, Time: at}},
		More:     3, Check: []int{0},
	}}}
}
