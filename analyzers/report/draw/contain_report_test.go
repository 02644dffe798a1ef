package draw_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
)

// Promise: no command holds a control character or what hides text; a step whose name does says why it has no command.
func TestNastyNamesGiveNoCommand(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(reporttest.Nasty))
	for _, c := range reporttest.CommandsOf(r) {
		if report.Plain(c) != c {
			t.Errorf("%q", c)
		}
	}
	refused := 0
	for _, s := range r.Containment[0].Steps {
		if strings.Contains(s.Text, "onerror") && s.Action == "remove-rule" {
			if refused++; s.Refused == "" || len(s.Commands) != 1 || !strings.HasPrefix(s.Commands[0], "Get-InboxRule ") {
				t.Errorf("%s: commands %q, refused %q", s.Action, s.Commands, s.Refused)
			}
		}
	}
	if refused != 1 {
		t.Errorf("%d rules with hostile names", refused)
	}
}

// Promise: on the real training tenant the checklist names what was planted: the rule, the forwarding with its undoing,
// the consents, and never Microsoft's own services.
func TestSummitContainment(t *testing.T) {
	path := filepath.Join("..", "..", "..", "..", "shared", "data", "summit", "summit_search_ual.csv")
	if _, err := os.Stat(path); err != nil {
		t.Skip("no summit data")
	}
	r := reporttest.Analyzed(t, path)
	all := strings.Join(reporttest.CommandsOf(r), "\n")
	for _, want := range []string{"-Identity 'Financial Reporting'", "Revoke-MgUserSignInSession -UserId 'joey@", "842cef72-745d-463c-8b49-ce16ccc5ebd2"} {
		if !strings.Contains(all, want) {
			t.Errorf("no command with %s", want)
		}
	}
	if strings.Contains(all, "00000003-0000-0000-c000-000000000000") {
		t.Error("a command is about Microsoft Graph itself")
	}
	undone := false
	for _, c := range r.Containment {
		for _, s := range c.Steps {
			if s.Action == "stop-forwarding" && strings.Contains(s.Text, "ex@exdigy.net") {
				undone = strings.Contains(strings.Join(s.Cautions, " "), "2021-06-15T09:59:37Z")
			}
		}
	}
	if !undone {
		t.Error("the forwarding that was cleared after 11 seconds is not said to be")
	}
	blocked := blocks(r)
	if !blocked["5.253.204.108"] || blocked["80.114.221.214"] { // the intruder's, and one that eight accounts use for weeks
		t.Errorf("to be blocked: %v", blocked)
	}
	if f := r.Tenant.First; f == nil || !strings.HasPrefix(f.Mailbox, "joey@") || f.Sure != "low" {
		t.Errorf("first mailbox %+v", f)
	}
}

// blocks are the addresses that checklists say to block.
func blocks(r *report.Report) map[string]bool {
	list := map[string]bool{}
	for _, c := range r.Containment {
		for _, s := range c.Steps {
			if ip, is := strings.CutPrefix(s.Text, "block the address "); is {
				list[ip] = true
			}
		}
	}
	return list
}

// Promise: no address is to be blocked that an owner uses: the intruder's server is, the home that he shares with the owner is not,
// and neither is any from which the trace of the owners' own days comes.
func TestNoOwnersAddressIsBlocked(t *testing.T) {
	r := reporttest.Analyzed(t, exports(t, "../../../testdata/cases/contested-home")...)
	blocked := blocks(r)
	if !blocked["138.201.10.41"] {
		t.Error("the intruder's server is not to be blocked")
	}
	if blocked["82.72.2.5"] {
		t.Error("the home that intruder and owner share is to be blocked")
	}
	for i := range r.Presences {
		p := &r.Presences[i]
		for _, ip := range p.IPs {
			if p.Label == "owner" && blocked[ip] {
				t.Errorf("%s is to be blocked, and %s works from there", ip, p.Mailbox)
			}
		}
	}
}
