package m365test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Graph is what Microsoft Graph has besides messages. It holds requests against the documented rules: which options a list
// has, how many requests within which time, which times the message trace wants.
type Graph struct {
	Lists     map[string][]GraphRow      // by path without version; names of mailboxes in lower case
	Objects   map[string]json.RawMessage // the same, of what is no list
	BetaOnly  map[string]bool            // paths that v1.0 does not know
	Denied    map[string]string          // by the beginning of a path, the code of the refusal: a permission or licence lacks
	MaxQuery  int                        // records that an audit log query hands out; 0: any number
	Unlimited bool                       // requests are not counted
	Polls     int                        // looks at a query before it is done
	Failing   func(query int) string     // the status in which a query ends, from 0; nil or "": succeeded

	queries []*graphQuery
	began   map[string][]time.Time
}

// GraphRow is a row of a list.
type GraphRow struct {
	ID   string
	Time time.Time
	Kind string // of a sign-in, as in signInEventTypes; "": interactiveUser
	JSON json.RawMessage
	From int // the number of the request from which on it is there
}

// graphQuery is a query of the audit log.
type graphQuery struct {
	ID          string    `json:"id"`
	DisplayName string    `json:"displayName"`
	Start       time.Time `json:"filterStartDateTime"`
	End         time.Time `json:"filterEndDateTime"`
	Status      string    `json:"status"`
	Exceeded    bool      `json:"isRecordCountLimitExceeded"`
	looks       int
}

// queriesPath is where audit log queries are.
const queriesPath = "/security/auditLog/queries"

// Queries is how many audit log queries were created.
func (s *Service) Queries() int { s.mu.Lock(); defer s.mu.Unlock(); return len(s.Graph.queries) }

// graphPath takes the version off a path; ok is false if it is none of Graph's.
func graphPath(u *url.URL) (version, path string, ok bool) {
	for _, v := range []string{"v1.0", "beta"} {
		if rest, found := strings.CutPrefix(u.Path, "/"+v+"/"); found {
			return v, "/" + rest, true
		}
	}
	return "", "", false
}

// serveGraph answers a request for one of the lists. ok is false if there is no Graph here, or it is another request.
func (s *Service) serveGraph(w http.ResponseWriter, r *http.Request, number int, fault Fault, now time.Time) (ok bool) {
	version, path, ok := graphPath(r.URL)
	if s.Graph == nil || !ok || s.graphFault(w, r, path, fault, now) {
		return s.Graph != nil && ok
	}
	if status, code, text := s.checkGraph(r, version, path, now); status != http.StatusOK {
		s.refuse(w, r, status, code, text)
		return true
	}
	body, status, err := s.graph(r, path, number, fault)
	if err != nil {
		s.refuse(w, r, status, "BadRequest", err.Error())
		return true
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("request-id", fmt.Sprintf("request-%d", number))
	if status == http.StatusCreated {
		w.WriteHeader(status)
	}
	s.send(w, r, body, fault)
	return true
}

// graphFault lets a fault befall a request. An answer to a POST that gets lost is of one that was obeyed.
func (s *Service) graphFault(w http.ResponseWriter, r *http.Request, path string, fault Fault, now time.Time) bool {
	lost := fault == Reset || fault == GatewayTimeout || fault == BadGateway
	if r.Method == http.MethodPost && lost && s.authorized(r, "graph") {
		_, _ = s.create(r)
	}
	return s.faultBefore(w, r, fault, now)
}

func (s *Service) checkGraph(r *http.Request, version, path string, now time.Time) (status int, code, text string) {
	switch {
	case r.Header.Get("Authorization") == "":
		return http.StatusForbidden, "ErrorAccessDenied", "Access is denied."
	case !s.authorized(r, "graph"):
		return http.StatusUnauthorized, "", ""
	case r.Method != http.MethodGet && (r.Method != http.MethodPost || path != queriesPath):
		return http.StatusMethodNotAllowed, "BadRequest", "the method is not allowed"
	case version == "v1.0" && s.Graph.BetaOnly[path]:
		return http.StatusBadRequest, "BadRequest", "Resource not found for the segment '" + path + "'."
	}
	for prefix, code := range s.Graph.Denied {
		if strings.HasPrefix(path, prefix) {
			return http.StatusForbidden, code, "Insufficient privileges to complete the operation."
		}
	}
	if !s.Graph.Unlimited && !s.admitGraph(path, now) {
		return http.StatusTooManyRequests, "TooManyRequests", "Too many requests."
	}
	return http.StatusOK, "", ""
}

// admitGraph counts a request, unless there were too many: 5 in ten seconds for reports, one a second for identity
// protection, 100 in five minutes for the message trace.
func (s *Service) admitGraph(path string, now time.Time) bool {
	limits := []struct {
		prefix   string
		requests int
		per      time.Duration
	}{{"/auditLogs/", 5, 10 * time.Second}, {"/reports/", 5, 10 * time.Second}, {"/identityProtection/", 1, time.Second}, {"/admin/exchange/", 100, 5 * time.Minute}}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range limits {
		if !strings.HasPrefix(path, l.prefix) {
			continue
		}
		if s.Graph.began == nil {
			s.Graph.began = map[string][]time.Time{}
		}
		began := slices.DeleteFunc(s.Graph.began[l.prefix], func(at time.Time) bool { return now.Sub(at) >= l.per })
		s.Graph.began[l.prefix] = began
		if len(began) >= l.requests {
			return false
		}
		s.Graph.began[l.prefix] = append(began, now)
	}
	return true
}

// graph is the answer to a request that is allowed.
func (s *Service) graph(r *http.Request, path string, number int, fault Fault) (body []byte, status int, err error) {
	id, sub, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(path, queriesPath), "/"), "/")
	switch {
	case r.Method == http.MethodPost:
		q, err := s.create(r)
		if err != nil {
			return nil, http.StatusBadRequest, err
		}
		body, err = json.Marshal(q)
		return body, http.StatusCreated, err
	case path == queriesPath:
		s.mu.Lock()
		defer s.mu.Unlock()
		body, err = json.Marshal(map[string]any{"value": append([]*graphQuery{}, s.Graph.queries...)})
		return body, http.StatusOK, err
	case strings.HasPrefix(path, queriesPath+"/"):
		return s.query(r, id, sub, number, fault)
	}
	if object, ok := s.Graph.Objects[strings.ToLower(path)]; ok {
		return object, http.StatusOK, nil
	}
	rows, ok := s.Graph.Lists[path]
	if !ok {
		if rows, ok = s.Graph.Lists[strings.ToLower(path)]; !ok {
			return nil, http.StatusNotFound, fmt.Errorf("the resource %s was not found", path)
		}
	}
	o, err := parseGraphOptions(r.URL, path)
	if err != nil {
		return nil, http.StatusBadRequest, err
	}
	body, err = s.page(r, slices.DeleteFunc(slices.Clone(rows), func(g GraphRow) bool { return !o.match(g) }), o, number, fault)
	return body, http.StatusOK, err
}

