package signin

import (
	"bytes"
	"encoding/json"
	"fmt"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

type text = record.Text

// entry is one sign-in. Names are those of Graph's signIn resource; where Sentinel's tables or diagnostic settings have
// another name for the same thing it follows in brackets. Keys are compared without case: PowerShell modules write
// UpperCamel, some collectors lower case.
type entry struct {
	local bool // the times are of the clock of whoever exported them

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
	DiagnosticTenantID                                                                text // the same in diagnostic settings; elsewhere that is the workspace

	Status, Location, LocationDetails, DeviceDetail, MFADetail, AuthenticationDetails json.RawMessage
	RiskEventTypesV2                                                                  json.RawMessage
	Properties                                                                        json.RawMessage

	// What the portal has as columns, and flatten takes out of the objects above.
	FailureReason, Outcome, MFAResult, AuthenticationMethod, AuthenticationMethodDetail text
	DeviceID, DeviceName, Browser, OperatingSystem, TrustType, Managed, Compliant       text
	Country, Region, City, JoinedLocation                                               text // joined: "City, Region, CC"
}

// status, signInPlace, device and factor are the objects inside a sign-in.
type (
	status      struct{ ErrorCode, FailureReason, AdditionalDetails text }
	signInPlace struct{ City, State, CountryOrRegion text }
	device      struct {
		DeviceID, DisplayName, OperatingSystem, Browser, TrustType, IsCompliant, IsManaged text
	}
	factor struct{ AuthMethod, AuthDetail text }
	step   struct{ AuthenticationMethod, AuthenticationStepResultDetail text }
)

// signInReading is what objects are read with, by the cursor and by what it refuses: both must agree.
type signInReading struct {
	cursor record.Cursor
	slow   bool // nothing by the cursor: in tests
	spread bool // see record.ErrSpread
	proved bool // the object was read to its end, and is no page
}

// fillNamed takes the fields of an object that are there.
func fillNamed[T any](r *signInReading, names *record.Names[T], object []byte, to *T) error {
	if r.slow {
		return names.Decode(object, to)
	}
	return names.Fill(&r.cursor, object, to)
}

// isObject reads an object, one inside a string, or one as Export-Csv writes it: @{ErrorCode=0; FailureReason=Other.}.
func isObject[T any](r *signInReading, names *record.Names[T], raw json.RawMessage, to *T) bool {
	raw = record.Unquoted(raw)
	if bytes.HasPrefix(raw, []byte("@{")) {
		names.PowerShell(raw, to)
		return true
	}
	return len(raw) > 0 && raw[0] == '{' && fillNamed(r, names, raw, to) == nil
}

// flatten brings the objects inside a sign-in into the entry's own texts, where a table has them as columns.
func (e *entry) flatten(r *signInReading) {
	e.flattenResult(r)
	e.flattenDevice(r)
	var where signInPlace
	_ = isObject(r, placeNames, e.LocationDetails, &where) || isObject(r, placeNames, e.Location, &where)
	e.Country = record.First(e.Country, where.CountryOrRegion, country(e.Location))
	e.Region = record.First(e.Region, where.State)
	e.City = record.First(e.City, where.City)
	e.splitLocation()
	var second factor
	isObject(r, factorNames, e.MFADetail, &second)
	e.AuthenticationMethod = record.First(e.AuthenticationMethod, second.AuthMethod)
	e.AuthenticationMethodDetail = record.First(e.AuthenticationMethodDetail, second.AuthDetail)
	e.flattenSteps(r)
}

func (e *entry) flattenSteps(r *signInReading) {
	list, _ := record.List(record.Unquoted(e.AuthenticationDetails))
	for _, raw := range list {
		var s step
		if fillNamed(r, stepNames, raw, &s) != nil {
			return
		}
		e.AuthenticationMethod = record.First(e.AuthenticationMethod, s.AuthenticationMethod)
		e.MFAResult = record.First(e.MFAResult, s.AuthenticationStepResultDetail)
	}
}

func (e *entry) flattenResult(r *signInReading) {
	var s status
	if !isObject(r, statusNames, e.Status, &s) {
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

func (e *entry) flattenDevice(r *signInReading) {
	var d device
	isObject(r, deviceNames, e.DeviceDetail, &d)
	e.DeviceID = record.First(e.DeviceID, d.DeviceID)
	e.DeviceName = record.First(e.DeviceName, d.DisplayName)
	e.Browser = record.First(e.Browser, d.Browser)
	e.OperatingSystem = record.First(e.OperatingSystem, d.OperatingSystem)
	e.TrustType = record.First(e.TrustType, d.TrustType)
	e.Managed = record.First(e.Managed, d.IsManaged)
	e.Compliant = record.First(e.Compliant, d.IsCompliant)
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
func (e *entry) when(a *activity.Activity, order timestamp.Order, to *activity.Shard) error {
	ms, undated, ok := timestamp.When(to,
		timestamp.TimeField{Name: "createdDateTime", Text: e.CreatedDateTime, Order: order, Local: e.local},
		timestamp.TimeField{Name: "date", Text: e.Date, Order: order, Local: e.local},
		timestamp.TimeField{Name: "time", Text: e.Time, Order: order, Local: e.local},
		timestamp.TimeField{Name: "TimeGenerated", Text: e.TimeGenerated, Order: order, Local: e.local})
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
