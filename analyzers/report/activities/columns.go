package activities

import (
	"io"
	"reflect"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/parquet"
)

// columns writes Parquet: times, numbers and lists as what they are, and what the log does not say as null.
type columns struct {
	out    *parquet.Writer
	fields []int // of Row, by column
	texts  []string
}

func newColumns(w io.Writer, several bool) (*columns, error) {
	c := &columns{}
	var list []parquet.Column
	typ := reflect.TypeFor[Row]()
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if name == "tenant" && !several {
			continue
		}
		c.fields = append(c.fields, i)
		list = append(list, parquet.Column{Name: name, Kind: columnKind(typ.Field(i).Type)})
	}
	var err error
	c.out, err = parquet.NewWriter(w, list)
	return c, err
}

func columnKind(t reflect.Type) parquet.Kind {
	switch t {
	case reflect.TypeFor[report.Time]():
		return parquet.Time
	case reflect.TypeFor[report.Number](), reflect.TypeFor[int](), reflect.TypeFor[int64]():
		return parquet.Int
	case reflect.TypeFor[*float64]():
		return parquet.Float
	case reflect.TypeFor[[]string](), reflect.TypeFor[[]report.Text]():
		return parquet.Texts
	default:
		return parquet.Text
	}
}

func (c *columns) row(r *Row) error {
	v := reflect.ValueOf(r).Elem()
	for column, field := range c.fields {
		switch value := v.Field(field).Interface().(type) {
		case report.Time:
			c.out.Int(column, int64(value), value.String() != "")
		case report.Number:
			c.out.Int(column, int64(value), value != 0)
		case int:
			c.out.Int(column, int64(value), true)
		case int64:
			c.out.Int(column, value, true)
		case *float64:
			if value == nil {
				c.out.Float(column, 0, false)
			} else {
				c.out.Float(column, *value, true)
			}
		case report.Text:
			c.out.Text(column, string(value), value != "")
		case report.TenantOf:
			c.out.Text(column, string(value), value != "" && value != report.NotNamed)
		case string:
			c.out.Text(column, value, true)
		case []string:
			c.out.Texts(column, value)
		case []report.Text:
			c.texts = c.texts[:0]
			for _, one := range value {
				c.texts = append(c.texts, string(one))
			}
			c.out.Texts(column, c.texts)
		}
	}
	return c.out.EndRow()
}

func (c *columns) end() error { return c.out.Close() }
