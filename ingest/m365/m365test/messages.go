package m365test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Message is one message on the server.
type Message struct {
	Mailbox   string
	ID        string // by which logs know it; Graph answers with an immutable one
	MessageID string
	JSON      []byte // the whole object, as Graph has it, its body included, but for the ids
}

// ReadMessages reads a list of messages as Graph has them, with their mailbox.
func ReadMessages(text []byte) ([]Message, error) {
	var objects []json.RawMessage
	if err := json.Unmarshal(text, &objects); err != nil {
		return nil, err
	}
	var all []Message
	for _, object := range objects {
		var m struct{ Mailbox, ID, InternetMessageID string }
		if err := json.Unmarshal(object, &m); err != nil {
			return nil, err
		}
		all = append(all, Message{Mailbox: m.Mailbox, ID: m.ID, MessageID: m.InternetMessageID, JSON: object})
	}
	return all, nil
}

// messageRequest is a request for messages, taken apart.
type messageRequest struct {
	version string // graph, v1.0, v2.0, beta
	mailbox string
	item    string // "" for the list
}

// maxAtOnce is how many requests Outlook serves an application at once, for one mailbox (Microsoft Graph, "Throttling
// limits", Outlook service).
const maxAtOnce = 4

// parseMessagePath takes a path as it was sent apart, not as it reads once its escapes are gone: an id with a slash in
// it is one segment. ok is false if it is none of messages.
func parseMessagePath(u *url.URL) (m messageRequest, ok bool) {
	parts := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	for i, p := range parts {
		plain, err := url.PathUnescape(p)
		if err != nil {
			return m, false
		}
		parts[i] = plain
	}
	switch {
	case len(parts) >= 4 && parts[0] == "v1.0" && parts[1] == "users" && parts[3] == "messages":
		m.version, m.mailbox, parts = "graph", parts[2], parts[4:]
	case len(parts) >= 4 && parts[0] == "api" && slices.Contains([]string{"v1.0", "v2.0", "beta"}, parts[1]) && parts[3] == "messages":
		name, users := strings.CutPrefix(parts[2], "Users('")
		name, closed := strings.CutSuffix(name, "')")
		if !users || !closed || strings.Contains(strings.ReplaceAll(name, "''", ""), "'") {
			return m, false
		}
		m.version, m.mailbox, parts = parts[1], strings.ReplaceAll(name, "''", "'"), parts[4:]
	default:
		return m, false
	}
	if len(parts) == 1 {
		m.item = parts[0]
	}
	return m, len(parts) == 0 || len(parts) == 1 && parts[0] != ""
}

// serveMessages answers a request for messages. ok is false if it is another one.
func (s *Service) serveMessages(w http.ResponseWriter, r *http.Request, fault Fault, now time.Time) (ok bool) {
	m, ok := parseMessagePath(r.URL)
	if !ok {
		return false
	}
	s.mu.Lock()
	s.atOnce++
	s.mostAtOnce = max(s.mostAtOnce, s.atOnce)
	many := s.atOnce > maxAtOnce
	s.mu.Unlock()
	defer func() { s.mu.Lock(); s.atOnce--; s.mu.Unlock() }()
	status, code, text := s.checkMessages(r, &m)
	if status == http.StatusOK && (many || !s.admit(now)) {
		status, code, text = http.StatusTooManyRequests, "ApplicationThrottled", "Application is over its limit."
	}
	var body []byte
	if status == http.StatusOK {
		body, status, code, text = s.messages(r, &m, fault)
	}
	if status != http.StatusOK {
		s.refuse(w, r, status, code, text)
		return true
	}
	w.Header().Set("Content-Type", "application/json")
	s.send(w, r, body, fault)
	return true
}

// MostAtOnce is how many requests for messages were served at the same time, at most.
func (s *Service) MostAtOnce() int { s.mu.Lock(); defer s.mu.Unlock(); return s.mostAtOnce }

