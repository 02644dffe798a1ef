package rules

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"

	"triage/analyzers/detect"
)

// maxListBytes bounds a list's CSV file.
const maxListBytes = 64 << 20

// listDef is a named list of values.
type listDef struct {
	key    *node // where it was first defined
	values []string
	used   bool
}

// layList defines a list, or edits one that an extended pack defines.
func (l *loader) layList(m *merged, p pair) {
	name := p.key.text
	if !validName(name) {
		l.fail(BadValue, p.key, "list name %q: want letters, digits and underscores", name)
		return
	}
	edit := p.value.shape == table && p.value.get("file") == nil
	if !edit {
		m.lists[name] = &listDef{key: p.key, values: l.listValues(p.value, name)}
		return
	}
	l.known(p.value, "the list "+name, "append", "remove", "replace", "file", "column", "optional")
	def := m.lists[name]
	if def == nil {
		l.fail(UnknownList, p.key, "unknown list %q%s", name, detect.DidYouMean(name, sortedKeys(m.lists)))
		return
	}
	if n := p.value.get("replace"); n != nil {
		if len(p.value.pairs) > 1 {
			l.fail(BadList, n, "list %s: replace goes with nothing else", name)
		}
		def.values = l.listValues(n, name)
	}
	if n := p.value.get("remove"); n != nil {
		def.values = l.without(def.values, l.listValues(n, name), n, name)
	}
	if n := p.value.get("append"); n != nil {
		def.values = distinct(append(slices.Clone(def.values), l.listValues(n, name)...))
	}
}

func validName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// without drops values, compared as conditions compare them.
func (l *loader) without(values, gone []string, at *node, name string) []string {
	left := slices.Clone(values)
	for _, g := range gone {
		n := len(left)
		left = slices.DeleteFunc(left, func(v string) bool { return detect.Fold(v) == detect.Fold(g) })
		if len(left) == n {
			l.fail(WarnNotInList, at, "list %s has no %q to remove%s", name, g, detect.DidYouMean(g, values))
		}
	}
	return left
}

func distinct(values []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(values, func(v string) bool {
		was := seen[v]
		seen[v] = true
		return was
	})
}

// listValues are the values of [a, b] or {file: lists/vpn.csv, column: asn, optional: true}.
func (l *loader) listValues(n *node, name string) []string {
	if n.null() {
		return nil
	}
	if n.shape != table {
		return distinct(l.words(n, "list "+name))
	}
	l.known(n, "the list "+name, "file", "column", "optional")
	file, column := n.get("file"), n.get("column")
	if file == nil || column == nil {
		l.fail(BadList, n, "list %s: want {file: …, column: …}", name)
		return nil
	}
	p, okFile := l.word(file, "file")
	c, okColumn := l.word(column, "column")
	if !okFile || !okColumn {
		return nil
	}
	data, err := l.read(n.src.place.beside(p), maxListBytes)
	if err != nil {
		if opt := n.get("optional"); opt != nil && l.boolean(opt, "optional") && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		l.fail(BadList, file, "list %s: %s: %v", name, p, err)
		return nil
	}
	if len(data) > maxListBytes {
		l.fail(BadList, file, "list %s: %s: larger than %d MiB", name, p, maxListBytes>>20)
		return nil
	}
	values, err := readColumn(data, c)
	if err != nil {
		l.fail(BadList, file, "list %s: %s: %v", name, p, err)
	}
	return distinct(values)
}

// readColumn reads one column of a CSV file with a header. Blank cells and lines that start with # are left out.
func readColumn(data []byte, column string) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	r.Comment, r.FieldsPerRecord, r.TrimLeadingSpace = '#', -1, true
	header, err := r.Read()
	if err != nil {
		return nil, errors.New("no header row")
	}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	at := slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(h, column) })
	if at < 0 {
		return nil, errors.New("no column \"" + column + "\"" + detect.DidYouMean(column, header))
	}
	var values []string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, err
		}
		if at < len(row) && strings.TrimSpace(row[at]) != "" {
			values = append(values, strings.TrimSpace(row[at]))
		}
	}
}

// ref is the name behind $name; "$100" is a text like any other.
func ref(text string) (name string, ok bool) {
	name, ok = strings.CutPrefix(text, "$")
	return name, ok && validName(name) && (name[0] < '0' || name[0] > '9')
}

// resolve puts the values of lists where $name stands.
func (l *loader) resolve(m *merged, n *node, what string) (values []string, ok bool) {
	ok = true
	items := []*node{n}
	if n.shape == list {
		items = n.items
	}
	for _, item := range items {
		text, is := l.word(item, what)
		if !is {
			ok = false
			continue
		}
		name, isRef := ref(text)
		if !isRef || item.tag != "!!str" {
			values = append(values, text)
			continue
		}
		more, known := l.lookup(m, name, item)
		ok = ok && known
		values = append(values, more...)
	}
	return values, ok
}

func (l *loader) lookup(m *merged, name string, at *node) ([]string, bool) {
	def := m.lists[name]
	if def == nil {
		l.fail(UnknownList, at, "unknown list %q%s", name, detect.DidYouMean(name, sortedKeys(m.lists)))
		return nil, false
	}
	def.used = true
	return def.values, true
}

// expand puts the values of lists where %name% stands in a text.
func (l *loader) expand(m *merged, texts []string, at *node) (values []string, ok bool) {
	for _, text := range texts {
		before, rest, found := strings.Cut(text, "%")
		name, after, closed := strings.Cut(rest, "%")
		if !found || !closed || !validName(name) {
			values = append(values, text)
			continue
		}
		if strings.Count(after, "%") > 1 {
			l.fail(BadCondition, at, "%q: want at most one %%placeholder%% in a text", text)
			return nil, false
		}
		more, known := l.lookup(m, name, at)
		if !known {
			return nil, false
		}
		for _, v := range more {
			values = append(values, before+v+after)
		}
	}
	return values, true
}
