package attribution

import (
	"slices"

	"triage/ingest/activity"
)

// kind is what an act says of why somebody is there; a bit for each.
type kind uint16

const (
	didRead kind = 1 << iota
	didSearch
	didSend
	didDelete
	didShare
	didRule
	didFactor
	didConsent
	didAccount
	didRight
	didPolicy
	didSync
)

// strong are what travellers do not do.
const strong = didRule | didFactor | didConsent | didAccount | didRight | didPolicy

func kindOf(c *activity.Case, a *activity.Activity) kind {
	if a.Result == activity.Failure {
		return 0
	}
	switch a.Type {
	case activity.Read, activity.MailAccess, activity.AttachmentOpen, activity.FileAccess:
		return didRead
	case activity.Search:
		return didSearch
	case activity.RuleChange, activity.ForwardingChange:
		return didRule
	case activity.CredentialChange:
		return didFactor
	case activity.Consent, activity.AppChange:
		return didConsent
	case activity.AccountChange:
		return didAccount
	case activity.PermissionChange, activity.RoleChange:
		return didRight
	case activity.PolicyChange, activity.AuditChange:
		return didPolicy
	case activity.Send, activity.Reply, activity.Forward:
		return didSend
	case activity.Delete:
		return didDelete
	case activity.Share:
		return didShare
	}
	return 0
}

// words are what kinds of acts are called, in order of bit.
func (k kind) words() []string {
	var list []string
	for i, word := range []string{"mail read", "a search", "a message sent", "a deletion", "a link shared", "a rule made", "a factor changed", "a consent", "an account or device changed", "a right given", "a policy changed", "a mailbox synchronised"} {
		if k&(1<<i) != 0 {
			list = append(list, word)
		}
	}
	return list
}

// acts are what was done in a visit.
type acts struct {
	kinds  kind
	reads  int
	byApp  int      // reads by an application, from wherever it stands
	others int      // acts that are not reading
	strong []uint32 // the first rows of strong acts
	rows   []uint32 // the first rows
}

// mostRows is how many rows a reason cites.
const mostRows = 5

func (x *acts) take(c *activity.Case, index uint32, a *activity.Activity, byApp bool) {
	if len(x.rows) < mostRows {
		x.rows = append(x.rows, index)
	}
	k := kindOf(c, a)
	x.kinds |= k
	switch {
	case k == didRead && byApp:
		x.byApp++
	case k == didRead:
		x.reads++
	case k != 0:
		x.others++
	}
	if k&strong != 0 && len(x.strong) < mostRows {
		x.strong = append(x.strong, index)
	}
}

// add joins what was done in another visit.
func (x *acts) add(o *acts) {
	x.kinds |= o.kinds
	x.reads, x.byApp, x.others = x.reads+o.reads, x.byApp+o.byApp, x.others+o.others
	x.strong, x.rows = first(append(x.strong, o.strong...)), first(append(x.rows, o.rows...))
}

// first keeps the first rows of a list.
func first(rows []uint32) []uint32 {
	slices.Sort(rows)
	rows = slices.Compact(rows)
	return rows[:min(len(rows), mostRows)]
}
