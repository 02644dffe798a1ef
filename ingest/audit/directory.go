package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/audit/operation"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// DirectoryFormats are the wrappings of Entra's own audit log: what the Unified Audit Log has as AzureActiveDirectory
// records, under other names. A stream of diagnostic settings may hold sign-ins beside them.
func DirectoryFormats() []record.Format {
	return []record.Format{
		{
			Name: "entra-audit-portal-csv", Source: activity.SourceAudit, Shape: record.CSV,
			Columns:   []string{"Date (UTC)", "CorrelationId", "Service", "Category", "Activity", "Result", "ActorType", "ActorUserPrincipalName", "Target1ObjectId"},
			Recognise: recogniseDirectoryPortal, New: newDirectoryPortal,
		},
		{
			Name: "entra-audit-table-csv", Source: activity.SourceAudit, Shape: record.CSV,
			Columns:   []string{"TimeGenerated", "Id", "OperationName", "Result", "InitiatedBy", "TargetResources"},
			Recognise: recogniseDirectoryTable, New: newDirectoryTable,
		},
		{
			Name: "entra-audit-json", Source: activity.SourceAudit, Shape: record.JSON,
			Recognise: recogniseDirectory, Tells: []string{"properties", "activitydisplayname", "operationname"}, New: func(record.Head) record.Decoder { return newDirectory() },
		},
	}
}

// change is one record of Entra's audit log. Names are those of Graph's directoryAudit, and of Sentinel's table AuditLogs
// and of diagnostic settings where they differ; keys are compared without case.
type change struct {
	ID, CorrelationID, Category, ActivityDisplayName, OperationName text
	ActivityDateTime, Time, TimeGenerated                           text
	Result, ResultType, ResultSignature                             text
	UserAgent, CallerIPAddress, IPAddress                           text
	AADTenantID                                                     text // of Sentinel: the tenant whose log it is
	DiagnosticTenantID                                              text // the same in diagnostic settings; elsewhere that is the workspace

	InitiatedBy, TargetResources, AdditionalDetails, Properties json.RawMessage

	actor   initiator
	targets []changed
	details []detail
}

type initiator struct {
	User struct{ ID, UserPrincipalName, DisplayName, IPAddress text }
	App  struct{ AppID, DisplayName, ServicePrincipalID text }
}

// changed is something that was changed.
type changed struct {
	ID, DisplayName, UserPrincipalName, Type text
	ModifiedProperties                       []struct{ DisplayName, OldValue, NewValue text }
}

type detail struct{ Key, Value text }

// readChange takes the fields of one object. Diagnostic settings put the record itself under "properties".
func readChange(r *reader, object []byte) (change, error) {
	var c change
	if err := fill(r, changeNames, object, &c); err != nil {
		return change{}, fmt.Errorf("JSON: %w", err)
	}
	if strings.HasSuffix(strings.ToLower(string(c.Category)), "signinlogs") {
		return change{}, record.ErrForeign
	}
	tenant, table := c.DiagnosticTenantID, len(c.TimeGenerated) > 0
	c.DiagnosticTenantID = nil
	if inner := r.unquoted(c.Properties); len(inner) > 0 && inner[0] == '{' {
		c.Properties = nil
		if err := fill(r, changeNames, inner, &c); err != nil {
			return change{}, fmt.Errorf("properties: %w", err)
		}
		c.DiagnosticTenantID = record.First(tenant, c.DiagnosticTenantID)
	}
	if table {
		c.DiagnosticTenantID = nil // a row of Log Analytics: the workspace
	}
	if len(c.ActivityDisplayName) == 0 && len(c.OperationName) == 0 || len(c.InitiatedBy) == 0 && len(c.TargetResources) == 0 {
		return change{}, record.ErrForeign
	}
	return c, nil
}

// flatten reads the objects inside; whole says whether all of them could be read.
func (c *change) flatten() (whole bool) {
	return !unread(c.InitiatedBy, &c.actor) && !unread(c.TargetResources, &c.targets) && !unread(c.AdditionalDetails, &c.details)
}

// directory turns records of Entra's audit log into activities, by way of what the Unified Audit Log would say. It is
// used by one goroutine.
type directory struct {
	reader
	read  func(record.Record) (change, error)
	local string // a column whose times are of the exporter's own clock; "": none
}

func newDirectory() *directory {
	d := &directory{reader: reader{words: operation.NewVocabulary()}}
	d.read = func(rec record.Record) (change, error) { return readChange(&d.reader, rec.Bytes) }
	return d
}

// Decode implements record.Decoder.
func (d *directory) Decode(rec record.Record, to *activity.Shard) error {
	d.begin()
	c, err := d.read(rec)
	if err != nil {
		return err
	}
	a := activity.Activity{Offset: rec.Offset}
	if a.Flags |= lossOf(rec); !c.flatten() {
		a.Flags |= activity.Lossy
	}
	if err := d.translate(&c); err != nil {
		return err
	}
	var ok bool
	var undated activity.Flags
	if a.Time, undated, ok = timestamp.When(to, c.times(d.order, d.local != "")...); !ok {
		return fmt.Errorf("activityDateTime %.40q: no time that can be read", d.data.CreationTime)
	}
	a.Flags |= undated
	if d.local != "" {
		timestamp.NoteLocal(to, d.local)
	}
	if rec.Cells == nil {
		d.whole = rec.Bytes
	}
	d.finish(&a, wrapped{}, d.writer(to))
	return nil
}

// times are what may say when it was; a table's TimeGenerated is when it was taken in, some minutes later.
func (c *change) times(order timestamp.Order, local bool) []timestamp.TimeField {
	return []timestamp.TimeField{
		{Name: "activityDateTime", Text: c.ActivityDateTime, Order: order, Local: local},
		{Name: "time", Text: c.Time, Order: order},
		{Name: "TimeGenerated", Text: c.TimeGenerated, Order: order, Local: local},
	}
}

