package m365

import (
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
func (c *Client) once(ctx context.Context, e *Endpoint, u *url.URL) (*Answer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := &watch{clock: c.Clock, limit: c.Stall, cancel: cancel}
	watch.alive()
	defer watch.end()
	defer c.Clock.AfterFunc(longest, func() { cancel(errSlow) })()

	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errors.New("no usable request")
	}
	maps.Copy(req.Header, e.Header)
	req.Header.Set("Authorization", c.token.authorization(c.Scheme))
	req.Header.Set("User-Agent", cmp.Or(c.UserAgent, "triage"))
	c.cost.Requests++
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, reason(ctx, err)
	}
	defer resp.Body.Close()
	c.answered = true
	a := &Answer{Status: resp.StatusCode, Header: resp.Header, URL: u.String(), path: u.Path, hide: c.hide}
	limit := cmp.Or(e.MaxBytes, maxBytes)
	if a.Status != http.StatusOK {
		limit = min(limit, 1<<20)
	}
	a.Body, err = watch.read(resp.Body, limit)
	c.cost.Bytes += int64(len(a.Body))
	a.Received = c.Clock.Now()
	if a.Status != http.StatusOK {
		return a, nil // the status says enough; the body of an error may be cut
	}
	if err != nil {
		return nil, reason(ctx, err)
	}
	return a, nil
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
