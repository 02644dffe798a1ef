package audit

import (
	"encoding/json"
	"testing"

	"triage/ingest/record/recordtest"
)

// taggedData is what encoding/json reads.
type taggedData struct {
	ID                     text            `json:"Id"`
	IntraSystemID          text            `json:"IntraSystemId"`
	CreationTime           text            `json:"CreationTime"`
	Operation              text            `json:"Operation"`
	ResultStatus           text            `json:"ResultStatus"`
	Workload               text            `json:"Workload"`
	OrganizationID         text            `json:"OrganizationId"`
	UserID                 text            `json:"UserId"`
	UserKey                text            `json:"UserKey"`
	UserType               text            `json:"UserType"`
	MailboxOwnerUPN        text            `json:"MailboxOwnerUPN"`
	ObjectID               text            `json:"ObjectId"`
	ClientIP               text            `json:"ClientIP"`
	ClientIPAddress        text            `json:"ClientIPAddress"`
	ActorIPAddress         text            `json:"ActorIPAddress"`
	ClientInfoString       text            `json:"ClientInfoString"`
	UserAgent              text            `json:"UserAgent"`
	ClientProcessName      text            `json:"ClientProcessName"`
	AppID                  text            `json:"AppId"`
	ClientAppID            text            `json:"ClientAppId"`
	ApplicationID          text            `json:"ApplicationId"`
	SessionID              text            `json:"SessionId"`
	ErrorNumber            text            `json:"ErrorNumber"`
	LogonError             text            `json:"LogonError"`
	OperationCount         text            `json:"OperationCount"`
	QueryText              text            `json:"QueryText"`
	Query                  text            `json:"Query"`
	SearchQuery            text            `json:"SearchQuery"`
	SearchQueryText        text            `json:"SearchQueryText"`
	Name                   text            `json:"Name"`
	Severity               text            `json:"Severity"`
	Category               text            `json:"Category"`
	AlertEntityID          text            `json:"AlertEntityId"`
	Data                   text            `json:"Data"`
	TargetUserOrGroupName  text            `json:"TargetUserOrGroupName"`
	SendAsUserSMTP         text            `json:"SendAsUserSmtp"`
	SendOnBehalfOfUserSMTP text            `json:"SendOnBehalfOfUserSmtp"`
	Parameters             json.RawMessage `json:"Parameters"`
	ExtendedProperties     json.RawMessage `json:"ExtendedProperties"`
	ModifiedProperties     json.RawMessage `json:"ModifiedProperties"`
	OperationProperties    json.RawMessage `json:"OperationProperties"`
	DeviceProperties       json.RawMessage `json:"DeviceProperties"`
	AppAccessContext       json.RawMessage `json:"AppAccessContext"`
	Target                 json.RawMessage `json:"Target"`
	Item                   json.RawMessage `json:"Item"`
	AffectedItems          json.RawMessage `json:"AffectedItems"`
	Folder                 json.RawMessage `json:"Folder"`
	DestFolder             json.RawMessage `json:"DestFolder"`
	Folders                json.RawMessage `json:"Folders"`
}

// taggedChange is what encoding/json reads.
type taggedChange struct {
	ID                  text            `json:"id"`
	CorrelationID       text            `json:"correlationId"`
	Category            text            `json:"category"`
	ActivityDisplayName text            `json:"activityDisplayName"`
	OperationName       text            `json:"operationName"`
	ActivityDateTime    text            `json:"activityDateTime"`
	Time                text            `json:"time"`
	TimeGenerated       text            `json:"TimeGenerated"`
	Result              text            `json:"result"`
	ResultType          text            `json:"resultType"`
	ResultSignature     text            `json:"resultSignature"`
	UserAgent           text            `json:"userAgent"`
	CallerIPAddress     text            `json:"callerIpAddress"`
	IPAddress           text            `json:"ipAddress"`
	AADTenantID         text            `json:"AADTenantId"`
	DiagnosticTenantID  text            `json:"tenantId"`
	InitiatedBy         json.RawMessage `json:"initiatedBy"`
	TargetResources     json.RawMessage `json:"targetResources"`
	AdditionalDetails   json.RawMessage `json:"additionalDetails"`
	Properties          json.RawMessage `json:"properties"`
}

// taggedProperty is what encoding/json reads.
type taggedProperty struct {
	Name     text `json:"Name"`
	Value    text `json:"Value"`
	NewValue text `json:"NewValue"`
	OldValue text `json:"OldValue"`
}

// taggedItem is what encoding/json reads.
type taggedItem struct {
	ID                text `json:"Id"`
	Subject           text `json:"Subject"`
	InternetMessageID text `json:"InternetMessageId"`
	Attachments       text `json:"Attachments"`
	ConversationID    text `json:"ConversationId"`
}

// taggedFolder is what encoding/json reads.
type taggedFolder struct {
	Path         text `json:"Path"`
	MemberUPN    text `json:"MemberUpn"`
	MemberRights text `json:"MemberRights"`
}

// taggedIdentity is what encoding/json reads.
type taggedIdentity struct {
	ID   text `json:"ID"`
	Type text `json:"Type"`
}

// taggedSubject is what encoding/json reads.
type taggedSubject struct {
	First text `json:"f3u"`
	Actor text `json:"suid"`
	ID    text `json:"eid"`
}

// taggedEnvelope is what encoding/json reads.
type taggedEnvelope struct {
	AuditData       json.RawMessage `json:"AuditData"`
	CreationDate    text            `json:"CreationDate"`
	CreatedDateTime text            `json:"CreatedDateTime"`
	Identity        text            `json:"Identity"`
	ID              text            `json:"Id"`
	UserIDs         text            `json:"UserIds"`
	ResultIndex     text            `json:"ResultIndex"`
	ResultCount     text            `json:"ResultCount"`
	OrganizationID  text            `json:"OrganizationId"`
}

// TestNamesAreTheLogs: a wrong row of a list of names is seen, as encoding/json goes by names of its own.
func TestNamesAreTheLogs(t *testing.T) {
	recordtest.Agree[data, taggedData](t, dataNames)
	recordtest.Agree[change, taggedChange](t, changeNames)
	recordtest.Agree[property, taggedProperty](t, propertyNames)
	recordtest.Agree[item, taggedItem](t, itemNames)
	recordtest.Agree[mailFolder, taggedFolder](t, folderNames)
	recordtest.Agree[identity, taggedIdentity](t, identityNames)
	recordtest.Agree[subject, taggedSubject](t, subjectNames)
	recordtest.Agree[envelope, taggedEnvelope](t, envelopeNames)
}
