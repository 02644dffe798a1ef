package signin

import (
	"encoding/json"
	"fmt"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// jsonDecoder reads sign-ins as Graph, PowerShell's modules, diagnostic settings and Sentinel write them. It is used by
// one goroutine.
type jsonDecoder struct{ signInReading }

// Decode implements record.Decoder.
func (d *jsonDecoder) Decode(rec record.Record, to *activity.Shard) error {
	e, err := d.read(rec.Bytes)
	if err != nil {
		return err
	}
	if rec.Ask && d.spread {
		return record.ErrSpread
	}
	return e.add(rec, timestamp.Unsettled, rec.Bytes, to)
}

// Proved implements record.Prover.
func (d *jsonDecoder) Proved() bool { return d.proved }

// ServiceID is the sign-in's id.
func (d *jsonDecoder) ServiceID(rec record.Record) string {
	e, _ := d.read(rec.Bytes)
	return string(e.ID)
}

// read takes the fields of one object. Diagnostic settings put the sign-in itself under "properties"; what stands
// beside it counts where that says nothing.
func (d *jsonDecoder) read(object []byte) (entry, error) {
	d.cursor.Forget()
	d.proved = false
	var e entry
	if err := fillNamed(&d.signInReading, entryNames, object, &e); err != nil {
		return entry{}, fmt.Errorf("JSON: %w", err)
	}
	d.spread, d.proved = d.cursor.Spread, d.cursor.End() && !d.cursor.Listed
	category, tenant, table := e.Category, e.DiagnosticTenantID, len(e.TimeGenerated) > 0
	e.DiagnosticTenantID = nil
	if inner := d.cursor.Unquoted(e.Properties); len(inner) > 0 && inner[0] == '{' {
		// The wrapper's resourceId is the tenant's, its location a country, its identity a display name.
		location := e.Location
		e.ResourceID, e.Properties, e.Location = nil, nil, nil
		if err := fillNamed(&d.signInReading, entryNames, inner, &e); err != nil {
			return entry{}, fmt.Errorf("properties: %w", err)
		}
		if len(e.Location) == 0 {
			e.Location = location
		}
		e.DiagnosticTenantID = record.First(tenant, e.DiagnosticTenantID)
	}
	if table {
		e.DiagnosticTenantID = nil // a row of Log Analytics: the workspace
	}
	if !e.isSignIn(category) {
		return entry{}, record.ErrForeign
	}
	e.flatten(&d.signInReading)
	return e, nil
}

// isSignIn tells a sign-in from a directory audit record, which the same stream may hold.
func (e *entry) isSignIn(category text) bool {
	if name := strings.ToLower(string(category)); name != "" {
		return strings.HasSuffix(name, "signinlogs") // what a log calls itself goes before what it looks like
	}
	if len(e.RequestURI) > 0 {
		return false // a call of Microsoft Graph
	}
	named := len(e.UserPrincipalName) > 0 || len(e.UserID) > 0 || len(e.ServicePrincipalID) > 0
	shaped := len(e.AppID) > 0 || len(e.AppDisplayName) > 0 || len(e.ClientAppUsed) > 0
	return named && shaped && len(e.Activity) == 0 && len(e.ActivityDisplayName) == 0 &&
		(len(e.address()) > 0 || len(e.Status) > 0 || len(e.ResultType) > 0)
}

// recogniseJSON names what makes objects sign-ins.
func recogniseJSON(h record.Head) string {
	var d jsonDecoder
	for _, object := range h.Objects {
		var keys struct {
			Properties, TimeGenerated, Category, UserPrincipalName, ServicePrincipalID json.RawMessage
		}
		if _, err := d.read(object); err != nil || json.Unmarshal(object, &keys) != nil {
			continue
		}
		switch {
		case len(keys.Properties) > 0:
			return fmt.Sprintf("objects with properties and the category %.100s (Azure diagnostic settings)", record.TextOf(keys.Category))
		case len(keys.TimeGenerated) > 0:
			return "objects with TimeGenerated and UserPrincipalName or ServicePrincipalId (Sentinel SigninLogs)"
		default:
			return "objects with createdDateTime, userPrincipalName and appId (Graph signIn)"
		}
	}
	return ""
}
