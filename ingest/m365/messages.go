package m365

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Graph is the version of a Messages that is no version of the Outlook API, but Microsoft Graph, v1.0.
const Graph = "graph"

// MessageVersions lists the protocols by which messages can be had, today's first.
func MessageVersions() []string { return append([]string{Graph}, Versions()...) }

// MessageRoot is where Microsoft runs, or ran, a protocol of MessageVersions, and the scheme is what it takes.
func MessageRoot(version string) (root string, scheme Scheme) {
	if version == Graph {
		return "https://graph.microsoft.com", Bearer
	}
	return DefaultRoot(version)
}

// Messages asks what is known of single messages. It never asks for a body, and for its first 255
// characters only where Preview says so.
type Messages struct {
	Client  *Client
	Version string // one of MessageVersions
	Preview bool   // also asks for the first 255 characters of the body
}

// The fields that are asked for. Names: Microsoft Graph, "message resource type"; Outlook Mail REST API reference,
// "message", whose v1.0 has other names for the times and knows no Message-ID, and whose beta alone has the headers.
const (
	graphFields = "id,internetMessageId,conversationId,subject,sender,from,toRecipients,ccRecipients,replyTo," +
		"receivedDateTime,sentDateTime,hasAttachments,isDraft,webLink,internetMessageHeaders"
	sharedFields = "Id,ConversationId,Subject,Sender,From,ToRecipients,CcRecipients,ReplyTo,HasAttachments,IsDraft,WebLink"
	fieldsV1     = sharedFields + ",DateTimeReceived,DateTimeSent"
	fieldsV2     = sharedFields + ",ReceivedDateTime,SentDateTime,InternetMessageId"
	fieldsBeta   = fieldsV2 + ",InternetMessageHeaders"
)

func (m *Messages) fields() string {
	fields := map[string]string{Graph: graphFields, "v1.0": fieldsV1, "v2.0": fieldsV2, "beta": fieldsBeta}[m.Version]
	switch {
	case !m.Preview:
		return fields
	case m.Version == Graph:
		return fields + ",bodyPreview"
	}
	return fields + ",BodyPreview"
}

// endpoint has the limits of Outlook's part of Graph: 10,000 requests in ten minutes for each application and mailbox,
// four at once; a Client never has more than one. Counting all mailboxes together stays below it.
func (m *Messages) endpoint() *Endpoint {
	e := &Endpoint{
		Header:   http.Header{"Accept": {"application/json; odata.metadata=none"}},
		Requests: 10_000, Per: 10 * time.Minute, MaxBytes: 8 << 20, Remedy: messagesRemedy,
	}
	if m.Version == Graph {
		e.Header.Set("Accept", "application/json;odata.metadata=none")
		e.Header.Set("Prefer", `IdType="ImmutableId"`)
	}
	return e
}

func messagesRemedy(e *Error) string {
	switch e.Status {
	case http.StatusForbidden:
		return "the token lacks the permission for this mailbox: Mail.ReadBasic.All or Mail.Read; have it granted, get a new token, and " + again
	case http.StatusNotFound, http.StatusGone:
		return "nothing answers there that knows messages: check --base-url and --api; Microsoft closed the Outlook API, --api graph is today's"
	case http.StatusBadRequest:
		return "the service does not understand the request: check --api and --base-url"
	}
	return ""
}

// Why an id from a log is not asked for. Logs have texts that attackers wrote.
var (
	errMailbox   = errors.New("not asked: the mailbox is no user principal name")
	errItem      = errors.New("not asked: the item's id is none")
	errMessageID = errors.New("not asked: the Message-ID is none")
)

// mailbox is the path of a mailbox below the root.
func (m *Messages) mailbox(name string) (string, error) {
	if !strings.Contains(name, "@") || len(name) > 320 || strings.HasPrefix(name, "$") || strings.ContainsAny(name, "/\\?#%") || !visible(name) {
		return "", errMailbox
	}
	if m.Version == Graph {
		return "/v1.0/users/" + url.PathEscape(name), nil
	}
	return "/api/" + m.Version + "/Users('" + url.PathEscape(strings.ReplaceAll(name, "'", "''")) + "')", nil
}

