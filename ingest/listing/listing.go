// Package listing reads listings of settings other than inbox rules: where mailboxes forward, the transport rules of the
// tenant, what applications were granted, and the second factors of users. They say what stands, not what was done: they
// are in no timeline. What is of nobody's mailbox is the tenant's.
//
// Parameters, for rules: Name, Enabled, Mode, WhenChanged and the actions of a transport rule; DeliverToMailboxAndForward;
// PermissionType, ConsentType, Resource, Publisher, CreationTimestamp of a grant; Methods, MfaRegistered of a user.
package listing

import (
	"bytes"
	"errors"
	"hash/fnv"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/row"
)

// Formats are the exports that this package reads.
func Formats() []record.Format {
	return row.Formats("listings-json", slices.Concat(kinds(), directoryKinds()))
}

// Our words for what stands.
const (
	opForwarding = "MailboxForwarding"
	opTransport  = "TransportRule"
	opGrant      = "OAuthGrant"
	opMethods    = "AuthenticationMethods"
)

// WholeTenant is whose a setting is that is of no mailbox alone.
const WholeTenant = "the whole tenant"

// logs are names that records of logs have: a listing has none of them.
func logs() []string {
	return []string{"auditdata", "operation", "creationtime", "ruleidentity", "ruleid", "receiveddatetime", "activitydisplayname", "resulttype"}
}

// kinds are the records, a special one before a general one. Names: Get-TransportRule, Get-Mailbox, Microsoft Graph's
// oAuth2PermissionGrant and userRegistrationDetails, and what Microsoft-Extractor-Suite writes of them.
func kinds() []*row.Kind {
	return []*row.Kind{
		{
			Name: "transport-rules", Source: activity.SourceListings, Said: "listing of transport rules",
			Columns: []string{"Name", "State", "Mode", "Priority", "WhenChanged", "BlindCopyTo", "CopyTo", "RedirectMessageTo", "Description"},
			Tells: [][]string{
				{"name", "state", "blindcopyto|redirectmessageto|copyto|addtorecipients|routemessageoutboundconnector"},
				{"name|rulename", "state", "whenchanged|mode|priority", "description"},
			},
			Not: append(logs(), "forwardto", "alertseverity", "severity"),
			Add: addTransport, ID: []string{"guid", "identity", "name"},
		},
		{
			Name: "mailbox-forwarding", Source: activity.SourceListings, Said: "listing of mailbox forwarding",
			Columns: []string{"UserPrincipalName", "PrimarySmtpAddress", "ForwardingAddress", "ForwardingSmtpAddress", "DeliverToMailboxAndForward"},
			Tells: [][]string{
				{"forwardingsmtpaddress|forwardingaddress", "userprincipalname|primarysmtpaddress|mailbox|windowsemailaddress|windowsliveid|identity|alias"},
			},
			Not: logs(),
			Add: addForwarding, ID: []string{"exchangeguid", "guid", "userprincipalname"},
		},
		{
			Name: "oauth-grants", Source: activity.SourceListings, Said: "listing of OAuth grants",
			Columns: []string{"PermissionType", "AppId", "ClientObjectId", "ClientDisplayName", "ResourceDisplayName", "Permission", "ConsentType", "PrincipalObjectId", "PrincipalDisplayName", "PublisherName"},
			Tells: [][]string{
				{"permission|scope|scopes", "consenttype|permissiontype", "clientobjectid|clientid|appid|clientdisplayname"},
				{"approleid", "principalid", "resourceid|resourcedisplayname"},
			},
			Not: append(logs(), "requesturi", "ipaddress"),
			Add: addGrant, ID: []string{"id", "clientobjectid", "clientid"},
		},
		{
			Name: "authentication-methods", Source: activity.SourceListings, Said: "listing of authentication methods",
			Columns: []string{"UserPrincipalName", "IsMfaRegistered", "MethodsRegistered", "DefaultMfaMethod", "IsAdmin"},
			Tells: [][]string{
				{"userprincipalname|user", "ismfaregistered|mfastatus|methodsregistered"},
				{"userprincipalname|user", "authenticationmethod|authmethodtype|methodtype", "phonenumber|displayname|createddatetime"},
			},
			Not:   append(logs(), "ipaddress", "requestid"),
			Pages: []string{"users()/authentication/methods"},
			Add:   addMethods, ID: []string{"id"},
		},
	}
}

