package main

import (
	"fmt"
	"time"

	"triage/testdata/truth"
)

// spoofedInvoice is the attempt from outside: nobody took the mailbox, but false senders write to it. The log holds the
// deliveries; the messages, saved one by one, say who they are not from.
func spoofedInvoice() (*investigation, error) {
	const mailboxName, file = "erin@adatum.com", "activities.csv"
	owner := americanClerk("Erin Wells", mailboxName)
	owner.contacts = append(owner.contacts, accounting())
	m := newMailbox(owner, 11)
	var mails []mail
	for d := on(2018, time.April, 16); d <= on(2018, time.May, 25); d++ {
		m.live(d)
		if d == on(2018, time.May, 16) {
			mails = invoiceActs(m, d)
		}
	}
	e, err := csvExport(file, m.rows).withPages("api", 500)
	if err != nil {
		return nil, err
	}
	page, err := graphPage(mails, mailboxName)
	if err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	c := &investigation{
		name: "spoofed-invoice", title: "An invoice that the supplier did not send",
		story: `
Erin Wells (erin@adatum.com) pays invoices in Chicago: Outlook, a phone, now and then Outlook on the web. Nobody else was in
her mailbox. On 2018-05-16 five messages arrive that she saved as files (mail/), and that were fetched once more (graph/):

- "Changed bank details for invoice 4711" in the supplier's name, diego@wingtiptoys.com. The server saw that it is not from
  there: SPF and DMARC fail, the domain asks for rejection, which a rule of the tenant overrode (oreject). An answer would go
  to another domain. A web page pretending to be a PDF is attached, which the log does not show; Erin opens it.
- "Are you at your desk?" in the name of Adatum's own Megan Bowen: compauth fails with reason 601. Lower down it brought an
  Authentication-Results header of its own that claims a pass.
- "Wire today" from megan@adaturn.com, a domain that somebody registered for its look. It passes everything.
- "Statement of account", the supplier's own, which passes everything.
- "Your ticket", forwarded by a booking site: SPF softfail, DKIM and DMARC pass.`,
		found: `
- The false supplier, high, with the log's line and the file as evidence of one message.
- The spoof of the own domain, high, and its planted header.
- The look-alike domain, although it passes.
- The attachment that only the file shows, opened, high.`,
		quiet: `
- The supplier's own message: nothing. The ticket: low at most.
- No new country, no search, no chain: nobody was in the mailbox.`,
		plants: []plant{
			{"supplier", "the false supplier's message arrives", []string{"MessageDelivered", "diego@wingtiptoys.com", "Changed bank details"}},
			{"opened", "Erin opens its attachment", []string{"Web,OpenedAnAttachment"}},
			{"boss", "the spoof of the own domain arrives", []string{"MessageDelivered", "megan@adatum.com", "Are you at your desk"}},
			{"lookalike", "the look-alike arrives", []string{"MessageDelivered", "megan@adaturn.com"}},
			{"genuine", "the supplier's own message arrives", []string{"MessageDelivered", "diego@wingtiptoys.com", "Statement of account"}},
			{"ticket", "the forwarded ticket arrives", []string{"MessageDelivered", "tickets@alpineskihouse.com"}},
		},
		exports: []export{e, {file: "graph/messages.json", text: page, loose: len(mails)}},
		runs:    []caseRun{{Name: "files", Inputs: []string{file, "mail"}}, {Name: "fetched", Inputs: []string{"api", "graph/messages.json"}}},
		answers: []truth.Line{ // a mailbox may be called high though nobody was in it
			{Answer: "compromised", Sure: []string{"not known", "possible"}},
			{Answer: "entry", Sure: []string{"likely", "not known", "possible"}},
			{Answer: "money", Sure: []string{"likely", "not known", "proven"}},
		},
		mailboxes: map[string]bandWant{mailboxName: {AtLeast: "high"}},
		findings: []findingWant{
			{Rule: "mail.spoofed-sender", Mailbox: mailboxName, AtLeast: "high", Facts: map[string]string{"dmarc_action": "oreject", "reply_to_differs": "true"}, plants: []string{"supplier"}},
			{Rule: "mail.spoofed-own-domain", Mailbox: mailboxName, AtLeast: "high", Facts: map[string]string{"compauth_reason": "601"}, plants: []string{"boss"}},
			{Rule: "mail.planted-header", Mailbox: mailboxName, AtLeast: "medium", plants: []string{"boss"}},
			{Rule: "mail.look-alike-domain", Mailbox: mailboxName, AtLeast: "medium", Facts: map[string]string{"imitates": "adatum.com"}, plants: []string{"lookalike"}},
			{Rule: "mail.risky-attachment", Mailbox: mailboxName, AtLeast: "high", plants: []string{"supplier", "opened"}},
			{Rule: "mail.spf-failed", Mailbox: mailboxName, AtLeast: "low", plants: []string{"ticket"}},
		},
		silences: []quietWant{
			{Rule: "geo.*", Mailbox: mailboxName, Above: "informational"},
			{Rule: "search.*", Mailbox: mailboxName, Above: "low"},
			{Rule: "chain.*", Mailbox: mailboxName, Above: "informational"},
			{Rule: "mail.spf-failed", Mailbox: mailboxName, Above: "low"},
		},
	}
	for i := range mails {
		c.exports = append(c.exports, export{file: mails[i].file, text: mails[i].eml(mailboxName), loose: 1})
	}
	return c, nil
}

