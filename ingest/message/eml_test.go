package message_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/ingest/activity"
	"triage/ingest/message"
	"triage/ingest/record"
)

// spoof is a message as Exchange Online keeps it: its own verdict on top, a planted one below.
const spoof = `Received: from AM0PR01.example (2001:db8::1) by DB9PR01.example with HTTPS;
 Mon, 2 Mar 2026 08:00:05 +0000
Authentication-Results: spf=softfail (sender IP is 198.51.100.7)
 smtp.mailfrom=example.net; dkim=none (message not signed) header.d=none;
 dkim=fail (body hash did not verify) header.d=contoso.com;dmarc=fail action=oreject
 header.from=contoso.com;compauth=fail reason=601
Received-SPF: SoftFail (x) client-ip=198.51.100.9; helo=mx
Received: from mx.example.net (198.51.100.7) by AM0PR01.example; Mon, 2 Mar 2026 08:00:00 +0000
Authentication-Results: spf=pass smtp.mailfrom=contoso.com; dmarc=pass action=none header.from=contoso.com; compauth=pass reason=100
ARC-Authentication-Results: i=1; mx.example.net 1; spf=pass smtp.mailfrom=contoso.com
From: =?utf-8?q?Dana_K=C3=B6hler?= <Dana@Contoso.com>
Reply-To: dana.kohler@example.net
To: Alice <alice@contoso.com>
Subject: =?windows-1252?Q?=DCberweisung?= =?windows-1252?Q?_dringend?=
Message-ID: <1@example.net>
Date: Mon, 2 Mar 2026 09:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1"

--b1
Content-Type: text/html

<p>please pay</p>
--b1
Content-Type: application/pdf; name="=?utf-8?b?UmVjaG51bmcucGRmLmh0YQ==?="
Content-Transfer-Encoding: base64

QUJD
--b1--
`

// detail lists what an activity says of its message, one "name=value" each, without the transport.
func detail(c *activity.Case, a *activity.Activity) []string {
	var out []string
	for d := range c.Details(a) {
		if name := c.KeyName(d.Key); name != "params.received" {
			out = append(out, name+"="+c.Text(d.Value))
		}
	}
	slices.Sort(out)
	return out
}

func find(t *testing.T, c *activity.Case, typ activity.Type) *activity.Activity {
	t.Helper()
	for i := range c.Activities {
		if c.Activities[i].Type == typ {
			return &c.Activities[i]
		}
	}
	t.Fatalf("no %s among %d activities; skipped: %v", typ, len(c.Activities), c.Skips)
	return nil
}

// Of a message the topmost results count; lower ones are named as what they are, and a planted pass as planted.
func TestEML(t *testing.T) {
	for name, text := range map[string]string{"lf": spoof, "crlf": strings.ReplaceAll(spoof, "\n", "\r\n"), "bom": "\uFEFF" + spoof, "unix": "From alice Mon Mar  2 08:00:00 2026\n" + spoof} {
		c := open(t, write(t, map[string]string{"urgent.eml": text}))
		a := find(t, c, activity.Deliver)
		want := []string{
			"attachments=Rechnung.pdf.hta (3b)",
			"message_id=<1@example.net>",
			"params.authserv=", "params.compauth=fail", "params.compauth_reason=601", "params.dkim=fail", "params.dkim=none",
			"params.dkim_domain=contoso.com", "params.dmarc=fail", "params.dmarc_action=oreject", "params.from_domain=contoso.com",
			"params.from_name=Dana Köhler", "params.header_from=contoso.com", "params.mailfrom_domain=example.net",
			"params.planted=compauth=pass in Authentication-Results 2 of 2", "params.planted=dmarc=pass in Authentication-Results 2 of 2",
			"params.planted=spf=pass in Authentication-Results 2 of 2", "params.reply_to=dana.kohler@example.net",
			"params.reply_to_differs=true", "params.sender_ip=198.51.100.7", "params.spf=softfail",
			"params.untrusted=ARC-Authentication-Results i=1: spf=pass by mx.example.net",
			"params.untrusted=Authentication-Results 2 of 2: spf=pass dmarc=pass compauth=pass",
			"recipients=alice@contoso.com", "sender=dana@contoso.com", "subject=Überweisung dringend",
		}
		want = slices.DeleteFunc(want, func(s string) bool { return s == "params.authserv=" })
		if got := detail(c, a); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if at := time.UnixMilli(a.Time).UTC().Format(time.DateTime); at != "2026-03-02 08:00:05" || c.Text(a.Mailbox) != "alice@contoso.com" {
			t.Errorf("%s: at %s in %s", name, at, c.Text(a.Mailbox))
		}
		in := c.Inputs[0]
		if in.Format != "message-eml" || in.MailboxFrom != "message headers" || in.Rows != 1 || in.Activities != 1 || len(in.Notes) > 0 {
			t.Errorf("%s: %+v", name, in)
		}
	}
}

