package audit

import (
	"fmt"
	"strconv"
	"strings"

	"triage/ingest/record"
	"triage/ingest/timestamp"
)

func recogniseDirectoryTable(h record.Head) string {
	if !record.ColumnsOf(h.Header).Has("operationname", "initiatedby", "targetresources") {
		return ""
	}
	return fmt.Sprintf("header has OperationName, InitiatedBy and TargetResources (Sentinel AuditLogs, %d columns)", len(h.Header))
}

// newDirectoryTable reads Sentinel's table AuditLogs: objects are JSON in cells.
func newDirectoryTable(h record.Head) record.Decoder {
	at, d := record.ColumnsOf(h.Header), newDirectory()
	d.local = at.Local
	d.order = timestamp.OrderOf(at.Cells(h.Rows, "timegenerated"))
	fields := changeNames.Fields(h.Header)
	d.read = func(rec record.Record) (c change, err error) {
		fields.Fill(rec, &c)
		c.DiagnosticTenantID = nil // a row of Log Analytics: the workspace
		return c, nil
	}
	return d
}

func recogniseDirectoryPortal(h record.Head) string {
	c := record.ColumnsOf(h.Header)
	if !c.Has("activity", "category", "result") || !c.HasPrefix("target1") || !c.HasPrefix("actor") {
		return ""
	}
	return fmt.Sprintf("header has Activity, Actor… and Target1… (Entra portal, audit log, %d columns)", len(h.Header))
}

// portalTargets and portalProperties are how many columns of each kind the portal writes: three targets of five
// properties, six details.
const (
	portalTargets    = 3
	portalProperties = 5
	portalDetails    = 6
)

// newDirectoryPortal reads the portal's download, which spreads a record over some eighty columns.
func newDirectoryPortal(h record.Head) record.Decoder {
	at, d := record.ColumnsOf(h.Header), newDirectory()
	d.local = at.Local
	d.order = timestamp.OrderOf(at.Cells(h.Rows, "date (utc)"))
	d.read = func(rec record.Record) (change, error) { return portalChange(at, rec), nil }
	return d
}

func portalChange(at record.Columns, rec record.Record) change {
	of := func(columns ...string) text { return at.Of(rec, columns...) }
	c := change{
		ID: of("id"), CorrelationID: of("correlationid", "correlation id"), ActivityDisplayName: of("activity"),
		ActivityDateTime: of("date (utc)", "date"), Result: of("result", "status"), UserAgent: of("user agent", "useragent"),
		IPAddress: of("ipaddress", "ip address", "actoripaddress"),
	}
	c.actor.User.ID = of("actorobjectid")
	c.actor.User.UserPrincipalName = of("actoruserprincipalname")
	c.actor.App.ServicePrincipalID = of("actorserviceprincipalid")
	c.actor.App.DisplayName = of("actorserviceprincipalname", "actordisplayname")
	if strings.EqualFold(string(of("actortype")), "application") {
		c.actor.App.ServicePrincipalID = record.First(c.actor.App.ServicePrincipalID, c.actor.User.ID)
		c.actor.User.ID = nil
	}
	for i := range portalTargets {
		prefix := "target" + strconv.Itoa(i+1)
		t := changed{
			ID: of(prefix + "objectid"), DisplayName: of(prefix + "displayname"), Type: of(prefix + "type"),
			UserPrincipalName: of(prefix + "userprincipalname"),
		}
		for k := range portalProperties {
			property := prefix + "modifiedproperty" + strconv.Itoa(k+1)
			if name := of(property + "name"); len(name) > 0 {
				t.ModifiedProperties = append(t.ModifiedProperties, struct{ DisplayName, OldValue, NewValue text }{
					name, of(property + "oldvalue"), of(property + "newvalue"),
				})
			}
		}
		if len(t.ID) > 0 || len(t.DisplayName) > 0 || len(t.UserPrincipalName) > 0 || len(t.ModifiedProperties) > 0 {
			c.targets = append(c.targets, t)
		}
	}
	for i := range portalDetails {
		prefix := "additionaldetail" + strconv.Itoa(i+1)
		if key := of(prefix + "key"); len(key) > 0 {
			c.details = append(c.details, detail{key, of(prefix + "value")})
		}
	}
	return c
}
