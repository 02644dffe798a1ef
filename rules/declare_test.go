package rules_test

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"triage/rules"
	"triage/rules/detect"
)

// Promise: homes, journeys and ways out are declared pack by pack, each adding to those before; who names a
// mailbox wins over who speaks for everybody; the last day of a journey is part of it; the effective pack keeps all.
func TestDeclared(t *testing.T) {
	path := write(t, "acme.yaml", head+`
extends: [firm.yaml]
lists: {gateways: [203.0.113.7, "2001:db8::/32"], countries: [NL, be]}
home:
- $countries
- {mailbox: [Ann@Contoso.com, bob@contoso.com], countries: GB, reason: they live there}
travel:
- {mailbox: ANN@contoso.com, country: sg, from: 2026-03-02, to: 2026-03-09, reason: "booked, ticket 12", by: jd}
- {mailbox: ann@contoso.com, country: NO, from: "2026-04-02T12:00:00+02:00", to: "2026-04-02T20:00:00Z", reason: day trip}
egress: [$gateways, {networks: 192.0.2.77/24, reason: Frankfurt}]
`, "firm.yaml", `apiVersion: triage/v1
kind: pack
metadata: {id: firm, version: 1.0.0}
home: [DE]
egress: ["::ffff:198.51.100.1"]
`)
	set := load(t, rules.Options{Paths: []string{path}, AsOf: day("2026-11-21")})
	d := set.Declared
	f := func(mailbox string, want ...string) {
		t.Helper()
		if got := d.HomesOf(mailbox); !slices.Equal(got, want) {
			t.Errorf("home of %s: got %v, want %v", mailbox, got, want)
		}
	}
	f("ann@contoso.com", "GB")
	f("bob@contoso.com", "GB")
	f("cid@contoso.com", "DE", "NL", "BE")
	ms := func(text string) int64 {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at.UnixMilli()
	}
	want := []detect.Journey{
		{
			Mailbox: "ann@contoso.com", Country: "SG", From: ms("2026-03-02T00:00:00Z"), To: ms("2026-03-10T00:00:00Z"),
			Reason: "booked, ticket 12",
		},
		{
			Mailbox: "ann@contoso.com", Country: "NO", From: ms("2026-04-02T10:00:00Z"), To: ms("2026-04-02T20:00:00Z"),
			Reason: "day trip",
		},
	}
	if got := d.JourneysOf("ann@contoso.com"); !slices.Equal(got, want) {
		t.Errorf("journeys: got %+v", got)
	}
	if got := d.JourneysOf("bob@contoso.com"); got != nil {
		t.Errorf("somebody else's journeys: %+v", got)
	}
	for ip, want := range map[string]bool{
		"203.0.113.7": true, "203.0.113.8": false, "2001:db8:1::1": true, "192.0.2.1": true, "198.51.100.1": true, "198.51.100.2": false,
	} {
		if got := d.IsEgress(netip.MustParseAddr(ip)); got != want {
			t.Errorf("egress %s: %v", ip, got)
		}
	}
	text := rules.Effective(set)
	effective := filepath.Join(t.TempDir(), "effective.yaml")
	if err := os.WriteFile(effective, text, 0o600); err != nil {
		t.Fatal(err)
	}
	again := load(t, rules.Options{Paths: []string{effective}, AsOf: day("2026-11-21")})
	if !bytes.Equal(rules.Effective(again), text) || !reflect.DeepEqual(again.Declared, d) {
		t.Errorf("the effective pack says something else:\n%s", text)
	}
}

// Promise: who declares nothing has no home, journey or way out, and nothing breaks for want of them.
func TestNothingDeclared(t *testing.T) {
	var d *detect.Declared
	if d.HomesOf("ann@contoso.com") != nil || d.JourneysOf("ann@contoso.com") != nil || d.IsEgress(netip.MustParseAddr("192.0.2.1")) {
		t.Error("nil declares something")
	}
	set := load(t, rules.Options{Paths: []string{write(t, "acme.yaml", head)}})
	if d := set.Declared; len(d.Homes)+len(d.Journeys)+len(d.Egress) > 0 {
		t.Errorf("%+v", d)
	}
}
