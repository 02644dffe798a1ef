package iocs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/report"
)

const at = report.Time(1_700_000_000_000)

func address9(ip, class string) report.IntruderAddress {
	return report.IntruderAddress{IP: ip, Class: report.Text(class), Activities: 3, First: at, Last: at}
}

// sample has one of everything that is an intruder's, and of everything that must be left out.
func sample() *report.Report {
	owner := report.Presence{Label: "owner", Session: "stolen", IPs: []string{"203.0.113.20"}, Agents: []string{"Mozilla/5.0 shared"}}
	return &report.Report{
		Tenants:   []report.TenantCase{{Domains: []string{"contoso.com"}}},
		Mailboxes: []report.Mailbox{{Mailbox: "b@fabrikam.com", Stacks: report.Stacks{App: []report.StackValue{{Value: "everybodys-app", First: at}}}}},
		Presences: []report.Presence{owner},
		Addresses: []report.Address{
			{IP: "203.0.113.9", Mailboxes: []string{"a@contoso.com"}, Activities: 3, First: at, Last: at, Findings: []string{"F-0001", "F-0002"}},
			{IP: "203.0.113.21", Mailboxes: []string{"a@contoso.com", "other@contoso.com"}, Activities: 30, First: at - 90*day},
			{IP: "203.0.113.22", Egress: true, Mailboxes: []string{"a@contoso.com"}, Activities: 3},
		},
		Intruders: []report.Intruder{{
			Intruder: "A", First: at, Last: at, Accounts: []string{"a@contoso.com"}, AddressesMore: 1200,
			Addresses: []report.IntruderAddress{
				address9("203.0.113.9", "hosting"), address9("203.0.113.20", "eyeball"), address9("203.0.113.21", "eyeball"), address9("203.0.113.22", ""),
				address9("198.51.100.1", "ms_service"), address9("198.51.100.2", "relay"), address9("198.51.100.3", "sase"), address9("10.0.0.1", "private"), address9("198.51.100.4", "azure_cloud"),
			},
			Sessions: []string{"his", "stolen"}, Agents: []string{"Mozilla/5.0 shared", "python-requests/2.0"}, Apps: []string{"everybodys-app", "his-app"},
		}},
		Findings: []report.Finding{
			{ID: "F-0001", Short: "f-11111111", Level: "high", Mailbox: "a@contoso.com", Facts: report.Facts{{Name: "imitates", Value: "contoso.com"}, {Name: "from_domain", Value: "contos0.com"}, {Name: "sender", Value: "x@contos0.com"}}},
			{ID: "F-0002", Short: "f-22222222", Level: "high", Suppressed: &report.Suppression{}, Facts: report.Facts{{Name: "reply_to_differs", Value: "true"}, {Name: "reply_to", Value: "no@example.net"}}},
			{ID: "F-0003", Short: "f-33333333", Level: "high", Facts: report.Facts{{Name: "reply_to_differs", Value: "true"}, {Name: "reply_to", Value: "yes@example.net"}}},
			{ID: "F-0004", Short: "f-44444444", Level: "high", Facts: report.Facts{{Name: "reply_to_differs", Value: "true"}, {Name: "reply_to", Value: []string{"me@contoso.com", "x'y @evil.example", "\u202ex@evil.example"}}}},
		},
		Exposure: []report.Exposure{{Intruder: "A", Mailbox: "a@contoso.com", Changes: []report.ExposedChange{{Values: []string{"smtp:Drop@Example.org", "b@contoso.com", "Mail.Read"}}}}},
		Threads:  []report.Thread{{Intruder: "A", LookAlikes: []report.LookAlike{{Domain: "fabr1kam.com", LooksLike: "fabrikam.com", Addresses: []string{"x@fabr1kam.com"}}}}},
	}
}

// Promise: what is an intruder's alone is listed; Microsoft's network, relays, proxies, declared ways out, what owners use too,
// the tenants' own domains and what was explained are not, and are counted where the intruder used them.
func TestOf(t *testing.T) {
	list := Of(sample())
	var got []string
	for _, in := range list.Indicators {
		got = append(got, fmt.Sprint(in.Type, " ", in.Value, " ", in.Confidence, " ", strings.Join(in.Findings, ",")))
	}
	want := []string{
		"ip 203.0.113.9 high f-11111111", "domain contos0.com medium f-11111111", "domain fabr1kam.com medium ",
		"sender x@contos0.com medium f-11111111", "sender x@fabr1kam.com medium ", "sender yes@example.net medium f-33333333",
		"email drop@example.org high ", "user-agent python-requests/2.0 medium ", "app his-app high ", "session his high ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	wantNotes := []string{
		"left out, shared with the owner: addresses (2)", "left out, shared with the owner: applications (1)", "left out, shared with the owner: sessions (1)",
		"left out, shared with the owner: user agents (1)", "left out: addresses of Microsoft's network (2)", "left out: addresses of company proxies in the cloud (1)",
		"left out: addresses of privacy relays, which locate near their users (1)", "left out: addresses that a pack declares as a way out of the organisation (1)",
		"left out: private addresses (1)", "not in the report: further addresses of intruder A (1,200)",
	}
	if !slices.Equal(list.Notes, wantNotes) {
		t.Errorf("notes %q", list.Notes)
	}
}
