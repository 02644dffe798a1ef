package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"triage/testdata/ordinary"
	"triage/testdata/truth"
)

// tenantCase is a small tenant with one intruder in it, of a kind, as its sign-ins, audit log and trace show it.
type tenantCase struct {
	name, title, kind string
	seed              uint64
	story             func(x *ordinary.Intruder) string
	found, quiet      string
	findings          []findingWant // about the account taken first, where they name none
	answers           []truth.Line
}

// The size of such a case: few people, who live little, so that its files stay small.
const tenantPeople, tenantDays = 4, 16

func (c tenantCase) make() (*investigation, error) {
	t := ordinary.New(ordinary.Options{Seed: c.seed, People: tenantPeople, Days: tenantDays, Intruders: []string{c.kind}, Case: true})
	x := &t.Truth[0]
	out := &investigation{
		name: c.name, title: c.title, story: c.story(x), found: c.found, quiet: c.quiet, told: t.Truths(), mailboxes: map[string]bandWant{}, findings: c.findings,
		runs: []caseRun{{Name: "logs", Inputs: t.Files()}},
	}
	swapped := slices.Clone(t.Files())
	slices.Reverse(swapped)
	out.runs = append(out.runs, caseRun{Name: "swapped", Inputs: swapped})
	plants := map[string]plant{}
	for _, file := range t.Files() {
		e := export{file: file, text: []byte(t.Header(file)), bare: t.Header(file) == ""}
		for _, r := range t.Of(file) {
			e.text = append(e.text, r.Text...)
			e.rows = append(e.rows, row{time: r.Time, plant: plantOf(r, plants), rawLine: string(bytes.TrimSuffix(r.Text, []byte("\n")))})
		}
		out.exports = append(out.exports, e)
	}
	out.repeated(t)
	for _, name := range slices.Sorted(maps.Keys(plants)) {
		out.plants = append(out.plants, plants[name])
	}
	for _, account := range x.Accounts {
		out.mailboxes[account] = bandWant{AtLeast: "high"}
	}
	var others []string
	for _, person := range t.People() {
		if !slices.Contains(x.Accounts, person) {
			out.mailboxes[person] = bandWant{Below: "high"}
			others = append(others, person)
			out.silences = append(out.silences, quietWant{Rule: "*", Mailbox: person, Above: "high"})
		}
	}
	out.story = strings.TrimSpace(out.story) + "\n\nIn the mailboxes of " + strings.Join(others, ", ") + " was nobody but their owners."
	for i := range out.findings {
		out.findings[i].Mailbox = cmp.Or(out.findings[i].Mailbox, x.Accounts[0])
	}
	out.told = overlayAll(out.told, c.answers)
	return out, nil
}

// repeated counts what two logs hold: a sign-in that is in the audit log as well, where less is said of it.
func (c *investigation) repeated(t *ordinary.Tenant) {
	logons := map[string]bool{}
	for _, r := range t.Of("signins.jsonl") {
		logons[r.ID] = true
	}
	for i := range c.exports {
		for _, r := range t.Of(c.exports[i].file) {
			if r.Log == ordinary.Audit && logons[r.ID] {
				c.exports[i].duplicates++
			}
		}
	}
}

// plantOf names what an intruder's record is a planted act of, and notes it.
func plantOf(r *ordinary.Record, plants map[string]plant) string {
	if r.Intruder == 0 {
		return ""
	}
	name := strings.Trim(strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, strings.ToLower(r.Op)), "-")
	p := plant{name: name, what: r.Op + " of the intruder"}
	switch r.Log {
	case ordinary.SignIns:
		p.holds = []string{`"userPrincipalName"`}
	case ordinary.Trace:
		p.what, p.holds = "what he sent, as the trace has it", []string{`"Delivered"`}
	default:
		p.holds = []string{fmt.Sprintf("%q:%q", "Operation", r.Op)}
	}
	plants[name] = p
	return name
}

// overlayAll puts answers over those among truths.
func overlayAll(told, answers []truth.Line) []truth.Line {
	first := slices.IndexFunc(told, func(l truth.Line) bool { return l.Truth == truth.Answer })
	return append(told[:first:first], overlay(told[first:], answers)...)
}

// when is a time as a story tells it.
func when(x *ordinary.Intruder) string {
	return "from " + x.First.UTC().Format("2006-01-02 15:04") + " to " + x.Last.UTC().Format("2006-01-02 15:04") + " UTC"
}

// stolenSession is a session out of the owner's own browser, used from a server in the same country while the owner works on.
func stolenSession() (*investigation, error) {
	return tenantCase{
		name: "stolen-session", title: "A session stolen from the owner's browser, used beside the owner", kind: "replayed-session", seed: 16,
		story: func(x *ordinary.Intruder) string {
			return fmt.Sprintf(`
Four people work at Contoso in the Netherlands. A program on the computer of %s copied the cookies of the browser. %s somebody
uses that session from a rented server in the same country (%s), with the same browser's name; the owner works on in it all
the time, from the usual lines. Nothing is typed: the log has no password and no second factor, only a session in two places.
He reads, searches for money, takes files, hides answers by a rule, and answers in payment threads. Then an administrator
resets the password, ends the sessions and removes the rule.`, x.Accounts[0], capital(when(x)), x.Address)
		},
		found:    "- The session in two places, and each act from the server.\n- The rule, the searches, the answers in payment threads.",
		quiet:    "- The owner's own acts in the same session, before the theft and beside it, are the owner's.\n- Nobody else is called high.",
		findings: []findingWant{{Rule: "rule.*", AtLeast: "medium", plants: []string{"new-inboxrule"}}},
	}.make()
}

