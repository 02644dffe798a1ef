package m365

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/ingest/m365/m365test"
)

// ask sends one request for the first page of alice's activities.
func (s *stage) ask(t *testing.T, change func(*Options, *Activities)) error {
	t.Helper()
	token, err := NewToken(secret)
	if err != nil {
		t.Fatal(err)
	}
	o := s.options(token)
	a := &Activities{Version: "v2.0", User: "alice@contoso.com"}
	if change != nil {
		change(&o, a)
	}
	if a.Client, err = NewClient(o); err != nil {
		t.Fatal(err)
	}
	_, err = a.Page(t.Context(), activitiesEndpoint(), a.Address(Query{Top: 5}))
	return err
}

// Promise: each refusal says what the service said and what to do about it, and none shows the token.
func TestRefusalsSayWhatToDo(t *testing.T) {
	f := func(fault m365test.Fault, change func(*Options, *Activities), status int, message, remedy string) {
		t.Helper()
		s := newStage(t, m365test.Generate(20, 1))
		s.service.Fault = func(int) m365test.Fault { return fault }
		err := s.ask(t, change)
		own, ok := errors.AsType[*Error](err)
		if !ok || own.Status != status || !strings.Contains(own.Message, message) || !strings.Contains(own.Remedy, remedy) {
			t.Errorf("fault %d: got %#v (%v), want %d %q %q", fault, own, err, status, message, remedy)
		}
		if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secret) {
			t.Errorf("fault %d: the token is in %v", fault, err)
		}
	}
	f(m365test.Expire, nil, 401, "401 Unauthorized: The token has expired.", "get a new one")
	f(m365test.Echo, nil, 500, "Trace: you sent Bearer [token]", "wait, then run the same command again")
	f(m365test.Redirect, nil, 302, `redirects to "https://outlook.example.net": not followed`, "--base-url")
	f(m365test.ThrottleBare, nil, 429, "given up after 20 attempts", "still throttles")
	f(m365test.ThrottleBody, nil, 403, "AF429", "still throttles")
	f(m365test.GatewayTimeout, nil, 504, "504 Gateway Timeout: the service is ill (given up after 10 attempts", "a fault of its own")
	f(m365test.TimedOut, nil, 408, "408", "")
	f(m365test.Reset, nil, 0, "EOF (given up after 10 attempts", "check the network")
	f(m365test.Cut, nil, 0, "unexpected EOF", "check the network")
	f(m365test.Stall, nil, 0, "the connection stands still", "check the network")
	f(m365test.None, func(_ *Options, a *Activities) { a.User = "bob@contoso.com" }, 404, "Default folder ActivityLogs not found.", "no right to this mailbox")
	f(m365test.None, func(_ *Options, a *Activities) { a.Version = "v3.0" }, 404, "404 Not Found", "closed this API in July 2018")
	f(m365test.None, func(o *Options, _ *Activities) { o.Root += "/else/where" }, 404, "404 Not Found", "--base-url")
	f(m365test.None, func(o *Options, _ *Activities) { o.Scheme = Basic }, 401, "expired", "new one")
}

// Promise: v1.0 takes a name and password, of which nothing is shown either.
func TestBasic(t *testing.T) {
	s := newStage(t, m365test.Generate(20, 1))
	s.service.Token = "alice@contoso.com:open sesame 7"
	basic := func(text string) func(*Options, *Activities) {
		return func(o *Options, a *Activities) {
			token, err := NewToken(text)
			if err != nil {
				t.Fatal(err)
			}
			o.Scheme, o.Tokens, a.Version, a.User = Basic, token, "v1.0", "me"
		}
	}
	if err := s.ask(t, basic("alice@contoso.com:open sesame 7")); err != nil {
		t.Error(err)
	}
	if err := s.ask(t, basic("Basic YWxpY2VAY29udG9zby5jb206b3BlbiBzZXNhbWUgNw==")); err != nil {
		t.Error(err)
	}
	s.service.Fault = func(int) m365test.Fault { return m365test.Echo }
	for _, text := range []string{"alice@contoso.com:open sesame 7", "YWxpY2VAY29udG9zby5jb206b3BlbiBzZXNhbWUgNw=="} {
		if err := s.ask(t, basic(text)); err == nil || !strings.Contains(err.Error(), "Basic [token]") {
			t.Errorf("got %v", err)
		}
	}
}

