package main

import (
	"fmt"
	"time"
)

// The month: from Monday the 2nd of March 2026. What is tried happens on its 24th, a Tuesday.
func monthStart() time.Time { return time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC) }

const theDay = "24 10:00"

// month is what everybody does on ordinary days: logs on, reads and writes mail, opens files, searches now and then. The
// administrator helps people: he sets a password anew each week and makes an account now and then.
func month() *exportFiles {
	w := newLogs()
	for day := range 30 {
		date := monthStart().AddDate(0, 0, day)
		if date.Weekday() == time.Saturday || date.Weekday() == time.Sunday {
			continue
		}
		for i, name := range tenantNames() {
			w.ordinaryDay(personOf(name), date, day, i)
		}
	}
	return w
}

func (w *exportFiles) ordinaryDay(p tenantMember, date time.Time, day, i int) {
	place := "home"
	if (day+i)%3 == 0 {
		place = "office"
	}
	at := date.Add(7*time.Hour + time.Duration(i*3+day%5)*time.Minute)
	do := func(later time.Duration, l entryLine) { w.write(p, p.at(place), at.Add(later), l) }
	do(0, entryLine{"logon": 0, "appDisplayName": "One Outlook Web", "appId": "9199bf20-a13f-4107-85dc-02114787ef48"})
	do(10*time.Minute, entryLine{"mail": "MailItemsAccessed", "n": 3})
	do(95*time.Minute, entryLine{"mail": "Send", "subject": fmt.Sprintf("Notes of %s", date.Format("2 January"))})
	if i < 6 || i == 12 {
		do(150*time.Minute, entryLine{"file": "FileAccessed", "name": fmt.Sprintf("plan-%d.docx", day)})
		do(4*time.Hour, entryLine{"mail": "MailItemsAccessed", "n": 2})
		do(6*time.Hour, entryLine{"quiet": 0, "appDisplayName": "Microsoft Teams", "appId": "1fec8e78-bce4-4aaf-ab1b-5451cc387264"})
		do(6*time.Hour+time.Minute, entryLine{"login": 0})
	}
	switch {
	case p.name == "adm" && date.Weekday() == time.Thursday:
		do(5*time.Hour, entryLine{"dir": "Reset user password.", "target": tenantNames()[day%12] + "@contoso.com"})
	case i%4 == 1 && date.Weekday() == time.Tuesday:
		do(5*time.Hour, entryLine{"audit": "SearchQueryInitiatedExchange", "workload": "Exchange", "type": 52, "QueryText": "team lunch"})
	case i%4 == 2 && date.Weekday() == time.Friday:
		do(5*time.Hour, entryLine{"teams": "MessageSent", "ChatThreadId": "19:team@thread.v2", "CommunicationType": "GroupChat"})
	}
	w.trace(at.Add(30*time.Minute), entryLine{"sender": "news@fabrikam.example", "recipient": p.address, "subject": "This week", "ip": "198.98.51.20"}, fmt.Sprintf("%s-%d", p.name, day))
}
