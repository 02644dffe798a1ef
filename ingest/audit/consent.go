package audit

import (
	"bytes"
	"encoding/json"
)

// scopesOf are the permissions that a consent or a grant gives an application, without repeats. A consent lists its
// grants before and after, "[] => [[Id: …, ConsentType: AllPrincipals, Scope: User.Read Mail.Read], […]]; ": what
// stands after the arrow is in force.
func scopesOf(r *reader) []text {
	var found []text
	consent := find(r.lists.modified, "ConsentAction.Permissions")
	if _, after, ok := bytes.Cut(consent, []byte("=>")); ok {
		consent = after
	}
	for _, part := range bytes.Split(consent, []byte("Scope:"))[min(1, len(consent)):] {
		if end := bytes.IndexAny(part, "],;"); end >= 0 {
			part = part[:end]
		}
		found = appendFields(found, part)
	}
	found = appendFields(found, find(r.lists.modified, "DelegatedPermissionGrant.Scope"))
	found = appendFields(found, find(r.lists.modified, "AppRole.Value"))
	var scopes []text
	for _, s := range unique(found) {
		scopes = append(scopes, s)
	}
	return scopes
}

func appendFields(list []text, value []byte) []text {
	for f := range bytes.FieldsSeq(value) {
		list = append(list, f)
	}
	return list
}

// alertedUser is whose mailbox an alert is about: its entity, or the user that its Data names.
func alertedUser(r *reader) text {
	d := &r.data
	if len(d.Data) == 0 && len(d.AlertEntityID) == 0 {
		return alerted(r)
	}
	about := &r.room.about
	*about = subject{}
	if read(r, json.RawMessage(d.Data), about, scanSubject) {
		return nil // not JSON: the alert stays with the service that raised it
	}
	for _, name := range [...]text{d.AlertEntityID, about.First, about.Actor, about.ID} {
		if bytes.IndexByte(name, '@') > 0 && !bytes.ContainsAny(name, "; ,<") {
			return name
		}
	}
	return alerted(r)
}

// subject is whom an alert's Data names.
type subject struct {
	First text `json:"f3u"`  // the user an alert is about
	Actor text `json:"suid"` // the user an entity belongs to
	ID    text `json:"eid"`
}

func scanSubject(r *reader, to *subject) { subjectNames.Scan(&r.cursor, to) }

// commandLine reads the parameters of a compliance cmdlet, which its record keeps as they were typed:
// -Identity "Payroll" -Force. A parameter without a value is True, as PowerShell has it.
func commandLine(line text) []property {
	var list []property
	for _, word := range commandWords(line) {
		switch {
		case len(word) > 1 && word[0] == '-' && isLetter(word[1]):
			name := bytes.TrimSuffix(word[1:], []byte(":"))
			name, value, set := bytes.Cut(name, []byte(":"))
			if !set {
				value = nil
			}
			list = append(list, property{Name: name, Value: value})
		case len(list) > 0 && list[len(list)-1].Value == nil:
			list[len(list)-1].Value = bytes.Trim(word, `"'`)
		}
	}
	for i := range list {
		if list[i].Value == nil {
			list[i].Value = text("True")
		}
	}
	return list
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// commandWords are the words of a command line; quotes keep spaces together and stay on.
func commandWords(line text) []text {
	var list []text
	start, quote := -1, byte(0)
	for i, c := range line {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			if start >= 0 {
				list = append(list, line[start:i])
			}
			start = -1
			continue
		case c == '"' || c == '\'':
			quote = c
		}
		if start < 0 {
			start = i
		}
	}
	if start >= 0 {
		list = append(list, line[start:])
	}
	return list
}
