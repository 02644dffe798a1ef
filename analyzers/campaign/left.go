package campaign

import (
	"slices"
	"strings"

	"triage/ingest/activity"
)

// Left is what changes somebody made, each as the step that takes it back, with when the log shows it taken back: what a
// new password does not remove. rows are indexes of changes that succeeded, ascending; others are passed over. Steps stand
// in the order in which a responder acts; they cite rows and no findings.
func Left(c *activity.Case, rows []uint32) (steps []Step, more int) {
	in := Source{Case: c}
	l := checklist{s: &inquiry{src: &in}, steps: map[stepKey]*Step{}, finding: -1}
	for _, row := range rows {
		a := &c.Activities[row]
		if !lastingChange(c, a, strings.ToLower(c.Text(a.Op))) {
			continue
		}
		if l.undoing == nil {
			l.undoing = takenBack(c)
		}
		l.mailbox = a.Mailbox
		l.undo(a, row)
	}
	out := l.settle()
	for i := range out.Steps {
		out.Steps[i].Findings = nil
	}
	return out.Steps, out.More
}

// lastingChange says that an activity changes something that lasts: neither a password, which the next one replaces, nor a look at one's own
// settings.
func lastingChange(c *activity.Case, a *activity.Activity, op string) bool {
	if a.Result == activity.Failure || takesAway(op) || strings.HasPrefix(op, "hard delete") {
		return false
	}
	switch a.Type {
	case activity.PermissionChange: // a right of None is none
		s := inquiry{src: &Source{Case: c}}
		return !strings.EqualFold(strings.Trim(s.param(a, "accessrights"), "[]\" "), "none")
	case activity.RuleChange, activity.ForwardingChange, activity.RoleChange, activity.Consent, activity.PolicyChange,
		activity.AuditChange:
		return true
	case activity.AppChange:
		return !strings.HasPrefix(op, "revoke")
	case activity.CredentialChange:
		return !Password(op) && !strings.Contains(op, "delete") && !strings.Contains(op, "cancel") && !strings.Contains(op, "started") &&
			!strings.Contains(op, "reviewed") && !strings.Contains(op, "validfrom")
	case activity.AccountChange:
		for _, made := range []string{"add ", "invite ", "enable ", "register ", "restore "} {
			if strings.HasPrefix(op, made) {
				return true
			}
		}
	}
	return false
}

// Password says that an operation, in lower case, sets a password.
func Password(op string) bool {
	return strings.Contains(op, "password") && !strings.Contains(op, "application password") && !strings.Contains(op, "passwordless") &&
		!strings.Contains(op, "registered for") && !strings.Contains(op, "policy")
}

// takenBack are the changes of a whole case that take something back, oldest first, by what they take.
func takenBack(c *activity.Case) undoing {
	all := undoing{}
	for _, t := range []activity.Type{
		activity.RuleChange, activity.ForwardingChange, activity.PermissionChange, activity.RoleChange, activity.Consent, activity.AppChange,
		activity.CredentialChange, activity.AccountChange,
	} {
		for _, row := range c.OfType(t) {
			all.take(c, &c.Activities[row], row)
		}
	}
	return all
}

// take enters one change, if it takes something back.
func (u undoing) take(c *activity.Case, a *activity.Activity, row uint32) {
	if a.Result == activity.Failure {
		return
	}
	op := strings.ToLower(c.Text(a.Op))
	switch a.Type {
	case activity.ForwardingChange:
		if c.Get(a, activity.FieldForwardTo) == 0 {
			u.add(row, undoKey{a.Mailbox, a.Type, ""})
		}
		return
	case activity.RuleChange:
		gone := c.Text(c.Get(a, activity.FieldObject))
		if _, id, _ := strings.Cut(gone, `\`); takesAway(op) && gone != "" {
			u.add(row, undoKey{a.Mailbox, a.Type, id})
		}
		return
	}
	if !takesAway(op) && !strings.HasPrefix(op, "hard delete") && !strings.HasPrefix(op, "revoke") && !strings.Contains(op, "deleted") {
		return
	}
	for _, key := range things(c, a, op) {
		u.add(row, key)
	}
}

func (u undoing) add(row uint32, key undoKey) {
	if rows := u[key]; len(rows) == 0 || rows[len(rows)-1] != row {
		u[key] = append(rows, row)
	}
}

// things are what a change is about, as what takes it back names it too: the grantee of a right on a mailbox, the holder of a role,
// an application, an account. ops of applications' secrets are about the secrets alone.
func things(c *activity.Case, a *activity.Activity, op string) []undoKey {
	s := inquiry{src: &Source{Case: c}}
	var keys []undoKey
	add := func(mailbox activity.Symbol, kind activity.Type, id string) {
		if id != "" {
			keys = append(keys, undoKey{mailbox, kind, strings.ToLower(id)})
		}
	}
	targets, _ := stepValues(&s, a, activity.FieldTarget)
	switch a.Type {
	case activity.PermissionChange:
		for _, t := range targets {
			add(a.Mailbox, a.Type, t)
		}
	case activity.RoleChange:
		role := s.param(a, "role.displayname")
		for _, t := range append(targets, c.Text(c.Get(a, activity.FieldObject))) {
			if t != "" {
				add(0, a.Type, t+"\x00"+role)
			}
		}
	case activity.Consent, activity.AppChange:
		prefix := ""
		if strings.Contains(op, "credential") || strings.Contains(op, "secret") {
			prefix = "secret\x00"
		}
		if admits(op) { // the target is the interface
			targets = []string{s.param(a, "serviceprincipal.displayname"), s.param(a, "serviceprincipal.objectid")}
		}
		for _, t := range append(targets, s.application(a)) {
			if t != "" && !ownService(t) {
				add(0, activity.AppChange, prefix+t)
			}
		}
	case activity.CredentialChange, activity.AccountChange:
		if Password(op) {
			return nil
		}
		for _, t := range targets {
			add(0, a.Type, t)
		}
		if len(targets) == 0 {
			add(0, a.Type, c.Text(a.Mailbox))
		}
	}
	return keys
}

// lasting are the keys under which an act is taken back: what it is about, and the application for a secret or a right of it.
func lasting(c *activity.Case, a *activity.Activity) []undoKey {
	keys := things(c, a, strings.ToLower(c.Text(a.Op)))
	for _, key := range slices.Clone(keys) {
		if app, secret := strings.CutPrefix(key.id, "secret\x00"); secret {
			keys = append(keys, undoKey{key.mailbox, key.kind, app})
		}
	}
	return keys
}