// adversaryInTheMiddle is a page between a person and the service, whose session is used from another server.
func adversaryInTheMiddle() (*investigation, error) {
	return tenantCase{
		name: "adversary-in-the-middle", title: "An adversary in the middle", kind: "adversary-in-the-middle", seed: 5,
		story: func(x *ordinary.Intruder) string {
			return fmt.Sprintf(`
%s reads a message about a voice mail, follows it, and signs in with a second factor on a page that hands everything on.
%s the session that the page got is used from a rented server in the same country (%s): a method of his own is registered,
which the directory tells with Microsoft's address; he reads, searches, makes a rule and answers in payment threads. Then an
administrator resets the password, ends the sessions and removes the rule; the method stays.`, x.Accounts[0], capital(when(x)), x.Address)
		},
		found:    "- The sign-in from the page's server, and what was done from the other one.\n- The method that stays.",
		quiet:    "- The owner's own acts, before and beside.\n- Nobody else is called high.",
		findings: []findingWant{{Rule: "rule.*", AtLeast: "medium", plants: []string{"new-inboxrule"}}},
	}.make()
}

// consentedApplication reads and sends.
func consentedApplication() (*investigation, error) {
	return tenantCase{
		name: "consented-application", title: "An application that was let in, and that reads and sends", kind: "consent", seed: 2,
		story: func(x *ordinary.Intruder) string {
			return fmt.Sprintf(`
%s lets an application in that asks to read and to send mail. %s it does both from its maker's server (%s). There is no
sign-in of it, no session and no password: only the consent, and records with the application's id. The password is reset and
sessions are ended, which does not stop it: the consent stays.`, x.Accounts[0], capital(when(x)), x.Address)
		},
		found:    "- The consent, what was read and what was sent by the application.\n- The consent stays after the reset.",
		quiet:    "- All that the owner does otherwise.\n- Nobody else is called high.",
		findings: []findingWant{{Rule: "consent.*", AtLeast: "medium", plants: []string{"consent-to-application"}}},
	}.make()
}

// contestedHome is an intruder who comes through the owner's own line.
func contestedHome() (*investigation, error) {
	return tenantCase{
		name: "contested-home", title: "An intruder behind the owner's own address", kind: "contested-home", seed: 2,
		story: func(x *ordinary.Intruder) string {
			return fmt.Sprintf(`
%s works at home on many days. %s somebody with the password comes from a rented server (%s), reads, searches, and makes a
rule. Hours later he comes again, through a program on a device in the owner's house that lends out the line: from then on
owner and intruder have one address. Their sessions differ, and so do their browsers.`, x.Accounts[0], capital(when(x)), x.Address)
		},
		found:    "- The visit from the server, and those from the owner's own line with the same browser.",
		quiet:    "- The owner's acts at home are the owner's.\n- Nobody else is called high.",
		findings: []findingWant{{Rule: "rule.*", AtLeast: "medium", plants: []string{"new-inboxrule"}}},
	}.make()
}

// internalPhish goes from one mailbox to others.
func internalPhish() (*investigation, error) {
	return tenantCase{
		name: "internal-phish", title: "Phishing from one mailbox of the company to others", kind: "internal-phish", seed: 3,
		story: func(x *ordinary.Intruder) string {
			return fmt.Sprintf(`
The session of %s is taken by a page in the middle. %s the intruder works from a rented server (%s). From the mailbox he sends
"Document shared with you" to colleagues and removes the message from the sent items. Who falls for it is taken the same way:
%s.`, x.Accounts[0], capital(when(x)), x.Address, strings.Join(x.Accounts[1:], ", "))
		},
		found:    "- Each mailbox, in the order in which they were taken, and the message that did it.",
		quiet:    "- Those who received the message and did nothing are not taken.",
		findings: []findingWant{{Rule: "chain.*", AtLeast: "high", plants: []string{"user-registered-security-info"}}},
	}.make()
}

// payrollDiversion hides what a payroll portal writes.
func payrollDiversion() (*investigation, error) {
	return tenantCase{
		name: "payroll-diversion", title: "Pay that goes elsewhere: the portal's notices are deleted", kind: "payroll", seed: 18,
		story: func(x *ordinary.Intruder) string {
			return fmt.Sprintf(`
The session of %s is taken by a page in the middle. %s somebody works in the mailbox from a rented server in the same country
(%s): he searches for the payroll portal, makes a rule that deletes what the portal writes, and deletes by hand what came
before the rule did. What he changed in the portal is in no log here: only the notices that the owner was not to see.`, x.Accounts[0], capital(when(x)), x.Address)
		},
		found:    "- The rule, the searches, and each deleted notice by its subject.",
		quiet:    "- The owner's own acts.\n- Nobody else is called high.",
		findings: []findingWant{{Rule: "rule.*", AtLeast: "medium", plants: []string{"new-inboxrule"}}},
	}.make()
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
