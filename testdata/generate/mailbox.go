package main

import (
	"strings"
	"time"
)

// User agents of 2018, as Exchange Online saw them.
const (
	outlookAgent = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.9126; Pro)"
	chromeAgent  = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/66.0.3359.139 Safari/537.36"
	firefoxAgent = "Mozilla/5.0 (Windows NT 6.1; rv:52.0) Gecko/20100101 Firefox/52.0"
	iphoneAgent  = "Apple-iPhone9C3/1505.302"
	iphoneXAgent = "Apple-iPhone10C6/1506.50"
	androidAgent = "Outlook-Android/2.2.183 (4.1.0)"
	macAgent     = "Mac OS X/10.13.4 (17E202) CalendarAgent/399.2.2"
)

// What ServerLogon says of a wrong password; invented.
const (
	failed        = "Failure"
	wrongPassword = "InvalidCredentials"
)

// message is a delivered message that later activities refer to.
type message struct {
	item, internetID, conversation string
	subject, sender, senderAddress string
	received                       time.Time
	read                           bool
}

// mailbox records what happens to one mailbox.
type mailbox struct {
	owner  person
	random *random
	prefix string // that all item ids of the mailbox share
	recent []message
	rows   []row
	plant  string // given to every row recorded while it is set
	plants string // prefix of plant, where a case has several mailboxes
}

// recentKept bounds the messages that later activities may touch, so that a mailbox of any size takes little memory.
const recentKept = 200

func newMailbox(owner person, seed uint64) *mailbox {
	r := newRandom(seed, owner.address)
	return &mailbox{owner: owner, random: r, prefix: "AAMkAG" + r.token(18)}
}

// record adds one row; the service wrote it down up to a minute and a half after it happened.
func (m *mailbox) record(at time.Time, app, kind, item, session string, properties ...property) {
	planted := m.plant
	if planted != "" {
		planted = m.plants + planted
	}
	m.rows = append(m.rows, row{
		time: at, created: at.Add(time.Duration(1000+m.random.below(90_000)) * time.Millisecond), app: app, kind: kind,
		item: item, session: session, properties: properties, plant: planted, id: m.random.guid(),
	})
}

// itemID draws the id of an item.
func (m *mailbox) itemID() string { return m.prefix + "BGAAAAAA" + m.random.token(21) + "AAA=" }

// later is a time some seconds on, and a part of one, for acts whose second does not matter.
func (m *mailbox) later(at time.Time, seconds int) time.Time {
	return at.Add(time.Duration(seconds)*time.Second + time.Duration(m.random.below(1000))*time.Millisecond)
}

// deliver records a message that arrives, and keeps it for later. Key order and spelling follow the community's field
// list; AttachmentDetail has never been seen in public, its values here are invented.
func (m *mailbox) deliver(at time.Time, from contact, subject, attachment string) message {
	msg := message{
		item: m.itemID(), internetID: "<" + m.random.hex(24) + "@" + domainOf(from.address) + ">",
		conversation: "AAQkAG" + m.random.token(18) + "=", subject: subject, sender: from.name,
		senderAddress: from.address, received: at,
	}
	properties := []property{
		{"IsClutter", "False"},
		{"DeliveredToInbox", "True"},
		{"DeliveredToClutter", "False"},
		{"InternetMessageId", msg.internetID},
		{"ConversationId", msg.conversation},
		{"From", from.name},
		{"SenderSmtpAddress", from.address},
		{"Recipients", m.owner.address},
		{"Subject", subject},
		{"SentTime", stamp(at.Add(-4 * time.Second))},
		{"ReceivedTime", at.UTC().Format("01/02/2006 03:04:05 PM")},
		{"ItemClass", "IPM.Note"},
		{"DeliveredFolderType", "2"},
	}
	if attachment != "" {
		properties = append(properties, property{"AttachmentDetail", attachment})
	}
	m.record(at, "Exchange", "MessageDelivered", msg.item, "", properties...)
	m.recent = append(m.recent, msg)
	if len(m.recent) > recentKept {
		m.recent = append(m.recent[:0], m.recent[len(m.recent)-recentKept/2:]...)
	}
	return msg
}

// serverLogon records a log on as the server saw it, and returns the session.
func (m *mailbox) serverLogon(at time.Time, app, ip, agent string) (session string) {
	return m.logonResult(at, app, ip, agent, "Success", "")
}

// logonResult records a log on with the result that the server gave.
func (m *mailbox) logonResult(at time.Time, app, ip, agent, result, exception string) (session string) {
	session = m.random.guid()
	m.record(at, app, "ServerLogon", "", session,
		property{"Result", result}, property{"ExceptionInfo", exception}, property{"UserName", m.owner.address},
		property{"ClientIP", ip}, property{"UserAgent", agent}, property{"NetworkPresenceLocation", ""})
	return session
}