// create makes a query of the audit log. One of a name that there is already is a fault of the client.
func (s *Service) create(r *http.Request) (*graphQuery, error) {
	q := &graphQuery{}
	if err := json.NewDecoder(r.Body).Decode(q); err != nil || q.DisplayName == "" || !q.Start.Before(q.End) {
		return nil, fmt.Errorf("want a query with a name and times: %v", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range s.Graph.queries {
		if other.DisplayName == q.DisplayName {
			s.refused = append(s.refused, "the query "+q.DisplayName+" was created twice")
		}
	}
	q.ID, q.Status = fmt.Sprintf("query-%d", len(s.Graph.queries)), "notStarted"
	s.Graph.queries = append(s.Graph.queries, q)
	return q, nil
}

// query answers a look at a query, or hands out its records.
func (s *Service) query(r *http.Request, id, sub string, number int, fault Fault) (body []byte, status int, err error) {
	s.mu.Lock()
	i := slices.IndexFunc(s.Graph.queries, func(q *graphQuery) bool { return q.ID == id })
	if i < 0 {
		s.mu.Unlock()
		return nil, http.StatusNotFound, fmt.Errorf("no query %s", id)
	}
	q := s.Graph.queries[i]
	var rows []GraphRow
	for _, g := range s.Graph.Lists[queriesPath] {
		if !g.Time.Before(q.Start) && !g.Time.After(q.End) && g.From <= number {
			rows = append(rows, g)
		}
	}
	if most := s.Graph.MaxQuery; most > 0 && len(rows) > most {
		rows, q.Exceeded = rows[:most], true
	}
	if q.looks++; sub == "" {
		q.Status = s.status(i, q)
	}
	done := q.Status == "succeeded"
	s.mu.Unlock()
	switch {
	case sub == "":
		body, err = json.Marshal(q)
		return body, http.StatusOK, err
	case sub != "records" || !done:
		return nil, http.StatusBadRequest, fmt.Errorf("the query has no %s yet", sub)
	}
	body, err = s.page(r, rows, graphOptions{top: 150, skip: skipOf(r.URL)}, number, fault)
	return body, http.StatusOK, err
}

// status is the next state of a query.
func (s *Service) status(i int, q *graphQuery) string {
	switch {
	case q.looks <= s.Graph.Polls/2:
		return "notStarted"
	case q.looks <= s.Graph.Polls:
		return "running"
	case s.Graph.Failing != nil:
		return cmp.Or(s.Graph.Failing(i), "succeeded")
	}
	return "succeeded"
}

// page is one page of rows, with the address of the next.
func (s *Service) page(r *http.Request, rows []GraphRow, o graphOptions, number int, fault Fault) ([]byte, error) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(g GraphRow) bool { return g.From > number })
	s.mu.Lock()
	if fault == Shift {
		s.order++
	}
	turn := s.order * 3
	s.mu.Unlock()
	if len(rows) > 0 { // the service's order is nobody's business
		rows = append(rows[turn%len(rows):len(rows):len(rows)], rows[:turn%len(rows)]...)
	}
	all := len(rows)
	rows, next := cut(rows, o.skip, min(o.top, cmp.Or(s.MaxPage, maxTop)), fault)
	page := struct {
		Context string            `json:"@odata.context"`
		Next    string            `json:"@odata.nextLink,omitempty"`
		Value   []json.RawMessage `json:"value"`
	}{graphContext(r.URL), s.next(r, next, next < all), []json.RawMessage{}}
	for _, g := range rows {
		page.Value = append(page.Value, g.JSON)
	}
	return json.Marshal(page)
}

