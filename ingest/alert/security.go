package alert

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/row"
)

var errNobody = errors.New("a risk of nobody: neither user nor application")

// addAlert makes an alert of a security alert for each person whom it names.
func addAlert(r *row.Row, to *activity.Shard) error {
	ms, undated, ok := r.When(to, "firstactivitydatetime", "firstactivity", "starttime", "starttimeutc", "eventdatetime", "createddatetime",
		"timestamp", "timegenerated", "time", "lastactivity")
	if !ok {
		return fmt.Errorf("createdDateTime %.40q: no time that can be read", r.Get("createddatetime", "eventdatetime", "timestamp"))
	}
	n := namedIn(r)
	title := r.Get("title", "displayname", "alertname", "alertdisplayname", "alerttype")
	id := r.Get("systemalertid", "alertid", "id", "provideralertid", "vendororiginalid")
	add := to.Add
	for i, who := range n.people {
		a := startAlert(r, to, opAlert)
		a.Time, a.Flags = ms, undated
		a.Actor = to.InternFold(record.Bounded(to, who))
		if n.nameless {
			a.Lane = activity.System
		}
		if len(n.addresses) == 1 {
			a.IP = to.Intern(record.Bounded(to, n.addresses[0]))
		}
		identify(&a, "alert", id, title, to)
		row.Put(to, activity.FieldObject, id)
		row.Put(to, activity.FieldWorkload, r.Get("servicesource", "productname", "providername", "vendorinformation.provider"))
		row.Param(to, "Name", title)
		row.Param(to, "Severity", r.Get("severity", "alertseverity"))
		row.Param(to, "Category", r.Get("category", "categories", "tactics", "alerttype"))
		row.Param(to, "Status", r.Get("status"))
		row.Param(to, "Provider", r.Get("detectionsource", "productname", "vendorinformation.provider"))
		row.Param(to, "Classification", r.Get("classification"))
		row.Param(to, "Description", r.Get("description"))
		if len(n.addresses) > 1 {
			row.Param(to, "ClientIPs", bytes.Join(n.addresses, []byte("; ")))
			put(to, activity.FieldOtherIP, n.addresses)
			a.Flags |= activity.TwoIPs
		}
		put(to, activity.FieldMessageID, n.messages)
		put(to, activity.FieldSubject, n.subjects)
		put(to, activity.FieldSender, n.senders)
		r.Raw(to)
		r.Tenant(to)
		add(a)
		if add = to.AddMore; i == mostPeople {
			to.Tally("alerts that name more people than are read")
			break
		}
	}
	return nil
}

func put(to *activity.Shard, f activity.Field, values [][]byte) {
	for _, v := range values {
		row.Put(to, f, v)
	}
}

// mostPeople bounds whom one alert names.
const mostPeople = 1000

// entities are the entities of an alert.
type entities struct {
	people, addresses, messages, subjects, senders [][]byte
	nameless                                       bool // nobody is named: people is the detector
}

// service is who acts in an alert that names nobody.
const service = "SecurityComplianceAlerts"

// namedIn collects whom and what an alert names: its evidence, entities or user states, or the columns of a table.
func namedIn(r *row.Row) *entities {
	n := &entities{}
	for _, name := range [...]string{"evidence", "entities", "userstates", "hoststates", "networkconnections", "messagesecuritystates", "additionalfields"} {
		n.walk(r.JSON(name), "", 0)
	}
	for _, name := range [...]string{
		"accountupn", "userprincipalname", "compromisedentity", "mailboxprimaryaddress", "recipientemailaddress", "impactedassets",
		"impactedentities", "users", "user", "entityname", "usersaccounts",
	} {
		n.see(name, r.Get(name))
	}
	for _, name := range [...]string{"remoteip", "ipaddress", "networkmessageid", "internetmessageid", "emailsubject"} {
		n.see(name, r.Get(name))
	}
	if len(n.people) == 0 {
		n.people, n.nameless = [][]byte{[]byte(service)}, true
	}
	return n
}

// walk visits the texts of an entity by their names.
func (n *entities) walk(raw json.RawMessage, name string, depth int) {
	raw = record.Unquoted(raw)
	if len(raw) == 0 || depth > record.MaxDepth {
		return
	}
	switch raw[0] {
	case '{':
		members, _ := record.Members(raw)
		n.account(members)
		for _, m := range members {
			value := bytes.TrimSpace(m.Value)
			if len(value) > 0 && (value[0] == '{' || value[0] == '[') {
				n.walk(json.RawMessage(value), row.Fold(string(m.Name)), depth+1)
			} else {
				n.see(row.Fold(string(m.Name)), record.TextOf(value))
			}
		}
	case '[':
		var list []json.RawMessage
		if partOf(raw, &list) {
			for _, v := range list {
				n.walk(v, name, depth+1)
			}
		}
	default:
		n.see(name, record.TextOf(raw))
	}
}

// account is a Sentinel entity that writes a name in two parts.
func (n *entities) account(members []record.Member) {
	var name, suffix row.Text
	for _, m := range members {
		switch row.Fold(string(m.Name)) {
		case "name", "accountname":
			name = record.TextOf(m.Value)
		case "upnsuffix":
			suffix = record.TextOf(m.Value)
		}
	}
	if len(name) > 0 && len(suffix) > 0 && bytes.IndexByte(name, '@') < 0 {
		n.see("userprincipalname", []byte(string(name)+"@"+string(suffix)))
	}
}

// see keeps a text where its name says what it is.
func (n *entities) see(name string, value row.Text) {
	value = bytes.TrimSpace(value)
	if len(value) == 0 {
		return
	}
	switch name {
	case "userprincipalname", "accountupn", "upn", "mailboxprimaryaddress", "primaryaddress", "recipientemailaddress", "recipient",
		"compromisedentity", "impactedassets", "impactedentities", "users", "user", "entityname", "usersaccounts":
		for _, word := range addressesIn(value) {
			n.people = appendNew(n.people, bytes.ToLower(word))
		}
	case "ipaddress", "address", "logonip", "remoteip", "senderip", "sourceaddress":
		if _, err := netip.ParseAddr(string(value)); err == nil && name != "senderip" {
			n.addresses = appendNew(n.addresses, value)
		}
	case "internetmessageid":
		n.messages = appendNew(n.messages, value)
	case "subject", "emailsubject":
		n.subjects = appendNew(n.subjects, value)
	case "p1sender.emailaddress", "sender", "senderfromaddress":
		n.senders = appendNew(n.senders, value)
	}
}

// addressesIn are the mail addresses in a text, which may hold other words.
func addressesIn(value []byte) [][]byte {
	var found [][]byte
	for word := range bytes.FieldsFuncSeq(value, func(c rune) bool { return strings.ContainsRune(" \t\r\n;,<>()[]\"'|", c) }) {
		if at := bytes.IndexByte(word, '@'); at > 0 && bytes.IndexByte(word[at:], '.') > 0 && bytes.LastIndexByte(word, '@') == at {
			found = append(found, word)
		}
	}
	return found
}

func appendNew(list [][]byte, value []byte) [][]byte {
	if len(list) > mostPeople {
		return list
	}
	for _, have := range list {
		if bytes.EqualFold(have, value) {
			return list
		}
	}
	return append(list, bytes.Clone(value))
}
