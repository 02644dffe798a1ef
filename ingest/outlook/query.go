package outlook

import (
	"bytes"
	"errors"
	"html"
	"strings"

	"github.com/antchfx/xmlquery"
)

// Bounds on one Query document. What a person types is short; the rest of the document is the client's own.
const (
	maxQueryBytes = 1 << 20
	maxQueryDepth = 64
)

// errDoctype refuses a document that declares entities: the service writes none, an entity bomb needs one.
var errDoctype = errors.New("query XML declares a document type or entities")

// query is what a SearchResult's Query says.
type query struct {
	text     string // what was searched for
	salvaged bool   // the XML was cut or is not as described: read as far as it goes
	refused  bool   // it declares a document type or entities
	long     string // why it was not read as XML although it may be sound; "" if it was
}

// rawQuery reads the text of /Query/RawQuery, the only element of the document that is known for certain (Microsoft's
// and CrowdStrike's descriptions of 2018). Namespaces and attributes do not matter. A text that is no XML is the query.
func rawQuery(text []byte) query {
	text = bytes.TrimSpace(bytes.Trim(text, "\x00\uFEFF"))
	if !bytes.HasPrefix(text, []byte("<")) {
		return query{text: string(text)}
	}
	if declares(text) {
		return query{refused: true}
	}
	if len(text) > maxQueryBytes {
		q := salvage(text[:maxQueryBytes])
		q.long = "searches whose query is longer than 1 MiB: what stands behind that was not read"
		return q
	}
	if tooDeep(text) {
		q := salvage(text)
		q.long = "searches whose query is nested deeper than 64 levels: it was read as far as RawQuery shows"
		return q
	}
	doc, err := xmlquery.ParseWithOptions(strings.NewReader(xmlBody(text)), xmlquery.ParserOptions{
		Decoder: &xmlquery.DecoderOptions{Strict: false},
	})
	if err != nil {
		return salvage(text)
	}
	if node := findElement(doc, "RawQuery"); node != nil {
		return query{text: strings.TrimSpace(node.InnerText())}
	}
	return query{text: strings.TrimSpace(doc.InnerText()), salvaged: true}
}

// xmlBody is the document without its declaration: the service wrote encoding="utf-16" into what is UTF-8 by now.
func xmlBody(text []byte) string {
	if bytes.HasPrefix(text, []byte("<?xml")) {
		if end := bytes.Index(text, []byte("?>")); end >= 0 {
			text = text[end+2:]
		}
	}
	return string(text)
}

// declares looks for <!DOCTYPE, <!ENTITY and the like, before any parser sees the text. Typed text is escaped, and
// CDATA is no declaration.
func declares(text []byte) bool {
	for {
		i := bytes.Index(text, []byte("<!"))
		if i < 0 {
			return false
		}
		text = text[i:]
		switch {
		case bytes.HasPrefix(text, []byte("<![CDATA[")):
			text = after(text, "]]>")
		case bytes.HasPrefix(text, []byte("<!--")):
			text = after(text[4:], "-->")
		default:
			return true
		}
	}
}

func after(text []byte, end string) []byte {
	_, rest, _ := bytes.Cut(text, []byte(end))
	return rest
}

// tooDeep bounds what the tree costs.
func tooDeep(text []byte) bool {
	depth := 0
	for i, c := range text {
		switch {
		case c == '<' && i+1 < len(text) && text[i+1] == '/':
			depth--
		case c == '<' && i+1 < len(text) && text[i+1] != '!' && text[i+1] != '?':
			depth++
		case c == '>' && i > 0 && text[i-1] == '/':
			depth--
		}
		if depth > maxQueryDepth {
			return true
		}
	}
	return false
}

// findElement is the first element of that name, whatever its namespace.
func findElement(node *xmlquery.Node, name string) *xmlquery.Node {
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		if child.Type == xmlquery.ElementNode && child.Data == name {
			return child
		}
		if found := findElement(child, name); found != nil {
			return found
		}
	}
	return nil
}

// salvage takes what there is of the query out of XML that was cut.
func salvage(text []byte) query {
	i := bytes.Index(text, []byte("RawQuery"))
	if i < 0 {
		return query{salvaged: true}
	}
	_, rest, ok := bytes.Cut(text[i:], []byte(">"))
	if !ok {
		return query{salvaged: true}
	}
	if cdata, is := bytes.CutPrefix(bytes.TrimSpace(rest), []byte("<![CDATA[")); is {
		body, _, _ := bytes.Cut(cdata, []byte("]]>"))
		return query{text: strings.TrimSpace(string(body)), salvaged: true}
	}
	body, _, _ := bytes.Cut(rest, []byte("<"))
	if amp := bytes.LastIndexByte(body, '&'); amp >= 0 && len(body)-amp < 10 && bytes.IndexByte(body[amp:], ';') < 0 {
		body = body[:amp] // an entity that was cut
	}
	return query{text: strings.TrimSpace(html.UnescapeString(string(body))), salvaged: true}
}
