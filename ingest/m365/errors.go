package m365

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Error is why a fetch could not go on. Its texts hold no token and are bounded, but what the service wrote is in them:
// they are shown like any other hostile text.
type Error struct {
	Status  int    // of the last answer; 0 if none came
	Code    string // the service's own word for what is wrong, such as ErrorItemNotFound; empty if it gives none
	Message string // one line
	Remedy  string // what to do about it; empty if nobody knows
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// Hopeless says that asking for something else would bring nothing either: no answer came at all, or the token is refused.
func (e *Error) Hopeless() bool { return e.Status == 0 || e.Status == http.StatusUnauthorized }

// said is what the service says about an answer that is none: for 401 the reason in x-ms-diagnostics, else the error's
// code and message in the body, else the beginning of the body.
func said(a *Answer) string {
	if text := diagnostic(a.Header.Get("x-ms-diagnostics"), "reason"); text != "" {
		return clip(a.hide(text))
	}
	if code, message := complaint(a); code+message != "" {
		return clip(a.hide(code + ": " + message))
	}
	return clip(a.hide(string(a.Body)))
}

// complaint is the error's code and message in a body, in the form that all these services share.
func complaint(a *Answer) (code, message string) {
	var body struct {
		Error struct{ Code, Message string }
	}
	if json.Unmarshal(a.Body, &body) != nil {
		return "", ""
	}
	return body.Error.Code, body.Error.Message
}

// maxSaid bounds what is quoted of an answer, in runes.
const maxSaid = 300

// clip is a text on one line, cut. Tokens must be hidden before: a part of one is not recognised any more.
func clip(text string) string {
	text = text[:min(len(text), 64*maxSaid)]
	runes := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " "))
	if len(runes) > maxSaid {
		return string(runes[:maxSaid]) + "…"
	}
	return string(runes)
}

// diagnostic is the value of a field of x-ms-diagnostics: 2000008;reason="The token has expired.";error_category="…".
func diagnostic(header, field string) string {
	_, rest, ok := strings.Cut(header, field+"=")
	if !ok {
		return ""
	}
	if rest, quoted := strings.CutPrefix(rest, `"`); quoted {
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	value, _, _ := strings.Cut(rest, ";")
	return value
}

// refusal is the error for an answer that trying again does not mend.
func refusal(a *Answer, e *Endpoint) *Error {
	message := fmt.Sprintf("%s: the service answers %d %s", a.path, a.Status, http.StatusText(a.Status))
	if text := said(a); text != "" {
		message += ": " + text
	}
	code, _ := complaint(a)
	err := &Error{Status: a.Status, Code: clip(a.hide(code)), Message: message, Remedy: remedy(a)}
	if e.Remedy != nil {
		if text := e.Remedy(err); text != "" {
			err.Remedy = text
		}
	}
	return err
}

// again ends the remedies of what may pass: every fetch can be continued.
const again = "run the same command again: it goes on where it stopped"

// remedy says what to do about a status, as far as that is the same everywhere.
func remedy(a *Answer) string {
	switch {
	case a.Status == http.StatusUnauthorized && strings.Contains(strings.ToLower(said(a)), "audience"):
		return "the token was issued for another service: get one for the host of --base-url"
	case a.Status == http.StatusUnauthorized:
		return "the token is expired or not valid here: get a new one and " + again
	case throttled(a):
		return "the service still throttles: wait some minutes, then " + again
	case a.Status == http.StatusForbidden:
		return "the token lacks the permission: have it granted and consented to, get a new token, and " + again
	case a.Status >= 500:
		return "the service has a fault of its own: wait, then " + again
	case a.Status >= 300 && a.Status < 400:
		return "name the right root with --base-url: a token goes to no other host, not even by a redirect"
	}
	return ""
}

// exhausted is the error after the last attempt.
func exhausted(what string, a *Answer, e *Endpoint, attempts int, over time.Duration) *Error {
	last := &Error{Message: what, Remedy: "check the network, then " + again}
	if a != nil && (a.Status < 200 || a.Status > 299) {
		last = refusal(a, e)
	}
	last.Message = fmt.Sprintf("%s (given up after %d attempts in %s)", last.Message, attempts, over.Round(time.Second))
	return last
}
