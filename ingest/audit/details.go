package audit

import (
	"bytes"
	"encoding/json"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/audit/operation"
	"triage/ingest/record"
)

// putDetails adds what the record says beyond the activity's fixed texts.
func putDetails(r *reader, a *activity.Activity, out *writer) {
	d := &r.data
	out.put(activity.FieldWorkload, d.Workload)
	if string(d.ErrorNumber) != "0" {
		out.put(activity.FieldError, d.ErrorNumber)
	}
	out.put(activity.FieldObject, d.ObjectID)
	out.put(activity.FieldAppID, appID(r, a.Type))
	out.put(activity.FieldDevice, record.First(record.ID(find(r.lists.device, "Id")), find(r.lists.device, "DisplayName")))
	putMail(r, a, out)
	putTargets(r, a, out)
	switch a.Type {
	case activity.Search:
		out.put(activity.FieldQuery, record.First(d.QueryText, d.SearchQueryText, d.SearchQuery, d.Query,
			find(r.lists.operation, "QueryText"), find(r.lists.params, "ContentMatchQuery"),
			find(r.lists.params, "SearchQuery")))
	case activity.Logon:
		// The user's directory id: how a later pass knows whose mailbox "311b45d6-…" is.
		putNamed(r, out, "raw.UserKey", d.UserKey)
		putNamed(r, out, "raw.LogonError", d.LogonError)
	case activity.Alert:
		putAlert(r, a, out)
	case activity.AccountChange:
		putContact(r, out)
	case activity.Consent, activity.AppChange:
		for _, scope := range scopesOf(r) {
			out.put(activity.FieldScopes, scope)
		}
	}
	putParams(r, a.Type, out)
	putRaw(r, out)
}

func putNamed(r *reader, out *writer, name string, value text) {
	if len(value) > 0 {
		out.named("", []byte(name), value)
	}
}

// appID is the application that acted or, where an application is what was changed, that application.
func appID(r *reader, kind activity.Type) text {
	d := &r.data
	if kind == activity.Consent || kind == activity.AppChange {
		if id := targetApp(r); id != nil {
			return id
		}
	}
	return record.First(d.ClientAppID, d.ApplicationID, d.AppID)
}

// Kinds of identity in Target, by Type: Office 365 Management Activity API schema, IdentityTypeValuePair.
const (
	identityName  = "1"
	identityOther = "2"
	identityPUID  = "3"
	identitySPN   = "4"
	identityUPN   = "5"
)

type identity struct{ ID, Type text }

func targetsOf(r *reader) []identity {
	if len(r.data.Target) == 0 {
		return nil
	}
	return identitiesOf(r, r.data.Target)
}

func identitiesOf(r *reader, list json.RawMessage) []identity {
	r.room.targets = nil
	read(r, list, &r.room.targets, scanIdentities)
	return r.room.targets
}

// targetApp is the application id among a service principal's names; nothing where the target is none.
func targetApp(r *reader) text {
	for _, t := range targetsOf(r) {
		if string(t.Type) != identitySPN {
			continue
		}
		for name := range bytes.SplitSeq(t.ID, []byte(";")) {
			if _, ok := activity.GUID(name); ok {
				return name
			}
		}
	}
	return nil
}

// putTargets adds who or what was acted upon: the users and names that a directory record lists, whom a permission was
// given to, in whose name a message was sent.
func putTargets(r *reader, a *activity.Activity, out *writer) {
	for _, t := range targetsOf(r) {
		if kind := string(t.Type); kind == identityName || kind == identityUPN {
			out.put(activity.FieldTarget, t.ID)
		}
	}
	out.put(activity.FieldTarget, r.data.TargetUserOrGroupName)
	out.put(activity.FieldTarget, record.First(r.data.SendAsUserSMTP, r.data.SendOnBehalfOfUserSMTP))
	if a.Type == activity.PermissionChange || a.Type == activity.RoleChange {
		for _, name := range []string{"User", "Trustee", "Member", "Members", "GrantSendOnBehalfTo"} {
			out.put(activity.FieldTarget, find(r.lists.params, name))
		}
	}
}

// putParams adds the parameters of a change, under the same names whatever client made it.
func putParams(r *reader, kind activity.Type, out *writer) {
	list := r.lists.params
	if kind == activity.RuleChange && len(r.lists.operation) > 0 {
		list = append(list[:len(list):len(list)], ruleParams(r.lists.operation)...)
	}
	removal := removes(r.data.Operation)
	if kind == activity.AccountChange || kind == activity.RoleChange {
		putGiven(r, removal, out)
	}
	for _, p := range list {
		putParam(r, out, kind, p.Name, p.value())
	}
	for _, p := range r.lists.modified {
		value := r.scalar(p.value())
		if old := r.scalar(p.OldValue); removal && len(value) == 0 && len(old) > 0 {
			value = old // what was taken away
		}
		putParam(r, out, kind, p.Name, value)
	}
	for _, p := range r.lists.extended { // of a sign-in or a directory change: RequestType, additionalDetails
		if out.wants(p.Name) {
			putParam(r, out, kind, p.Name, p.value())
		}
	}
	if kind == activity.RuleChange || kind == activity.ForwardingChange {
		putForwards(list, out)
	}
}

// putGiven adds which role or group an account was given or lost, whether rules ask for it or not: the register of accounts
// does.
func putGiven(r *reader, removal bool, out *writer) {
	for _, name := range [...]string{"Role.DisplayName", "Group.DisplayName"} {
		for _, p := range r.lists.modified {
			if !strings.EqualFold(string(p.Name), name) || out.wants(p.Name) || out.shard.Interest.Params == nil {
				continue
			}
			value := r.scalar(p.value())
			if old := r.scalar(p.OldValue); removal && len(value) == 0 {
				value = old
			}
			out.named("params.", p.Name, value)
		}
	}
}

func removes(operation text) bool {
	const verb = len("remove ") // and of "delete "
	return len(operation) >= verb &&
		(bytes.EqualFold(operation[:verb], []byte("remove ")) || bytes.EqualFold(operation[:verb], []byte("delete ")))
}

// putParam adds a parameter if the rules may ask for it.
func putParam(r *reader, out *writer, kind activity.Type, name, value text) {
	if out.shard.Interest.Params == nil && (operation.RuleLike(kind) || kind == activity.Alert) || out.wants(name) {
		out.named("params.", name, value)
	}
}

// scalar is the text in a list of one text, as directory changes write their values; [] is nothing. Anything longer
// stays as it is.
func scalar(value text) text {
	if len(value) == 0 || value[0] != '[' {
		return value
	}
	var list []text
	if json.Unmarshal(value, &list) != nil {
		return value
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	default:
		return value
	}
}

// unread decodes part of a record; it says whether there is something that it could not read.
func unread(raw json.RawMessage, into any) bool {
	raw = record.Unquoted(raw)
	return len(raw) > 0 && json.Unmarshal(raw, into) != nil
}
