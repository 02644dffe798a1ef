package exposure

import (
	"cmp"
	"slices"
	"strings"

	"triage/ingest/activity"
)

// bind says that a record of an access names the messages that were opened.
func (r *lookup) bind(a *activity.Activity) bool {
	return !strings.EqualFold(r.c.Text(r.c.Get(a, activity.FieldAccess)), "Sync") && r.op(a) == "mailitemsaccessed"
}

// access takes an access that is no opening of single messages; it says whether it was one.
func (r *reading) access(b *box, a *activity.Activity, row uint32) bool {
	op := r.op(a)
	switch {
	case r.bind(a):
		return false
	case op == "mailitemsaccessed":
		folder := r.c.Get(a, activity.FieldFolder)
		if name, whole := protocol(r.c.Text(a.App), r.c.Text(a.Agent)); whole {
			r.take(b, Whole{How: Protocol, Name: name}, a, row)
			return true
		}
		r.take(b, Whole{How: Sync, Folder: folder}, a, row)
		r.whole(b, a, row)
		return true
	case op == "folderbind":
		r.take(b, Whole{How: Opened, Folder: r.c.Get(a, activity.FieldFolder)}, a, row)
		return true
	case strings.Contains(op, "search"), strings.Contains(op, "exportrequest"), strings.Contains(op, "restorerequest"):
		r.export(b, a, row)
		return true
	}
	return false
}

// protocol is the way by which a client fetches whole mailboxes.
func protocol(app, agent string) (name string, ok bool) {
	switch {
	case strings.HasPrefix(app, "IMAP"):
		return "IMAP", true
	case strings.HasPrefix(app, "POP"):
		return "POP", true
	case app == "Exchange ActiveSync", strings.Contains(agent, "Client=ActiveSync"):
		return "ActiveSync", true
	case app == "Exchange Web Services", strings.Contains(agent, "Client=WebServices"):
		return "Exchange Web Services", true
	}
	return "", false
}

// whole notes that an act is one of those that take more than it names.
func (r *reading) whole(b *box, a *activity.Activity, row uint32) {
	if a.Type == activity.Logon && a.Result != activity.Success {
		return
	}
	if name, ok := protocol(r.c.Text(a.App), ""); ok && a.Type != activity.Send && a.Type != activity.Deliver {
		r.take(b, Whole{How: Protocol, Name: name}, a, row)
	}
	if a.Type != activity.MailAccess && a.Type != activity.Read {
		return
	}
	if app := r.c.Get(a, activity.FieldAppID); app != 0 {
		if name, ok := r.apps[appKey{b.Intruder, strings.ToLower(r.c.Text(app))}]; ok {
			r.take(b, Whole{How: Application, Name: name}, a, row)
		}
	}
	if a.Actor == b.Mailbox || len(b.granted) == 0 || a.Time < b.granted[0] {
		return
	}
	r.take(b, Whole{How: FullAccess, Name: r.c.Text(a.Actor), Rows: b.grants[:1:1], Count: 1}, a, row)
}

// appKey is an application of an intruder.
type appKey struct {
	intruder int
	app      string // its id, in lower case
}

// consents notes which applications an intruder let in that may read mail: by his own acts, and those that are his.
func (r *reading) consents(intruder int) {
	one := &r.in.Intruders[intruder]
	for _, app := range one.Apps {
		r.apps[appKey{intruder, strings.ToLower(r.c.Text(app))}] = r.c.Text(app)
	}
	for _, row := range one.Rows {
		a := &r.c.Activities[row]
		switch a.Type {
		case activity.Consent, activity.AppChange:
			if app := r.c.Get(a, activity.FieldAppID); app != 0 && a.Result != activity.Failure && r.readsMail(a) {
				name := r.c.Text(app)
				if called := r.c.Text(r.c.Get(a, activity.FieldTarget)); called != "" && !strings.Contains(called, "@") && called != name {
					name = called + " (" + name + ")"
				}
				r.apps[appKey{intruder, strings.ToLower(r.c.Text(app))}] = name
			}
		case activity.PermissionChange:
			if op := r.op(a); a.Result == activity.Failure || strings.HasPrefix(op, "remove") || !r.fullAccess(a) {
				continue
			}
			b := r.box(intruder, mailboxOf(a))
			b.granted, b.grants = append(b.granted, a.Time), append(b.grants, row)
		}
	}
}

// readsMail says that a consent lets an application read mail.
func (r *lookup) readsMail(a *activity.Activity) bool {
	for d := range r.c.Details(a) {
		if d.Key != activity.KeyOf(activity.FieldScopes) {
			continue
		}
		scope := strings.ToLower(r.c.Text(d.Value))
		for _, word := range []string{"mail.read", "full_access_as_app", "ews.accessasuser", "imap.accessas", "pop.accessas", "exchange.manageasapp"} {
			if strings.Contains(scope, word) {
				return true
			}
		}
	}
	return false
}

