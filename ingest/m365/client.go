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

// Client asks one service, one request at a time. It is not safe for use by several goroutines.
type Client struct {
	Options
	root  *url.URL
	http  *http.Client
	token Token
	spent []Token // tokens before it, which must not be shown either
	turns map[*Endpoint]*turns

	answered bool // the service has, whatever it said

	budget, cost Budget // what may be spent, and what has been
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
	hide     func(string) string // takes tokens out of what is quoted
}

// NewClient checks the options. It sends nothing.
func NewClient(o Options) (*Client, error) {
	root, err := parseRoot(o.Root)
	if err != nil {
		return nil, err
	}
	o.Attempts, o.Patience, o.Stall = cmp.Or(o.Attempts, 10), cmp.Or(o.Patience, time.Hour), cmp.Or(o.Stall, time.Minute)
	c := &Client{Options: o, root: root, turns: map[*Endpoint]*turns{}}
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
	u, err := c.resolve(address)
	if err != nil {
		return nil, c.hidden(err)
	}
	r := retry{client: c, endpoint: e, since: c.Clock.Now()}
	for {
		if err := c.affordable(); err != nil {
			return nil, err
		}
		if err := c.turn(ctx, e); err != nil {
			return nil, err
		}
		a, err := c.once(ctx, e, u)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil && a.Status == http.StatusOK {
			if c.holdsToken(a.Body) {
				return nil, &Error{Message: a.path + ": the answer holds the token itself: not kept"}
			}
			if check != nil {
				err = check(a.Body)
			}
			if err == nil {
				return a, nil
			}
			if page := webPage(a); page != nil {
				return nil, c.hidden(page)
			}
		} else if err != nil {
			if last := c.lasting(err); last != nil {
				return nil, c.hidden(last)
			}
		}
		if err := r.next(ctx, a, err); err != nil {
			return nil, c.hidden(err)
		}
	}
}

func (c *Client) holdsToken(body []byte) bool {
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

func (c *Client) hide(text string) string {
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

// turn waits until another request may begin.
func (c *Client) turn(ctx context.Context, e *Endpoint) error {
	if e.Requests == 0 {
		return nil
	}
	t := c.turns[e]
	if t == nil {
		t = &turns{}
		c.turns[e] = t
	}
	if len(t.began) < e.Requests {
		t.began = append(t.began, c.Clock.Now())
		return nil
	}
	if wait := t.began[t.next].Add(e.Per).Sub(c.Clock.Now()); wait > 0 {
		if err := c.wait(ctx, wait, errors.New("the service's limit of requests")); err != nil {
			return err
		}
	}
	t.began[t.next] = c.Clock.Now()
	t.next = (t.next + 1) % e.Requests
	return nil
}

func (c *Client) wait(ctx context.Context, d time.Duration, why error) error {
	if c.Waiting != nil {
		c.Waiting(d, c.hide(why.Error()))
	}
	return c.Clock.Sleep(ctx, d)
}