// MessagePaths lists the distinct requests for messages that were answered, as they were sent, sorted.
func (s *Service) MessagePaths() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(s.paths)))
}

// checkMessages holds a request against the rules that come before its query.
func (s *Service) checkMessages(r *http.Request, m *messageRequest) (status int, code, text string) {
	immutable := r.Header.Get("Prefer") == `IdType="ImmutableId"`
	switch {
	case r.Method != http.MethodGet:
		return http.StatusMethodNotAllowed, "ErrorMethodNotAllowed", "only GET is allowed"
	case r.Header.Get("Authorization") == "":
		return http.StatusForbidden, "ErrorAccessDenied", "Access is denied. Check credentials and try again."
	case !s.authorized(r, m.version):
		return http.StatusUnauthorized, "", ""
	case immutable != (m.version == "graph"):
		return http.StatusBadRequest, "ErrorInvalidRequest", "immutable ids are preferred of Graph, and of nothing else"
	case !strings.HasPrefix(r.Header.Get("Accept"), "application/json"):
		return http.StatusBadRequest, "ErrorInvalidRequest", "want Accept: application/json"
	case !s.hasMailbox(m.mailbox):
		return http.StatusNotFound, "ErrorInvalidUser", "The requested user '" + m.mailbox + "' is invalid."
	case strings.Contains(m.item, "$") || m.item == "delta":
		return http.StatusBadRequest, "BadRequest", "that is no message, and nobody asked for it"
	}
	return http.StatusOK, "", ""
}

func (s *Service) hasMailbox(name string) bool {
	return strings.EqualFold(name, s.User) || slices.ContainsFunc(s.Messages, func(m Message) bool { return strings.EqualFold(m.Mailbox, name) })
}

// messages is the answer to a request that is allowed.
func (s *Service) messages(r *http.Request, m *messageRequest, fault Fault) (body []byte, status int, code, text string) {
	o, err := parseMessageOptions(r.URL, m)
	if err != nil {
		return nil, http.StatusBadRequest, "ErrorInvalidUrlQuery", err.Error()
	}
	var rows []json.RawMessage
	for i := range s.Messages {
		one := &s.Messages[i]
		if !strings.EqualFold(one.Mailbox, m.mailbox) || m.item != "" && one.ID != m.item || m.item == "" && one.MessageID != o.messageID {
			continue
		}
		row, err := one.object(m.version, o.fields)
		if err != nil {
			return nil, http.StatusBadRequest, "ErrorInvalidProperty", err.Error()
		}
		rows = append(rows, row)
	}
	s.mu.Lock()
	s.paths = append(s.paths, r.URL.RequestURI())
	s.mu.Unlock()
	if m.item != "" {
		switch {
		case len(rows) > 0:
			return rows[0], http.StatusOK, "", ""
		case strings.HasPrefix(m.item, "RgAAAA"): // an id of the audit log, not of the API
			return nil, http.StatusBadRequest, "ErrorInvalidIdMalformed", "Id is malformed."
		}
		return nil, http.StatusNotFound, "ErrorItemNotFound", "The specified object was not found in the store."
	}
	page := map[string]any{"value": rows}
	if rows == nil {
		page["value"] = []any{}
	}
	if fault == EmptyNext && r.URL.Query().Get("$skip") == "" {
		page = map[string]any{"value": []any{}, "@odata.nextLink": s.next(r, 0, true)}
	}
	if body, err = json.Marshal(page); err != nil {
		return nil, http.StatusInternalServerError, "", err.Error()
	}
	return body, http.StatusOK, "", ""
}

// messageOptions are the query's.
type messageOptions struct {
	fields    []string
	messageID string
}