func (r *lookup) fullAccess(a *activity.Activity) bool {
	return strings.Contains(strings.ToLower(r.param(a, r.keys.rights)), "fullaccess")
}

// export notes what a search for other people's mail took.
func (r *reading) export(b *box, a *activity.Activity, row uint32) {
	name := cmp.Or(r.param(a, r.keys.search), r.param(a, r.keys.name), r.c.Text(r.c.Get(a, activity.FieldObject)))
	query := cmp.Or(r.param(a, r.keys.query), r.c.Text(r.c.Get(a, activity.FieldQuery)))
	mailboxes, wanted := r.searched(name)
	query = cmp.Or(query, wanted)
	if own := r.param(a, r.keys.mailboxes); own != "" {
		mailboxes = append(mailboxes, listParts(own)...)
	}
	w := Whole{How: Export, Name: name, Unread: query != ""}
	if query != "" {
		w.Name += ": " + query
	}
	found := false
	for _, m := range mailboxes {
		if sym := r.c.Symbols.Find(strings.ToLower(m)); sym != 0 && sym != b.Mailbox {
			found = true
			r.take(r.box(b.Intruder, sym), w, a, row)
		}
	}
	if !found {
		r.take(b, w, a, row)
	}
}

// searched is where a search of that name looks, and what for.
func (r *reading) searched(name string) (mailboxes []string, query string) {
	if name == "" {
		return nil, ""
	}
	if r.looks == nil {
		r.looks = map[string]look{}
		for _, row := range r.c.OfType(activity.Search) {
			a := &r.c.Activities[row]
			where := r.param(a, r.keys.mailboxes)
			if where == "" {
				continue
			}
			one := look{listParts(where), cmp.Or(r.param(a, r.keys.query), r.c.Text(r.c.Get(a, activity.FieldQuery)))}
			for _, key := range []string{r.param(a, r.keys.name), r.c.Text(r.c.Get(a, activity.FieldObject))} {
				if key != "" {
					r.looks[strings.ToLower(key)] = one
				}
			}
		}
	}
	one := r.looks[strings.ToLower(name)]
	return one.mailboxes, one.query
}

// look is where a search looks, and what for.
type look struct {
	mailboxes []string
	query     string
}

func listParts(list string) []string {
	return strings.FieldsFunc(list, func(c rune) bool { return strings.ContainsRune(`;,"[] `, c) })
}

// take notes that something was taken whole; what is the same is one entry.
func (r *reading) take(b *box, w Whole, a *activity.Activity, row uint32) {
	key := string(w.How) + "\x00" + w.Name
	if w.Folder != 0 {
		key += "\x00" + r.folder(w.Folder)
	}
	i, ok := b.syncs[key]
	if !ok {
		i = len(b.Wholes)
		b.syncs[key] = i
		w.First, w.Last = a.Time, a.Time
		b.Wholes = append(b.Wholes, w)
	}
	one := &b.Wholes[i]
	one.First, one.Last = min(one.First, a.Time), max(one.Last, a.Time)
	one.Count++
	if len(one.Rows) < MaxRows && !slices.Contains(one.Rows, row) {
		one.Rows = append(one.Rows, row)
	}
}

// change notes a rule, forwarding, a right or a consent.
func (r *reading) change(b *box, a *activity.Activity, row uint32) {
	one := Change{Row: row, Type: a.Type, Target: r.c.Text(r.c.Get(a, activity.FieldTarget))}
	switch a.Type {
	case activity.RuleChange, activity.ForwardingChange:
		one.What = cmp.Or(r.param(a, r.keys.name), after(r.c.Text(r.c.Get(a, activity.FieldObject))))
		one.Values = symbolTexts(r.c, detailValues(r.c, a, activity.FieldForwardTo, maxValues))
	case activity.Consent, activity.AppChange:
		one.What = cmp.Or(r.c.Text(r.c.Get(a, activity.FieldTarget)), r.c.Text(r.c.Get(a, activity.FieldAppID)))
		one.Values = symbolTexts(r.c, detailValues(r.c, a, activity.FieldScopes, maxValues))
	default:
		one.What = cmp.Or(r.param(a, r.keys.rights), r.c.Text(r.c.Get(a, activity.FieldObject)))
	}
	b.Changes = append(b.Changes, one)
}

// maxValues bounds the values of one change.
const maxValues = 20

func symbolTexts(c *activity.Case, list []activity.Symbol) (out []string) {
	for _, s := range list {
		out = append(out, c.Text(s))
	}
	return out
}

// after is what stands behind the mailbox in the name of a rule: "alice\News".
func after(object string) string {
	if _, name, ok := strings.Cut(object, `\`); ok {
		return name
	}
	return object
}
