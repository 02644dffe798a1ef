package signin

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// Formats are the wrappings of sign-ins that this package reads.
func Formats() []record.Format {
	return []record.Format{
		{
			Name: "signin-portal-csv", Source: activity.SourceSignin, Shape: record.CSV, Columns: portalHeader(),
			Recognise: recognisePortal, New: newTable,
		},
		{
			Name: "signin-table-csv", Source: activity.SourceSignin, Shape: record.CSV, Columns: tableHeader(),
			Recognise: recogniseTable, New: newTable,
		},
		{
			Name: "signin-json", Source: activity.SourceSignin, Shape: record.JSON,
			Recognise: recogniseJSON, Tells: []string{"properties", "category", "appid", "appdisplayname", "clientappused"}, New: func(record.Head) record.Decoder { return &jsonDecoder{} },
		},
	}
}

// portalHeader is what tells the portal's download from other tables. The portal has changed the number and order of
// its 57 columns several times, so that nothing is asked of the rest.
func portalHeader() []string {
	return []string{"Date (UTC)", "Request ID", "Username", "Application", "IP address", "Location", "Status", "Sign-in error code"}
}

// tableHeader is what Sentinel's SigninLogs and the tables beside it have in common with Graph's objects in a table.
func tableHeader() []string {
	return []string{"TimeGenerated", "Id", "UserPrincipalName", "AppDisplayName", "AppId", "IPAddress", "ResultType"}
}

// portalColumns are the entry's fields by the portal's column, in the form that columnName gives it. Source: headers of
// InteractiveSignIns, NonInteractiveSignIns, ApplicationSignIns and MSISignIns downloads.
func portalColumns() map[string]string {
	return map[string]string{
		"date (utc)": "Date", "date": "Date", "request id": "ID", "correlation id": "CorrelationID", "user agent": "UserAgent",
		"user id": "UserID", "user": "UserDisplayName", "username": "UserPrincipalName", "user type": "UserType",
		"sign-in identifier": "SignInIdentifier", "cross tenant access type": "CrossTenantAccessType",
		"service principal id": "ServicePrincipalID", "service principal name": "ServicePrincipalName",
		"managed identity id": "ServicePrincipalID", "managed identity name": "ServicePrincipalName",
		"incoming token type": "IncomingTokenType", "authentication protocol": "AuthenticationProtocol",
		"unique token identifier": "UniqueTokenIdentifier", "original transfer method": "OriginalTransferMethod",
		"client credential type": "ClientCredentialType", "application": "AppDisplayName", "application id": "AppID",
		"resource": "ResourceDisplayName", "resource id": "ResourceID", "ip address": "IPAddress",
		"resource tenant id": "ResourceTenantID", "home tenant id": "HomeTenantID",
		"location": "JoinedLocation", "status": "Outcome", "sign-in error code": "ResultType",
		"failure reason": "FailureReason", "client app": "ClientAppUsed", "device id": "DeviceID", "browser": "Browser",
		"operating system": "OperatingSystem", "compliant": "Compliant", "managed": "Managed", "join type": "TrustType",
		"multifactor authentication result":      "MFAResult",
		"multifactor authentication auth method": "AuthenticationMethod",
		"multifactor authentication auth detail": "AuthenticationMethodDetail",
		"authentication requirement":             "AuthenticationRequirement",
		"session id":                             "SessionID",
		"ip address (seen by resource)":          "IPAddressFromResourceProvider",
		"autonomous system number":               "AutonomousSystemNumber",
		"conditional access":                     "ConditionalAccessStatus",
	}
}

// columnName brings a column into one form: lower case, single spaces. The portal writes "Application ID " and
// "Autonomous system  number"; Log Analytics adds the zone, "TimeGenerated [UTC]".
func columnName(name string) string {
	name = strings.ToLower(strings.Join(strings.Fields(strings.TrimPrefix(name, "\ufeff")), " "))
	return strings.TrimSuffix(name, " [utc]")
}

func columnNames(header []string) []string {
	names := make([]string, len(header))
	for i, name := range header {
		names[i] = columnName(name)
	}
	return names
}

func hasAll(names []string, wanted ...string) bool {
	for _, w := range wanted {
		if !slices.ContainsFunc(strings.Split(w, "|"), func(one string) bool { return slices.Contains(names, one) }) {
			return false
		}
	}
	return true
}

func recognisePortal(h record.Head) string {
	names := columnNames(h.Header)
	if !hasAll(names, "date (utc)|date", "request id", "ip address", "status|sign-in error code", "application|application id|resource") {
		return ""
	}
	return fmt.Sprintf("header has Request ID, IP address and Application (Entra portal, %d columns)", len(names))
}

func recogniseTable(h record.Head) string {
	names := columnNames(h.Header)
	if !hasAll(names, "timegenerated|timegenerated [local time]|createddatetime", "ipaddress", "appid|appdisplayname",
		"userprincipalname|userid|serviceprincipalid", "resulttype|status") {
		return ""
	}
	return fmt.Sprintf("header has TimeGenerated or CreatedDateTime, AppId and IPAddress (Sentinel or Graph table, %d columns)", len(names))
}

// tableDecoder reads rows. It is used by one goroutine.
type tableDecoder struct {
	fields []int // by column: the entry's field, -1 for none
	order  record.Order
	note   string
}

// newTable finds the entry's field of every column by its name.
func newTable(h record.Head) record.Decoder {
	d := &tableDecoder{}
	shape, portal := reflect.TypeFor[entry](), portalColumns()
	isPortal := recognisePortal(h) != ""
	for _, name := range columnNames(h.Header) {
		name, local := strings.CutSuffix(name, " [local time]")
		if local || name == "date" {
			d.note = fmt.Sprintf("times of column %q say no zone and were read as UTC", name)
		}
		field := name
		if isPortal {
			field = portal[name]
		} else if name == "riskeventtypes_v2" {
			field = "RiskEventTypesV2"
		}
		f, ok := shape.FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, field) })
		if !ok {
			d.fields = append(d.fields, -1)
			continue
		}
		d.fields = append(d.fields, f.Index[0])
	}
	var dates [][]byte
	for _, row := range h.Rows {
		for i, cell := range row {
			if i < len(d.fields) && d.isDate(i) {
				dates = append(dates, []byte(cell))
			}
		}
	}
	d.order = record.OrderOf(dates)
	return d
}

// isDate says whether a column is a time of the entry.
func (d *tableDecoder) isDate(column int) bool {
	if d.fields[column] < 0 {
		return false
	}
	switch reflect.TypeFor[entry]().Field(d.fields[column]).Name {
	case "Date", "CreatedDateTime", "TimeGenerated":
		return true
	}
	return false
}

// read fills an entry from a row. Of two columns of one name, as the portal writes "Incoming token type", the first
// that says something counts.
func (d *tableDecoder) read(rec record.Record) entry {
	var e entry
	to := reflect.ValueOf(&e).Elem()
	for i, cell := range rec.Cells {
		if i < len(d.fields) && d.fields[i] >= 0 && to.Field(d.fields[i]).Len() == 0 {
			to.Field(d.fields[i]).SetBytes(cell)
		}
	}
	e.flatten()
	return e
}

// Decode implements record.Decoder.
func (d *tableDecoder) Decode(rec record.Record, to *activity.Shard) error {
	e := d.read(rec)
	if d.note != "" {
		to.Note(d.note)
	}
	return e.add(rec, d.order, nil, to)
}

// ServiceID is the sign-in's id.
func (d *tableDecoder) ServiceID(rec record.Record) string {
	e := d.read(rec)
	return string(e.ID)
}