// Promise: the rules of the service are kept, the header without which it answers 400 among them.
func TestServiceRefusesWhatTheRealOneRefused(t *testing.T) {
	s := newStage(t, m365test.Generate(20, 1))
	f := func(path string, header http.Header, status int, want string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header = header
		resp, err := s.server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var page struct {
			Value []json.RawMessage
			Error struct{ Message string }
		}
		if err := json.NewDecoder(resp.Body).Decode(&page); err != nil && status != 401 {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%s%s%d", resp.Header.Get("x-ms-diagnostics"), page.Error.Message, len(page.Value))
		if resp.StatusCode != status || !strings.Contains(got, want) {
			t.Errorf("%s: got %d %q, want %d %q", path, resp.StatusCode, got, status, want)
		}
	}
	good := http.Header{"Prefer": {`exchange.behavior="ActivityAccess"`}, "Accept": {"application/json"}, "Authorization": {"Bearer " + secret}}
	without := func(name string) http.Header {
		h := good.Clone()
		h.Del(name)
		return h
	}
	const me = "/api/v2.0/me/Activities"
	f(me, good, 200, "10")
	f(me+"?$top=20", good, 200, "20")
	f(me+"?$filter=AppIdType%20eq%20'Nobody'", good, 200, "0")
	f("/api/beta/Users('alice@contoso.com')/Activities?$orderby=TimeStamp&$skip=15", good, 200, "5")
	f(me, without("Prefer"), 400, "ActivityAccess")
	f(me, without("Authorization"), 403, "Access is denied")
	f("/api/v1.0/me/Activities", good, 401, `reason="The token has expired."`)
	f(me+"?$top=1001", good, 400, "$top is 1000")
	f(me+"?$filter=Size%20eq%201", good, 400, "could not find a property")
	f(me+"?$orderby=TimeStamp&$filter=TimeStamp%20ge%202018-01-01T00:00:00Z", good, 400, "too complex")
	f("/api/v2.0/Users('bob@contoso.com')/Activities", good, 404, "Default folder ActivityLogs not found.")
}

// Promise: 10,000 requests in ten minutes and no more: the client waits by itself, and is never throttled.
func TestLimitOfRequests(t *testing.T) {
	s := newStage(t, nil)
	token, err := NewToken(secret)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewClient(s.options(token))
	if err != nil {
		t.Fatal(err)
	}
	a, e := &Activities{Client: c, Version: "beta", User: "me"}, activitiesEndpoint()
	waits := 0
	c.Waiting = func(time.Duration, string) { waits++ }
	const over = 20
	for i := range e.Requests + over {
		if i%1000 == 0 {
			s.clock.Advance(time.Second)
		}
		if _, err := a.Page(t.Context(), e, a.Address(Query{})); err != nil {
			t.Fatal(err)
		}
	}
	if refused := s.service.Refused(); len(refused) > 0 || waits != 1 {
		t.Errorf("%d waits, refused %q", waits, refused)
	}
}

// Promise: Retry-After is obeyed in all its forms; what is no time at all is as if it were not there.
func TestRetryAfter(t *testing.T) {
	f := func(value, date string, want time.Duration, ok bool) {
		t.Helper()
		h := http.Header{"Retry-After": {value}, "Date": {date}}
		got, gotOK := retryAfter(h, start)
		if got != want || gotOK != ok {
			t.Errorf("%q at %q: got %s, %v, want %s, %v", value, date, got, gotOK, want, ok)
		}
	}
	f("7", "", 7*time.Second, true)
	f(" 1.5 ", "", 2*time.Second, true)
	f("0", "", 0, true)
	f("1e99", "", 366*day, true)
	f("Fri, 01 Jun 2018 12:00:30 GMT", "", 30*time.Second, true)
	f("Fri, 01 Jun 2018 10:00:30 GMT", "Fri, 01 Jun 2018 10:00:00 GMT", 30*time.Second, true) // our clock is two hours fast
	f("Friday, 01-Jun-18 12:00:30 GMT", "yesterday", 30*time.Second, true)
	f("Fri, 01 Jun 2018 11:00:00 GMT", "", 0, true)
	f("-1", "", 0, false)
	f("NaN", "", 0, false)
	f("soon", "", 0, false)
	f("", "", 0, false)
}

// Promise: a wait that nobody would sit through is told at once, with the time.
func TestRetryAfterBeyondPatience(t *testing.T) {
	s := newStage(t, nil)
	s.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "86400")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	if err := s.ask(t, nil); err == nil || !strings.Contains(err.Error(), "asks to wait 24h0m0s") || s.clock.Slept > 0 {
		t.Errorf("got %v after %s", err, s.clock.Slept)
	}
}

// Promise: waits double up to a bound and are spread by chance.
func TestBackoff(t *testing.T) {
	f := func(attempt int, chance float64, want time.Duration) {
		t.Helper()
		if got := backoff(attempt, time.Second, time.Minute, chance); got != want {
			t.Errorf("attempt %d: got %s, want %s", attempt, got, want)
		}
	}
	f(1, 0, 500*time.Millisecond)
	f(1, 1, time.Second)
	f(3, 0.5, 3*time.Second)
	f(9, 1, time.Minute)
	f(1000, 0, 30*time.Second)
}

