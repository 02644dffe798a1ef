package message

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/row"
)

// ruleOperation is what a rule in a listing is called: it is there, and nobody knows since when.
const ruleOperation = "InboxRule"

var errNoRule = errors.New("neither a name nor an id: not a rule")

// rule is one inbox rule as it stands in a mailbox: a state, not an act.
type rule struct {
	mailbox, id, name text
	params            []param // under the names of New-InboxRule
}

type param struct {
	name  string
	value text
}

// rulesHeader is what the Extractor Suite writes; Get-InboxRule itself says Name and MailboxOwnerId.
func rulesHeader() []string {
	return []string{
		"UserName", "RuleName", "Enabled", "Priority", "RuleIdentity", "MoveToFolder", "RedirectTo", "ForwardTo",
		"ForwardAsAttachmentTo", "MarkAsRead", "DeleteMessage", "From", "SubjectContainsWords", "BodyContainsWords",
	}
}

// ruleParams are the columns that are parameters of New-InboxRule, by their lower-case names; Enabled and Priority say
// how the rule stands. Source: Get-InboxRule, and the Extractor Suite's Get-Rules.ps1.
func ruleParams() []string {
	return []string{
		"Enabled", "Priority", "StopProcessingRules", "CopyToFolder", "MoveToFolder", "RedirectTo", "ForwardTo",
		"ForwardAsAttachmentTo", "ApplyCategory", "MarkImportance", "MarkAsRead", "DeleteMessage", "SoftDeleteMessage",
		"From", "SubjectContainsWords", "SubjectOrBodyContainsWords", "BodyContainsWords", "FromAddressContainsWords",
		"HeaderContainsWords", "RecipientAddressContainsWords", "SentTo", "HasAttachment", "Description", "InError",
	}
}

// add makes an activity of a rule.
func (r *rule) add(rec record.Record, to *activity.Shard) error {
	if len(r.id) == 0 && len(r.name) == 0 {
		return errNoRule
	}
	a := activity.Activity{Offset: rec.Offset, Type: activity.RuleChange, Flags: activity.Undated}
	a.Op = to.Symbols.InternString(ruleOperation)
	a.Mailbox = to.InternFold(record.Bounded(to, r.mailbox))
	a.Sum = r.sum()
	a.ID = activity.HashID(bytes.Join([][]byte{[]byte("rule"), record.Lower(r.mailbox), record.Lower(r.id), r.name}, []byte{0}))
	if a.Mailbox == 0 {
		a.Flags |= activity.OwnerLess
	}
	to.Put(activity.FieldObject, record.Bounded(to, record.First(r.id, r.name)))
	to.PutNamed([]byte("params.Name"), record.Bounded(to, r.name))
	for _, p := range r.params {
		if wanted := to.Interest.Params; wanted == nil || wanted[strings.ToLower(p.name)] {
			to.PutNamed([]byte("params."+p.name), record.Bounded(to, p.value))
		}
	}
	r.forwards(to)
	to.Add(a)
	return nil
}

// sum is that of what every listing says of a rule: what it does, under which conditions, and whether it is on.
// Listings differ in whether they say what a rule does not do, in how they spell recipients, and in remarks.
func (r *rule) sum() uint64 {
	var facts []string
	for _, p := range r.params {
		value := strings.ToLower(string(p.value))
		switch p.name {
		case "Priority", "Description", "InError":
			continue
		case "ForwardTo", "RedirectTo", "ForwardAsAttachmentTo":
			value = string(bytes.Join(rawBytes(record.Addresses(p.value)), []byte(";")))
		}
		if value != "" && value != "false" {
			facts = append(facts, strings.ToLower(p.name)+"\x00"+value+"\x00")
		}
	}
	slices.Sort(facts)
	sum := fnv.New64a()
	for _, f := range facts {
		sum.Write([]byte(f))
	}
	return sum.Sum64()
}

func rawBytes(list []text) [][]byte {
	out := make([][]byte, len(list))
	for i, t := range list {
		out[i] = t
	}
	return out
}

// forwards adds every place mail is sent on to, and its domain where it is an address.
func (r *rule) forwards(to *activity.Shard) {
	for _, p := range r.params {
		switch p.name {
		case "ForwardTo", "RedirectTo", "ForwardAsAttachmentTo":
		default:
			continue
		}
		for _, address := range record.Addresses(p.value) {
			to.Put(activity.FieldForwardTo, record.Bounded(to, address))
			if at := bytes.LastIndexByte(address, '@'); at > 0 && address[0] != '/' {
				to.Put(activity.FieldForwardDomain, record.Bounded(to, address[at+1:]))
			}
		}
	}
}

