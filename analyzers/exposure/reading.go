package exposure

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/attribution"
	"triage/analyzers/terms"
	"triage/ingest/activity"
)

// lookup looks into a case.
type lookup struct {
	c     *activity.Case
	keys  keys
	ops   map[activity.Symbol]string // operations in lower case
	texts map[activity.Symbol]string // folders as they are compared
	last  int64                      // when the last thing was recorded
}

// reading is exposure in the making.
type reading struct {
	lookup
	in    *Source
	boxes []*box
	at    map[boxKey]*box
	of    map[activity.Symbol][]*box  // by mailbox
	rules []*standing                 // transport rules, which are about every mailbox
	apps  map[appKey]string           // names of applications that intruders let in to read mail
	talks map[talk]*activity.Activity // the only delivery or sending of a conversation, nil: there are more; the whole: not looked for yet
	looks map[string]look             // searches for other people's mail, by name in lower case; nil: not looked for yet
}

type boxKey struct {
	intruder int
	mailbox  activity.Symbol
}

// keys are the dynamic fields that are looked up.
type keys struct {
	throttled, size, name, rights, identity, mailboxes, query, search activity.Key
}

// box is a Box in the making.
type box struct {
	Box
	index   map[itemKey]int32
	items   map[activity.Symbol]activity.Symbol // message ids by item id
	asked   asked                               // the last message that he began to answer
	search  []activity.Row
	syncs   map[string]int // indexes of Wholes, by what is the same
	granted []int64        // when he gave somebody the whole mailbox
	grants  []uint32

	large   []int                              // of Wholes: the whole mailbox
	folders map[string]int                     // of Wholes: by folder
	streams []int                              // of Wholes: what is sent on
	went    map[int32]map[activity.Symbol]bool // by item: its recipients
}

// itemKey tells items apart.
type itemKey struct {
	by ID
	id activity.Symbol
}

func newReading(in *Source) *reading {
	c := in.Case
	key := func(name string) activity.Key { return activity.DynamicKey(c.Symbols.Find(name)) }
	r := &reading{
		in: in, at: map[boxKey]*box{}, of: map[activity.Symbol][]*box{}, apps: map[appKey]string{},
		lookup: lookup{c: c, ops: map[activity.Symbol]string{}, texts: map[activity.Symbol]string{}, keys: keys{
			throttled: key("params.isthrottled"), size: key("params.size"), name: key("params.name"), rights: key("params.accessrights"),
			identity: key("params.identity"), mailboxes: key("params.exchangelocation"), query: key("params.contentmatchquery"), search: key("params.searchname"),
		}},
	}
	if n := len(c.Activities); n > 0 {
		r.last = c.Activities[n-1].Time
	}
	return r
}

// param is the text of a dynamic field; "" where the record has none.
func (r *lookup) param(a *activity.Activity, k activity.Key) string {
	if k == activity.DynamicKey(0) {
		return ""
	}
	value, _ := r.c.Lookup(a, k)
	return r.c.Text(value)
}

// op is an operation in lower case.
func (r *lookup) op(a *activity.Activity) string {
	text, ok := r.ops[a.Op]
	if !ok {
		text = strings.ToLower(r.c.Text(a.Op))
		r.ops[a.Op] = text
	}
	return text
}

// box is an intruder's box of a mailbox.
func (r *reading) box(intruder int, mailbox activity.Symbol) *box {
	k := boxKey{intruder, mailbox}
	b := r.at[k]
	if b == nil {
		b = &box{Box: Box{Intruder: intruder, Mailbox: mailbox}, index: map[itemKey]int32{}, items: map[activity.Symbol]activity.Symbol{}, syncs: map[string]int{}}
		r.at[k], r.boxes = b, append(r.boxes, b)
		r.of[mailbox] = append(r.of[mailbox], b)
	}
	return b
}