// Promise: the token goes to the root alone: not where a nextLink points, however it is dressed up.
func TestNextPageElsewhereIsNotAskedFor(t *testing.T) {
	token, err := NewToken(secret)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewClient(Options{Root: "https://outlook.office.com/base", Tokens: token, Clock: m365test.NewClock(start), Rand: func() float64 { return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	f := func(address, want string) {
		t.Helper()
		u, err := c.resolve(address)
		switch {
		case err != nil && want != "":
			t.Errorf("%s: %v", address, err)
		case err == nil && u.String() != want:
			t.Errorf("%s: got %s, want %s", address, u, want)
		}
	}
	f("https://outlook.office.com/base/x?$skip=1&$filter=a%20b", "https://outlook.office.com/base/x?$skip=1&$filter=a%20b")
	f("HTTPS://Outlook.Office.com:443/base/x", "https://Outlook.Office.com:443/base/x")
	f("/api/v2.0/Users('a')/Activities?$top=1", "https://outlook.office.com/base/api/v2.0/Users('a')/Activities?$top=1")
	f("http://outlook.office.com/base/x", "")
	f("https://outlook.office.com.example.net/base/x", "")
	f("https://outlook.office.com@example.net/base/x", "")
	f("https://user@outlook.office.com/base/x", "")
	f("https://outlook.office.com:444/base/x", "")
	f("//example.net/base/x", "")
	f("https://outlook.office.com/base/../x", "")
	f("https://outlook.office.com/based/x", "")
	f("ftp:x", "")
	f("https://\x7f/", "")

	s := newStage(t, nil)
	s.service.Fault = func(int) m365test.Fault { return m365test.Elsewhere }
	_, err = s.fetch(t, t.TempDir()+"/a.jsonl").Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "names a next page at https://outlook.example.net, outside of "+s.server.URL) {
		t.Errorf("got %v", err)
	}
}

// Promise: a root that would show the token on the way is refused.
func TestRoots(t *testing.T) {
	f := func(root, want string) {
		t.Helper()
		_, err := parseRoot(root)
		switch {
		case err == nil && want != "", err != nil && (want == "" || !errors.Is(err, ErrRoot) || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: got %v, want %q", root, err, want)
		}
	}
	f("https://outlook.office.com", "")
	f("https://proxy.contoso.com:8443/o365/", "")
	f("http://127.0.0.1:8080", "")
	f("http://[::1]:8080", "")
	f("http://localhost", "")
	f("http://outlook.office.com", "want https")
	f("http://127.0.0.1.example.net", "want https")
	f("outlook.office.com", "want a root such as")
	f("ftp://outlook.office.com", "begins with https")
	f("https://alice:sesame@outlook.office.com", "without name, password")
	f("https://outlook.office.com/?x=1", "without name, password")
}

// Promise: a token does not show, however it is printed, and is taken as people paste it.
func TestToken(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		token, err := NewToken(in)
		if err != nil {
			if want != "" {
				t.Errorf("%q: %v", in, err)
			}
			if strings.Contains(err.Error(), "sesame") {
				t.Errorf("shown: %v", err)
			}
			return
		}
		if token.text != want {
			t.Errorf("%q: got %q, want %q", in, token.text, want)
		}
		text, err := json.Marshal(map[string]any{"t": token, "p": &token})
		all := fmt.Sprintf("%v %+v %#v %s %q %x %d %s %v", token, token, token, token, token, token, token, text, err)
		if strings.Contains(all, want) {
			t.Errorf("shown: %s", all)
		}
	}
	f("open-sesame", "open-sesame")
	f("\uFEFF  Bearer open-sesame\r\n", "open-sesame")
	f("alice:open sesame", "alice:open sesame")
	f("", "")
	f(" \n", "")
	f("open sesame", "")
	f("open\nsesame:x", "")
	f(strings.Repeat("sesame", 20_000), "")
}

// Promise: an answer that holds the token, or is larger than allowed, is not kept; one that trickles for ever ends.
func TestAnswersThatAreRefused(t *testing.T) {
	f := func(handler http.HandlerFunc, e *Endpoint, want string) {
		t.Helper()
		s := newStage(t, nil)
		s.server.Config.Handler = handler
		token, err := NewToken(secret)
		if err != nil {
			t.Fatal(err)
		}
		c, err := NewClient(s.options(token))
		if err != nil {
			t.Fatal(err)
		}
		c.Waiting = func(_ time.Duration, why string) {
			if strings.Contains(why, secret) {
				t.Errorf("shown: %s", why)
			}
		}
		_, err = c.Get(t.Context(), e, "/x", nil)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret[:6]) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	f(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header.Get("Authorization")) }, &Endpoint{}, "holds the token itself")
	f(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 2000)) }, &Endpoint{MaxBytes: 1000}, "larger than allowed")
	f(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://example.net/"+r.Header.Get("Authorization"), http.StatusFound)
	}, &Endpoint{}, "redirects to")
	f(func(w http.ResponseWriter, r *http.Request) {
		// A token that is cut where messages are cut must not show in part.
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, strings.Repeat("x", maxSaid-10)+r.Header.Get("Authorization"))
	}, &Endpoint{}, "xxx")

	for _, c := range []struct {
		bytes int // a second
		want  string
	}{{1, "stands still, or nearly so (given up after 1 attempts in 1m"}, {200, "no whole answer in 5m0s"}} {
		s, piece := newStage(t, nil), strings.Repeat(" ", c.bytes) // of this service alone: the one before may be writing still
		s.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				fmt.Fprint(w, piece)
				_ = http.NewResponseController(w).Flush()
				s.clock.Advance(time.Second)
				time.Sleep(5 * time.Millisecond) // of real time for the client to read, or a minute passes before it does
			}
		})
		if err := s.ask(t, func(o *Options, _ *Activities) { o.Attempts = 1 }); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
}

