package answers

import (
	"strings"

	"triage/analyzers/attribution"
	"triage/analyzers/exposure"
	"triage/analyzers/report/phrase"
	"triage/ingest/activity"
)

// deedKind is what sort of thing an act is, to people.
type deedKind uint8

const (
	nothing deedKind = iota // nothing that is told
	signIn
	attempt // a sign-in that was refused
	search
	reads // a message, by whatever client
	syncs // a folder
	opens // an attachment
	clicks
	replies
	forwards
	sends
	deletes
	moves
	changes // rules, rights, applications, accounts, settings
	files
	shares
	kinds
)

// kindOf says what an act is. What was refused is none but for sign-ins.
func kindOf(c *activity.Case, a *activity.Activity) deedKind {
	if a.Flags&activity.Undated != 0 {
		return nothing
	}
	if a.Type == activity.Logon {
		switch a.Result {
		case activity.Success:
			return signIn
		case activity.Failure:
			return attempt
		}
		return nothing
	}
	if a.Result == activity.Failure {
		return nothing
	}
	switch a.Type {
	case activity.Search:
		if c.Get(a, activity.FieldQuery) != 0 {
			return search
		}
	case activity.Read:
		return reads
	case activity.MailAccess:
		return accessOf(c, a)
	case activity.AttachmentOpen:
		return opens
	case activity.LinkClick:
		return clicks
	case activity.Reply:
		return replies
	case activity.Forward:
		return forwards
	case activity.Send:
		return sends
	case activity.Delete:
		return deletes
	case activity.Move:
		return moves
	case activity.FileAccess:
		return files
	case activity.Share:
		return shares
	case activity.RuleChange, activity.ForwardingChange, activity.PermissionChange, activity.Consent, activity.AppChange, activity.RoleChange,
		activity.CredentialChange, activity.AccountChange, activity.PolicyChange, activity.AuditChange:
		return changes
	}
	return nothing
}

// accessOf tells a synchronised folder from messages that were opened.
func accessOf(c *activity.Case, a *activity.Activity) deedKind {
	if strings.EqualFold(c.Text(c.Get(a, activity.FieldAccess)), "sync") || strings.EqualFold(c.Text(a.Op), "folderbind") {
		return syncs
	}
	return reads
}

// deeds is what one intruder did.
type deeds struct {
	who      *attribution.Intruder
	by       [kinds][]uint32
	findings []int                     // that rest on his rows, ascending
	since    map[activity.Symbol]int64 // his first act that succeeded, by account that he was in
	until    map[activity.Symbol]int64
	remedies []remedy // against him, oldest first
}

func (s *inquiry) deedsOf(i int) deeds {
	d := deeds{who: &s.By.Intruders[i], since: map[activity.Symbol]int64{}, until: map[activity.Symbol]int64{}}
	in := map[activity.Symbol]bool{}
	for _, account := range d.who.Accounts {
		in[account] = true
	}
	for _, row := range d.who.Rows {
		a := s.at(row)
		k := kindOf(s.Case, a)
		d.by[k] = append(d.by[k], row)
		if k == attempt || a.Result == activity.Failure || a.Flags&activity.Undated != 0 {
			continue
		}
		for _, account := range [...]activity.Symbol{a.Mailbox, a.Actor} {
			if !in[account] {
				continue
			}
			if at, ok := d.since[account]; !ok || a.Time < at {
				d.since[account] = a.Time
			}
			d.until[account] = max(d.until[account], a.Time)
		}
	}
	for _, account := range d.who.Accounts {
		if _, ok := d.since[account]; !ok {
			d.since[account], d.until[account] = d.who.First, d.who.First
		}
	}
	return d
}

// rows are all intruders' acts of some kinds, intruder by intruder.
func (s *inquiry) rows(of ...deedKind) []uint32 {
	var all []uint32
	for i := range s.deeds {
		for _, k := range of {
			all = append(all, s.deeds[i].by[k]...)
		}
	}
	return all
}

// itemKey is how an item of a mailbox is known.
type itemKey struct {
	intruder    int
	mailbox, id activity.Symbol
}