var (
	errNoName  = errors.New("no name: not a rule")
	errNoOwner = errors.New("no mailbox is named")
	errNoApp   = errors.New("no application is named")
	errNoUser  = errors.New("no user is named")
)

// start makes what stands in a mailbox; "" is the tenant.
func start(r *row.Row, to *activity.Shard, op string, kind activity.Type, owner row.Text) activity.Activity {
	a := activity.Activity{Offset: r.Offset, Type: kind, Flags: activity.Undated, Op: to.Symbols.InternString(op)}
	if owner = bytes.TrimSpace(owner); len(owner) == 0 {
		owner, a.Lane = row.Text(WholeTenant), activity.System
	}
	a.Mailbox = to.InternFold(record.Bounded(to, owner))
	return a
}

// identify gives a setting the identity of what it is about, and the sum of what it says.
func identify(a *activity.Activity, to *activity.Shard, about ...[]byte) {
	whole := append([][]byte{[]byte("listing"), []byte(to.Symbols.Text(a.Op)), []byte(to.Symbols.Text(a.Mailbox))}, about...)
	a.ID = activity.HashID(bytes.ToLower(bytes.Join(whole, []byte{0})))
	sum := fnv.New64a()
	sum.Write(bytes.ToLower(bytes.Join(about, []byte{0})))
	a.Sum = sum.Sum64()
}

// forward adds every place that mail is sent on to, and its domain where it is an address; it says whether there is any.
func forward(to *activity.Shard, value row.Text) (any bool) {
	for _, address := range record.Addresses(value) {
		if len(address) == 0 {
			continue
		}
		any = true
		to.Put(activity.FieldForwardTo, record.Bounded(to, address))
		if at := bytes.LastIndexByte(address, '@'); at > 0 && address[0] != '/' {
			to.Put(activity.FieldForwardDomain, record.Bounded(to, address[at+1:]))
		}
	}
	return any
}

// addForwarding makes a setting of a mailbox, whether it forwards or not.
func addForwarding(r *row.Row, to *activity.Shard) error {
	owner := r.Get("primarysmtpaddress", "userprincipalname", "windowsemailaddress", "windowsliveid", "mailbox", "identity", "alias", "name", "displayname")
	if owner == nil {
		return errNoOwner
	}
	a := start(r, to, opForwarding, activity.ForwardingChange, withoutProtocol(owner))
	smtp, other := r.Get("forwardingsmtpaddress"), r.Get("forwardingaddress")
	forward(to, smtp)
	forward(to, other)
	row.Put(to, activity.FieldObject, owner)
	row.Param(to, "ForwardingSmtpAddress", smtp)
	row.Param(to, "ForwardingAddress", other)
	row.Param(to, "DeliverToMailboxAndForward", r.Get("delivertomailboxandforward"))
	r.Raw(to)
	identify(&a, to, smtp, other)
	to.Add(a)
	to.Called(a.Mailbox, otherNames(r)...)
	return nil
}

// mostProxies is how many further addresses of a mailbox are kept as its names.
const mostProxies = 400

// otherNames are what a listing of mailboxes calls one of them, but for what people read: addresses, ids, distinguished names.
func otherNames(r *row.Row) [][]byte {
	var names [][]byte
	for _, column := range [...]string{
		"userprincipalname", "primarysmtpaddress", "windowsemailaddress", "alias", "samaccountname", "exchangeguid", "guid", "externaldirectoryobjectid",
		"legacyexchangedn", "distinguishedname",
	} {
		if name := r.Get(column); len(name) > 0 {
			names = append(names, withoutProtocol(name))
		}
	}
	split := func(c rune) bool { return strings.ContainsRune("{}[]\"',;\r\n", c) }
	for word := range bytes.FieldsFuncSeq(r.Get("emailaddresses"), split) {
		kind, name, ok := bytes.Cut(bytes.TrimSpace(word), []byte(":"))
		if ok && (bytes.EqualFold(kind, []byte("smtp")) || bytes.EqualFold(kind, []byte("x500"))) && len(names) < mostProxies {
			names = append(names, name)
		}
	}
	return names
}

