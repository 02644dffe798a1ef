// Package alert reads what Microsoft's own detections say: Entra's risk detections and risky users, security alerts of
// Microsoft Graph, of Sentinel and of Defender. Each is an alert on whom it names, one activity a person: nothing that was
// done, but the word of somebody who saw more than the logs. An alert that names nobody has no mailbox.
//
// Parameters, for rules: Name, Severity, Category, Status, Provider of an alert; RiskLevel, RiskState, RiskDetail,
// RiskEventType, DetectionTiming of a risk; ClientIPs where there are several addresses.
package alert

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/row"
)

// Formats are the exports that this package reads.
func Formats() []record.Format { return row.Formats("alerts-json", alertKinds()) }

// Our words for what the service has none for.
const (
	opRisk  = "RiskDetection"
	opRisky = "RiskyUser"
	opAlert = "SecurityAlert"
)

// alertKinds are the records, a special one before a general one. Names: Microsoft Graph's riskDetection, riskyUser and alert
// (v1 and v2); tables AADUserRiskEvents, AADRiskyUsers, SecurityAlert of Log Analytics; AlertInfo and AlertEvidence of
// advanced hunting; downloads of the Entra and Defender portals.
func alertKinds() []*row.Kind {
	return []*row.Kind{
		{
			Name: "risk-detections", Source: activity.SourceAlerts, Said: "Entra risk detections",
			Columns: []string{"Id", "ActivityDateTime", "DetectedDateTime", "RiskEventType", "RiskLevel", "RiskState", "RiskDetail", "IPAddress", "UserPrincipalName"},
			Tells: [][]string{
				{"riskeventtype|risktype|detectiontype", "risklevel|riskstate", "detecteddatetime|activitydatetime|detectiontimingtype|detectiontime"},
				{"detectiontype", "riskstate", "risklevel"},
			},
			Not:    []string{"status.errorcode", "resulttype", "clientappused", "auditdata"},
			Tables: []string{"userriskevents", "aaduserriskevents", "serviceprincipalriskevents", "aadserviceprincipalriskevents"},
			Dates:  []string{"activitydatetime", "detecteddatetime", "lastupdateddatetime", "detectiontime", "timedetected", "detectionlastupdated"},
			Add:    addRisk, ID: []string{"id"},
		},
		{
			Name: "risky-users", Source: activity.SourceAlerts, Said: "Entra risky users",
			Columns: []string{"Id", "UserPrincipalName", "RiskLastUpdatedDateTime", "RiskLevel", "RiskState", "RiskDetail"},
			Tells: [][]string{
				{"risklastupdateddatetime|risklastupdated", "risklevel", "riskstate"},
			},
			Not:    []string{"resulttype", "clientappused", "auditdata"},
			Tables: []string{"riskyusers", "aadriskyusers", "riskyserviceprincipals", "aadriskyserviceprincipals"},
			Dates:  []string{"risklastupdateddatetime", "risklastupdated"},
			Add:    addRisky, ID: []string{"id"},
		},
		{
			Name: "security-alerts", Source: activity.SourceAlerts, Said: "security alerts",
			Columns: []string{"Id", "Title", "Severity", "Status", "Category", "ServiceSource", "DetectionSource", "CreatedDateTime"},
			Tells: [][]string{
				{"title", "severity", "createddatetime|eventdatetime", "servicesource|detectionsource|provideralertid|vendorinformation|userstates"},
				{"alertseverity", "alertname|displayname", "systemalertid|vendororiginalid|providername|entities"},
				{"alertid", "title", "timestamp", "severity|categories|servicesource"},
				{"alertname", "severity", "impactedassets|impactedentities|firstactivity|detectionsource"},
			},
			Not:    []string{"auditdata"},
			Tables: []string{"securityalert", "alertinfo", "alertevidence"},
			Dates: []string{
				"createddatetime", "eventdatetime", "firstactivitydatetime", "starttime", "timegenerated", "timestamp", "firstactivity",
				"lastactivity",
			},
			Add: addAlert, ID: []string{"id", "systemalertid", "alertid"},
		},
	}
}

// addRisk makes an alert of a risk detection: at the time of what the user did, which is minutes or days before it was
// detected.
func addRisk(r *row.Row, to *activity.Shard) error {
	ms, undated, ok := r.When(to, "activitydatetime", "detecteddatetime", "detectiontime", "timedetected", "lastupdateddatetime",
		"detectionlastupdated", "time", "timegenerated")
	if !ok {
		return fmt.Errorf("activityDateTime %.40q: no time that can be read", r.Get("activitydatetime", "detecteddatetime"))
	}
	a := startAlert(r, to, opRisk)
	a.Time, a.Flags = ms, a.Flags|undated
	if err := riskSubject(r, to, &a); err != nil {
		return err
	}
	kind := r.Get("riskeventtype", "risktype", "detectiontype")
	r.Client(&a, to, "ipaddress", "calleripaddress", "clientip")
	identify(&a, "risk", r.Get("id"), kind, to)
	row.Put(to, activity.FieldObject, kind)
	risk(r, to)
	row.Param(to, "Name", kind)
	row.Param(to, "RiskEventType", kind)
	row.Param(to, "DetectionTiming", r.Get("detectiontimingtype", "detectiontiming"))
	row.Param(to, "Activity", r.Get("activity"))
	row.Param(to, "RequestId", r.Get("requestid"))
	row.Param(to, "AdditionalInfo", r.Get("additionalinfo"))
	row.Param(to, "Location.Country", r.Get("location.countryorregion", "countryorregion", "country"))
	row.Param(to, "Location.City", r.Get("location.city", "city"))
	to.Add(a)
	return nil
}

