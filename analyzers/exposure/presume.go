package exposure

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"triage/ingest/account"
	"triage/ingest/activity"
)

// copies are the rows of what was sent on to targets of rules: those of the same message by its id, and those that came
// from the mailbox a moment after, under the same subject.
type copies struct {
	byID      map[activity.Symbol][]uint32
	bySubject map[string][]uint32
}

// soon is how long after a message comes in a rule has sent on its copy. Exchange does it on delivery.
const soon = int64(15 * time.Minute / time.Millisecond)

// mostCopies bounds how many messages of one id, or of one subject within that time, are looked at.
const mostCopies = 100

// presuming is the reading of what was in what intruders took.
type presuming struct {
	*reading
	sent *copies
}

// presume makes items of what was in what intruders took.
func (r *presuming) presume() {
	if !r.took() {
		return
	}
	r.sent = r.copies()
	for _, t := range [...]activity.Type{activity.Deliver, activity.Send} {
		for _, row := range r.c.OfType(t) {
			a := &r.c.Activities[row]
			if a.Result == activity.Failure || a.Flags&activity.Undated != 0 {
				continue
			}
			for _, s := range r.rules {
				if t == activity.Deliver {
					r.transported(s, a, row)
				}
			}
			for _, b := range r.of[a.Mailbox] {
				r.presumeIn(b, a, row)
			}
		}
	}
	r.moved()
}

// took says whether anything was taken whole.
func (r *presuming) took() bool {
	return slices.ContainsFunc(r.boxes, func(b *box) bool { return len(b.Wholes) > 0 })
}

// presumeIn notes what a message of a mailbox was taken with.
func (r *presuming) presumeIn(b *box, a *activity.Activity, row uint32) {
	if len(b.Wholes) == 0 {
		return
	}
	for i := range b.large {
		if w := &b.Wholes[b.large[i]]; a.Time <= w.Last {
			r.presumed(b, b.large[i], a, row, row)
		}
	}
	if i, ok := b.folders[r.folderOf(a)]; ok && a.Time <= b.Wholes[i].Last {
		r.presumed(b, i, a, row, row)
	}
	if a.Type != activity.Deliver {
		return
	}
	for _, i := range b.streams {
		w := &b.Wholes[i]
		if a.Time < w.First || a.Time > w.Last || w.rule.tenant {
			continue
		}
		if at, ok := r.sentOn(w.rule, a); ok {
			r.proven(b, i, a, row, at)
			continue
		}
		if yes, unread := w.rule.when.match(&r.lookup, a); yes {
			w.Unread = w.Unread || unread
			r.presumed(b, i, a, row, w.Rows[0])
		}
	}
}

// folderOf is the folder that a message came to or was kept in.
func (r *presuming) folderOf(a *activity.Activity) string {
	if f := r.c.Get(a, activity.FieldFolder); f != 0 {
		if name := r.folder(f); name != "" && strings.Trim(name, "0123456789") != "" {
			return name
		}
	}
	if a.Type == activity.Send {
		return sentItems
	}
	return inbox
}

// presumed notes that a message was in what was taken. because is the row that shows the taking, or the message's own.
func (r *presuming) presumed(b *box, whole int, a *activity.Activity, row, because uint32) {
	i, ok := r.known(b, a)
	if !ok {
		return
	}
	one, w := &b.Items[i], &b.Wholes[whole]
	if slices.Contains(one.Wholes, int32(whole)) {
		return
	}
	one.Wholes = append(one.Wholes, int32(whole))
	w.Messages++
	if one.Told == 0 {
		one.Told = row + 1
	}
	if one.State == Proven {
		return
	}
	one.State = Presumed
	at := max(w.First, a.Time)
	if one.First == 0 || at < one.First {
		one.First = at
	}
	one.Last = max(one.Last, w.Last, at)
	for _, because := range []uint32{row, because, w.Rows[0]} {
		if len(one.Rows) < MaxRows && !slices.Contains(one.Rows, because) {
			one.Rows = append(one.Rows, because)
		}
	}
}

// proven notes that a trace shows that a message was sent on, at a row.
func (r *presuming) proven(b *box, whole int, a *activity.Activity, row, at uint32) {
	r.presumed(b, whole, a, row, at)
	if i, ok := r.known(b, a); ok {
		one := &b.Items[i]
		if one.State != Proven {
			one.First = a.Time
		}
		one.State, one.Acts = Proven, one.Acts|SentOn
		if len(one.Rows) < MaxRows && !slices.Contains(one.Rows, at) {
			one.Rows = append(one.Rows, at)
		}
	}
}

