package thread_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/analyzers/attribution"
	"triage/analyzers/exposure"
	"triage/analyzers/thread"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules/detect"
)

const alice = "alice@contoso.com"

// post is an invented mailbox: messages as a trace or their headers tell of them, and what an intruder read and searched.
type post struct {
	trace, audit []string
	files        []string // texts of messages
	n            int
}

func stamp(day int) string {
	return time.Date(2026, time.January, 1, 9, 0, 0, 0, time.UTC).AddDate(0, 0, day).Format("2006-01-02T15:04:05")
}

func (p *post) mail(day int, id, from, to, subject string) {
	p.n++
	p.trace = append(p.trace, fmt.Sprintf("t%d,%s.000Z,%s,%s,%q,Delivered,<%s>,,,1000\n", p.n, stamp(day), from, to, subject, id))
}

// headers is a message that was handed over itself.
func (p *post) headers(day int, id, from, subject, more string) {
	at, _ := time.Parse("2006-01-02T15:04:05", stamp(day))
	when := at.Format("Mon, 2 Jan 2006 15:04:05 +0000")
	p.files = append(p.files, fmt.Sprintf("Received: from a.example by b.example; %s\nDelivered-To: %s\nMessage-ID: <%s>\nFrom: %s\nTo: %s\nDate: %s\nSubject: %s\n%s\nbody\n", when, alice, id, from, alice, when, subject, more))
}

func (p *post) act(day int, op, more string) {
	p.n++
	p.audit = append(p.audit, fmt.Sprintf(`{"CreationTime":"%s","Id":"%08d-0000-4000-8000-000000000001","Operation":"%s","OrganizationId":"11111111-2222-4333-8444-555555555555","RecordType":2,"ResultStatus":"Succeeded","UserType":0,"UserKey":"1","Workload":"Exchange","UserId":"%s","MailboxOwnerUPN":"%s","OrganizationName":"contoso.onmicrosoft.com","ClientIPAddress":"203.0.113.50"%s}`+"\n",
		stamp(day), p.n, op, alice, alice, more))
}

func (p *post) reads(day int, ids ...string) {
	var items []string
	for _, id := range ids {
		items = append(items, fmt.Sprintf(`{"InternetMessageId":"<%s>"}`, id))
	}
	p.act(day, "MailItemsAccessed", `,"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"}],"Folders":[{"Path":"\\Inbox","FolderItems":[`+strings.Join(items, ",")+`]}]`)
}

func (p *post) sends(day int, id, subject string) {
	p.act(day, "Send", fmt.Sprintf(`,"Item":{"Id":"%s","InternetMessageId":"<%s>","Subject":%q}`, id, id, subject))
}

func (p *post) threads(t *testing.T) *thread.Threads {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	put := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	put("audit.jsonl", strings.Join(p.audit, ""))
	if len(p.trace) > 0 {
		put("trace.csv", "MessageTraceId,Received,SenderAddress,RecipientAddress,Subject,Status,MessageId,FromIP,ToIP,Size\n"+strings.Join(p.trace, ""))
	}
	for i, text := range p.files {
		put(fmt.Sprintf("%d.eml", i), text)
	}
	files, err := ingest.Open(t.Context(), paths, ingest.Options{Interest: exposure.Want(activity.Interest{Params: map[string]bool{}})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = files.Close() })
	c := files.Case
	one := attribution.Intruder{Name: "A"}
	for i := range c.Activities {
		if c.Inputs[c.Activities[i].File].Source == activity.SourceAudit {
			one.Rows = append(one.Rows, uint32(i))
		}
	}
	domains := detect.NewDomains(c, nil)
	in := exposure.Source{Case: c, Lines: c.Timelines(), Domains: domains, Intruders: []attribution.Intruder{one}, Who: func(uint32) (attribution.Who, int) { return attribution.Nobody, -1 }}
	e := exposure.Of(t.Context(), in)
	return thread.Of(t.Context(), thread.Source{Case: c, Intruders: in.Intruders, Exposure: e, Domains: domains, Money: []string{"invoice", "payment", "rechnung*", "bank details"}})
}

// said are the threads in words, one each.
func said(all *thread.Threads) (out []string) {
	for i := range all.List {
		x := &all.List[i]
		text := fmt.Sprintf("%s by %s: %s, %d messages", x.Title, x.How, strings.Join(x.Acts.Words(), "+"), len(x.Messages)+x.More)
		for _, l := range x.LookAlikes {
			text += fmt.Sprintf("; %s like %s", l.Domain, l.Like)
		}
		for _, c := range x.Changed {
			text += fmt.Sprintf("; %s %s to %s", c.What, c.Was, c.Now)
		}
		for _, k := range x.Check {
			text += "; " + x.Messages[k].Why
		}
		out = append(out, text)
	}
	return out
}

