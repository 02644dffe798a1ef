package listing

import (
	"bytes"
	"errors"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/row"
)

// Our words for what stands in the directory.
const (
	opUser     = "DirectoryUser"
	opApp      = "ServicePrincipal"
	opDevice   = "Device"
	opRole     = "RoleAssignment"
	opSettings = "MailboxSettings"
	opDomain   = "Domain"
)

// records are names of logs and of other listings, whose records have names of the directory beside theirs.
func records() []string {
	return append(logs(), "ipaddress", "correlationid", "requestid", "risklevel", "riskstate", "clientappused", "scope", "permission",
		"consenttype", "ismfaregistered", "methodsregistered", "forwardingsmtpaddress", "forwardingaddress", "actiontype", "alertid")
}

// directoryKinds are listings of the directory, after Microsoft Graph's names, which the shell's modules keep.
func directoryKinds() []*row.Kind {
	return []*row.Kind{
		{
			Name: "users", Source: activity.SourceListings, Said: "listing of users",
			Columns: []string{"Id", "UserPrincipalName", "DisplayName", "Mail", "ProxyAddresses", "UserType", "AccountEnabled", "CreatedDateTime"},
			Tells: [][]string{
				{"userprincipalname", "id|objectid|externaldirectoryobjectid", "proxyaddresses|accountenabled|usertype|lastpasswordchangedatetime|onpremisessyncenabled"},
			},
			Not: records(), Pages: []string{"users"},
			Add: addUser, ID: []string{"id", "objectid"},
		},
		{
			Name: "service-principals", Source: activity.SourceListings, Said: "listing of applications",
			Columns: []string{"Id", "AppId", "DisplayName", "ServicePrincipalType", "AppOwnerOrganizationId", "CreatedDateTime"},
			Tells: [][]string{
				{"appid", "displayname", "serviceprincipaltype|appownerorganizationid|serviceprincipalnames|signinaudience|keycredentials"},
			},
			Not: append(records(), "userprincipalname"), Pages: []string{"serviceprincipals", "applications"},
			Add: addApp, ID: []string{"id", "objectid"},
		},
		{
			Name: "devices", Source: activity.SourceListings, Said: "listing of devices",
			Columns: []string{"Id", "DeviceId", "DisplayName", "OperatingSystem", "TrustType", "RegistrationDateTime"},
			Tells: [][]string{
				{"deviceid", "operatingsystem", "registrationdatetime|approximatelastsignindatetime|trusttype|profiletype"},
			},
			Not: records(), Pages: []string{"devices", "users()/registereddevices", "users()/owneddevices"},
			Add: addDevice, ID: []string{"id"},
		},
		{
			Name: "role-assignments", Source: activity.SourceListings, Said: "listing of directory roles",
			Columns: []string{"Id", "PrincipalId", "RoleDefinitionId", "DirectoryScopeId"},
			Tells:   [][]string{{"principalid", "roledefinitionid"}},
			Not:     logs(), Pages: []string{"rolemanagement/directory/roleassignments"},
			Add: addRole, ID: []string{"id"},
		},
		{
			Name: "mailbox-settings", Source: activity.SourceListings, Said: "settings of a mailbox",
			Columns: []string{"UserPrincipalName", "TimeZone", "AutomaticRepliesSetting"},
			Tells:   [][]string{{"automaticrepliessetting", "timezone"}},
			Not:     logs(), Pages: []string{"users()/mailboxsettings"},
			Add: addSettings, ID: []string{contextOfPage},
		},
		{
			Name: "domains", Source: activity.SourceListings, Said: "listing of domains",
			Columns: []string{"Id", "IsDefault", "IsVerified", "AuthenticationType"},
			Tells:   [][]string{{"id|name", "isverified", "isdefault|isinitial|authenticationtype"}},
			Not:     records(), Pages: []string{"domains"},
			Add: addDomain, ID: []string{"id", "name"},
		},
	}
}

const contextOfPage = "@odata.context"

var (
	errNoID     = errors.New("no id: nothing of the directory")
	errNoDomain = errors.New("no domain is named")
)

// addUser makes what the directory says of a user, and the names that it gives the account.
func addUser(r *row.Row, to *activity.Shard) error {
	name := bytes.TrimSpace(r.Get("userprincipalname"))
	if len(name) == 0 {
		return errNoUser
	}
	a := start(r, to, opUser, activity.Other, nil)
	row.Put(to, activity.FieldTarget, name)
	row.Param(to, "UserType", r.Get("usertype"))
	row.Param(to, "AccountEnabled", r.Get("accountenabled"))
	row.Param(to, "CreatedDateTime", r.Get("createddatetime"))
	row.Param(to, "LastPasswordChange", r.Get("lastpasswordchangedatetime"))
	row.Param(to, "DisplayName", r.Get("displayname"))
	r.Raw(to)
	identify(&a, to, name, r.Get("id", "objectid"))
	to.Add(a)
	others := append(otherNames(r), r.Get("id", "objectid"), r.Get("mail"))
	for _, one := range r.List("proxyaddresses") {
		if kind, address, ok := bytes.Cut(one, []byte(":")); ok && bytes.EqualFold(kind, []byte("smtp")) && len(others) < mostProxies {
			others = append(others, address)
		}
	}
	to.Called(to.InternFold(record.Bounded(to, name)), others...)
	return nil
}

