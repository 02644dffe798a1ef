package m365test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2018, 6, 1, 12, 0, 0, 0, time.UTC)

func request(t testing.TB, s *Service, query string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v2.0/me/Activities?"+query, nil)
	r.Header.Set("Prefer", `exchange.behavior="ActivityAccess"`)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.Token)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// Promise: the 10,001st request within ten minutes is throttled, and welcome once the first is ten minutes old.
func TestLimit(t *testing.T) {
	clock := NewClock(noon)
	s := &Service{User: "alice@contoso.com", Token: "t", Clock: clock}
	for range limitRequests {
		if w := request(t, s, ""); w.Code != http.StatusOK {
			t.Fatal(w.Code)
		}
	}
	if w := request(t, s, ""); w.Code != http.StatusTooManyRequests {
		t.Errorf("got %d", w.Code)
	}
	clock.Advance(limitPer)
	if w := request(t, s, ""); w.Code != http.StatusOK {
		t.Errorf("got %d", w.Code)
	}
}

// Promise: Retry-After comes in all forms, and who comes back too early is counted.
func TestThrottles(t *testing.T) {
	f := func(fault Fault, status int, header, body string) {
		t.Helper()
		clock := NewClock(noon)
		s := &Service{User: "alice@contoso.com", Token: "t", Clock: clock, Fault: func(int) Fault { return fault }}
		w := request(t, s, "")
		if w.Code != status || w.Header().Get("Retry-After") != header || !strings.Contains(w.Body.String(), body) {
			t.Errorf("fault %d: got %d %q %q", fault, w.Code, w.Header().Get("Retry-After"), w.Body)
		}
		clock.Advance(pause - time.Millisecond)
		request(t, s, "")
		if early := s.Early() == 1; early != (header != "") {
			t.Errorf("fault %d: %d early", fault, s.Early())
		}
	}
	f(Throttle, 429, "7", "")
	f(ThrottleDate, 429, "Fri, 01 Jun 2018 12:00:07 GMT", "")
	f(ThrottleBare, 429, "", "")
	f(ThrottleBody, 403, "", "AF429")
	f(Unavailable, 503, "7", "")
	f(BadGateway, 502, "", "")
	f(GatewayTimeout, 504, "", "")
}

// Promise: the clock's sleepers wait for no time, and its alarms ring in turn unless they are stopped.
func TestClock(t *testing.T) {
	c := NewClock(noon)
	rang := make(chan int, 2)
	c.AfterFunc(time.Minute, func() { rang <- 1 })
	stop := c.AfterFunc(time.Minute, func() { rang <- 2 })
	if !stop() || stop() {
		t.Error("want a stop that counts once")
	}
	if err := c.Sleep(t.Context(), time.Hour); err != nil || !c.Now().Equal(noon.Add(time.Hour)) {
		t.Errorf("%v, %s", err, c.Now())
	}
	if got := <-rang; got != 1 {
		t.Errorf("alarm %d", got)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Sleep(cancelled, time.Hour); err == nil {
		t.Error("slept")
	}
}

// FuzzFilter: any $filter is understood or refused.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"TimeStamp ge 2018-01-01T00:00:00Z and TimeStamp le 2018-01-02T00:00:00Z", "(ActivityIdType eq 'A' or AppIdType eq 'B') and TimeStamp ge x",
		"(((", "ActivityIdType eq 'A", "TimeStamp gt 2018-01-01T00:00:00Z", "",
	} {
		f.Add(seed)
	}
	activities := Generate(20, 1)
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "(") > 1000 {
			return // nobody nests so deep, and the fake is not hardened
		}
		match, err := parseFilter(text)
		if (match == nil) == (err == nil) {
			t.Fatalf("%q: %v", text, err)
		}
		if err == nil {
			match(&activities[0])
		}
	})
}

// Promise: $filter, $top, $skip and $select do what they say.
func TestOptions(t *testing.T) {
	s := &Service{User: "alice@contoso.com", Token: "t", Clock: NewClock(noon), Activities: Generate(40, 1)}
	f := func(query string, want int) {
		t.Helper()
		w := request(t, s, query)
		if got := strings.Count(w.Body.String(), `"Id"`); w.Code != http.StatusOK || got != want {
			t.Errorf("%s: got %d with %d activities, want %d: %s", query, w.Code, got, want, w.Body)
		}
	}
	kinds := map[string]int{}
	for _, a := range s.Activities {
		kinds[a.Type]++
	}
	f("", 10)
	f("$top=1000", 40)
	f("$top=30&$skip=35", 5)
	f("$skip=100", 0)
	f("$top=1000&$filter="+url.QueryEscape("ActivityIdType eq 'ServerLogon'"), kinds["ServerLogon"])
	f("$top=1000&$filter="+url.QueryEscape("(ActivityIdType eq 'ServerLogon' or ActivityIdType eq 'MarkAsRead')"), kinds["ServerLogon"]+kinds["MarkAsRead"])
	at := s.Activities[10].Time.Format(time.RFC3339Nano)
	f("$top=1000&$filter="+url.QueryEscape("TimeStamp le "+at), 11)
	f("$top=1000&$filter="+url.QueryEscape("TimeStamp ge "+at), 30)
	f("$select=Id&$top="+strconv.Itoa(3), 3)
}
