package detect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"triage/ingest/activity"
)

// Lengths of time are read as packs write them, and nothing else is.
func TestParseDuration(t *testing.T) {
	f := func(in string, want time.Duration) {
		t.Helper()
		if got, err := ParseDuration(in); got != want || err != nil {
			t.Errorf("%s: got %v, %v", in, got, err)
		}
	}
	f("0", 0)
	f("100ms", 100*time.Millisecond)
	f("60s", time.Minute)
	f("7d", 7*24*time.Hour)
	f("1d12h", 36*time.Hour)
	f("2w", 14*24*time.Hour)
	for _, bad := range []string{"", "s", "d", "1", "1.5h", "-1h", "1h ", "999999999w", "99999999999d", "1y"} {
		if d, err := ParseDuration(bad); err == nil {
			t.Errorf("%q: got %v, want an error", bad, d)
		}
	}
}

func someFacts() Facts {
	return Facts{"opened_within": LengthFact, "days": NumberFact, "opened": TimeFact, "sure": TrueFact, "why": TextFact}.
		With(activity.FieldCountry, activity.FieldASN, activity.FieldIP, activity.FieldType).WithNamed("params.Name")
}

// A rule's escalations lift a finding where it states the fact, never lower it, and nothing else does. Fields compare as
// in conditions.
func TestRaise(t *testing.T) {
	f := func(name, value string, fact any, from, want Level) {
		t.Helper()
		e, err := NewGround(someFacts(), "from {org}", name, value)
		if err != nil {
			t.Fatal(err)
		}
		finding := Finding{Rule: &Rule{Escalate: []Escalation{{e, High}}}, Level: from}
		if fact != nil {
			finding.Set(name, fact)
		}
		if finding.raise(); finding.Level != want {
			t.Errorf("%s: %s, fact %v: got %v, want %v", name, value, fact, finding.Level, want)
		}
	}
	f("opened_within", "7d", "49h0m0s", Medium, High)
	f("opened_within", "7d", "168h0m0s", Medium, High)
	f("opened_within", "7d", "168h0m1s", Medium, Medium)
	f("opened_within", "7d", "49h0m0s", Critical, Critical)
	f("opened_within", "2w", "336h0m0s", Medium, High)
	f("opened_within", "1w1d", "192h0m1s", Medium, Medium)
	f("opened_within", "2w", nil, Medium, Medium)
	f("sure", "true", true, Low, High)
	f("days", "3", 3, Low, High)
	f("days", "3", 30, Low, Low)
	f("why", "7d", "7d", Low, High)
	f("country", "ng", []string{"NL", "NG"}, Low, High)
	f("country", "NG", []string{"NL"}, Low, Low)
	f("asn", "AS64500", "64500", Low, High)
	f("ip", "[2001:db8::1]:443", "2001:db8::1", Low, High)
	f("params.Name", "x", "X", Low, High)
	f("org", "ACME", "Acme", Low, High)
}

// Promise: however a length is written, an escalation holds for facts up to it, and for none above.
func TestLengthsCompare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var limit time.Duration
		written := ""
		for _, unit := range []struct {
			name string
			size time.Duration
		}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}} {
			if n := rapid.IntRange(0, 99).Draw(t, unit.name); n > 0 {
				written += fmt.Sprintf("%d%s", n, unit.name)
				limit += time.Duration(n) * unit.size
			}
		}
		if written == "" {
			written = "0"
		}
		fact := limit + time.Duration(rapid.Int64Range(-2, 2).Draw(t, "off"))*rapid.SampledFrom([]time.Duration{1, time.Millisecond, time.Hour}).Draw(t, "by")
		e, err := NewGround(someFacts(), "", "opened_within", written)
		if err != nil {
			t.Fatal(err)
		}
		f := Finding{Rule: &Rule{Escalate: []Escalation{{e, High}}}, Facts: []Fact{{Name: "opened_within", Value: fact.String()}}}
		if f.raise(); (f.Level == High) != (fact <= limit) {
			t.Fatalf("%s, fact %v: level %v", written, fact, f.Level)
		}
	})
}

// What no finding can ever state is refused with the reason.
func TestEscalationsThatNeverHold(t *testing.T) {
	f := func(name, value, want string) {
		t.Helper()
		if _, err := NewGround(someFacts(), "from {org}", name, value); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %s: got %v, want %q", name, value, err, want)
		}
	}
	f("opened_within", "soon", `opened_within: want a time span as 60s, 10m, 72h or 7d, got "soon"`)
	f("opened_within", "true", "time span")
	f("opened_within", "1.5h", "time span")
	f("opened_withn", "7d", `no finding of this rule states "opened_withn", did you mean "opened_within"?`)
	f("days", "many", `days: want a whole number, got "many"`)
	f("days", "007", "whole number")
	f("opened", "true", "want a time as")
	f("sure", "false", "want true: it is stated only where it is so")
	f("type", "logn", `unknown type "logn", did you mean "logon"?`)
	f("app", "IMAP4", "findings of this rule do not state app unless its message has {app}")
	f("params.Other", "x", "{params.Other}")
}
