package m365

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"triage/ingest/m365/disk/disktest"
	"triage/ingest/m365/m365test"
)

// final asks for a page where no asking helps, and checks that it was asked for once, without waiting, and that the
// reason and the remedy are said, without the token.
func final(t *testing.T, root string, transport *http.Transport, message, remedy string) {
	t.Helper()
	token, err := NewToken(secret)
	if err != nil {
		t.Fatal(err)
	}
	clock := m365test.NewClock(start)
	c, err := NewClient(Options{
		Root: root, Tokens: token, Clock: clock, Rand: func() float64 { return 0.5 }, Transport: transport,
		Waiting: func(d time.Duration, why string) { t.Errorf("waits %s: %s", d, why) },
	})
	if err != nil {
		t.Fatal(err)
	}
	a := &Activities{Client: c, Version: "v2.0", User: "me"}
	_, err = a.Page(t.Context(), activitiesEndpoint(), a.Address(Query{}))
	own, ok := errors.AsType[*Error](err)
	if !ok || !strings.Contains(own.Message, message) || !strings.Contains(own.Remedy, remedy) || strings.Contains(own.Message, secret) || clock.Slept > 0 {
		t.Errorf("got %#v (%v), want %q %q", own, err, message, remedy)
	}
}

// Promise: what asking again does not mend ends a fetch at once, with a sentence that says what it is.
func TestLastingFaultsAreFinal(t *testing.T) {
	secure := httptest.NewTLSServer(&m365test.Service{})
	t.Cleanup(secure.Close)
	final(t, secure.URL, &http.Transport{}, "the certificate of "+secure.Listener.Addr().String()+" is not valid here: x509: certificate signed by unknown authority; the token was not sent", "clock")
	trusting := secure.Client().Transport.(*http.Transport).Clone()
	_, port, _ := net.SplitHostPort(secure.Listener.Addr().String())
	final(t, "https://localhost:"+port, trusting, "the certificate of localhost:"+port+" is not valid here: x509: certificate is valid for example.com", "--base-url")

	plain := httptest.NewServer(&m365test.Service{})
	t.Cleanup(plain.Close)
	final(t, strings.Replace(plain.URL, "http://", "https://", 1), &http.Transport{}, "does not speak TLS; the token was not sent", "port")
	final(t, "https://"+lineServer(t, "220 mail.contoso.com ESMTP\r\n", nil), &http.Transport{}, "does not speak TLS; the token was not sent", "port")
	final(t, "http://"+lineServer(t, "220 mail.contoso.com ESMTP\r\n", nil), &http.Transport{}, `does not speak HTTP as it should: net/http: HTTP/1.x transport connection broken: malformed HTTP status code "mail.contoso.com"`, "port")
	final(t, "http://"+lineServer(t, "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", nil), &http.Transport{}, "does not speak HTTP as it should", "port")
	final(t, "http://"+lineServer(t, "HTTP/1.1 two hundred\r\n\r\n", nil), &http.Transport{}, "malformed HTTP status code", "port")
	final(t, "http://"+lineServer(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", nil), &http.Transport{}, "does not speak HTTP as it should", "port")
	final(t, "http://"+lineServer(t, secret+"\r\n", nil), &http.Transport{}, "[token]", "port")

	for _, alert := range []struct {
		code byte
		says string
	}{{40, "handshake failure"}, {70, "protocol version not supported"}, {112, "unrecognized name"}, {80, "internal error"}} {
		record := string([]byte{21, 3, 1, 0, 2, 2, alert.code}) // a fatal alert (RFC 8446, 6)
		final(t, "https://"+lineServer(t, record, nil), &http.Transport{}, "agree on no TLS connection: tls: "+alert.says+"; the token was not sent", "port")
	}
	old := httptest.NewUnstartedServer(&m365test.Service{})
	old.Config.ErrorLog = log.New(io.Discard, "", 0)
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	t.Cleanup(old.Close)
	final(t, old.URL, &http.Transport{}, "agree on no TLS connection: tls: ", "TLS 1.1")
	wanting := httptest.NewUnstartedServer(&m365test.Service{})
	wanting.Config.ErrorLog = log.New(io.Discard, "", 0)
	wanting.TLS = &tls.Config{MaxVersion: tls.VersionTLS12, ClientAuth: tls.RequireAnyClientCert}
	wanting.StartTLS()
	t.Cleanup(wanting.Close)
	final(t, wanting.URL, wanting.Client().Transport.(*http.Transport).Clone(), "agree on no TLS connection: tls: ", "certificate of its clients")

	unknown := &http.Transport{DialContext: (&net.Dialer{Resolver: nobodyKnows(t)}).DialContext}
	final(t, "https://outlook.contoso.example", unknown, `there is no host called "outlook.contoso.example"`, "HTTPS_PROXY")
}

// Promise: a proxy that will not have the service asked ends a fetch at once, without its password; one that did not
// reach it is asked again.
func TestProxyRefuses(t *testing.T) {
	asked := 0
	proxy := func(status int) *http.Transport {
		asked = 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked++; r.Method != http.MethodConnect || r.Header.Get("Authorization") != "" {
				t.Errorf("the proxy gets %s %q", r.Method, r.Header.Get("Authorization"))
			}
			w.WriteHeader(status)
		}))
		t.Cleanup(server.Close)
		u, _ := url.Parse(server.URL)
		u.User = url.UserPassword("alice", "proxypassword")
		return &http.Transport{Proxy: http.ProxyURL(u)}
	}
	const root = "https://outlook.contoso.example"
	final(t, root, proxy(403), "opens no way to outlook.contoso.example: it answers 403 Forbidden; the token was not sent", "NO_PROXY")
	final(t, root, proxy(405), "it answers 405 Method Not Allowed", "HTTPS_PROXY")
	final(t, root, proxy(407), "it answers 407 Proxy Authentication Required", "name and password: HTTPS_PROXY=")
	for _, status := range []int{429, 502, 503} {
		s := &stage{clock: m365test.NewClock(start), server: httptest.NewServer(nil)}
		t.Cleanup(s.server.Close)
		transport := proxy(status)
		err := s.ask(t, func(o *Options, _ *Activities) { o.Root, o.Transport = root, transport })
		if err == nil || asked != 10 || !strings.Contains(err.Error(), fmt.Sprintf(" answers %d ", status)) || strings.Contains(err.Error(), "proxypassword") {
			t.Errorf("%d: asked %d times: %v", status, asked, err)
		}
	}

	// SOCKS: no way to authenticate, and "not allowed by ruleset" (RFC 1928, 3 and 6).
	for text, want := range map[string]string{"\x05\xff": "no acceptable authentication methods", "\x05\x00\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00": "connection not allowed by ruleset"} {
		u := &url.URL{Scheme: "socks5", Host: lineServer(t, text, nil)}
		final(t, root, &http.Transport{Proxy: http.ProxyURL(u)}, "opens no way to outlook.contoso.example: ", "who runs the proxy")
		final(t, root, &http.Transport{Proxy: http.ProxyURL(u)}, want, "who runs the proxy")
	}
}

