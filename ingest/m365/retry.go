package m365

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The waits between attempts when the service names none: they double from the first to the longest. Throttling gets
// longer ones, since the Outlook API counts requests over ten minutes: thirteen attempts outlast that.
const (
	firstFault, longestFault       = time.Second, time.Minute
	firstThrottle, longestThrottle = 10 * time.Second, 5 * time.Minute
	maxThrottles                   = 20
	maxTokens                      = 5 // renewed within one request: more is a token that never works
)

// retry decides what happens after an attempt that failed.
type retry struct {
	client    *Client
	endpoint  *Endpoint
	since     time.Time
	faults    int
	throttles int
	tokens    int
}

// next waits until the next attempt may begin, or returns the error that ends the request. a is nil if there is no
// answer; cause is nil if the answer's status is the reason.
func (r *retry) next(ctx context.Context, a *Answer, cause error) error {
	c := r.client
	switch {
	case errors.Is(cause, errLarge):
		return &Error{Message: cause.Error()}
	case cause != nil:
		r.faults++
		return r.wait(ctx, fmt.Errorf("no usable answer: %s", clip(c.hide(cause.Error()))), nil, r.faults, c.Attempts, firstFault, longestFault)
	case throttled(a):
		r.throttles++
		return r.wait(ctx, errors.New("the service throttles"), a, r.throttles, maxThrottles, firstThrottle, longestThrottle)
	case a.Status == http.StatusRequestTimeout || a.Status >= 500 && a.Status != http.StatusNotImplemented:
		r.faults++
		return r.wait(ctx, refusal(a, r.endpoint), a, r.faults, c.Attempts, firstFault, longestFault)
	case a.Status == http.StatusUnauthorized:
		return r.renew(a)
	case a.Status >= 300 && a.Status < 400:
		return redirected(a)
	}
	return refusal(a, r.endpoint)
}

// throttled knows both ways of saying it: 429, and 403 with AF429 in the body (Management Activity API).
func throttled(a *Answer) bool {
	return a.Status == http.StatusTooManyRequests || a.Status == http.StatusForbidden && bytes.Contains(a.Body, []byte("AF429"))
}

func redirected(a *Answer) error {
	to := "nowhere"
	if u, err := url.Parse(a.hide(a.Header.Get("Location"))); err == nil {
		to = (&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
	}
	return &Error{Status: a.Status, Message: fmt.Sprintf("%s: the service redirects to %q: not followed", a.path, clip(to)), Remedy: remedy(a)}
}

// renew asks for another token; if there is none, the refusal stands.
func (r *retry) renew(a *Answer) error {
	fresh, err := r.client.Tokens.Token()
	if err != nil {
		return err
	}
	r.tokens++
	if r.tokens > maxTokens || !r.client.renew(fresh, a.token) {
		return refusal(a, r.endpoint)
	}
	return nil
}

func (r *retry) wait(ctx context.Context, why error, a *Answer, attempt, attempts int, first, longest time.Duration) error {
	c := r.client
	if attempt >= attempts {
		return exhausted(why.Error(), a, r.endpoint, r.faults+r.throttles, c.Clock.Now().Sub(r.since))
	}
	wait := backoff(attempt, first, longest, c.Rand())
	if a != nil {
		if asked, ok := retryAfter(a.Header, a.Received); ok {
			if asked > c.Patience {
				return &Error{
					Status:  a.Status,
					Message: fmt.Sprintf("%s: the service asks to wait %s", a.path, asked.Round(time.Second)),
					Remedy:  "wait as long, then " + again,
				}
			}
			// Never earlier than asked; a little later, so that several clients do not come back at once.
			wait = max(asked+time.Duration(c.Rand()*float64(time.Second)), min(wait, first))
		}
	}
	c.hold(r.endpoint, wait) // others that use the client wait as well
	return c.wait(ctx, wait, why)
}

// backoff doubles from first to longest; half of it is by chance.
func backoff(attempt int, first, longest time.Duration, chance float64) time.Duration {
	d := longest
	if shift := attempt - 1; shift < 20 {
		d = min(longest, first<<shift)
	}
	return d/2 + time.Duration(chance*float64(d/2))
}

// retryAfter reads the header in both of its forms, seconds and a date (RFC 9110, 10.2.3). A date is compared with the
// service's own clock if the answer has it: ours may be wrong. Nothing usable is not ok.
func retryAfter(h http.Header, received time.Time) (time.Duration, bool) {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if !(seconds >= 0) { // NaN as well
			return 0, false
		}
		// More than a year is never waited for; the conversion must not overflow.
		return time.Duration(math.Ceil(min(seconds, 366*24*3600)) * float64(time.Second)), true
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0, false
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		received = date
	}
	return max(0, at.Sub(received)), true
}
