package thread

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"triage/analyzers/exposure"
	"triage/ingest/account"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// mail is what a delivery or a sending says.
func (r *threadReading) mail(a *activity.Activity, row uint32) mail {
	m := mail{
		row: row, at: a.Time, id: r.id(r.c.Get(a, activity.FieldMessageID)), text: r.c.Get(a, activity.FieldSubject), sent: a.Type == activity.Send,
		from: account.Address(r.c.Text(r.c.Get(a, activity.FieldSender))),
	}
	own := r.c.Text(a.Mailbox)
	if m.sent {
		m.from = own
		for d := range r.c.Details(a) {
			if d.Key == activity.KeyOf(activity.FieldRecipients) && len(m.with) < maxNames {
				m.with = append(m.with, account.Address(r.c.Text(d.Value)))
			}
		}
	} else if m.from != "" && m.from != own {
		m.with = []string{m.from}
	}
	for d := range r.c.Details(a) {
		switch {
		case d.Key == r.refs && r.refs != activity.DynamicKey(0):
			m.refs = append(m.refs, r.id(d.Value))
		case d.Key == r.reply && r.reply != activity.DynamicKey(0):
			m.to = account.Address(r.c.Text(d.Value))
		}
	}
	return m
}

// id is the one spelling of a message id.
func (r *threadReading) id(s activity.Symbol) activity.Symbol {
	text := r.c.Text(s)
	if s == 0 || strings.HasPrefix(text, "<") {
		return s
	}
	return cmp.Or(r.c.Symbols.Find("<"+text+">"), s)
}

// weight orders threads: what he wrote into comes first, then where somebody pretends, then what he hid or looked for.
func (t *Thread) weight() int {
	w := 0
	for _, one := range []struct {
		is bool
		by int
	}{
		{t.Acts&(exposure.Sent|exposure.Replied|exposure.Forwarded) != 0, 32},
		{len(t.LookAlikes) > 0, 16},
		{len(t.Changed) > 0, 8},
		{t.Acts&(exposure.Deleted|exposure.Moved) != 0, 4},
		{len(t.Searches) > 0, 2},
		{len(t.Words) > 0, 1},
	} {
		if one.is {
			w += one.by
		}
	}
	return w
}

// parts are the conversations in a bundle: of a subject, those that share correspondents or references, cut where there is a
// long pause. Only those that he touched are of interest. Each is in order of time.
func (r *threadReading) parts(b *bundle) [][]mail {
	slices.SortStableFunc(b.list, func(x, y mail) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.row, y.row)) })
	if b.conversation != 0 {
		return [][]mail{b.list}
	}
	group := newGroups(len(b.list))
	by := map[string]int{} // by what they share: a message
	ids := map[activity.Symbol]int{}
	for i := range b.list {
		if id := b.list[i].id; id != 0 {
			ids[id] = i
		}
	}
	domains := r.alike(b)
	for i := range b.list {
		m := &b.list[i]
		for _, with := range m.with {
			key := with
			if like := domains[detect.DomainOf(with)]; like != "" { // who pretends to be somebody is in the same conversation
				key = like
			} else if d := detect.DomainOf(with); d != "" && r.in.Domains.External(d) != detect.False && !activity.PublicMail(d) {
				key = d // colleagues of one firm
			}
			if k, ok := by[key]; ok && m.at-b.list[k].at <= pause {
				group.join(i, k)
			}
			by[key] = i
		}
		for _, ref := range m.refs {
			if k, ok := ids[ref]; ok {
				group.join(i, k)
			}
		}
	}
	return group.parts(b.list)
}

// alike gives each domain of a bundle that looks like an earlier one the earlier one's name.
func (r *threadReading) alike(b *bundle) map[string]string {
	out := map[string]string{}
	for _, one := range r.lookAlikes(b.list) {
		out[one.Domain] = one.Like
		out[one.Like] = one.Like
	}
	return out
}

// maxDomains bounds the domains of one conversation that are compared with each other.
const maxDomains = 50

// lookAlikes are the domains in a conversation that look like one that was there before, or like the tenant's own.
func (r *threadReading) lookAlikes(list []mail) []LookAlike {
	var order []string
	at := map[string]*LookAlike{}
	for i := range list {
		m := &list[i]
		for _, with := range m.with {
			domain := detect.DomainOf(with)
			if domain == "" || r.in.Domains.External(domain) == detect.False {
				continue
			}
			one := at[domain]
			if one == nil {
				if len(order) == maxDomains {
					continue
				}
				one = &LookAlike{Domain: domain, First: m.at}
				at[domain], order = one, append(order, domain)
			}
			if len(one.Rows) < exposure.MaxRows {
				one.Rows = append(one.Rows, m.row)
			}
			if len(one.From) < maxNames && !slices.Contains(one.From, with) {
				one.From = append(one.From, with)
			}
		}
	}
	var out []LookAlike
	for k, domain := range order {
		one := at[domain]
		for _, own := range r.in.Domains.Own() {
			if one.Like == "" && looksLike(domain, own) {
				one.Like = own
			}
		}
		for _, before := range order[:k] {
			if one.Like == "" && at[before].Like == "" && looksLike(domain, before) {
				one.Like = before
			}
		}
		if one.Like != "" {
			slices.Sort(one.From)
			out = append(out, *one)
		}
	}
	return out
}

