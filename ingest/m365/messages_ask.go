package m365

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// asking asks for messages, several at once, and keeps the answers in the order in which they are wanted.
type asking struct {
	*folder
	api      *Messages
	endpoint *Endpoint
}

// inquiry is what a service said of one message.
type inquiry struct {
	pages  []*Page
	rows   []json.RawMessage
	reason string // why there is none
	asked  time.Time
	err    error
}

// messagesAtOnce is how many requests Outlook's part of Graph serves an application at once, for one mailbox.
const messagesAtOnce = 4

// ahead asks for messages before their turn: so many are asked for, or wait to be kept. Their answers come in order. wait
// returns when no request is under way any more.
func (a *asking) ahead(ctx context.Context, todo []Wanted, atOnce int) (queue chan chan inquiry, wait func()) {
	queue = make(chan chan inquiry, atOnce-1) // one more is being kept
	var running sync.WaitGroup
	running.Go(func() {
		for _, w := range todo {
			said := make(chan inquiry, 1)
			select {
			case queue <- said:
			case <-ctx.Done():
				return
			}
			running.Go(func() { said <- a.inquire(ctx, w) })
		}
	})
	return queue, running.Wait
}

// inquire tries the ids of a message, the surer one first: Graph knows ids of logs only while nobody moved the message; the
// Outlook API has no Message-ID in v1.0.
func (a *asking) inquire(ctx context.Context, w Wanted) (said inquiry) {
	steps := []func(context.Context, Wanted) ([]*Page, error){a.byItem, a.byMessageID}
	if a.api.Version == Graph {
		slices.Reverse(steps)
	}
	var reasons []string
	for _, step := range steps {
		pages, err := step(ctx, w)
		reason, err := absence(err)
		if err != nil {
			said.err = err
			return said
		}
		for _, p := range pages {
			said.pages = append(said.pages, p)
			said.rows = append(said.rows, p.Rows...)
		}
		if reason != "" {
			reasons = append(reasons, reason)
		}
		if len(said.rows) > 0 {
			break
		}
	}
	said.reason, said.asked = strings.Join(reasons, "; "), a.api.Client.Clock.Now().UTC()
	return said
}

// record keeps what was said of a message.
func (a *asking) record(w Wanted, said inquiry) (*MessageRecord, []json.RawMessage, error) {
	if said.err != nil {
		return nil, nil, said.err
	}
	record := &MessageRecord{Wanted: w, Found: len(said.rows), Asked: said.asked}
	for _, p := range said.pages {
		if err := a.keepPage(p); err != nil {
			return nil, nil, err
		}
		record.Pages = append(record.Pages, a.pages[len(a.pages)-1].File)
	}
	if record.Found == 0 {
		record.Reason = cmp.Or(said.reason, "not asked: it has no id")
	}
	return record, said.rows, nil
}

// errNone is that a mailbox has no copy of a message, errSkip that there is nothing to ask by.
var (
	errNone = errors.New("the mailbox has no message of this Message-ID: deleted, or never there")
	errSkip = errors.New("")
)

func (a *asking) byItem(ctx context.Context, w Wanted) ([]*Page, error) {
	if w.Item == "" {
		return nil, errSkip
	}
	address, err := a.api.ByItem(w.Mailbox, w.Item)
	if err != nil {
		return nil, err
	}
	return a.api.One(ctx, a.endpoint, address)
}

func (a *asking) byMessageID(ctx context.Context, w Wanted) ([]*Page, error) {
	if w.MessageID == "" || a.api.Version == "v1.0" {
		return nil, errSkip
	}
	address, err := a.api.ByMessageID(w.Mailbox, w.MessageID)
	if err != nil {
		return nil, err
	}
	pages, err := a.api.Copies(ctx, a.endpoint, address, w.MessageID)
	if err == nil && !slices.ContainsFunc(pages, func(p *Page) bool { return len(p.Rows) > 0 }) {
		return nil, errNone
	}
	return pages, err
}

// absence turns an error that says that a message is not there into the reason. A 404 without the service's own word for
// it is none: a wrong address answers everything so.
func absence(err error) (string, error) {
	for _, known := range []error{errMailbox, errItem, errMessageID, errNone, errSkip} {
		if errors.Is(err, known) {
			return known.Error(), nil
		}
	}
	own, ok := errors.AsType[*Error](err)
	switch {
	case !ok || own.Code == "":
		return "", err
	case own.Status == http.StatusNotFound && own.Code == "ErrorItemNotFound":
		return "404 ErrorItemNotFound: deleted, or moved, which changes its id", nil
	case own.Status == http.StatusNotFound && slices.Contains(noMailbox(), own.Code):
		return "404 " + own.Code + ": the service has no such mailbox", nil
	case own.Status == http.StatusBadRequest && strings.HasPrefix(own.Code, "ErrorInvalidId"):
		return "400 " + own.Code + ": the item's id is of another kind than this service's", nil
	}
	return "", err
}

// noMailbox lists what the services call a mailbox that is not there.
func noMailbox() []string {
	return []string{"ErrorInvalidUser", "ErrorNonExistentMailbox", "MailboxNotEnabledForRESTAPI", "Request_ResourceNotFound", "ResourceNotFound"}
}
