package signin

import (
	"encoding/json"

	"triage/ingest/record"
)

// entryNames are the members of a sign-in that this package has a use for, and the portal's columns that stand for them.
// Source of these: headers of InteractiveSignIns, NonInteractiveSignIns, ApplicationSignIns and MSISignIns downloads.
var entryNames = record.NewNames([]record.Name[entry]{
	{Name: "id", Text: func(e *entry) *text { return &e.ID }, Columns: []string{"Request ID"}},
	{Name: "correlationId", Text: func(e *entry) *text { return &e.CorrelationID }, Columns: []string{"Correlation ID"}},
	{Name: "createdDateTime", Text: func(e *entry) *text { return &e.CreatedDateTime }},
	{Name: "TimeGenerated", Text: func(e *entry) *text { return &e.TimeGenerated }},
	{Name: "time", Text: func(e *entry) *text { return &e.Time }},
	{Name: "date", Text: func(e *entry) *text { return &e.Date }, Columns: []string{"Date (UTC)"}},
	{Name: "userPrincipalName", Text: func(e *entry) *text { return &e.UserPrincipalName }, Columns: []string{"Username"}},
	{Name: "userId", Text: func(e *entry) *text { return &e.UserID }, Columns: []string{"User ID"}},
	{Name: "userDisplayName", Text: func(e *entry) *text { return &e.UserDisplayName }, Columns: []string{"User"}},
	{Name: "userType", Text: func(e *entry) *text { return &e.UserType }, Columns: []string{"User type"}},
	{Name: "signInIdentifier", Text: func(e *entry) *text { return &e.SignInIdentifier }, Columns: []string{"Sign-in identifier"}},
	{Name: "servicePrincipalId", Text: func(e *entry) *text { return &e.ServicePrincipalID }, Columns: []string{"Service principal ID", "Managed identity ID"}},
	{Name: "servicePrincipalName", Text: func(e *entry) *text { return &e.ServicePrincipalName }, Columns: []string{"Service principal name", "Managed identity name"}},
	{Name: "appId", Text: func(e *entry) *text { return &e.AppID }, Columns: []string{"Application ID"}},
	{Name: "appDisplayName", Text: func(e *entry) *text { return &e.AppDisplayName }, Columns: []string{"Application"}},
	{Name: "resourceId", Text: func(e *entry) *text { return &e.ResourceID }, Columns: []string{"Resource ID"}},
	{Name: "resourceIdentity", Text: func(e *entry) *text { return &e.ResourceIdentity }},
	{Name: "resourceDisplayName", Text: func(e *entry) *text { return &e.ResourceDisplayName }, Columns: []string{"Resource"}},
	{Name: "ipAddress", Text: func(e *entry) *text { return &e.IPAddress }, Columns: []string{"IP address"}},
	{Name: "callerIpAddress", Text: func(e *entry) *text { return &e.CallerIPAddress }},
	{Name: "ipAddressFromResourceProvider", Text: func(e *entry) *text { return &e.IPAddressFromResourceProvider }, Columns: []string{"IP address (seen by resource)"}},
	{Name: "autonomousSystemNumber", Text: func(e *entry) *text { return &e.AutonomousSystemNumber }, Columns: []string{"Autonomous system number"}},
	{Name: "resourceTenantId", Text: func(e *entry) *text { return &e.ResourceTenantID }, Columns: []string{"Resource tenant ID"}},
	{Name: "homeTenantId", Text: func(e *entry) *text { return &e.HomeTenantID }, Columns: []string{"Home tenant ID"}},
	{Name: "AADTenantId", Text: func(e *entry) *text { return &e.AADTenantID }},
	{Name: "tenantId", Text: func(e *entry) *text { return &e.DiagnosticTenantID }},
	{Name: "clientAppUsed", Text: func(e *entry) *text { return &e.ClientAppUsed }, Columns: []string{"Client app"}},
	{Name: "userAgent", Text: func(e *entry) *text { return &e.UserAgent }, Columns: []string{"User agent"}},
	{Name: "sessionId", Text: func(e *entry) *text { return &e.SessionID }, Columns: []string{"Session ID"}},
	{Name: "uniqueTokenIdentifier", Text: func(e *entry) *text { return &e.UniqueTokenIdentifier }, Columns: []string{"Unique token identifier"}},
	{Name: "incomingTokenType", Text: func(e *entry) *text { return &e.IncomingTokenType }, Columns: []string{"Incoming token type"}},
	{Name: "authenticationProtocol", Text: func(e *entry) *text { return &e.AuthenticationProtocol }, Columns: []string{"Authentication protocol"}},
	{Name: "authenticationRequirement", Text: func(e *entry) *text { return &e.AuthenticationRequirement }, Columns: []string{"Authentication requirement"}},
	{Name: "originalTransferMethod", Text: func(e *entry) *text { return &e.OriginalTransferMethod }, Columns: []string{"Original transfer method"}},
	{Name: "clientCredentialType", Text: func(e *entry) *text { return &e.ClientCredentialType }, Columns: []string{"Client credential type"}},
	{Name: "crossTenantAccessType", Text: func(e *entry) *text { return &e.CrossTenantAccessType }, Columns: []string{"Cross tenant access type"}},
	{Name: "conditionalAccessStatus", Text: func(e *entry) *text { return &e.ConditionalAccessStatus }, Columns: []string{"Conditional access"}},
	{Name: "isInteractive", Text: func(e *entry) *text { return &e.IsInteractive }},
	{Name: "riskDetail", Text: func(e *entry) *text { return &e.RiskDetail }},
	{Name: "riskLevelAggregated", Text: func(e *entry) *text { return &e.RiskLevelAggregated }},
	{Name: "riskLevelDuringSignIn", Text: func(e *entry) *text { return &e.RiskLevelDuringSignIn }},
	{Name: "riskState", Text: func(e *entry) *text { return &e.RiskState }},
	{Name: "resultType", Text: func(e *entry) *text { return &e.ResultType }, Columns: []string{"Sign-in error code"}},
	{Name: "resultSignature", Text: func(e *entry) *text { return &e.ResultSignature }},
	{Name: "resultDescription", Text: func(e *entry) *text { return &e.ResultDescription }},
	{Name: "result", Text: func(e *entry) *text { return &e.Result }},
	{Name: "category", Text: func(e *entry) *text { return &e.Category }},
	{Name: "activity", Text: func(e *entry) *text { return &e.Activity }},
	{Name: "requestUri", Text: func(e *entry) *text { return &e.RequestURI }},
	{Name: "activityDisplayName", Text: func(e *entry) *text { return &e.ActivityDisplayName }},
	{Name: "failureReason", Text: func(e *entry) *text { return &e.FailureReason }, Columns: []string{"Failure reason"}},
	{Name: "outcome", Text: func(e *entry) *text { return &e.Outcome }, Columns: []string{"Status"}},
	{Name: "mfaResult", Text: func(e *entry) *text { return &e.MFAResult }, Columns: []string{"Multifactor authentication result"}},
	{Name: "authenticationMethod", Text: func(e *entry) *text { return &e.AuthenticationMethod }, Columns: []string{"Multifactor authentication auth method"}},
	{Name: "authenticationMethodDetail", Text: func(e *entry) *text { return &e.AuthenticationMethodDetail }, Columns: []string{"Multifactor authentication auth detail"}},
	{Name: "deviceId", Text: func(e *entry) *text { return &e.DeviceID }, Columns: []string{"Device ID"}},
	{Name: "deviceName", Text: func(e *entry) *text { return &e.DeviceName }},
	{Name: "browser", Text: func(e *entry) *text { return &e.Browser }},
	{Name: "operatingSystem", Text: func(e *entry) *text { return &e.OperatingSystem }, Columns: []string{"Operating system"}},
	{Name: "trustType", Text: func(e *entry) *text { return &e.TrustType }, Columns: []string{"Join type"}},
	{Name: "managed", Text: func(e *entry) *text { return &e.Managed }},
	{Name: "compliant", Text: func(e *entry) *text { return &e.Compliant }},
	{Name: "country", Text: func(e *entry) *text { return &e.Country }},
	{Name: "region", Text: func(e *entry) *text { return &e.Region }},
	{Name: "city", Text: func(e *entry) *text { return &e.City }},
	{Name: "joinedLocation", Text: func(e *entry) *text { return &e.JoinedLocation }, Columns: []string{"Location"}},
	{Name: "status", Raw: func(e *entry) *json.RawMessage { return &e.Status }},
	{Name: "location", Raw: func(e *entry) *json.RawMessage { return &e.Location }},
	{Name: "locationDetails", Raw: func(e *entry) *json.RawMessage { return &e.LocationDetails }},
	{Name: "deviceDetail", Raw: func(e *entry) *json.RawMessage { return &e.DeviceDetail }},
	{Name: "mfaDetail", Raw: func(e *entry) *json.RawMessage { return &e.MFADetail }},
	{Name: "authenticationDetails", Raw: func(e *entry) *json.RawMessage { return &e.AuthenticationDetails }},
	{Name: "properties", Raw: func(e *entry) *json.RawMessage { return &e.Properties }},
	{Name: "riskEventTypes_v2", Raw: func(e *entry) *json.RawMessage { return &e.RiskEventTypesV2 }},
})

