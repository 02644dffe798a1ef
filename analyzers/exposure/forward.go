package exposure

import (
	"slices"
	"strings"

	"triage/ingest/account"
	"triage/ingest/activity"
)

// standing is a rule, or a mailbox's forwarding, while it stands.
type standing struct {
	b       *box // whose mail it sends on; of a transport rule, the maker's
	whole   int  // index into b.Wholes; of a transport rule, what it makes in the box of another mailbox is by name
	tenant  bool
	row     uint32
	from    int64
	to      int64
	targets map[string]bool // in lower case
	when    conditions
}

// Conditions of rules that data can judge, as parameters of New-InboxRule and New-TransportRule are called in lower case.
const (
	condFrom        = "from"
	condFromWords   = "fromaddresscontainswords"
	condSubject     = "subjectcontainswords"
	condSubjectBody = "subjectorbodycontainswords"
	condBody        = "bodycontainswords"
	condAttachment  = "hasattachment"
	condSentTo      = "sentto"
	condUnlessWords = "exceptifsubjectcontainswords"
	condUnlessFrom  = "exceptiffrom"
)

// unjudgedConditions are conditions that narrow a rule and that the data cannot judge.
func unjudgedConditions() []string {
	return []string{
		"headercontainswords", "recipientaddresscontainswords", "mynameincc", "mynameinto", "mynamenotinto", "mynameintoorcc", "flaggedforaction", "messagetypematches",
		"withimportance", "withsensitivity", "withinsizerangeminimum", "withinsizerangemaximum", "receivedafterdate", "receivedbeforedate", "rulecondition",
		"subjectmatchespatterns", "subjectorbodymatchespatterns", "fromscope", "senttoscope", "senderdomainis", "recipientdomainis", "frommemberof", "senttomemberof",
		"exceptifsubjectorbodycontainswords", "exceptifbodycontainswords", "exceptifhasattachment", "exceptiffromaddresscontainswords", "exceptifsentto", "attachmentnamematchespatterns",
	}
}

// Want is the interest of rules, and what exposure looks for besides.
func Want(in activity.Interest) activity.Interest {
	if in.Params == nil {
		return in // every parameter of a change of rules is kept as it is
	}
	params := map[string]bool{}
	for name := range in.Params {
		params[name] = true
	}
	for _, name := range append(unjudgedConditions(), condFrom, condFromWords, condSubject, condSubjectBody, condBody, condAttachment, condSentTo, condUnlessWords, condUnlessFrom,
		"name", "identity", "accessrights", "isthrottled", "size", "exchangelocation", "contentmatchquery", "searchname", "enabled") {
		params[name] = true
	}
	in.Params = params
	return in
}

// conditions are what a rule waits for. An empty list is no condition.
type conditions struct {
	from, fromWords, subject, subjectBody, body, sentTo, unlessWords, unlessFrom []string
	attachment                                                                   bool
	unread                                                                       bool // there are others
}

// conditionsOf reads a rule's parameters.
func (r *lookup) conditionsOf(a *activity.Activity) (out conditions) {
	for d := range r.c.Details(a) {
		sym, dynamic := d.Key.Dynamic()
		if !dynamic {
			continue
		}
		name, ok := strings.CutPrefix(r.c.Text(sym), "params.")
		value := r.c.Text(d.Value)
		if !ok || value == "" || value == "{}" || value == "[]" {
			continue
		}
		switch name {
		case condFrom:
			out.from = append(out.from, lowerWords(value)...)
		case condFromWords:
			out.fromWords = append(out.fromWords, lowerWords(value)...)
		case condSubject:
			out.subject = append(out.subject, lowerWords(value)...)
		case condSubjectBody:
			out.subjectBody = append(out.subjectBody, lowerWords(value)...)
		case condBody:
			out.body = append(out.body, lowerWords(value)...)
		case condSentTo:
			out.sentTo = append(out.sentTo, lowerWords(value)...)
		case condUnlessWords:
			out.unlessWords = append(out.unlessWords, lowerWords(value)...)
		case condUnlessFrom:
			out.unlessFrom = append(out.unlessFrom, lowerWords(value)...)
		case condAttachment:
			out.attachment = out.attachment || strings.EqualFold(value, "true")
		default:
			for _, other := range unjudgedConditions() {
				out.unread = out.unread || name == other
			}
		}
	}
	return out
}

