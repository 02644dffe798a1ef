package message

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Bounds on one header: a sender writes what the lower ones hold.
const (
	maxAuthHeader  = 64 << 10
	maxAuthResults = 100
	maxAuthProps   = 50
)

// AuthResults is one Authentication-Results or ARC-Authentication-Results header (RFC 8601, RFC 8617).
type AuthResults struct {
	Instance int    // ARC's i=; 0 if the header has none
	Server   string // authserv-id, in lower case; "" where it is left out, as Exchange does
	Results  []AuthResult
}

// AuthResult is one method's result. Everything but Comment and the values of Props is in lower case. Values beyond the
// RFC are kept as they are: dmarc=bestguesspass, dkim=timeout, compauth=softpass.
type AuthResult struct {
	Method  string
	Value   string
	Comment string // the first one behind the value: "sender IP is 192.0.2.1"
	Props   []AuthProp
}

// AuthProp is one property of a result: smtp.mailfrom, header.d, action, reason.
type AuthProp struct{ Name, Value string }

// Prop is the value of a property; "" if there is none. A property that stands twice counts where it stands first.
func (r *AuthResult) Prop(name string) string {
	for _, p := range r.Props {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// AuthError is a fault of a header, at a byte of its unfolded value.
type AuthError struct {
	At     int // from 0
	Reason string
}

// Error is the reason and the place.
func (e *AuthError) Error() string { return fmt.Sprintf("%s at byte %d", e.Reason, e.At) }

// ParseAuthResults reads the value of an Authentication-Results or ARC-Authentication-Results header. It returns all
// that can be read; the error joins an AuthError for each part that cannot, which never keeps the others from being
// read.
func ParseAuthResults(value string) (AuthResults, error) {
	s := authScanner{text: value}
	if len(value) > maxAuthHeader {
		s.text = value[:maxAuthHeader]
		s.fault(maxAuthHeader, "longer than 64 KiB")
	}
	var out AuthResults
	for s.at < len(s.text) {
		if len(out.Results) == maxAuthResults {
			s.fault(s.at, "more than 100 results")
			break
		}
		s.part(&out)
	}
	return out, errors.Join(s.faults...)
}

// authScanner walks a header's value.
type authScanner struct {
	text   string
	at     int
	faults []error
}

// maxFaults bounds what one broken header has to say.
const maxFaults = 5

func (s *authScanner) fault(at int, reason string) {
	if len(s.faults) < maxFaults {
		s.faults = append(s.faults, &AuthError{at, reason})
	}
}

// part reads up to the next semicolon: a result, ARC's instance, the authserv-id, or "none".
func (s *authScanner) part(out *AuthResults) {
	s.space()
	start := s.at
	word := s.word("=")
	s.space()
	switch {
	case s.end():
		s.bare(out, word, start)
	case s.text[s.at] == '=':
		s.at++
		s.result(out, word, start)
	case out.Server == "" && len(out.Results) == 0 && isHost(word): // the authserv-id and a version: "mx.example.org 1"
		out.Server = strings.ToLower(word)
		if version := s.word("="); version != "1" {
			s.fault(start, "authserv-id with something behind it")
		}
	default:
		s.fault(s.at, "want = behind a method")
	}
	if s.space(); !s.end() {
		s.skip()
	}
	s.at++ // the semicolon
}

// bare takes a part without an equals sign. Old Exchange servers repeat the recipient's domain between the results.
func (s *authScanner) bare(out *AuthResults, word string, start int) {
	switch {
	case word == "", strings.EqualFold(word, "none"):
	case !isHost(word):
		s.fault(start, "neither a result nor a server's name")
	case out.Server == "" && len(out.Results) == 0:
		out.Server = strings.ToLower(word)
	}
}

// isHost says whether a word can be an authserv-id.
func isHost(word string) bool {
	return word != "" && !strings.ContainsAny(word, "=\"<>,") && len(word) <= 255
}

// result reads what stands behind a method's equals sign.
func (s *authScanner) result(out *AuthResults, method string, start int) {
	s.space()
	r := AuthResult{Method: strings.ToLower(method)}
	r.Method, _, _ = strings.Cut(r.Method, "/") // dkim/1=pass
	r.Value = strings.ToLower(s.word(""))
	switch {
	case r.Method == "" || r.Value == "":
		s.fault(start, "a method or its value is missing")
		return
	case r.Method == "i" && len(out.Results) == 0 && out.Server == "":
		n, err := strconv.ParseUint(r.Value, 10, 8)
		if err != nil {
			s.fault(start, "i= is no number")
		}
		out.Instance = int(n)
		return
	}
	r.Comment = s.space()
	for !s.end() {
		if len(r.Props) == maxAuthProps {
			s.fault(s.at, "more than 50 properties")
			break
		}
		p, ok := s.prop()
		if !ok {
			break
		}
		r.Props = append(r.Props, p)
	}
	out.Results = append(out.Results, r)
}

// prop reads one name=value. A word without an equals sign is passed over: servers put words of their own there.
func (s *authScanner) prop() (AuthProp, bool) {
	for {
		start := s.at
		name := strings.ToLower(s.word("="))
		s.space()
		switch {
		case name == "" && (s.end() || s.text[s.at] != '='):
			s.fault(start, "want a property")
			return AuthProp{}, false
		case s.end():
			s.fault(start, "want = behind a property")
			return AuthProp{}, false
		case s.text[s.at] == '=':
			s.at++
			s.space()
			value := s.word("")
			s.space()
			return AuthProp{name, value}, true
		}
		s.fault(start, "want = behind a property")
	}
}

func (s *authScanner) end() bool { return s.at >= len(s.text) || s.text[s.at] == ';' }

// skip goes on to the next semicolon that is in no comment and no quotes.
func (s *authScanner) skip() {
	for s.at < len(s.text) && s.text[s.at] != ';' {
		before := s.at
		s.space()
		s.word("")
		if s.at == before {
			s.at++
		}
	}
}

// space passes over white space and comments, and returns the first comment's text.
func (s *authScanner) space() (comment string) {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		case '(':
			inner := s.comment()
			if comment == "" {
				comment = inner
			}
		default:
			return comment
		}
	}
	return comment
}

