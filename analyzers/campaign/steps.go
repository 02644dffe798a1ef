package campaign

import (
	"slices"
	"sort"
	"strings"

	"triage/analyzers/verdict"
	"triage/ingest/account"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// undo is the step that takes back what an activity changed, if it changed anything that stays.
func (l *checklist) undo(a *activity.Activity, row uint32) {
	op := strings.ToLower(l.s.text(a.Op))
	switch a.Type {
	case activity.RuleChange:
		l.rule(a, row, op)
	case activity.ForwardingChange:
		l.forwarding(a, row, op)
	case activity.Consent, activity.AppChange:
		l.application(a, row, op)
	case activity.CredentialChange:
		l.lasts(l.add(Step{Action: CheckMethods, Account: l.target(a), Op: l.s.text(a.Op)}, row), a)
	case activity.PermissionChange:
		l.permission(a, row, op)
	case activity.RoleChange:
		l.role(a, row, op)
	case activity.AuditChange:
		l.add(Step{Action: RestoreAuditing, Account: l.s.text(a.Mailbox), Object: l.object(a), Op: l.s.text(a.Op)}, row)
	case activity.PolicyChange:
		if op == "set-casmailbox" {
			l.add(Step{Action: TurnOffProtocol, Account: l.s.text(a.Mailbox)}, row)
			return
		}
		l.add(Step{Action: RestoreSetting, Object: l.object(a), Op: l.s.text(a.Op)}, row)
	case activity.AccountChange:
		l.lasts(l.add(Step{Action: CheckAccount, Account: l.target(a), Op: l.s.text(a.Op)}, row), a)
	default:
		if app := l.s.text(a.App); app == "IMAP4" || app == "POP3" {
			l.add(Step{Action: TurnOffProtocol, Account: l.s.text(l.mailbox)}, row)
		}
	}
}

func (l *checklist) object(a *activity.Activity) string {
	return l.s.text(l.s.src.Case.Get(a, activity.FieldObject))
}

// target is the account that was acted upon; the mailbox where the log names none.
func (l *checklist) target(a *activity.Activity) string {
	c := l.s.src.Case
	if t := l.s.text(c.Get(a, activity.FieldTarget)); t != "" {
		return t
	}
	return l.s.text(a.Mailbox)
}

// takesAway says that an operation removes or switches off, so that there is nothing left to remove.
func takesAway(op string) bool {
	return strings.HasPrefix(op, "remove") || strings.HasPrefix(op, "disable") || strings.HasPrefix(op, "delete")
}

func (l *checklist) rule(a *activity.Activity, row uint32, op string) {
	if takesAway(op) {
		return
	}
	name, named := l.nameOf(a)
	step := Step{Action: RemoveRule, Account: l.s.text(a.Mailbox), Object: name, Named: named, Op: l.s.text(a.Op)}
	// Object is mailbox\name for a new rule, mailbox\number for one that is changed. Source: ObjectId of
	// New-InboxRule and Set-InboxRule in the Unified Audit Log.
	if _, id, ok := strings.Cut(l.object(a), `\`); ok && id != name {
		step.ID = id
	}
	step.Values, step.More = stepValues(l.s, a, activity.FieldForwardTo)
	var by []undoKey
	if named {
		by = append(by, undoKey{a.Mailbox, activity.RuleChange, name})
	}
	if step.ID != "" {
		by = append(by, undoKey{a.Mailbox, activity.RuleChange, step.ID})
	}
	l.undone(l.add(step, row), a, by...)
}

// nameOf is an inbox rule's name; named is false where the log does not say one.
func (l *checklist) nameOf(a *activity.Activity) (name string, named bool) {
	c := l.s.src.Case
	if key := c.Symbols.Find("params.name"); key != 0 {
		if value, ok := c.Lookup(a, activity.DynamicKey(key)); ok {
			return c.Text(value), true
		}
	}
	if _, name, ok := strings.Cut(l.object(a), `\`); ok && strings.HasPrefix(strings.ToLower(l.s.text(a.Op)), "new-") {
		return name, true
	}
	return "", false
}

func (l *checklist) forwarding(a *activity.Activity, row uint32, op string) {
	if takesAway(op) {
		return
	}
	to, more := stepValues(l.s, a, activity.FieldForwardTo)
	if strings.Contains(op, "transportrule") {
		name, named := l.s.param(a, "name"), true
		if name == "" {
			name, named = l.object(a), l.object(a) != ""
		}
		l.add(Step{Action: RemoveTransport, Object: name, Named: named, Op: l.s.text(a.Op), Values: to, More: more}, row)
		return
	}
	if len(to) == 0 {
		return
	}
	step := Step{Action: StopForwarding, Account: l.s.text(a.Mailbox), Object: to[0], Op: l.s.text(a.Op), Values: to, More: more}
	l.undone(l.add(step, row), a, undoKey{a.Mailbox, activity.ForwardingChange, ""})
}

// undoing are the changes that take something back, oldest first, by what they take.
type undoing map[undoKey][]uint32

// undoKey is what is taken back: the inbox rule of a name or number, the forwarding, a right, a role, an application.
type undoKey struct {
	mailbox activity.Symbol
	kind    activity.Type
	id      string
}

// lasts is undone for what is known by what it is about.
func (l *checklist) lasts(step *Step, done *activity.Activity) {
	l.undone(step, done, lasting(l.s.src.Case, done)...)
}

// undone looks for the first later change that takes an act back, by one of these, and cites it.
func (l *checklist) undone(step *Step, done *activity.Activity, by ...undoKey) {
	c := l.s.src.Case
	step.Undone = 0 // made again after it was undone
	if done.Flags&activity.Undated != 0 {
		return // nobody knows which was first
	}
	var first *activity.Activity
	var cited uint32
	for _, key := range by {
		rows := l.undoing[key]
		at := sort.Search(len(rows), func(i int) bool { return activity.Compare(&c.Activities[rows[i]], done) > 0 })
		if at == len(rows) {
			continue
		}
		if a := &c.Activities[rows[at]]; first == nil || activity.Compare(a, first) < 0 {
			first, cited = a, rows[at]
		}
	}
	if first != nil {
		step.Undone = first.Time
		step.cite(cited)
	}
}

func (l *checklist) application(a *activity.Activity, row uint32, op string) {
	if takesAway(op) {
		return
	}
	c := l.s.src.Case
	step := Step{
		Action: RemoveConsent, Object: l.s.text(c.Get(a, activity.FieldTarget)), ID: l.s.application(a), Op: l.s.text(a.Op),
	}
	switch {
	case strings.Contains(op, "secret"), strings.Contains(op, "credential"):
		step.Action = RemoveSecret
		step.ID = cmpOr(step.ID, l.object(a))
	case admits(op): // the target is the interface to which it was admitted
		step.Action = RemoveAdmission
		step.Object, step.ID = l.s.param(a, "serviceprincipal.displayname"), l.s.param(a, "serviceprincipal.objectid")
	case a.Type != activity.Consent && !strings.HasPrefix(op, "add service principal"):
		step = Step{Action: RestoreSetting, Object: cmpOr(step.Object, l.object(a)), Op: step.Op}
	}
	values, more := stepValues(l.s, a, activity.FieldScopes)
	have := l.add(step, row)
	beyond := 0
	for _, v := range values {
		switch {
		case slices.Contains(have.Values, v):
		case len(have.Values) < maxStepValues:
			have.Values = append(have.Values, v)
		default:
			beyond++
		}
	}
	have.More = max(have.More, more+beyond)
	l.lasts(have, a)
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (l *checklist) permission(a *activity.Activity, row uint32, op string) {
	if takesAway(op) {
		return
	}
	c := l.s.src.Case
	grantee := l.s.text(c.Get(a, activity.FieldTarget))
	step := Step{Action: RemoveGrant, Account: l.s.text(a.Mailbox), Object: grantee, Op: l.s.text(a.Op)}
	if rights := l.s.param(a, "accessrights"); rights != "" {
		step.Values = []string{rights}
	}
	if strings.Contains(op, "folder") {
		step.ID = l.s.text(c.Get(a, activity.FieldFolder))
	}
	l.lasts(l.add(step, row), a)
}

func (l *checklist) role(a *activity.Activity, row uint32, op string) {
	if takesAway(op) {
		return
	}
	role := l.s.param(a, "role.displayname")
	for _, name := range []string{"role", "roles"} {
		role = cmpOr(role, l.s.param(a, name))
	}
	who := l.s.text(l.s.src.Case.Get(a, activity.FieldTarget))
	if strings.HasPrefix(op, "new-") || strings.HasPrefix(op, "set-") { // a role group or assignment: the object is what was made
		l.lasts(l.add(Step{Action: RemoveRole, Account: who, Object: role, ID: l.object(a), Op: l.s.text(a.Op)}, row), a)
		return
	}
	l.lasts(l.add(Step{Action: RemoveRole, Account: cmpOr(who, l.object(a)), Object: role, Op: l.s.text(a.Op)}, row), a)
}

// partners are those outside to whom the intruder wrote: sendings from his addresses or sessions, in the window.
func (l *checklist) partners(box *verdict.Mailbox) {
	step := Step{Action: WarnPartners, Account: box.Name}
	known := map[string]bool{}
	c := l.s.src.Case
	for _, one := range sendings(l.s, box, map[activity.Symbol]bool{}) {
		if !one.intruder {
			continue
		}
		a := &c.Activities[one.row]
		for d := range c.Details(a) {
			if d.Key != activity.KeyOf(activity.FieldRecipients) {
				continue
			}
			name := account.Address(l.s.text(d.Value))
			if known[name] || l.domains.External(name) != detect.True {
				continue
			}
			known[name] = true
			if len(step.Values) == maxStepValues {
				step.More++
				continue
			}
			step.Values = append(step.Values, name)
			step.cite(one.row)
		}
	}
	if len(step.Values) == 0 {
		return
	}
	slices.Sort(step.Values)
	step.Findings = l.s.by[box.Symbol]
	l.steps[stepKey{WarnPartners, box.Name, "", ""}] = &step
}