// The members of the objects inside a sign-in.
var (
	statusNames = record.NewNames([]record.Name[status]{
		{Name: "errorCode", Text: func(s *status) *text { return &s.ErrorCode }},
		{Name: "failureReason", Text: func(s *status) *text { return &s.FailureReason }},
		{Name: "additionalDetails", Text: func(s *status) *text { return &s.AdditionalDetails }},
	})
	placeNames = record.NewNames([]record.Name[signInPlace]{
		{Name: "city", Text: func(p *signInPlace) *text { return &p.City }},
		{Name: "state", Text: func(p *signInPlace) *text { return &p.State }},
		{Name: "countryOrRegion", Text: func(p *signInPlace) *text { return &p.CountryOrRegion }},
	})
	deviceNames = record.NewNames([]record.Name[device]{
		{Name: "deviceId", Text: func(d *device) *text { return &d.DeviceID }},
		{Name: "displayName", Text: func(d *device) *text { return &d.DisplayName }},
		{Name: "operatingSystem", Text: func(d *device) *text { return &d.OperatingSystem }},
		{Name: "browser", Text: func(d *device) *text { return &d.Browser }},
		{Name: "trustType", Text: func(d *device) *text { return &d.TrustType }},
		{Name: "isCompliant", Text: func(d *device) *text { return &d.IsCompliant }},
		{Name: "isManaged", Text: func(d *device) *text { return &d.IsManaged }},
	})
	factorNames = record.NewNames([]record.Name[factor]{
		{Name: "authMethod", Text: func(f *factor) *text { return &f.AuthMethod }},
		{Name: "authDetail", Text: func(f *factor) *text { return &f.AuthDetail }},
	})
	stepNames = record.NewNames([]record.Name[step]{
		{Name: "authenticationMethod", Text: func(s *step) *text { return &s.AuthenticationMethod }},
		{Name: "authenticationStepResultDetail", Text: func(s *step) *text { return &s.AuthenticationStepResultDetail }},
	})
)
