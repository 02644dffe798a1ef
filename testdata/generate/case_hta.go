package main

import (
	"time"

	"triage/testdata/truth"
)

// htaAttachment is a program in an attachment: delivered, opened the same morning, and that night somebody else logs on.
func htaAttachment() (*investigation, error) {
	const mailboxName, file = "bob@adatum.com", "activities.csv"
	owner := britishEngineer("Bob Hale", mailboxName)
	owner.contacts = append(owner.contacts, accounting())
	m := newMailbox(owner, 7)
	attack := on(2018, time.May, 15)
	for d := on(2018, time.April, 3); d <= on(2018, time.June, 1); d++ {
		m.live(d)
		switch d {
		case attack - 6:
			m.deliver(m.time(d, 10), contact{name: "IT Service Desk", address: "it@adatum.com"}, "setup.exe and other .hta files are blocked from June", "")
		case attack:
			htaActs(m, d)
		case attack + 8:
			m.plant = "unopened"
			m.deliver(m.time(d, 11), contact{name: "Parcel Service", address: "track@parcels.example"}, "Your parcel could not be delivered", ".js,ByValue")
			m.plant = ""
		}
	}
	e, err := csvExport(file, m.rows).in(mailboxName).withPages("api", 500)
	if err != nil {
		return nil, err
	}
	return &investigation{
		name: "hta-attachment", title: "An HTA attachment, opened, then a logon from elsewhere",
		story: `
Bob Hale (bob@adatum.com) is an engineer in London: Outlook, an iPhone, Outlook on the web on many days.

On 2018-05-15 at 08:12 UTC he receives "Scanned invoice 0515" from a look-alike of the supplier Wingtip Toys
(diego@wingtiptoys-billing.com) with an HTML application attached. At 08:31 he reads it in Outlook on the web in his office
and opens the attachment. At 22:47 UTC somebody logs on to Outlook on the web from a rented server in Ukraine
(` + uaHosting().at(10) + `), reads two messages, and deletes the one with the attachment for good.

Eight days later a message with a .js attachment arrives that nobody opens.`,
		found: `
- The HTA delivered and opened: level high.
- The .js delivered but not opened: found, though weaker.
- The logon from UA.
- Mailbox bob@adatum.com in band high or above.`,
		quiet: `
- The service desk's message that names setup.exe and .hta in its subject has no attachment.
- .docx, .xlsx, .png and .pdf attachments: low at most.
- Nothing on searches.`,
		plants: []plant{
			{"delivered", "the HTA arrives", []string{"MessageDelivered", ".hta", "wingtiptoys-billing.com"}},
			{"read", "Bob reads the message", []string{"Web,ReadingPaneDisplay"}},
			{"opened", "Bob opens the attachment", []string{"Web,OpenedAnAttachment"}},
			{"logon", "the logon from Ukraine", []string{"Web,ServerLogon", uaHosting().at(10)}},
			{"page", "the page's own Logon row", []string{"Web,Logon", uaHosting().at(10)}},
			{"spying", "the intruder reads", []string{"Web,ReadingPaneDisplay"}},
			{"delete", "the message deleted for good", []string{"Web,Delete", "HardDelete"}},
			{"unopened", "a .js that nobody opens", []string{"MessageDelivered", ".js"}},
		},
		exports: []export{e},
		runs:    []caseRun{{Name: "csv", Inputs: []string{file}}, {Name: "api", Inputs: []string{"api"}}},
		intruder: &intruderTruth{
			kind: "hta attachment", accounts: []string{mailboxName}, addresses: []string{uaHosting().at(10)}, plants: []string{"logon", "page", "spying", "delete"},
			answers: []truth.Line{
				{Answer: "entry", Sure: []string{"likely", "possible"}, Facts: map[string][]string{"lure": {"Scanned invoice 0515"}}},
				{Answer: "where", Facts: map[string][]string{"countries": {"UA"}}},
				{Answer: "money", Sure: []string{"likely", "not known", "proven"}},
			},
		},
		mailboxes: map[string]bandWant{mailboxName: {AtLeast: "high"}},
		findings: []findingWant{
			{Rule: "mail.risky-attachment", Mailbox: mailboxName, AtLeast: "high", plants: []string{"delivered", "opened"}},
			{Rule: "mail.risky-attachment", Mailbox: mailboxName, AtLeast: "low", plants: []string{"unopened"}},
			{Rule: "geo.new-country", Mailbox: mailboxName, AtLeast: "medium", Facts: map[string]string{"country": "UA"}, plants: []string{"logon", "page"}},
		},
		silences: []quietWant{
			{Rule: "search.*", Mailbox: mailboxName, Above: "low"}, {Rule: "app.*", Mailbox: mailboxName, Above: "low"},
		},
	}, nil
}

// htaActs are the delivery, what Bob did with it, and the intruder's visit.
func htaActs(m *mailbox, d date) {
	m.plant = "delivered"
	bait := m.deliver(m.later(d.at(time.UTC, 8, 12, 0), 5), contact{name: "Diego Siciliani", address: "diego@wingtiptoys-billing.com"},
		"Scanned invoice 0515", ".hta,ByValue")
	m.plant = ""
	session := m.webLogon(m.later(d.at(time.UTC, 8, 29, 0), 40), m.owner.office, chromeAgent, m.owner.zoneName)
	m.plant = "read"
	m.read(m.later(d.at(time.UTC, 8, 31, 0), 2), "Web", session, bait, 55)
	m.plant = "opened"
	m.openAttachment(m.later(d.at(time.UTC, 8, 31, 0), 20), session, bait)
	targets := bySender(m, accounting().address, 2)
	session = intruderOnWeb(m, m.later(d.at(time.UTC, 22, 47, 0), 19), uaHosting().at(10))
	at := d.at(time.UTC, 22, 49, 0)
	m.plant = "spying"
	for _, msg := range append(targets, bait)[:2] {
		at = m.later(at, 60)
		m.read(at, "Web", session, msg, 30)
	}
	m.plant = "delete"
	m.remove(m.later(at, 90), "Web", session, bait, "HardDelete")
	m.plant = ""
}
