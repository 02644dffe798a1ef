package signin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
)

type text = record.Text

// entry is one sign-in. Names are those of Graph's signIn resource; where Sentinel's tables or diagnostic settings have
// another name for the same thing it follows in brackets. Keys are compared without case: PowerShell modules write
// UpperCamel, some collectors lower case.
type entry struct {
	ID, CorrelationID, CreatedDateTime, TimeGenerated, Time, Date                     text
	UserPrincipalName, UserID, UserDisplayName, UserType, SignInIdentifier            text
	ServicePrincipalID, ServicePrincipalName                                          text
	AppID, AppDisplayName, ResourceID, ResourceIdentity, ResourceDisplayName          text
	IPAddress, CallerIPAddress, IPAddressFromResourceProvider, AutonomousSystemNumber text
	ClientAppUsed, UserAgent, SessionID, UniqueTokenIdentifier, IncomingTokenType     text
	AuthenticationProtocol, AuthenticationRequirement, OriginalTransferMethod         text
	ClientCredentialType, CrossTenantAccessType                                       text
	ConditionalAccessStatus, IsInteractive                                            text
	RiskDetail, RiskLevelAggregated, RiskLevelDuringSignIn, RiskState                 text
	ResultType, ResultSignature, ResultDescription, Result, Category                  text
	Activity, ActivityDisplayName                                                     text
	RequestURI                                                                        text // of other logs' records
	ResourceTenantID, HomeTenantID                                                    text
	AADTenantID                                                                       text // of Sentinel: the tenant whose log it is
	DiagnosticTenantID                                                                text `json:"tenantId"` // the same in diagnostic settings; elsewhere that is the workspace

	Status, Location, LocationDetails, DeviceDetail, MFADetail, AuthenticationDetails json.RawMessage
	RiskEventTypesV2                                                                  json.RawMessage `json:"riskEventTypes_v2"`
	Properties                                                                        json.RawMessage

	// What the portal has as columns, and flatten takes out of the objects above.
	FailureReason, Outcome, MFAResult, AuthenticationMethod, AuthenticationMethodDetail text
	DeviceID, DeviceName, Browser, OperatingSystem, TrustType, Managed, Compliant       text
	Country, Region, City, JoinedLocation                                               text // joined: "City, Region, CC"
}

// status, place, device and factor are the objects inside a sign-in.
type (
	status struct{ ErrorCode, FailureReason, AdditionalDetails text }
	place  struct{ City, State, CountryOrRegion text }
	device struct {
		DeviceID, DisplayName, OperatingSystem, Browser, TrustType, IsCompliant, IsManaged text
	}
	factor struct{ AuthMethod, AuthDetail text }
	step   struct {
		AuthenticationMethod, AuthenticationStepResultDetail, Succeeded text
	}
)

// flatten brings the objects inside a sign-in into the entry's own texts, where a table has them as columns.
func (e *entry) flatten() {
	e.flattenResult()
	e.flattenDevice()
	var where place
	for _, raw := range [...]json.RawMessage{e.LocationDetails, e.Location} {
		if !isObject(raw, &where) {
			continue
		}
		break
	}
	e.Country = record.First(e.Country, where.CountryOrRegion, country(e.Location))
	e.Region = record.First(e.Region, where.State)
	e.City = record.First(e.City, where.City)
	e.splitLocation()
	var second factor
	isObject(e.MFADetail, &second)
	e.AuthenticationMethod = record.First(e.AuthenticationMethod, second.AuthMethod)
	e.AuthenticationMethodDetail = record.First(e.AuthenticationMethodDetail, second.AuthDetail)
	var steps []step
	if json.Unmarshal(record.Unquoted(e.AuthenticationDetails), &steps) == nil {
		for _, s := range steps {
			e.AuthenticationMethod = record.First(e.AuthenticationMethod, s.AuthenticationMethod)
			e.MFAResult = record.First(e.MFAResult, s.AuthenticationStepResultDetail)
		}
	}
}