// walk takes the acts of an intruder.
func (r *reading) walk(intruder int) {
	rows := r.in.Intruders[intruder].Rows
	r.identify(intruder)
	r.consents(intruder)
	for _, row := range rows {
		a := &r.c.Activities[row]
		if a.Result == activity.Failure || a.Flags&activity.Undated != 0 {
			continue
		}
		b := r.box(intruder, mailboxOf(a))
		if b.Acts++; b.First == 0 {
			b.First = a.Time
		}
		b.Last = a.Time
		r.act(b, a, row)
	}
}

// mailboxOf is the mailbox that an act is in; of a call that names none, the actor's.
func mailboxOf(a *activity.Activity) activity.Symbol { return cmp.Or(a.Mailbox, a.Actor) }

// act takes one act.
func (r *reading) act(b *box, a *activity.Activity, row uint32) {
	switch a.Type {
	case activity.Search:
		if r.c.Get(a, activity.FieldQuery) != 0 {
			b.search = append(b.search, activity.Row(row))
		}
		return
	case activity.RuleChange, activity.ForwardingChange, activity.PermissionChange, activity.RoleChange, activity.Consent, activity.AppChange:
		r.change(b, a, row)
		return
	case activity.FileAccess, activity.Share:
		r.file(b, a, row)
		return
	case activity.MailAccess:
		if r.access(b, a, row) {
			return
		}
	}
	r.whole(b, a, row)
	if did := actOf(a.Type, r.op(a)); did != 0 {
		r.touch(b, a, row, did, false)
	}
	r.answer(b, a)
}

// actOf is what an act does with a message; 0: nothing.
func actOf(t activity.Type, op string) Acts {
	switch t {
	case activity.MailAccess, activity.Read:
		return Read
	case activity.AttachmentOpen:
		return Read | OpenedAttachment
	case activity.LinkClick:
		return Read | ClickedLink
	case activity.Reply:
		return Read | Replied
	case activity.Forward:
		return Read | Forwarded
	case activity.Send:
		return Sent
	case activity.Delete:
		return Deleted
	case activity.Move:
		return Moved
	case activity.Mark:
		return Marked
	case activity.Other:
		if op == "copy" || op == "copyitem" {
			return Moved
		}
	}
	return 0
}

// file takes an act on a file.
func (r *reading) file(b *box, a *activity.Activity, row uint32) {
	object := r.c.Get(a, activity.FieldObject)
	if object == 0 {
		return
	}
	op, did := r.op(a), Viewed
	switch {
	case a.Type == activity.Share:
		if did = Linked; strings.HasSuffix(op, "used") || strings.HasSuffix(op, "accepted") {
			did = Viewed
		}
		b.Changes = append(b.Changes, Change{Row: row, Type: a.Type, What: r.c.Text(object), Target: r.c.Text(r.c.Get(a, activity.FieldTarget))})
	case strings.Contains(op, "download"):
		did = Downloaded
	case strings.Contains(op, "deleted"), strings.Contains(op, "recycled"):
		did = Deleted
	case strings.HasPrefix(op, "fileaccessed"), op == "filepreviewed":
	default:
		did = Changed
	}
	i := b.item(itemKey{ByAddress, object}, File)
	b.touched(i, a, row, did, false)
}

// touch notes that an act names messages.
func (r *reading) touch(b *box, a *activity.Activity, row uint32, did Acts, contested bool) {
	named := 0
	for id, told := range r.c.Messages(a) {
		named++
		i := b.item(itemKey{ByMessageID, r.canonical(id)}, Message)
		if told != nil {
			b.Items[i].Told = r.index(told) + 1
		}
		b.touched(i, a, row, did, contested)
	}
	if named > 0 {
		r.told(b, a, named)
		return
	}
	key, told := r.unnamed(b, a)
	if key.id == 0 {
		return
	}
	i := b.item(key, Message)
	if told != nil {
		b.Items[i].Told = r.index(told) + 1
	}
	b.touched(i, a, row, did, contested)
	r.told(b, a, 1)
}

