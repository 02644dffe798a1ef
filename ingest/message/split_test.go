package message

import (
	"fmt"
	"slices"
	"testing"
)

// Promise: what one server wrote into several headers is one verdict; what stands under the next server's line, or says
// again what was said, or is in another's name, is not of it.
func TestResultsInSeveralHeaders(t *testing.T) {
	const own = "Received: from relay by mx.contoso.com with ESMTPS; Mon, 2 Mar 2026 08:00:05 +0000\r\n"
	const next = "Received: from pc by relay.example with ESMTP; Mon, 2 Mar 2026 08:00:01 +0000\r\n"
	const spf = "Authentication-Results: mx.contoso.com; spf=fail smtp.mailfrom=contoso.com\r\n"
	const dmarc = "Authentication-Results: mx.contoso.com; dmarc=fail (p=reject) header.from=contoso.com\r\n"
	const arc = "Authentication-Results: MX.contoso.com; arc=none\r\n"
	f := func(name, text, spf, dmarc string, planted int) {
		t.Helper()
		h, _, _ := parseHeaders([]byte(text + "\r\n"))
		v := judge(h)
		if v.spf != spf || v.dmarc != dmarc || len(v.planted) != planted {
			t.Errorf("%s: spf %q, dmarc %q, planted %q", name, v.spf, v.dmarc, v.planted)
		}
	}
	f("under its own Received", own+arc+dmarc+spf, "fail", "fail", 0)
	f("above it", arc+spf+dmarc+own+next, "fail", "fail", 0)
	f("in one", "Authentication-Results: mx.contoso.com; spf=fail; dmarc=fail\r\n"+own, "fail", "fail", 0)
	f("another server's between", arc+"Authentication-Results: mx.evil.example; spf=pass; dmarc=pass\r\n"+spf+own, "fail", "", 0)
	f("under the next server's line", spf+own+"Authentication-Results: mx.contoso.com; dmarc=pass\r\n", "fail", "", 0)
	f("said again", spf+"Authentication-Results: mx.contoso.com; spf=pass; dmarc=fail\r\n"+own, "fail", "fail", 1)
	// A sender who knows the server's name plants what the server does not speak of.
	const pass = "Authentication-Results: mx.contoso.com; dmarc=pass header.from=contoso.com\r\n"
	const inner = "Received: from mx.contoso.com by store7.internal with LMTP; Mon, 2 Mar 2026 08:00:06 +0000\r\n"
	f("planted under its Received", own+spf+pass, "fail", "", 0)
	f("planted under its Received, with a line of its own", own+spf+pass+own, "fail", "", 0)
	f("planted under its neighbour's", "Received: from x by mx2.contoso.com with ESMTPS\r\n"+spf+pass+own, "fail", "", 0)
	f("planted under nobody's", inner+spf+pass+next, "fail", "", 0)
	f("the server's, above its line", spf+pass+own, "fail", "pass", 0)
	f("the server's, above its line and under the mailbox's", inner+spf+pass+own, "fail", "pass", 0)
	f("the server's, with nothing above", spf+pass+next, "fail", "pass", 0)
	f("no server's name", "Authentication-Results: spf=fail\r\nAuthentication-Results: dmarc=pass\r\n"+own, "fail", "", 0)
}

// Promise: a message's id is what stands in its brackets.
func TestMessageID(t *testing.T) {
	f := func(value, want string) {
		t.Helper()
		if got := messageID(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
	f("<a@b>", "<a@b>")
	f(" <a@b> (added by postmaster@b)", "<a@b>")
	f("id: < a@ b >", "<a@b>")
	f("a@b", "a@b")
	f("<a@b", "<a@b")
	f("", "")
}

// Promise: encoded words are read however they are broken; what is none stays.
func TestEncodedWords(t *testing.T) {
	f := func(value, want string) {
		t.Helper()
		if got := decodeWords(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
	f("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße")
	f("=?UTF-8?Q?=C3?= =?utf-8?q?=BC?=", "ü")
	f("=?utf-8?q?=C3?=\t=?utf-8?q?=BC?=", "ü")
	f("=?utf-8?b?R3LDvMOfZQ?=", "Grüße")
	f("=?utf-8?B?R3LDvM Ofx Z?= x", "Grüß\uFFFD x")
	f("=?utf-8*de?q?Rechnung fällig_=?=", "Rechnung fällig =")
	f("=?iso-8859-1?q?M=FCller?=, =?gb2312?b?xOO6ww==?=", "Müller, 你好")
	f("Re:=?windows-1252?Q?=80_5?=", "Re:€ 5")
	f("=?klingon?q?abc?= =?utf-8?q?d?=", "=?klingon?q?abc?=d")
	f("=?utf-8?q?open", "=?utf-8?q?open")
	f("a =? b", "a =? b")
}

// Promise: a message that names several authors says all of them.
func TestSeveralAuthors(t *testing.T) {
	f := func(text string, want int) {
		t.Helper()
		h, _, _ := parseHeaders([]byte(text + "\r\n\r\n"))
		var m copied
		if m.fromHeaders(h); len(m.authors) != want {
			t.Errorf("%q: %q", text, m.authors)
		}
	}
	f("From: CEO <ceo@contoso.com>, x@evil.example", 2)
	f("From: ceo@contoso.com\r\nFrom: x@evil.example", 2)
	f("From: CEO <ceo@contoso.com>", 0)
	f("From: \"a, b\" <ceo@contoso.com>", 0)
}

// Promise: the messages that one answers are named, each once, folded or not, the nearest of very many.
func TestReferences(t *testing.T) {
	f := func(want []string, pairs ...string) {
		t.Helper()
		var h headers
		for i := 0; i+1 < len(pairs); i += 2 {
			h = append(h, header{pairs[i], pairs[i+1]})
		}
		if got := references(h); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", pairs, got, want)
		}
	}
	f(nil)
	f(nil, "references", "no id at all", "in-reply-to", "<cut")
	f([]string{"<a@x>", "<b@x>"}, "references", "<a@x>\r\n <b@x>", "in-reply-to", "<b@x>")
	f([]string{"<a@x>"}, "in-reply-to", "Your message of Monday <a@ x>")
	many := ""
	for i := range 200 {
		many += fmt.Sprintf("<%d@x> ", i)
	}
	var h headers = []header{{"references", many}}
	if got := references(h); len(got) != maxReferences || got[maxReferences-1] != "<199@x>" {
		t.Errorf("%d of 200, the last %q", len(got), got[len(got)-1])
	}
}