// withoutProtocol is an address without the prefix of its protocol.
func withoutProtocol(name row.Text) row.Text {
	if list := record.Addresses(name); len(list) == 1 && bytes.IndexByte(list[0], '@') > 0 {
		return list[0]
	}
	return name
}

// addTransport makes a setting of a transport rule. A listing without a column for an action tells it in the description.
func addTransport(r *row.Row, to *activity.Shard) error {
	name := r.Get("name", "rulename", "identity")
	if name == nil {
		return errNoName
	}
	a := start(r, to, opTransport, activity.PolicyChange, nil)
	said := r.Get("description")
	sends := false
	for _, column := range [...]string{"blindcopyto", "copyto", "redirectmessageto", "addtorecipients"} {
		if value := r.Get(column); value != nil {
			sends = forward(to, value) || sends
			row.Param(to, actions()[column], value)
		}
	}
	if !sends {
		sends = forward(to, described(said))
	}
	if sends {
		a.Type = activity.ForwardingChange
	}
	row.Put(to, activity.FieldObject, name)
	row.Param(to, "Name", name)
	row.Param(to, "Enabled", enabled(r.Get("state", "enabled")))
	row.Param(to, "Mode", r.Get("mode"))
	row.Param(to, "WhenChanged", r.Get("whenchanged", "whenchangedutc"))
	row.Param(to, "Description", said)
	for _, column := range [...]string{"deletemessage", "setscl", "subjectorbodycontainswords", "subjectcontainswords", "from", "sentto", "fromscope", "routemessageoutboundconnector", "createdby", "lastmodifiedby"} {
		row.Param(to, actions()[column], r.Get(column))
	}
	r.Raw(to)
	identify(&a, to, name, r.Get("blindcopyto"), r.Get("copyto"), r.Get("redirectmessageto"), r.Get("state"))
	to.Add(a)
	return nil
}

// actions are the parameters of New-TransportRule by their columns.
func actions() map[string]string {
	return map[string]string{
		"blindcopyto": "BlindCopyTo", "copyto": "CopyTo", "redirectmessageto": "RedirectMessageTo", "addtorecipients": "AddToRecipients",
		"deletemessage": "DeleteMessage", "setscl": "SetSCL", "subjectorbodycontainswords": "SubjectOrBodyContainsWords",
		"subjectcontainswords": "SubjectContainsWords", "from": "From", "sentto": "SentTo", "fromscope": "FromScope",
		"routemessageoutboundconnector": "RouteMessageOutboundConnector", "createdby": "CreatedBy", "lastmodifiedby": "LastModifiedBy",
	}
}

// enabled is a state as inbox rules have it.
func enabled(state row.Text) row.Text {
	switch strings.ToLower(string(bytes.TrimSpace(state))) {
	case "enabled", "true":
		return row.Text("True")
	case "disabled", "false":
		return row.Text("False")
	}
	return nil
}

// described are the addresses that a rule's description says mail goes to: 'Blind carbon copy(Bcc) the message to "a@b"'.
func described(said row.Text) row.Text {
	var found [][]byte
	for line := range bytes.SplitSeq(said, []byte("\n")) {
		lower := bytes.ToLower(line)
		if !bytes.Contains(lower, []byte("copy")) && !bytes.Contains(lower, []byte("redirect")) && !bytes.Contains(lower, []byte("forward")) && !bytes.Contains(lower, []byte("add the recipient")) {
			continue
		}
		if i := bytes.Index(lower, []byte("take the following actions")); i >= 0 {
			lower = lower[i:]
		}
		for word := range bytes.FieldsFuncSeq(lower, func(c rune) bool { return strings.ContainsRune(" \t\r'\"(),;<>[]", c) }) {
			if at := bytes.IndexByte(word, '@'); at > 0 && bytes.IndexByte(word[at:], '.') > 0 {
				found = append(found, bytes.Trim(word, "."))
			}
		}
	}
	return bytes.Join(found, []byte(";"))
}

