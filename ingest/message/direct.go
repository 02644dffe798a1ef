package message

import (
	"container/heap"
	"slices"
	"strings"

	"triage/ingest/activity"
)

// Direct settles the direction of traced messages: a row whose recipient is the tenant's stays a delivery in the
// recipient's mailbox, also where the sender is the tenant's as well, since one row is one activity; a row with only its
// sender in the tenant is a sending in the sender's mailbox; a row with neither, as mail that a rule redirects has, is
// kept apart from people. domains are the tenant's own, in lower case. Where they have no part in most messages, others are
// taken from the traces themselves, and the inputs' notes say so. The case gets all of them. It is a pass of Builder.Case.
func Direct(c *activity.Case, domains []string) {
	traced := tracesOf(c)
	if len(traced) == 0 {
		return
	}
	own := map[string]bool{}
	for _, d := range domains {
		own[d] = true
	}
	for _, d := range saidByTraces(c, traced) {
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
		inferred, settled := between(c, traced, own)
		if !settled {
			inferred = infer(c, traced, own)
		}
		for _, d := range inferred {
			own[d] = true
		}
		note(c, inferred)
	}
	for d := range own {
		c.Own = append(c.Own, d)
	}
	slices.Sort(c.Own)
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

// infer finds the tenant's domains beside those known: every message has one of them at one end or the other. The domain
// at an end of most messages is taken, then the one of most of those that are left, as long as one is ahead of all others.
func infer(c *activity.Case, traced []int, known map[string]bool) []string {
	left := unknownOf(c, traced, known)
	var own []string
	enough := left.count / 100 // redirected mail has no end in the tenant
	for left.count > enough {
		best, ok := left.ahead()
		if !ok {
			break
		}
		own = append(own, left.domains[best].name)
		left.take(best)
	}
	slices.Sort(own)
	return own
}

// unknownOf are the messages with no known domain at an end.
func unknownOf(c *activity.Case, traced []int, known map[string]bool) *messagesLeft {
	var left messagesLeft
	for _, i := range traced {
		if e := endsOf(c, i); !known[e[0]] && !known[e[1]] {
			left.add(e)
		}
	}
	return &left
}

// messagesLeft are messages by the domains at their ends, for finding the domain of most messages again and again while
// messages are taken away: a case may name as many domains as messages, and have many messages of the same two.
type messagesLeft struct {
	count   int
	pairs   []endPair
	at      map[[2]uint32]uint32 // by ends: which of pairs
	numbers map[string]uint32    // of domains; 0 is none
	domains []domain
	ranked  standings
}

// endPair is the messages of the same two ends.
type endPair struct {
	ends  [2]uint32
	left  int
	taken bool
}

// domain is one at an end of messages.
type domain struct {
	name  string
	left  int
	pairs []uint32 // with it at an end
}

func (m *messagesLeft) add(e ends) {
	if m.at == nil {
		m.at, m.numbers, m.domains = map[[2]uint32]uint32{}, map[string]uint32{"": 0}, make([]domain, 1)
	}
	key := [2]uint32{m.number(e[0]), m.number(e[1])}
	if key[0] == key[1] {
		key[1] = 0
	}
	at, known := m.at[key]
	if !known {
		at = uint32(len(m.pairs))
		m.at[key], m.pairs = at, append(m.pairs, endPair{ends: key})
	}
	m.pairs[at].left++
	for _, n := range key {
		if n == 0 {
			continue
		}
		if m.domains[n].left++; !known {
			m.domains[n].pairs = append(m.domains[n].pairs, at)
		}
	}
	m.count++
}

// number is that of a domain which may be a tenant's; 0 for any other.
func (m *messagesLeft) number(name string) uint32 {
	n, known := m.numbers[name]
	if !known && activity.PublicMail(name) {
		m.numbers[name] = 0
		return 0
	}
	if !known {
		n = uint32(len(m.domains))
		m.numbers[name], m.domains = n, append(m.domains, domain{name: name})
	}
	return n
}

// ahead is the domain of most messages; not ok if there is none, or several.
func (m *messagesLeft) ahead() (best uint32, ok bool) {
	if m.ranked == nil {
		for n := range m.domains {
			if n > 0 {
				m.ranked = append(m.ranked, standing{m.domains[n].left, uint32(n)})
			}
		}
		heap.Init(&m.ranked)
	}
	one, ok := m.next()
	if !ok {
		return 0, false
	}
	second, ok := m.next()
	if ok {
		heap.Push(&m.ranked, second)
	}
	return one.domain, !ok || second.messages < one.messages
}

// next takes the first standing that still holds.
func (m *messagesLeft) next() (standing, bool) {
	for len(m.ranked) > 0 {
		if one, _ := heap.Pop(&m.ranked).(standing); one.messages == m.domains[one.domain].left {
			return one, true
		}
	}
	return standing{}, false
}

// take takes a domain's messages away.
func (m *messagesLeft) take(n uint32) {
	for _, at := range m.domains[n].pairs {
		p := &m.pairs[at]
		if p.taken {
			continue
		}
		p.taken = true
		m.count -= p.left
		for _, end := range p.ends {
			if end == n || end == 0 {
				continue
			}
			if m.domains[end].left -= p.left; m.domains[end].left > 0 {
				heap.Push(&m.ranked, standing{m.domains[end].left, end})
			}
		}
	}
	m.domains[n].left = 0
}

// standing is how many messages a domain has; one that no longer holds is followed by another one.
type standing struct {
	messages int
	domain   uint32
}

// standings is a heap, most messages first.
type standings []standing

func (s standings) Len() int           { return len(s) }
func (s standings) Less(i, j int) bool { return s[i].messages > s[j].messages }
func (s standings) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *standings) Push(one any)      { *s = append(*s, one.(standing)) }
func (s *standings) Pop() any {
	last := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return last
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