// unnamed is the message of an act whose record names none by its message id.
func (r *reading) unnamed(b *box, a *activity.Activity) (itemKey, *activity.Activity) {
	told, how := r.c.Message(a)
	if how == activity.ByConversation {
		told = nil // which message of it, nobody says
	}
	if told != nil {
		if id := r.c.Get(told, activity.FieldMessageID); id != 0 {
			return itemKey{ByMessageID, r.canonical(id)}, told
		}
	}
	if a.Item == 0 {
		return itemKey{ByConversation, r.c.Get(a, activity.FieldConversation)}, nil
	}
	if id := b.items[a.Item]; id != 0 {
		return itemKey{ByMessageID, id}, told
	}
	return itemKey{ByItem, a.Item}, told
}

// canonical is the one spelling of a message id: some logs leave out its angle brackets.
func (r *lookup) canonical(id activity.Symbol) activity.Symbol {
	text := r.c.Text(id)
	if strings.HasPrefix(text, "<") {
		return id
	}
	if whole := r.c.Symbols.Find("<" + text + ">"); whole != 0 {
		return whole
	}
	return id
}

// index is an activity's place in the case.
func (r *lookup) index(a *activity.Activity) uint32 {
	all := r.c.Activities
	i, _ := slices.BinarySearchFunc(all, a, func(x activity.Activity, y *activity.Activity) int { return activity.Compare(&x, y) })
	for ; i < len(all) && &all[i] != a; i++ { // equal ones stand side by side
	}
	return uint32(i)
}

// item is the index of an item, made if it is new.
func (b *box) item(k itemKey, kind Kind) int32 {
	i, ok := b.index[k]
	if !ok {
		i = int32(len(b.Items))
		b.index[k] = i
		one := Item{Kind: kind, State: Presumed, By: k.by, ID: k.id}
		switch k.by {
		case ByMessageID:
			one.MessageID = k.id
		case ByItem:
			one.Item = k.id
		case ByConversation:
			one.Conversation = k.id
		}
		b.Items = append(b.Items, one)
	}
	return i
}

// touched notes an act that names an item.
func (b *box) touched(i int32, a *activity.Activity, row uint32, did Acts, contested bool) {
	one := &b.Items[i]
	if contested {
		if one.Contested++; one.Touches > 0 {
			return // his own acts are what shows it
		}
		one.State = Contested
	} else {
		one.Touches++
		one.State = Proven
		one.Acts |= did
	}
	if len(one.Rows) == 0 || a.Time < one.First {
		one.First = a.Time
	}
	one.Last = max(one.Last, a.Time)
	if n := len(one.Rows); n < MaxRows && (n == 0 || one.Rows[n-1] != row) {
		one.Rows = append(one.Rows, row)
	}
}

// contested takes the acts in a mailbox where an intruder was of which nobody can say whose they are: those that attribution
// lays near him, those from his addresses and in his sessions, and those of the time in which he was there.
func (r *reading) contested() {
	his := r.marks()
	for _, line := range r.in.Lines {
		boxes := r.of[line.Mailbox]
		if len(boxes) == 0 {
			continue
		}
		for _, row := range line.Rows {
			if row.ActorCopy() {
				continue
			}
			who, intruder := r.in.Who(row.Index())
			a := &r.c.Activities[row.Index()]
			if who != attribution.Undecided || a.Result == activity.Failure {
				continue
			}
			for _, b := range boxes {
				switch {
				case intruder >= 0:
					if b.Intruder != intruder {
						continue
					}
				case a.IP != 0 && his[mark{b.Intruder, a.IP}], a.Session != 0 && his[mark{b.Intruder, a.Session}], b.First != 0 && a.Time >= b.First && a.Time <= b.Last:
				default:
					continue
				}
				r.undecided(b, a, row.Index())
			}
		}
	}
}

// mark is an address or a session of an intruder.
type mark struct {
	intruder int
	value    activity.Symbol
}

