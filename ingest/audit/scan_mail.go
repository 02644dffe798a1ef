package audit

import "triage/ingest/record"

// scanItem reads what mailbox audit says of one message.
func scanItem(r *reader, to *item) { to.scan(&r.cursor) }

func (m *item) scan(c *record.Cursor) {
	for c.Object(); c.Member(); {
		switch {
		case itemNames.Take(c, m):
		case !c.Is("ParentFolder"):
			c.Skip()
		case !c.Null():
			scanParent(c, &m.ParentFolder)
		}
	}
}

// scanItems reads a list of messages.
func scanItems(r *reader, to *[]item) {
	c, start := &r.cursor, len(r.room.items)
	for c.List(); c.Element(); {
		r.room.items = append(r.room.items, item{})
		if !c.Null() {
			r.room.items[len(r.room.items)-1].scan(c)
		}
	}
	end := len(r.room.items)
	*to = r.room.items[start:end:end]
}

// scanParent reads the folder that a message is in. One that lists messages in turn is odd: only the folders of
// MailItemsAccessed do.
func scanParent(c *record.Cursor, to *mailFolder) {
	for c.Object(); c.Member(); {
		switch {
		case folderNames.Take(c, to):
		case c.Is("FolderItems"):
			c.Refuse()
		default:
			c.Skip()
		}
	}
}

// scanFolder reads a folder with its messages.
func scanFolder(r *reader, to *mailFolder) {
	c := &r.cursor
	for c.Object(); c.Member(); {
		switch {
		case folderNames.Take(c, to):
		case !c.Is("FolderItems"):
			c.Skip()
		case to.FolderItems != nil:
			c.Refuse() // twice: encoding/json has its own way of joining them
		case !c.Null():
			scanItems(r, &to.FolderItems)
		}
	}
}

// scanFolders reads a list of folders.
func scanFolders(r *reader, to *[]mailFolder) {
	c, start := &r.cursor, len(r.room.folders)
	for c.List(); c.Element(); {
		r.room.folders = append(r.room.folders, mailFolder{})
		if !c.Null() {
			scanFolder(r, &r.room.folders[len(r.room.folders)-1])
		}
	}
	end := len(r.room.folders)
	*to = r.room.folders[start:end:end]
}

// scanIdentities reads the names of what was changed.
func scanIdentities(r *reader, to *[]identity) {
	c, start := &r.cursor, len(r.room.identities)
	for c.List(); c.Element(); {
		r.room.identities = append(r.room.identities, identity{})
		if !c.Null() {
			identityNames.Scan(c, &r.room.identities[len(r.room.identities)-1])
		}
	}
	end := len(r.room.identities)
	*to = r.room.identities[start:end:end]
}
