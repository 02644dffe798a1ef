package main

import (
	"time"

	"triage/testdata/truth"
)

// imapSync is the quiet theft: a mail program fetches the whole mailbox, and the log shows nothing but log ons.
func imapSync() (*investigation, error) {
	const mailboxName, file = "carol@adatum.com", "activities.csv"
	m := newMailbox(americanClerk("Carol Poe", mailboxName), 5)
	attack := on(2018, time.May, 24)
	for d := on(2018, time.April, 9); d <= on(2018, time.June, 8); d++ {
		m.live(d)
		if d == attack {
			imapActs(m, m.later(d.at(time.UTC, 7, 2, 0), 11))
		}
	}
	e, err := lmgExport(file, m.rows).in(mailboxName).withPages("api", 500)
	if err != nil {
		return nil, err
	}
	return &investigation{
		name: "imap-sync", title: "A silent IMAP4 synchronisation from a hosting network",
		story: `
Carol Poe (carol@adatum.com) works in Chicago: Outlook, a phone, now and then Outlook on the web, all from the United States.
She has never used IMAP.

On 2018-05-24 from 07:02 to 09:14 UTC, 02:02 to 04:14 at night for her, a mail program with her password logs on by IMAP4
from a rented server in Luxembourg (` + luHosting().at(41) + `), 23 times in a row, as such programs do while they fetch
folder after folder. No message is read, searched for or moved in the log: that is what a full copy of a mailbox looks like.

The export is ascending and without a byte order mark, as LMG's variant of the retriever wrote it.`,
		found: `
- IMAP4 as a client that this mailbox never used.
- The logons from LU.
- The caveat that the whole mailbox must be presumed copied, although no activity shows a message being read.
- Mailbox carol@adatum.com in band high or above.`,
		quiet:   `- Nothing on searches or attachments above low.`,
		plants:  []plant{{"imap", "IMAP4 logons from Luxembourg", []string{"IMAP4,ServerLogon", luHosting().at(41)}}},
		exports: []export{e},
		runs:    []caseRun{{Name: "csv", Inputs: []string{file}}, {Name: "api", Inputs: []string{"api"}}},
		intruder: &intruderTruth{
			kind: "imap", accounts: []string{mailboxName}, addresses: []string{luHosting().at(41)}, plants: []string{"imap"},
			presumed: []truth.Line{{Truth: truth.Presumed, Mailbox: mailboxName, How: []string{"imap"}}},
			answers: []truth.Line{
				{Answer: "entry", Facts: map[string][]string{"how": {"legacy protocol|unknown"}}},
				{Answer: "where", Facts: map[string][]string{"countries": {"LU"}}},
			},
		},
		mailboxes: map[string]bandWant{mailboxName: {AtLeast: "high"}},
		findings: []findingWant{
			{Rule: "app.*", Mailbox: mailboxName, AtLeast: "medium", Facts: map[string]string{"app": "IMAP4"}, plants: []string{"imap"}},
			{Rule: "geo.new-country", Mailbox: mailboxName, AtLeast: "medium", Facts: map[string]string{"country": "LU"}, plants: []string{"imap"}},
		},
		silences: []quietWant{
			{Rule: "search.*", Mailbox: mailboxName, Above: "low"}, {Rule: "mail.*", Mailbox: mailboxName, Above: "low"},
		},
		caveats: []caveatWant{{Code: "imap-sync", Mailbox: mailboxName}},
	}, nil
}

// imapActs are the log ons of one synchronisation: every few minutes a new connection.
func imapActs(m *mailbox, at time.Time) {
	m.plant = "imap"
	for range 23 {
		m.serverLogon(at, "IMAP4", luHosting().at(41), "")
		at = m.later(at, m.random.between(330, 390))
	}
	m.plant = ""
}
