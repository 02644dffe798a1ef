package record

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// cutList shows the records of a page's list, cut in blocks of a size, and whether the text ended inside it.
func cutList(t *testing.T, text string, list []string, rows bool, size int) (records []string, open bool) {
	t.Helper()
	c := NewCutter(strings.NewReader(text), Cut{Shape: JSON, List: list, Rows: rows}, Place{})
	c.size = size
	var b Block
	var w Walker
	for {
		err := c.Next(&b)
		if errors.Is(err, io.EOF) {
			return records, c.Open()
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = w.Walk(&b, func(rec Record, why error) error {
			text := string(rec.Bytes)
			if why != nil {
				text = "broken: " + text
			}
			records = append(records, text)
			return nil
		})
	}
}

// A page's list is found wherever it lies in its wrapper, in blocks of any size; what stands around it is no record.
func TestLists(t *testing.T) {
	f := func(text, way string, rows bool, want ...string) {
		t.Helper()
		found := false
		for _, list := range Lists([]byte(text)) {
			if strings.Join(list, " ") != way {
				continue
			}
			found = true
			for _, size := range []int{1, 7, 64, BlockSize} {
				got, open := cutList(t, text, list, rows, size)
				if strings.Join(got, " ") != strings.Join(want, " ") || open {
					t.Errorf("%s, blocks of %d, open %t:\n%q, want\n%q", text, size, open, got, want)
				}
			}
		}
		if !found {
			t.Errorf("%s: the ways are %q, not %s", text, Lists([]byte(text)), way)
		}
	}
	f(`{"took":1,"hits":{"total":{"value":2},"hits":[{"a":1},{"b":[{"c":1}]}],"x":[1]},"y":{"hits":[3]}}`, "hits hits", false, `{"a":1}`, `{"b":[{"c":1}]}`)
	f(`{"Schema":[{"Name":"a"}],"Results":[{"a":1}]}`, "Results", false, `{"a":1}`)
	f(`{"messages":[{"a":1}]}`+"\n"+`{"messages":[{"a":2}]}`, "messages", false, `{"a":1}`, `{"a":2}`)
	f(`[{"messages":[{"a":1}]},{"messages":[{"a":2}]}]`, "messages", false, `{"a":1}`, `{"a":2}`)
	f(`{"responses":[{"hits":{"hits":[{"a":1}]}},{"hits":{"hits":[{"a":2}]}}]}`, "responses [] hits hits", false, `{"a":1}`, `{"a":2}`)
	f(`{"tables":[{"name":"P","columns":[{"name":"x"}],"rows":[["1",[2]],["3",null]]},{"rows":[["4"]]}]}`, "tables [] rows", true, `["1",[2]]`, `["3",null]`, `["4"]`)
	f(`{"data":{"key":"hits","value":[{"a":1}]}}`, "data value", false, `{"a":1}`)
	f(`{"a":"messages","messages":[],"b":{"messages":[{"x":1}]}}`, "b messages", false, `{"x":1}`)
}

// Words before a record on its line are no part of it, and no damage, in blocks of any size.
func TestWordsBeforeRecords(t *testing.T) {
	text := "Apr  1 h a[1]: {\"a\":1}\nApr  1 h a[1]: {\"b\":{\"c\":[1]}}\r\n{\"d\":1}\n"
	for _, size := range []int{1, 7, 30, BlockSize} {
		c := NewCutter(strings.NewReader(text), Cut{Shape: JSON, Led: true}, Place{})
		c.size = size
		var got []string
		var b Block
		var w Walker
		for c.Next(&b) == nil {
			_ = w.Walk(&b, func(rec Record, why error) error {
				if why != nil {
					t.Errorf("blocks of %d: %q: %v", size, rec.Bytes, why)
				}
				got = append(got, string(rec.Bytes))
				return nil
			})
		}
		if strings.Join(got, " ") != `{"a":1} {"b":{"c":[1]}} {"d":1}` {
			t.Errorf("blocks of %d: %q", size, got)
		}
	}
}

// Texts in a list, or on lines, are records each, in blocks of any size.
func TestTexts(t *testing.T) {
	for _, text := range []string{"[\"{\\\"a\\\":1}\",\r\n\"x\"]", "\"{\\\"a\\\":1}\"\n\"x\"\n"} {
		if _, ok := LookTexts([]byte(text)); !ok {
			t.Errorf("%s is not taken for texts", text)
		}
		for _, size := range []int{1, 5, BlockSize} {
			c := NewCutter(strings.NewReader(text), Cut{Shape: JSON, Texts: true}, Place{})
			c.size = size
			var got []string
			var b Block
			var w Walker
			for c.Next(&b) == nil {
				_ = w.Walk(&b, func(rec Record, why error) error {
					got = append(got, string(rec.Bytes))
					return why
				})
			}
			if strings.Join(got, " ") != `"{\"a\":1}" "x"` || c.Open() {
				t.Errorf("%q, blocks of %d: %q", text, size, got)
			}
		}
	}
	for _, text := range []string{`"a","b"`, `["a"]`, `{"a":1}`, "\"{\"\"a\"\":1}\",2\n", `[{"a":1}]`, ""} {
		if _, ok := LookTexts([]byte(text)); ok {
			t.Errorf("%s is taken for texts", text)
		}
	}
}

// A list that is cut says so, and a damaged element costs itself.
func TestListsThatAreDamaged(t *testing.T) {
	list := []string{"hits", "hits"}
	object := func(id string) string {
		return `{"id":"` + id + `","operation":"Send","user":"a","time":"b","c":1,"d":2}`
	}
	text := `{"hits":{"hits":[` + strings.Join([]string{object("1"), object("2"), object("3"), object("4")}, ",\n") + `]}}`
	if got, open := cutList(t, text[:len(text)-20], list, false, BlockSize); len(got) != 4 || !open && !strings.HasPrefix(got[3], "broken") {
		t.Errorf("open %t, %q", open, got)
	}
	got, open := cutList(t, strings.Replace(text, `{"id":"2"`, `{"id":2"`, 1), list, false, BlockSize)
	if open || len(got) != 4 || !strings.HasPrefix(got[1], "broken") || got[3] != object("4") {
		t.Errorf("open %t, %q", open, got)
	}
}

// FuzzLists: whatever a text holds, its pieces tile it, and blocks of any size show the same records.
func FuzzLists(f *testing.F) {
	f.Add([]byte(`{"hits":{"hits":[{"a":1},{"b":2}],"x":1}}`), false, uint8(3))
	f.Add([]byte(`{"tables":[{"rows":[["1"],["2"]]},{"rows":[[]]}]}`), true, uint8(1))
	f.Add([]byte(`[{"m":[{"a":1}]},{"m":[{"a":`), false, uint8(9))
	f.Fuzz(func(t *testing.T, text []byte, rows bool, size uint8) {
		for _, list := range Lists(text) {
			want, open := cutList(t, string(text), list, rows, BlockSize)
			got, also := cutList(t, string(text), list, rows, 1+int(size))
			if open != also || strings.Join(got, "\n") != strings.Join(want, "\n") && !bytes.Contains(text, []byte{0xff}) {
				t.Fatalf("%q %q: %q and %q", text, list, want, got)
			}
		}
	})
}