// graphContext says of what a page is, as the service's pages do.
func graphContext(u *url.URL) string {
	_, path, _ := graphPath(u)
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if parts[0] == "users" && len(parts) > 1 {
		parts = append([]string{"users('" + url.QueryEscape(parts[1]) + "')"}, parts[2:]...)
	}
	return "https://graph.microsoft.com/v1.0/$metadata#" + strings.Join(parts, "/")
}

// graphOptions are the query's.
type graphOptions struct {
	time     string
	from, to time.Time
	kind     string
	top      int
	skip     int
}

func (o *graphOptions) match(g GraphRow) bool {
	if !o.from.IsZero() && (g.Time.Before(o.from) || g.Time.After(o.to)) {
		return false
	}
	return o.time != "createdDateTime" || cmp.Or(g.Kind, "interactiveUser") == cmp.Or(o.kind, "interactiveUser")
}

func skipOf(u *url.URL) int {
	n, _ := strconv.Atoi(u.Query().Get("$skip"))
	return n
}

// parseGraphOptions knows the options of these lists, and their bounds.
func parseGraphOptions(u *url.URL, path string) (o graphOptions, err error) {
	o = graphOptions{top: 100, skip: skipOf(u)}
	most := 1000
	if strings.HasPrefix(path, "/admin/exchange/") {
		most = 5000
	}
	for name, value := range u.Query() {
		switch name {
		case "$top":
			if o.top, err = strconv.Atoi(value[0]); err != nil || o.top < 1 || o.top > most {
				return o, fmt.Errorf("$top is 1 to %d", most)
			}
		case "$filter":
			if err := o.filter(value[0]); err != nil {
				return o, err
			}
		case "$skip", "$select", "$expand":
		default:
			return o, fmt.Errorf("the query option %q is not supported", name)
		}
	}
	if most == 5000 && (o.from.IsZero() || o.to.Sub(o.from) > 10*24*time.Hour) {
		return o, fmt.Errorf("the message trace wants both times, at most ten days apart")
	}
	return o, nil
}

// filter understands PROPERTY ge TIME and PROPERTY le TIME, and signInEventTypes/any(t: t eq 'KIND'), joined by and.
func (o *graphOptions) filter(text string) (err error) {
	for part := range strings.SplitSeq(text, " and ") {
		if kind, ok := strings.CutPrefix(part, "signInEventTypes/any(t: t eq '"); ok {
			o.kind = strings.TrimSuffix(kind, "')")
			continue
		}
		words := strings.Fields(part)
		if len(words) != 3 || words[1] != "ge" && words[1] != "le" {
			return fmt.Errorf("invalid filter clause: %s", part)
		}
		at, err := time.Parse(time.RFC3339Nano, words[2])
		if err != nil {
			return err
		}
		if o.time = words[0]; words[1] == "ge" {
			o.from = at
		} else {
			o.to = at
		}
	}
	return nil
}

// ReadGraph reads a Graph as a test writes it down: lists by path, objects by path, refusals by the beginning of a path. The
// time of a row is its createdDateTime, activityDateTime or receivedDateTime.
func ReadGraph(text []byte) (*Graph, error) {
	var file struct {
		Lists   map[string][]json.RawMessage
		Objects map[string]json.RawMessage
		Denied  map[string]string
		Polls   int
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	g := &Graph{Lists: map[string][]GraphRow{}, Objects: file.Objects, Denied: file.Denied, Polls: file.Polls}
	for path, rows := range file.Lists {
		g.Lists[path] = []GraphRow{}
		for _, row := range rows {
			var fields struct {
				ID                                                  string
				CreatedDateTime, ActivityDateTime, ReceivedDateTime time.Time
				SignInEventTypes                                    []string
			}
			if err := json.Unmarshal(row, &fields); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			one := GraphRow{ID: fields.ID, Time: fields.CreatedDateTime, JSON: row}
			for _, at := range []time.Time{fields.ActivityDateTime, fields.ReceivedDateTime} {
				if one.Time.IsZero() {
					one.Time = at
				}
			}
			if len(fields.SignInEventTypes) > 0 {
				one.Kind = fields.SignInEventTypes[0]
			}
			g.Lists[path] = append(g.Lists[path], one)
		}
	}
	return g, nil
}