// addGrant makes a setting of what an application may do: in somebody's name, or in everybody's.
func addGrant(r *row.Row, to *activity.Shard) error {
	app := r.Get("appid", "clientid", "clientobjectid", "clientdisplayname", "principalid")
	if app == nil {
		return errNoApp
	}
	owner := r.Get("principaluserprincipalname", "userprincipalname", "principalobjectid", "principalid", "principaldisplayname")
	if strings.EqualFold(string(r.Get("consenttype")), "AllPrincipals") || strings.EqualFold(string(r.Get("permissiontype")), "Application") || r.Has("approleid") {
		owner = nil
	}
	a := start(r, to, opGrant, activity.Consent, owner)
	scopes := r.Get("permission", "scope", "scopes", "approlevalue", "approleid")
	row.Put(to, activity.FieldAppID, app)
	row.Put(to, activity.FieldObject, r.Get("clientobjectid", "clientid", "id"))
	row.Put(to, activity.FieldTarget, r.Get("clientdisplayname", "appdisplayname", "principaldisplayname"))
	for scope := range bytes.FieldsFuncSeq(scopes, func(c rune) bool { return c == ' ' || c == ',' || c == ';' }) {
		row.Put(to, activity.FieldScopes, scope)
	}
	row.Param(to, "PermissionType", r.Get("permissiontype"))
	row.Param(to, "ConsentType", r.Get("consenttype"))
	row.Param(to, "Resource", r.Get("resourcedisplayname"))
	row.Param(to, "Publisher", r.Get("publishername"))
	row.Param(to, "Principal", r.Get("principaldisplayname"))
	row.Param(to, "CreationTimestamp", r.Get("creationtimestamp", "createddatetime"))
	r.Raw(to)
	identify(&a, to, app, r.Get("resourceobjectid", "resourceid", "resourcedisplayname"), scopes, r.Get("consenttype"))
	to.Add(a)
	return nil
}

// addMethods makes a setting of a user's second factors.
func addMethods(r *row.Row, to *activity.Shard) error {
	owner := r.Get("userprincipalname", "user")
	if len(owner) == 0 {
		owner = r.Owner()
	}
	if len(owner) == 0 {
		return errNoUser
	}
	a := start(r, to, opMethods, activity.CredentialChange, owner)
	var methods [][]byte
	for _, m := range r.List("methodsregistered", "authenticationmethods", "authenticationmethod", "authmethodtype", "methodtype") {
		methods = append(methods, m)
	}
	if kind := string(r.Get("@odata.type")); kind != "" { // "#microsoft.graph.phoneAuthenticationMethod"
		methods = append(methods, []byte(strings.TrimSuffix(kind[strings.LastIndexByte(kind, '.')+1:], "AuthenticationMethod")))
	}
	for _, m := range [...]string{"email", "fido2", "app", "phone", "softwareoath", "tap", "hellobusiness"} { // a column each
		if value := strings.ToLower(string(r.Get(m))); value == "true" || value == "yes" {
			methods = append(methods, []byte(m))
		}
	}
	row.Param(to, "Methods", bytes.Join(methods, []byte(";")))
	row.Param(to, "MfaRegistered", r.Get("ismfaregistered", "mfastatus"))
	row.Param(to, "DefaultMethod", r.Get("defaultmfamethod"))
	row.Param(to, "Phone", r.Get("phonenumber"))
	row.Param(to, "Device", r.Get("displayname", "model"))
	row.Param(to, "CreatedDateTime", r.Get("createddatetime"))
	row.Put(to, activity.FieldObject, owner)
	r.Raw(to)
	identify(&a, to, bytes.Join(methods, []byte(";")), r.Get("phonenumber"), r.Get("id"))
	to.Add(a)
	return nil
}
