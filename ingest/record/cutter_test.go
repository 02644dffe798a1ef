package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// walk cuts a whole text and shows each record as one line; a broken one begins with "!" and its reason.
func walk(t testing.TB, text string, how Cut) ([]string, error) {
	t.Helper()
	var out []string
	c := NewCutter(strings.NewReader(text), how, Place{})
	w := Walker{Sep: how.Sep}
	var b Block
	for {
		err := c.Next(&b)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		err = w.Walk(&b, func(rec Record, broken error) error {
			switch {
			case broken != nil:
				out = append(out, fmt.Sprintf("!%d %v", rec.Offset, broken))
			case how.Shape == CSV:
				out = append(out, fmt.Sprintf("%d %q", rec.Offset, rec.Cells))
			default:
				out = append(out, fmt.Sprintf("%d %s", rec.Offset, rec.Bytes))
			}
			return nil
		})
		if err != nil {
			return out, err
		}
	}
}

// Rows are cut as RFC 4180 and encoding/csv have it, with the offset at which each begins.
func TestCSVRows(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		for _, lenient := range []bool{false, true} {
			got, err := walk(t, text, Cut{Shape: CSV, Sep: ',', Lenient: lenient})
			if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("lenient %v: %q: got %q, %v; want %q", lenient, text, got, err, want)
			}
		}
	}
	f("")
	f("a,b\n", `0 ["a" "b"]`)
	f("a,b", `0 ["a" "b"]`)
	f("a,b\r\nc,\r\n", `0 ["a" "b"]`, `5 ["c" ""]`)
	f("\"a\",\"b\"\r\n\"c\",\"\"\r\n", `0 ["a" "b"]`, `9 ["c" ""]`)
	f("\"a\nb\",c\nd,e\n", `0 ["a\nb" "c"]`, `8 ["d" "e"]`)
	f(`"say ""hi""","""",x`+"\n", `0 ["say \"hi\"" "\"" "x"]`)
	f("a,b\n\n\r\nc,d\n", `0 ["a" "b"]`, `7 ["c" "d"]`)
	f("\"a\"\r\n\"b\"\r", `0 ["a"]`, `5 ["b"]`)
	f("a\x00b,c\n", `0 ["a\x00b" "c"]`)
	f("a\xff\xfeb,\"\xff\"\nd\n", `0 ["a�b" "�"]`, `9 ["d"]`)
}

// Broken quoting is never guessed at by the fast cutter: it asks for the lenient one.
func TestStrictRefusesBrokenQuoting(t *testing.T) {
	for _, text := range []string{"a,b\"c\n", "a,\"b\"c\n", "a,\"b\n", "\"a\"\rb\n"} {
		if _, err := walk(t, text, Cut{Shape: CSV, Sep: ','}); !errors.Is(err, ErrQuoting) {
			t.Errorf("%q: got %v, want ErrQuoting", text, err)
		}
	}
}

func rowStart(line []byte) bool { return bytes.HasPrefix(line, []byte("2018-")) }

// A row cut in the middle of a quoted cell costs that row only, however many rows follow.
func TestCutRowCostsThatRowOnly(t *testing.T) {
	text := "2018-01,\"{'a': 1}\"\n2018-02,\"{'b': \n2018-03,\"{'c': 3}\"\n2018-04,x\n2018-05,\"{'e\": 5}\"\n2018-06,y\n"
	got, err := walk(t, text, Cut{Shape: CSV, Sep: ',', Lenient: true, RowStart: rowStart})
	want := []string{
		`0 ["2018-01" "{'a': 1}"]`, `!19 cut row: text after a closing quote`, `35 ["2018-03" "{'c': 3}"]`,
		`54 ["2018-04" "x"]`, `64 !`, `83 ["2018-06" "y"]`,
	}
	want[4] = `!64 cut row: text after a closing quote`
	if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, %v\nwant %q", got, err, want)
	}
}

// A cut row at the end of the file is one broken row.
func TestCutLastRow(t *testing.T) {
	got, err := walk(t, "2018-01,x\n2018-02,\"{'b", Cut{Shape: CSV, Sep: ',', Lenient: true, RowStart: rowStart})
	if err != nil || len(got) != 2 || got[1] != "!10 cut row: quoted cell without an end" {
		t.Errorf("got %q, %v", got, err)
	}
}

// Every wrapping of JSON that exports come in yields its records, and nothing but its records.
func TestJSONWrappings(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		got, err := walk(t, text, Cut{Shape: JSON})
		if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%q:\n got %q, %v\nwant %q", text, got, err, want)
		}
	}
	f("{\"a\":1}\n{\"a\":2}\n", `0 {"a":1}`, `8 {"a":2}`)
	f("\xEF\xBB\xBF[{\"a\":1},{\"a\":2}]", `4 {"a":1}`, `12 {"a":2}`)
	f(`[{"a":1}][{"a":2}]`, `1 {"a":1}`, `10 {"a":2}`)
	f("[\n{\"a\":1}\n{\"a\":2}\n]\n", `2 {"a":1}`, `10 {"a":2}`)
	f(`{"a":{"value":[{"x":1}]}}`, `0 {"a":{"value":[{"x":1}]}}`)
	f(`{"@odata.context":"x","value":[{"a":1},{"value":[{}]}],"@odata.nextLink":"y{"}{"value":[]}{"value":[{"a":3}]}`,
		`31 {"a":1}`, `39 {"value":[{}]}`, `100 {"a":3}`)
	f(`{"value":[1,2]}`, `0 {"value":[1,2]}`)
	f("{\n  \"a\": \"}\\\"\",\n  \"b\": []\n}\n\n", "0 {\n  \"a\": \"}\\\"\",\n  \"b\": []\n}")
	f("\x00\x00{\"a\":\"\x00\"}\x00", "2 {\"a\":\"\x00\"}")
	f("{\"a\":\"\xff\"}", "0 {\"a\":\"�\"}")
	f("[]")
	f("")
}

