package m365test

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Activity is one activity on the server.
type Activity struct {
	ID   string
	Time time.Time
	Type string
	App  string
	JSON []byte // the whole object
	From int    // the number of the request from which on it is there; 0: always
}

// Service is the fake. Its fields are set before the first request.
type Service struct {
	Activities []Activity
	Messages   []Message
	Graph      *Graph // nil: there is none but for messages
	User       string // the owner of the mailbox; "me" is they as well
	Token      string // the good one: for v1.0 NAME:PASSWORD
	Clock      interface{ Now() time.Time }
	Advance    func(time.Duration)     // moves Clock on while a body stands still; nil: real time passes
	Fault      func(request int) Fault // what befalls a request, from 0; nil: nothing ever
	MaxPage    int                     // the most rows of an answer, whatever $top says; 0: 1000
	NoNext     bool                    // answers name no next page
	Renewed    func() string           // a token that has become good; nil: Token stays

	mu       sync.Mutex
	requests int
	began    []time.Time
	wait     time.Time // no request is welcome before
	early    int
	order    int // changes when pages shift
	refused  []string

	atOnce, mostAtOnce int      // requests for messages
	paths              []string // of messages
}

// limits of the real service.
const (
	limitRequests = 10_000
	limitPer      = 10 * time.Minute
	maxTop        = 1000
	defaultTop    = 10
)

// Requests is how many there were.
func (s *Service) Requests() int { s.mu.Lock(); defer s.mu.Unlock(); return s.requests }

// Early is how many requests came before they were welcome again.
func (s *Service) Early() int { s.mu.Lock(); defer s.mu.Unlock(); return s.early }

// Refused lists the requests that broke a rule, with the rule.
func (s *Service) Refused() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.refused)
}

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	number := s.requests
	s.requests++
	now := s.Clock.Now()
	if now.Before(s.wait) {
		s.early++
	}
	fault := None
	if s.Fault != nil {
		fault = s.Fault(number)
	}
	s.mu.Unlock()

	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	if _, ok := parseMessagePath(r.URL); !ok && s.serveGraph(w, r, number, fault, now) {
		return
	}
	if s.faultBefore(w, r, fault, now) {
		return
	}
	if s.serveMessages(w, r, fault, now) {
		return
	}
	if status, code, text := s.check(r, now); status != http.StatusOK {
		s.refuse(w, r, status, code, text)
		return
	}
	body, problem := s.answer(r, number, fault)
	if problem != nil {
		s.refuse(w, r, http.StatusBadRequest, "ErrorInvalidUrlQuery", problem.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json; odata.metadata=none")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	s.send(w, r, body, fault)
}

// check holds a request against the rules that come before its query.
func (s *Service) check(r *http.Request, now time.Time) (status int, code, text string) {
	version, user, ok := parsePath(r.URL)
	switch {
	case r.Method != http.MethodGet:
		return http.StatusMethodNotAllowed, "ErrorMethodNotAllowed", "only GET is allowed"
	case !ok:
		return http.StatusNotFound, "RequestBroker--ParseUri", "Resource not found for the segment."
	case r.Header.Get("Prefer") != `exchange.behavior="ActivityAccess"`:
		return http.StatusBadRequest, "ErrorInvalidRequest", "the request is invalid: it prefers no ActivityAccess"
	case r.Header.Get("Authorization") == "":
		return http.StatusForbidden, "ErrorAccessDenied", "Access is denied. Check credentials and try again."
	case !s.authorized(r, version):
		return http.StatusUnauthorized, "", ""
	case user != "me" && !strings.EqualFold(user, s.User):
		return http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store. Default folder ActivityLogs not found."
	case !strings.HasPrefix(r.Header.Get("Accept"), "application/json"):
		return http.StatusBadRequest, "ErrorInvalidRequest", "want Accept: application/json"
	}
	if !s.admit(now) {
		return http.StatusTooManyRequests, "ErrorExceededConnectionCount", "too many requests"
	}
	return http.StatusOK, "", ""
}

// admit counts a request, unless there were too many within ten minutes.
func (s *Service) admit(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.began) > 0 && now.Sub(s.began[0]) >= limitPer {
		s.began = s.began[1:]
	}
	if len(s.began) >= limitRequests {
		return false
	}
	s.began = append(s.began, now)
	return true
}

func (s *Service) authorized(r *http.Request, version string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Token == "" {
		return false
	}
	if version == "v1.0" {
		return r.Header.Get("Authorization") == "Basic "+base64.StdEncoding.EncodeToString([]byte(s.Token))
	}
	return r.Header.Get("Authorization") == "Bearer "+s.Token
}

// parsePath takes /api/VERSION/me/Activities and /api/VERSION/Users('NAME')/Activities apart.
func parsePath(u *url.URL) (version, user string, ok bool) {
	parts := strings.Split(u.Path, "/")
	if len(parts) != 5 || parts[0] != "" || parts[1] != "api" || parts[4] != "Activities" {
		return "", "", false
	}
	if !slices.Contains([]string{"v1.0", "v2.0", "beta"}, parts[2]) {
		return "", "", false
	}
	if strings.EqualFold(parts[3], "me") {
		return parts[2], "me", true
	}
	name, ok := strings.CutPrefix(parts[3], "Users('")
	if ok {
		name, ok = strings.CutSuffix(name, "')")
	}
	return parts[2], strings.ReplaceAll(name, "''", "'"), ok
}