// lineServer answers every connection with a text; asked, if not nil, counts them.
func lineServer(t *testing.T, text string, asked *atomic.Int64) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if asked != nil {
				asked.Add(1)
			}
			_, _ = bufio.NewReader(conn).ReadByte()
			_, _ = conn.Write([]byte(text))
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}

// nobodyKnows is a resolver that asks a server which knows no name.
func nobodyKnows(t *testing.T) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		question := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(question)
			if err != nil {
				return
			}
			answer := question[:n]
			answer[2], answer[3] = answer[2]|0x80, 0x83 // an answer; there is no such name (RFC 1035, 4.1.1)
			answer[10], answer[11] = 0, 0               // without what follows the question
			end := 12
			for end < n && answer[end] != 0 {
				end += int(answer[end]) + 1
			}
			_, _ = server.WriteTo(answer[:min(n, end+5)], from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// Promise: a name that is not found after the host has answered is a network that is gone: it is asked again.
func TestNameLostOnTheWay(t *testing.T) {
	s := newStage(t, m365test.Generate(20, 1))
	token, _ := NewToken(secret)
	o := s.options(token)
	resolver, calls := nobodyKnows(t), 0
	o.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if calls++; calls == 2 {
			return (&net.Dialer{Resolver: resolver}).DialContext(ctx, network, "outlook.contoso.example:443")
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
	c, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	a := &Activities{Client: c, Version: "v2.0", User: "me"}
	for range 2 {
		if _, err := a.Page(t.Context(), activitiesEndpoint(), a.Address(Query{Top: 5})); err != nil {
			t.Error(err)
		}
	}
	if calls != 3 {
		t.Errorf("%d connections", calls)
	}
}

// Promise: a web page where JSON should be ends a fetch at once, and is called by its title; JSON that is cut is asked
// for again.
func TestWebPageInsteadOfJSON(t *testing.T) {
	f := func(body string, final bool, want string) {
		t.Helper()
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			fmt.Fprint(w, strings.ReplaceAll(body, "TOKEN", r.Header.Get("Authorization")))
		}))
		defer server.Close()
		s := &stage{clock: m365test.NewClock(start), server: server}
		err := s.ask(t, nil)
		if err == nil || !strings.Contains(err.Error(), want) || final != (asked == 1) {
			t.Errorf("%q: asked %d times, got %v", body, asked, err)
		}
	}
	f("\uFEFF \r\n<!DOCTYPE html><html><head><TITLE lang=en> Sign in\r\n to Contoso</title>", true, `Activities: the service answers with a web page ("Sign in to Contoso") instead of JSON`)
	f("<html>no title", true, "answers with a web page instead of JSON")
	f("<html><title>no end", true, "answers with a web page instead of JSON")
	f("<html></title><title>", true, "answers with a web page instead of JSON")
	f("<title>"+strings.Repeat("x", 1000)+"</title>", true, "…")
	f(`<?xml version="1.0"?><feed/>`, true, "answers with a web page instead of JSON")
	f(`{"value":[`, false, "given up after 10 attempts")
	f(`[]`, false, "given up after 10 attempts")
	f(``, false, "given up after 10 attempts")
}