// webLogon records an Outlook on the web session: the server's row and the page's own.
func (m *mailbox) webLogon(at time.Time, ip, agent, timezone string) (session string) {
	session = m.serverLogon(at, "Web", ip, agent)
	m.webPage(m.later(at, 1), session, ip, agent, timezone)
	return session
}

// webPage records the row that the page of Outlook on the web wrote of itself.
func (m *mailbox) webPage(at time.Time, session, ip, agent, timezone string) {
	m.record(at, "Web", "Logon", "", session,
		property{"Layout", "Mouse"}, property{"Timezone", timezone}, property{"IPAddress", ip}, property{"Browser", agent},
		property{"InferenceUiReady", "1"}, property{"InferenceUiOnKeyName", "False"},
		property{"Flights", "firstrelease,auth,focusedinbox"})
}

// read records that a message was shown in the reading pane for some seconds.
func (m *mailbox) read(at time.Time, app, session string, msg message, seconds int) {
	shown := []property{}
	if app == "Web" {
		shown = []property{
			{"ConversationId", msg.conversation}, {"IsConversation", "1"}, {"IsClutter", "False"}, {"SelectedFolderName", "Inbox"},
		}
	}
	m.record(at, app, "ReadingPaneDisplayStart", msg.item, session, shown...)
	m.record(m.later(at, seconds), app, "ReadingPaneDisplayEnd", msg.item, session,
		property{"IsConversation", "1"}, property{"ConversationId", msg.conversation})
}

// markRead records the mark that Outlook and the phone set.
func (m *mailbox) markRead(at time.Time, app, session string, msg message) {
	m.record(at, app, "MarkAsRead", msg.item, session,
		property{"ReceivedTime", msg.received.UTC().Format("01/02/2006 03:04:05 PM")},
		property{"SenderAddress", msg.senderAddress}, property{"InternetMessageId", msg.internetID},
		property{"SourceFolder", "Inbox"})
}

// move records that a message went to a folder. The row has the message's new id; nothing in it names the old one.
func (m *mailbox) move(at time.Time, app, session string, msg *message, folder string) {
	msg.item = m.itemID()
	m.record(at, app, "Move", msg.item, session,
		property{"MoveType", "Move"}, property{"SourceFolder", "Inbox"}, property{"TargetFolder", folder})
}

// remove records that a message was deleted.
func (m *mailbox) remove(at time.Time, app, session string, msg message, how string) {
	m.record(at, app, "Delete", msg.item, session,
		property{"DeleteType", how}, property{"DeletedByEmptyFolder", "False"},
		property{"DeletedByDeleteAllClutter", "False"}, property{"SourceDefaultFolderType", "Inbox"})
}

// openAttachment records that an attachment was opened; only Outlook on the web wrote this row.
func (m *mailbox) openAttachment(at time.Time, session string, msg message) {
	m.record(at, "Web", "OpenedAnAttachment", msg.item, session, property{"AttachmentAction", "Open"})
}

// reply records an answer and its sending.
func (m *mailbox) reply(at time.Time, app, session string, msg message) {
	m.record(at, app, "Reply", msg.item, session)
	m.record(m.later(at, 20+m.random.below(200)), app, "MessageSent", m.itemID(), session,
		property{"ItemSchemaType", "Message"})
}

// search records a finished search: one row.
func (m *mailbox) search(at time.Time, app, session, text string) {
	m.searchRow(at, app, session, text, m.random.guid())
}

// searchTyped records a search as it is typed: a row for each state of the box, a third of a second to a second apart,
// all of one search session. It returns the time of the last row.
func (m *mailbox) searchTyped(at time.Time, app string, states []string) time.Time {
	sid := m.random.guid()
	for i, text := range states {
		if i > 0 {
			at = at.Add(time.Duration(300+m.random.below(900)) * time.Millisecond)
		}
		m.searchRow(at, app, m.random.guid(), text, sid) // the client's session differs from request to request
	}
	return at
}

// letters are the states of the search box while a text is typed without a mistake.
func letters(text string) []string {
	var states []string
	for i, r := range text {
		if r == ' ' {
			continue // the box asks again when the next letter comes
		}
		states = append(states, text[:i+len(string(r))])
	}
	return states
}

// searchRow records one SearchResult. No Query XML of 2018 is public but for /Query/RawQuery: the rest is invented.
func (m *mailbox) searchRow(at time.Time, app, session, text, sid string) {
	hits := make([]string, m.random.between(1, 3))
	for i := range hits {
		hits[i] = m.random.hex(16)
	}
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
	m.record(at, app, "SearchResult", "", session,
		property{"Query", "<Query><RawQuery>" + escape.Replace(text) + "</RawQuery></Query>"},
		property{"Folders", m.random.token(9)}, property{"Ver", "1"}, property{"MaxRes", "25"}, property{"App", app},
		property{"Pos", "0"}, property{"ResIds", strings.Join(hits, ",")}, property{"Sid", sid},
		property{"Rid", m.random.guid()}, property{"Trunc", "False"})
}

// domainOf is what stands after the @ of an address.
func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}