func (s *Service) refuse(w http.ResponseWriter, r *http.Request, status int, code, text string) {
	s.mu.Lock()
	s.refused = append(s.refused, fmt.Sprintf("%d %s: %s", status, r.URL.Path, text))
	s.mu.Unlock()
	if status == http.StatusUnauthorized {
		w.Header().Set("x-ms-diagnostics", `2000008;reason="The token has expired.";error_category="token_expired"`)
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": code, "message": text}})
}

// options are the query's.
type options struct {
	match  filter
	fields []string
	order  string
	top    int
	skip   int
}

func parseOptions(u *url.URL) (options, error) {
	o := options{top: defaultTop}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return o, err
	}
	for name, value := range values {
		switch name {
		case "$filter":
			o.match, err = parseFilter(value[0])
		case "$orderby":
			o.order = value[0]
			if !slices.Contains([]string{"TimeStamp", "TimeStamp asc", "TimeStamp desc"}, o.order) {
				err = fmt.Errorf("cannot order by %q", o.order)
			}
		case "$select":
			o.fields = strings.Split(value[0], ",")
		case "$top":
			if o.top, err = strconv.Atoi(value[0]); err == nil && (o.top < 1 || o.top > maxTop) {
				err = fmt.Errorf("the limit of $top is %d", maxTop)
			}
		case "$skip":
			if o.skip, err = strconv.Atoi(value[0]); err == nil && o.skip < 0 {
				err = fmt.Errorf("$skip is negative")
			}
		default:
			err = fmt.Errorf("the query option %q is not supported", name)
		}
		if err != nil {
			return o, err
		}
	}
	if o.order != "" && o.match != nil {
		return o, fmt.Errorf("the restriction or sort order is too complex for this operation")
	}
	return o, nil
}

// answer is the page that a request asks for.
func (s *Service) answer(r *http.Request, number int, fault Fault) ([]byte, error) {
	o, err := parseOptions(r.URL)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	if fault == Shift {
		s.order++
	}
	order := s.order
	s.mu.Unlock()
	var rows []*Activity
	for i := range s.Activities {
		if a := &s.Activities[i]; a.From <= number && (o.match == nil || o.match(a)) {
			rows = append(rows, a)
		}
	}
	arrange(rows, o.order, order)
	all := len(rows)
	rows, next := cut(rows, o.skip, min(o.top, cmp.Or(s.MaxPage, maxTop)), fault)
	return encode(rows, o.fields, s.next(r, next, next < all && (!s.NoNext || fault == EmptyNext)))
}

// cut is a page of rows, as far as the fault lets it, and where the next one begins.
func cut[T any](rows []T, skip, most int, fault Fault) (page []T, next int) {
	page = rows[min(skip, len(rows)):]
	page = page[:min(len(page), most)]
	next = skip + len(page)
	switch {
	case fault == EmptyNext && len(page) > 0:
		return nil, skip
	case fault == Duplicate && len(page) > 0:
		return append(slices.Clone(page), page[0]), next
	}
	return page, next
}

// arrange is the service's order: newest first if nothing is said, but nobody may rely on it; order changes it.
func arrange(rows []*Activity, by string, order int) {
	slices.SortStableFunc(rows, func(a, b *Activity) int { return b.Time.Compare(a.Time) })
	if by == "TimeStamp" || by == "TimeStamp asc" {
		slices.Reverse(rows)
	}
	if by == "" && len(rows) > 0 {
		turn := order * 3 % len(rows)
		slices.Reverse(rows[:turn])
		slices.Reverse(rows[turn:])
		slices.Reverse(rows)
	}
}

func (s *Service) next(r *http.Request, skip int, more bool) string {
	if !more {
		return ""
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	query := r.URL.Query()
	query.Set("$skip", strconv.Itoa(skip))
	return scheme + "://" + r.Host + r.URL.EscapedPath() + "?" + query.Encode()
}

func encode(rows []*Activity, fields []string, next string) ([]byte, error) {
	objects := make([]json.RawMessage, len(rows))
	for i, a := range rows {
		objects[i] = a.JSON
		if fields == nil {
			continue
		}
		all, some := map[string]json.RawMessage{}, map[string]json.RawMessage{}
		if err := json.Unmarshal(a.JSON, &all); err != nil {
			return nil, err
		}
		for _, f := range append(fields, "Id") {
			if v, ok := all[f]; ok {
				some[f] = v
			}
		}
		var err error
		if objects[i], err = json.Marshal(some); err != nil {
			return nil, err
		}
	}
	page := struct {
		Value []json.RawMessage `json:"value"`
		Next  string            `json:"@odata.nextLink,omitempty"`
	}{objects, next}
	return json.Marshal(page)
}
