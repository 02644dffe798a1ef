package audit

import (
	"bytes"
	"slices"
	"strconv"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// item is a mail item as mailbox audit records describe it.
type item struct {
	ID, Subject, InternetMessageID, Attachments, ConversationID text
	ParentFolder                                                mailFolder
}

type mailFolder struct {
	Path, MemberUPN, MemberRights text
	FolderItems                   []item
}

// putMail adds what mailbox audit says of the messages: one item, a list of items, or folders full of them.
func putMail(r *reader, a *activity.Activity, out *writer) {
	m := &r.mail
	if !r.readMail() {
		a.Flags |= activity.Lossy
	}
	for _, one := range m.items {
		out.put(activity.FieldSubject, one.Subject)
		out.put(activity.FieldMessageID, one.InternetMessageID)
		out.put(activity.FieldConversation, one.ConversationID)
		for _, name := range attachmentNames(one.Attachments) {
			out.put(activity.FieldAttachments, name)
		}
	}
	if len(m.items) == 1 && len(m.item.ParentFolder.MemberUPN) == 0 { // a folder whose permissions change is no message
		if id := m.items[0].ID; string(id) != "Unknown" {
			a.Item = out.fixed(fixedItem, id)
		}
	}
	putFolders(r, m, out)
	putCounts(r, len(m.items), out)
}

// mailSaid is what a record says of messages.
type mailSaid struct {
	item           item
	affected       []item
	source, target mailFolder
	folders        []mailFolder

	items []item // item, if the record has one, and affected
}

// readMail reads what there is of it; it says whether all of that could be read.
func (r *reader) readMail() bool {
	d, m := &r.data, &r.mail
	*m = mailSaid{}
	failed := [...]bool{
		read(r, d.Item, &m.item, scanItem),
		read(r, d.AffectedItems, &m.affected, scanItems),
		read(r, d.Folder, &m.source, scanFolder),
		read(r, d.DestFolder, &m.target, scanFolder),
		read(r, d.Folders, &m.folders, scanFolders),
	}
	m.items = m.affected
	if len(d.Item) > 0 {
		m.items = append(append(r.room.joined[:0], m.item), m.affected...)
		r.room.joined = m.items
	}
	return !slices.Contains(failed[:], true)
}

func putFolders(r *reader, m *mailSaid, out *writer) {
	parent := &m.item.ParentFolder
	out.put(activity.FieldFolder, record.First(m.source.Path, parent.Path))
	out.put(activity.FieldFolder, m.target.Path)
	for _, f := range m.folders {
		out.put(activity.FieldFolder, f.Path)
		for some := range slices.Chunk(f.FolderItems, lookAhead) {
			putMessages(some, out)
		}
	}
	if len(parent.MemberUPN) > 0 || len(parent.MemberRights) > 0 {
		// The same words as Add-MailboxFolderPermission, so that one rule sees both.
		out.put(activity.FieldTarget, parent.MemberUPN)
		putParam(r, out, activity.PermissionChange, text("User"), parent.MemberUPN)
		putParam(r, out, activity.PermissionChange, text("AccessRights"), parent.MemberRights)
	}
}

// lookAhead is how many message ids are looked for at once: more than a folder has in most records.
const lookAhead = 16

// putMessages adds the messages of a folder. Nearly every id is new: looking for one is a wait for memory, and looking
// for all of them first makes it one wait.
func putMessages(items []item, out *writer) {
	var looks [lookAhead]activity.Look
	for i := range items {
		items[i].InternetMessageID = record.Bounded(out.shard, items[i].InternetMessageID)
		looks[i] = out.shard.Symbols.Hash(items[i].InternetMessageID)
	}
	out.shard.Symbols.Look(looks[:len(items)])
	for i := range items {
		out.putLook(activity.FieldMessageID, items[i].InternetMessageID, &looks[i])
		out.put(activity.FieldSubject, items[i].Subject)
	}
}

func putCounts(r *reader, items int, out *writer) {
	out.put(activity.FieldAccess, find(r.lists.operation, "MailAccessType"))
	if throttled := find(r.lists.operation, "IsThrottled"); len(throttled) > 0 {
		out.named("params.", []byte("IsThrottled"), throttled)
	}
	switch {
	case len(r.data.OperationCount) > 0:
		out.put(activity.FieldCount, r.data.OperationCount)
	case items > 1:
		out.put(activity.FieldCount, text(strconv.Itoa(items)))
	}
}

// attachmentNames are the names in "passwords.txt (333b); photo (9b)". A name may hold semicolons, dots and
// parentheses: an entry ends only with its size.
func attachmentNames(list text) []text {
	var names []text
	for start := 0; start < len(list); {
		end, next := entryEnd(list, start)
		if name := bytes.TrimSpace(list[start:end]); len(name) > 0 {
			names = append(names, name)
		}
		start = next
	}
	return names
}

// entryEnd is where the name of the entry at start ends, and where the next entry begins.
func entryEnd(list text, start int) (end, next int) {
	for i := start; i < len(list); i++ {
		if list[i] != '(' {
			continue
		}
		digits := i + 1
		for digits < len(list) && '0' <= list[digits] && list[digits] <= '9' {
			digits++
		}
		if digits == i+1 || !bytes.HasPrefix(list[digits:], []byte("b)")) {
			continue
		}
		after := digits + len("b)")
		if after == len(list) || list[after] == ';' {
			return i, min(after+1, len(list))
		}
	}
	return len(list), len(list)
}
