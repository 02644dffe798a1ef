package audit

import (
	"encoding/json"

	"triage/ingest/record"
)

// dataNames are the members of AuditData that this package has a use for, and the columns that stand for them where a table
// has another name: Sentinel's OfficeActivity, Exchange's mailbox audit, Hawk, the Extractor Suite's lists of sessions.
var dataNames = record.NewNames([]record.Name[data]{
	{Name: "Id", Text: func(d *data) *text { return &d.ID }, Columns: []string{"OfficeId", "Identity"}},
	{Name: "IntraSystemId", Text: func(d *data) *text { return &d.IntraSystemID }},
	{Name: "CreationTime", Text: func(d *data) *text { return &d.CreationTime }, Columns: []string{"TimeGenerated", "CreationDate", "LastAccessed", "RunDate", "TimeStamp"}},
	{Name: "Operation", Text: func(d *data) *text { return &d.Operation }, Columns: []string{"Operations", "Cmdlet", "Action"}},
	{Name: "ResultStatus", Text: func(d *data) *text { return &d.ResultStatus }, Columns: []string{"OperationResult"}},
	{Name: "Workload", Text: func(d *data) *text { return &d.Workload }, Columns: []string{"OfficeWorkload"}},
	{Name: "OrganizationId", Text: func(d *data) *text { return &d.OrganizationID }},
	{Name: "UserId", Text: func(d *data) *text { return &d.UserID }, Columns: []string{"UserIds", "User", "Caller", "LogonUserDisplayName"}},
	{Name: "UserKey", Text: func(d *data) *text { return &d.UserKey }},
	{Name: "UserType", Text: func(d *data) *text { return &d.UserType }},
	{Name: "MailboxOwnerUPN", Text: func(d *data) *text { return &d.MailboxOwnerUPN }},
	{Name: "MailboxGuid", Text: func(d *data) *text { return &d.MailboxGUID }},
	{Name: "MailboxOwnerSid", Text: func(d *data) *text { return &d.MailboxOwnerSID }},
	{Name: "LogonUserSid", Text: func(d *data) *text { return &d.LogonUserSID }},
	{Name: "LogonType", Text: func(d *data) *text { return &d.LogonType }},
	{Name: "LegacyExchangeDN", Text: func(d *data) *text { return &d.LegacyExchangeDN }, Columns: []string{"MailboxOwnerLegacyExchangeDN"}},
	{Name: "ObjectId", Text: func(d *data) *text { return &d.ObjectID }, Columns: []string{"OfficeObjectId", "ObjectModified"}},
	{Name: "ClientIP", Text: func(d *data) *text { return &d.ClientIP }},
	{Name: "ClientIPAddress", Text: func(d *data) *text { return &d.ClientIPAddress }, Columns: []string{"Client_IPAddress", "IPAddress"}},
	{Name: "ActorIPAddress", Text: func(d *data) *text { return &d.ActorIPAddress }},
	{Name: "ClientInfoString", Text: func(d *data) *text { return &d.ClientInfoString }},
	{Name: "UserAgent", Text: func(d *data) *text { return &d.UserAgent }},
	{Name: "ClientProcessName", Text: func(d *data) *text { return &d.ClientProcessName }},
	{Name: "AppId", Text: func(d *data) *text { return &d.AppID }},
	{Name: "ClientAppId", Text: func(d *data) *text { return &d.ClientAppID }},
	{Name: "ApplicationId", Text: func(d *data) *text { return &d.ApplicationID }},
	{Name: "SessionId", Text: func(d *data) *text { return &d.SessionID }},
	{Name: "ErrorNumber", Text: func(d *data) *text { return &d.ErrorNumber }},
	{Name: "LogonError", Text: func(d *data) *text { return &d.LogonError }},
	{Name: "OperationCount", Text: func(d *data) *text { return &d.OperationCount }},
	{Name: "QueryText", Text: func(d *data) *text { return &d.QueryText }},
	{Name: "Query", Text: func(d *data) *text { return &d.Query }},
	{Name: "SearchQuery", Text: func(d *data) *text { return &d.SearchQuery }},
	{Name: "SearchQueryText", Text: func(d *data) *text { return &d.SearchQueryText }},
	{Name: "Name", Text: func(d *data) *text { return &d.Name }},
	{Name: "RecordType", Text: func(d *data) *text { return &d.RecordType }},
	{Name: "Severity", Text: func(d *data) *text { return &d.Severity }},
	{Name: "Category", Text: func(d *data) *text { return &d.Category }},
	{Name: "AlertEntityId", Text: func(d *data) *text { return &d.AlertEntityID }},
	{Name: "Data", Text: func(d *data) *text { return &d.Data }},
	{Name: "TargetUserOrGroupName", Text: func(d *data) *text { return &d.TargetUserOrGroupName }},
	{Name: "SendAsUserSmtp", Text: func(d *data) *text { return &d.SendAsUserSMTP }},
	{Name: "SendOnBehalfOfUserSmtp", Text: func(d *data) *text { return &d.SendOnBehalfOfUserSMTP }},
	{Name: "Parameters", Raw: func(d *data) *json.RawMessage { return &d.Parameters }},
	{Name: "ExtendedProperties", Raw: func(d *data) *json.RawMessage { return &d.ExtendedProperties }},
	{Name: "ModifiedProperties", Raw: func(d *data) *json.RawMessage { return &d.ModifiedProperties }},
	{Name: "OperationProperties", Raw: func(d *data) *json.RawMessage { return &d.OperationProperties }},
	{Name: "DeviceProperties", Raw: func(d *data) *json.RawMessage { return &d.DeviceProperties }},
	{Name: "AppAccessContext", Raw: func(d *data) *json.RawMessage { return &d.AppAccessContext }},
	{Name: "Actor", Raw: func(d *data) *json.RawMessage { return &d.Actor }},
	{Name: "Target", Raw: func(d *data) *json.RawMessage { return &d.Target }},
	{Name: "Item", Raw: func(d *data) *json.RawMessage { return &d.Item }},
	{Name: "AffectedItems", Raw: func(d *data) *json.RawMessage { return &d.AffectedItems }},
	{Name: "Folder", Raw: func(d *data) *json.RawMessage { return &d.Folder }, Columns: []string{"FolderPathName", "FolderPath"}},
	{Name: "DestFolder", Raw: func(d *data) *json.RawMessage { return &d.DestFolder }, Columns: []string{"DestFolderPathName"}},
	{Name: "Folders", Raw: func(d *data) *json.RawMessage { return &d.Folders }, Columns: []string{"AggregatedRecordFoldersData"}},
})

