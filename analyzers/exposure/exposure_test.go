package exposure_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/exposure"
)

// wants says whether a mailbox has these items, by id, and no others.
func wants(t *testing.T, l *log, mailbox string, want map[string]string) *exposure.Exposure {
	t.Helper()
	c, e := l.reach(t, nil)
	got := states(c, e, mailbox)
	for id, state := range want {
		if got[id] != state {
			t.Errorf("%s is %q, want %q", id, got[id], state)
		}
	}
	for id, state := range got {
		if _, ok := want[id]; !ok {
			t.Errorf("%s is %q, want it not there", id, state)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(tell(c, e), "\n"))
	}
	return e
}

// mail is three messages to alice and one to bob.
func mail(l *log) {
	l.comes(0, "<m1@fabrikam.com>", partner, alice, "Invoice 4711")
	l.comes(10, "<m2@fabrikam.com>", "ceo@fabrikam.com", alice, "Lunch")
	l.comes(20, "<m3@fabrikam.com>", partner, alice, "RE: Invoice 4711")
	l.comes(30, "<m4@fabrikam.com>", partner, bob, "Invoice 4712")
}

// Promise: a folder that is synchronised makes every message presumed that had come to it by then, in any language; what
// came later, and what the owner synchronises, does not.
func TestSync(t *testing.T) {
	for _, folder := range []string{`\Inbox`, `\Posteingang`, `/INBOX`} {
		l := &log{}
		mail(l)
		l.syncs(intruder, 15, folder, "Client=MSExchangeRPC")
		l.syncs(owner, 25, folder, "Client=MSExchangeRPC")
		l.reads(intruder, 16, `\Inbox`, "<m2@fabrikam.com>")
		e := wants(t, l, alice, map[string]string{"<m1@fabrikam.com>": "presumed", "<m2@fabrikam.com>": "proven read"})
		if w := e.Boxes[0].Wholes; len(w) != 1 || w[0].How != exposure.Sync || w[0].Messages != 2 {
			t.Errorf("wholes %+v", w)
		}
	}
	l := &log{} // another folder: what was moved there before
	mail(l)
	l.add(owner, 31, "Move", map[string]any{
		"RecordType": 3, "Folder": map[string]any{"Path": `\Inbox`}, "DestFolder": map[string]any{"Path": `\Projects`},
		"AffectedItems": []any{map[string]any{"Id": "i1", "InternetMessageId": "<m2@fabrikam.com>", "Subject": "Lunch"}},
	})
	l.syncs(intruder, 40, `\Projects`, "Client=MSExchangeRPC")
	wants(t, l, alice, map[string]string{"<m2@fabrikam.com>": "presumed"})
}

// Promise: by IMAP the whole mailbox is presumed, also where the sign-in alone tells of it.
func TestProtocol(t *testing.T) {
	all := map[string]string{"<m1@fabrikam.com>": "presumed", "<m2@fabrikam.com>": "presumed", "<m3@fabrikam.com>": "presumed"}
	l := &log{}
	mail(l)
	l.syncs(intruder, 40, `\Archive`, "Client=POP3/IMAP4;Protocol=IMAP4")
	e := wants(t, l, alice, all)
	if w := e.Boxes[0].Wholes; len(w) != 1 || w[0].Name != "IMAP" || w[0].Folder != 0 {
		t.Errorf("wholes %+v", w)
	}
}

// Promise: an application that an intruder let in to read mail, and that read, makes the mailbox presumed; one that may not
// read mail, or did not, does not.
func TestApplication(t *testing.T) {
	const app = "0f0f0f0f-0000-4000-8000-00000000000a"
	consent := func(l *log, scope string) {
		l.add(intruder, 35, "Consent to application.", map[string]any{
			"RecordType": 8, "Workload": "AzureActiveDirectory", "ObjectId": app,
			"ModifiedProperties": []any{map[string]any{"Name": "ConsentAction.Permissions", "NewValue": "[] => [[Id: x, ConsentType: Principal, Scope: " + scope + "]]", "OldValue": ""}},
			"Target":             []any{map[string]any{"ID": "Mail Helper", "Type": 1}, map[string]any{"ID": app, "Type": 4}},
		})
	}
	read := func(l *log, id string) {
		l.add(intruder, 50, "MailItemsAccessed", map[string]any{
			"RecordType": 50, "AppId": app, "ClientAppId": app, "ClientInfoString": "Client=REST;Client=RESTSystem;;", "OperationCount": 1,
			"Folders":             []any{map[string]any{"Path": `\Inbox`, "FolderItems": []any{map[string]any{"InternetMessageId": id}}}},
			"OperationProperties": properties("MailAccessType", "Bind", "IsThrottled", "False"),
		})
	}
	one := map[string]string{"<m1@fabrikam.com>": "proven read"}
	l := &log{}
	mail(l)
	consent(l, "Mail.Read offline_access")
	read(l, "<m1@fabrikam.com>")
	wants(t, l, alice, map[string]string{"<m1@fabrikam.com>": "proven read", "<m2@fabrikam.com>": "presumed", "<m3@fabrikam.com>": "presumed"})
	l = &log{}
	mail(l)
	consent(l, "User.Read offline_access")
	read(l, "<m1@fabrikam.com>")
	wants(t, l, alice, one)
	l = &log{}
	mail(l)
	consent(l, "Mail.Read offline_access")
	wants(t, l, alice, nil)
}

