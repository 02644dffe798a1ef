package retriever

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Promise: the file is the retriever's, byte for byte: testdata/python.csv was made by Python 3's own csv and repr from
// testdata/python.json, every value a trap.
func TestAppendObjectWritesWhatPythonWrites(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "testdata", "python.json"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("..", "testdata", "python.csv"))
	if err != nil {
		t.Fatal(err)
	}
	var objects struct{ Value []json.RawMessage }
	if err := json.Unmarshal(page, &objects); err != nil {
		t.Fatal(err)
	}
	got := []byte(BOM + Header + "\n")
	for _, o := range objects.Value {
		if got, err = AppendObject(got, o); err != nil {
			t.Fatal(err)
		}
	}
	wants, gots := bytes.Split(want, []byte("\n")), bytes.Split(got, []byte("\n"))
	for i := range wants {
		if i >= len(gots) || !bytes.Equal(gots[i], wants[i]) {
			t.Fatalf("line %d: got %q\nwant %q", i+1, gots[min(i, len(gots)-1)], wants[i])
		}
	}
}

// Promise: what the service never wrote, as far as anybody knows, becomes what Python would have made of it.
func TestAppendObjectOddValues(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got, err := AppendObject(nil, []byte(in))
		if err != nil || string(got) != want+"\n" {
			t.Errorf("%s\n got %q, %v\nwant %q", in, got, err, want)
		}
	}
	f(`{}`, `,,,,,,`)
	f(`{"TimeStamp": " x", "AppIdType": null, "ActivityIdType": 7, "ActivityItemId": "a\rb", "Id": "9"}`, " x,,7,a\rb,,,")
	f(`{"CustomProperties": []}`, `,,,,,,`)
	f(`{"CustomProperties": null}`, `,,,,,,`)
	f(`{"CustomProperties": [{"Name": "a"}, {"Value": true, "Name": "b"}, {"Name": "a", "Value": 1.50}]}`, `,,,,,,"{'a': 1.50, 'b': True}"`)
	f(`{"CustomProperties": [{"Name": "a", "Value": {"k": [1, null, "it's"], "k2": false}}]}`, `,,,,,,"{'a': {'k': [1, None, ""it's""], 'k2': False}}"`)
	f(`{"CustomProperties": {"a": "b"}}`, `,,,,,,{'a': 'b'}`)
	f(`{"CustomProperties": "{'a': 'b'}"}`, `,,,,,,{'a': 'b'}`)
}

// Promise: what is no object is an error, and deep nesting costs nothing.
func TestAppendObjectFails(t *testing.T) {
	for _, in := range []string{
		"", "[]", "{", `{"TimeStamp":`, `{"CustomProperties": [1]}`,
		`{"CustomProperties": ` + strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 101),
	} {
		if got, err := AppendObject(nil, []byte(in)); err == nil {
			t.Errorf("%s: got %q", in, got)
		}
	}
}

// FuzzAppendObject: any text is refused, or becomes one row of seven cells.
func FuzzAppendObject(f *testing.F) {
	for _, seed := range []string{
		`{"TimeStamp":"a,b","CustomProperties":[{"Name":"q\"","Value":"it's\n"}]}`, `{"CustomProperties":{"a":[1,{"b":null}]}}`, `{"AppIdType":{}}`, `[]`, `{`, "{\"Id\":\"\xff\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, object []byte) {
		row, err := AppendObject(nil, object)
		if err != nil {
			return
		}
		cells, lines, quoted := 1, 0, false
		for _, c := range row {
			switch {
			case c == '"':
				quoted = !quoted
			case c == ',' && !quoted:
				cells++
			case c == '\n' && !quoted:
				lines++
			}
		}
		if cells != Columns || lines != 1 || quoted || row[len(row)-1] != '\n' {
			t.Fatalf("%q: %q", object, row)
		}
	})
}
