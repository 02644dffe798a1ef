// Package clixml reads the XML that PowerShell's Export-Clixml writes, as JSON: an object a record, with as many lines as
// it had. Hawk writes its findings so, beside tables.
package clixml

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
)

// Is says whether text begins as Export-Clixml's does.
func Is(text []byte) bool {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")), " \t\r\n")
	if bytes.HasPrefix(text, []byte("<?xml")) {
		if _, rest, ok := bytes.Cut(text, []byte("?>")); ok {
			text = bytes.TrimLeft(rest, " \t\r\n")
		}
	}
	return bytes.HasPrefix(text, []byte("#< CLIXML")) || bytes.HasPrefix(text, []byte("<Objs "))
}

// deepest bounds how far objects nest; longest how long one may become.
const (
	deepest = 32
	longest = 64 << 20
)

var (
	errDeep = errors.New("XML: objects nest too deep")
	errLong = errors.New("XML: an object longer than 64 MiB")
)

// NewReader reads the objects of a text as JSON, one after the other, each on the line where it ended.
func NewReader(r io.Reader) io.Reader {
	d := xml.NewDecoder(r)
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	d.Strict = true
	return &xmlReader{d: d}
}

type xmlReader struct {
	d     *xml.Decoder
	out   []byte // not read yet
	lines int    // written so far
	err   error
	spent int // bytes of the object at hand
}

// Read implements io.Reader.
func (r *xmlReader) Read(p []byte) (int, error) {
	for len(r.out) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.next()
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// next makes the next object ready.
func (r *xmlReader) next() {
	for {
		t, err := r.d.Token()
		if err != nil {
			r.err = ownError(err)
			return
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local == "Objs" {
			continue
		}
		r.spent = 0
		value, err := r.value(start, 0)
		if err != nil {
			r.err = ownError(err)
			return
		}
		if _, object := value.(*members); !object {
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			r.err = err
			return
		}
		r.out = text
		line, _ := r.d.InputPos()
		r.out = append(r.out, bytes.Repeat([]byte("\n"), max(1, line-1-r.lines))...)
		r.lines += max(1, line-1-r.lines)
		return
	}
}

// ownError is an error in our words; the end of the text is the end.
func ownError(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.As(err, &syntax):
		return fmt.Errorf("the XML is broken at line %d", syntax.Line)
	}
	return err
}

// members are an object's, in the order of the text.
type members struct {
	names  []string
	values []any
}

func (m *members) add(name string, value any) {
	m.names, m.values = append(m.names, name), append(m.values, value)
}

// MarshalJSON implements json.Marshaler.
func (m *members) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, name := range m.names {
		if i > 0 {
			out = append(out, ',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.values[i])
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	return append(out, '}'), nil
}

// value reads the element that begins: an object, a list, a dictionary, or a text.
func (r *xmlReader) value(start xml.StartElement, depth int) (any, error) {
	if depth > deepest {
		return nil, errDeep
	}
	switch start.Name.Local {
	case "Nil", "Ref":
		return nil, r.d.Skip()
	case "Obj":
		return r.object(depth)
	case "LST", "IE", "STK", "QUE":
		return r.list(depth)
	case "DCT", "Props", "MS", "En":
		return r.members(depth)
	case "TN", "TNRef":
		return nil, r.d.Skip()
	}
	text, err := r.text()
	if err != nil {
		return nil, err
	}
	switch start.Name.Local {
	case "B":
		return text == "true", nil
	case "I16", "I32", "I64", "U16", "U32", "U64", "By", "SB":
		if _, err := strconv.ParseInt(text, 10, 64); err == nil {
			return json.Number(text), nil
		}
	}
	return text, nil
}

// each visits the elements inside the one that was entered.
func (r *xmlReader) each(visit func(start xml.StartElement) error) error {
	for {
		t, err := r.d.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := visit(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// object is what an Obj holds: its own properties and those added, else its list, else its text.
func (r *xmlReader) object(depth int) (any, error) {
	own := &members{}
	var other, shown any
	err := r.each(func(start xml.StartElement) error {
		value, err := r.value(start, depth+1)
		if err != nil {
			return err
		}
		switch start.Name.Local {
		case "Props", "MS":
			if m, ok := value.(*members); ok {
				own.names, own.values = append(own.names, m.names...), append(own.values, m.values...)
			}
		case "ToString":
			shown = value
		case "TN", "TNRef":
		default:
			if value != nil {
				other = value
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case other != nil: // a list has properties as well, such as its length
		return other, nil
	case len(own.names) > 0:
		return own, nil
	}
	return shown, nil
}

func (r *xmlReader) list(depth int) (any, error) {
	list := []any{}
	err := r.each(func(start xml.StartElement) error {
		value, err := r.value(start, depth+1)
		list = append(list, value)
		return err
	})
	return list, err
}

// members are properties by their names; of a dictionary, its entries by their keys.
func (r *xmlReader) members(depth int) (any, error) {
	m := &members{}
	err := r.each(func(start xml.StartElement) error {
		value, err := r.value(start, depth+1)
		if err != nil {
			return err
		}
		if entry, ok := value.(*members); ok && start.Name.Local == "En" {
			if len(entry.values) == 2 {
				m.add(fmt.Sprint(entry.values[0]), entry.values[1])
			}
			return nil
		}
		m.add(nameOf(start), value)
		return nil
	})
	return m, err
}

func nameOf(start xml.StartElement) string {
	for _, a := range start.Attr {
		if a.Name.Local == "N" {
			return plainText(a.Value)
		}
	}
	return start.Name.Local
}

// text is that of the element that was entered.
func (r *xmlReader) text() (string, error) {
	var b []byte
	for {
		t, err := r.d.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return "", err
		}
		switch t := t.(type) {
		case xml.CharData:
			b = append(b, t...)
			if r.spent += len(t); r.spent > longest {
				return "", errLong
			}
		case xml.StartElement:
			if err := r.d.Skip(); err != nil {
				return "", err
			}
		case xml.EndElement:
			return plainText(string(b)), nil
		}
	}
}

// escape is how Export-Clixml writes what XML cannot: _x000A_.
var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func plainText(text string) string {
	return escape.ReplaceAllStringFunc(text, func(code string) string {
		n, err := strconv.ParseUint(code[2:6], 16, 16)
		if err != nil {
			return code
		}
		return string(rune(n))
	})
}