// lowerWords are the words of a condition, in lower case.
func lowerWords(list string) (out []string) {
	for one := range strings.FieldsFuncSeq(list, func(c rune) bool { return strings.ContainsRune(`;,{}"[]`, c) }) {
		if one = strings.ToLower(strings.TrimSpace(one)); one != "" {
			out = append(out, one)
		}
	}
	return out
}

// body says that the conditions look into what messages say, which no log tells.
func (w *conditions) looksInside() bool { return len(w.body)+len(w.subjectBody) > 0 }

// match says whether a delivered message meets the conditions as far as the data can judge, and whether some of them could
// not be.
func (w *conditions) match(r *lookup, a *activity.Activity) (yes, unread bool) {
	subject, sender := strings.ToLower(r.c.Text(r.c.Get(a, activity.FieldSubject))), strings.ToLower(r.c.Text(r.c.Get(a, activity.FieldSender)))
	unread = w.unread
	senders := func(list []string) (met, known bool) {
		for _, one := range list {
			switch {
			case !strings.Contains(one, "@"): // a name of the directory
			case strings.Contains(one, sender) && sender != "":
				return true, true
			default:
				known = true
			}
		}
		return false, known
	}
	if len(w.from) > 0 {
		met, known := senders(w.from)
		if !met && known {
			return false, unread
		}
		unread = unread || !met
	}
	if len(w.unlessFrom) > 0 {
		if met, _ := senders(w.unlessFrom); met {
			return false, unread
		}
	}
	if len(w.fromWords) > 0 && !has(sender, w.fromWords) || len(w.subject) > 0 && !has(subject, w.subject) || has(subject, w.unlessWords) {
		return false, unread
	}
	if len(w.subjectBody) > 0 && !has(subject, w.subjectBody) || len(w.body) > 0 {
		return false, unread // what it says is in no log: the box has a gap that says so
	}
	if len(w.sentTo) > 0 {
		if met, known := has(r.c.Text(a.Mailbox), w.sentTo), has("@", w.sentTo); !met && known {
			return false, unread
		}
	}
	if w.attachment && r.c.Get(a, activity.FieldAttachments) == 0 {
		if r.c.Inputs[a.File].Source != activity.SourceTrace {
			return false, unread
		}
		unread = true
	}
	return true, unread
}

func has(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) || w != "" && strings.Contains(w, text) && text == "@" {
			return true
		}
	}
	return false
}

// maxStanding bounds the rules of one box whose conditions are looked at; further ones count as having none.
const maxStanding = 20

// placing is the reading of what intruders left that sends mail on.
type placing struct {
	*reading
	undone *undoings
}

// standing finds what intruders left that sends mail on, and until when it stood.
func (r *placing) standing() {
	r.undone = r.undoings()
	for _, b := range r.boxes {
		n := 0
		for i := range b.Changes {
			change := &b.Changes[i]
			a := &r.c.Activities[change.Row]
			if len(change.Values) == 0 || change.Type != activity.RuleChange && change.Type != activity.ForwardingChange || takesBack(r.op(a)) {
				continue
			}
			if n++; n <= maxStanding {
				r.stands(b, change, a)
			} else {
				r.further(b, change, a)
			}
		}
	}
}

// takesBack says that an operation takes a rule back.
func takesBack(op string) bool {
	return strings.HasPrefix(op, "remove") || strings.HasPrefix(op, "disable")
}