// A broken JSON record costs that record only: a line, a brace or a key shows where the next one begins.
func TestBrokenJSONCostsThatRecordOnly(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		got, err := walk(t, text, Cut{Shape: JSON})
		if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%q:\n got %q, %v\nwant %q", text, got, err, want)
		}
	}
	f("{\"a\":1}\n{\"a\":\"x\n{\"a\":3}\n", `0 {"a":1}`, `!8 cut record: newline inside a string at byte 6 of it`, `16 {"a":3}`)
	f("{\"a\":1\n{\"a\":2}\n{\"a\":3}\n", `!0 cut record: brackets, commas or colons out of place at byte 8 of it`, `7 {"a":2}`, `15 {"a":3}`)
	f("[{\"a\":[1},{\"a\":2}]", `!1 cut record: brackets, commas or colons out of place at byte 8 of it`, `10 {"a":2}`)
	f("[\n  {\n    \"a\": {\n  },\n  {\n    \"a\": 2\n  }\n]", `!4 cut record: brackets, commas or colons out of place at byte 21 of it`, "24 {\n    \"a\": 2\n  }")
	f("{\"a\":1}\nhello\n{\"a\":2}", `0 {"a":1}`, `!8 text outside any record`, `14 {"a":2}`)
	f(`{"a":1}{"a":`, `0 {"a":1}`, `!7 cut record: the stream ends inside it at byte 6 of it`)
	f(`{"value":[{"a":1},{"a"`, `10 {"a":1}`, `!18 cut record: the stream ends inside it at byte 5 of it`)
}

// A stream arriving a byte at a time is cut like one arriving at once.
func TestSlowReader(t *testing.T) {
	text := strings.Repeat("2018-01,\"a\nb\"\n", 3)
	c := NewCutter(iotest.OneByteReader(strings.NewReader(text)), Cut{Shape: CSV, Sep: ','}, Place{})
	var b Block
	if err := c.Next(&b); err != nil || string(b.Bytes) != text || b.Lines != 6 {
		t.Errorf("got %q, %d lines, %v", b.Bytes, b.Lines, err)
	}
}

// A record larger than the limit is skipped with that reason; what follows it is read, and no more is kept in memory
// than the limit allows.
func TestTooLongRecord(t *testing.T) {
	f := func(text string, how Cut, want ...string) {
		t.Helper()
		c := NewCutter(strings.NewReader(text), how, Place{})
		c.size, c.most = 64, 20_000
		w := Walker{Sep: how.Sep}
		var b Block
		var got []string
		for c.Next(&b) == nil {
			if cap(b.Bytes) > 2*BlockSize {
				t.Fatalf("block of %d bytes", cap(b.Bytes))
			}
			checkTiles(t, []byte(text), &b, how)
			_ = w.Walk(&b, func(rec Record, broken error) error {
				if broken != nil {
					got = append(got, broken.Error())
				} else {
					got = append(got, string(rec.Bytes))
				}
				return nil
			})
		}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("got %.300q, want %q", got, want)
		}
	}
	long := strings.Repeat("x", 4<<20)
	f("2018-1,a\n2018-2,\""+long+"\"\n2018-3,c\n", Cut{Shape: CSV, Sep: ',', Lenient: true, RowStart: rowStart}, "2018-1,a", "record larger than 64 MiB", "2018-3,c")
	f("{\"a\":1}\n{\"a\":\""+long+"\"}\n{\"a\":3}\n", Cut{Shape: JSON}, `{"a":1}`, "record larger than 64 MiB", `{"a":3}`)
	f("[{\"a\":1},{\"a\":\""+long+"\"},{\"a\":3}]", Cut{Shape: JSON}, `{"a":1}`, "record larger than 64 MiB", `{"a":3}`)
	if _, err := walkLimited("a,\""+long+"\"\n", Cut{Shape: CSV, Sep: ','}); !errors.Is(err, ErrQuoting) {
		t.Errorf("the fast cutter: %v, want ErrQuoting", err)
	}
}

func walkLimited(text string, how Cut) (*Block, error) {
	c := NewCutter(strings.NewReader(text), how, Place{})
	c.size, c.most = 64, 20_000
	b := &Block{}
	return b, c.Next(b)
}

// A huge cell that is quoted as it should be is no reason to fall back.
func TestMegabyteCell(t *testing.T) {
	cell := strings.Repeat("a,\"\"\n", 1<<18)
	got, err := walk(t, "2018,x\n2018,\""+cell+"\"\n2018,y\n", Cut{Shape: CSV, Sep: ','})
	if err != nil || len(got) != 3 || len(got[1]) < 1<<20 {
		t.Errorf("%d rows, %v", len(got), err)
	}
}