// parseMessageOptions knows the options that these endpoints have. Without $select there would be bodies.
func parseMessageOptions(u *url.URL, m *messageRequest) (o messageOptions, err error) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return o, err
	}
	for name, value := range values {
		switch {
		case len(value) > 1:
			return o, fmt.Errorf("%s is given twice", name)
		case name == "$select":
			o.fields = strings.Split(value[0], ",")
		case name == "$filter" && m.item == "" && m.version != "v1.0":
			if o.messageID, err = parseMessageFilter(value[0], m.version); err != nil {
				return o, err
			}
		case m.item == "" && (name == "$top" || name == "$skip"):
		default:
			return o, fmt.Errorf("the query option %q is not supported", name)
		}
	}
	if o.fields == nil {
		return o, errors.New("bodies were asked for")
	}
	if m.item == "" && o.messageID == "" {
		return o, errors.New("the whole mailbox was asked for")
	}
	return o, nil
}

// parseMessageFilter understands internetMessageId eq 'TEXT', in which a quote is doubled, and nothing else.
func parseMessageFilter(filter, version string) (string, error) {
	field := "InternetMessageId"
	if version == "graph" {
		field = "internetMessageId"
	}
	text, ok := strings.CutPrefix(filter, field+" eq '")
	text, closed := strings.CutSuffix(text, "'")
	if plain := strings.ReplaceAll(text, "''", ""); !ok || !closed || strings.Contains(plain, "'") {
		return "", fmt.Errorf("invalid filter clause: %s", filter)
	}
	return strings.ReplaceAll(text, "''", "'"), nil
}

// object is the message as a version of the service has it, and only the fields that were asked for.
func (m *Message) object(version string, fields []string) (json.RawMessage, error) {
	all := map[string]any{}
	if err := json.Unmarshal(m.JSON, &all); err != nil {
		return nil, err
	}
	all["id"], all["internetMessageId"] = m.ID, m.MessageID
	if version == "graph" {
		all["id"] = "AAkALg" + strings.TrimPrefix(m.ID, "AAMkA")
	} else {
		all = pascal(all).(map[string]any)
	}
	switch version {
	case "v1.0":
		all["DateTimeReceived"], all["DateTimeSent"] = all["ReceivedDateTime"], all["SentDateTime"]
		for _, f := range []string{"InternetMessageId", "InternetMessageHeaders", "ReceivedDateTime", "SentDateTime"} {
			delete(all, f)
		}
	case "v2.0":
		delete(all, "InternetMessageHeaders")
	}
	some := map[string]any{}
	for _, f := range fields {
		if !slices.Contains(messageFields(version), f) {
			return nil, fmt.Errorf("could not find a property named %q on type message", f)
		}
		if v, ok := all[f]; ok && v != nil {
			some[f] = v
		}
	}
	return json.Marshal(some)
}

// messageFields are the properties of a message that a version knows.
func messageFields(version string) []string {
	fields := []string{
		"id", "internetMessageId", "conversationId", "subject", "bodyPreview", "body", "sender", "from", "toRecipients", "ccRecipients",
		"bccRecipients", "replyTo", "receivedDateTime", "sentDateTime", "hasAttachments", "isDraft", "isRead", "webLink", "internetMessageHeaders",
	}
	if version == "graph" {
		return fields
	}
	for i, f := range fields {
		fields[i] = strings.ToUpper(f[:1]) + f[1:]
	}
	remove := map[string][]string{
		"v1.0": {"InternetMessageId", "InternetMessageHeaders", "ReceivedDateTime", "SentDateTime"}, "v2.0": {"InternetMessageHeaders"},
	}[version]
	if version == "v1.0" {
		fields = append(fields, "DateTimeReceived", "DateTimeSent")
	}
	return slices.DeleteFunc(fields, func(f string) bool { return slices.Contains(remove, f) })
}

// pascal writes every key as the Outlook API does, with a capital.
func pascal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			runes := []rune(key)
			runes[0] = unicode.ToUpper(runes[0])
			out[string(runes)] = pascal(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = pascal(v[i])
		}
		return out
	}
	return v
}