// addApp makes what the directory says of an application in the tenant.
func addApp(r *row.Row, to *activity.Shard) error {
	app := r.Get("appid", "id", "objectid")
	if len(app) == 0 {
		return errNoApp
	}
	a := start(r, to, opApp, activity.Other, nil)
	row.Put(to, activity.FieldAppID, app)
	row.Put(to, activity.FieldObject, r.Get("id", "objectid"))
	row.Put(to, activity.FieldTarget, r.Get("displayname", "appdisplayname"))
	row.Param(to, "CreatedDateTime", r.Get("createddatetime"))
	row.Param(to, "OwnerTenant", r.Get("appownerorganizationid", "appownertenantid"))
	row.Param(to, "Publisher", r.Get("verifiedpublisher.displayname", "publishername"))
	row.Param(to, "Kind", r.Get("serviceprincipaltype"))
	r.Raw(to)
	identify(&a, to, app, r.Get("id", "objectid"))
	to.Add(a)
	return nil
}

// addDevice makes what the directory says of a device, with its owner where that is known.
func addDevice(r *row.Row, to *activity.Shard) error {
	id := r.Get("deviceid", "id")
	if len(id) == 0 {
		return errNoID
	}
	owner := r.Owner()
	if len(owner) == 0 {
		owner = r.Get("userprincipalname", "owner", "registeredowner")
	}
	a := start(r, to, opDevice, activity.Other, owner)
	row.Put(to, activity.FieldDevice, id)
	row.Put(to, activity.FieldObject, r.Get("displayname"))
	row.Param(to, "OperatingSystem", r.Get("operatingsystem"))
	row.Param(to, "RegistrationDateTime", r.Get("registrationdatetime", "createddatetime"))
	row.Param(to, "IsManaged", r.Get("ismanaged"))
	row.Param(to, "TrustType", r.Get("trusttype"))
	r.Raw(to)
	identify(&a, to, id, r.Get("displayname"))
	to.Add(a)
	return nil
}

// addRole makes who holds a role of the directory.
func addRole(r *row.Row, to *activity.Shard) error {
	id, role := r.Get("principalid"), r.Get("roledefinition.displayname", "roledefinitionname", "roledefinitionid")
	if len(id) == 0 {
		return errNoID
	}
	who := r.Get("principal.userprincipalname", "userprincipalname")
	a := start(r, to, opRole, activity.Other, who)
	row.Put(to, activity.FieldTarget, record.First(who, r.Get("principal.displayname", "principaldisplayname"), id))
	row.Put(to, activity.FieldObject, role)
	row.Param(to, "Role", role)
	row.Param(to, "Scope", r.Get("directoryscopeid"))
	row.Param(to, "CreatedDateTime", r.Get("createddatetime", "startdatetime"))
	r.Raw(to)
	identify(&a, to, id, r.Get("roledefinitionid"), r.Get("directoryscopeid"))
	to.Add(a)
	if len(who) > 0 {
		to.Called(a.Mailbox, id)
	}
	return nil
}

// addSettings makes what a mailbox is set to: its time zone, and what it answers by itself.
func addSettings(r *row.Row, to *activity.Shard) error {
	owner := r.Owner()
	if len(owner) == 0 {
		owner = r.Get("userprincipalname", "mailbox")
	}
	if len(owner) == 0 {
		return errNoOwner
	}
	a := start(r, to, opSettings, activity.Other, owner)
	row.Put(to, activity.FieldObject, owner)
	row.Param(to, "Timezone", r.Get("timezone"))
	row.Param(to, "AutomaticReplies", r.Get("automaticrepliessetting.status"))
	row.Param(to, "ExternalReply", r.Get("automaticrepliessetting.externalreplymessage"))
	r.Raw(to)
	identify(&a, to, owner)
	to.Add(a)
	return nil
}

// addDomain makes a domain of the tenant.
func addDomain(r *row.Row, to *activity.Shard) error {
	name := r.Get("id", "name", "domainname")
	if len(name) == 0 {
		return errNoDomain
	}
	a := start(r, to, opDomain, activity.Other, nil)
	row.Put(to, activity.FieldObject, name)
	row.Param(to, "IsVerified", r.Get("isverified"))
	row.Param(to, "IsDefault", r.Get("isdefault"))
	r.Raw(to)
	identify(&a, to, name)
	to.Add(a)
	return nil
}
