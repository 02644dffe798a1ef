package collect

import (
	"net/http"
	"slices"
	"time"

	"triage/ingest/m365"
)

// Source is one kind of evidence. Addresses, limits and permissions are those of Microsoft Graph's reference and of its
// "Throttling limits", as of November 2026.
type Source struct {
	Name        string
	Title       string   // in a sentence
	Permissions []string // of an application; a person's token needs the same, delegated, and a role that reads
	Lists       []List
	License     string // without which the service refuses; "" if any will do
	Missing     []Absent
}

// List is one list of a source.
type List struct {
	Name       string
	Path       string   // below the version; {mailbox} stands for one
	Beta       bool     // v1.0 does not have it
	Options    []string // of the address, name=value
	Filter     string   // besides the time's
	Time       string   // the property by which stretches of time are asked for; "": the list has no times
	Widest     time.Duration
	Kept       time.Duration // how far back the service goes; 0: for ever
	Single     bool          // an object instead of a list
	GlobalOnly bool          // other clouds do not have it
	Limit      limit
}

// PerMailbox says that the list is asked for once a mailbox.
func (l *List) PerMailbox() bool { return slices.Contains(pathParts(l.Path), "{mailbox}") }

// limit is at most so many requests within a time.
type limit struct {
	requests int
	per      time.Duration
}

// Limits of the services behind Graph.
var (
	reports  = limit{5, 10 * time.Second}      // identity and access reports
	tracing  = limit{100, 5 * time.Minute}     // message trace
	outlook  = limit{10_000, 10 * time.Minute} // for each application and mailbox; all mailboxes together stay below it
	identity = limit{1, time.Second}           // identity protection
	others   = limit{}                         // said by the service when they are reached
)

const day = 24 * time.Hour

// Audit is the name of the source that is asked for by queries which the service works off.
const Audit = "audit"

// Sources are all sources, in the order in which a case is fetched: what the service deletes first comes first.
func Sources() []Source {
	return []Source{
		signins(), {
			Name: Audit, Title: "the Unified Audit Log", Permissions: []string{"AuditLogsQuery.Read.All"},
			Lists: []List{{Name: "records", Path: "/security/auditLog/queries", Time: "createdDateTime", Widest: 30 * day, Kept: 180 * day}},
		}, {
			Name: "trace", Title: "the message trace", Permissions: []string{"ExchangeMessageTrace.Read.All"},
			Lists: []List{{
				Name: "messages", Path: "/admin/exchange/tracing/messageTraces", Options: []string{"$top=5000"},
				Time: "receivedDateTime", Widest: 10 * day, Kept: 90 * day, GlobalOnly: true, Limit: tracing,
			}},
		}, {
			Name: "risk", Title: "risk detections and risky users", License: "Entra ID P2",
			Permissions: []string{"IdentityRiskEvent.Read.All", "IdentityRiskyUser.Read.All"},
			Lists: []List{
				{Name: "detections", Path: "/identityProtection/riskDetections", Options: []string{"$top=500"}, Limit: identity},
				{Name: "users", Path: "/identityProtection/riskyUsers", Options: []string{"$top=500"}, Limit: identity},
			},
		}, {
			Name: "rules", Title: "inbox rules and mailbox settings", Permissions: []string{"MailboxSettings.Read"},
			Lists: []List{
				{Name: "rules", Path: "/users/{mailbox}/mailFolders/inbox/messageRules", Limit: outlook},
				{Name: "settings", Path: "/users/{mailbox}/mailboxSettings", Single: true, Limit: outlook},
			},
			Missing: notInGraph(),
		}, {
			Name: "grants", Title: "consents and applications", Permissions: []string{"Directory.Read.All"},
			Lists: []List{
				{Name: "consents", Path: "/oauth2PermissionGrants", Options: []string{"$top=999"}},
				{Name: "applications", Path: "/servicePrincipals", Options: []string{
					"$top=999", "$select=id,appId,displayName,accountEnabled,appOwnerOrganizationId,createdDateTime,replyUrls,publisherName,verifiedPublisher,servicePrincipalType,tags,keyCredentials,passwordCredentials",
				}},
				roles("graph", "00000003-0000-0000-c000-000000000000"),
				roles("exchange", "00000002-0000-0ff1-ce00-000000000000"),
				roles("sharepoint", "00000003-0000-0ff1-ce00-000000000000"),
			},
		}, {
			Name: "methods", Title: "authentication methods", Permissions: []string{"UserAuthenticationMethod.Read.All", "AuditLog.Read.All"},
			Lists: []List{
				{Name: "methods", Path: "/users/{mailbox}/authentication/methods"},
				{Name: "registration", Path: "/reports/authenticationMethods/userRegistrationDetails", Options: []string{"$top=999"}, Limit: reports},
			},
		}, directory(),
	}
}

