package m365test

import (
	"net/http"
	"strconv"
	"time"
)

// Fault is what goes wrong with a request.
type Fault int

// The faults. All but Expire, Elsewhere and Redirect pass when a client asks again.
const (
	None           Fault = iota
	Throttle             // 429 with Retry-After in seconds
	ThrottleDate         // 429 with Retry-After as a date
	ThrottleBare         // 429 without Retry-After
	ThrottleBody         // 403 with AF429 in its body
	TimedOut             // 408
	BadGateway           // 502
	Unavailable          // 503 with Retry-After
	GatewayTimeout       // 504
	Cut                  // the connection ends within the body
	Stall                // the body stands still for ever
	Reset                // the connection ends without an answer
	Duplicate            // an activity comes twice in one page
	Shift                // the order changes, for this and all later requests
	EmptyNext            // a page without activities that names a next one
	Expire               // the token is good no more, from this request on
	Elsewhere            // the next page is on another host
	Redirect             // 302 to another host
	Echo                 // 500 that quotes the Authorization header
)

// Passing lists the faults that a client gets over by itself.
func Passing() []Fault {
	var all []Fault
	for f := Throttle; f <= EmptyNext; f++ {
		all = append(all, f)
	}
	return all
}

// Abroad is the host that Elsewhere and Redirect point to; nobody listens there.
const Abroad = "outlook.example.net"

// pause is what Retry-After asks for.
const pause = 7 * time.Second

// faultBefore answers a request instead of the service, where the fault is of that kind.
func (s *Service) faultBefore(w http.ResponseWriter, r *http.Request, f Fault, now time.Time) bool {
	status := map[Fault]int{
		Throttle: 429, ThrottleDate: 429, ThrottleBare: 429, ThrottleBody: 403, TimedOut: 408, BadGateway: 502,
		Unavailable: 503, GatewayTimeout: 504, Redirect: 302, Echo: 500,
	}[f]
	body := "the service is ill"
	switch f {
	case Throttle, Unavailable:
		w.Header().Set("Retry-After", strconv.Itoa(int(pause/time.Second)))
		s.waitUntil(now.Add(pause))
	case ThrottleDate:
		at := now.Truncate(time.Second).Add(pause)
		w.Header().Set("Retry-After", at.UTC().Format(http.TimeFormat))
		s.waitUntil(at)
	case ThrottleBody:
		body = `{"error":{"code":"AF429","message":"Too many requests."}}`
	case Redirect:
		w.Header().Set("Location", "https://"+Abroad+r.URL.Path)
	case Echo:
		body = `{"error":{"code":"Trace","message":"you sent ` + r.Header.Get("Authorization") + `"}}`
	case Reset:
		panic(http.ErrAbortHandler)
	case Expire:
		s.mu.Lock()
		s.Token = ""
		if s.Renewed != nil {
			s.Token = s.Renewed()
		}
		s.mu.Unlock()
		return false
	case Elsewhere:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"value":[],"@odata.nextLink":"https://` + Abroad + r.URL.Path + `?$skip=1"}`))
		return true
	}
	if status == 0 {
		return false
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
	return true
}

func (s *Service) waitUntil(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.After(s.wait) {
		s.wait = at
	}
}

// send writes a body, as far as the fault lets it.
func (s *Service) send(w http.ResponseWriter, r *http.Request, body []byte, f Fault) {
	if f != Cut && f != Stall {
		_, _ = w.Write(body)
		return
	}
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	if f == Cut {
		panic(http.ErrAbortHandler)
	}
	// The client's watch runs by the fake clock. It bites soon; what is moved on after that, until the client's parting
	// is noticed here, must not run away under its next request.
	const soon = 70 * time.Second
	const step = 10 * time.Second
	for moved := time.Duration(0); s.Advance != nil && r.Context().Err() == nil; moved += step {
		s.Advance(step)
		pace := 100 * time.Microsecond
		if moved >= soon {
			pace = 50 * time.Millisecond
		}
		select {
		case <-r.Context().Done():
		case <-time.After(pace):
		}
	}
	<-r.Context().Done()
}
