package outlook

import (
	"bytes"
	"slices"

	"triage/ingest/activity"
)

// nameSet is the names of a record's properties, in order and each once, with all that follows from them alone. An
// export has a few dozen: what is worked out here is not worked out again for every record.
type nameSet struct {
	digest activity.ID // stands for the names in a record's identity
	slots  []slot      // in order of the names
}

// slot is one property of a nameSet.
type slot struct {
	name  []byte
	part  part
	wants [][]byte // the dynamic fields that rules want it as
	last  memo     // its last value
}

// part is what a property tells.
type part struct {
	role  role
	field activity.Field // of tellsField and tellsList: where it goes
	rank  uint8          // of several that tell the same, the one of the lowest rank counts
}

// role is what is done with a property.
type role uint8

const (
	tellsNothing role = iota // no rule can ask for it but by name
	tellsField
	tellsList // each part of a `;` list is a value
	tellsAddress
	tellsAgent
	tellsResult // Result
	tellsException
	tellsUser
	tellsQuery
	tellsSearchID
	tellsSender
	tellsFolder
	tellsInbox
	tellsSent // when a message was sent
	tellsClutter
)

// parts lists the properties that have a field. Names: the retriever's own output; Logon writes IPAddress and Browser where
// ServerLogon writes ClientIP and UserAgent.
func parts() map[string]part {
	put := func(f activity.Field) part { return part{role: tellsField, field: f} }
	return map[string]part{
		"ClientIP": {role: tellsAddress}, "IPAddress": {role: tellsAddress},
		"UserAgent": {role: tellsAgent}, "Browser": {role: tellsAgent},
		"Result": {role: tellsResult}, "ExceptionInfo": {role: tellsException}, "UserName": {role: tellsUser},
		"Query": {role: tellsQuery}, "Sid": {role: tellsSearchID}, "SuggestionStimulus": put(activity.FieldQuery),
		"InternetMessageId": put(activity.FieldMessageID), "ConversationId": put(activity.FieldConversation),
		"Subject": put(activity.FieldSubject), "AttachmentDetail": put(activity.FieldAttachments),
		"SenderSmtpAddress": {role: tellsSender, rank: 0}, "From": {role: tellsSender, rank: 1}, "SenderAddress": {role: tellsSender, rank: 2},
		"Recipients":   {role: tellsList, field: activity.FieldRecipients},
		"DLRecipients": {role: tellsList, field: activity.FieldRecipients},
		"GMRecipients": {role: tellsList, field: activity.FieldRecipients},
		"SourceFolder": {role: tellsFolder, rank: 0}, "SelectedFolderName": {role: tellsFolder, rank: 0},
		"SourceDefaultFolderType": {role: tellsFolder, rank: 1}, "DeliveredFolderType": {role: tellsFolder, rank: 2},
		"DeliveredToInbox": {role: tellsInbox}, "DelieveredToInbox": {role: tellsInbox}, "DeliveredToClutter": {role: tellsClutter},
		"SentTime":     {role: tellsSent},
		"TargetFolder": put(activity.FieldTarget), "DestinationFolder": put(activity.FieldTarget),
		"AttachmentAction": put(activity.FieldObject), "DeleteType": put(activity.FieldObject), "MoveType": put(activity.FieldObject),
	}
}

// Bounds on the memory of name sets: whoever writes a log may write names.
const (
	maxNameSets = 1 << 10
	maxSetNames = 128     // of a set that is remembered
	maxSetText  = 4 << 10 // bytes of their names
)

// setOf is the set of the names of sorted properties.
func (d *decoder) setOf(props []customProperty) *nameSet {
	text := d.text[:0]
	for _, p := range props {
		text = appendField(text, p.name)
	}
	d.text = text
	set, ok := d.sets[string(text)]
	if ok {
		return set
	}
	set = &nameSet{digest: activity.HashID(text), slots: make([]slot, len(props))}
	for i, p := range props {
		set.slots[i] = slot{
			name: bytes.Clone(p.name), part: d.parts[string(p.name)], wants: d.wants[string(bytes.ToLower(p.name))],
		}
	}
	if len(props) > maxSetNames || len(text) > maxSetText {
		return set
	}
	if len(d.sets) >= maxNameSets {
		clear(d.sets)
	}
	d.sets[string(text)] = set
	return set
}

// place is where a name of the set stands in it.
func (s *nameSet) place(name []byte) uint8 {
	i, _ := slices.BinarySearchFunc(s.slots, name, func(x slot, want []byte) int { return bytes.Compare(x.name, want) })
	return uint8(i)
}