// changeNames are the members of a record of Entra's audit log.
var changeNames = record.NewNames([]record.Name[change]{
	{Name: "id", Text: func(c *change) *text { return &c.ID }},
	{Name: "correlationId", Text: func(c *change) *text { return &c.CorrelationID }},
	{Name: "category", Text: func(c *change) *text { return &c.Category }},
	{Name: "activityDisplayName", Text: func(c *change) *text { return &c.ActivityDisplayName }},
	{Name: "operationName", Text: func(c *change) *text { return &c.OperationName }},
	{Name: "activityDateTime", Text: func(c *change) *text { return &c.ActivityDateTime }},
	{Name: "time", Text: func(c *change) *text { return &c.Time }},
	{Name: "TimeGenerated", Text: func(c *change) *text { return &c.TimeGenerated }},
	{Name: "result", Text: func(c *change) *text { return &c.Result }},
	{Name: "resultType", Text: func(c *change) *text { return &c.ResultType }},
	{Name: "resultSignature", Text: func(c *change) *text { return &c.ResultSignature }},
	{Name: "userAgent", Text: func(c *change) *text { return &c.UserAgent }},
	{Name: "callerIpAddress", Text: func(c *change) *text { return &c.CallerIPAddress }},
	{Name: "ipAddress", Text: func(c *change) *text { return &c.IPAddress }},
	{Name: "AADTenantId", Text: func(c *change) *text { return &c.AADTenantID }},
	{Name: "tenantId", Text: func(c *change) *text { return &c.DiagnosticTenantID }},
	{Name: "initiatedBy", Raw: func(c *change) *json.RawMessage { return &c.InitiatedBy }},
	{Name: "targetResources", Raw: func(c *change) *json.RawMessage { return &c.TargetResources }},
	{Name: "additionalDetails", Raw: func(c *change) *json.RawMessage { return &c.AdditionalDetails }},
	{Name: "properties", Raw: func(c *change) *json.RawMessage { return &c.Properties }},
})

