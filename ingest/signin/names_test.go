package signin

import (
	"testing"

	"triage/ingest/record/recordtest"
)

// taggedEntry is what encoding/json reads.
type taggedEntry struct {
	ID                            string `json:"id"`
	CorrelationID                 string `json:"correlationId"`
	CreatedDateTime               string `json:"createdDateTime"`
	TimeGenerated                 string `json:"TimeGenerated"`
	Time                          string `json:"time"`
	Date                          string `json:"date"`
	UserPrincipalName             string `json:"userPrincipalName"`
	UserID                        string `json:"userId"`
	UserDisplayName               string `json:"userDisplayName"`
	UserType                      string `json:"userType"`
	SignInIdentifier              string `json:"signInIdentifier"`
	ServicePrincipalID            string `json:"servicePrincipalId"`
	ServicePrincipalName          string `json:"servicePrincipalName"`
	AppID                         string `json:"appId"`
	AppDisplayName                string `json:"appDisplayName"`
	ResourceID                    string `json:"resourceId"`
	ResourceIdentity              string `json:"resourceIdentity"`
	ResourceDisplayName           string `json:"resourceDisplayName"`
	IPAddress                     string `json:"ipAddress"`
	CallerIPAddress               string `json:"callerIpAddress"`
	IPAddressFromResourceProvider string `json:"ipAddressFromResourceProvider"`
	AutonomousSystemNumber        string `json:"autonomousSystemNumber"`
	ResourceTenantID              string `json:"resourceTenantId"`
	HomeTenantID                  string `json:"homeTenantId"`
	AADTenantID                   string `json:"AADTenantId"`
	DiagnosticTenantID            string `json:"tenantId"`
	ClientAppUsed                 string `json:"clientAppUsed"`
	UserAgent                     string `json:"userAgent"`
	SessionID                     string `json:"sessionId"`
	UniqueTokenIdentifier         string `json:"uniqueTokenIdentifier"`
	IncomingTokenType             string `json:"incomingTokenType"`
	AuthenticationProtocol        string `json:"authenticationProtocol"`
	AuthenticationRequirement     string `json:"authenticationRequirement"`
	OriginalTransferMethod        string `json:"originalTransferMethod"`
	ClientCredentialType          string `json:"clientCredentialType"`
	CrossTenantAccessType         string `json:"crossTenantAccessType"`
	ConditionalAccessStatus       string `json:"conditionalAccessStatus"`
	IsInteractive                 string `json:"isInteractive"`
	RiskDetail                    string `json:"riskDetail"`
	RiskLevelAggregated           string `json:"riskLevelAggregated"`
	RiskLevelDuringSignIn         string `json:"riskLevelDuringSignIn"`
	RiskState                     string `json:"riskState"`
	ResultType                    string `json:"resultType"`
	ResultSignature               string `json:"resultSignature"`
	ResultDescription             string `json:"resultDescription"`
	Result                        string `json:"result"`
	Category                      string `json:"category"`
	Activity                      string `json:"activity"`
	ActivityDisplayName           string `json:"activityDisplayName"`
	FailureReason                 string `json:"failureReason"`
	Outcome                       string `json:"outcome"`
	MFAResult                     string `json:"mfaResult"`
	AuthenticationMethod          string `json:"authenticationMethod"`
	AuthenticationMethodDetail    string `json:"authenticationMethodDetail"`
	DeviceID                      string `json:"deviceId"`
	DeviceName                    string `json:"deviceName"`
	Browser                       string `json:"browser"`
	OperatingSystem               string `json:"operatingSystem"`
	TrustType                     string `json:"trustType"`
	Managed                       string `json:"managed"`
	Compliant                     string `json:"compliant"`
	Country                       string `json:"country"`
	Region                        string `json:"region"`
	City                          string `json:"city"`
	JoinedLocation                string `json:"joinedLocation"`
	Status                        string `json:"status"`
	Location                      string `json:"location"`
	LocationDetails               string `json:"locationDetails"`
	DeviceDetail                  string `json:"deviceDetail"`
	MFADetail                     string `json:"mfaDetail"`
	AuthenticationDetails         string `json:"authenticationDetails"`
	Properties                    string `json:"properties"`
	RiskEventTypesV2              string `json:"riskEventTypes_v2"`
}

// TestNamesAreTheLogs: a wrong row of a list of names is seen, as encoding/json goes by names of its own.
func TestNamesAreTheLogs(t *testing.T) { recordtest.Agree[entry, taggedEntry](t, entryNames) }