func recogniseRules(h record.Head) string {
	c := record.ColumnsOf(h.Header)
	any := func(columns ...string) bool {
		return slices.ContainsFunc(columns, func(name string) bool { return c.Has(name) })
	}
	if !any("rulename", "name", "displayname") || !any("forwardto", "redirectto") || c.Has("auditdata") || !any(rulesTell()...) {
		return ""
	}
	switch {
	case c.Has("username", "rulename"):
		return fmt.Sprintf("header has UserName, RuleName and ForwardTo (inbox rules, %d columns)", len(h.Header))
	case c.Has("ruleidentity"):
		return fmt.Sprintf("header has RuleIdentity, Name and ForwardTo (Get-InboxRule, %d columns)", len(h.Header))
	default:
		return fmt.Sprintf("header has a rule's name and ForwardTo (inbox rules, %d columns)", len(h.Header))
	}
}

// rulesTell are columns of which a listing of inbox rules has one at least.
func rulesTell() []string {
	return []string{"ruleidentity", "ruleid", "movetofolder", "stopprocessingrules", "deletemessage"}
}

// otherColumns are what Graph, and collectors after it, call the parameters of New-InboxRule, in lower case.
func otherColumns() map[string][]string {
	return map[string][]string{
		"Enabled": {"isenabled"}, "Priority": {"sequence"}, "ForwardAsAttachmentTo": {"forwardasattachment"}, "DeleteMessage": {"delete"},
		"SubjectContainsWords": {"subjectcontains"}, "BodyContainsWords": {"bodycontains"},
		"SubjectOrBodyContainsWords": {"bodyorsubjectcontains", "subjectorbodycontains"}, "From": {"fromaddresses"},
		"SentTo": {"senttoaddresses"}, "HasAttachment": {"hasattachments"}, "FromAddressContainsWords": {"sendercontains"},
		"HeaderContainsWords": {"headercontains"}, "RecipientAddressContainsWords": {"recipientcontains"}, "ApplyCategory": {"assigncategories"},
	}
}

// ruleTable reads rows. It is used by one goroutine.
type ruleTable struct {
	at     record.Columns
	params []ruleColumn
}

// ruleColumn is a parameter of New-InboxRule and the column that has it.
type ruleColumn struct{ name, column string }

func newRules(h record.Head) record.Decoder {
	d := &ruleTable{at: record.ColumnsOf(h.Header)}
	others := otherColumns()
	for _, name := range append(ruleParams(), "PermanentDelete") {
		for _, column := range append([]string{strings.ToLower(name)}, others[name]...) {
			if d.at.Has(column) {
				d.params = append(d.params, ruleColumn{name, column})
				break
			}
		}
	}
	return d
}

// Decode implements record.Decoder. A cell that is empty says that the rule has no such part.
func (d *ruleTable) Decode(rec record.Record, to *activity.Shard) error {
	of := func(column string) text { return d.at.Of(rec, column) }
	r := rule{id: record.First(of("ruleidentity"), of("ruleid")), name: of("name")}
	for _, column := range [...]string{"displayname", "rulename"} {
		if d.at.Has(column) {
			r.name = of(column)
		}
	}
	r.mailbox = record.First(of("username"), of("userprincipalname"), of("mailbox"), of("user"), mailboxOf(of("mailboxownerid")), mailboxOf(of("identity")))
	for _, p := range d.params {
		if value := of(p.column); len(value) > 0 {
			r.params = append(r.params, param{p.name, value})
		}
	}
	return r.add(rec, to)
}