// Promise: a right to the whole mailbox that is used makes it presumed; given and not used, it does not.
func TestFullAccess(t *testing.T) {
	grant := func(l *log) {
		l.cmdlet(intruder, 35, "Add-MailboxPermission", bob, "Identity", bob, "User", alice, "AccessRights", "FullAccess")
	}
	l := &log{}
	mail(l)
	l.comes(31, "<m5@fabrikam.com>", partner, bob, "Offer")
	grant(l)
	l.add(intruder, 40, "MailItemsAccessed", map[string]any{
		"RecordType": 50, "LogonType": 2, "MailboxOwnerUPN": bob, "OperationCount": 1, "Folders": []any{map[string]any{"Path": `\Inbox`, "FolderItems": []any{map[string]any{"InternetMessageId": "<m4@fabrikam.com>"}}}},
		"OperationProperties": properties("MailAccessType", "Bind", "IsThrottled", "False"),
	})
	wants(t, l, bob, map[string]string{"<m4@fabrikam.com>": "proven read", "<m5@fabrikam.com>": "presumed"})
	l = &log{}
	mail(l)
	grant(l)
	wants(t, l, bob, nil)
}

// Promise: a rule that sends mail on makes presumed what was delivered while it stood and meets its conditions; where the
// trace shows the copy, it is proven. A rule that looks into what messages say is named as not known.
func TestForwarding(t *testing.T) {
	rule := func(at int, more ...string) *log {
		l := &log{}
		l.reads(owner, 0, `\Inbox`, "<x@fabrikam.com>")
		l.cmdlet(intruder, at, "New-InboxRule", `alice\.`, append([]string{"Name", ".", "ForwardTo", "box@example.org"}, more...)...)
		mail(l)
		return l
	}
	wants(t, rule(5), alice, map[string]string{"<m2@fabrikam.com>": "presumed", "<m3@fabrikam.com>": "presumed"})
	wants(t, rule(-5, "SubjectContainsWords", "invoice;payment"), alice, map[string]string{"<m1@fabrikam.com>": "presumed", "<m3@fabrikam.com>": "presumed"})
	wants(t, rule(-5, "From", "ceo@fabrikam.com"), alice, map[string]string{"<m2@fabrikam.com>": "presumed"})
	wants(t, rule(-5, "FromAddressContainsWords", "sales@"), alice, map[string]string{"<m1@fabrikam.com>": "presumed", "<m3@fabrikam.com>": "presumed"})
	wants(t, rule(-5, "ExceptIfSubjectContainsWords", "lunch"), alice, map[string]string{"<m1@fabrikam.com>": "presumed", "<m3@fabrikam.com>": "presumed"})

	e := wants(t, rule(-5, "BodyContainsWords", "iban"), alice, nil)
	if g := e.Boxes[0].Unknown; len(g) != 1 || g[0].Code != "rule-reads-bodies" {
		t.Errorf("unknown %+v", g)
	}
	e = wants(t, rule(-5, "HasAttachment", "True"), alice, map[string]string{"<m1@fabrikam.com>": "presumed", "<m2@fabrikam.com>": "presumed", "<m3@fabrikam.com>": "presumed"})
	if w := e.Boxes[0].Wholes[0]; !w.Unread || !w.Open || w.Messages != 3 {
		t.Errorf("whole %+v", w)
	}

	l := rule(-5) // removed between two messages, by its owner
	l.cmdlet(owner, 12, "Remove-InboxRule", `alice\.`, "Identity", ".")
	e = wants(t, l, alice, map[string]string{"<m1@fabrikam.com>": "presumed", "<m2@fabrikam.com>": "presumed"})
	if w := e.Boxes[0].Wholes[0]; w.Open || w.Last != second(12).UnixMilli() {
		t.Errorf("whole %+v", w)
	}

	l = rule(-5) // the trace shows copies: redirected under the same id, forwarded under another
	l.comes(1, "<m1@fabrikam.com>", partner, "box@example.org", "Invoice 4711")
	l.comes(21, "<f3@contoso.com>", alice, "box@example.org", "FW: Invoice 4711")
	wants(t, l, alice, map[string]string{"<m1@fabrikam.com>": "proven sent on", "<m2@fabrikam.com>": "presumed", "<m3@fabrikam.com>": "proven sent on"})

	l = &log{} // the mailbox itself forwards, until somebody changes that
	l.reads(owner, 0, `\Inbox`, "<x@fabrikam.com>")
	l.cmdlet(intruder, -5, "Set-Mailbox", alice, "Identity", alice, "ForwardingSmtpAddress", "smtp:box@example.org")
	l.cmdlet(owner, 15, "Set-Mailbox", alice, "Identity", alice, "ForwardingSmtpAddress", "")
	mail(l)
	wants(t, l, alice, map[string]string{"<m1@fabrikam.com>": "presumed", "<m2@fabrikam.com>": "presumed"})

	l = &log{} // a transport rule takes from every mailbox
	l.cmdlet(intruder, 15, "New-TransportRule", "copy", "Name", "copy", "BlindCopyTo", "box@example.org", "SubjectContainsWords", "invoice")
	mail(l)
	wants(t, l, bob, map[string]string{"<m4@fabrikam.com>": "presumed"})
	wants(t, l, alice, map[string]string{"<m3@fabrikam.com>": "presumed"})
}

