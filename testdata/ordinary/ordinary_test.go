package ordinary_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"triage/testdata/ordinary"
	"triage/testdata/truth"
)

// Promise: the same seed gives the same bytes, another seed others.
func TestSameSeedSameTenant(t *testing.T) {
	write := func(seed uint64, activities bool) string {
		dir := t.TempDir()
		tenant := ordinary.New(ordinary.Options{Seed: seed, People: 12, Days: 12, Intruders: ordinary.KindsInActivities(), Activities: activities})
		if err := tenant.Write(dir); err != nil {
			t.Fatal(err)
		}
		var all bytes.Buffer
		for _, name := range append(tenant.Files(), truth.File) {
			text, err := os.ReadFile(dir + "/" + name)
			if err != nil || len(text) == 0 {
				t.Fatal(name, err)
			}
			all.Write(text)
		}
		return all.String()
	}
	for _, activities := range []bool{false, true} {
		one := write(1, activities)
		if one != write(1, activities) {
			t.Error("two tenants of one seed differ")
		}
		if one == write(2, activities) {
			t.Error("two seeds give one tenant")
		}
	}
}

// Promise: what is an intruder's is told. Without him the tenant has every other record, byte for byte, and no more.
func TestTruthIsWhole(t *testing.T) {
	for _, activities := range []bool{false, true} {
		o := ordinary.Options{Seed: 3, People: 30, Days: 30, FirstDay: true, Activities: activities}
		quiet := ordinary.New(o)
		o.Intruders = ordinary.Kinds()
		if activities {
			o.Intruders = ordinary.KindsInActivities()
		}
		taken := ordinary.New(o)
		count := map[string]int{}
		for i := range quiet.Records {
			count[string(quiet.Records[i].Text)]++
		}
		his := make([]int, len(taken.Truth))
		for i := range taken.Records {
			r := &taken.Records[i]
			if r.Intruder > 0 {
				his[r.Intruder-1]++
				continue
			}
			if r.Lure > 0 {
				continue
			}
			if count[string(r.Text)]--; count[string(r.Text)] < 0 {
				t.Fatalf("nobody's record that is not in the tenant without intruders: %s", r.Text)
			}
		}
		for text, n := range count {
			if n != 0 {
				t.Fatalf("a record is lost: %s", text)
			}
		}
		for i, n := range his {
			if x := taken.Truth[i]; n < 3 || x.First.After(x.Last) || len(x.Accounts) == 0 || x.Address == "" {
				t.Errorf("%s: %d records: %+v", x.Kind, n, x)
			}
		}
	}
}