// invoiceActs are the five messages of the day, and what Erin does with the first.
func invoiceActs(m *mailbox, d date) []mail {
	deliver := func(plant string, hour int, from contact, subject string) message {
		m.plant = plant
		msg := m.deliver(m.later(d.at(m.owner.zone, hour, 5, 0), 7), from, subject, "")
		m.plant = ""
		return msg
	}
	supplier, boss := accounting(), contact{name: "Megan Bowen", address: "megan@adatum.com"}
	bait := deliver("supplier", 9, supplier, "Changed bank details for invoice 4711")
	session := m.webLogon(m.later(d.at(m.owner.zone, 9, 20, 0), 12), m.owner.office, chromeAgent, m.owner.zoneName)
	m.read(m.later(d.at(m.owner.zone, 9, 21, 0), 3), "Web", session, bait, 40)
	m.plant = "opened"
	m.openAttachment(m.later(d.at(m.owner.zone, 9, 21, 0), 25), session, bait)
	m.plant = ""
	passed := func(domain, action string) string {
		return "spf=pass (sender IP is 198.51.100.20) smtp.mailfrom=" + domain + "; dkim=pass (signature was verified) header.d=" + domain +
			"; dmarc=pass action=" + action + " header.from=" + domain + "; compauth=pass reason=100"
	}
	return []mail{
		{
			file: "mail/changed-bank-details.eml", msg: bait, replyTo: "diego@wingtiptoys-billing.example", text: "Please use the new account from today. Details attached.",
			auth:     "spf=fail (sender IP is 203.0.113.77) smtp.mailfrom=wingtiptoys.com; dkim=none (message not signed) header.d=none; dmarc=fail action=oreject header.from=wingtiptoys.com; compauth=fail reason=000",
			fileName: "Bank details.pdf.html", content: "<html>invented</html>",
		},
		{
			file: "mail/are-you-at-your-desk.eml", msg: deliver("boss", 11, boss, "Are you at your desk?"), text: "I need a payment made quietly.",
			auth:  "spf=softfail (sender IP is 203.0.113.78) smtp.mailfrom=adatum.com; dkim=none (message not signed) header.d=none; dmarc=fail action=none header.from=adatum.com; compauth=fail reason=601",
			below: []string{"Authentication-Results: " + passed("adatum.com", "none")},
		},
		{
			file: "mail/wire-today.eml", msg: deliver("lookalike", 12, contact{name: "Megan Bowen", address: "megan@adaturn.com"}, "Wire today"),
			text: "Can you do a wire today?", auth: passed("adaturn.com", "none"),
		},
		{
			file: "mail/statement.eml", msg: deliver("genuine", 13, supplier, "Statement of account"), text: "Our statement for May.",
			auth: passed("wingtiptoys.com", "none"),
		},
		{
			file: "mail/ticket.eml", msg: deliver("ticket", 14, contact{name: "Alpine Ski House", address: "tickets@alpineskihouse.com"}, "Your ticket"), text: "Your ticket.",
			auth: "spf=softfail (sender IP is 198.51.100.9) smtp.mailfrom=alpineskihouse.com; dkim=pass (signature was verified) header.d=alpineskihouse.com; dmarc=pass action=none header.from=alpineskihouse.com; compauth=pass reason=100",
		},
	}
}
