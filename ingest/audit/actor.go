package audit

import (
	"bytes"

	"triage/ingest/activity"
	"triage/ingest/audit/operation"
	"triage/ingest/record"
)

// userTypes are the words and numbers of UserType in the order of activity.ActorType less one; exports write either.
func userTypes() [11]string {
	return [11]string{
		"regular", "reserved", "admin", "dcadmin", "system", "application", "serviceprincipal", "custompolicy",
		"systempolicy", "partnertechnician", "guest",
	}
}

func actorType(userType text) activity.ActorType {
	var room [shortName]byte
	word := activity.AppendLower(room[:0], bytes.TrimSpace(userType))
	number := 0
	for _, c := range word {
		if c < '0' || c > '9' || number > 100 {
			number = -1
			break
		}
		number = number*10 + int(c-'0')
	}
	types := userTypes()
	for i, name := range types {
		if string(word) == name || len(word) > 0 && number == i {
			return activity.ActorType(i + 1)
		}
	}
	return activity.ActorUnknown
}

// shortName is the room for a name that is only looked at: longer than nearly all.
const shortName = 80

// isSystem knows Microsoft's own actors, as real exports spell them, by their names in lower case.
func isSystem(name []byte) bool {
	switch string(name) {
	case "s-1-5-18", "s-1-5-19", "s-1-5-20", "s-1-0-0", "certificate", "not-found", "not available", "system",
		"app@sharepoint", `sharepoint\system`, `microsoft\serviceoperator`, "securitycompliancealerts",
		"securitycomplianceinsights", "fim_password_service@support.onmicrosoft.com", "spoolsprovisioning",
		"microsoft office 365", "microsoft substrate management", "azure ad", "unknown":
		return true
	}
	for _, prefix := range [...]string{`nt authority\`, `nt service\`, "spoolsprovisioning"} {
		if bytes.HasPrefix(name, []byte(prefix)) {
			return true
		}
	}
	return false
}

// laneOf keeps people apart from machinery. A user principal name is a person whatever the user type says: portals act
// under UserType 5 (Application) in the name of the person who uses them.
func laneOf(user text, kind activity.ActorType) activity.Lane {
	var room [shortName]byte
	name := activity.AppendLower(room[:0], bytes.TrimSpace(user))
	if isSystem(name) {
		return activity.System
	}
	if _, guid := activity.GUID(name); guid || bytes.HasPrefix(name, []byte("serviceprincipal_")) {
		return activity.Service
	}
	if bytes.IndexByte(name, '@') >= 0 {
		return activity.Person
	}
	switch kind {
	case activity.ActorDcAdmin, activity.ActorSystem, activity.ActorCustomPolicy, activity.ActorSystemPolicy:
		return activity.System
	case activity.ActorApplication, activity.ActorServicePrincipal:
		return activity.Service
	default:
		return activity.Person
	}
}

// result is what became of the act. Words as real exports write them.
func (d *data) result(kind activity.Type) activity.Result {
	if kind == activity.Logon {
		switch {
		case activity.Interrupted(string(d.ErrorNumber)):
			return activity.Unknown
		case bytes.EqualFold(d.Operation, []byte("UserLoginFailed")):
			return activity.Failure // ResultStatus says Success in most of them
		case len(d.ErrorNumber) > 0 && string(d.ErrorNumber) != "0":
			return activity.Unknown // logged on, and yet an error: an interrupt that the list does not know
		}
	}
	var room [shortName]byte
	switch string(activity.AppendLower(room[:0], bytes.TrimSpace(d.ResultStatus))) {
	case "true", "success", "succeeded", "partiallysucceeded", "ok", "completed":
		return activity.Success
	case "false", "failed", "failure", "fail", "error":
		return activity.Failure
	default:
		return activity.Unknown
	}
}

// touchedMailbox is whose mailbox was touched; nothing means the actor's own.
func touchedMailbox(r *reader, where operation.Owner, lane activity.Lane) text {
	d := &r.data
	if len(d.MailboxOwnerUPN) > 0 {
		return d.MailboxOwnerUPN
	}
	if where == operation.OfAlert {
		return alertedUser(r)
	}
	if box := record.First(d.MailboxGUID, d.MailboxOwnerSID); box != nil && lane != activity.System && (len(d.UserID) == 0 || d.logon() == logonOther) {
		return box
	}
	if where == operation.OfActor || lane == activity.System {
		// The service's own upkeep of mailboxes is no part of their owners' timelines.
		return nil
	}
	var named []text
	if where == operation.OfRule {
		if ownRule(r) {
			return nil
		}
		named = []text{find(r.lists.params, "Mailbox"), ruleOwner(d.ObjectID), ruleOwner(find(r.lists.params, "Identity"))}
	} else {
		named = []text{find(r.lists.params, "Identity"), d.ObjectID}
	}
	best := text(nil)
	for _, n := range named {
		n = mailboxName(n)
		if len(n) == 0 {
			continue
		}
		if bytes.IndexByte(n, '@') > 0 {
			return n
		}
		if best == nil {
			best = n
		}
	}
	return ownedBy(r, best, where)
}

// ownRule says that a rule can only be in the actor's own mailbox: another's is reached by the parameter Mailbox, or by a
// rule's full name in Identity, which a rule that is made has not. Older mailboxes call their rules after the display name.
func ownRule(r *reader) bool {
	switch {
	case len(r.lists.params) == 0 || find(r.lists.params, "Mailbox") != nil:
		return false
	case bytes.EqualFold(r.data.Operation, []byte("New-InboxRule")):
		return true
	}
	owner := record.First(ruleOwner(find(r.lists.params, "Identity")), ruleOwner(r.data.ObjectID))
	return bytes.IndexByte(owner, ' ') > 0 && bytes.IndexByte(owner, '@') < 0 && actorType(r.data.UserType) != activity.ActorAdmin
}

// ownedBy settles an alias or a directory id. The actor's own alias is the actor. A rule under a directory id that no
// Mailbox parameter explains is the actor's own too: that parameter is how another's rules are reached.
func ownedBy(r *reader, alias text, where operation.Owner) text {
	local, _, _ := bytes.Cut(r.data.UserID, []byte("@"))
	_, guid := activity.GUID(alias)
	if bytes.EqualFold(local, alias) || guid && where == operation.OfRule && find(r.lists.params, "Mailbox") == nil {
		return nil
	}
	return alias
}

// ruleOwner is the mailbox of a rule's full name, `joey\Invoices`; nothing where there is no mailbox in it.
func ruleOwner(name text) text {
	if i := bytes.IndexByte(name, '\\'); i > 0 {
		return name[:i]
	}
	return nil
}

// mailboxName is the alias, directory id or address in a cmdlet's idea of a mailbox: the last part of
// "server/Microsoft Exchange Hosted Organizations/contoso.onmicrosoft.com/joey", without the folder of
// `joey@contoso.com:\Calendar`.
func mailboxName(name text) text {
	if i := bytes.Index(name, []byte(`:\`)); i >= 0 {
		name = name[:i]
	}
	if i := bytes.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return bytes.TrimSpace(name)
}

// logon is whose mailbox a record of Exchange says was logged on to. Words: Sentinel's OfficeActivity; numbers: the
// management API's schema.
func (d *data) logon() logon {
	var room [shortName]byte
	switch string(activity.AppendLower(room[:0], bytes.TrimSpace(d.LogonType))) {
	case "0", "owner":
		return logonOwner
	case "1", "2", "admin", "delegate", "delegated", "delegatedadmin", "5", "6":
		return logonOther
	}
	return logonUnknown
}

type logon uint8

const (
	logonUnknown logon = iota
	logonOwner
	logonOther
)

// call notes which names a record gives one account: the owner of a mailbox has its id, its security identifier and its legacy
// distinguished name, and is who logged on to it as its owner. A directory's record has the account that it changes, and who
// changed it, by name and id.
func (r *reader) call(a *activity.Activity, to *activity.Shard) {
	d := &r.data
	if len(d.MailboxGUID)+len(d.MailboxOwnerSID)+len(d.LegacyExchangeDN)+len(d.LogonType)+len(d.MailboxOwnerUPN) > 0 {
		r.callOwner(a, to)
	}
	if a.Type != activity.Logon { // what is logged on to is no user
		callUser(targetsOf(r), to)
	}
	if a.Result == activity.Success && a.ActorType != activity.ActorGuest && len(d.Actor) > 0 {
		callUser(identitiesOf(r, d.Actor), to)
	}
}

// callUser notes the names in a directory's list of them, if they are one user's.
func callUser(list []identity, to *activity.Shard) {
	for _, t := range list {
		if string(t.Type) == identityUPN {
			id, puid := directoryIDs(list)
			to.Called(to.InternFold(t.ID), id, puid)
			return
		}
	}
}

func (r *reader) callOwner(a *activity.Activity, to *activity.Shard) {
	d := &r.data
	owner := a.Mailbox
	switch {
	case len(d.MailboxOwnerUPN) == 0 && d.logon() == logonOwner:
		owner = a.Actor
	case len(d.MailboxOwnerUPN) == 0 && owner == 0:
		return
	}
	to.Called(owner, d.MailboxGUID, d.MailboxOwnerSID, d.LegacyExchangeDN)
	switch {
	case owner == a.Actor:
		to.Called(owner, d.UserKey, d.LogonUserSID)
	case d.logon() == logonOwner && a.Lane == activity.Person:
		to.Called(owner, d.UserID, d.LogonUserSID)
	}
}

// directoryIDs are the directory id and the PUID among the names of one user: other ids are those of the programs that the
// user works with.
func directoryIDs(list []identity) (id, puid text) {
	for _, t := range list {
		switch string(t.Type) {
		case identityOther:
			if rest, ok := bytes.CutPrefix(t.ID, []byte("User_")); ok {
				id = rest
			}
		case identityPUID:
			puid = t.ID
		}
	}
	return id, puid
}
