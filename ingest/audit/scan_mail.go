package audit

// scanItem reads what mailbox audit says of one message.
func scanItem(r *reader, to *item) {
	c, low := &r.cursor, [longestName]byte{}
	for c.Object(); c.Member(); {
		switch string(folded(&low, c.Name)) {
		case "id":
			to.ID = c.Text()
		case "subject":
			to.Subject = c.Text()
		case "internetmessageid":
			to.InternetMessageID = c.Text()
		case "attachments":
			to.Attachments = c.Text()
		case "conversationid":
			to.ConversationID = c.Text()
		case "parentfolder":
			if !c.Null() {
				scanParent(r, &to.ParentFolder)
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
			scanItem(r, &one)
		}
		r.room.items = append(r.room.items, one)
	}
	end := len(r.room.items)
	*to = r.room.items[start:end:end]
}

// scanParent reads the folder that a message is in. One that lists messages in turn is odd: only the folders of
// MailItemsAccessed do.
func scanParent(r *reader, to *folder) {
	if scanFolder(r, to); to.FolderItems != nil {
		r.cursor.Refuse()
	}
}

// scanFolder reads a folder with its messages.
func scanFolder(r *reader, to *folder) {
	c, low := &r.cursor, [longestName]byte{}
	for c.Object(); c.Member(); {
		switch string(folded(&low, c.Name)) {
		case "path":
			to.Path = c.Text()
		case "memberupn":
			to.MemberUPN = c.Text()
		case "memberrights":
			to.MemberRights = c.Text()
		case "folderitems":
			if to.FolderItems != nil {
				c.Refuse() // twice: encoding/json has its own way of joining them
			}
			if !c.Null() {
				scanItems(r, &to.FolderItems)
			}
		default:
			c.Skip()
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
	c, low, start := &r.cursor, [longestName]byte{}, len(r.room.identities)
	for c.List(); c.Element(); {
		var one identity
		if !c.Null() {
			for c.Object(); c.Member(); {
				switch string(folded(&low, c.Name)) {
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
