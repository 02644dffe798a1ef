package audit

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"triage/ingest/record"
)

// data is an AuditData object. Field names are those of the Office 365 Management Activity API schema; parts that only
// some records have, or that come in several shapes, stay raw until their operation asks for them.
type data struct {
	ID, IntraSystemID, CreationTime, Operation, ResultStatus, Workload text
	OrganizationID                                                     text // the tenant whose log it is

	UserID, UserKey, UserType, MailboxOwnerUPN, ObjectID                    text
	MailboxGUID, MailboxOwnerSID, LogonUserSID, LogonType, LegacyExchangeDN text
	ClientIP, ClientIPAddress, ActorIPAddress, ClientInfoString, UserAgent  text
	ClientProcessName, AppID, ClientAppID, ApplicationID, SessionID         text
	ErrorNumber, LogonError, OperationCount                                 text
	QueryText, Query, SearchQuery, SearchQueryText                          text
	Name, Severity, Category, AlertEntityID, Data, RecordType               text
	TargetUserOrGroupName, SendAsUserSMTP, SendOnBehalfOfUserSMTP           text

	Parameters, ExtendedProperties, ModifiedProperties, OperationProperties json.RawMessage
	DeviceProperties, AppAccessContext, Target, Actor                       json.RawMessage
	Item, AffectedItems, Folder, DestFolder, Folders                        json.RawMessage
}

// text is a value as text, whatever JSON writes it as.
type text = record.Text

// property is one entry of the lists of named values that most records have: Parameters, ExtendedProperties,
// ModifiedProperties, OperationProperties, DeviceProperties.
type property struct {
	Name, Value, NewValue, OldValue text
}

// value is what the property is set to.
func (p property) value() text {
	if p.Value != nil {
		return p.Value
	}
	return p.NewValue
}

// properties reads a list of named values. Exports also write it as JSON inside a string, and as an object whose keys
// are the names; ok is false for what is none of these.
func properties(raw json.RawMessage) (list []property, ok bool) {
	raw = record.Unquoted(raw)
	if len(raw) == 0 {
		return nil, true
	}
	if raw[0] == '{' {
		return objectProperties(raw)
	}
	if json.Unmarshal(raw, &list) == nil {
		return list, true
	}
	if raw[0] != '[' && raw[0] != '"' {
		return printed(text(raw))
	}
	return bareNames(raw)
}

// bareNames reads a list of names without values, as Exchange's Update of an item writes its ModifiedProperties.
func bareNames(raw json.RawMessage) (list []property, ok bool) {
	var names []string
	if json.Unmarshal(raw, &names) != nil {
		return nil, false
	}
	for _, name := range names {
		list = append(list, property{Name: text(name)})
	}
	return list, true
}

// objectProperties takes an object's keys for names, in the order of the log.
func objectProperties(raw json.RawMessage) ([]property, bool) {
	members, ok := record.Members(raw)
	list := make([]property, 0, len(members))
	for _, m := range members {
		list = append(list, property{Name: m.Name, Value: record.TextOf(m.Value)})
	}
	return list, ok
}

// find is the value of the first property of that name; nothing if there is none.
func find(list []property, name string) text {
	for i := range list {
		if list[i].is(name) {
			return list[i].value()
		}
	}
	return nil
}

// is says whether a property has a name in ASCII, whatever its case. Most differ in the first letter.
func (p *property) is(name string) bool {
	if len(p.Name) == 0 || p.Name[0] < utf8.RuneSelf && p.Name[0]|' ' != name[0]|' ' {
		return false
	}
	return bytes.EqualFold(p.Name, []byte(name))
}
