package main

import "time"

// financeClerk is innocent: money is what this mailbox is about.
func financeClerk() (*investigation, error) {
	const mailboxName, file = "frank@fabrikam.com", "activities.csv"
	owner := americanClerk("Frank Nowak", mailboxName)
	owner.off = []dayRange{{on(2018, time.April, 30), on(2018, time.May, 4)}}
	money := accounting()
	money.weight = 9
	owner.contacts = append(owner.contacts, money)
	m := newMailbox(owner, 3)
	for d := on(2018, time.April, 2); d <= on(2018, time.May, 31); d++ {
		m.live(d)
		if !d.weekend() && !owner.onHoliday(d) {
			clerkSearches(m, d)
		}
	}
	e, err := csvExport(file, m.rows).withPages("api", 1000)
	if err != nil {
		return nil, err
	}
	return &investigation{
		name: "finance-clerk", title: "A finance clerk who searches \"invoice\" every day",
		story: `
Frank Nowak (frank@fabrikam.com) pays the bills of Fabrikam in Chicago. Every working day he searches for "invoice", often
letter by letter, on many days for "payment" and "remittance" too. Half of his mail is invoices as .pdf.
He has a week of holiday from 2018-04-30. All of it is from the United States, all of it is his. Nothing is planted.`,
		found: "Nothing above low.",
		quiet: `
- Searches for finance terms: low at most, for they are his usual words.
- The mailbox stays below band high.
- Countries, clients, attachments: nothing above low.`,
		exports:   []export{e},
		runs:      []caseRun{{Name: "csv", Inputs: []string{file}}, {Name: "api", Inputs: []string{"api"}}},
		mailboxes: map[string]bandWant{mailboxName: {Below: "high"}},
		findings:  []findingWant{},
		silences:  []quietWant{{Rule: "*", Mailbox: mailboxName, Above: "low"}},
	}, nil
}

// clerkSearches are the finance searches of one working day.
func clerkSearches(m *mailbox, d date) {
	at := m.time(d, m.random.between(m.owner.start, m.owner.end-1))
	app := choose(m.random, []string{"Outlook", "Outlook", "Web"})
	if app == "Web" {
		m.webLogon(at.Add(-3*time.Minute), m.owner.office, chromeAgent, m.owner.zoneName)
	}
	if m.random.chance(0.5) {
		m.searchTyped(at, app, letters("invoice"))
	} else {
		m.search(at, app, m.random.guid(), "invoice")
	}
	if m.random.chance(0.6) {
		m.search(m.time(d, m.owner.end-1), "Outlook", m.random.guid(), "payment")
	}
	if m.random.chance(0.5) {
		m.search(m.time(d, m.owner.start+1), "Outlook", m.random.guid(), choose(m.random, []string{"remittance", "remittance", "invoice 4711"}))
	}
}