// ByItem is the path, below the root, of the message that an ActivityItemId names. Where the id stands, a service also
// understands words, such as delta and $count: only what is long and Base64, as all of Exchange's ids are, is an id.
func (m *Messages) ByItem(mailbox, item string) (string, error) {
	at, err := m.mailbox(mailbox)
	if err != nil {
		return "", err
	}
	base64 := func(r rune) bool {
		return 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || strings.ContainsRune("+/-_=", r)
	}
	if len(item) < 16 || len(item) > 1024 || strings.ContainsFunc(item, func(r rune) bool { return !base64(r) }) {
		return "", errItem
	}
	return at + "/messages/" + url.PathEscape(item) + "?$select=" + url.QueryEscape(m.fields()), nil
}

// ByMessageID is the path, below the root, of all copies of a message in a mailbox.
func (m *Messages) ByMessageID(mailbox, id string) (string, error) {
	at, err := m.mailbox(mailbox)
	if err != nil {
		return "", err
	}
	if id == "" || len(id) > 998 || !visible(id) { // 998: the longest line of a header (RFC 5322, 2.1.1)
		return "", errMessageID
	}
	field := "InternetMessageId"
	if m.Version == Graph {
		field = "internetMessageId"
	}
	filter := field + " eq '" + strings.ReplaceAll(id, "'", "''") + "'"
	// OData servers need not read "+" as a blank.
	escaped := strings.ReplaceAll(url.QueryEscape(filter), "+", "%20")
	return at + "/messages?$filter=" + escaped + "&$select=" + url.QueryEscape(m.fields()) + "&$top=50", nil
}

// visible says that a text is ASCII without blanks and control characters, but for blanks between words.
func visible(text string) bool {
	return strings.TrimSpace(text) == text && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}

var errNoMessage = errors.New("want a JSON object with an id")

// parseMessage makes sure that an answer is one message.
func parseMessage(body []byte) error {
	var message struct {
		ID string `json:"id"` // the Outlook API's Id as well: keys are compared without case
	}
	if err := json.Unmarshal(body, &message); err != nil {
		return fmt.Errorf("%w: %w", errNoMessage, err)
	}
	if _, _, err := parsePage(body); message.ID == "" || err == nil {
		return errNoMessage
	}
	return nil
}

// maxCopies bounds how many pages of copies of one message are asked for.
const maxCopies = 20

// One asks for the message at an address of ByItem.
func (m *Messages) One(ctx context.Context, e *Endpoint, address string) ([]*Page, error) {
	answer, err := m.Client.Get(ctx, e, address, parseMessage)
	if err != nil {
		return nil, err
	}
	return []*Page{{Answer: answer, Rows: messagesIn(answer.Body)}}, nil
}

// Copies asks for the messages at an address of ByMessageID, page after page. None is no error.
func (m *Messages) Copies(ctx context.Context, e *Endpoint, address, id string) ([]*Page, error) {
	var pages []*Page
	lister := Activities{Client: m.Client}
	for range maxCopies {
		page, err := lister.Page(ctx, e, address)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			var message struct{ ID, InternetMessageID string }
			if err := json.Unmarshal(row, &message); err != nil || message.ID == "" || !strings.EqualFold(message.InternetMessageID, id) {
				return nil, &Error{
					Message: "the service answers with messages that were not asked for: its $filter does not work",
					Remedy:  "check --base-url and --api",
				}
			}
		}
		pages = append(pages, page)
		if address = page.Next; address == "" {
			return pages, nil
		}
	}
	return nil, &Error{Message: fmt.Sprintf("more than %d pages of copies of one message", maxCopies)}
}

// messagesIn are the messages of an answer: those of its list, else the answer itself.
func messagesIn(body []byte) []json.RawMessage {
	if rows, _, err := parsePage(body); err == nil {
		return rows
	}
	return []json.RawMessage{bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF")))}
}
