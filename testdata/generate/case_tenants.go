package main

import (
	"fmt"
	"strings"

	"triage/testdata/ordinary"
)

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
