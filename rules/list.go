package rules

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// maxListBytes bounds a list's CSV file.
const maxListBytes = 64 << 20

// List is a named list of values.
type List struct {
	Values []string
	key    *yamltext.Node // where it was defined
}

// layList defines a list, or edits one that an extended pack defines.
func layList(lists map[string]*List, p yamltext.Pair, disk store, f *yamltext.Faults) {
	name := p.Key.Text
	if !validName(name) {
		f.Fail(yamltext.BadValue, p.Key, "list name %q: want letters, digits and underscores", name)
		return
	}
	edit := p.Value.Shape == yamltext.Table && p.Value.Get("file") == nil
	if !edit {
		lists[name] = &List{listValues(p.Value, name, disk, f), p.Key}
		return
	}
	f.Known(p.Value, "the list "+name, "append", "remove", "replace", "file", "column", "optional")
	def := lists[name]
	if def == nil {
		f.Fail(yamltext.UnknownList, p.Key, "unknown list %q%s", name, detect.DidYouMean(name, slices.Sorted(maps.Keys(lists))))
		return
	}
	if n := p.Value.Get("replace"); n != nil {
		if len(p.Value.Pairs) > 1 {
			f.Fail(yamltext.BadList, n, "list %s: replace goes with nothing else", name)
		}
		def.Values = listValues(n, name, disk, f)
	}
	if n := p.Value.Get("remove"); n != nil {
		def.Values = without(def.Values, listValues(n, name, disk, f), n, name, f)
	}
	if n := p.Value.Get("append"); n != nil {
		def.Values = distinct(append(slices.Clone(def.Values), listValues(n, name, disk, f)...))
	}
}

// extend adds what overlays say to the lists, and makes those that no pack defines.
func (m *Merged) extend(over []Overlay) {
	for _, o := range over {
		for name, values := range o.Lists {
			list := m.Lists[name]
			if list == nil {
				list = &List{}
				m.Lists[name] = list
			}
			list.Values = distinct(append(slices.Clone(list.Values), values...))
		}
	}
}

func validName(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// without drops values, compared as conditions compare them.
func without(values, gone []string, at *yamltext.Node, name string, f *yamltext.Faults) []string {
	left := slices.Clone(values)
	for _, g := range gone {
		n := len(left)
		left = slices.DeleteFunc(left, func(v string) bool { return detect.Fold(v) == detect.Fold(g) })
		if len(left) == n {
			f.Fail(yamltext.WarnNotInList, at, "list %s has no %q to remove%s", name, g, detect.DidYouMean(g, values))
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
func listValues(n *yamltext.Node, name string, disk store, f *yamltext.Faults) []string {
	if n.Null() {
		return nil
	}
	if n.Shape != yamltext.Table {
		return distinct(f.Words(n, "list "+name))
	}
	f.Known(n, "the list "+name, "file", "column", "optional")
	file, column := n.Get("file"), n.Get("column")
	if file == nil || column == nil {
		f.Fail(yamltext.BadList, n, "list %s: want {file: …, column: …}", name)
		return nil
	}
	p, okFile := f.Word(file, "file")
	c, okColumn := f.Word(column, "column")
	if !okFile || !okColumn {
		return nil
	}
	at, err := disk.list(n.File.Location, p)
	var data []byte
	if err == nil {
		data, err = disk.read(at, maxListBytes)
	}
	if err != nil {
		if opt := n.Get("optional"); opt != nil && f.Boolean(opt, "optional") && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		f.Fail(yamltext.BadList, file, "list %s: %s: %v", name, p, err)
		return nil
	}
	if len(data) > maxListBytes {
		f.Fail(yamltext.BadList, file, "list %s: %s: larger than %d MiB", name, p, maxListBytes>>20)
		return nil
	}
	values, err := readColumn(data, c)
	if err != nil {
		f.Fail(yamltext.BadList, file, "list %s: %s: %v", name, p, err)
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