func wants(t *testing.T, p *post, want ...string) {
	t.Helper()
	if got := said(p.threads(t)); !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// Promise: a subject without its prefixes holds a conversation together among the same correspondents, and no others; a
// pause of more than 60 days ends it; what is not about money is no payment thread, read or not.
func TestBySubject(t *testing.T) {
	p := &post{}
	p.mail(0, "a1@fabrikam.com", "sales@fabrikam.com", alice, "Invoice 4711")
	p.mail(5, "a2@fabrikam.com", "ceo@fabrikam.com", alice, "AW: Invoice 4711")
	p.mail(6, "b1@adatum.com", "sales@adatum.com", alice, "Invoice 4711") // of another firm
	p.mail(80, "a3@fabrikam.com", "sales@fabrikam.com", alice, "Re: Invoice 4711")
	p.mail(1, "c1@fabrikam.com", "sales@fabrikam.com", alice, "Lunch")
	p.reads(90, "a1@fabrikam.com", "c1@fabrikam.com")
	wants(t, p, "Invoice 4711 by subject: read, 2 messages")

	p.reads(91, "b1@adatum.com", "a3@fabrikam.com")
	wants(t, p,
		"Invoice 4711 by subject: read, 2 messages",
		"Invoice 4711 by subject: read, 1 messages",
		"Invoice 4711 by subject: read, 1 messages")
}

// Promise: a domain that looks like a correspondent's, or like the tenant's own, is named beside it, with the messages to
// check; so is what the intruder sent, and what came from outside after he was there. Honest neighbours are not named.
func TestLookAlikes(t *testing.T) {
	for _, domain := range []string{"fabrikarn.com", "fabr1kam.com", "fabrikam.co", "fabrikam-invoices.com", "fabrikem.com", "fab-rikam.com"} {
		p := &post{}
		p.mail(0, "a1@fabrikam.com", "sales@fabrikam.com", alice, "Invoice 4711")
		p.reads(1, "a1@fabrikam.com")
		p.mail(2, "a2@"+domain, "sales@"+domain, alice, "RE: Invoice 4711")
		wants(t, p, fmt.Sprintf("Invoice 4711 by subject: read, 2 messages; %s like fabrikam.com; sender sales@fabrikam.com to sales@%s; it came from a look-alike domain", domain, domain))
	}
	p := &post{} // the tenant's own
	p.mail(0, "a1@fabrikam.com", "sales@fabrikam.com", alice, "Invoice 4711")
	p.mail(0, "a2@c0ntoso.com", "alice@c0ntoso.com", alice, "RE: Invoice 4711")
	p.reads(1, "a1@fabrikam.com", "a2@c0ntoso.com")
	if got := said(p.threads(t)); len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), "c0ntoso.com like contoso.com") {
		t.Errorf("got %q", got)
	}
	for _, domain := range []string{"adatum.com", "mail.fabrikam.com", "fabric.example"} {
		p := &post{}
		p.mail(0, "a1@fabrikam.com", "sales@fabrikam.com", alice, "Invoice 4711")
		p.mail(0, "a2@"+domain, "other@"+domain, alice, "Invoice 4711")
		p.reads(1, "a1@fabrikam.com", "a2@"+domain)
		for _, text := range said(p.threads(t)) {
			if strings.Contains(text, " like ") {
				t.Errorf("%s: %s", domain, text)
			}
		}
	}
}

// Promise: what he sent into a conversation is to be checked, and what comes from outside afterwards.
func TestSent(t *testing.T) {
	p := &post{}
	p.mail(0, "a1@fabrikam.com", "sales@fabrikam.com", alice, "Invoice 4711")
	p.reads(1, "a1@fabrikam.com")
	p.sends(2, "s1@contoso.com", "RE: Invoice 4711")
	p.mail(2, "s1@contoso.com", alice, "sales@fabrikam.com", "RE: Invoice 4711")
	p.mail(3, "a2@fabrikam.com", "sales@fabrikam.com", alice, "RE: Invoice 4711")
	wants(t, p, "Invoice 4711 by subject: read+sent, 3 messages; he sent it; it came from outside after he was in the conversation")
}

// Promise: References hold a conversation together over other subjects of one bundle's people, and a reply address that
// changes is named.
func TestHeaders(t *testing.T) {
	p := &post{}
	p.headers(0, "a1@fabrikam.com", "Sales <sales@fabrikam.com>", "Invoice 4711", "")
	p.headers(2, "a2@fabrikam.com", "Sales <sales@fabrikam.com>", "Re: Invoice 4711", "In-Reply-To: <a1@fabrikam.com>\nReply-To: sales@fabrikam-mail.example\n")
	p.reads(1, "a1@fabrikam.com")
	wants(t, p, "Invoice 4711 by references: read, 2 messages; reply-to sales@fabrikam.com to sales@fabrikam-mail.example; its sender or reply address changed")
}

// Promise: without an intruder, or without the messages' subjects, there is no thread.
func TestNothing(t *testing.T) {
	p := &post{}
	p.reads(1, "a1@fabrikam.com")
	wants(t, p)
}
