package activity

import (
	"slices"
)

// Type is our one word for what an activity did, whatever the service called it. The zero value is other.
type Type uint8

// The types, in the order in which reports list them.
const (
	Other Type = iota
	Logon
	Read
	MailAccess
	Search
	Send
	Deliver
	Delete
	Move
	Mark
	Reply
	Forward
	AttachmentOpen
	LinkClick
	RuleChange
	ForwardingChange
	PermissionChange
	Consent
	AppChange
	RoleChange
	CredentialChange
	AccountChange
	PolicyChange
	AuditChange
	FileAccess
	Share
	Alert
	typeCount
)

// typeNames are the words of YAML and JSON, by Type.
func typeNames() [typeCount]string {
	return [typeCount]string{
		"other", "logon", "read", "mail_access", "search", "send", "deliver", "delete", "move", "mark", "reply",
		"forward", "attachment_open", "link_click", "rule_change", "forwarding_change", "permission_change", "consent",
		"app_change", "role_change", "credential_change", "account_change", "policy_change", "audit_change",
		"file_access", "share", "alert",
	}
}

// String is the type's word in YAML and JSON.
func (t Type) String() string {
	if t >= typeCount {
		return "other"
	}
	return typeNames()[t]
}

// TypeNames lists every type's word, in order of Type.
func TypeNames() []string {
	names := typeNames()
	return names[:]
}

// ParseType is the type that a word names; ok is false for a word that names none.
func ParseType(word string) (t Type, ok bool) {
	names := typeNames()
	i := slices.Index(names[:], word)
	if i < 0 {
		return Other, false
	}
	return Type(i), true
}

// Result says whether the service did what was asked. The zero value is unknown: a log that says nothing is not a
// success.
type Result uint8

// The results.
const (
	Unknown Result = iota
	Success
	Failure
)

// String is the result's word in YAML and JSON.
func (r Result) String() string {
	switch r {
	case Success:
		return "success"
	case Failure:
		return "failure"
	default:
		return "unknown"
	}
}

// Lane keeps people apart from the machinery: what a service does is never part of a person's baseline. The zero value
// is a person.
type Lane uint8

// The lanes.
const (
	Person  Lane = iota
	Service      // an application or service principal, acting without a user
	System       // Microsoft's own machinery: NT AUTHORITY\SYSTEM, Certificate, S-1-5-18, app@sharepoint …
	Guest        // whoever came by a sharing link: no account of the tenant
)

// String is the lane's word in reports.
func (l Lane) String() string {
	switch l {
	case Service:
		return "service"
	case System:
		return "system"
	case Guest:
		return "guest"
	default:
		return "person"
	}
}

// ActorType is Microsoft's AuditLogRecord UserType shifted by one, so that the zero value is "not said" (Outlook
// Activities never say). Source: Office 365 Management Activity API schema, "User Type".
type ActorType uint8

// The actor types.
const (
	ActorUnknown ActorType = iota
	ActorRegular
	ActorReserved
	ActorAdmin
	ActorDcAdmin
	ActorSystem
	ActorApplication
	ActorServicePrincipal
	ActorCustomPolicy
	ActorSystemPolicy
	ActorPartnerTechnician
	ActorGuest
	actorTypeCount
)

// String is Microsoft's word for the actor type, empty when the log did not say.
func (t ActorType) String() string {
	names := [actorTypeCount]string{
		"", "Regular", "Reserved", "Admin", "DcAdmin", "System", "Application", "ServicePrincipal", "CustomPolicy",
		"SystemPolicy", "PartnerTechnician", "Guest",
	}
	if t >= actorTypeCount {
		return ""
	}
	return names[t]
}

// Interrupted says whether a sign-in error code is a step on the way rather than an end: the same person goes on, or is
// asked for something, under another record. Neither a success nor a failed guess. Source: Microsoft, "Microsoft Entra
// authentication and authorization error codes".
func Interrupted(code string) bool {
	switch code {
	case "16000", // choose an account
		"50058",          // no session to sign on with silently
		"50072", "50079", // enrol a second factor
		"50097",          // the device must prove itself
		"50125",          // set up password reset
		"50127", "50129", // install the broker, join the device
		"50140", // stay signed in?
		"50143", // another account's session
		"65001": // consent is missing
		return true
	}
	return false
}