// contradictory is a service that answers every request by a function of its number and window.
func contradictory(t *testing.T, answer func(n int, from, to time.Time, r *http.Request) string) (asked int, err error) {
	t.Helper()
	s := newStage(t, nil)
	s.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var from, to time.Time
		filter := strings.Fields(r.URL.Query().Get("$filter"))
		for i := range filter {
			switch filter[i] {
			case "ge":
				from, _ = time.Parse(time.RFC3339Nano, filter[i+1])
			case "le":
				to, _ = time.Parse(time.RFC3339Nano, filter[i+1])
			}
		}
		asked++
		fmt.Fprint(w, strings.ReplaceAll(answer(asked, from, to, r), "ROOT", s.server.URL))
	})
	f := s.fetch(t, filepath.Join(t.TempDir(), "a.jsonl"))
	f.files, f.Start = disktest.Mortal{}, start.Add(-2*day)
	_, err = f.Run(t.Context())
	return asked, err
}

// rows are n activities of one moment; without one if it is zero.
func rows(n, first int, at time.Time) string {
	var all []string
	for i := range n {
		stamp := ""
		if !at.IsZero() {
			stamp = fmt.Sprintf(`,"TimeStamp":%q`, at.Format(time.RFC3339Nano))
		}
		all = append(all, fmt.Sprintf(`{"Id":"A%d"%s}`, first+i, stamp))
	}
	return strings.Join(all, ",")
}