func signins() Source {
	s := Source{
		Name: "signins", Title: "sign-ins", License: "Entra ID P1",
		Permissions: []string{"AuditLog.Read.All", "Directory.Read.All"},
		Lists: []List{{
			Name: "interactive", Path: "/auditLogs/signIns", Options: []string{"$top=1000"},
			Time: "createdDateTime", Widest: day, Kept: 30 * day, Limit: reports,
		}},
	}
	for _, kind := range [][2]string{{"non-interactive", "nonInteractiveUser"}, {"service-principal", "servicePrincipal"}, {"managed-identity", "managedIdentity"}} {
		l := s.Lists[0]
		l.Name, l.Beta, l.Filter = kind[0], true, "signInEventTypes/any(t: t eq '"+kind[1]+"')"
		s.Lists = append(s.Lists, l)
	}
	return s
}

// roles is what applications may do with a service, known by its application id, without anybody signed in.
func roles(name, service string) List {
	return List{Name: "roles-" + name, Path: "/servicePrincipals(appId='" + service + "')/appRoleAssignedTo", Options: []string{"$top=999"}}
}

func directory() Source {
	return Source{
		Name: "directory", Title: "directory audits, people, devices and roles",
		Permissions: []string{"AuditLog.Read.All", "Directory.Read.All", "RoleManagement.Read.Directory"},
		Lists: []List{
			{
				Name: "audits", Path: "/auditLogs/directoryAudits", Options: []string{"$top=1000"},
				Time: "activityDateTime", Widest: day, Kept: 30 * day, Limit: reports,
			},
			{Name: "people", Path: "/users", Options: []string{
				"$top=999", "$select=id,userPrincipalName,displayName,mail,proxyAddresses,otherMails,userType,accountEnabled,createdDateTime,creationType,lastPasswordChangeDateTime,onPremisesSyncEnabled",
			}},
			{Name: "devices", Path: "/devices", Options: []string{"$top=999"}},
			{Name: "role-assignments", Path: "/roleManagement/directory/roleAssignments", Options: []string{"$expand=principal"}},
			{Name: "role-definitions", Path: "/roleManagement/directory/roleDefinitions", Options: []string{"$select=id,displayName,isBuiltIn,templateId"}},
			{Name: "domains", Path: "/domains"},
		},
	}
}

// SourceNames are those of all sources.
func SourceNames() []string {
	var names []string
	for _, s := range Sources() {
		names = append(names, s.Name)
	}
	return names
}

// SourceOf is the source of a name.
func SourceOf(name string) (Source, bool) {
	all := Sources()
	i := slices.IndexFunc(all, func(s Source) bool { return s.Name == name })
	if i < 0 {
		return Source{}, false
	}
	return all[i], true
}

// endpoint is how a list is asked for. Its metadata is kept: a page says by its context whose it is.
func (l *List) endpoint() *m365.Endpoint {
	return &m365.Endpoint{
		Header:   http.Header{"Accept": {"application/json"}},
		Requests: l.Limit.requests, Per: l.Limit.per,
	}
}

// Absent is what Graph does not have, and the command that brings it.
type Absent struct {
	What    string // in a sentence
	Command string // of Exchange's shell; {mailbox} stands for one
	File    string // the name under which its output is read
}

// notInGraph is what only Exchange's own shell knows of mailboxes.
func notInGraph() []Absent {
	return []Absent{
		{
			"hidden inbox rules", "Get-InboxRule -Mailbox {mailbox} -IncludeHidden | ConvertTo-Json -Depth 5",
			"inbox-rules-hidden-{mailbox}.json",
		},
		{
			"forwarding of the mailbox itself",
			"Get-Mailbox -Identity {mailbox} | Select-Object UserPrincipalName,PrimarySmtpAddress,ForwardingAddress,ForwardingSmtpAddress,DeliverToMailboxAndForward,AuditEnabled | ConvertTo-Json",
			"mailbox-forwarding-{mailbox}.json",
		},
		{
			"rights of others over the mailbox", "Get-MailboxPermission -Identity {mailbox} | ConvertTo-Json -Depth 5",
			"mailbox-permissions-{mailbox}.json",
		},
		{"transport rules", "Get-TransportRule | ConvertTo-Json -Depth 5", "transport-rules.json"},
	}
}
