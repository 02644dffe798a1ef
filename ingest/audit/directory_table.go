package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"triage/ingest/record"
)

// cellsOf gives access to a row by column, whatever the columns' order. Of two columns of one name the first counts.
type cellsOf map[string]int

func newCells(h record.Head) cellsOf {
	c := cellsOf{}
	for i, name := range h.Header {
		name = strings.TrimSuffix(columnName(name), " [utc]")
		if _, twice := c[name]; !twice {
			c[name] = i
		}
	}
	return c
}

// of is the cell of the first column that the row has something in; nothing if there is none.
func (c cellsOf) of(rec record.Record, columns ...string) text {
	for _, name := range columns {
		if i, ok := c[name]; ok && i < len(rec.Cells) && len(rec.Cells[i]) > 0 {
			return rec.Cells[i]
		}
	}
	return nil
}

func recogniseDirectoryTable(h record.Head) string {
	c := newCells(h)
	for _, name := range []string{"operationname", "initiatedby", "targetresources"} {
		if _, ok := c[name]; !ok {
			return ""
		}
	}
	return fmt.Sprintf("header has OperationName, InitiatedBy and TargetResources (Sentinel AuditLogs, %d columns)", len(h.Header))
}

// newDirectoryTable reads Sentinel's table AuditLogs: objects are JSON in cells.
func newDirectoryTable(h record.Head) record.Decoder {
	at, d := newCells(h), newDirectory()
	var dates [][]byte
	for _, row := range h.Rows {
		if i, ok := at["timegenerated"]; ok && i < len(row) {
			dates = append(dates, []byte(row[i]))
		}
	}
	d.order = record.OrderOf(dates)
	d.read = func(rec record.Record) (change, error) {
		of := func(columns ...string) text { return at.of(rec, columns...) }
		return change{
			ID: of("id"), CorrelationID: of("correlationid"), ActivityDisplayName: of("activitydisplayname"),
			OperationName: of("operationname"), ActivityDateTime: of("activitydatetime"), TimeGenerated: of("timegenerated"),
			Result: of("result", "resulttype"), UserAgent: of("useragent"), InitiatedBy: json.RawMessage(of("initiatedby")),
			TargetResources: json.RawMessage(of("targetresources")), AdditionalDetails: json.RawMessage(of("additionaldetails")),
			AADTenantID: of("aadtenantid"),
		}, nil
	}
	return d
}

func recogniseDirectoryPortal(h record.Head) string {
	c := newCells(h)
	for _, name := range []string{"activity", "category", "result"} {
		if _, ok := c[name]; !ok {
			return ""
		}
	}
	target := slices.ContainsFunc(h.Header, func(n string) bool { return strings.HasPrefix(columnName(n), "target1") })
	actor := slices.ContainsFunc(h.Header, func(n string) bool { return strings.HasPrefix(columnName(n), "actor") })
	if !target || !actor {
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
	at, d := newCells(h), newDirectory()
	var dates [][]byte
	for _, row := range h.Rows {
		if i, ok := at["date (utc)"]; ok && i < len(row) {
			dates = append(dates, []byte(row[i]))
		}
	}
	d.order = record.OrderOf(dates)
	d.read = func(rec record.Record) (change, error) { return portalChange(at, rec), nil }
	return d
}

func portalChange(at cellsOf, rec record.Record) change {
	of := func(columns ...string) text { return at.of(rec, columns...) }
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