func (e *entry) flattenResult() {
	var s status
	if !isObject(e.Status, &s) {
		e.Outcome = record.First(e.Outcome, record.TextOf(e.Status))
	}
	// An empty or worded ResultType ("Success") says less than the code inside the status.
	code := record.First(s.ErrorCode, e.ResultType)
	if !isNumber(code) {
		e.Outcome = record.First(e.Outcome, code, e.Result, e.ResultSignature)
		code = nil
	}
	e.ResultType = code
	e.FailureReason = record.First(e.FailureReason, s.FailureReason, e.ResultDescription)
	e.MFAResult = record.First(e.MFAResult, s.AdditionalDetails)
}

func (e *entry) flattenDevice() {
	var d device
	isObject(e.DeviceDetail, &d)
	e.DeviceID = record.First(e.DeviceID, d.DeviceID)
	e.DeviceName = record.First(e.DeviceName, d.DisplayName)
	e.Browser = record.First(e.Browser, d.Browser)
	e.OperatingSystem = record.First(e.OperatingSystem, d.OperatingSystem)
	e.TrustType = record.First(e.TrustType, d.TrustType)
	e.Managed = record.First(e.Managed, d.IsManaged)
	e.Compliant = record.First(e.Compliant, d.IsCompliant)
}

// isObject reads an object, or one inside a string.
func isObject(raw json.RawMessage, into any) bool {
	raw = record.Unquoted(raw)
	if bytes.HasPrefix(raw, []byte("@{")) {
		raw = fromPowerShell(raw)
	}
	return len(raw) > 0 && raw[0] == '{' && json.Unmarshal(raw, into) == nil
}

// fromPowerShell is the JSON of an object as Export-Csv writes it: @{ErrorCode=0; FailureReason=Other.}.
func fromPowerShell(raw []byte) json.RawMessage {
	members := map[string]string{}
	for part := range strings.SplitSeq(strings.TrimSuffix(string(raw[2:]), "}"), "; ") {
		if name, value, ok := strings.Cut(part, "="); ok {
			members[strings.TrimSpace(name)] = value
		}
	}
	object, err := json.Marshal(members)
	if err != nil {
		return nil // cannot be: texts always have a JSON form
	}
	return object
}

// country is a location that is nothing but a country's code, as Sentinel's tables and diagnostic settings have it.
func country(raw json.RawMessage) text {
	if name := record.TextOf(raw); len(name) == 2 {
		return name
	}
	return nil
}

func isNumber(code text) bool {
	for _, c := range code {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(code) > 0
}

// when sets the time of the sign-in; a table's TimeGenerated is when it was taken in, some minutes later.
func (e *entry) when(a *activity.Activity, order record.Order, to *activity.Shard) error {
	ms, undated, ok := record.When(to,
		record.TimeField{Name: "createdDateTime", Text: e.CreatedDateTime, Order: order},
		record.TimeField{Name: "date", Text: e.Date, Order: order},
		record.TimeField{Name: "time", Text: e.Time, Order: order},
		record.TimeField{Name: "TimeGenerated", Text: e.TimeGenerated, Order: order})
	if !ok {
		return fmt.Errorf("createdDateTime %.40q: no time that can be read",
			record.First(e.CreatedDateTime, e.Date, e.Time, e.TimeGenerated))
	}
	a.Time, a.Flags = ms, a.Flags|undated
	return nil
}

// result is what became of the sign-in: by its error code, else by the word for its outcome.
func (e *entry) result() activity.Result {
	switch code := string(e.ResultType); {
	case code == "0":
		return activity.Success
	case activity.Interrupted(code):
		return activity.Unknown
	case code != "":
		return activity.Failure
	}
	switch string(record.Lower(e.Outcome)) {
	case "success", "succeeded":
		return activity.Success
	case "failure", "failed":
		return activity.Failure
	default:
		return activity.Unknown
	}
}