// ServiceID is the record's id, as in "Directory_0a1b…_UZC8_12345".
func (d *directory) ServiceID(rec record.Record) string {
	d.begin()
	c, _ := d.read(rec) // what cannot be read has no id
	return string(c.ID)
}

// translate fills the reader's data and lists.
func (d *directory) translate(c *change) error {
	d.data = data{
		ID: c.ID, CreationTime: record.First(c.ActivityDateTime, c.Time, c.TimeGenerated), Operation: d.operation(c),
		ResultStatus: record.First(c.Result, c.ResultType, c.ResultSignature), Workload: text("AzureActiveDirectory"),
		ClientIP: record.First(c.actor.User.IPAddress, c.IPAddress, c.CallerIPAddress), UserAgent: c.UserAgent,
		OrganizationID: record.First(c.DiagnosticTenantID, c.AADTenantID),
	}
	if len(d.data.Operation) == 0 {
		return errNames
	}
	d.setActor(c)
	names := d.setTargets(c)
	d.setDetails(c.details)
	if len(c.ID) == 0 {
		// No id at all: what makes it this change is what was changed, and by which request.
		d.data.ID = bytes.Join([][]byte{
			[]byte("directory"), d.data.CreationTime, d.data.Operation, d.data.UserID, c.CorrelationID, names,
		}, []byte{0})
	}
	return nil
}

// operation is the record's word for what was done. Most have two; the one that the table of operations knows counts.
func (d *directory) operation(c *change) text {
	for _, name := range []text{c.ActivityDisplayName, c.OperationName} {
		if len(name) > 0 && d.words.Look(name, func(string) bool { return false }).Kind != activity.Other {
			return name
		}
	}
	return record.First(c.ActivityDisplayName, c.OperationName)
}

// setActor names who did it. An application goes by its id, as it does in the Unified Audit Log: its display name is the
// choice of whoever registered it. Microsoft's own services have a name and no id.
func (d *directory) setActor(c *change) {
	user, app := c.actor.User, c.actor.App
	d.data.UserType = text("Regular")
	d.data.UserID = record.First(user.UserPrincipalName, user.ID)
	if len(d.data.UserID) > 0 {
		return
	}
	d.data.UserType = text("ServicePrincipal")
	switch id := record.First(app.ServicePrincipalID, app.AppID); {
	case id != nil:
		d.data.UserID = append(text("ServicePrincipal_"), id...)
	case len(app.DisplayName) > 0:
		d.data.UserID, d.data.UserType = app.DisplayName, text("System")
	default:
		d.data.UserID = user.DisplayName
	}
	d.data.AppID = app.AppID
}

// setTargets says what was changed, in the Unified Audit Log's shape; names is all of it as one text.
func (d *directory) setTargets(c *change) (names []byte) {
	type pair struct{ ID, Type string }
	var pairs []pair
	add := func(id text, kind string) {
		if len(id) > 0 {
			pairs = append(pairs, pair{string(id), kind})
		}
	}
	for _, t := range c.targets {
		d.data.ObjectID = record.First(d.data.ObjectID, t.UserPrincipalName, t.ID)
		add(t.UserPrincipalName, identityUPN)
		add(t.DisplayName, identityName)
		names = append(append(append(names, t.ID...), t.DisplayName...), t.UserPrincipalName...)
		for _, p := range t.ModifiedProperties {
			value, old := unquotedValue(p.NewValue), unquotedValue(p.OldValue)
			if bytes.EqualFold(p.DisplayName, []byte("TargetId.ServicePrincipalNames")) {
				add(value, identitySPN)
			}
			d.lists.modified = append(d.lists.modified, property{Name: p.DisplayName, NewValue: value, OldValue: old})
			names = append(append(names, p.DisplayName...), value...)
		}
	}
	for _, more := range c.details {
		if bytes.EqualFold(more.Key, []byte("invitedUserEmailAddress")) {
			add(more.Value, identityUPN)
		}
	}
	if list, err := json.Marshal(pairs); err == nil && len(pairs) > 0 {
		d.data.Target = list
	}
	return names
}

// setDetails takes what a record says besides: texts by name, which rules ask for as parameters.
func (d *directory) setDetails(details []detail) {
	for _, more := range details {
		switch strings.ToLower(string(more.Key)) {
		case "user-agent":
			d.data.UserAgent = record.First(d.data.UserAgent, more.Value)
			continue
		case "ipaddr":
			d.data.ClientIP = record.First(d.data.ClientIP, more.Value)
		}
		d.lists.params = append(d.lists.params, property{Name: more.Key, Value: more.Value})
	}
}

// unquotedValue is a property's value without the JSON quotes that this log puts around texts.
func unquotedValue(value text) text {
	if len(value) > 1 && value[0] == '"' && json.Valid(value) {
		return record.TextOf(value)
	}
	return value
}

// recogniseDirectory names what makes objects records of Entra's audit log.
func recogniseDirectory(h record.Head) string {
	var r reader
	for _, object := range h.Objects {
		c, err := readChange(&r, object)
		switch {
		case err != nil:
			continue
		case len(c.TimeGenerated) > 0:
			return "objects with TimeGenerated, InitiatedBy and TargetResources (Sentinel AuditLogs)"
		case len(c.Time) > 0:
			return "objects with properties that have initiatedBy or targetResources (Azure diagnostic settings)"
		default:
			return "objects with activityDisplayName, initiatedBy and targetResources (Graph directoryAudit)"
		}
	}
	return ""
}
