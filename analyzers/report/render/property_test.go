package render

import (
	"bytes"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"triage/analyzers/report"
	"triage/analyzers/report/draw"
	"triage/analyzers/report/phrase"
	"triage/analyzers/report/reporttest"
	"triage/analyzers/verdict"
)

// anyValue fills a value of the document's types with anything that the document may hold.
func anyValue(t *rapid.T, v reflect.Value) {
	texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "<&>", "\u2028\u202e\x1b\x00", strings.ToValidUTF8(reporttest.Nasty, "?")}))
	switch v.Interface().(type) {
	case report.Time:
		v.SetInt(rapid.Int64Range(int64(report.MinTime), int64(report.MaxTime)).Draw(t, "time"))
		return
	case report.Facts:
		facts := report.Facts{}
		for _, name := range rapid.SliceOfN(texts, 0, 3).Draw(t, "names") {
			facts = append(facts, report.Fact{Name: name, Value: rapid.SampledFrom([]any{
				nil, int64(-7), 0.25, int64(1) << 60, "\x1btext", []string{"a", "</b>"}, []any{"a", int64(7)},
			}).Draw(t, "value")})
		}
		v.Set(reflect.ValueOf(facts))
		return
	case phrase.Text: // which holds itself
		v.Set(reflect.ValueOf(phrase.Say(texts.Draw(t, "key"), phrase.Of(phrase.Name, texts.Draw(t, "value")))))
		return
	case report.FactCounts:
		counts := report.FactCounts{}
		for _, name := range rapid.SliceOfN(texts, 0, 3).Draw(t, "names") {
			counts = append(counts, report.FactCount{Name: name, More: rapid.Int64().Draw(t, "more")})
		}
		v.Set(reflect.ValueOf(counts))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(texts.Draw(t, "text"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64Range(0, 1<<53).Draw(t, "number"))
	case reflect.Float64:
		v.SetFloat(rapid.Float64Range(0, 100).Draw(t, "real"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "present") {
			v.Set(reflect.New(v.Type().Elem()))
			anyValue(t, v.Elem())
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 2).Draw(t, "len"), 2))
		for i := range v.Len() {
			anyValue(t, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			anyValue(t, v.Field(i))
		}
	default:
		panic("no such kind in the document: " + v.Kind().String())
	}
}

// Invariant: what is written is what is read, and the same report gives the same bytes.
func TestRoundTripAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &report.Report{}
		anyValue(t, reflect.ValueOf(r).Elem())
		r.Schema = report.SchemaName
		report.Shorten(r.Findings)
		var one, two bytes.Buffer
		if err := report.WriteJSON(&one, r); err != nil {
			t.Fatal(err)
		}
		text := one.String()
		back, err := report.Read(&one)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !reflect.DeepEqual(r, back) {
			t.Fatalf("read %#v\nwritten %#v", back, r)
		}
		if err := report.WriteJSON(&two, back); err != nil {
			t.Fatal(err)
		}
		if two.String() != text {
			t.Fatal("the second writing differs")
		}
	})
}

// Invariant: no report, however strange, makes a writer fail, panic, or write what acts on a terminal.
func TestAnyReportIsPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &report.Report{}
		anyValue(t, reflect.ValueOf(r).Elem())
		for name, write := range humanWriters(r) {
			var out bytes.Buffer
			if err := write(&out); err != nil && name != "explain" {
				t.Fatalf("%s: %v", name, err)
			}
			for _, c := range strings.TrimPrefix(out.String(), byteOrderMark) {
				if c != '\n' && report.PlainRune(c) != c {
					t.Fatalf("%s: %U", name, c)
				}
			}
		}
		for _, name := range Formats() {
			if err := Write(io.Discard, r, name, WriteOptions{}); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	})
}

// Invariant: the shares of a mailbox add up to 1 in the report if they do in the result, and a filter only takes away.
func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := reporttest.Sample("")
		weights := rapid.SliceOfN(rapid.Float64Range(0.01, 1), 3, 3).Draw(t, "weights")
		sum := weights[0] + weights[1] + weights[2]
		box := &src.Result.Mailboxes[1]
		box.Shares = nil
		for i, w := range weights {
			box.Shares = append(box.Shares, verdict.Share{Finding: i + 1, Share: w / sum})
		}
		add := func(r *report.Report) (sum float64) {
			for _, m := range r.Mailboxes {
				if m.Mailbox == box.Name {
					for _, s := range m.Shares {
						sum += s.Share
					}
				}
			}
			return sum
		}
		r, err := draw.Build(t.Context(), src)
		if err != nil {
			t.Fatal(err)
		}
		if got := add(r); math.Abs(got-1) > 1e-9 {
			t.Fatalf("shares add up to %v", got)
		}
		src.Filter.MinLevel = 2
		if r, err = draw.Build(t.Context(), src); err != nil {
			t.Fatal(err)
		}
		if got := add(r); got > 1 || len(r.Findings) != 3 {
			t.Fatalf("filtered: shares add up to %v, %d findings", got, len(r.Findings))
		}
	})
}
