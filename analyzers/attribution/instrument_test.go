package attribution_test

import (
	"fmt"
	"testing"
	"time"

	"triage/ingest/activity"
)

// directory is a change of the directory, which carries no address.
func directory(n int, at time.Time, who, op, target string) string {
	kind := 5 // a user
	if _, ok := activity.GUID([]byte(target)); ok {
		kind = 4 // an application
	}
	return fmt.Sprintf(`{"CreationTime":%q,"Id":"%08x-0000-4000-8000-%012x","Operation":%q,"Workload":"AzureActiveDirectory","RecordType":8,"UserType":0,"UserId":%q,"ResultStatus":"Success","ObjectId":%q,"Target":[{"ID":%q,"Type":%d}],"Actor":[{"ID":%q,"Type":5}]}`,
		at.Format("2006-01-02T15:04:05"), n, n, op, who, target, target, kind, who)
}

// Promise: what is done by an account that an intruder made is his, from wherever it comes; near miss: an account that an
// administrator made who was never taken.
func TestMadeAccount(t *testing.T) {
	at := start.AddDate(0, 0, 15).Add(100 * time.Minute)
	all := append(office(7), intruder("p3@contoso.com", "s-evil")...)
	all = append(all, acts(at.AddDate(0, 0, 1), "helper@contoso.com", "s-h", home, "62.45.24.7", "62.45.24.7")...)
	all = append(all, acts(at.AddDate(0, 0, 1), "intern@contoso.com", "s-i", home, "80.114.105.9", "80.114.105.9")...)
	list := append(lines(all), directory(7001, at, "p3@contoso.com", "Add user.", "helper@contoso.com"), directory(7002, at, "p5@contoso.com", "Add user.", "intern@contoso.com"))
	res, said := run(t, 2, nil, list)
	by := func(who string) string { return of(said, all, func(v *visit) bool { return v.who == who }) }
	if got := by("helper@contoso.com"); got != "attacker A" || len(res.Attribution.Intruders) != 1 {
		t.Errorf("the account that he made: %s, %d intruders", got, len(res.Attribution.Intruders))
	}
	if got := by("intern@contoso.com"); got == "attacker A" {
		t.Errorf("the intern's: %s", got)
	}
}

// Promise: what an application does with a secret that an intruder added is his, unless it did something before.
func TestSecret(t *testing.T) {
	const app = "0f0f0f0f-0000-4000-8000-000000000001"
	at := start.AddDate(0, 0, 15).Add(100 * time.Minute)
	all := append(office(7), intruder("p3@contoso.com", "s-evil")...)
	secret := directory(7003, at, "p3@contoso.com", "Add service principal credentials.", app)
	act := func(n int, at time.Time) string {
		return fmt.Sprintf(`{"CreationTime":%q,"Id":"%08x-0000-4000-8000-%012x","Operation":"MailItemsAccessed","Workload":"Exchange","RecordType":50,"UserType":5,"UserId":"%s","AppId":%q,"ClientAppId":%q,"MailboxOwnerUPN":"p1@contoso.com","ClientIPAddress":"62.45.24.7","ResultStatus":"Succeeded"}`,
			at.Format("2006-01-02T15:04:05"), n, n, app, app, app)
	}
	f := func(name, want string, records ...string) {
		t.Helper()
		_, said := run(t, 2, nil, append(append(lines(all), secret), records...))
		id, _ := activity.GUID(fmt.Appendf(nil, "%08x-0000-4000-8000-%012x", 7005, 7005))
		if got := said[id.String()]; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	f("a new one", "attacker A", act(7005, at.AddDate(0, 0, 1)))
	f("one that has other work", "service", act(7004, at.AddDate(0, 0, -1)), act(7005, at.AddDate(0, 0, 1)))
}

// Promise: what an account changes that an intruder gave a role is his, where nothing else tells whose it is; near misses: what it reads, and
// an account that an administrator gave one.
func TestGivenRole(t *testing.T) {
	at := start.AddDate(0, 0, 15).Add(100 * time.Minute)
	base := append(office(7), intruder("p3@contoso.com", "s-evil")...)
	base = append(base, acts(at.AddDate(0, 0, 1), "helper@contoso.com", "s-h", home, "62.45.24.7", "62.45.24.7")...)
	changes := visit{at.AddDate(0, 0, 1).Add(time.Hour), "helper@contoso.com", "62.45.24.7", "s-h", home, "New-InboxRule"}
	all := append(base, changes)
	f := func(name, giver, want string) {
		t.Helper()
		list := append(lines(all), directory(7010, at, giver, "Add member to role.", "helper@contoso.com"))
		_, said := run(t, 2, nil, list)
		if got := of(said, all, func(v *visit) bool { return v.who == "helper@contoso.com" && v.op == "New-InboxRule" }); got != want {
			t.Errorf("%s: what it changes: %s", name, got)
		}
		if got := of(said, all, func(v *visit) bool { return v.who == "helper@contoso.com" && v.op != "New-InboxRule" }); got == "attacker A" {
			t.Errorf("%s: what it reads: %s", name, got)
		}
	}
	f("by the intruder", "p3@contoso.com", "attacker A")
	f("by somebody else", "p5@contoso.com", "undecided")
}
