package m365

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"
)

// maxBytes bounds a body: a thousand activities are about two megabytes.
const maxBytes = 64 << 20

// longest bounds one request, however steadily its answer trickles in.
const longest = 5 * time.Minute

// leastBytes is what must come within Options.Stall, unless the answer ends: whoever sends a byte now and then stands
// still as well.
const leastBytes = 4 << 10

var (
	errStalled = errors.New("the connection stands still, or nearly so")
	errSlow    = fmt.Errorf("no whole answer in %s", longest)
	errLarge   = errors.New("the answer is larger than allowed")
)

// once sends one request and reads its answer. An error means that there is no whole answer.
func (c *Client) once(ctx context.Context, e *Endpoint, q *request, u *url.URL) (*Answer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := &watch{clock: c.Clock, limit: c.Stall, cancel: cancel}
	watch.alive()
	defer watch.end()
	defer c.Clock.AfterFunc(longest, func() { cancel(errSlow) })()

	req, err := http.NewRequestWithContext(ctx, q.method, u.String(), bytes.NewReader(q.body))
	if err != nil {
		return nil, errors.New("no usable request")
	}
	maps.Copy(req.Header, e.Header)
	req.Header.Set("User-Agent", cmp.Or(c.UserAgent, "triage"))
	if q.method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		req.GetBody = nil // it is not sent a second time
	}
	token := c.begin()
	req.Header.Set("Authorization", token.authorization(c.Scheme))
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, reason(ctx, err)
	}
	defer resp.Body.Close()
	a := &Answer{Status: resp.StatusCode, Header: resp.Header, URL: u.String(), path: u.Path, token: token, hide: c.hide}
	limit := cmp.Or(e.MaxBytes, maxBytes)
	if !q.accepts(a.Status) {
		limit = min(limit, 1<<20)
	}
	a.Body, err = watch.read(resp.Body, limit)
	c.end(len(a.Body))
	a.Received = c.Clock.Now()
	if !q.accepts(a.Status) {
		return a, nil // the status says enough; the body of an error may be cut
	}
	if err != nil {
		return nil, reason(ctx, err)
	}
	return a, nil
}

// begin counts a request and is the token that goes with it.
func (c *Client) begin() Token {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cost.Requests++
	return c.token
}

// end counts an answer.
func (c *Client) end(size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answered = true
	c.cost.Bytes += int64(size)
}

// reason is why there is no answer, without the address, which net/http puts into every error.
func reason(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if withURL, ok := errors.AsType[*url.Error](err); ok {
		return withURL.Err
	}
	return err
}

// watch cancels a request when nothing comes for too long.
type watch struct {
	clock  Clock
	limit  time.Duration
	cancel context.CancelCauseFunc
	stop   func() bool
}

func (w *watch) alive() {
	w.end()
	w.stop = w.clock.AfterFunc(w.limit, func() { w.cancel(errStalled) })
}

func (w *watch) end() {
	if w.stop != nil {
		w.stop()
	}
}

// read is io.ReadAll up to a limit, and says whenever enough came that the connection lives.
func (w *watch) read(r io.Reader, limit int64) ([]byte, error) {
	w.alive()
	body, told := make([]byte, 0, 32<<10), 0
	for {
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		n, err := r.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case int64(len(body)) > limit:
			return nil, errLarge
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return body, err
		case len(body)-told >= leastBytes:
			w.alive()
			told = len(body)
		}
	}
}
