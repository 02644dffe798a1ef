package main

import (
	"time"

	"triage/testdata/truth"
)

// guessing is a password found by trying: many failures, then a success from the same address.
func guessing() (*investigation, error) {
	const mailboxName, file = "dave@fabrikam.com", "activities.csv"
	owner := americanClerk("Dave Ross", mailboxName)
	owner.mistypes = 0.15
	m := newMailbox(owner, 11)
	attack := on(2018, time.May, 17)
	for d := on(2018, time.April, 2); d <= on(2018, time.May, 31); d++ {
		m.live(d)
		if d == attack {
			guessingActs(m, d)
		}
	}
	e, err := csvExport(file, m.rows).in(mailboxName).withPages("api", 500)
	if err != nil {
		return nil, err
	}
	return &investigation{
		name: "guessing", title: "Guessing, then success",
		story: `
Dave Ross (dave@fabrikam.com) works in Chicago. Now and then he mistypes his password once or twice before the morning's
log on; that is the noise.

On 2018-05-17 from 03:20 UTC somebody tries passwords from a rented server in Romania (` + roHosting().at(77) + `): 42 failed
log ons within nine minutes, then one that succeeds. Ten minutes later the same address opens Outlook on the web and reads
two messages. What ServerLogon said of a failure in 2018 is not public: Result "` + failed + `" and ExceptionInfo
"` + wrongPassword + `" are invented.`,
		found: `
- The guessing, as one episode.
- The success after it, above the guessing alone.
- The logon from RO.
- Mailbox dave@fabrikam.com in band high or above.`,
		quiet: `- Dave's own mistyped passwords: one or two failures and then his own success are no finding.
- Nothing on searches or attachments above low.`,
		plants: []plant{
			{"guess", "failed logons from Romania", []string{"Web,ServerLogon", roHosting().at(77), failed}},
			{"hit", "the logon that succeeds", []string{"Web,ServerLogon", roHosting().at(77), "Success"}},
			{"logon", "the later Web session", []string{"Web,ServerLogon", roHosting().at(77), "Success"}},
			{"page", "its page's own Logon row", []string{"Web,Logon", roHosting().at(77)}},
			{"read", "two messages read", []string{"Web,ReadingPaneDisplay"}},
		},
		exports: []export{e},
		runs:    []caseRun{{Name: "csv", Inputs: []string{file}}, {Name: "api", Inputs: []string{"api"}}},
		intruder: &intruderTruth{
			kind: "guessing", accounts: []string{mailboxName}, addresses: []string{roHosting().at(77)}, plants: []string{"guess", "hit", "logon", "page", "read"},
			failures: []string{"guess"},
			answers: []truth.Line{
				{Answer: "compromised", Sure: []string{"proven"}},
				{Answer: "entry", Sure: []string{"likely", "proven"}, Facts: map[string][]string{"how": {"guessed password"}}},
				{Answer: "where", Facts: map[string][]string{"countries": {"RO"}}},
				{Answer: "money", Sure: []string{"likely", "not known", "proven"}},
			},
		},
		mailboxes: map[string]bandWant{mailboxName: {AtLeast: "high"}},
		findings: []findingWant{
			{Rule: "logon.*", Mailbox: mailboxName, AtLeast: "low", plants: []string{"guess"}},
			{Rule: "logon.*", Mailbox: mailboxName, AtLeast: "medium", plants: []string{"hit"}},
			{Rule: "geo.new-country", Mailbox: mailboxName, AtLeast: "medium", Facts: map[string]string{"country": "RO"}, plants: []string{"hit", "logon", "page"}},
		},
		silences: []quietWant{
			{Rule: "search.*", Mailbox: mailboxName, Above: "low"},
			{Rule: "mail.*", Mailbox: mailboxName, Above: "low"},
			{Rule: "app.*", Mailbox: mailboxName, Above: "low"},
		},
	}, nil
}

// guessingActs are the tries, the hit, and the visit that follows.
func guessingActs(m *mailbox, d date) {
	at := m.later(d.at(time.UTC, 3, 20, 0), 14)
	m.plant = "guess"
	for range 42 {
		m.logonResult(at, "Web", roHosting().at(77), firefoxAgent, failed, wrongPassword)
		at = m.later(at, m.random.between(6, 18))
	}
	m.plant = "hit"
	m.serverLogon(at, "Web", roHosting().at(77), firefoxAgent)
	at = m.later(at, 600)
	session := intruderOnWeb(m, at, roHosting().at(77))
	m.plant = "read"
	for _, msg := range m.recent[len(m.recent)-2:] {
		at = m.later(at, 75)
		m.read(at, "Web", session, msg, 40)
	}
	m.plant = ""
}
