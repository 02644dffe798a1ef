package m365

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"
)

// Options configure a Client. Root, Tokens, Clock and Rand are needed.
type Options struct {
	Root      string // https://host, or with a path; http only to this machine itself
	Scheme    Scheme
	Tokens    Source
	Clock     Clock
	Rand      func() float64    // from [0, 1): spreads the attempts of several clients
	Transport http.RoundTripper // nil: one of its own, which obeys the proxy of the environment
	UserAgent string
	Attempts  int                               // at one answer, throttling aside; 0: 10
	Patience  time.Duration                     // the longest wait that a service may ask for; 0: an hour
	Stall     time.Duration                     // how long nothing may come; 0: a minute
	Waiting   func(d time.Duration, why string) // told of every wait and its reason; nil: nobody
}

// Client asks one service. Several goroutines may use it at once; Options.Waiting is then told by each of them.
type Client struct {
	Options
	root   *url.URL
	http   *http.Client
	budget Budget // what may be spent

	mu       sync.Mutex // guards what follows
	token    Token
	spent    []Token // tokens before it, which must not be shown either
	turns    map[*Endpoint]*turns
	holds    map[*Endpoint]time.Time // no request of it before: the service asked for that
	answered bool                    // the service has, whatever it said
	cost     Budget                  // what has been spent
}

// Endpoint is one kind of request and the limits that the service publishes for it.
type Endpoint struct {
	Header   http.Header
	Requests int                 // at most so many begin within Per; 0: any number
	Per      time.Duration       // see Requests
	MaxBytes int64               // of an answer's body, unpacked; 0: 64 MiB
	Remedy   func(*Error) string // what to do about a refusal, where this endpoint knows better; nil: it never does
}

// Answer is what the service said to one request.
type Answer struct {
	Status   int
	Header   http.Header
	Body     []byte // whole
	URL      string // as asked
	Received time.Time
	path     string
	token    Token               // that it was asked with
	hide     func(string) string // takes tokens out of what is quoted
}

// NewClient checks the options. It sends nothing.
func NewClient(o Options) (*Client, error) {
	root, err := parseRoot(o.Root)
	if err != nil {
		return nil, err
	}
	o.Attempts, o.Patience, o.Stall = cmp.Or(o.Attempts, 10), cmp.Or(o.Patience, time.Hour), cmp.Or(o.Stall, time.Minute)
	c := &Client{Options: o, root: root, turns: map[*Endpoint]*turns{}, holds: map[*Endpoint]time.Time{}}
	if o.Transport == nil {
		c.Transport = &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, IdleConnTimeout: o.Stall}
	}
	if own, ok := c.Transport.(*http.Transport); ok && own.OnProxyConnectResponse == nil {
		own = own.Clone()
		own.OnProxyConnectResponse = tunnel
		c.Transport = own
	}
	c.http = &http.Client{
		Transport:     c.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if c.token, err = o.Tokens.Token(); err != nil {
		return nil, err
	}
	return c, nil
}

// ErrRoot is that a root is not one.
var ErrRoot = errors.New("not a root")