// Promise: each kind of life is there, whatever else changes.
func TestEachKindOfLife(t *testing.T) {
	tenant := ordinary.New(ordinary.Options{Seed: 9, People: 150, Days: 45})
	ops := map[string]int{}
	for i := range tenant.Records {
		ops[tenant.Records[i].Op]++
	}
	if per := float64(len(tenant.Records)) / 150 / 33; per < 10 || per > 60 {
		t.Errorf("%.1f records a person and working day, want 10 to 60", per)
	}
	for op, least := range map[string]int{
		"MailItemsAccessed": 10_000, "Send": 1000, "SendAs": 30, "SendOnBehalf": 30, "SearchQueryInitiatedExchange": 500, "FileSyncDownloadedFull": 300,
		"FileDownloaded": 200, "UserLoggedIn": 1000, "UserLoginFailed": 200, "Add-MailboxPermission": 20, "Add-RecipientPermission": 10, "New-InboxRule": 15,
		"Add member to role completed (PIM activation).": 15, "Consent to application.": 5, "User registered security info.": 5, "Register device.": 3,
		"Add user.": 2, "Add member to role.": 1, "Disable account.": 1, "Reset password (self-service).": 2, "Reset user password.": 2, "New-MoveRequest": 3, "New-ComplianceSearchAction": 1,
		"Update application – Certificates and secrets management ": 1, "trace": 10_000, "sign-in": 3000,
	} {
		if ops[op] < least {
			t.Errorf("%d %s, want %d", ops[op], op, least)
		}
	}
	for what, words := range map[string][]string{
		"an address by IPv6":             {`"ClientIPAddress":"2`, `:`},
		"Microsoft's address":            {`"ActorIpAddress":"20.190.160.9"`, `"RecordType":8`},
		"a newsletter":                   {"Northwind newsletter 3"},
		"Apple's relay":                  {`"ClientIPAddress":"172.224.130.`},
		"Entra's session":                {`"AADSessionId"`, `"UniqueTokenId"`, `"MailItemsAccessed"`},
		"a delegate":                     {`"LogonType":2`, `"MailItemsAccessed"`},
		"the office before it moved":     {`"ClientIPAddress":"86.80.10.20"`, `"CreationTime":"2026-03-1`},
		"the office after it moved":      {`"ClientIPAddress":"213.34.7.8"`, `"CreationTime":"2026-04-0`},
		"a name that does not exist":     {`"errorCode":50034`},
		"a closed account":               {`"errorCode":50057`},
		"a locked account":               {`"errorCode":50053`},
		"a device code":                  {`"authenticationProtocol":"deviceCode"`, `room.`},
		"a scanner":                      {`scanner@contoso.com`, `"clientAppUsed":"Authenticated SMTP"`},
		"a copier by IMAP":               {`copier@contoso.com`, `Protocol=IMAP4`},
		"a mailbox that is moved":        {`Client=MSExchangeMigration`},
		"a phone with the old password":  {`"clientAppUsed":"Exchange ActiveSync"`, `"errorCode":50126`},
		"another Outlook":                {"OneOutlook/1", `"MailItemsAccessed"`},
		"an aeroplane":                   {`"ClientIPAddress":"75.104.10.`},
		"a phone's card for travellers":  {`"ClientIPAddress":"5.173.`},
		"a computer that is not managed": {`"isManaged":false`, `Windows10`},
	} {
		if !has(tenant, words, nil) {
			t.Errorf("%s is missing", what)
		}
	}
	if !slices.ContainsFunc([]string{"169.150.196.", "185.65.134.", "195.181.172.", "193.32.249.", "37.19.200.", "185.159.157.", "146.70.20."}, func(block string) bool {
		return has(tenant, []string{`"MailItemsAccessed"`, `"ClientIPAddress":"` + block}, nil)
	}) {
		t.Error("a VPN is missing")
	}
	for what, lacks := range map[string]string{"no session": `SessionId"`, "no client": `"ClientInfoString"`} {
		if !has(tenant, []string{`"MailItemsAccessed"`}, []string{lacks}) {
			t.Errorf("a record with %s is missing", what)
		}
	}
	people, traits := map[string]bool{}, map[string]bool{}
	for i := range tenant.Records {
		if r := &tenant.Records[i]; r.Op == "UserLoggedIn" {
			_, who, _ := strings.Cut(string(r.Text), `"UserId":"`)
			who, _, _ = strings.Cut(who, `"`)
			people[tenant.Who(who)] = true
		}
	}
	for _, x := range []string{
		"clerk", "seller", "homeworker", "assistant", "lawyer", "marketer", "administrator", "days in", "another's computer", "with a tablet", "new computer", "new phone",
		"forgotten", "another line at home", "employed", "VPN", "relay", "own computer", "weekly", "IPv6", "no session",
	} {
		for who := range people {
			traits[x] = traits[x] || strings.Contains(who, x)
		}
		if !traits[x] {
			t.Errorf("nobody with %q", x)
		}
	}
}

// has says whether a record has all of some words and none of others.
func has(tenant *ordinary.Tenant, words, lacks []string) bool {
	for i := range tenant.Records {
		text, ok := tenant.Records[i].Text, true
		for _, x := range words {
			ok = ok && bytes.Contains(text, []byte(x))
		}
		for _, x := range lacks {
			ok = ok && !bytes.Contains(text, []byte(x))
		}
		if ok {
			return true
		}
	}
	return false
}
