package outlook

import (
	"bytes"
	"strconv"

	"triage/ingest/activity"
)

// decimal is a number's text.
func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// gathered is what several properties say together.
type gathered struct {
	result, exception, user []byte
	address, agent          []byte
	sender                  [3][]byte // by preference
	folder                  [3][]byte // by preference
	inbox, clutter          bool
}

// describe takes the properties that have a field. Names: ACTIVITIES.md §4; Logon writes IPAddress and Browser where
// ServerLogon writes ClientIP and UserAgent.
func (d *decoder) describe(a *activity.Activity, rule shape, to *activity.Shard) {
	var g gathered
	for _, p := range d.props {
		if len(p.value) > 0 {
			d.take(&g, p, a, to)
		}
		if d.wants != nil {
			d.dynamic(p, to)
		}
	}
	d.client(&g, a, to)
	to.Put(activity.FieldSender, firstOf(g.sender[:]))
	switch {
	case firstOf(g.folder[:]) != nil:
		to.Put(activity.FieldFolder, firstOf(g.folder[:]))
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
func (d *decoder) take(g *gathered, p property, a *activity.Activity, to *activity.Shard) {
	switch string(p.name) {
	case "ClientIP", "IPAddress":
		g.address = p.value
	case "UserAgent", "Browser":
		g.agent = p.value
	case "Result":
		g.result = p.value
	case "ExceptionInfo":
		g.exception = p.value
	case "UserName":
		g.user = p.value
	case "Query":
		d.putQuery(p.value, a, to)
	case "Sid":
		to.PutNamed([]byte(sidName), p.value)
	case "SuggestionStimulus":
		to.Put(activity.FieldQuery, p.value)
	case "InternetMessageId":
		to.Put(activity.FieldMessageID, p.value)
	case "ConversationId":
		to.Put(activity.FieldConversation, p.value)
	case "Subject":
		to.Put(activity.FieldSubject, p.value)
	case "SenderSmtpAddress":
		g.sender[0] = p.value
	case "From":
		g.sender[1] = p.value
	case "SenderAddress":
		g.sender[2] = p.value
	case "Recipients", "DLRecipients", "GMRecipients":
		putList(activity.FieldRecipients, p.value, to)
	case "AttachmentDetail":
		to.Put(activity.FieldAttachments, p.value)
	case "SourceFolder", "SelectedFolderName":
		g.folder[0] = p.value
	case "SourceDefaultFolderType":
		g.folder[1] = p.value
	case "DeliveredFolderType":
		g.folder[2] = p.value
	case "DeliveredToInbox", "DelieveredToInbox":
		g.inbox = isTrue(p.value)
	case "DeliveredToClutter":
		g.clutter = isTrue(p.value)
	case "TargetFolder", "DestinationFolder":
		to.Put(activity.FieldTarget, p.value)
	case "AttachmentAction", "DeleteType", "MoveType":
		to.Put(activity.FieldObject, p.value)
	}
}

// sidName is the id of a search session: RULES.md folds the letters of one search by it.
const sidName = "params.Sid"

func isTrue(value []byte) bool { return bytes.EqualFold(value, []byte("true")) }

func firstOf(values [][]byte) []byte {
	for _, v := range values {
		if len(v) > 0 {
			return v
		}
	}
	return nil
}

// putList puts each part of a `;` list.
func putList(f activity.Field, list []byte, to *activity.Shard) {
	for len(list) > 0 {
		part, rest, _ := bytes.Cut(list, []byte{';'})
		to.Put(f, bytes.TrimSpace(part))
		list = rest
	}
}

// client takes the address field as it was written; a list of addresses is kept as such, for its left side is the
// client's own claim.
func (d *decoder) client(g *gathered, a *activity.Activity, to *activity.Shard) {
	a.Agent = d.intern(memoAgent, g.agent, to)
	a.IP = d.intern(memoIP, bytes.TrimSpace(g.address), to)
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
		note(to, g)
	}
	if a.Result == activity.Success {
		to.Vote(to.InternFold(g.user))
		return
	}
	if len(g.exception) > 0 {
		to.Put(activity.FieldError, g.exception)
	} else {
		to.Put(activity.FieldError, g.result)
	}
}

// note names what a ServerLogon said that was never seen before.
func note(to *activity.Shard, g *gathered) {
	text := "a ServerLogon's Result was never seen before: " + strconv.Quote(string(cut(g.result, 80)))
	if len(g.exception) > 0 {
		text += " with ExceptionInfo " + strconv.Quote(string(cut(g.exception, 80)))
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
		if len(value) <= 64<<10 {
			d.queries[string(value)] = q
		}
	}
	if q.salvaged || q.refused {
		a.Flags |= activity.Salvaged
	}
	if q.refused {
		to.Note("a search's query was not read: " + errDoctype.Error())
	}
	if q.text != "" {
		to.PutSymbol(activity.FieldQuery, to.Symbols.InternString(q.text))
	}
}

// dynamic keeps a property as raw.<name> if a rule wants it.
func (d *decoder) dynamic(p property, to *activity.Shard) {
	if d.wantLengths>>min(len(p.name), 63)&1 == 0 {
		return
	}
	d.lower = append(d.lower[:0], bytes.ToLower(p.name)...)
	for _, as := range d.wants[string(d.lower)] {
		to.PutNamed(as, p.value)
	}
}