// stands notes a rule.
func (r *placing) stands(b *box, change *Change, a *activity.Activity) {
	s := &standing{b: b, row: change.Row, from: a.Time, targets: map[string]bool{}, tenant: strings.Contains(r.op(a), "transportrule"), when: r.conditionsOf(a)}
	for _, to := range change.Values {
		s.targets[account.Address(to)] = true
	}
	var open bool
	s.to, open = r.undone.until(&r.lookup, a, s.tenant)
	name := change.What
	if change.Type == activity.ForwardingChange && !s.tenant {
		name = "forwarding of the mailbox"
	}
	s.whole = len(b.Wholes)
	b.Wholes = append(b.Wholes, Whole{
		How: Forwarding, Name: name, Targets: change.Values, First: s.from, Last: s.to, Open: open, Unread: s.when.unread, Body: s.when.looksInside(),
		Rows: []uint32{s.row}, Count: 1, rule: s,
	})
	if s.tenant && len(r.rules) < maxStanding {
		r.rules = append(r.rules, s)
	}
}

// further joins a rule to the last one whose conditions are looked at: together they count as having none.
func (r *placing) further(b *box, change *Change, a *activity.Activity) {
	w := &b.Wholes[len(b.Wholes)-1]
	to, open := r.undone.until(&r.lookup, a, w.rule.tenant)
	w.First, w.Last, w.Open, w.Unread, w.Body = min(w.First, a.Time), max(w.Last, to), w.Open || open, true, false
	w.rule.from, w.rule.to, w.rule.when = w.First, w.Last, conditions{unread: true}
	if w.Count++; len(w.Rows) < MaxRows {
		w.Rows = append(w.Rows, change.Row)
		for _, to := range change.Values {
			if w.rule.targets[account.Address(to)] = true; len(w.Targets) < MaxRows {
				w.Targets = append(w.Targets, to)
			}
		}
	}
}

// undoings are the changes that take rules and forwarding back, in order of time.
type undoings struct {
	rules      map[undoKey][]int64
	forwarding map[activity.Symbol][]int64 // by mailbox
}

type undoKey struct {
	mailbox activity.Symbol // 0: transport rules
	name    string
}

func (r *placing) undoings() *undoings {
	u := &undoings{rules: map[undoKey][]int64{}, forwarding: map[activity.Symbol][]int64{}}
	for _, t := range [...]activity.Type{activity.RuleChange, activity.ForwardingChange, activity.PolicyChange} {
		for _, row := range r.c.OfType(t) {
			a := &r.c.Activities[row]
			op := r.op(a)
			transport := strings.Contains(op, "transportrule")
			if a.Result == activity.Failure || a.Flags&activity.Undated != 0 || t == activity.PolicyChange && !transport {
				continue
			}
			if t == activity.ForwardingChange && !transport {
				u.forwarding[a.Mailbox] = append(u.forwarding[a.Mailbox], a.Time)
				continue
			}
			if !takesBack(op) {
				continue
			}
			mailbox := a.Mailbox
			if transport {
				mailbox = 0
			}
			for name := range r.names(a) {
				k := undoKey{mailbox, name}
				u.rules[k] = append(u.rules[k], a.Time)
			}
		}
	}
	return u
}

// until is until when a change stood: until somebody takes it back, or as far as the log goes.
func (u *undoings) until(r *lookup, a *activity.Activity, tenant bool) (at int64, open bool) {
	if a.Type == activity.ForwardingChange && !tenant {
		return next(u.forwarding[a.Mailbox], a.Time, r.last) // another forwarding, or none
	}
	mailbox := a.Mailbox
	if tenant {
		mailbox = 0
	}
	at, open = r.last, true
	for name := range r.names(a) {
		if one, still := next(u.rules[undoKey{mailbox, name}], a.Time, r.last); !still {
			at, open = min(at, one), false
		}
	}
	return at, open
}

// next is the first of some times after one.
func next(times []int64, after, otherwise int64) (at int64, open bool) {
	i, _ := slices.BinarySearch(times, after+1)
	if i == len(times) {
		return otherwise, true
	}
	return times[i], false
}

// names are what a change may call its rule, in lower case.
func (r *lookup) names(a *activity.Activity) map[string]bool {
	out := map[string]bool{}
	for _, text := range []string{r.param(a, r.keys.name), after(r.param(a, r.keys.identity)), after(r.c.Text(r.c.Get(a, activity.FieldObject)))} {
		if text != "" {
			out[strings.ToLower(text)] = true
		}
	}
	return out
}
