package signin

import (
	"encoding/json"

	"triage/ingest/record"
)

// scan fills the entry from an object by a cursor; false where encoding/json must read, and then nothing is changed.
func (e *entry) scan(c *record.Cursor, object []byte) bool {
	read := *e
	c.Begin(object)
	for c.Object(); c.Member(); {
		name := c.Lower()
		if to := read.textNamed(name); to != nil {
			*to = c.Text()
		} else if to := read.partNamed(name); to != nil {
			*to = c.Raw()
		} else {
			c.Skip()
		}
	}
	if !c.End() {
		return false
	}
	*e = read
	return true
}

// textNamed is the field of a member that is a text, by its name in lower case; nil for any other member.
func (e *entry) textNamed(name []byte) *text {
	if to := e.who(name); to != nil {
		return to
	}
	if to := e.how(name); to != nil {
		return to
	}
	return e.column(name)
}

// who are the fields that say when, who and what for.
func (e *entry) who(name []byte) *text {
	switch string(name) {
	case "id":
		return &e.ID
	case "correlationid":
		return &e.CorrelationID
	case "createddatetime":
		return &e.CreatedDateTime
	case "timegenerated":
		return &e.TimeGenerated
	case "time":
		return &e.Time
	case "date":
		return &e.Date
	case "userprincipalname":
		return &e.UserPrincipalName
	case "userid":
		return &e.UserID
	case "userdisplayname":
		return &e.UserDisplayName
	case "usertype":
		return &e.UserType
	case "signinidentifier":
		return &e.SignInIdentifier
	case "serviceprincipalid":
		return &e.ServicePrincipalID
	case "serviceprincipalname":
		return &e.ServicePrincipalName
	case "appid":
		return &e.AppID
	case "appdisplayname":
		return &e.AppDisplayName
	case "resourceid":
		return &e.ResourceID
	case "resourceidentity":
		return &e.ResourceIdentity
	case "resourcedisplayname":
		return &e.ResourceDisplayName
	case "ipaddress":
		return &e.IPAddress
	case "calleripaddress":
		return &e.CallerIPAddress
	case "ipaddressfromresourceprovider":
		return &e.IPAddressFromResourceProvider
	case "autonomoussystemnumber":
		return &e.AutonomousSystemNumber
	case "resourcetenantid":
		return &e.ResourceTenantID
	case "hometenantid":
		return &e.HomeTenantID
	case "aadtenantid":
		return &e.AADTenantID
	case "tenantid":
		return &e.DiagnosticTenantID
	}
	return nil
}

// how are the fields that say by what means, and what came of it.
func (e *entry) how(name []byte) *text {
	switch string(name) {
	case "clientappused":
		return &e.ClientAppUsed
	case "useragent":
		return &e.UserAgent
	case "sessionid":
		return &e.SessionID
	case "uniquetokenidentifier":
		return &e.UniqueTokenIdentifier
	case "incomingtokentype":
		return &e.IncomingTokenType
	case "authenticationprotocol":
		return &e.AuthenticationProtocol
	case "authenticationrequirement":
		return &e.AuthenticationRequirement
	case "originaltransfermethod":
		return &e.OriginalTransferMethod
	case "clientcredentialtype":
		return &e.ClientCredentialType
	case "crosstenantaccesstype":
		return &e.CrossTenantAccessType
	case "conditionalaccessstatus":
		return &e.ConditionalAccessStatus
	case "isinteractive":
		return &e.IsInteractive
	case "riskdetail":
		return &e.RiskDetail
	case "risklevelaggregated":
		return &e.RiskLevelAggregated
	case "risklevelduringsignin":
		return &e.RiskLevelDuringSignIn
	case "riskstate":
		return &e.RiskState
	case "resulttype":
		return &e.ResultType
	case "resultsignature":
		return &e.ResultSignature
	case "resultdescription":
		return &e.ResultDescription
	case "result":
		return &e.Result
	case "category":
		return &e.Category
	case "activity":
		return &e.Activity
	case "activitydisplayname":
		return &e.ActivityDisplayName
	}
	return nil
}

// column are the fields that the portal has as columns. Objects may have them, too.
func (e *entry) column(name []byte) *text {
	switch string(name) {
	case "failurereason":
		return &e.FailureReason
	case "outcome":
		return &e.Outcome
	case "mfaresult":
		return &e.MFAResult
	case "authenticationmethod":
		return &e.AuthenticationMethod
	case "authenticationmethoddetail":
		return &e.AuthenticationMethodDetail
	case "deviceid":
		return &e.DeviceID
	case "devicename":
		return &e.DeviceName
	case "browser":
		return &e.Browser
	case "operatingsystem":
		return &e.OperatingSystem
	case "trusttype":
		return &e.TrustType
	case "managed":
		return &e.Managed
	case "compliant":
		return &e.Compliant
	case "country":
		return &e.Country
	case "region":
		return &e.Region
	case "city":
		return &e.City
	case "joinedlocation":
		return &e.JoinedLocation
	}
	return nil
}

// partNamed is the field of a member that stays as it was written; nil for any other member.
func (e *entry) partNamed(name []byte) *json.RawMessage {
	switch string(name) {
	case "status":
		return &e.Status
	case "location":
		return &e.Location
	case "locationdetails":
		return &e.LocationDetails
	case "devicedetail":
		return &e.DeviceDetail
	case "mfadetail":
		return &e.MFADetail
	case "authenticationdetails":
		return &e.AuthenticationDetails
	case "properties":
		return &e.Properties
	case "riskeventtypes_v2":
		return &e.RiskEventTypesV2
	}
	return nil
}
