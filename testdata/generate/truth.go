package main

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"triage/testdata/truth"
)

// intruderTruth is what is true of an intruder of a shipped case. His rows, messages and times follow from the plants.
type intruderTruth struct {
	kind      string
	accounts  []string
	addresses []string
	plants    []string // that are his acts
	failures  []string // plants of them that did not succeed
	searches  []string
	presumed  []truth.Line
	standing  []string
	answers   []truth.Line // what follows from no row, by question; the rest is as told() says
}

// truths are the lines of truth.jsonl.
func (c *investigation) truths() []truth.Line {
	if c.told != nil {
		return c.told
	}
	var list []truth.Line
	if len(c.unjudged) > 0 {
		list = append(list, c.rowsOf(c.unjudged)...)
	}
	if c.intruder == nil {
		return append(list, overlay(truth.Nobody(), c.answers)...)
	}
	in := c.intruder
	who := truth.Line{Truth: truth.Intruder, Kind: in.kind, Accounts: in.accounts, Addresses: in.addresses}
	who.First, who.Last = c.span(in)
	messages := c.messages(in.plants)
	for i := range in.presumed {
		in.presumed[i].Until = who.Last
	}
	his := append([]truth.Line{who}, c.rowsOf(in.plants)...)
	his = append(append(his, messages...), in.presumed...)
	for _, what := range in.standing {
		his = append(his, truth.Line{Truth: truth.Standing, What: what})
	}
	for i := range his {
		his[i].Intruder = "A"
	}
	return append(append(list, his...), overlay(in.told(&who, messages), append(in.answers, c.answers...))...)
}

// overlay puts answers in the place of those to the same question.
func overlay(list, over []truth.Line) []truth.Line {
	for _, o := range over {
		o.Truth = truth.Answer
		i := slices.IndexFunc(list, func(l truth.Line) bool { return l.Answer == o.Answer })
		if o.Sure == nil {
			o.Sure = list[i].Sure
		}
		facts := map[string][]string{}
		maps.Copy(facts, list[i].Facts)
		maps.Copy(facts, o.Facts)
		maps.DeleteFunc(facts, func(_ string, values []string) bool { return len(values) == 0 })
		o.Facts = facts
		list[i] = o
	}
	return list
}

// rowsOf are the lines of some plants, a truth a file.
func (c *investigation) rowsOf(plants []string) (list []truth.Line) {
	for i := range c.exports {
		e := &c.exports[i]
		l := truth.Line{Truth: truth.Rows, File: e.file}
		lines := e.lines()
		for k := range e.rows {
			if slices.Contains(plants, e.rows[k].plant) {
				l.Lines = append(l.Lines, lines[k])
			}
		}
		if slices.Sort(l.Lines); len(l.Lines) > 0 {
			list = append(list, l)
		}
	}
	return list
}

