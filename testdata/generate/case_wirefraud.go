package main

import (
	"time"

	"triage/testdata/truth"
)

// wireFraud is the case of the 2018 post: a foreign log on to Outlook on the web, letter-by-letter searches for money,
// reading, a reply in the owner's name, and a delete that hides it.
func wireFraud() (*investigation, error) {
	const mailboxName, file = "alice@contoso.com", "activities.csv"
	owner := dutchManager("Alice Koster", mailboxName)
	owner.contacts = append(owner.contacts, accounting())
	m := newMailbox(owner, 2)
	attack := on(2018, time.May, 22)
	for d := on(2018, time.April, 3); d <= on(2018, time.June, 1); d++ {
		m.live(d)
		if d == attack-1 {
			wireFraudBait(m, d)
		}
		if d == attack {
			wireFraudActs(m, d)
		}
	}
	e, err := csvExport(file, m.rows).in(mailboxName).withPages("api", 500)
	if err != nil {
		return nil, err
	}
	return &investigation{
		name: "wire-fraud", title: "Wire fraud: a foreign Web logon that searches for payments",
		story: `
Alice Koster (alice@contoso.com) manages purchasing in Amsterdam: Outlook in the office or at home, an iPhone, Outlook on
the web on about a third of her days, all from the Netherlands; now and then she searches for a project plan.

On 2018-05-22 at 01:12 UTC, night for her, an intruder with her password opens Outlook on the web from a mobile network in
Nigeria (` + ngMobile().at(7) + `), types "wire transfer" and "invoice" letter by letter (the second with a slip of the finger),
then "iban", reads the three messages of the supplier Wingtip Toys, answers one in her name, and deletes the
supplier's reminder. He comes back at 05:40 UTC with another address of the same network and reads the thread again.`,
		found: `
- The logon from NG: first use of the country, both addresses.
- Three searches, not thirty-odd: "wire transfer", "invoice", "iban".
- Mailbox alice@contoso.com in band high or above.`,
		quiet: `
- Her own searches ("project plan", "team lunch") are no finding.
- The Web client is not rare for her: no finding on the client.
- .pdf invoices from the supplier: low at most.`,
		plants: []plant{
			{"logon", "Web logons from Nigeria", []string{"ServerLogon", "105.112.4."}},
			{"page", "the pages' own Logon rows", []string{",Logon,", "105.112.4."}},
			{"search-wire", "\"wire transfer\", a row for each letter", []string{"SearchResult", "<RawQuery>w"}},
			{"search-invoice", "\"invoice\" with a slip", []string{"SearchResult", "<RawQuery>i"}},
			{"search-iban", "\"iban\"", []string{"SearchResult", "<RawQuery>i"}},
			{"read", "the supplier's messages read", []string{"ReadingPaneDisplay"}},
			{"reply", "an answer in Alice's name", []string{"Web,"}},
			{"delete", "the supplier's reminder deleted", []string{",Delete,", "SoftDelete"}},
		},
		exports: []export{e},
		runs:    []caseRun{{Name: "csv", Inputs: []string{file}}, {Name: "api", Inputs: []string{"api"}}},
		intruder: &intruderTruth{
			kind: "wire fraud", accounts: []string{mailboxName}, addresses: []string{ngMobile().at(7), ngMobile().at(93)},
			plants:   []string{"logon", "page", "search-wire", "search-invoice", "search-iban", "read", "reply", "delete"},
			searches: []string{"iban", "invoice", "wire transfer"},
			answers: []truth.Line{
				{Answer: "where", Facts: map[string][]string{"countries": {"NG"}}},
				{Answer: "money", Sure: []string{"proven"}, Facts: map[string][]string{"threads": {"Bank details for the wire transfer", "Invoice 4711", "Reminder: invoice 4698"}}},
			},
		},
		mailboxes: map[string]bandWant{mailboxName: {AtLeast: "high"}},
		findings: []findingWant{
			{Rule: "geo.new-country", Mailbox: mailboxName, AtLeast: "medium", Facts: map[string]string{"country": "NG"}, plants: []string{"logon", "page"}},
			{Rule: "search.finance", Mailbox: mailboxName, AtLeast: "medium", Facts: map[string]string{"query": "wire transfer"}, plants: []string{"search-wire"}},
			{Rule: "search.finance", Mailbox: mailboxName, AtLeast: "medium", Facts: map[string]string{"query": "invoice"}, plants: []string{"search-invoice"}},
			{Rule: "search.finance", Mailbox: mailboxName, AtLeast: "medium", Facts: map[string]string{"query": "iban"}, plants: []string{"search-iban"}},
		},
		silences: []quietWant{
			{Rule: "app.*", Mailbox: mailboxName, Above: "low"},
			{Rule: "mail.*", Mailbox: mailboxName, Above: "low"},
		},
	}, nil
}

// wireFraudBait delivers what the intruder comes for.
func wireFraudBait(m *mailbox, d date) {
	supplier := accounting()
	m.deliver(m.later(d.at(m.owner.zone, 9, 4, 0), 10), supplier, "Invoice 4711", ".pdf,ByValue")
	m.deliver(m.later(d.at(m.owner.zone, 11, 20, 0), 45), supplier, "Bank details for the wire transfer", "")
	m.deliver(m.later(d.at(m.owner.zone, 16, 41, 0), 3), supplier, "Reminder: invoice 4698", ".pdf,ByValue")
}

// wireFraudActs are the intruder's two visits.
func wireFraudActs(m *mailbox, d date) {
	bait := append([]message(nil), bySender(m, accounting().address, 3)...)
	session := intruderOnWeb(m, m.later(d.at(time.UTC, 1, 12, 0), 8), ngMobile().at(7))
	at := m.later(d.at(time.UTC, 1, 13, 0), 40)
	m.plant = "search-wire"
	at = m.searchTyped(at, "Web", letters("wire transfer"))
	m.plant = "search-invoice"
	typed := []string{"i", "in", "inv", "invi", "invio", "invi", "inv", "invo", "invoi", "invoic", "invoice"}
	at = m.searchTyped(m.later(at, 95), "Web", typed)
	m.plant = "search-iban"
	at = m.searchTyped(m.later(at, 140), "Web", letters("iban"))
	m.plant = "read"
	for _, msg := range bait {
		at = m.later(at, 70)
		m.read(at, "Web", session, msg, 35)
	}
	m.plant = "reply"
	m.reply(m.later(at, 100), "Web", session, bait[1])
	m.plant = "delete"
	m.remove(m.later(at, 400), "Web", session, bait[2], "SoftDelete")
	session = intruderOnWeb(m, m.later(d.at(time.UTC, 5, 40, 0), 51), ngMobile().at(93))
	m.plant = "read"
	m.read(m.later(d.at(time.UTC, 5, 42, 0), 30), "Web", session, bait[1], 120)
	m.plant = ""
}

// intruderOnWeb opens Outlook on the web as the intruder does: an old browser, a clock that is not the owner's.
func intruderOnWeb(m *mailbox, at time.Time, ip string) (session string) {
	m.plant = "logon"
	session = m.serverLogon(at, "Web", ip, firefoxAgent)
	m.plant = "page"
	m.webPage(m.later(at, 1), session, ip, firefoxAgent, "W. Central Africa Standard Time")
	m.plant = ""
	return session
}

// bySender are the newest n messages of a sender that the mailbox still remembers, oldest first.
func bySender(m *mailbox, address string, n int) []message {
	var out []message
	for _, msg := range m.recent {
		if msg.senderAddress == address {
			out = append(out, msg)
		}
	}
	return out[max(0, len(out)-n):]
}
