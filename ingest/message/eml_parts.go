package message

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"regexp"
	"strings"
)

// Bounds on a message's parts: a sender writes them all.
const (
	maxParts     = 1000
	maxPartDepth = 12
)

// partWalker finds the files that a message carries.
type partWalker struct {
	names []string // "name (123b)", as the Unified Audit Log writes them; a MIME type where there is no name
	parts int
	cut   bool // not all was read
}

// walk takes one part: the message itself, a part of it, or a message that is attached to it.
func (w *partWalker) walk(h headers, body []byte, depth int) {
	if w.parts++; w.parts > maxParts || depth > maxPartDepth {
		w.cut = true
		return
	}
	kind, params := mediaType(h.first("content-type"))
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		w.multipart(body, params["boundary"], depth)
	case kind == "message/rfc822" && !encoded(h):
		w.file(h, kind, params, body)
		inner, rest, _ := parseHeaders(body)
		w.walk(inner, rest, depth+1)
	default:
		w.file(h, kind, params, body)
	}
}

func encoded(h headers) bool { return strings.EqualFold(transferEncoding(h), "base64") }

func transferEncoding(h headers) string {
	return strings.TrimSpace(h.first("content-transfer-encoding"))
}

// multipart cuts a body at the lines of its boundary. Parts are cut by hand rather than by mime/multipart, which gives
// up on the first header that is not as it should be: a phishing kit need only write one.
func (w *partWalker) multipart(body []byte, boundary string, depth int) {
	mark := []byte("--" + boundary)
	start := -1
	for at := 0; at < len(body); {
		line, next := cutLine(body[at:])
		if bytes.HasPrefix(line, mark) {
			rest := bytes.TrimRight(line[len(mark):], " \t")
			if len(rest) == 0 || string(rest) == "--" {
				if start >= 0 {
					w.part(body[start:at], depth)
				}
				if start = at + next; len(rest) > 0 {
					return
				}
			}
		}
		if at += next; w.parts > maxParts {
			return
		}
	}
	w.cut = true // the last boundary is missing
	if start >= 0 && start < len(body) {
		w.part(body[start:], depth)
	}
}

func (w *partWalker) part(text []byte, depth int) {
	h, body, _ := parseHeaders(text)
	w.walk(h, body, depth+1)
}

// file notes a part that is a file: it has a name, or says that it is attached, or is of no kind that a mail program
// shows as the message's text.
func (w *partWalker) file(h headers, kind string, params map[string]string, body []byte) {
	disposition, more := mediaType(h.first("content-disposition"))
	name := decodeWords(first(more["filename"], params["name"]))
	name = strings.Map(func(r rune) rune {
		if r < ' ' {
			return -1 // a line break in a name is only ever meant to hide its end
		}
		return r
	}, name)
	text := kind == "" || strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "multipart/")
	switch {
	case name != "":
		size := len(body)
		if encoded(h) {
			size = base64.StdEncoding.DecodedLen(size - bytes.Count(body, []byte{'\n'}) - bytes.Count(body, []byte{'\r'}))
		}
		w.names = append(w.names, fmt.Sprintf("%s (%db)", name, size))
		if !strings.Contains(name, ".") && kind != "" && kind != "application/octet-stream" {
			w.names = append(w.names, kind)
		}
	case kind != "" && (disposition == "attachment" || !text):
		w.names = append(w.names, kind)
	}
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// looseParam finds the parameters of a header that does not follow the rules.
var looseParam = regexp.MustCompile(`(?i)[;\s](boundary|filename|name)\*?\d*\*?\s*=\s*(?:"([^"]*)"?|([^";\s]+))`)

// mediaType reads "text/html; charset=utf-8", or Content-Disposition, whose form is the same; as far as it goes where
// it is broken.
func mediaType(value string) (kind string, params map[string]string) {
	if value == "" {
		return "", nil
	}
	kind, params, err := mime.ParseMediaType(value)
	if err == nil {
		return kind, params
	}
	kind, rest, _ := strings.Cut(value, ";")
	params = map[string]string{}
	for _, m := range looseParam.FindAllStringSubmatch(";"+rest, -1) {
		if key := strings.ToLower(m[1]); params[key] == "" {
			params[key] = first(m[2], m[3])
		}
	}
	return strings.ToLower(strings.TrimSpace(kind)), params
}
