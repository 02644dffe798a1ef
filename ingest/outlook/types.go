package outlook

import "triage/ingest/activity"

// meaning is what an ActivityIdType means.
type meaning struct {
	name string        // as kept: one spelling where sources differ
	kind activity.Type // our word
	rule propertyShape // what is special about its properties
}

// propertyShape says what is special about the properties of an activity.
type propertyShape uint8

const (
	ordinary    propertyShape = iota
	serverLogon               // Result and ExceptionInfo say whether it succeeded, UserName who owns the mailbox
	owaLogon                  // a session that exists: it succeeded
)

// meanings lists the known ActivityIdTypes. Sources: the ActivityId enumeration of Exchange 15.00.1497 (decompiled), and
// the community's list of ids seen in 2018. SearchSuggestionDisplay has two spellings. A reading pane that closes was
// open: it is a read as its opening is.
func meanings() map[string]meaning {
	table := map[string]meaning{}
	add := func(kind activity.Type, names ...string) {
		for _, name := range names {
			table[name] = meaning{name: name, kind: kind}
		}
	}
	add(activity.Read, "ReadingPaneDisplayStart", "ReadingPaneDisplayEnd", "InspectorDisplayStart", "InspectorDisplayEnd",
		"ItemSelectStart", "ItemSelectEnd", "MessageSelected", "Print")
	add(activity.Search, "SearchSessionStart", "SearchSessionEnd", "SearchRequestStart", "SearchRequestEnd",
		"SearchResultsReceived", "SearchRefinersReceived", "SearchQueryExecute", "SearchRefinersDisplay", "SearchResult",
		"SearchSuggestionDisplay")
	add(activity.Send, "MessageSent", "RemoteSend", "SendMeetingRequest", "ModernGroupsQuickCompose")
	add(activity.Deliver, "MessageDelivered")
	add(activity.Delete, "Delete", "DeleteFromInbox", "DeleteFromClutter", "DeleteFolder", "DeleteCalendarEvent",
		"IgnoreConversation")
	add(activity.Move, "Move", "MoveFromInbox", "MoveToInbox", "MoveFromClutter", "MoveToClutter", "MarkAsJunk")
	add(activity.Mark, "Flag", "FlagComplete", "FlagCleared", "Categorize", "MarkAsRead", "MarkAsUnread",
		"MarkMessageAsImportant", "MarkMessageAsUnimportant", "MarkMessageAsNormal", "MarkMessageAsClutter",
		"MarkMessageAsNotClutter", "MarkAllItemsAsRead", "Like", "Unlike")
	add(activity.Reply, "Reply", "ReplyAll", "ModernGroupsQuickReply")
	add(activity.Forward, "Forward")
	add(activity.AttachmentOpen, "OpenedAnAttachment", "PreviewOfAttachmentStarted")
	add(activity.LinkClick, "LinkClicked")
	add(activity.Logon, "Logon", "ServerLogon")
	add(activity.Other, "ListViewDisplayStart", "ListViewDisplayEnd", "ItemVisibleInListViewStart",
		"ItemVisibleInListViewEnd", "WindowActiveStart", "WindowActiveEnd", "PreviewOfAttachmentEnded",
		"AcceptedMeetingRequest", "DeclinedMeetingRequest", "TentativeMeetingRequest", "ProposeNewTime", "ModuleChange",
		"NewMessage", "DraftCreated", "PivotChange", "CopyItem", "CreateFolder", "CreateTask", "CreateAppointment")
	table["Logon"] = meaning{"Logon", activity.Logon, owaLogon}
	table["ServerLogon"] = meaning{"ServerLogon", activity.Logon, serverLogon}
	table["SearchSuggestionsDisplay"] = table["SearchSuggestionDisplay"]
	return table
}

// clients lists the names of AppIdType by number (ClientId of the same Exchange), and spellings to be made one.
func clients() map[string]string {
	table := map[string]string{"IMAP": "IMAP4", "POP": "POP3"}
	for number, name := range []string{
		"", "Web", "Mobile", "Tablet", "Desktop", "Exchange", "Outlook", "MacOutlook", "POP3", "IMAP4", "Other", "Lync",
	} {
		if name == "" {
			continue
		}
		for _, mask := range []uint32{0, instrumented} {
			table[decimal(uint32(number)|mask)] = name
		}
	}
	return table
}

// instrumented is the bit of a numeric AppIdType which says that the server logged the act itself; it is no part of
// the client's name.
const instrumented = 0x80000000

// result judges a ServerLogon. known is false for a Result never seen before.
func result(said, exception string) (r activity.Result, known bool) {
	switch said {
	case "Success", "Succeeded", "True", "OK", "0":
		return activity.Success, exception == ""
	case "":
		if exception == "" {
			return activity.Success, true
		}
		return activity.Failure, true
	case "Failure", "Failed", "False", "Error":
		return activity.Failure, true
	}
	return activity.Failure, false
}
