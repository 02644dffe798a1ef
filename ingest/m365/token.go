package m365

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// Token is a secret that opens a mailbox. However it is printed, formatted or marshalled, it shows as "[token]".
type Token struct{ text string }

// maxToken bounds a token; the largest that Microsoft issues are a few kilobytes.
const maxToken = 64 << 10

// shown stands for a token wherever one would be shown.
const shown = "[token]"

// NewToken takes a token as people paste it: white space around it and a leading "Bearer" or "Basic" fall away. Errors
// say what is wrong without quoting it.
func NewToken(text string) (Token, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\uFEFF"))
	for _, scheme := range []string{"Bearer ", "Basic "} {
		if len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
			text = strings.TrimSpace(text[len(scheme):])
		}
	}
	switch {
	case text == "":
		return Token{}, errors.New("the token is empty")
	case len(text) > maxToken:
		return Token{}, fmt.Errorf("the token is longer than %d bytes", maxToken)
	case strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7F }) && !strings.Contains(text, ":"):
		return Token{}, errors.New("the token has blanks or control characters in it")
	case strings.ContainsAny(text, "\r\n\x00"):
		return Token{}, errors.New("the token has more than one line")
	}
	return Token{text}, nil
}

// Format implements fmt.Formatter.
func (Token) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, shown) }

// MarshalText implements encoding.TextMarshaler.
func (Token) MarshalText() ([]byte, error) { return []byte(shown), nil }

// Scheme is how a token is handed to the service.
type Scheme int

// The schemes. Basic is what v1.0 of the Outlook API took: its token is NAME:PASSWORD, or that in Base64.
const (
	Bearer Scheme = iota
	Basic
)

// authorization is the value of the header.
func (t Token) authorization(s Scheme) string {
	switch {
	case s == Bearer:
		return "Bearer " + t.text
	case strings.Contains(t.text, ":"):
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(t.text))
	}
	return "Basic " + t.text
}

// secrets are the texts that must not be seen, longest first.
func (t Token) secrets() []string {
	all := []string{t.text}
	name, password, basic := strings.Cut(t.text, ":")
	if decoded, err := base64.StdEncoding.DecodeString(t.text); err == nil && !basic {
		name, password, basic = strings.Cut(string(decoded), ":")
	}
	if basic {
		all = append([]string{base64.StdEncoding.EncodeToString([]byte(name + ":" + password))}, all...)
		all = append(all, name+":"+password)
		// A shorter one would blot out ordinary words.
		if len(password) >= 4 {
			all = append(all, password)
		}
	}
	return all
}

// hide takes the secrets out of a text.
func (t Token) hide(text string) string {
	for _, s := range t.secrets() {
		if s != "" {
			text = strings.ReplaceAll(text, s, shown)
		}
	}
	return text
}

// Source gives the token; it is asked again when the service refuses the last one.
type Source interface{ Token() (Token, error) }

// Token makes a token its own source, which never has another one.
func (t Token) Token() (Token, error) { return t, nil }

// TokenFile is a file that holds nothing but a token. Whoever replaces it during a long fetch renews the token.
type TokenFile string

// Token reads the file.
func (f TokenFile) Token() (Token, error) {
	file, err := f.open()
	if err != nil {
		if pe, ok := errors.AsType[*fs.PathError](err); ok {
			err = pe.Err
		}
		// Whoever mistook the file for the token must not find it in a log.
		return Token{}, fmt.Errorf("the file cannot be opened (its name is not shown, since it may be the token itself): %w", err)
	}
	defer file.Close()
	t, err := ReadToken(file)
	if err != nil {
		return Token{}, fmt.Errorf("%s: %w", string(f), err)
	}
	return t, nil
}

// errNotOrdinary is that a file is a pipe, a device or the like, which may never end, or a folder.
var errNotOrdinary = errors.New("not an ordinary file; a token from a pipe comes as standard input: --token-file -")

// open refuses a pipe: nobody may write to it, and when the token is renewed it is read again.
func (f TokenFile) open() (*os.File, error) {
	info, err := os.Stat(string(f))
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotOrdinary
	}
	return os.Open(string(f))
}

// ReadToken reads a token that is all there is to read, standard input's for example.
func ReadToken(r io.Reader) (Token, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxToken+1024))
	if err != nil {
		return Token{}, err
	}
	return NewToken(string(text))
}
