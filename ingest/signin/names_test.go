package signin

import (
	"encoding/json"
	"testing"

	"triage/ingest/record/recordtest"
)

// taggedEntry is what encoding/json reads.
type taggedEntry struct {
	ID                            text            `json:"id"`
	CorrelationID                 text            `json:"correlationId"`
	CreatedDateTime               text            `json:"createdDateTime"`
	TimeGenerated                 text            `json:"TimeGenerated"`
	Time                          text            `json:"time"`
	Date                          text            `json:"date"`
	UserPrincipalName             text            `json:"userPrincipalName"`
	UserID                        text            `json:"userId"`
	UserDisplayName               text            `json:"userDisplayName"`
	UserType                      text            `json:"userType"`
	SignInIdentifier              text            `json:"signInIdentifier"`
	ServicePrincipalID            text            `json:"servicePrincipalId"`
	ServicePrincipalName          text            `json:"servicePrincipalName"`
	AppID                         text            `json:"appId"`
	AppDisplayName                text            `json:"appDisplayName"`
	ResourceID                    text            `json:"resourceId"`
	ResourceIdentity              text            `json:"resourceIdentity"`
	ResourceDisplayName           text            `json:"resourceDisplayName"`
	IPAddress                     text            `json:"ipAddress"`
	CallerIPAddress               text            `json:"callerIpAddress"`
	IPAddressFromResourceProvider text            `json:"ipAddressFromResourceProvider"`
	AutonomousSystemNumber        text            `json:"autonomousSystemNumber"`
	ResourceTenantID              text            `json:"resourceTenantId"`
	HomeTenantID                  text            `json:"homeTenantId"`
	AADTenantID                   text            `json:"AADTenantId"`
	DiagnosticTenantID            text            `json:"tenantId"`
	ClientAppUsed                 text            `json:"clientAppUsed"`
	UserAgent                     text            `json:"userAgent"`
	SessionID                     text            `json:"sessionId"`
	UniqueTokenIdentifier         text            `json:"uniqueTokenIdentifier"`
	IncomingTokenType             text            `json:"incomingTokenType"`
	AuthenticationProtocol        text            `json:"authenticationProtocol"`
	AuthenticationRequirement     text            `json:"authenticationRequirement"`
	OriginalTransferMethod        text            `json:"originalTransferMethod"`
	ClientCredentialType          text            `json:"clientCredentialType"`
	CrossTenantAccessType         text            `json:"crossTenantAccessType"`
	ConditionalAccessStatus       text            `json:"conditionalAccessStatus"`
	IsInteractive                 text            `json:"isInteractive"`
	RiskDetail                    text            `json:"riskDetail"`
	RiskLevelAggregated           text            `json:"riskLevelAggregated"`
	RiskLevelDuringSignIn         text            `json:"riskLevelDuringSignIn"`
	RiskState                     text            `json:"riskState"`
	ResultType                    text            `json:"resultType"`
	ResultSignature               text            `json:"resultSignature"`
	ResultDescription             text            `json:"resultDescription"`
	Result                        text            `json:"result"`
	Category                      text            `json:"category"`
	Activity                      text            `json:"activity"`
	ActivityDisplayName           text            `json:"activityDisplayName"`
	FailureReason                 text            `json:"failureReason"`
	Outcome                       text            `json:"outcome"`
	MFAResult                     text            `json:"mfaResult"`
	AuthenticationMethod          text            `json:"authenticationMethod"`
	AuthenticationMethodDetail    text            `json:"authenticationMethodDetail"`
	DeviceID                      text            `json:"deviceId"`
	DeviceName                    text            `json:"deviceName"`
	Browser                       text            `json:"browser"`
	OperatingSystem               text            `json:"operatingSystem"`
	TrustType                     text            `json:"trustType"`
	Managed                       text            `json:"managed"`
	Compliant                     text            `json:"compliant"`
	Country                       text            `json:"country"`
	Region                        text            `json:"region"`
	City                          text            `json:"city"`
	JoinedLocation                text            `json:"joinedLocation"`
	Status                        json.RawMessage `json:"status"`
	Location                      json.RawMessage `json:"location"`
	LocationDetails               json.RawMessage `json:"locationDetails"`
	DeviceDetail                  json.RawMessage `json:"deviceDetail"`
	MFADetail                     json.RawMessage `json:"mfaDetail"`
	AuthenticationDetails         json.RawMessage `json:"authenticationDetails"`
	Properties                    json.RawMessage `json:"properties"`
	RiskEventTypesV2              json.RawMessage `json:"riskEventTypes_v2"`
}

// taggedStatus is what encoding/json reads.
type taggedStatus struct {
	ErrorCode         text `json:"errorCode"`
	FailureReason     text `json:"failureReason"`
	AdditionalDetails text `json:"additionalDetails"`
}

// taggedPlace is what encoding/json reads.
type taggedPlace struct {
	City            text `json:"city"`
	State           text `json:"state"`
	CountryOrRegion text `json:"countryOrRegion"`
}

// taggedDevice is what encoding/json reads.
type taggedDevice struct {
	DeviceID        text `json:"deviceId"`
	DisplayName     text `json:"displayName"`
	OperatingSystem text `json:"operatingSystem"`
	Browser         text `json:"browser"`
	TrustType       text `json:"trustType"`
	IsCompliant     text `json:"isCompliant"`
	IsManaged       text `json:"isManaged"`
}

// taggedFactor is what encoding/json reads.
type taggedFactor struct {
	AuthMethod text `json:"authMethod"`
	AuthDetail text `json:"authDetail"`
}

// taggedStep is what encoding/json reads.
type taggedStep struct {
	AuthenticationMethod           text `json:"authenticationMethod"`
	AuthenticationStepResultDetail text `json:"authenticationStepResultDetail"`
}

// TestNamesAreTheLogs: a wrong row of a list of names is seen, as encoding/json goes by names of its own.
func TestNamesAreTheLogs(t *testing.T) {
	recordtest.Agree[entry, taggedEntry](t, entryNames)
	recordtest.Agree[status, taggedStatus](t, statusNames)
	recordtest.Agree[signInPlace, taggedPlace](t, placeNames)
	recordtest.Agree[device, taggedDevice](t, deviceNames)
	recordtest.Agree[factor, taggedFactor](t, factorNames)
	recordtest.Agree[step, taggedStep](t, stepNames)
}