// Promise: what an eDiscovery search exported is presumed of the mailboxes that it looked in.
func TestExport(t *testing.T) {
	l := &log{}
	mail(l)
	l.cmdlet(intruder, 40, "New-ComplianceSearch", "sweep", "Name", "sweep", "ExchangeLocation", bob)
	l.cmdlet(intruder, 50, "New-ComplianceSearchAction", "sweep_Export", "SearchName", "sweep", "Export", "True")
	wants(t, l, bob, map[string]string{"<m4@fabrikam.com>": "presumed"})
}

// Promise: acts of which nobody can say whose they are make their messages contested, and his own acts are stronger.
func TestContested(t *testing.T) {
	l := &log{}
	mail(l)
	l.reads(undecided, 25, `\Inbox`, "<m3@fabrikam.com>") // before he came, from an address that is not known to be his
	l.reads(intruder, 35, `\Inbox`, "<m2@fabrikam.com>")
	l.reads(undecided, 40, `\Inbox`, "<m1@fabrikam.com>", "<m2@fabrikam.com>")
	l.reads(intruder, 50, `\Inbox`, "<m2@fabrikam.com>")
	e := wants(t, l, alice, map[string]string{"<m1@fabrikam.com>": "contested", "<m2@fabrikam.com>": "proven read"})
	if s := e.Sums.Messages; s != (exposure.Count{Proven: 1, Contested: 1}) {
		t.Errorf("sums %+v", s)
	}
	for i := range e.Boxes[0].Items {
		if x := &e.Boxes[0].Items[i]; x.Contested != 1 {
			t.Errorf("seen %d times from a contested place: %+v", x.Contested, x)
		}
	}
}