func (r *reading) marks() map[mark]bool {
	his := map[mark]bool{}
	for i := range r.in.Intruders {
		one := &r.in.Intruders[i]
		for _, list := range [...][]activity.Symbol{one.Addresses, one.Sessions} {
			for _, value := range list {
				his[mark{i, value}] = true
			}
		}
	}
	return his
}

func (r *reading) undecided(b *box, a *activity.Activity, row uint32) {
	if a.Type == activity.FileAccess || a.Type == activity.Share {
		if object := r.c.Get(a, activity.FieldObject); object != 0 {
			b.touched(b.item(itemKey{ByAddress, object}, File), a, row, 0, true)
		}
		return
	}
	if a.Type == activity.MailAccess && !r.bind(a) {
		return
	}
	if did := actOf(a.Type, r.op(a)); did != 0 {
		r.touch(b, a, row, did, true)
	}
}

// searches folds what was typed letter by letter.
func (r *reading) searches(b *box) {
	if len(b.search) == 0 {
		return
	}
	line := activity.Timeline{Case: r.c, Mailbox: b.Mailbox, Rows: b.search}
	at := make([]int, len(b.search))
	for i := range at {
		at[i] = i
	}
	for _, s := range terms.JoinTyped(line, at, terms.Gap) {
		one := Search{Time: s.First, Query: s.Query, Count: len(s.Rows)}
		for _, i := range s.Rows[:min(len(s.Rows), MaxRows)] {
			one.Rows = append(one.Rows, line.Rows[i].Index())
		}
		b.Searches = append(b.Searches, one)
	}
	b.search = nil
}

// sizeOf reads a size.
func sizeOf(text string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// settle brings everything into its order and counts it.
func (r *reading) settle() []Box {
	out := make([]Box, 0, len(r.boxes))
	for _, b := range r.boxes {
		if len(b.Items)+len(b.Wholes)+len(b.Searches)+len(b.Changes)+b.Acts == 0 {
			continue
		}
		slices.SortFunc(b.Items, func(x, y Item) int {
			return cmp.Or(
				cmp.Compare(x.State, y.State), cmp.Compare(x.First, y.First), cmp.Compare(x.Received, y.Received), cmp.Compare(x.Kind, y.Kind),
				cmp.Compare(x.By, y.By), cmp.Compare(r.c.Text(x.ID), r.c.Text(y.ID)),
			)
		})
		for i := range b.Items {
			slices.Sort(b.Items[i].Rows)
		}
		slices.SortStableFunc(b.Searches, func(x, y Search) int { return cmp.Or(cmp.Compare(x.Time, y.Time), cmp.Compare(x.Query, y.Query)) })
		b.count()
		out = append(out, b.Box)
	}
	slices.SortFunc(out, func(x, y Box) int {
		return cmp.Or(cmp.Compare(x.Intruder, y.Intruder), cmp.Compare(r.c.Text(x.Mailbox), r.c.Text(y.Mailbox)))
	})
	return out
}

func (b *box) count() {
	s := &b.Sums
	for i := range b.Items {
		one := &b.Items[i]
		if one.Kind == File {
			s.Files.add(one.State)
		} else {
			s.Messages.add(one.State)
			if one.State == Proven && one.Size > 0 {
				s.Bytes, s.Sized = s.Bytes+one.Size, s.Sized+1
			}
		}
		for k := range ActCount {
			if one.State == Proven && one.Acts&(1<<k) != 0 {
				s.ByAct[k]++
			}
		}
	}
	for i := range b.Changes {
		switch b.Changes[i].Type {
		case activity.RuleChange, activity.ForwardingChange:
			s.Rules++
		case activity.Consent, activity.AppChange:
			s.Consents++
		case activity.Share:
			s.Links++
		default:
			s.Rights++
		}
	}
	s.Searches, s.Wholes, s.Gaps = len(b.Searches), len(b.Wholes), len(b.Unknown)
}