const plain = "Received: from a.example by b.example; Mon, 2 Mar 2026 08:00:00 +0000\nFrom: bob@example.org\nTo: alice@contoso.com\nSubject: s\n"

// What the headers do not say is unknown: no parameter is there at all. Received-SPF fills in for SPF alone.
func TestAbsenceIsUnknown(t *testing.T) {
	f := func(more, want string) {
		t.Helper()
		c := open(t, write(t, map[string]string{"x.eml": plain + more + "\nbody\n"}))
		var got []string
		for _, d := range detail(c, find(t, c, activity.Deliver)) {
			if rest, ok := strings.CutPrefix(d, "params."); ok && !strings.HasPrefix(rest, "from_") {
				got = append(got, rest)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", more, got, want)
		}
	}
	f("", "auth=none")
	f("Authentication-Results: mx.contoso.com; none\n", "authserv=mx.contoso.com")
	f("Received-SPF: Fail (x) client-ip=192.0.2.1; envelope-from=eve@example.net\n", "auth=none mailfrom_domain=example.net sender_ip=192.0.2.1 spf=fail")
	f("ARC-Authentication-Results: i=1; mx; dmarc=pass\n", "auth=none untrusted=ARC-Authentication-Results i=1: dmarc=pass by mx")
	f("Authentication-Results: mx; spf=fail (broken; dmarc=fail\n", "auth_fault=Authentication-Results: a comment without an end at byte 13 authserv=mx spf=fail")
	f("Authentication-Results: mx; spf=pass\nAuthentication-Results: other; dmarc=pass; spf=pass\n", "authserv=mx spf=pass untrusted=Authentication-Results 2 of 2: dmarc=pass spf=pass by other")
}

// Whose mailbox it is: the last server's word, what the user says, or the only recipient; else the folder.
func TestWhoseMailbox(t *testing.T) {
	f := func(head, folder, mailbox, from string) {
		t.Helper()
		dir := write(t, map[string]string{folder + ".eml": head + "\nbody\n"})
		c := open(t, dir)
		a := &c.Activities[0]
		if c.Text(a.Mailbox) != mailbox || c.Inputs[0].MailboxFrom != from {
			t.Errorf("%s: %s from %q, want %s from %q", head, c.Text(a.Mailbox), c.Inputs[0].MailboxFrom, mailbox, from)
		}
	}
	f("Delivered-To: Alice@contoso.com\n"+plain, "x", "alice@contoso.com", "")
	f(plain+"Delivered-To: eve@example.net\n", "x", "eve@example.net", "message headers")
	f(plain, "x", "alice@contoso.com", "message headers")
	f("From: alice@contoso.com\nTo: bob@example.org\nSubject: sent\nDate: Mon, 2 Mar 2026 08:00:00 +0000\n", "x", "alice@contoso.com", "message headers")
}

// The files of a message are found in any nesting and in broken MIME; its text and its pictures' text are none.
func TestAttachments(t *testing.T) {
	f := func(body, want string) {
		t.Helper()
		c := open(t, write(t, map[string]string{"x.eml": plain + body}))
		if got := values(c, find(t, c, activity.Deliver), activity.KeyOf(activity.FieldAttachments)); got != want {
			t.Errorf("%s:\n got %q\nwant %q", body, got, want)
		}
	}
	f("\nno MIME at all\n", "")
	f("Content-Type: text/html\n\n<p>\n", "")
	f("Content-Type: application/hta\n\nx\n", "application/hta")
	f("Content-Type: text/plain; name=note.txt\n\nhello\n", "note.txt (6b)")
	f("Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=ab\n\n--ab\nContent-Type: text/plain\n\nx\n--ab\nContent-Type: text/html\n\nx\n--ab--\n--a\nContent-Disposition: attachment; filename=\"in;voice.exe\"\n\nMZ\n--a--\n", "in;voice.exe (3b)")
	f("Content-Type: multipart/mixed; boundary=a\n\n--a\nBroken header line\nContent-Disposition: attachment; filename=a b=c.hta; filename\n\nx\n", "a (2b)")
	f("Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: application/x; name*0=\"long \"; name*1=name.js\n\nx\n--a--\n", "long name.js (2b)")
	f("Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\nFrom: x@example.org\nContent-Type: application/zip; name=inner.zip\n\nPK\n--a--\n", "message/rfc822+inner.zip (3b)")
	f("Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: image/png\nContent-ID: <logo>\n\nx\n--a\nContent-Type: text/html; name=page\nContent-Disposition: attachment\n\nx\n--a--\n", "image/png+page (2b)+text/html")
}

// A file that holds several messages is not taken for its first one; one without any time is state, and said to be.
func TestOddMessages(t *testing.T) {
	c := open(t, write(t, map[string]string{"mbox": "From a Mon Mar  2 08:00:00 2026\n" + plain + "\nx\n\nFrom b Mon Mar  2 09:00:00 2026\n" + plain + "\nx\n"}))
	if len(c.Activities) > 0 || len(c.Skips) != 1 || !strings.Contains(c.Skips[0].Reason, "mbox") {
		t.Errorf("mbox: %d activities, %v", len(c.Activities), c.Skips)
	}
	c = open(t, write(t, map[string]string{"x.eml": "From: a@contoso.com\nTo: b@contoso.com\nReturn-Path: <a@contoso.com>\nthis is no header\nSubject: no date\n\n"}))
	a := &c.Activities[0]
	if notes := strings.Join(c.Inputs[0].Notes, ";"); a.Flags&activity.Undated == 0 || !strings.Contains(notes, "says nowhere when") || !strings.Contains(notes, "are no headers") {
		t.Errorf("flags %b, notes %q", a.Flags, notes)
	}
}

// FuzzMail keeps the promise that no message of any shape panics, is lost, or is two activities.
func FuzzMail(f *testing.F) {
	f.Add([]byte(spoof))
	f.Add([]byte(plain + "Content-Type: multipart/mixed; boundary=\n\n--\n"))
	f.Add([]byte("From: \"a\nContent-Type: multipart/x; boundary=a\n\n--a\n--a--"))
	f.Add([]byte(`{"id":"1","internetMessageHeaders":[{"name":"Authentication-Results","value":"spf=fail"}],"from":{"emailAddress":{"address":"a@b"}}}`))
	f.Add([]byte(`{"Id":"1","WebLink":"x","BodyPreview":"y","DateTimeReceived":"2018-01-01T00:00:00Z"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		look, ok := record.LookMail(text)
		for _, format := range message.MailFormats() {
			head := record.Head{Shape: format.Shape, Objects: [][]byte{text}, Page: text}
			if ok && format.Shape == record.Mail {
				head = look.Head
			}
			format.Recognise(head)
			shard := activity.NewShard(0, activity.Interest{})
			err := format.New(head).Decode(record.Record{Bytes: text}, shard)
			if (err == nil) != (shard.Len() == 1) {
				t.Fatalf("%s: error %v and %d activities", format.Name, err, shard.Len())
			}
		}
	})
}

func origins(c *activity.Case, a *activity.Activity) string {
	var out []string
	for i := range c.Activities {
		if &c.Activities[i] == a {
			for o := range c.Origins(uint32(i)) {
				out = append(out, fmt.Sprint(c.Inputs[o.File].Source))
			}
		}
	}
	return strings.Join(out, "+")
}
