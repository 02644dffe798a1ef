package signin

import (
	"bytes"
	"encoding/json"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// details adds what the sign-in says beyond the activity's fixed texts.
func (e *entry) details(a *activity.Activity, whole json.RawMessage, to *activity.Shard) {
	put := func(f activity.Field, value text) { to.Put(f, record.Bounded(to, value)) }
	put(activity.FieldWorkload, text("AzureActiveDirectory")) // as the Unified Audit Log has it of the same act
	if string(e.ResultType) != "0" {
		put(activity.FieldError, e.ResultType)
	}
	put(activity.FieldObject, e.resource())
	put(activity.FieldAppID, record.First(e.AppID))
	put(activity.FieldDevice, record.First(record.ID(e.DeviceID), e.DeviceName))
	if a.Lane != activity.Service && isID(e.UserID) {
		// The user's directory id: how a later pass knows whose mailbox "311b45d6-…" is.
		to.PutNamed([]byte("raw.UserKey"), e.UserID)
	}
	wanted := to.Interest.Params
	for _, p := range e.params() {
		if len(p.value) == 0 || wanted != nil && !p.always && !wanted[strings.ToLower(p.name)] {
			continue
		}
		to.PutNamed([]byte("params."+p.name), record.Bounded(to, p.value))
	}
	for _, path := range to.Interest.Raw {
		if strings.EqualFold(path, "UserKey") {
			continue // put above
		}
		record.WalkPath(whole, path, func(value text) {
			to.PutNamed([]byte("raw."+path), record.Bounded(to, value))
		})
	}
}

// resource is the id of what was signed in to. In Sentinel's tables ResourceId is the path of the log itself.
func (e *entry) resource() text {
	if bytes.HasPrefix(e.ResourceID, []byte("/")) {
		return e.ResourceIdentity
	}
	return record.First(e.ResourceIdentity, e.ResourceID)
}

// param is one fact that rules name as params.<name>.
type param struct {
	name   string
	value  text
	always bool // kept even if no rule asks for it: package geo's counterpart in the log's own words
}

// params are the facts by Graph's names, whatever the format calls them.
func (e *entry) params() []param {
	return []param{
		{"Location.Country", e.Country, true},
		{"Location.Region", e.Region, true},
		{"Location.City", e.City, true},
		{"ClientAppUsed", e.ClientAppUsed, true},
		{"AppDisplayName", e.AppDisplayName, true},
		{"ResourceDisplayName", e.ResourceDisplayName, false},
		{"AuthenticationProtocol", e.AuthenticationProtocol, false},
		{"AuthenticationRequirement", e.AuthenticationRequirement, true}, // package presence asks for it
		{"AuthenticationMethod", e.AuthenticationMethod, false},
		{"AuthenticationMethodDetail", e.AuthenticationMethodDetail, false},
		{"MFAResult", e.MFAResult, false},
		{"OriginalTransferMethod", e.OriginalTransferMethod, false},
		{"IncomingTokenType", e.IncomingTokenType, false},
		{"UniqueTokenIdentifier", e.UniqueTokenIdentifier, false},
		{"ConditionalAccessStatus", e.ConditionalAccessStatus, false},
		{"RiskState", e.RiskState, false},
		{"RiskLevelAggregated", e.RiskLevelAggregated, false},
		{"RiskLevelDuringSignIn", e.RiskLevelDuringSignIn, false},
		{"RiskDetail", e.RiskDetail, false},
		{"RiskEventTypes", wordList(e.RiskEventTypesV2), false},
		{"IsInteractive", e.IsInteractive, false},
		{"CrossTenantAccessType", e.CrossTenantAccessType, false},
		{"AutonomousSystemNumber", e.AutonomousSystemNumber, false},
		{"IPAddressSeenByResource", e.IPAddressFromResourceProvider, false},
		{"CorrelationId", e.CorrelationID, false},
		{"FailureReason", e.FailureReason, false},
		{"UserDisplayName", e.UserDisplayName, false},
		{"ServicePrincipalName", e.ServicePrincipalName, false},
		{"ClientCredentialType", e.ClientCredentialType, false},
		{"Browser", e.Browser, false},
		{"OperatingSystem", e.OperatingSystem, false},
		{"IsManaged", e.Managed, false},
		{"IsCompliant", e.Compliant, false},
		{"TrustType", e.TrustType, false},
	}
}

// wordList is a list of words, parted by semicolons.
func wordList(raw json.RawMessage) text {
	var words []string
	if json.Unmarshal(record.Unquoted(raw), &words) != nil {
		return nil
	}
	return text(strings.Join(words, ";"))
}

// splitLocation takes the portal's "City, Region, CC" apart. A city's name may hold commas.
func (e *entry) splitLocation() {
	if len(e.JoinedLocation) == 0 {
		return
	}
	parts := strings.Split(string(e.JoinedLocation), ",")
	n := len(parts)
	part := func(i int) text {
		if i < 0 {
			return nil
		}
		return text(strings.TrimSpace(parts[i]))
	}
	e.Country = record.First(e.Country, part(n-1))
	if n > 2 {
		e.Region = record.First(e.Region, part(n-2))
		e.City = record.First(e.City, text(strings.TrimSpace(strings.Join(parts[:n-2], ","))))
	} else {
		e.City = record.First(e.City, part(n-2))
	}
}
