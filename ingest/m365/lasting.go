package m365

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// lasting is the error for a fault that asking again does not mend: a name that nobody has, a certificate that is not
// valid, a server that speaks another protocol. It is nil for all that may pass.
func (c *Client) lasting(cause error) *Error {
	host := c.root.Host
	if dns, ok := errors.AsType[*net.DNSError](cause); ok && dns.IsNotFound && !c.hasAnswered() {
		// Some systems say the same when the network is gone for a while: then the host has answered before.
		return &Error{
			Message: fmt.Sprintf("there is no host called %q", clip(dns.Name)),
			Remedy:  "check --base-url and, if there is one, the proxy that the environment names (HTTPS_PROXY)",
		}
	}
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](cause); ok {
		return &Error{
			Message: fmt.Sprintf("the certificate of %s is not valid here: %s; the token was not sent", host, clip(c.hide(bad.Err.Error()))),
			Remedy:  "check --base-url and this machine's clock; where a proxy opens what is encrypted, this machine must trust its certificate authority",
		}
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](cause); ok || errors.Is(cause, http.ErrSchemeMismatch) {
		return &Error{Message: fmt.Sprintf("%s does not speak TLS; the token was not sent", host), Remedy: "check the host and port of --base-url"}
	}
	if last := c.refusedByProxy(cause); last != nil {
		return last
	}
	if why := refusedTLS(cause); why != "" && !c.hasAnswered() { // once they agreed, it is the line, or one server of several
		return &Error{
			Message: fmt.Sprintf("%s and this program agree on no TLS connection: %s; the token was not sent", host, clip(c.hide(why))),
			Remedy:  "check the host and port of --base-url; a service that wants a certificate of its clients, or speaks only TLS 1.1 and older, cannot be asked",
		}
	}
	if malformed(cause) {
		return &Error{
			Message: fmt.Sprintf("%s does not speak HTTP as it should: %s", host, clip(c.hide(cause.Error()))),
			Remedy:  "check the host and port of --base-url",
		}
	}
	return nil
}

// refusedTLS says why the two sides of a TLS connection do not agree: by an alert of either, or in package crypto/tls's
// words, for which it has no type. "" if that is not the reason.
func refusedTLS(cause error) string {
	if alert, ok := errors.AsType[*net.OpError](cause); ok && (alert.Op == "remote error" || alert.Op == "local error") {
		return alert.Err.Error()
	}
	for err := cause; err != nil; err = errors.Unwrap(err) {
		if strings.HasPrefix(err.Error(), "tls: ") {
			return err.Error()
		}
	}
	return ""
}

// noTunnel is a proxy's answer to CONNECT that opens no way to the service.
type noTunnel struct {
	proxy, status string
	code          int
}

func (n *noTunnel) Error() string { return fmt.Sprintf("the proxy %s answers %s", n.proxy, n.status) }

// tunnel is told of a proxy's answer to CONNECT: package net/http makes an error of its text alone.
func tunnel(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &noTunnel{proxy.Host, resp.Status, resp.StatusCode} // the URL may hold a password: not shown
}

// refusedByProxy is the error for a proxy that will not have the service asked: 4xx to CONNECT, but for those that say
// "later", and SOCKS's own words. A proxy that answers 5xx did not reach the service, which may pass.
func (c *Client) refusedByProxy(cause error) *Error {
	refused := &Error{Remedy: "ask who runs the proxy to let this host through, or name another with HTTPS_PROXY; NO_PROXY lists hosts to be asked without one"}
	if n, ok := errors.AsType[*noTunnel](cause); ok {
		later := n.code == http.StatusRequestTimeout || n.code == http.StatusTooManyRequests
		if n.code < 400 || n.code > 499 || later {
			return nil
		}
		if n.code == http.StatusProxyAuthRequired {
			refused.Remedy = "the proxy wants a name and password: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT"
		}
		refused.Message = fmt.Sprintf("the proxy %s opens no way to %s: it answers %s; the token was not sent", clip(n.proxy), c.root.Host, clip(c.hide(n.status)))
		return refused
	}
	if op, ok := errors.AsType[*net.OpError](cause); ok && strings.HasPrefix(op.Op, "socks") {
		why := op.Err.Error()
		for _, words := range []string{"connection not allowed by ruleset", "authentication"} {
			if strings.Contains(why, words) {
				refused.Message = fmt.Sprintf("the proxy opens no way to %s: %s; the token was not sent", c.root.Host, clip(c.hide(why)))
				return refused
			}
		}
	}
	return nil
}

// malformed says that an answer breaks the rules of HTTP. Package net/http has no type for most of that, only words; a
// connection that ends early reads otherwise.
func malformed(cause error) bool {
	if _, ok := errors.AsType[textproto.ProtocolError](cause); ok {
		return true
	}
	text := cause.Error()
	for _, words := range []string{"malformed HTTP", "malformed chunked encoding", "invalid byte in chunk length", "bad Content-Length", "unsupported transfer encoding"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// webPage is the error for an answer that is made for people: a sign-in page, or a proxy's. nil if it is none.
func webPage(a *Answer) *Error {
	body := bytes.TrimSpace(bytes.TrimPrefix(a.Body, []byte("\xEF\xBB\xBF")))
	if !bytes.HasPrefix(body, []byte("<")) {
		return nil
	}
	what := "a web page"
	if title := titleOf(body); title != "" {
		what += fmt.Sprintf(" (%q)", clip(a.hide(title)))
	}
	return &Error{
		Status:  a.Status,
		Message: fmt.Sprintf("%s: the service answers with %s instead of JSON", a.path, what),
		Remedy:  "a proxy or a network that wants a sign-in stands in between, or --base-url names a website",
	}
}

// titleOf is the title of a page in HTML; empty if it has none.
func titleOf(body []byte) string {
	body = body[:min(len(body), 64<<10)]
	lower := bytes.ToLower(body)
	if len(lower) != len(body) {
		return ""
	}
	start := bytes.Index(lower, []byte("<title"))
	if start < 0 {
		return ""
	}
	open := bytes.IndexByte(lower[start:], '>')
	end := bytes.Index(lower[start:], []byte("</title"))
	if open < 0 || end < open {
		return ""
	}
	return strings.TrimSpace(string(body[start+open+1 : start+end]))
}
