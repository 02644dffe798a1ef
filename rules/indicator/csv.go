package indicator

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// csv reads a table with a header that has a column of values, or one value a line.
func (in *Indicators) csv(data []byte) error {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comment, r.FieldsPerRecord, r.TrimLeadingSpace, r.LazyQuotes, r.ReuseRecord = '#', -1, true, true, true
	r.Comma = separator(data)
	value, kind := 0, -1
	for first := true; ; first = false {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		line, _ := r.FieldPos(0)
		where := fmt.Sprintf("line %d", line)
		if err != nil {
			in.unread(where, "%v", err)
			continue
		}
		if first {
			if v, k, ok := header(row); ok {
				value, kind = v, k
				continue
			}
			if _, known := listOf(row[0]); known && len(row) > 1 && row[0] != "" { // type, value
				value, kind = 1, 0
			}
		}
		if value >= len(row) {
			continue
		}
		word := ""
		if kind >= 0 && kind < len(row) {
			word = row[kind]
		}
		in.add(where, word, row[value])
	}
}

// separator is what parts the cells of the first line that says something.
func separator(data []byte) rune {
	for line := range bytes.Lines(data) {
		if line = bytes.TrimSpace(line); len(line) == 0 || line[0] == '#' {
			continue
		}
		best, most := ',', bytes.Count(line, []byte{','})
		for _, c := range ";\t" {
			if n := bytes.Count(line, []byte(string(c))); n > most && !bytes.Contains(line, []byte("Mozilla/")) {
				best, most = c, n
			}
		}
		return best
	}
	return ','
}

// header says in which columns values and their types stand; ok is false for a row that is no header.
func header(row []string) (value, kind int, ok bool) {
	find := func(names ...string) int {
		return slices.IndexFunc(row, func(cell string) bool {
			cell = strings.NewReplacer("_", " ", "-", " ").Replace(strings.ToLower(strings.TrimSpace(cell)))
			return slices.Contains(names, cell)
		})
	}
	value = find("value", "indicator", "indicator value", "ioc", "ioc value", "observable")
	kind = find("type", "indicator type", "ioc type", "observable type", "kind")
	return value, kind, value >= 0
}
