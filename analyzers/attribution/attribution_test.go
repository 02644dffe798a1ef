package attribution_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"triage/analyzers"
	"triage/analyzers/attribution"
	"triage/geo"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/detect"
)

// visit is one act of somebody, as a record of the audit log.
type visit struct {
	at      time.Time
	who     string
	ip      string
	session string
	agent   string
	op      string
}

const (
	home    = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/138.0"
	foreign = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
	server  = "37.120.140.14"
)

var start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func (v *visit) json(n int) string {
	more := fmt.Sprintf(`"ClientIPAddress":%q,"ClientInfoString":%q`, v.ip, "Client=OWA;"+v.agent)
	switch v.op {
	case "New-InboxRule":
		more = fmt.Sprintf(`"ClientIP":%q,"Parameters":[{"Name":"Name","Value":"."},{"Name":"DeleteMessage","Value":"True"},{"Name":"SubjectOrBodyContainsWords","Value":"invoice"}]`, v.ip)
	case "SearchQueryInitiatedExchange":
		more += `,"QueryText":"invoice"`
	}
	if v.session != "" {
		more += fmt.Sprintf(`,"SessionId":%q`, v.session)
	}
	return fmt.Sprintf(`{"CreationTime":%q,"Id":"%08x-0000-4000-8000-%012x","Operation":%q,"Workload":"Exchange","RecordType":2,"UserType":0,"UserId":%q,"MailboxOwnerUPN":%q,"OrganizationName":"contoso.onmicrosoft.com","ResultStatus":"Succeeded",%s}`,
		v.at.Format("2006-01-02T15:04:05"), n, n, v.op, v.who, v.who, more)
}

// office is some people who work at home for three weeks.
func office(people int) (list []visit) {
	for p := range people {
		for day := range 21 {
			for hour := range 3 {
				list = append(list, visit{
					start.AddDate(0, 0, day).Add(time.Duration(3*hour)*time.Hour + time.Duration(p)*time.Minute), fmt.Sprintf("p%d@contoso.com", p),
					fmt.Sprintf("80.114.%d.9", 100+p), fmt.Sprintf("s-%d", p), home, "MailItemsAccessed",
				})
			}
		}
	}
	return list
}

// intruder is somebody at a rented machine in an account, on the sixteenth day.
func intruder(who, session string) (list []visit) {
	at := start.AddDate(0, 0, 15).Add(90 * time.Minute)
	for i, op := range []string{"MailItemsAccessed", "MailItemsAccessed", "SearchQueryInitiatedExchange", "MailItemsAccessed", "New-InboxRule", "MailItemsAccessed", "HardDelete"} {
		list = append(list, visit{at.Add(time.Duration(i) * 2 * time.Minute), who, server, session, foreign, op})
	}
	return list
}

// fataler is a test, or a check of a property.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

// run reads a case from files, each of which has the records that it is given, and says whose each record is.
func run(t fataler, workers int, change func(*rules.Set), files ...[]string) (*analyzers.Result, map[string]string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "who")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	var paths []string
	for i, lines := range files {
		path := filepath.Join(dir, fmt.Sprintf("audit-%d.jsonl", i))
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	loaded, err := packOnce()
	if err != nil {
		t.Fatal(err)
	}
	locator, err := geoOnce()
	if err != nil {
		t.Fatal(err)
	}
	set := *loaded
	if change != nil {
		change(&set)
	}
	read, err := ingest.Open(context.Background(), paths, ingest.Options{Interest: set.Interest})
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	res, err := analyzers.Run(context.Background(), read.Case, &set, analyzers.NewPlaces(locator, read.Case), analyzers.Options{AsOf: start.AddDate(0, 2, 0), Workers: workers})
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for i := range res.Case.Activities {
		who, n := res.Attribution.Who(uint32(i))
		text := who.String()
		if n >= 0 {
			text += " " + res.Attribution.Intruders[n].Name
		}
		said[res.Case.Activities[i].ID.String()] = text
	}
	return res, said
}

var (
	packOnce = sync.OnceValues(func() (*rules.Set, error) { return rules.Load(analyzers.Kinds(), rules.Options{}) })
	geoOnce  = sync.OnceValues(func() (*geo.Locator, error) { return geo.Open(geo.Options{}) })
)

func lines(visits []visit) []string {
	list := make([]string, len(visits))
	for i := range visits {
		list[i] = visits[i].json(i + 1)
	}
	return list
}