// looksLike says whether a domain looks like another one and is not it: other letters that look the same, one slip in a long
// name, the same name under another ending, or the name with a word more.
func looksLike(domain, other string) bool {
	if domain == other || strings.HasSuffix(domain, "."+other) || strings.HasSuffix(other, "."+domain) || activity.PublicMail(domain) || activity.PublicMail(other) {
		return false
	}
	a, b := detect.Looks(domain), detect.Looks(other)
	if a == b {
		return true
	}
	x, y := label(domain), label(other)
	if x == y {
		return len(x) >= shortest // another ending; firms have several, so it counts only where it is new
	}
	x, y = detect.Looks(x), detect.Looks(y)
	if x == y {
		return len(x) >= shortest
	}
	if len(y) >= long && !strings.HasPrefix(x, y) && !strings.HasPrefix(y, x) && detect.Slips(x, y, 1) == 1 {
		return true
	}
	return len(y) >= long && (strings.HasPrefix(x, y) || strings.HasSuffix(x, y)) && x != y
}

// Names shorter than shortest have innocent neighbours, and a slip counts in long ones only: as for look-alike accounts.
const (
	shortest = 5
	long     = 7
)

// label is the name that a firm registered: "wingtiptoys" of "mail.wingtiptoys.co.uk".
func label(domain string) string {
	parts := strings.Split(domain, ".")
	at := len(parts) - 2
	if at > 0 && len(parts[at]) <= 3 && len(parts[at+1]) == 2 { // co.uk, com.au
		at--
	}
	return parts[max(at, 0)]
}

// threads makes a thread of a conversation for each box of which an intruder touched it, if it is one about money.
func (r *threadReading) threads(from *bundle, list []mail, by [][]Thread) {
	boxes := map[int][]int{} // by box: its messages, as indexes of list
	for i := range list {
		for _, t := range list[i].by {
			if n := len(boxes[t.box]); n == 0 || boxes[t.box][n-1] != i {
				boxes[t.box] = append(boxes[t.box], i)
			}
		}
	}
	if len(boxes) == 0 {
		return
	}
	whole := r.whole(from, list)
	for _, i := range slices.Sorted(maps.Keys(boxes)) {
		if t, ok := r.thread(i, &whole, list, boxes[i]); ok {
			by[i] = append(by[i], t)
		}
	}
}

// whole is what a conversation is, whoever touched it.
func (r *threadReading) whole(from *bundle, list []mail) Thread {
	t := Thread{Mailbox: from.mailbox, How: ByConversation}
	if from.conversation == 0 {
		t.How = BySubject
		if slices.ContainsFunc(list, func(m mail) bool { return len(m.refs) > 0 }) {
			t.How = ByReferences
		}
	}
	for k := range list {
		m := &list[k]
		base := r.base(m.text)
		if t.Subject == "" {
			t.Subject, t.Title = base, exposure.Bare(r.c.Text(m.text))
		}
		for _, word := range r.words(base) {
			if len(t.Words) < maxNames && !slices.Contains(t.Words, word) {
				t.Words = append(t.Words, word)
			}
		}
		for _, with := range m.with {
			if len(t.Correspondents) < maxNames && !slices.Contains(t.Correspondents, with) {
				t.Correspondents = append(t.Correspondents, with)
			}
		}
	}
	slices.Sort(t.Correspondents)
	t.LookAlikes = r.lookAlikes(list)
	t.Changed = r.changed(list)
	return t
}

// thread is a conversation as an intruder touched it; ok is false if it is none about money. mine are the messages that he
// touched.
func (r *threadReading) thread(i int, whole *Thread, list []mail, mine []int) (t Thread, ok bool) {
	x := &r.in.Exposure.Boxes[i]
	t = *whole
	t.Intruder, t.Box = x.Intruder, i
	for _, k := range mine {
		for _, by := range list[k].by {
			if by.box != i {
				continue
			}
			one := &x.Items[by.item]
			t.Acts |= one.Acts
			if t.First == 0 || one.First < t.First {
				t.First = one.First
			}
			t.Last = max(t.Last, one.Last)
		}
	}
	r.searched(&t, x)
	answered := t.Acts&(exposure.Sent|exposure.Replied) != 0 && len(list) > 1
	if len(t.Words) == 0 && len(t.LookAlikes) == 0 && !(answered && (len(t.Searches) > 0 || len(t.Changed) > 0)) {
		return t, false
	}
	r.messages(&t, list, mine)
	return t, true
}