// Promise: what a trace knows of a message is told: subject, sender, size, time; of what he sent, everybody who got it.
func TestTold(t *testing.T) {
	l := &log{}
	mail(l)
	l.reads(intruder, 40, `\Inbox`, "<m1@fabrikam.com>")
	l.add(intruder, 60, "Send", map[string]any{"Item": map[string]any{
		"Id": "s1", "InternetMessageId": "<s1@contoso.com>", "Subject": "RE: Invoice 4711", "ParentFolder": map[string]any{"Path": `\Drafts`}, "Attachments": "new account.pdf (333b)",
	}})
	l.comes(61, "<s1@contoso.com>", alice, partner, "RE: Invoice 4711")
	l.comes(61, "<s1@contoso.com>", alice, bob, "RE: Invoice 4711")
	c, e := l.reach(t, nil)
	text := strings.Join(tell(c, e), "\n")
	for _, want := range []string{
		`message proven <m1@fabrikam.com> [read] "Invoice 4711" from "sales@fabrikam.com" in "\\Inbox" size 5000 at ` + fmt.Sprint(second(0).UnixMilli()),
		`message proven <s1@contoso.com> [sent] "RE: Invoice 4711" from "alice@contoso.com" in "\\Drafts" size 5061`,
		`to 2`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if x := e.Boxes[0].Items[1]; len(x.Attachments) != 1 || c.Text(x.Attachments[0]) != "new account.pdf" {
		t.Errorf("attachments %v", x.Attachments)
	}
}

// Promise: more than 1,000 openings in 24 hours, and a record that says so, make an interval in which nobody knows what was
// read; outside of the intruder's time they do not.
func TestThrottled(t *testing.T) {
	gaps := func(l *log) (codes []string) {
		_, e := l.reach(t, nil)
		for _, g := range e.Boxes[0].Unknown {
			codes = append(codes, g.Code)
		}
		return codes
	}
	l := &log{}
	for i := range 1001 {
		l.reads(owner, i, `\Inbox`, "<m1@fabrikam.com>")
	}
	l.reads(intruder, 3600, `\Inbox`, "<m1@fabrikam.com>")
	if got := gaps(l); !slices.Equal(got, []string{"throttled"}) {
		t.Errorf("after 1,001 openings: %v", got)
	}
	l.audit = l.audit[2:]
	if got := gaps(l); len(got) != 0 {
		t.Errorf("1,000 with his: %v", got)
	}
	l = &log{}
	l.add(owner, 0, "MailItemsAccessed", map[string]any{"RecordType": 50, "OperationProperties": properties("MailAccessType", "Bind", "IsThrottled", "True")})
	l.reads(intruder, 3600, `\Inbox`, "<m1@fabrikam.com>")
	if got := gaps(l); !slices.Equal(got, []string{"throttled"}) {
		t.Errorf("in a throttled day: %v", got)
	}
	l = &log{}
	l.add(owner, 0, "MailItemsAccessed", map[string]any{"RecordType": 50, "OperationProperties": properties("MailAccessType", "Bind", "IsThrottled", "True")})
	l.reads(intruder, 25*3600, `\Inbox`, "<m1@fabrikam.com>")
	if got := gaps(l); len(got) != 0 {
		t.Errorf("a day later: %v", got)
	}
}

// Promise: where no opening of a message in this mailbox was recorded, that is said.
func TestNoMailAccess(t *testing.T) {
	l := &log{}
	l.cmdlet(intruder, 10, "New-InboxRule", `alice\.`, "Name", ".", "DeleteMessage", "True")
	_, e := l.reach(t, nil)
	if g := e.Boxes[0].Unknown; len(g) != 1 || g[0].Code != "no-mail-access" {
		t.Errorf("unknown %+v", g)
	}
}

// Promise: letters typed one by one are one search; files are items, a link made is a change.
func TestSearchesAndFiles(t *testing.T) {
	l := &log{}
	l.add(intruder, 10, "SearchQueryInitiatedExchange", map[string]any{"QueryText": "wire transfer"})
	file := map[string]any{"RecordType": 6, "Workload": "OneDrive", "ObjectId": "https://contoso-my.sharepoint.com/personal/alice/Documents/contract.pdf", "ClientIP": "203.0.113.50"}
	l.add(intruder, 20, "FileDownloaded", file)
	l.add(intruder, 21, "FileAccessed", file)
	l.add(intruder, 30, "AnonymousLinkCreated", file)
	c, e := l.reach(t, nil)
	if s := e.Sums; s.Searches != 1 || s.Files.Proven != 1 || s.Links != 1 || s.Did(exposure.Downloaded) != 1 || s.Did(exposure.Viewed) != 1 || s.Did(exposure.Linked) != 1 {
		t.Errorf("%+v\n%s", s, strings.Join(tell(c, e), "\n"))
	}
}

// Promise: prefixes of answers and forwards are no part of a subject, in many languages; words that look like them are.
func TestBare(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := exposure.Bare(in); got != want {
			t.Errorf("Bare(%q) = %q, want %q", in, got, want)
		}
	}
	for _, prefix := range []string{"Re: ", "AW: ", "SV:", "RV: ", "TR : ", "Fw: ", "FWD: ", "WG: ", "Re[2]: ", "RE: AW: FW: ", "回复：", "Odp: "} {
		f(prefix+"Invoice 4711", "Invoice 4711")
	}
	f("Invoice: 4711", "Invoice: 4711")
	f("Reminder: invoice", "Reminder: invoice")
	f("Re:", "")
	f("", "")
}

// Promise: no subject breaks Bare, and what is bare stays so.
func FuzzBare(f *testing.F) {
	for _, seed := range []string{"Re: AW: Invoice", "回复：发票", "Re[2]: x", ":", "re", "", "Fw:\xff: x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, subject string) {
		bare := exposure.Bare(subject)
		if exposure.Bare(bare) != bare || len(bare) > len(subject) || exposure.BaseSubject(bare) != exposure.BaseSubject(subject) {
			t.Errorf("Bare(%q) = %q", subject, bare)
		}
	})
}
