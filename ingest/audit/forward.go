package audit

import (
	"bytes"
	"encoding/json"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// forwardParams name the addresses that mail goes to besides its recipients: inbox rules, mailboxes, transport rules.
func forwardParams() []string {
	return []string{
		"ForwardTo", "RedirectTo", "ForwardAsAttachmentTo", "ForwardingSmtpAddress", "ForwardingAddress",
		"BlindCopyTo", "CopyTo", "RedirectMessageTo", "AddToRecipients",
	}
}

// putForwards adds every place mail is sent on to, and its domain where it is an address.
func putForwards(list []property, out *writer) {
	for _, name := range forwardParams() {
		for _, p := range list {
			if !bytes.EqualFold(p.Name, []byte(name)) {
				continue
			}
			for _, to := range record.Addresses(p.value()) {
				out.put(activity.FieldForwardTo, to)
				if at := bytes.LastIndexByte(to, '@'); at > 0 && to[0] != '/' {
					out.put(activity.FieldForwardDomain, to[at+1:])
				}
			}
		}
	}
}

// ruleParams are the properties of UpdateInboxRules, which Outlook and EWS clients cause, under the names of
// New-InboxRule. Outlook writes RuleName, RuleCondition and RuleActions; EWS writes Name, Actions and ServerRule. A
// change of an existing rule has neither name nor actions: the log does not say them, so they are left out.
func ruleParams(list []property) []property {
	var params []property
	add := func(name string, value text) { params = append(params, property{Name: text(name), Value: value}) }
	add("RuleOperation", find(list, "RuleOperation"))
	if name := record.First(find(list, "RuleName"), find(list, "Name")); name != nil {
		add("Name", name)
	} else if bytes.EqualFold(find(list, "RuleOperation"), []byte("AddMailboxRule")) {
		add("Name", nil)
	}
	for _, name := range []string{"RuleCondition", "RuleState", "RuleId"} {
		if value := find(list, name); len(value) > 0 && string(value) != "{}" {
			add(name, value)
		}
	}
	written := record.First(find(list, "RuleActions"), find(list, "Actions"))
	if len(written) > 0 && string(written) != "[]" {
		add("RuleActions", written)
	}
	for _, act := range serverRecipients(ruleActions(written), ruleActions(find(list, "ServerRule"))) {
		params = append(params, act.params()...)
	}
	return params
}

// serverRecipients gives the forwarding actions that name no recipient those of the rule as the server keeps it: EWS
// writes the words of the actions apart from their recipients.
func serverRecipients(acts, server []ruleAction) []ruleAction {
	var to []byte
	for _, s := range server {
		if r := recipients(s.Recipients); len(r) > 0 {
			to = append(append(to, r...), ';')
		}
	}
	if len(to) == 0 {
		return acts
	}
	to = bytes.TrimRight(to, ";")
	given := false
	for i := range acts {
		act := bytes.ToLower(acts[i].ActionType)
		if !bytes.Contains(act, []byte("forward")) && !bytes.Contains(act, []byte("redirect")) {
			continue
		}
		if given = true; len(acts[i].to()) == 0 {
			acts[i].known = to
		}
	}
	if !given {
		acts = append(acts, ruleAction{ActionType: text("Forward"), known: to})
	}
	return acts
}

// ruleAction is one action of a rule.
type ruleAction struct {
	ActionType                         text
	Recipients                         json.RawMessage
	FolderName, Folder, Path, FolderID text

	known text // recipients that another part of the record names
}

// to are the addresses an action sends to: its recipients, or those written out in its words.
func (a ruleAction) to() text {
	if to := recipients(a.Recipients); len(to) > 0 {
		return to
	}
	var found []text
	for word := range bytes.FieldsSeq(a.ActionType) {
		if bytes.IndexByte(word, '@') > 0 {
			found = append(found, word)
		}
	}
	if len(found) > 0 {
		return bytes.Join(unique(found), []byte(";"))
	}
	return a.known
}

// ruleActions reads a list of actions, the rule they are in, or the bare word of one.
func ruleActions(value text) []ruleAction {
	var list []ruleAction
	var rule struct{ Actions []ruleAction }
	switch value = bytes.TrimSpace(value); {
	case len(value) == 0:
	case value[0] == '[':
		if json.Unmarshal(value, &list) == nil {
			return list
		}
		return cutActions(value)
	case value[0] == '{':
		if json.Unmarshal(value, &rule) == nil {
			return rule.Actions
		}
		return cutActions(value)
	default:
		for word := range bytes.FieldsFuncSeq(value, func(c rune) bool { return c == ',' || c == ';' }) {
			list = append(list, ruleAction{ActionType: bytes.TrimSpace(word)})
		}
	}
	return list
}

// params are the New-InboxRule parameters an action stands for. Words: Exchange's ActionType (ForwardToRecipientsAction)
// and Outlook's short ones (Forward).
func (a ruleAction) params() []property {
	act := bytes.ToLower(a.ActionType)
	one := func(name string, value text) []property { return []property{{Name: text(name), Value: value}} }
	has := func(word string) bool { return bytes.Contains(act, []byte(word)) }
	to := record.First(a.to(), text(activity.NoRecipient))
	switch {
	case has("forwardasattachment"):
		return one("ForwardAsAttachmentTo", to)
	case has("forward"):
		return one("ForwardTo", to)
	case has("redirect"):
		return one("RedirectTo", to)
	case has("permanentdelete"):
		return append(one("DeleteMessage", text("True")), one("PermanentDelete", text("True"))...)
	case has("delete"):
		return one("DeleteMessage", text("True"))
	case has("move"):
		return one("MoveToFolder", record.First(a.FolderName, a.Path, a.Folder, a.FolderID))
	case has("markasread"):
		return one("MarkAsRead", text("True"))
	case has("stopprocessing"):
		return one("StopProcessingRules", text("True"))
	default:
		return nil
	}
}

// recipients are those of an action, parted by semicolons: addresses and names of the directory anywhere in it (texts, or
// the lists of address properties that EWS writes, {"Values":[{"Value":"a@b"}]}), else whatever it calls them.
func recipients(raw json.RawMessage) text {
	var found []text
	walkTexts(raw, 0, func(s text) {
		if bytes.IndexByte(s, '@') > 0 || inDirectory(s) {
			found = append(found, s)
		}
	})
	if len(found) == 0 {
		found = shownNames(raw)
	}
	return bytes.Join(unique(found), []byte(";"))
}

// inDirectory says whether a text is a legacy distinguished name: /o=ExchangeLabs/…/cn=Recipients/cn=…-anna.
func inDirectory(s text) bool {
	lower := bytes.ToLower(s[:min(len(s), 200)])
	return bytes.Contains(lower, []byte("/o=")) || bytes.Contains(lower, []byte("/cn="))
}

// shownNames are what recipients without an address are called: a list of texts, or of objects with a name.
func shownNames(raw json.RawMessage) (found []text) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '[' {
		raw = append(append(json.RawMessage{'['}, raw...), ']')
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	for _, one := range list {
		var named struct{ DisplayName, Name, EmailAddress, Address text }
		switch one = bytes.TrimSpace(one); {
		case len(one) > 0 && one[0] == '"':
			named.Name = record.TextOf(one)
		case json.Unmarshal(one, &named) != nil:
			continue
		}
		if name := bytes.TrimSpace(record.First(named.EmailAddress, named.Address, named.DisplayName, named.Name)); len(name) > 0 {
			found = append(found, name)
		}
	}
	return found
}

func unique(list []text) [][]byte {
	var kept [][]byte
next:
	for _, t := range list {
		for _, k := range kept {
			if bytes.EqualFold(k, t) {
				continue next
			}
		}
		kept = append(kept, t)
	}
	return kept
}

// walkTexts visits every string in a JSON value.
func walkTexts(raw json.RawMessage, depth int, visit func(text)) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || depth > record.MaxDepth {
		return
	}
	switch raw[0] {
	case '"':
		visit(record.TextOf(raw))
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			for _, v := range list {
				walkTexts(v, depth+1, visit)
			}
		}
	case '{':
		members, _ := record.Members(raw)
		for _, m := range members {
			walkTexts(m.Value, depth+1, visit)
		}
	}
}