// maxSearches bounds the searches of a box that are compared with its threads.
const maxSearches = 200

// searched notes which of his searches find the thread: every word of the query is in its subject.
func (r *threadReading) searched(t *Thread, x *exposure.Box) {
	for k := range x.Searches[:min(len(x.Searches), maxSearches)] {
		words := strings.Fields(strings.ToLower(x.Searches[k].Query))
		if len(words) > 0 && len(t.Searches) < maxNames && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(t.Subject, strings.Trim(w, `"*`)) }) {
			t.Searches = append(t.Searches, k)
		}
	}
}

// changed are those outside who write from another domain than before under the same name, and those who want answers
// elsewhere than they did.
func (r *threadReading) changed(list []mail) []Changed {
	var out []Changed
	names, replies := map[string]string{}, map[string]string{}
	for i := range list {
		m := &list[i]
		if m.sent || m.from == "" || r.in.Domains.External(m.from) == detect.False {
			continue
		}
		name, domain, _ := strings.Cut(m.from, "@")
		if was, ok := names[name]; ok && was != domain && len(out) < maxNames {
			out = append(out, Changed{What: "sender", Was: name + "@" + was, Now: m.from, Time: m.at, Row: m.row})
		}
		names[name] = domain
		now := cmp.Or(m.to, m.from)
		was, ok := replies[m.from]
		if !ok {
			was = m.from
		}
		if now != was && m.to != "" && detect.DomainOf(now) != detect.DomainOf(was) && len(out) < maxNames {
			out = append(out, Changed{What: "reply-to", Was: was, Now: now, Time: m.at, Row: m.row})
		}
		replies[m.from] = now
	}
	return out
}

// messages lists the messages of a thread and says which are to be checked: what he sent, what look-alikes and changed
// addresses sent, and what came from outside since he was there. Of very many it takes those that he touched, then the latest.
func (r *threadReading) messages(t *Thread, list []mail, mine []int) {
	shown := mine[:min(len(mine), MaxMessages)]
	for i := len(list) - 1; i >= 0 && len(shown) < MaxMessages; i-- {
		if _, his := slices.BinarySearch(mine, i); !his {
			shown = append(shown[:len(shown):len(shown)], i)
		}
	}
	shown = slices.Sorted(slices.Values(shown))
	t.More = len(list) - len(shown)
	x := &r.in.Exposure.Boxes[t.Box]
	for _, i := range shown {
		m := &list[i]
		one := Message{Item: -1, Row: m.row, Time: m.at, From: m.from, Subject: r.c.Text(m.text), Sent: m.sent}
		for _, by := range m.by {
			if by.box == t.Box {
				one.Item = by.item
			}
		}
		sent := one.Item >= 0 && x.Items[one.Item].Acts&exposure.Sent != 0
		if one.Why = r.why(t, m, sent); one.Why != "" {
			t.Check = append(t.Check, len(t.Messages))
		}
		t.Messages = append(t.Messages, one)
	}
}

// why says why a message is to be checked; "" if nothing asks for it.
func (r *threadReading) why(t *Thread, m *mail, sent bool) string {
	pretends := func(address string) bool {
		domain := detect.DomainOf(address)
		return slices.ContainsFunc(t.LookAlikes, func(l LookAlike) bool { return l.Domain == domain })
	}
	switch {
	case sent:
		return "he sent it"
	case pretends(m.from):
		return "it came from a look-alike domain"
	case m.sent && slices.ContainsFunc(m.with, pretends):
		return "it went to a look-alike domain"
	case slices.ContainsFunc(t.Changed, func(c Changed) bool { return c.Row == m.row }):
		return "its sender or reply address changed"
	case !m.sent && m.from != "" && m.at >= t.First && r.in.Domains.External(m.from) != detect.False:
		return "it came from outside after he was in the conversation"
	}
	return ""
}

// groups are sets of messages that are joined step by step.
type groups []int

func newGroups(n int) groups {
	g := make(groups, n)
	for i := range g {
		g[i] = i
	}
	return g
}

func (g groups) root(i int) int {
	for g[i] != i {
		g[i] = g[g[i]]
		i = g[i]
	}
	return i
}

func (g groups) join(i, k int) {
	if i, k = g.root(i), g.root(k); i != k {
		g[max(i, k)] = min(i, k)
	}
}

// parts are the sets, each in the order of the list, by their first.
func (g groups) parts(list []mail) [][]mail {
	at := map[int]int{}
	var out [][]mail
	for i := range list {
		root := g.root(i)
		k, ok := at[root]
		if !ok {
			k = len(out)
			at[root], out = k, append(out, nil)
		}
		out[k] = append(out[k], list[i])
	}
	return out
}
