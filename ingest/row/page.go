package row

import (
	"bytes"
	"net/url"
	"strings"

	"triage/ingest/record"
)

// graphPage is what an answer of Microsoft Graph says of the records in it: "@odata.context":"…$metadata#users('anna%40contoso.com')/authentication/methods".
type graphPage struct {
	of    string // what they are, in lower case: "users()/authentication/methods"
	owner Text   // whose they are
}

// longestContext is longer than any of Microsoft's.
const longestContext = 2 << 10

// pageOf reads the text before a page's first record, or its context alone.
func pageOf(text []byte) graphPage {
	_, rest, ok := bytes.Cut(text[:min(len(text), longestContext)], []byte("$metadata#"))
	if !ok {
		return graphPage{}
	}
	if end := bytes.IndexAny(rest, "\"\\ \r\n"); end >= 0 {
		rest = rest[:end]
	}
	of := strings.TrimSuffix(strings.ToLower(string(rest)), "/$entity")
	if at := strings.IndexByte(of, '('); at >= 0 && !strings.HasPrefix(of, "users('") {
		of = of[:at] // what was selected or expanded
	}
	p := graphPage{of: of, owner: PageOwner(text)}
	if _, after, ok := strings.Cut(of, "users('"); ok {
		if _, what, ok := strings.Cut(after, "')"); ok {
			p.of = "users()" + what
		}
	}
	return p
}

// PageOwner is the user that a page's context names; nothing if it names none.
func PageOwner(text []byte) Text {
	_, rest, ok := bytes.Cut(text, []byte("#users('"))
	name, _, closed := bytes.Cut(rest, []byte("')"))
	if !ok || !closed {
		return nil
	}
	plain, err := url.PathUnescape(string(name))
	if err != nil {
		return nil
	}
	return record.Text(plain)
}

// Owner is whose record it is as the page around it says, or the record itself where it is a page of its own.
func (r *Row) Owner() Text {
	if r.page.owner != nil {
		return r.page.owner
	}
	return PageOwner(r.Get(contextName))
}

// contextName is the member that says what a page is, as names are folded.
const contextName = "@odata.context"

// paged is what the page around a record, or the record's own context, says that it is; "" where neither says it.
func (r *Row) paged() string {
	if r.page.of != "" {
		return r.page.of
	}
	if own := r.Get(contextName); own != nil {
		return pageOf(own).of
	}
	return ""
}