// known is the item of a delivered or sent message.
func (r *presuming) known(b *box, a *activity.Activity) (int32, bool) {
	if id := r.c.Get(a, activity.FieldMessageID); id != 0 {
		return b.item(itemKey{ByMessageID, r.canonical(id)}, Message), true
	}
	if id := b.items[a.Item]; a.Item != 0 && id != 0 {
		return b.item(itemKey{ByMessageID, id}, Message), true
	}
	if a.Item != 0 {
		return b.item(itemKey{ByItem, a.Item}, Message), true
	}
	return 0, false // a message that nothing names cannot be told from others
}

// plan sorts what was taken by how messages are looked up in it.
func (b *box) plan(r *lookup) {
	b.large, b.streams, b.folders = nil, nil, map[string]int{}
	for i := range b.Wholes {
		switch w := &b.Wholes[i]; {
		case w.How == Forwarding:
			b.streams = append(b.streams, i)
		case w.How == Opened:
		case w.Folder == 0:
			b.large = append(b.large, i)
		default:
			b.folders[r.folder(w.Folder)] = i
		}
	}
}

// copies looks for what was sent on to the targets of rules.
func (r *presuming) copies() *copies {
	out := &copies{byID: map[activity.Symbol][]uint32{}, bySubject: map[string][]uint32{}}
	targets := map[string]bool{}
	for _, b := range r.boxes {
		b.plan(&r.lookup)
		for _, i := range b.streams {
			for to := range b.Wholes[i].rule.targets {
				targets[to] = true
			}
		}
	}
	if len(targets) == 0 {
		return out
	}
	for _, t := range [...]activity.Type{activity.Deliver, activity.Send} {
		for _, row := range r.c.OfType(t) {
			a := &r.c.Activities[row]
			if !r.goesTo(a, targets) {
				continue
			}
			if id := r.c.Get(a, activity.FieldMessageID); id != 0 {
				out.byID[r.canonical(id)] = append(out.byID[r.canonical(id)], row)
			}
			subject := BaseSubject(r.c.Text(r.c.Get(a, activity.FieldSubject)))
			out.bySubject[subject] = append(out.bySubject[subject], row)
		}
	}
	return out
}

// goesTo says whether a message goes to one of some addresses.
func (r *presuming) goesTo(a *activity.Activity, targets map[string]bool) bool {
	if targets[r.c.Text(a.Mailbox)] && a.Type == activity.Deliver {
		return true
	}
	for d := range r.c.Details(a) {
		if d.Key == activity.KeyOf(activity.FieldRecipients) && targets[account.Address(r.c.Text(d.Value))] {
			return true
		}
	}
	return false
}

// sentOn is the row of the copy of a message that went to a rule's targets.
func (r *presuming) sentOn(s *standing, a *activity.Activity) (uint32, bool) {
	if id := r.c.Get(a, activity.FieldMessageID); id != 0 {
		list := r.sent.byID[r.canonical(id)]
		for _, row := range list[:min(len(list), mostCopies)] {
			if r.goesTo(&r.c.Activities[row], s.targets) {
				return row, true
			}
		}
	}
	if len(r.sent.bySubject) == 0 {
		return 0, false
	}
	list := r.sent.bySubject[BaseSubject(r.c.Text(r.c.Get(a, activity.FieldSubject)))]
	from, _ := slices.BinarySearchFunc(list, a.Time, func(row uint32, t int64) int {
		if r.c.Activities[row].Time < t {
			return -1
		}
		return 1
	})
	for _, row := range list[from:min(len(list), from+mostCopies)] {
		x := &r.c.Activities[row]
		if x.Time > a.Time+soon {
			break
		}
		sender := r.c.Get(x, activity.FieldSender)
		if (sender == a.Mailbox || x.Type == activity.Send && x.Mailbox == a.Mailbox) && r.goesTo(x, s.targets) {
			return row, true
		}
	}
	return 0, false
}

