package audit

import "triage/ingest/record"

// scanItem reads what mailbox audit says of one message.
func scanItem(r *reader, to *item) { to.scan(&r.cursor) }

func (m *item) scan(c *record.Cursor) {
	for c.Object(); c.Member(); {
		switch string(c.Lower()) {
		case "id":
			m.ID = c.Text()
		case "subject":
			m.Subject = c.Text()
		case "internetmessageid":
			m.InternetMessageID = c.Text()
		case "attachments":
			m.Attachments = c.Text()
		case "conversationid":
			m.ConversationID = c.Text()
		case "parentfolder":
			if !c.Null() {
				scanParent(c, &m.ParentFolder)
			}
		default:
			c.Skip()
		}
	}
}

// scanItems reads a list of messages.
func scanItems(r *reader, to *[]item) {
	c, start := &r.cursor, len(r.room.items)
	for c.List(); c.Element(); {
		var one item
		if !c.Null() {
			one.scan(c)
		}
		r.room.items = append(r.room.items, one)
	}
	end := len(r.room.items)
	*to = r.room.items[start:end:end]
}

// scanParent reads the folder that a message is in. One that lists messages in turn is odd: only the folders of
// MailItemsAccessed do.
func scanParent(c *record.Cursor, to *folder) {
	for c.Object(); c.Member(); {
		switch name := c.Lower(); {
		case to.scanText(c, name):
		case string(name) == "folderitems":
			c.Refuse()
		default:
			c.Skip()
		}
	}
}

// scanText reads a member of a folder if it is one of the texts.
func (f *folder) scanText(c *record.Cursor, name []byte) bool {
	switch string(name) {
	case "path":
		f.Path = c.Text()
	case "memberupn":
		f.MemberUPN = c.Text()
	case "memberrights":
		f.MemberRights = c.Text()
	default:
		return false
	}
	return true
}

// scanFolder reads a folder with its messages.
func scanFolder(r *reader, to *folder) {
	c := &r.cursor
	for c.Object(); c.Member(); {
		switch name := c.Lower(); {
		case to.scanText(c, name):
		case string(name) != "folderitems":
			c.Skip()
		case to.FolderItems != nil:
			c.Refuse() // twice: encoding/json has its own way of joining them
		case !c.Null():
			scanItems(r, &to.FolderItems)
		}
	}
}

// scanFolders reads a list of folders.
func scanFolders(r *reader, to *[]folder) {
	c, start := &r.cursor, len(r.room.folders)
	for c.List(); c.Element(); {
		var one folder
		if !c.Null() {
			scanFolder(r, &one)
		}
		r.room.folders = append(r.room.folders, one)
	}
	end := len(r.room.folders)
	*to = r.room.folders[start:end:end]
}

// scanIdentities reads the names of what was changed.
func scanIdentities(r *reader, to *[]identity) {
	c, start := &r.cursor, len(r.room.identities)
	for c.List(); c.Element(); {
		var one identity
		if !c.Null() {
			for c.Object(); c.Member(); {
				switch string(c.Lower()) {
				case "id":
					one.ID = c.Text()
				case "type":
					one.Type = c.Text()
				default:
					c.Skip()
				}
			}
		}
		r.room.identities = append(r.room.identities, one)
	}
	end := len(r.room.identities)
	*to = r.room.identities[start:end:end]
}
