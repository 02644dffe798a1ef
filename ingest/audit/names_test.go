package audit

import (
	"testing"

	"triage/ingest/record/recordtest"
)

// taggedData is what encoding/json reads.
type taggedData struct {
	ID                     string `json:"Id"`
	IntraSystemID          string `json:"IntraSystemId"`
	CreationTime           string `json:"CreationTime"`
	Operation              string `json:"Operation"`
	ResultStatus           string `json:"ResultStatus"`
	Workload               string `json:"Workload"`
	OrganizationID         string `json:"OrganizationId"`
	UserID                 string `json:"UserId"`
	UserKey                string `json:"UserKey"`
	UserType               string `json:"UserType"`
	MailboxOwnerUPN        string `json:"MailboxOwnerUPN"`
	ObjectID               string `json:"ObjectId"`
	ClientIP               string `json:"ClientIP"`
	ClientIPAddress        string `json:"ClientIPAddress"`
	ActorIPAddress         string `json:"ActorIPAddress"`
	ClientInfoString       string `json:"ClientInfoString"`
	UserAgent              string `json:"UserAgent"`
	ClientProcessName      string `json:"ClientProcessName"`
	AppID                  string `json:"AppId"`
	ClientAppID            string `json:"ClientAppId"`
	ApplicationID          string `json:"ApplicationId"`
	SessionID              string `json:"SessionId"`
	ErrorNumber            string `json:"ErrorNumber"`
	LogonError             string `json:"LogonError"`
	OperationCount         string `json:"OperationCount"`
	QueryText              string `json:"QueryText"`
	Query                  string `json:"Query"`
	SearchQuery            string `json:"SearchQuery"`
	SearchQueryText        string `json:"SearchQueryText"`
	Name                   string `json:"Name"`
	Severity               string `json:"Severity"`
	Category               string `json:"Category"`
	AlertEntityID          string `json:"AlertEntityId"`
	Data                   string `json:"Data"`
	TargetUserOrGroupName  string `json:"TargetUserOrGroupName"`
	SendAsUserSMTP         string `json:"SendAsUserSmtp"`
	SendOnBehalfOfUserSMTP string `json:"SendOnBehalfOfUserSmtp"`
	Parameters             string `json:"Parameters"`
	ExtendedProperties     string `json:"ExtendedProperties"`
	ModifiedProperties     string `json:"ModifiedProperties"`
	OperationProperties    string `json:"OperationProperties"`
	DeviceProperties       string `json:"DeviceProperties"`
	AppAccessContext       string `json:"AppAccessContext"`
	Target                 string `json:"Target"`
	Item                   string `json:"Item"`
	AffectedItems          string `json:"AffectedItems"`
	Folder                 string `json:"Folder"`
	DestFolder             string `json:"DestFolder"`
	Folders                string `json:"Folders"`
}

// taggedProperty is what encoding/json reads.
type taggedProperty struct {
	Name     string `json:"Name"`
	Value    string `json:"Value"`
	NewValue string `json:"NewValue"`
	OldValue string `json:"OldValue"`
}

// taggedItem is what encoding/json reads.
type taggedItem struct {
	ID                string `json:"Id"`
	Subject           string `json:"Subject"`
	InternetMessageID string `json:"InternetMessageId"`
	Attachments       string `json:"Attachments"`
	ConversationID    string `json:"ConversationId"`
}

// taggedFolder is what encoding/json reads.
type taggedFolder struct {
	Path         string `json:"Path"`
	MemberUPN    string `json:"MemberUpn"`
	MemberRights string `json:"MemberRights"`
}

// taggedIdentity is what encoding/json reads.
type taggedIdentity struct {
	ID   string `json:"ID"`
	Type string `json:"Type"`
}

// taggedSubject is what encoding/json reads.
type taggedSubject struct {
	First string `json:"f3u"`
	Actor string `json:"suid"`
	ID    string `json:"eid"`
}

// taggedEnvelope is what encoding/json reads.
type taggedEnvelope struct {
	AuditData       string `json:"AuditData"`
	CreationDate    string `json:"CreationDate"`
	CreatedDateTime string `json:"CreatedDateTime"`
	Identity        string `json:"Identity"`
	ID              string `json:"Id"`
	UserIDs         string `json:"UserIds"`
	ResultIndex     string `json:"ResultIndex"`
	ResultCount     string `json:"ResultCount"`
	OrganizationID  string `json:"OrganizationId"`
}

// TestNamesAreTheLogs: a wrong row of a list of names is seen, as encoding/json goes by names of its own.
func TestNamesAreTheLogs(t *testing.T) {
	recordtest.Agree[data, taggedData](t, dataNames)
	recordtest.Agree[property, taggedProperty](t, propertyNames)
	recordtest.Agree[item, taggedItem](t, itemNames)
	recordtest.Agree[folder, taggedFolder](t, folderNames)
	recordtest.Agree[identity, taggedIdentity](t, identityNames)
	recordtest.Agree[subject, taggedSubject](t, subjectNames)
	recordtest.Agree[envelope, taggedEnvelope](t, envelopeNames)
}
