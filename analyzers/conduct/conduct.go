// Package conduct says what kind of thing an act is, as far as that tells why somebody is in a mailbox: he reads, searches, sends,
// or does what travellers do not do. Whoever judges visits shares it (packages stranger and attribution).
package conduct

import (
	"math/bits"

	"triage/ingest/activity"
)

// Kind is a set of kinds of acts, a bit for each.
type Kind uint16

// The kinds. Of no act alone is it said that it took a whole mailbox: Sync is for who knows by what it was done.
const (
	Read Kind = 1 << iota
	Search
	Send
	Delete
	Share
	Rule
	Factor
	Consent
	Account
	Right
	Policy
	Sync
)

const (
	// Strong are what travellers do not do.
	Strong = Rule | Factor | Consent | Account | Right | Policy
	// Mailbox are what is done in a mailbox, by records that show from where if they can.
	Mailbox = Read | Search | Send | Delete | Share | Sync
)

// Of is the kind of an act; 0 for any that says nothing, and for what failed.
func Of(a *activity.Activity) Kind {
	if a.Result == activity.Failure {
		return 0
	}
	switch a.Type {
	case activity.Read, activity.MailAccess, activity.AttachmentOpen, activity.FileAccess:
		return Read
	case activity.Search:
		return Search
	case activity.RuleChange, activity.ForwardingChange:
		return Rule
	case activity.CredentialChange:
		return Factor
	case activity.Consent, activity.AppChange:
		return Consent
	case activity.AccountChange:
		return Account
	case activity.PermissionChange, activity.RoleChange:
		return Right
	case activity.PolicyChange, activity.AuditChange:
		return Policy
	case activity.Send, activity.Reply, activity.Forward:
		return Send
	case activity.Delete:
		return Delete
	case activity.Share:
		return Share
	}
	return 0
}

// Len is how many kinds there are in a set.
func (k Kind) Len() int { return bits.OnesCount16(uint16(k)) }

// Names are the kinds of a set in a word each, in the order above.
func (k Kind) Names() []string {
	return k.list([...]string{"read", "search", "send", "delete", "share", "rule", "factor", "consent", "account", "right", "policy", "sync"})
}

// Words are what the kinds of a set are called in a sentence, in the order above.
func (k Kind) Words() []string {
	return k.list([...]string{
		"mail read", "a search", "a message sent", "a deletion", "a link shared", "a rule made", "a factor changed", "a consent",
		"an account or device changed", "a right given", "a policy changed", "a mailbox synchronised",
	})
}

func (k Kind) list(words [12]string) (list []string) {
	for i, word := range words {
		if k&(1<<i) != 0 {
			list = append(list, word)
		}
	}
	return list
}
