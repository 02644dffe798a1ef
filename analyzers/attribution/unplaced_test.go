package attribution_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"triage/ingest/activity"
)

// Outlook Activities of one mailbox: its owner's three weeks, and an intruder from another country on the sixteenth day.
const (
	activitiesHead = "TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties"
	abroad         = "105.112.4.9"
)

func logsOn(at time.Time, app, session, ip, agent string) string {
	return fmt.Sprintf(`%s,%s,ServerLogon,,%s,%s,"{'Result': 'Success', 'ExceptionInfo': '', 'UserName': 'p1@contoso.com', 'ClientIP': '%s', 'UserAgent': '%s'}"`,
		at.Format("2006-01-02T15:04:05.000Z"), app, at.Format("2006-01-02T15:04:05.000Z"), session, ip, agent)
}

func reads(at time.Time, app, session string) string {
	return fmt.Sprintf(`%s,%s,ReadingPaneDisplayStart,AAMk%d,%s,%s,"{'SelectedFolderName': 'Inbox'}"`,
		at.Format("2006-01-02T15:04:05.000Z"), app, at.Unix(), at.Format("2006-01-02T15:04:05.000Z"), session)
}

func sessionID(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-000000000000", n) }

// Promise: an act that shows no address is whose the logon of its session was, also where that was logged later; without one
// it is whose its application's last logon was, within a day, if nobody else used it meanwhile, and near misses are undecided.
func TestUnplaced(t *testing.T) {
	var base []string
	for day := range 21 {
		at := start.AddDate(0, 0, day)
		base = append(base, logsOn(at, "Outlook", sessionID(day), "80.114.101.9", "Microsoft Office/16.0 (Windows NT 10.0)"), reads(at.Add(time.Minute), "Outlook", sessionID(day)),
			logsOn(at.Add(8*time.Hour), "Web", sessionID(100+day), "80.114.101.9", home))
	}
	theft := start.AddDate(0, 0, 15).Add(14 * time.Hour)
	base = append(base, logsOn(theft, "Web", sessionID(500), abroad, foreign), logsOn(theft.Add(time.Hour), "Other", sessionID(501), abroad, foreign))
	for i := range 8 {
		base = append(base, reads(theft.Add(time.Duration(i+1)*time.Minute), "Web", sessionID(500)),
			fmt.Sprintf(`%s,Web,SearchResult,,%[1]s,%s,"{'Query': '<Query><RawQuery>wire transfer</RawQuery></Query>'}"`, theft.Add(time.Duration(i+1)*time.Minute+time.Second).Format("2006-01-02T15:04:05.000Z"), sessionID(500)))
	}
	f := func(name, want string, at time.Time, app, session string) {
		t.Helper()
		lines := append(slices.Clone(base), reads(at, app, session))
		slices.Sort(lines)
		res, _ := run(t, 2, nil, append([]string{activitiesHead}, lines...))
		for i := range res.Case.Activities {
			if a := &res.Case.Activities[i]; a.Time == at.UnixMilli() && a.Type == activity.Read {
				if who, _ := res.Attribution.Who(uint32(i)); who.String() != want {
					t.Errorf("%s: got %q, want %q", name, who, want)
				}
				return
			}
		}
		t.Errorf("%s: no such act", name)
	}
	noon := start.AddDate(0, 0, 12)
	f("before its session's logon", "owner", noon.Add(-3*time.Hour), "Outlook", sessionID(12))
	f("before the intruder's logon", "attacker", theft.Add(-20*time.Minute), "Web", sessionID(500))
	f("after hours of silence", "owner", noon.Add(5*time.Hour), "Outlook", sessionID(900))
	f("of an application that never logged on", "owner", noon.Add(5*time.Hour), "Mobile", sessionID(901))
	f("of the intruder's application, after hours of silence", "attacker", theft.Add(5*time.Hour), "Other", sessionID(902))
	f("of an application that both used within a day", "undecided", theft.Add(5*time.Hour), "Web", sessionID(903))
	f("of an application that never logged on, and the intruder was there", "undecided", theft.Add(5*time.Hour), "Mobile", sessionID(904))
	f("of the owner's application, and the intruder was there by another", "owner", theft.Add(5*time.Hour), "Outlook", sessionID(905))
}

// Promise: an owner whose address stands for one that was replaced (RFC 5737), without sessions and devices, keeps what he does on the
// morning after somebody was in his account from a rented machine: an address, and a program, of its own is no act that follows a logon.
func TestReplacedAddresses(t *testing.T) {
	var all []visit
	for _, v := range office(2) {
		v.ip, v.session = "203.0.113.10", ""
		all = append(all, v)
	}
	theft := intruder("p1@contoso.com", "")
	all = append(all, theft...)
	_, said := run(t, 2, nil, lines(all))
	if got := of(said, all, func(v *visit) bool { return v.who == "p1@contoso.com" && v.ip == server }); got != "attacker A" {
		t.Errorf("the intruder's acts: %s", got)
	}
	if got := of(said, all, func(v *visit) bool { return v.ip == "203.0.113.10" }); got != "owner" {
		t.Errorf("the owners' acts: %s", got)
	}
}
