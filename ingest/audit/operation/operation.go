// Package operation says what the operations of the Unified Audit Log and of Entra's directory audits are in our words, and whose
// mailbox they touch. A new operation is a name in its table.
package operation

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"triage/ingest/activity"
)

// Operation is one row of the table of operations: what an Operation is in our words.
type Operation struct {
	// verbs stand before the noun of an Exchange cmdlet, joined by a hyphen; "" for an operation written whole.
	verbs string
	// Names are operations or nouns in lower case without closing full stops, separated by commas: Entra writes
	// "Add user." in this log and "Add user" in others.
	Names string
	Kind  activity.Type
	// params, if not empty, are lower-case parameters of which the record must have one; a row without follows for the
	// others.
	params string
	// Owner says where an administrator's cmdlet names the mailbox it touches.
	Owner Owner
}

// Owner says whose mailbox an operation touches, if the record has no MailboxOwnerUPN.
type Owner uint8

const (
	OfActor    Owner = iota // nobody else's
	ofIdentity              // the one in Identity
	OfRule                  // the one in Mailbox; Identity is the rule's
	OfAlert                 // the one the alert is about
)

// Verbs and parameters that several rows of the table share.
const (
	anyVerb    = "new set remove enable disable"
	forwarding = "forwardingsmtpaddress forwardingaddress delivertomailboxandforward"
	auditing   = "auditenabled auditlogagelimit auditowner auditdelegate auditadmin defaultauditset"
	holding    = "retentionpolicy litigationholdenabled retentionholdenabled singleitemrecoveryenabled " +
		"retaindeleteditemsfor inplaceholds hiddenfromaddresslistsenabled messagecopyforsentasenabled " +
		"messagecopyforsendonbehalfenabled"
	redirecting = "blindcopyto copyto redirectmessageto addtorecipients addmanagerasrecipienttype " +
		"routemessageoutboundconnector"
	secondFactors = "strongauthenticationmethod strongauthenticationrequirement strongauthenticationuserdetails " +
		"strongauthenticationphoneappdetail"
)

// All is the table, by service. Names: Microsoft's "Audit log activities" and real exports; an operation that is
// not in it is other.
func All() []Operation {
	return slices.Concat(
		mailboxOperations(),
		logonOperations(),
		exchangeOperations(),
		protectionOperations(),
		mailSearchOperations(),
		appOperations(),
		roleOperations(),
		credentialOperations(),
		accountOperations(),
		tenantOperations(),
		fileOperations(),
		alertOperations(),
	)
}

// mcasAlert begins the operations of Defender for Cloud Apps' alerts, which are as many as its policies.
const mcasAlert = "mcas_alert_"

// Vocabulary looks operations up by name. It is used by one goroutine.
type Vocabulary struct {
	rows   map[string][]meaning // shared by all, and never changed
	buffer []byte
}

// meaning is a row of the table, with its parameters one by one.
type meaning struct {
	Operation
	oneOf []string
}

func NewVocabulary() *Vocabulary { return &Vocabulary{rows: meanings()} }

// meanings is the table by name. It is made once: a folder of ten thousand small files asks for it as often.
var meanings = sync.OnceValue(func() map[string][]meaning {
	rows := map[string][]meaning{}
	for _, one := range All() {
		row := meaning{one, strings.Fields(one.params)}
		for name := range strings.SplitSeq(row.Names, ",") {
			if row.verbs == "" {
				rows[name] = append(rows[name], row)
			}
			for verb := range strings.FieldsSeq(row.verbs) {
				rows[verb+"-"+name] = append(rows[verb+"-"+name], row)
			}
		}
	}
	return rows
})

// Look is what an operation is. has says whether the record has a parameter of a lower-case name.
func (v *Vocabulary) Look(name []byte, has func(param string) bool) Operation {
	v.buffer = TableForm(v.buffer[:0], name)
	rows := v.rows[string(v.buffer)]
	for i := range rows {
		if row := &rows[i]; len(row.oneOf) == 0 || slices.ContainsFunc(row.oneOf, has) {
			return row.Operation
		}
	}
	if bytes.HasPrefix(v.buffer, []byte(mcasAlert)) {
		return Operation{Kind: activity.Alert, Owner: OfAlert}
	}
	return Operation{}
}

// TableForm brings an operation's name into the table's form: lower case, dashes as hyphens, single spaces, no full
// stop or space at its end.
func TableForm(to, name []byte) []byte {
	name = bytes.TrimRight(name, " .\u00a0")
	for i, c := range name {
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case c >= utf8.RuneSelf, c == '?', c == ' ' && i > 0 && name[i-1] == ' ':
			return append(to[:0], strings.ToLower(plainDashes(string(name)))...)
		}
		to = append(to, c)
	}
	return to
}

// plainDashes writes a dash between words as a hyphen between spaces, also one that a wrong code page or a program without
// one has spoiled: Entra's "Update application – Certificates and secrets management" comes in all of these spellings.
func plainDashes(name string) string {
	name = dashes().Replace(name)
	return strings.Join(strings.Fields(name), " ")
}

var dashes = sync.OnceValue(func() *strings.Replacer {
	return strings.NewReplacer(
		"â€“", " - ", "â€”", " - ", "ΓÇô", " - ", "ÔÇô", " - ", // UTF-8 read as Windows-1252, as code page 437, as 850
		"–", " - ", "—", " - ", "−", " - ", "\uFFFD", " - ", " ? ", " - ",
		"‐", "-", "‑", "-", "\u00a0", " ",
	)
})

// RuleLike says whether an activity of this type is known by its parameters.
func RuleLike(t activity.Type) bool {
	switch t {
	case activity.RuleChange, activity.ForwardingChange, activity.PermissionChange, activity.Consent,
		activity.AppChange, activity.RoleChange, activity.CredentialChange, activity.AccountChange,
		activity.PolicyChange, activity.AuditChange:
		return true
	default:
		return false
	}
}