// addRisky makes an alert of a user at risk, at the time when the risk was last judged.
func addRisky(r *row.Row, to *activity.Shard) error {
	ms, undated, ok := r.When(to, "risklastupdateddatetime", "risklastupdated", "time", "timegenerated")
	if !ok {
		return fmt.Errorf("riskLastUpdatedDateTime %.40q: no time that can be read", r.Get("risklastupdateddatetime", "risklastupdated"))
	}
	a := startAlert(r, to, opRisky)
	a.Time, a.Flags = ms, a.Flags|undated
	if err := riskSubject(r, to, &a); err != nil {
		return err
	}
	identify(&a, "risky", bytes.Join([][]byte{r.Get("id"), r.Get("risklastupdateddatetime", "risklastupdated")}, []byte{0}), r.Get("risklevel"), to)
	risk(r, to)
	row.Param(to, "Name", row.Text("user at risk"))
	to.Add(a)
	return nil
}

// asGraphSays is a value as Graph writes it, where the portal shows words for people: At risk, Confirmed safe.
func asGraphSays(shown row.Text) row.Text {
	var said []byte
	for i, word := range bytes.Fields(shown) {
		said = append(said, word...)
		first := &said[len(said)-len(word)]
		switch c := *first; {
		case i == 0 && 'A' <= c && c <= 'Z':
			*first = c + 'a' - 'A'
		case i > 0 && 'a' <= c && c <= 'z':
			*first = c - 'a' + 'A'
		}
	}
	return said
}

// risk adds what all records of risks say.
func risk(r *row.Row, to *activity.Shard) {
	row.Param(to, "RiskLevel", asGraphSays(r.Get("risklevel")))
	row.Param(to, "RiskState", asGraphSays(r.Get("riskstate")))
	row.Param(to, "RiskDetail", r.Get("riskdetail"))
	row.Put(to, activity.FieldWorkload, row.Text("AzureActiveDirectory"))
	r.Raw(to)
	r.Tenant(to)
}

// startAlert begins an activity.
func startAlert(r *row.Row, to *activity.Shard, op string) activity.Activity {
	return activity.Activity{Offset: r.Offset, Type: activity.Alert, Op: to.Symbols.InternString(op)}
}

// riskSubject is whom a risk is about: a user by name, else by directory id, or an application.
func riskSubject(r *row.Row, to *activity.Shard, a *activity.Activity) error {
	id := r.Get("userid", "id")
	if r.Has("riskeventtype") || r.Has("detecteddatetime") {
		id = r.Get("userid")
	}
	name := r.Get("userprincipalname", "username", "upn", "user")
	switch app := r.Get("serviceprincipalid"); {
	case bytes.IndexByte(name, '@') > 0:
		a.Actor = to.InternFold(record.Bounded(to, name))
		if id = r.Get("userid"); id != nil {
			to.PutNamed([]byte("raw.UserKey"), record.Bounded(to, id))
		}
	case app != nil || r.Get("serviceprincipaldisplayname") != nil || r.Get("appid") != nil && id == nil:
		a.Lane, a.ActorType = activity.Service, activity.ActorServicePrincipal
		a.Actor = to.InternFold(append(row.Text("ServicePrincipal_"), record.Bounded(to, record.First(app, r.Get("appid"), r.Get("id")))...))
		row.Put(to, activity.FieldAppID, r.Get("appid"))
	case id != nil:
		a.Actor = to.InternFold(record.Bounded(to, id))
	case name != nil:
		a.Actor = to.InternFold(record.Bounded(to, name))
	default:
		return errNobody
	}
	return nil
}

// identify gives an alert its id, and the sum of what does not change while it is worked on.
func identify(a *activity.Activity, what string, id, kind row.Text, to *activity.Shard) {
	who := []byte(to.Symbols.Text(a.Actor))
	if len(bytes.Trim(id, "\x00 ")) == 0 {
		id = fmt.Appendf(nil, "%d\x00%s\x00%s", a.Time, kind, to.Symbols.Text(a.IP))
	}
	a.ID = activity.HashID(bytes.Join([][]byte{[]byte(what), bytes.ToLower(id), who}, []byte{0}))
	sum := fnv.New64a()
	sum.Write(fmt.Appendf(nil, "%s\x00%s\x00%s", what, bytes.ToLower(kind), who))
	a.Sum = sum.Sum64()
}

// partOf reads JSON into what it is expected to be; what is not so is passed over.
func partOf(raw json.RawMessage, into any) bool {
	return len(raw) > 0 && json.Unmarshal(raw, into) == nil
}