// Promise: a service whose answers cannot all be true ends a fetch after a bounded number of requests, and is called so.
func TestContradictions(t *testing.T) {
	f := func(name string, most int, want string, answer func(n int, from, to time.Time, r *http.Request) string) {
		t.Helper()
		asked, err := contradictory(t, answer)
		own, ok := errors.AsType[*Error](err)
		if !ok || !strings.Contains(own.Message, want) || asked > most {
			t.Errorf("%s: asked %d times, got %v", name, asked, err)
		}
		t.Logf("%s: %d requests: %v", name, asked, err)
	}
	next := func(n int, rows string) string {
		return fmt.Sprintf(`{"value":[%s],"@odata.nextLink":"ROOT/api/v2.0/me/Activities?$skiptoken=%d"}`, rows, n)
	}
	f("a next page for ever, without activities", 110, "answers in a row bring nothing new", func(n int, _, _ time.Time, _ *http.Request) string { return next(n, "") })
	f("a next page for ever, always the same", 110, "answers in a row bring nothing new", func(n int, from, _ time.Time, _ *http.Request) string {
		return next(n, rows(50, 0, start.Add(-36*time.Hour)))
	})
	f("a circle", 5, "lead in a circle", func(n int, _, _ time.Time, _ *http.Request) string {
		return next(n%2, rows(1, n, start.Add(-36*time.Hour)))
	})
	f("the same for every time, of no time", 500, "stretches of time in a row hold the same 1000 activities", func(_ int, _, _ time.Time, r *http.Request) string {
		if r.URL.Query().Get("$skip") != "" {
			return `{"value":[]}`
		}
		return `{"value":[` + rows(1000, 0, time.Time{}) + `]}`
	})
	f("the same for every time, of that time", 500, "stretches of time in a row hold the same 1000 activities", func(_ int, from, _ time.Time, r *http.Request) string {
		if r.URL.Query().Get("$skip") != "" {
			return `{"value":[]}`
		}
		return `{"value":[` + rows(1000, 0, from) + `]}`
	})
	f("the time does not count", 2, "its $filter does not work", func(_ int, _, _ time.Time, _ *http.Request) string {
		return `{"value":[` + rows(1, 0, start.Add(-900*day)) + `]}`
	})
}

// Promise: answers that never complete a stretch of time are believed ten thousand times, or for four gigabytes.
func TestAnswersWithoutEnd(t *testing.T) {
	f := func(size, most int) {
		t.Helper()
		var d doubts
		for range 2 * most {
			if err := d.answer(size, ""); err != nil {
				break
			}
		}
		if d.answers != most+1 {
			t.Errorf("%d bytes each: %d answers, want %d", size, d.answers, most+1)
		}
		d.ids = map[string]bool{"a": true}
		if err := d.window(&Window{Rows: 1}, 1000); err != nil || d.answer(size, "") != nil {
			t.Errorf("%d bytes each: %v after a window that was complete", size, err)
		}
	}
	f(1000, maxAnswers)
	f(maxBytes, maxUnsettled/maxBytes)
}

// Promise: more in each millisecond than an answer holds is believed for a second, not for ever. The windows are judged
// as a sweep would: a thousand of them take a service some thousand answers.
func TestCrowdedMilliseconds(t *testing.T) {
	var d doubts
	for i := range 3 * maxCrowded {
		from := start.Add(time.Duration(i) * finest)
		d.ids = map[string]bool{fmt.Sprint(i): true}
		w := Window{From: from, To: from.Add(finest), Rows: 11}
		if i == maxCrowded-1 {
			w.Rows = 10 // fits into an answer
		}
		if err := d.window(&w, 10); (err != nil) != (i == 2*maxCrowded) {
			t.Fatalf("window %d: %v", i, err)
		} else if err != nil {
			return
		}
	}
}