// mailboxOf is the mailbox in a rule's identity, `alice\1234567890`, or in its owner's directory name.
func mailboxOf(identity text) text {
	name, _, _ := bytes.Cut(identity, []byte(`\`))
	if i := bytes.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	return name
}

// graphRule is Graph's messageRule.
type graphRule struct {
	ID, DisplayName, IsEnabled, Sequence       text
	Mailbox, UserName, UserPrincipalName, User text // collectors add one of these
	Conditions, Actions                        json.RawMessage
}

type graphConditions struct {
	SubjectContains, BodyContains, BodyOrSubjectContains, SenderContains, HeaderContains, RecipientContains []string
	FromAddresses, SentToAddresses                                                                          []graphRecipient
	HasAttachments                                                                                          text
}

type graphActions struct {
	MoveToFolder, CopyToFolder, MarkImportance               text
	Delete, PermanentDelete, MarkAsRead, StopProcessingRules text
	AssignCategories                                         []string
	ForwardTo, RedirectTo, ForwardAsAttachmentTo             []graphRecipient
}

type graphRecipient struct {
	EmailAddress struct{ Name, Address string }
}

// rulesJSON reads messageRules. The objects do not say whose they are; the page around them may.
type rulesJSON struct{ mailbox text }

func newRulesJSON(h record.Head) record.Decoder { return &rulesJSON{mailbox: row.PageOwner(h.Page)} }

// Decode implements record.Decoder.
func (d *rulesJSON) Decode(rec record.Record, to *activity.Shard) error {
	var g graphRule
	var conditions graphConditions
	var actions graphActions
	if err := json.Unmarshal(rec.Bytes, &g); err != nil {
		return fmt.Errorf("JSON: %w", err)
	}
	if err := rulePart(g.Conditions, &conditions); err != nil {
		return fmt.Errorf("conditions: %w", err)
	}
	if err := rulePart(g.Actions, &actions); err != nil {
		return fmt.Errorf("actions: %w", err)
	}
	r := rule{id: g.ID, name: g.DisplayName, mailbox: record.First(g.Mailbox, g.UserPrincipalName, g.UserName, g.User, d.mailbox)}
	r.put("Enabled", title(g.IsEnabled))
	r.put("Priority", g.Sequence)
	r.when(conditions)
	r.then(actions)
	return r.add(rec, to)
}

// rulePart reads an object of a rule; one that is absent or null has nothing in it.
func rulePart(raw json.RawMessage, into any) error {
	raw = record.Unquoted(raw)
	if len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, into)
}

func (r *rule) put(name string, value text) {
	if len(value) > 0 {
		r.params = append(r.params, param{name, value})
	}
}

// when puts the conditions under the names of New-InboxRule.
func (r *rule) when(c graphConditions) {
	join := func(words []string) text { return text(strings.Join(words, ";")) }
	r.put("SubjectContainsWords", join(c.SubjectContains))
	r.put("BodyContainsWords", join(c.BodyContains))
	r.put("SubjectOrBodyContainsWords", join(c.BodyOrSubjectContains))
	r.put("FromAddressContainsWords", join(c.SenderContains))
	r.put("HeaderContainsWords", join(c.HeaderContains))
	r.put("RecipientAddressContainsWords", join(c.RecipientContains))
	r.put("From", recipients(c.FromAddresses))
	r.put("SentTo", recipients(c.SentToAddresses))
	r.put("HasAttachment", title(c.HasAttachments))
}

// then puts the actions under the names of New-InboxRule.
func (r *rule) then(a graphActions) {
	r.put("MoveToFolder", a.MoveToFolder)
	r.put("CopyToFolder", a.CopyToFolder)
	r.put("DeleteMessage", title(a.Delete))
	if deletes := title(a.PermanentDelete); len(deletes) > 0 {
		r.put("PermanentDelete", deletes)
		if len(a.Delete) == 0 {
			r.put("DeleteMessage", deletes)
		}
	}
	r.put("MarkAsRead", title(a.MarkAsRead))
	r.put("MarkImportance", a.MarkImportance)
	r.put("StopProcessingRules", title(a.StopProcessingRules))
	r.put("ApplyCategory", text(strings.Join(a.AssignCategories, ";")))
	r.put("ForwardTo", recipients(a.ForwardTo))
	r.put("RedirectTo", recipients(a.RedirectTo))
	r.put("ForwardAsAttachmentTo", recipients(a.ForwardAsAttachmentTo))
}

func recipients(list []graphRecipient) text {
	var all []string
	for _, r := range list {
		if address := r.EmailAddress.Address; address != "" {
			all = append(all, address)
		} else if r.EmailAddress.Name != "" {
			all = append(all, r.EmailAddress.Name)
		}
	}
	return text(strings.Join(all, ";"))
}

// title is a boolean as PowerShell writes it: True, False.
func title(value text) text {
	switch string(value) {
	case "true":
		return text("True")
	case "false":
		return text("False")
	default:
		return value
	}
}

func recogniseRulesJSON(h record.Head) string {
	for _, object := range h.Objects {
		var g graphRule
		if json.Unmarshal(object, &g) == nil && len(g.DisplayName)+len(g.ID) > 0 && len(g.Actions) > 0 && len(g.Sequence)+len(g.IsEnabled) > 0 {
			return "objects with displayName, isEnabled and actions (Graph messageRule)"
		}
	}
	return ""
}