// The members of what stands inside of AuditData, and around it.
var (
	propertyNames = record.NewNames([]record.Name[property]{
		{Name: "Name", Text: func(p *property) *text { return &p.Name }},
		{Name: "Value", Text: func(p *property) *text { return &p.Value }},
		{Name: "NewValue", Text: func(p *property) *text { return &p.NewValue }},
		{Name: "OldValue", Text: func(p *property) *text { return &p.OldValue }},
	})
	itemNames = record.NewNames([]record.Name[item]{
		{Name: "Id", Text: func(m *item) *text { return &m.ID }, Columns: []string{"ItemId"}},
		{Name: "Subject", Text: func(m *item) *text { return &m.Subject }, Columns: []string{"ItemSubject"}},
		{Name: "InternetMessageId", Text: func(m *item) *text { return &m.InternetMessageID }, Columns: []string{"InternetMessageId", "ItemInternetMessageId"}},
		{Name: "Attachments", Text: func(m *item) *text { return &m.Attachments }, Columns: []string{"ItemAttachments"}},
		{Name: "ConversationId", Text: func(m *item) *text { return &m.ConversationID }},
	})
	folderNames = record.NewNames([]record.Name[mailFolder]{
		{Name: "Path", Text: func(f *mailFolder) *text { return &f.Path }},
		{Name: "MemberUpn", Text: func(f *mailFolder) *text { return &f.MemberUPN }},
		{Name: "MemberRights", Text: func(f *mailFolder) *text { return &f.MemberRights }},
	})
	identityNames = record.NewNames([]record.Name[identity]{
		{Name: "ID", Text: func(i *identity) *text { return &i.ID }},
		{Name: "Type", Text: func(i *identity) *text { return &i.Type }},
	})
	subjectNames = record.NewNames([]record.Name[subject]{
		{Name: "f3u", Text: func(s *subject) *text { return &s.First }},
		{Name: "suid", Text: func(s *subject) *text { return &s.Actor }},
		{Name: "eid", Text: func(s *subject) *text { return &s.ID }},
	})
	envelopeNames = record.NewNames([]record.Name[envelope]{
		{Name: "AuditData", Raw: func(e *envelope) *json.RawMessage { return &e.AuditData }},
		{Name: "CreationDate", Text: func(e *envelope) *text { return &e.CreationDate }},
		{Name: "CreatedDateTime", Text: func(e *envelope) *text { return &e.CreatedDateTime }},
		{Name: "Identity", Text: func(e *envelope) *text { return &e.Identity }},
		{Name: "Id", Text: func(e *envelope) *text { return &e.ID }},
		{Name: "UserIds", Text: func(e *envelope) *text { return &e.UserIDs }},
		{Name: "ResultIndex", Text: func(e *envelope) *text { return &e.ResultIndex }},
		{Name: "ResultCount", Text: func(e *envelope) *text { return &e.ResultCount }},
		{Name: "OrganizationId", Text: func(e *envelope) *text { return &e.OrganizationID }},
	})
)
