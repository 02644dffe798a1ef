package exposure

import (
	"time"

	"triage/ingest/activity"
)

// identify settles which of the mailbox's own ids are which message, before any item is counted. An item whose records name
// its conversation alone is the conversation's message if the data knows one message of it, and no other item of it is
// without a name: a message gets a new id when it is moved.
func (r *reading) identify(intruder int) {
	open := map[*box]map[activity.Symbol][]activity.Symbol{} // items without a name, by conversation
	own := map[activity.Symbol]bool{}
	for _, row := range r.in.Intruders[intruder].Rows {
		a := &r.c.Activities[row]
		if a.Item == 0 || a.Result == activity.Failure {
			continue
		}
		own[a.Item] = true
		b := r.box(intruder, mailboxOf(a))
		if id := r.c.Get(a, activity.FieldMessageID); id != 0 {
			b.items[a.Item] = r.canonical(id)
		} else if conversation := r.c.Get(a, activity.FieldConversation); conversation != 0 {
			if _, how := r.c.Message(a); how == activity.ByConversation {
				if open[b] == nil {
					open[b] = map[activity.Symbol][]activity.Symbol{}
				}
				if list := open[b][conversation]; len(list) == 0 || len(list) == 1 && list[0] != a.Item {
					open[b][conversation] = append(list, a.Item)
				}
			}
		}
	}
	if len(open) == 0 {
		return
	}
	for b, by := range open {
		for conversation, items := range by {
			if id := r.only(b.Mailbox, conversation, own); len(items) == 1 && id != 0 && b.items[items[0]] == 0 {
				b.items[items[0]] = id
			}
		}
	}
}

// only is the one message that the data knows of a conversation in a mailbox; 0 if there is none, or more, or if it is
// touched under its own id.
func (r *reading) only(mailbox, conversation activity.Symbol, touched map[activity.Symbol]bool) activity.Symbol {
	if r.talks == nil {
		r.talks = map[talk]*activity.Activity{}
		for _, t := range [...]activity.Type{activity.Deliver, activity.Send} {
			for _, row := range r.c.OfType(t) {
				a := &r.c.Activities[row]
				id := r.c.Get(a, activity.FieldConversation)
				if id == 0 || a.Result == activity.Failure {
					continue
				}
				k := talk{a.Mailbox, id}
				if before, known := r.talks[k]; !known {
					r.talks[k] = a
				} else if before != nil && r.c.Get(before, activity.FieldMessageID) != r.c.Get(a, activity.FieldMessageID) {
					r.talks[k] = nil
				}
			}
		}
	}
	a := r.talks[talk{mailbox, conversation}]
	if a == nil || touched[a.Item] {
		return 0
	}
	id := r.c.Get(a, activity.FieldMessageID)
	if id == 0 {
		return 0
	}
	return r.canonical(id)
}

// talk is a conversation in a mailbox.
type talk struct{ mailbox, conversation activity.Symbol }

// asked is a message that somebody began to answer.
type asked struct {
	id      activity.Symbol // of its item; 0: none
	session activity.Symbol
	at      int64
}

// composing is how long after Reply a message without a subject is taken for the answer.
const composing = int64(time.Hour / time.Millisecond)

// answer notes which message a sending without a subject most likely answers: Outlook Activities log that somebody began to
// answer a message, and then that a message was sent.
func (r *reading) answer(b *box, a *activity.Activity) {
	switch a.Type {
	case activity.Reply, activity.Forward:
		if key, _ := r.unnamed(b, a); key.id != 0 {
			b.asked = asked{key.id, a.Session, a.Time}
		}
	case activity.Other:
		if r.op(a) == "newmessage" {
			b.asked = asked{}
		}
	case activity.Send:
		if was := b.asked; was.id != 0 && was.session == a.Session && a.Time-was.at <= composing && r.c.Get(a, activity.FieldSubject) == 0 {
			if key, _ := r.unnamed(b, a); key.id != 0 {
				b.Items[b.item(key, Message)].Answers = was.id
			}
		}
		b.asked = asked{}
	}
}