// transported notes that a transport rule took a message of any mailbox.
func (r *presuming) transported(s *standing, a *activity.Activity, row uint32) {
	if a.Time < s.from || a.Time > s.to || s.targets[r.c.Text(a.Mailbox)] {
		return
	}
	yes, unread := s.when.match(&r.lookup, a)
	if !yes {
		return
	}
	made := &s.b.Wholes[s.whole]
	b := r.box(s.b.Intruder, a.Mailbox)
	if b == s.b {
		r.presumed(b, s.whole, a, row, s.row)
		return
	}
	key := "transport\x00" + made.Name
	i, ok := b.syncs[key]
	if !ok {
		i = len(b.Wholes)
		b.syncs[key] = i
		w := *made
		w.Messages = 0
		b.Wholes = append(b.Wholes, w)
		if b.folders == nil {
			b.folders = map[string]int{}
		}
	}
	b.Wholes[i].Unread = b.Wholes[i].Unread || unread
	r.presumed(b, i, a, row, s.row)
}

// moved notes the messages that were moved into a folder before it was synchronised.
func (r *presuming) moved() {
	for _, row := range r.c.OfType(activity.Move) {
		a := &r.c.Activities[row]
		if a.Result == activity.Failure || a.Flags&activity.Undated != 0 {
			continue
		}
		for _, b := range r.of[a.Mailbox] {
			if len(b.folders) == 0 {
				continue
			}
			i, ok := b.folders[r.folder(r.target(a))]
			if !ok || a.Time > b.Wholes[i].Last {
				continue
			}
			for id := range r.c.Messages(a) {
				k := b.item(itemKey{ByMessageID, r.canonical(id)}, Message)
				r.put(b, k, i, row)
			}
		}
	}
}

// target is the folder that a message was moved to: the second one that the record names.
func (r *presuming) target(a *activity.Activity) (to activity.Symbol) {
	n := 0
	for d := range r.c.Details(a) {
		if d.Key == activity.KeyOf(activity.FieldFolder) {
			if n++; n == 2 {
				return d.Value
			}
		}
	}
	if n == 1 {
		return r.c.Get(a, activity.FieldTarget)
	}
	return 0
}

// put notes that an item was in what was taken, as a row shows.
func (r *presuming) put(b *box, item int32, whole int, row uint32) {
	one, w := &b.Items[item], &b.Wholes[whole]
	if slices.Contains(one.Wholes, int32(whole)) {
		return
	}
	one.Wholes = append(one.Wholes, int32(whole))
	if w.Messages++; one.State == Proven {
		return
	}
	one.State = Presumed
	if at := max(w.First, r.c.Activities[row].Time); one.First == 0 || at < one.First {
		one.First = at
	}
	one.Last = max(one.Last, w.Last)
	for _, because := range []uint32{row, w.Rows[0]} {
		if len(one.Rows) < MaxRows && !slices.Contains(one.Rows, because) {
			one.Rows = append(one.Rows, because)
		}
	}
}

// BaseSubject is a subject as people see it as one thread: Bare, with spaces made one, in lower case.
func BaseSubject(subject string) string {
	return strings.ToLower(strings.Join(strings.Fields(Bare(subject)), " "))
}

// Bare is a subject without the prefixes of answers and forwards in the languages of Outlook.
func Bare(subject string) string {
	s := strings.TrimSpace(subject)
	for {
		at := strings.IndexAny(s, ":：")
		if at < 0 || at > longestPrefix || !isPrefix(strings.ToLower(strings.TrimSpace(s[:at]))) {
			return s
		}
		_, width := utf8.DecodeRuneInString(s[at:])
		s = strings.TrimSpace(s[at+width:])
	}
}

const longestPrefix = 16

// isPrefix says whether a word stands before the subject of an answer or a forward: "re", "aw", "re[2]", "fw (2)".
func isPrefix(word string) bool {
	word, _, _ = strings.Cut(word, "[")
	word, _, _ = strings.Cut(word, "(")
	word = strings.TrimSpace(word)
	switch word {
	case "re", "aw", "sv", "rv", "tr", "fw", "fwd", "wg", "vs", "vl", "vb", "ref", "res", "enc", "rif", "r", "i", "antw", "antwort", "odp", "pd", "ynt", "ilt", "bls", "trs", "doorst",
		"betr", "vá", "továbbítás", "fs", "απ", "σχετ", "πρθ", "回复", "答复", "转发", "回覆", "轉寄", "返信", "転送", "на", "отв", "пересл", "automatic reply", "automatische antwort":
		return true
	}
	return false
}
