package main

import (
	"time"

	"triage/testdata/truth"
)

// twoMailboxes is one intruder in two mailboxes, whose exports are two files.
func twoMailboxes() (*investigation, error) {
	const hank, iris = "hank@contoso.com", "iris@contoso.com"
	intruder := ngMobileTwo().at(55)
	first, second := newMailbox(dutchManager("Hank Bos", hank), 19), newMailbox(dutchManager("Iris Smit", iris), 23)
	attack := on(2018, time.May, 14)
	for d := on(2018, time.April, 3); d <= on(2018, time.May, 25); d++ {
		first.live(d)
		second.live(d)
		if d == attack {
			twoActs(first, d, intruder, "hank", "payroll")
		}
		if d == attack+1 {
			twoActs(second, d, intruder, "iris", "bank account")
		}
	}
	a, err := csvExport("hank.csv", first.rows).in(hank).withPages("api/hank", 500)
	if err != nil {
		return nil, err
	}
	b, err := lmgExport("iris.csv", second.rows).in(iris).withPages("api/iris", 500)
	if err != nil {
		return nil, err
	}
	return &investigation{
		name: "two-mailboxes", title: "One intruder in two mailboxes",
		story: `
Hank Bos (hank@contoso.com) and Iris Smit (iris@contoso.com) work in the same office in Amsterdam.

On 2018-05-14 at 02:30 UTC an intruder opens Hank's mailbox by Outlook on the web from a mobile network in Nigeria
(` + intruder + `) and searches for "payroll"; the next night at 02:30 UTC he opens Iris's from the same address with the
same browser and searches for "bank account". In both he reads two messages.

Hank's export is newest first with a byte order mark, Iris's oldest first without.`,
		found: `
- In both mailboxes the logon from NG and the search.
- The address ` + intruder + ` with both mailboxes beside it.
- Both mailboxes in band high or above.`,
		quiet: "- What they do from the same office address is no sign of a shared intruder.",
		plants: []plant{
			{"hank-logon", "Web logon from Nigeria", []string{"Web,ServerLogon", intruder}},
			{"hank-page", "its page's own Logon row", []string{"Web,Logon", intruder}},
			{"hank-search", "\"payroll\", a row for each letter", []string{"Web,SearchResult", "<RawQuery>p"}},
			{"hank-read", "two messages read", []string{"Web,ReadingPaneDisplay"}},
			{"iris-logon", "Web logon from Nigeria", []string{"Web,ServerLogon", intruder}},
			{"iris-page", "its page's own Logon row", []string{"Web,Logon", intruder}},
			{"iris-search", "\"bank account\", a row for each letter", []string{"Web,SearchResult", "<RawQuery>b"}},
			{"iris-read", "two messages read", []string{"Web,ReadingPaneDisplay"}},
		},
		exports: []export{a, b},
		runs: []caseRun{
			{Name: "csv", Inputs: []string{"hank.csv", "iris.csv"}},
			{Name: "swapped", Inputs: []string{"iris.csv", "hank.csv"}},
			{Name: "api", Inputs: []string{"api"}},
		},
		intruder: &intruderTruth{
			kind: "two mailboxes", accounts: []string{hank, iris}, addresses: []string{intruder},
			plants:   []string{"hank-logon", "hank-page", "hank-search", "hank-read", "iris-logon", "iris-page", "iris-search", "iris-read"},
			searches: []string{"bank account", "payroll"},
			answers: []truth.Line{
				{Answer: "where", Facts: map[string][]string{"countries": {"NG"}}},
				{Answer: "money", Sure: []string{"likely", "not known", "proven"}},
			},
		},
		mailboxes: map[string]bandWant{hank: {AtLeast: "high"}, iris: {AtLeast: "high"}},
		findings: []findingWant{
			{Rule: "geo.new-country", Mailbox: hank, AtLeast: "medium", Facts: map[string]string{"country": "NG"}, plants: []string{"hank-logon", "hank-page"}},
			{Rule: "search.finance", Mailbox: hank, AtLeast: "medium", Facts: map[string]string{"query": "payroll"}, plants: []string{"hank-search"}},
			{Rule: "geo.new-country", Mailbox: iris, AtLeast: "medium", Facts: map[string]string{"country": "NG"}, plants: []string{"iris-logon", "iris-page"}},
			{Rule: "search.finance", Mailbox: iris, AtLeast: "medium", Facts: map[string]string{"query": "bank account"}, plants: []string{"iris-search"}},
		},
		silences: []quietWant{
			{Rule: "app.*", Mailbox: hank, Above: "low"},
			{Rule: "mail.*", Mailbox: hank, Above: "low"},
			{Rule: "app.*", Mailbox: iris, Above: "low"},
			{Rule: "mail.*", Mailbox: iris, Above: "low"},
		},
		addresses: []addressWant{{IP: intruder, Mailboxes: []string{hank, iris}}},
	}, nil
}

// twoActs is one night's visit.
func twoActs(m *mailbox, d date, ip, name, words string) {
	m.plants = name + "-"
	session := intruderOnWeb(m, m.later(d.at(time.UTC, 2, 30, 0), 9), ip)
	m.plant = "search"
	at := m.searchTyped(m.later(d.at(time.UTC, 2, 32, 0), 4), "Web", letters(words))
	m.plant = "read"
	for _, msg := range m.recent[len(m.recent)-2:] {
		at = m.later(at, 64)
		m.read(at, "Web", session, msg, 45)
	}
	m.plant, m.plants = "", ""
}