// of are the labels of some of the visits, by number, each once.
func of(said map[string]string, visits []visit, pick func(*visit) bool) string {
	var all []string
	for i := range visits {
		if pick(&visits[i]) {
			id, _ := activity.GUID(fmt.Appendf(nil, "%08x-0000-4000-8000-%012x", i+1, i+1))
			if text := said[id.String()]; !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// Promise: what an intruder does from a rented machine is his, and nothing else is; his line in the report says why.
func TestIntruder(t *testing.T) {
	all := append(office(7), intruder("p3@contoso.com", "s-evil")...)
	res, said := run(t, 2, nil, lines(all))
	if got := of(said, all, func(v *visit) bool { return v.ip == server }); got != "attacker A" {
		t.Errorf("his rows: %s", got)
	}
	if got := of(said, all, func(v *visit) bool { return v.ip != server }); got != "owner" {
		t.Errorf("the others': %s", got)
	}
	if n := len(res.Attribution.Intruders); n != 1 {
		t.Fatalf("%d intruders", n)
	}
	x := &res.Attribution.Intruders[0]
	if len(x.Rows) != 7 || len(x.Addresses) != 1 || len(x.Accounts) != 1 || len(x.Reasons) == 0 || len(res.Attribution.Why(x.Presences[0])) == 0 {
		t.Errorf("%+v", x)
	}
}

// Promise: nobody is an intruder in a tenant in which nobody was.
func TestNobody(t *testing.T) {
	all := office(7)
	res, said := run(t, 2, nil, lines(all))
	if got := of(said, all, func(*visit) bool { return true }); got != "owner" || len(res.Attribution.Intruders) > 0 {
		t.Errorf("%s, %d intruders", got, len(res.Attribution.Intruders))
	}
}

// Promise: in a stolen session, the owner's own acts before and beside the theft stay the owner's.
func TestStolenSession(t *testing.T) {
	all := append(office(7), intruder("p3@contoso.com", "s-3")...)
	_, said := run(t, 2, nil, lines(all))
	if got := of(said, all, func(v *visit) bool { return v.ip == server }); got != "attacker A" {
		t.Errorf("his rows: %s", got)
	}
	if got := of(said, all, func(v *visit) bool { return v.ip != server }); got != "owner" {
		t.Errorf("the others': %s", got)
	}
}

// Promise: who comes from an intruder's address to another account is he as well.
func TestSpread(t *testing.T) {
	all := append(office(7), intruder("p3@contoso.com", "s-evil")...)
	all = append(all, visit{start.AddDate(0, 0, 16), "p5@contoso.com", server, "s-more", foreign, "MailItemsAccessed"})
	res, said := run(t, 2, nil, lines(all))
	if got := of(said, all, func(v *visit) bool { return v.ip == server }); got != "attacker A" || len(res.Attribution.Intruders) != 1 {
		t.Errorf("his rows: %s, %d intruders", got, len(res.Attribution.Intruders))
	}
}

// Promise: what a responder says of an address, a session or a client is so.
func TestGiven(t *testing.T) {
	all := append(office(7), intruder("p3@contoso.com", "s-evil")...)
	byIP := func(ip string) func(*visit) bool { return func(v *visit) bool { return v.ip == ip } }
	f := func(name string, want string, pick func(*visit) bool, change func(d *detect.Declared)) {
		t.Helper()
		_, said := run(t, 2, func(set *rules.Set) {
			declared := &detect.Declared{}
			change(declared)
			set.Declared = declared
		}, lines(all))
		if got := of(said, all, pick); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	f("owner's address", "owner", byIP(server), func(d *detect.Declared) { d.Owner.IPs = nets(server) })
	f("attacker's address", "attacker A", byIP("80.114.101.9"), func(d *detect.Declared) { d.Attacker.IPs = nets("80.114.101.9") })
	f("attacker's session", "attacker A", byIP("80.114.102.9"), func(d *detect.Declared) { d.Attacker.Sessions = []string{"s-2"} })
	f("the other accounts' rows", "owner", byIP("80.114.104.9"), func(d *detect.Declared) { d.Attacker.Sessions = []string{"s-2"} })
	f("owner's client", "owner", func(v *visit) bool { return v.ip == server && v.op != "New-InboxRule" }, func(d *detect.Declared) { d.Owner.Agents = []string{"firefox/140"} })
}

// Promise: an intruder whose only place a responder decided to be benign is none.
func TestStruck(t *testing.T) {
	all := append(office(7), intruder("p3@contoso.com", "s-evil")...)
	res, _ := run(t, 2, nil, lines(all))
	in := source(res)
	if got := attribution.Of(t.Context(), in); len(got.Intruders) != 1 {
		t.Fatalf("%d intruders before", len(got.Intruders))
	}
	in.Given.Struck = map[string]bool{}
	for i := range res.Findings {
		if res.Findings[i].Rule.ID == "stranger.visit" {
			in.Given.Struck[res.Findings[i].Fingerprint] = true
		}
	}
	if got := attribution.Of(t.Context(), in); len(in.Given.Struck) == 0 || len(got.Intruders) != 0 {
		t.Errorf("%d struck, %d intruders after", len(in.Given.Struck), len(got.Intruders))
	}
}

// Promise (property): labels depend neither on how the input is split, nor on the order of rows and files, nor on the number
// of workers; a mailbox that shares nothing with the others changes no label elsewhere.
func TestOrder(t *testing.T) {
	all := append(office(7), intruder("p3@contoso.com", "s-evil")...)
	all = append(all, intruder("p5@contoso.com", "s-5")...)
	list := lines(all)
	_, want := run(t, 1, nil, list)
	rapid.Check(t, func(t *rapid.T) {
		files := make([][]string, rapid.IntRange(1, 4).Draw(t, "files"))
		for _, line := range rapid.Permutation(list).Draw(t, "order") {
			i := rapid.IntRange(0, len(files)-1).Draw(t, "file")
			files[i] = append(files[i], line)
		}
		files = slices.DeleteFunc(files, func(f []string) bool { return len(f) == 0 })
		if rapid.Bool().Draw(t, "one more mailbox") {
			files = append(files, []string{(&visit{start, "apart@contoso.com", "91.10.20.30", "s-apart", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605", "MailItemsAccessed"}).json(9999)})
		}
		_, got := run(t, rapid.IntRange(1, 4).Draw(t, "workers"), nil, files...)
		for id, text := range want {
			if got[id] != text {
				t.Fatalf("%s: %q, was %q", id, got[id], text)
			}
		}
	})
}

// Promise: a rule of the engagement's own pack can say that whoever was there is not the owner; one that does not say so
// accuses nobody.
func TestOwnRule(t *testing.T) {
	const line = "62.45.24.7" // of people, in the office's country: nothing but the rule is against it
	at := start.AddDate(0, 0, 15).Add(14 * time.Hour)
	all := append(office(7), acts(at, "p3@contoso.com", "s-evil", foreign, line, line, line)...)
	f := func(accuses, want string) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "acme.yaml")
		pack := "apiVersion: triage/v1\nkind: pack\nmetadata: {id: acme, version: 1.0.0}\nextends: [builtin:core]\nrules:\n- id: acme.known-host\n  title: T\n  detector: match\n  level: high\n  family: location\n" +
			accuses + "  where: {ip: " + line + "}\n"
		if err := os.WriteFile(path, []byte(pack), 0o600); err != nil {
			t.Fatal(err)
		}
		own, err := rules.Load(analyzers.Kinds(), rules.Options{Paths: []string{path}})
		if err != nil {
			t.Fatal(err)
		}
		_, said := run(t, 2, func(set *rules.Set) { *set = *own }, lines(all))
		if got := of(said, all, func(v *visit) bool { return v.ip == line }); got != want {
			t.Errorf("%q: got %s, want %s", accuses, got, want)
		}
	}
	f("", "undecided")
	f("  accuses: place\n", "attacker A")
}

// Promise: a logon from where an intruder was in another mailbox is a finding of its own though nothing is known of the
// account; and what it adds to the findings leaves the reasons with those that they speak of.
func TestHostileAddress(t *testing.T) {
	all := append(office(7), intruder("p3@contoso.com", "s-evil")...)
	logon := fmt.Sprintf(`{"CreationTime":"2026-03-19T09:00:00","Id":"0000eeee-0000-4000-8000-00000000eeee","Operation":"UserLoggedIn","Workload":"AzureActiveDirectory","RecordType":15,"UserType":0,"UserId":"new@contoso.com","ResultStatus":"Success","ErrorNumber":0,"ClientIP":%q}`, server)
	res, _ := run(t, 2, nil, append(lines(all), logon))
	n := 0
	for i := range res.Findings {
		if f := &res.Findings[i]; f.Rule.ID == "shared.hostile-address" && res.Case.Text(f.Mailbox) == "new@contoso.com" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d findings about the address", n)
	}
	checked := 0
	check := func(reasons []attribution.Reason) {
		for _, r := range reasons {
			for _, f := range r.Findings {
				checked++
				if id := res.Findings[f].Rule.ID; !strings.Contains(r.Text, id) {
					t.Errorf("%q rests on %s", r.Text, id)
				}
			}
		}
	}
	for _, x := range res.Attribution.Intruders {
		check(x.Reasons)
		for _, number := range x.Presences {
			check(res.Attribution.Why(number))
		}
	}
	if checked == 0 {
		t.Error("no reason rests on a finding")
	}
}