// span is when the first and the last thing of his succeeded.
func (c *investigation) span(in *intruderTruth) (first, last string) {
	var times []time.Time
	for i := range c.exports {
		for _, r := range c.exports[i].rows {
			if slices.Contains(in.plants, r.plant) && !slices.Contains(in.failures, r.plant) {
				times = append(times, r.time)
			}
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	stamp := func(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }
	return stamp(times[0]), stamp(times[len(times)-1])
}

// messages are those that rows of some plants name, as their deliveries tell of them.
func (c *investigation) messages(plants []string) []truth.Line {
	var list []truth.Line
	for i := range c.exports {
		e := &c.exports[i]
		delivered := map[string]*row{}
		mailbox := e.mailbox
		for k := range e.rows {
			if r := &e.rows[k]; r.kind == "MessageDelivered" {
				delivered[r.item], delivered[r.property("ConversationId")] = r, r
			}
		}
		for k := range e.rows { // a message that was moved has another id, but is in its conversation
			if r := &e.rows[k]; r.item != "" && delivered[r.item] == nil && r.property("ConversationId") != "" {
				delivered[r.item] = delivered[r.property("ConversationId")]
			}
		}
		for k := range e.rows {
			how := map[string]string{
				"ReadingPaneDisplayStart": "read", "ReadingPaneDisplayEnd": "read", "OpenedAnAttachment": "read", "MarkAsRead": "read", "Reply": "replied",
				"MessageSent": "sent", "Delete": "deleted", "Move": "moved",
			}[e.rows[k].kind]
			r := &e.rows[k]
			if how == "" || r.item == "" || !slices.Contains(plants, r.plant) {
				continue
			}
			at := slices.IndexFunc(list, func(l truth.Line) bool { return l.Item == r.item })
			if at < 0 {
				at = len(list)
				l := truth.Line{Truth: truth.Message, Mailbox: mailbox, Item: r.item}
				if d := delivered[r.item]; d != nil {
					l.ID, l.Subject = d.property("InternetMessageId"), d.property("Subject")
				}
				list = append(list, l)
			}
			if l := &list[at]; !slices.Contains(l.How, how) {
				l.How = append(l.How, how)
				slices.Sort(l.How)
			}
		}
	}
	slices.SortFunc(list, func(a, b truth.Line) int {
		return cmp.Or(cmp.Compare(a.Mailbox, b.Mailbox), cmp.Compare(a.Item, b.Item))
	})
	return list
}

func (r *row) property(name string) string {
	for _, p := range r.properties {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// told are the answers that follow from what an intruder did.
func (in *intruderTruth) told(who *truth.Line, messages []truth.Line) (list []truth.Line) {
	seen := []string{"likely", "not known"} // nothing of it is seen, in a log that would show it or would not
	facts := map[string]map[string][]string{
		"compromised": {"taken": in.accounts}, "when": {"first": {who.First}, "last": {who.Last}}, "where": {"addresses": in.addresses},
		"read": {"searches": in.searches}, "persist": {"standing": in.standing},
	}
	sure := map[string][]string{
		"compromised": {"likely", "proven"}, "when": {"likely", "proven"}, "where": {"likely", "proven"}, "sent": seen, "persist": seen, "spread": seen, "money": seen,
		"contained": {"likely", "not known", "proven"}, "entry": {"likely", "not known", "possible"},
	}
	if len(in.accounts) > 1 {
		facts["spread"], sure["spread"] = map[string][]string{"mailboxes": in.accounts}, []string{"proven"}
	}
	if len(in.standing) > 0 {
		sure["persist"] = []string{"proven"}
	}
	notify := map[string][]string{"mailboxes": in.accounts}
	if len(messages) > 0 {
		notify["proven"] = []string{strconv.Itoa(len(messages))}
	} else {
		sure["notify"] = []string{"likely"}
		if len(in.searches) == 0 {
			sure["read"] = []string{"likely"}
		}
	}
	facts["notify"] = notify
	for _, p := range in.presumed {
		facts["read"]["presumed"] = append(facts["read"]["presumed"], strings.TrimSuffix(p.Mailbox+": "+p.Folder, ": "))
	}
	var deleted []string
	for _, m := range messages {
		if slices.Contains(m.How, "deleted") && m.Subject != "" {
			deleted = append(deleted, m.Subject)
		}
		if slices.Contains(m.How, "deleted") || slices.Contains(m.How, "sent") {
			sure["sent"] = []string{"proven"}
		}
	}
	if len(deleted) > 0 {
		facts["sent"] = map[string][]string{"deleted": deleted}
	}
	for _, q := range truth.Questions() {
		l := truth.Line{Truth: truth.Answer, Answer: q, Sure: sure[q], Facts: facts[q]}
		if l.Sure == nil {
			l.Sure = []string{"proven"}
		}
		for name, values := range l.Facts {
			if len(values) == 0 {
				delete(l.Facts, name)
			}
		}
		list = append(list, l)
	}
	return list
}
