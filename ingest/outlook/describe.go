package outlook

import (
	"bytes"
	"strconv"
	"time"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// decimal is a number's text.
func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// gathered is what several properties say together.
type gathered struct {
	result, exception, user []byte
	address, agent          []byte
	sender, folder          choice
	inbox, clutter          bool
}

// choice is the best so far of the properties that tell the same.
type choice struct {
	from *slot
	text []byte
}

func (c *choice) offer(s *slot, text []byte) {
	if c.from == nil || s.part.rank <= c.from.part.rank {
		c.from, c.text = s, text
	}
}

// describe takes the properties that have a field.
func (d *decoder) describe(a *activity.Activity, rule propertyShape, to *activity.Shard) {
	var g gathered
	for i := range d.set.slots {
		s, value := &d.set.slots[i], d.values[i]
		if len(value) > 0 {
			d.take(&g, s, value, a, to)
		}
		for _, as := range s.wants {
			to.PutNamed(as, value)
		}
	}
	d.client(&g, a, to)
	if s := g.sender.from; s != nil {
		to.PutSymbol(activity.FieldSender, s.last.intern(g.sender.text, to))
	}
	switch s := g.folder.from; {
	case s != nil:
		to.PutSymbol(activity.FieldFolder, s.last.intern(g.folder.text, to))
	case g.inbox:
		to.Put(activity.FieldFolder, []byte("Inbox"))
	case g.clutter:
		to.Put(activity.FieldFolder, []byte("Clutter"))
	}
	switch rule {
	case serverLogon:
		d.logon(&g, a, to)
	case owaLogon:
		a.Result = activity.Success
	default:
		to.Put(activity.FieldError, g.exception)
	}
}

// take sorts one property into its field.
func (d *decoder) take(g *gathered, s *slot, value []byte, a *activity.Activity, to *activity.Shard) {
	switch s.part.role {
	case tellsField:
		to.PutSymbol(s.part.field, d.symbol(&s.last, to))
	case tellsList:
		if bytes.IndexByte(value, ';') < 0 {
			to.PutSymbol(s.part.field, s.last.intern(bytes.TrimSpace(value), to))
		} else {
			putParts(s.part.field, value, to)
		}
	case tellsAddress:
		g.address = value
	case tellsAgent:
		g.agent = value
	case tellsResult:
		g.result = value
	case tellsException:
		g.exception = value
	case tellsUser:
		g.user = value
	case tellsQuery:
		d.putQuery(value, a, to)
	case tellsSearchID:
		to.PutNamed([]byte(sidName), value)
	case tellsSender:
		g.sender.offer(s, value)
	case tellsFolder:
		g.folder.offer(s, value)
	case tellsInbox:
		g.inbox = isTrue(value)
	case tellsClutter:
		g.clutter = isTrue(value)
	case tellsSent:
		putSent(value, a, to)
	}
}

// longOnTheWay is more than mail takes that meets no trouble, in milliseconds.
const longOnTheWay = 3600 * 1000

// putSent says how long before its delivery a message was sent, where that is long: it was held back, or its sender's clock
// is wrong, or what it says of itself.
func putSent(value []byte, a *activity.Activity, to *activity.Shard) {
	if a.Type != activity.Deliver || a.Flags&activity.Undated != 0 {
		return
	}
	sent, ok := timestamp.Parse(value, timestamp.MonthFirst)
	if !ok || !to.Times.Has(sent) || activity.Later(sent, a.Time) < longOnTheWay {
		return
	}
	to.PutNamed([]byte("params.SentBefore"), []byte(activity.Duration(activity.Later(sent, a.Time)).Round(time.Minute).String()))
}

// sidName is the id of a search session; terms folds the letters of one search by it.
const sidName = "params.Sid"

func isTrue(value []byte) bool { return bytes.EqualFold(value, []byte("true")) }

// putParts puts each part of a `;` list.
func putParts(f activity.Field, list []byte, to *activity.Shard) {
	for len(list) > 0 {
		part, rest, _ := bytes.Cut(list, []byte{';'})
		to.Put(f, bytes.TrimSpace(part))
		list = rest
	}
}

// client takes the address field as it was written; a list of addresses is kept as such, for its left side is the
// client's own claim.
func (d *decoder) client(g *gathered, a *activity.Activity, to *activity.Shard) {
	a.Agent = d.memos[memoAgent].intern(g.agent, to)
	a.IP = d.memos[memoIP].intern(bytes.TrimSpace(g.address), to)
	if bytes.IndexByte(g.address, ',') >= 0 {
		a.Flags |= activity.ChainedIP
		to.PutSymbol(activity.FieldChain, a.IP)
	}
}

// logon judges a ServerLogon, and counts whom a successful one names as the owner.
func (d *decoder) logon(g *gathered, a *activity.Activity, to *activity.Shard) {
	var known bool
	a.Result, known = result(string(bytes.TrimSpace(g.result)), string(bytes.TrimSpace(g.exception)))
	if !known {
		noteUnseen(to, g)
	}
	if a.Result == activity.Success {
		if m := &d.memos[memoUser]; string(g.user) != m.text { // here the text is the name as written, not the symbol's
			m.text, m.sym = string(g.user), to.InternFold(g.user)
		}
		to.Vote(d.memos[memoUser].sym)
		return
	}
	if len(g.exception) > 0 {
		to.Put(activity.FieldError, g.exception)
	} else {
		to.Put(activity.FieldError, g.result)
	}
}

// noteUnseen names what a ServerLogon said that was never seen before.
func noteUnseen(to *activity.Shard, g *gathered) {
	text := "a ServerLogon's Result was never seen before: " + strconv.Quote(string(record.Clip(g.result, 80)))
	if len(g.exception) > 0 {
		text += " with ExceptionInfo " + strconv.Quote(string(record.Clip(g.exception, 80)))
	}
	to.Note(text)
}

// putQuery puts what was searched for. Reading XML is slow and most queries come more than once: each is read once.
func (d *decoder) putQuery(value []byte, a *activity.Activity, to *activity.Shard) {
	q, ok := d.queries[string(value)]
	if !ok {
		q = rawQuery(value)
		if len(d.queries) >= maxQueries {
			clear(d.queries)
		}
		if len(value) <= maxQueryText {
			d.queries[string(value)] = q
		}
	}
	if q.salvaged || q.refused {
		a.Flags |= activity.Salvaged
	}
	switch {
	case q.refused:
		to.Note("a search's query was not read: " + errDoctype.Error())
	case q.long != "":
		to.Tally(q.long)
	}
	if q.text == "" && q.salvaged {
		to.Tally("searches in whose query no text was found: what was searched for is not known")
	}
	if q.text != "" {
		to.PutSymbol(activity.FieldQuery, to.Symbols.InternString(q.text))
	}
}
