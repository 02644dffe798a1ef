package activities

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// form writes rows in one of the forms.
type form interface {
	row(r *Row) error
	end() error
}

func newForm(w io.Writer, name string, several bool) (form, error) {
	switch name {
	case CSV:
		return newCSVTable(w, several)
	case JSONL:
		return &lineWriter{bufio.NewWriterSize(w, 1<<16)}, nil
	case Parquet:
		return newColumns(w, several)
	default:
		return nil, fmt.Errorf("form %q: want %s, %s or %s", name, CSV, JSONL, Parquet)
	}
}

// lineWriter writes a JSON object a line.
type lineWriter struct{ *bufio.Writer }

func (l *lineWriter) row(r *Row) error {
	if err := report.WriteValue(l.Writer, r); err != nil {
		return err
	}
	return l.WriteByte('\n')
}

func (l *lineWriter) end() error { return l.Flush() }

// csvTable writes CSV: texts are plain, and none is a formula; lists are joined by semicolons.
type csvTable struct {
	out   *csv.Writer
	cells []string
	skip  int // the column that is left out, by field; -1: none
}

func newCSVTable(w io.Writer, several bool) (*csvTable, error) {
	t := &csvTable{out: csv.NewWriter(w), skip: -1}
	typ := reflect.TypeFor[Row]()
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if name == "tenant" && !several {
			t.skip = i
			continue
		}
		t.cells = append(t.cells, name)
	}
	return t, t.out.Write(t.cells)
}

func (t *csvTable) row(r *Row) error {
	t.cells = t.cells[:0]
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		if i != t.skip {
			t.cells = append(t.cells, plainCell(v.Field(i).Interface()))
		}
	}
	return t.out.Write(t.cells)
}

func (t *csvTable) end() error {
	t.out.Flush()
	return t.out.Error()
}

// plainCell is a value as a spreadsheet may have it.
func plainCell(value any) string {
	switch v := value.(type) {
	case report.Time:
		return v.String()
	case report.Number:
		return wholeText(int64(v))
	case int:
		return wholeText(int64(v))
	case int64:
		return wholeText(v)
	case *float64:
		if v == nil {
			return ""
		}
		return strconv.FormatFloat(*v, 'f', -1, 64)
	case report.Text:
		return report.Cell(string(v))
	case report.TenantOf:
		return report.Cell(string(v))
	case []string:
		return report.Cell(strings.Join(v, "; "))
	case []report.Text:
		texts := make([]string, len(v))
		for i := range v {
			texts[i] = string(v[i])
		}
		return report.Cell(strings.Join(texts, "; "))
	default:
		return report.Cell(fmt.Sprint(v))
	}
}

// wholeText is a number; 0 is none.
func wholeText(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