// parseRoot refuses what would show a token to the network.
func parseRoot(text string) (*url.URL, error) {
	root, err := url.Parse(text)
	switch {
	case err != nil || root.Host == "" || root.Opaque != "":
		return nil, fmt.Errorf("%w: want a root such as https://outlook.office.com", ErrRoot)
	case root.User != nil || root.RawQuery != "" || root.Fragment != "" || root.ForceQuery:
		return nil, fmt.Errorf("%w: want a root without name, password, query and fragment", ErrRoot)
	case root.Scheme == "http" && !isLoopback(root.Hostname()):
		return nil, fmt.Errorf("%w: want https: over http the token would be seen on the way", ErrRoot)
	case root.Scheme != "https" && root.Scheme != "http":
		return nil, fmt.Errorf("%w: want a root that begins with https://", ErrRoot)
	}
	root.Path = strings.TrimRight(path.Clean("/"+root.Path), "/")
	root.RawPath = ""
	return root, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// resolve makes an address absolute, and refuses it outside of the root: it may be a service's nextLink. A path is below
// the root.
func (c *Client) resolve(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, &Error{Message: "the service names a next page that is no address"}
	}
	if u.Host == "" && u.Scheme == "" {
		if u.RawPath != "" {
			u.RawPath = c.root.EscapedPath() + u.RawPath
		}
		u.Path = c.root.Path + u.Path
	}
	u = c.root.ResolveReference(u)
	inside := path.Clean(u.Path) == c.root.Path || strings.HasPrefix(path.Clean(u.Path), c.root.Path+"/")
	if u.Scheme != c.root.Scheme || hostPort(u) != hostPort(c.root) || u.User != nil || !inside {
		return nil, &Error{
			Message: fmt.Sprintf("the service names a next page at %s, outside of %s: not asked for", clip(u.Scheme+"://"+u.Host), c.root),
			Remedy:  "if that is where the mailbox lives, name it with --base-url: a token goes to no other host",
		}
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// hostPort compares hosts: case does not count, nor whether a scheme's own port is spelled out.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}

// Get asks until there is an answer of status 200 that check, which may be nil, accepts. Errors are ctx's own, a
// token source's, an *Error, or an *overspent.
func (c *Client) Get(ctx context.Context, e *Endpoint, address string, check func([]byte) error) (*Answer, error) {
	return c.ask(ctx, e, request{method: http.MethodGet, address: address, check: check})
}

// ErrUnknown is that nobody knows whether a service has done what a Post asked for: its answer got lost.
var ErrUnknown = errors.New("the answer got lost: the service may have done it, or not")

// Post sends a body of JSON until there is an answer of status 200, 201 or 202 that check, which may be nil, accepts. What
// may have been done is never asked for again: of an answer that got lost the error is ErrUnknown, after the wait that
// is due before the next request. Other errors are those of Get.
func (c *Client) Post(ctx context.Context, e *Endpoint, address string, body []byte, check func([]byte) error) (*Answer, error) {
	return c.ask(ctx, e, request{method: http.MethodPost, address: address, body: body, check: check})
}

// request is what ask asks for.
type request struct {
	method, address string
	body            []byte
	check           func([]byte) error // nil: whatever comes
}

func (r *request) accepts(status int) bool {
	return status == http.StatusOK || r.method == http.MethodPost && (status == http.StatusCreated || status == http.StatusAccepted)
}

func (c *Client) ask(ctx context.Context, e *Endpoint, q request) (*Answer, error) {
	u, err := c.resolve(q.address)
	if err != nil {
		return nil, c.hidden(err)
	}
	r := retry{client: c, endpoint: e, since: c.Clock.Now()}
	for {
		a, err := c.attempt(ctx, e, u, &q)
		if final, ok := errors.AsType[last](err); ok {
			return nil, final.error
		}
		if err == nil && q.accepts(a.Status) {
			return a, nil
		}
		if err := r.next(ctx, a, err); err != nil {
			return nil, c.hidden(err)
		}
		if q.method == http.MethodPost && !refused(a) {
			return nil, ErrUnknown
		}
	}
}

// refused says that a service did not do what it was asked for: it answered so before it began.
func refused(a *Answer) bool {
	return a != nil && (throttled(a) || a.Status == http.StatusUnauthorized)
}

// last is an error after which no further attempt is made.
type last struct{ error }

// attempt is one request with what is due before it. Its error is a last one, or why there is no usable answer.
func (c *Client) attempt(ctx context.Context, e *Endpoint, u *url.URL, q *request) (*Answer, error) {
	if err := c.affordable(); err != nil {
		return nil, last{err}
	}
	if err := c.turn(ctx, e); err != nil {
		return nil, last{err}
	}
	a, err := c.once(ctx, e, q, u)
	switch {
	case ctx.Err() != nil:
		return nil, last{ctx.Err()}
	case err != nil:
		if lasting := c.lasting(err); lasting != nil {
			return nil, last{c.hidden(lasting)}
		}
		return nil, err
	case !q.accepts(a.Status):
		return a, nil
	case c.holdsToken(a.Body):
		return nil, last{&Error{Message: a.path + ": the answer holds the token itself: not kept"}}
	case q.check == nil:
		return a, nil
	}
	if err = q.check(a.Body); err == nil {
		return a, nil
	}
	if page := webPage(a); page != nil {
		return nil, last{c.hidden(page)}
	}
	return a, err
}

func (c *Client) holdsToken(body []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.token.secrets() {
		if len(s) >= 16 && bytes.Contains(body, []byte(s)) {
			return true
		}
	}
	return false
}

// hidden takes the token out of an error's words, should a server have sent it back.
func (c *Client) hidden(err error) error {
	if own, ok := errors.AsType[*Error](err); ok {
		return &Error{Status: own.Status, Code: own.Code, Message: c.hide(own.Message), Remedy: own.Remedy}
	}
	return err
}

// hasAnswered says that the service has answered before, whatever it said.
func (c *Client) hasAnswered() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answered
}

// renew takes a fresh token in place of one that the service refused, unless that was done meanwhile. ok is false if they
// are the same.
func (c *Client) renew(fresh, refused Token) (ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token.text != refused.text {
		return true
	}
	if fresh.text == refused.text {
		return false
	}
	c.spent = append(c.spent, c.token)
	c.token = fresh
	return true
}

func (c *Client) hide(text string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.spent {
		text = t.hide(text)
	}
	return c.token.hide(text)
}

// turns remembers when the last requests of an endpoint began, so that no stretch of time has more than are allowed.
type turns struct {
	began []time.Time
	next  int
}

// hold keeps all requests of an endpoint back for a while.
func (c *Client) hold(e *Endpoint, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if until := c.Clock.Now().Add(d); until.After(c.holds[e]) {
		c.holds[e] = until
	}
}

// turn waits until another request may begin.
func (c *Client) turn(ctx context.Context, e *Endpoint) error {
	for {
		wait := c.due(e)
		if wait <= 0 {
			return nil
		}
		if err := c.wait(ctx, wait, errors.New("the service's limit of requests")); err != nil {
			return err
		}
	}
}

// due takes a turn, or says for how long none is free.
func (c *Client) due(e *Endpoint) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, now := c.turns[e], c.Clock.Now()
	if wait := c.holds[e].Sub(now); wait > 0 {
		return wait
	}
	if e.Requests == 0 {
		return 0
	}
	if t == nil {
		t = &turns{}
		c.turns[e] = t
	}
	if len(t.began) < e.Requests {
		t.began = append(t.began, now)
		return 0
	}
	if wait := t.began[t.next].Add(e.Per).Sub(now); wait > 0 {
		return wait
	}
	t.began[t.next] = now
	t.next = (t.next + 1) % e.Requests
	return 0
}

func (c *Client) wait(ctx context.Context, d time.Duration, why error) error {
	if c.Waiting != nil {
		c.Waiting(d, c.hide(why.Error()))
	}
	return c.Clock.Sleep(ctx, d)
}