// comment passes over a comment, which may nest.
func (s *authScanner) comment() string {
	start, depth := s.at, 0
	for ; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '\\':
			s.at++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				s.at++
				return s.text[start+1 : s.at-1]
			}
		}
	}
	s.at = len(s.text)
	s.fault(start, "a comment without an end")
	return s.text[start+1:]
}

// word reads up to white space, a semicolon, a comment or one of stops. Quotes are taken off.
func (s *authScanner) word(stops string) string {
	var out strings.Builder
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == '"':
			s.quoted(&out)
			continue
		case strings.IndexByte(" \t\r\n;(", c) >= 0 || strings.IndexByte(stops, c) >= 0:
			return out.String()
		}
		out.WriteByte(c)
		s.at++
	}
	return out.String()
}

func (s *authScanner) quoted(out *strings.Builder) {
	start := s.at
	for s.at++; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '"':
			s.at++
			return
		case '\\':
			if s.at+1 < len(s.text) {
				s.at++
			}
		}
		out.WriteByte(s.text[s.at])
	}
	s.fault(start, "quotes without an end")
}

// ReceivedSPF is one Received-SPF header (RFC 7208 §9.1).
type ReceivedSPF struct {
	Value   string // in lower case: pass, fail, softfail …
	Comment string
	Props   []AuthProp // client-ip, envelope-from, helo, receiver …
}

// ParseReceivedSPF reads the value of a Received-SPF header as ParseAuthResults reads its own.
func ParseReceivedSPF(value string) (ReceivedSPF, error) {
	s := authScanner{text: value[:min(len(value), maxAuthHeader)]}
	s.space()
	out := ReceivedSPF{Value: strings.ToLower(s.word("="))}
	if out.Value == "" {
		s.fault(s.at, "the result is missing")
	}
	out.Comment = s.space()
	for s.at < len(s.text) && len(out.Props) < maxAuthProps && len(s.faults) < maxFaults {
		if s.text[s.at] == ';' {
			s.at++
			s.space()
			continue
		}
		p, ok := s.prop()
		if !ok {
			s.skip()
			continue
		}
		out.Props = append(out.Props, p)
	}
	return out, errors.Join(s.faults...)
}