// index notes what intruders reached by each id that an act may name it by.
func (s *inquiry) index() {
	s.items = map[itemKey]*exposure.Item{}
	if s.Exposure == nil {
		return
	}
	for i := range s.Exposure.Boxes {
		box := &s.Exposure.Boxes[i]
		for k := range box.Items {
			one := &box.Items[k]
			if one.State != exposure.Proven {
				continue
			}
			for _, id := range [...]activity.Symbol{one.ID, one.MessageID, one.Item} {
				if id != 0 {
					s.items[itemKey{box.Intruder, box.Mailbox, id}] = one
				}
			}
		}
	}
}

// message is what is known of a message that an act names.
type message struct {
	key     string // Message-ID, else the item's id; "" where the log names none
	subject string
	guess   bool // the subject is of a message of the same conversation
}

// messages are those that an act of an intruder, or of the owner, names, in the order of the log; one without a key where it
// names none.
func (s *inquiry) messages(row uint32) []message {
	c, a := s.Case, s.at(row)
	var list []message
	for id, about := range c.Messages(a) {
		one := message{key: c.Text(id)}
		if about != nil {
			one.subject = c.Text(c.Get(about, activity.FieldSubject))
		}
		list = append(list, s.known(row, id, one))
	}
	own := c.Text(c.Get(a, activity.FieldSubject))
	if len(list) == 0 {
		one := message{key: c.Text(a.Item)}
		if about, way := c.Message(a); about != nil && way != activity.ByConversation {
			one.subject = c.Text(c.Get(about, activity.FieldSubject))
			if id := c.Get(about, activity.FieldMessageID); id != 0 {
				one.key = c.Text(id)
			}
		}
		id := a.Item
		if id == 0 {
			id = c.Get(a, activity.FieldConversation)
		}
		list = append(list, s.known(row, id, one))
	}
	if len(list) == 1 && own != "" {
		list[0].subject, list[0].guess = own, false
	}
	return list
}

// known is a message with what exposure knows of it.
func (s *inquiry) known(row uint32, id activity.Symbol, one message) message {
	of, his := s.whose[row]
	item := s.items[itemKey{of, s.at(row).Mailbox, id}]
	if !his || id == 0 || item == nil {
		return one
	}
	if one.key = s.text(item.ID); one.subject == "" && item.Subject != 0 {
		one.subject, one.guess = s.text(item.Subject), item.Guess
	}
	return one
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// touched is a set of messages, in the order in which they come.
type touched struct {
	list []message
	have map[string]bool
	void int // acts that name no message
}

func (t *touched) add(list []message) {
	for _, one := range list {
		if one.key == "" && one.subject == "" {
			t.void++
			continue
		}
		key := or(one.key, "\x00"+one.subject)
		if t.have == nil {
			t.have = map[string]bool{}
		}
		if !t.have[key] {
			t.have[key] = true
			t.list = append(t.list, one)
		}
	}
}

// messagesOf are the messages that acts name.
func (s *inquiry) messagesOf(rows []uint32) *touched {
	t := &touched{}
	for _, row := range rows {
		t.add(s.messages(row))
	}
	return t
}

// subjects are those that are known, each once.
func (t *touched) subjects() []string {
	var out []string
	have := map[string]bool{}
	for _, one := range t.list {
		if one.subject != "" && !have[one.subject] {
			have[one.subject] = true
			out = append(out, one.subject)
		}
	}
	return out
}

// quoted are the subjects as a sentence has them.
func (t *touched) quoted() []phrase.Text {
	var out []phrase.Text
	for _, one := range t.list {
		if one.subject == "" {
			continue
		}
		text := quote(one.subject)
		if one.guess {
			text = phrase.Say("{1} (known by its conversation)", text)
		}
		out = append(out, text)
	}
	return distinctTexts(out)
}

// told are messages in words: how many, and what they are called.
func (t *touched) told() phrase.Text {
	n := len(t.list)
	if n == 0 {
		return phrase.Say("messages that the log does not name")
	}
	subjects, bare := t.quoted(), 0
	for _, one := range t.list {
		if one.subject == "" {
			bare++
		}
	}
	switch {
	case bare == n:
		return phrase.Count(n, "{n} message (subject not in this data)|{n} messages (subject not in this data)")
	case n == 1:
		return subjects[0]
	case bare > 0:
		return phrase.Count(n, "{n} message: {1}; of {2} the subject is not in this data|{n} messages: {1}; of {2} the subject is not in this data", phrases(subjects), phrase.Number(bare))
	default:
		return phrase.Count(n, "{n} message: {1}|{n} messages: {1}", phrases(subjects))
	}
}