// Promise: a token file that is replaced while a fetch runs renews the token; the old one is not shown either.
func TestTokenRenewed(t *testing.T) {
	s := newStage(t, m365test.Generate(20, 1))
	s.service.Fault = func(n int) m365test.Fault {
		if n == 1 {
			return m365test.Expire
		}
		return m365test.None
	}
	s.service.Renewed = func() string { return "the-second-token-9876543210" }
	first, _ := NewToken(secret)
	second, _ := NewToken("the-second-token-9876543210")
	source := &series{first, second}
	c, err := NewClient(s.options(source))
	if err != nil {
		t.Fatal(err)
	}
	a := &Activities{Client: c, Version: "v2.0", User: "me"}
	for range 3 {
		if _, err := a.Page(t.Context(), activitiesEndpoint(), a.Address(Query{Top: 5})); err != nil {
			t.Error(err)
		}
	}
	if got := c.hide("first " + secret + " second the-second-token-9876543210"); got != "first [token] second [token]" {
		t.Errorf("got %q", got)
	}
}

// series is one token after another.
type series []Token

// Token implements Source.
func (s *series) Token() (Token, error) {
	first := (*s)[0]
	if len(*s) > 1 {
		*s = (*s)[1:]
	}
	return first, nil
}

// Promise: an interrupt ends a wait and a request that stands still, at once and as an interrupt.
func TestCancelled(t *testing.T) {
	s := newStage(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	s.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	f := s.fetch(t, t.TempDir()+"/a.jsonl")
	if _, err := f.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	s.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	f = s.fetch(t, t.TempDir()+"/a.jsonl")
	f.API.Client.Clock = SystemClock(s.clock.Now)
	f.API.Client.Waiting = func(time.Duration, string) { cancel() }
	if _, err := f.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Promise: a query's address is what the service understands, names and texts of any kind within it.
func TestAddress(t *testing.T) {
	f := func(user string, q Query, want string) {
		t.Helper()
		a := &Activities{Version: "v2.0", User: user}
		if got := a.Address(q); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	f("me", Query{}, "/api/v2.0/me/Activities")
	f("o'neil@contoso.com", Query{Top: 5, Skip: 10}, "/api/v2.0/Users('o%27%27neil@contoso.com')/Activities?$top=5&$skip=10")
	f("ME", Query{OrderBy: "TimeStamp asc", Select: []string{"Id", "TimeStamp"}}, "/api/v2.0/me/Activities?$select=Id%2CTimeStamp&$orderby=TimeStamp%20asc")
	f("me", Query{From: start, To: start.Add(day - tick), Types: []string{"A", "B"}},
		"/api/v2.0/me/Activities?$filter=TimeStamp%20ge%202018-06-01T12%3A00%3A00.0000000Z%20and%20TimeStamp%20le%202018-06-02T11%3A59%3A59.9999999Z%20and%20%28ActivityIdType%20eq%20%27A%27%20or%20ActivityIdType%20eq%20%27B%27%29")
}

// FuzzPage: any answer is read or refused; what is read are objects.
func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		`{"value":[]}`, `{"value":[{"Id":"a","TimeStamp":"2018-01-01T00:00:00Z"}],"@odata.nextLink":"x"}`, `[]`, `{"value":[1]}`, "\xEF\xBB\xBF{\"value\":[{}]}", `{"value":null}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		rows, _, err := parsePage(body)
		if err != nil && len(rows) > 0 {
			t.Fatalf("%q: %d rows and %v", body, len(rows), err)
		}
		for _, text := range rows {
			r, err := readRow(text)
			if err != nil || r.id == "" || !json.Valid(text) {
				t.Fatalf("%q: %+v, %v", text, r, err)
			}
		}
	})
}
