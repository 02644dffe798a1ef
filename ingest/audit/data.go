package audit

import (
	"bytes"
	"encoding/json"
)

// data is an AuditData object. Field names are those of the Office 365 Management Activity API schema; parts that only
// some records have, or that come in several shapes, stay raw until their operation asks for them.
type data struct {
	ID, IntraSystemID, CreationTime, Operation, ResultStatus, Workload text

	UserID, UserKey, UserType, MailboxOwnerUPN, ObjectID                   text
	ClientIP, ClientIPAddress, ActorIPAddress, ClientInfoString, UserAgent text
	ClientProcessName, AppID, ClientAppID, ApplicationID, SessionID        text
	ErrorNumber, LogonError, OperationCount                                text
	QueryText, Query, SearchQuery, SearchQueryText                         text
	Name, Severity, Category, AlertEntityID, Data                          text
	TargetUserOrGroupName, SendAsUserSMTP, SendOnBehalfOfUserSMTP          text

	Parameters, ExtendedProperties, ModifiedProperties, OperationProperties json.RawMessage
	DeviceProperties, AppAccessContext, Target                              json.RawMessage
	Item, AffectedItems, Folder, DestFolder, Folders                        json.RawMessage
}

// text is a JSON value as text: a string's characters, anything else as it was written, null as nothing. Exports differ
// in whether they write a number or a boolean as such or as a string.
type text []byte

// UnmarshalJSON takes any value.
func (t *text) UnmarshalJSON(b []byte) error {
	*t = textOf(b)
	return nil
}

// textOf is the text of a JSON value.
func textOf(b []byte) text {
	if len(b) == 0 || string(b) == "null" {
		return nil
	}
	if b[0] != '"' {
		return bytes.Clone(b)
	}
	if bytes.IndexByte(b, '\\') < 0 && isASCII(b) {
		return bytes.Clone(b[1 : len(b)-1])
	}
	var s string
	if json.Unmarshal(b, &s) != nil {
		return nil
	}
	return text(s)
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

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
	raw = unquoted(raw)
	if len(raw) == 0 {
		return nil, true
	}
	if raw[0] == '{' {
		return objectProperties(raw)
	}
	return list, json.Unmarshal(raw, &list) == nil
}

// unquoted is the JSON inside a JSON string, or the value itself if it is none; nothing for null and blank.
func unquoted(raw json.RawMessage) json.RawMessage {
	if len(raw) > 0 && raw[0] == '"' {
		raw = json.RawMessage(textOf(raw))
	}
	raw = bytes.TrimSpace(raw)
	if string(raw) == "null" {
		return nil
	}
	return raw
}

// objectProperties takes an object's keys for names, in the order of the log.
func objectProperties(raw json.RawMessage) ([]property, bool) {
	members, ok := membersOf(raw)
	list := make([]property, 0, len(members))
	for _, m := range members {
		list = append(list, property{Name: text(m.name), Value: textOf(m.value)})
	}
	return list, ok
}

type member struct {
	name  string
	value json.RawMessage
}

// membersOf are an object's members in the order of the log.
func membersOf(raw json.RawMessage) ([]member, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, false
	}
	var members []member
	for d.More() {
		t, err := d.Token()
		name, isName := t.(string)
		if err != nil || !isName {
			return members, false
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return members, false
		}
		members = append(members, member{name, value})
	}
	return members, true
}

// find is the value of the first property of that name; nothing if there is none.
func find(list []property, name string) text {
	for _, p := range list {
		if bytes.EqualFold(p.Name, []byte(name)) {
			return p.value()
		}
	}
	return nil
}

// first is the first text that is not blank.
func first(texts ...text) text {
	for _, t := range texts {
		if len(bytes.TrimSpace(t)) > 0 {
			return t
		}
	}
	return nil
}
