package record

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"triage/ingest/charset"
)

// cutSmall cuts a text in blocks of a few bytes, so that every record lies across their edges.
func cutSmall(t testing.TB, text []byte, how Cut, size, most int) ([][]string, error) {
	t.Helper()
	c := NewCutter(bytes.NewReader(text), how, Place{})
	c.size, c.most = size, most
	w := Walker{Sep: how.Sep}
	b := Block{Bytes: []byte{}} // not of the usual size: it is used once
	var out [][]string
	at, lines := int64(0), int64(0)
	for {
		err := c.Next(&b)
		if errors.Is(err, io.EOF) {
			if lines != int64(bytes.Count(text, []byte{'\n'})) || at != int64(len(text)) {
				t.Fatalf("%q: blocks hold %d bytes, %d newlines", text, at, lines)
			}
			return out, nil
		}
		if err != nil {
			return out, err
		}
		if b.Start.Offset != at {
			t.Fatalf("%q: block at %d, want %d", text, b.Start.Offset, at)
		}
		at, lines = at+b.Size, lines+b.Lines
		checkTiles(t, text, &b, how)
		last := b.Start.Offset - 1
		err = w.Walk(&b, func(rec Record, broken error) error {
			if rec.Offset <= last || rec.Offset >= at {
				t.Fatalf("%q: record at %d after %d in a block that ends at %d", text, rec.Offset, last, at)
			}
			last = rec.Offset
			row := []string{"!" + fmt.Sprint(rec.Offset)}
			switch {
			case broken == nil && how.Shape == CSV:
				row = row[:0]
				for _, cell := range rec.Cells {
					row = append(row, string(cell))
				}
			case broken == nil:
				row = []string{string(rec.Bytes)}
			}
			out = append(out, row)
			return nil
		})
		if err != nil {
			return out, err
		}
		sameSkimmed(t, &w, &b)
		sameAgain(t, text, &b, how, size, most)
	}
}

// sameAgain holds that a block which is cut again by itself, as evidence is, shows the same records.
func sameAgain(t testing.TB, text []byte, b *Block, how Cut, size, most int) {
	t.Helper()
	pieces := func(c *Cutter, b *Block, next func() bool) (all []string) {
		for next() {
			b.Tile(func(kind Piece, start, end int64) { all = append(all, fmt.Sprint(kind, start, end)) })
		}
		return all
	}
	once := true
	want := pieces(nil, b, func() bool { defer func() { once = false }(); return once })
	c := NewCutter(bytes.NewReader(text[b.Start.Offset:b.Start.Offset+b.Size]), how, b.Start)
	c.size, c.most = size, most
	again := Block{Bytes: []byte{}} // not of the usual size: it is used once
	got := pieces(c, &again, func() bool { return c.Next(&again) == nil })
	got, want = withoutFraming(got), withoutFraming(want)
	if len(want) == 0 {
		return
	}
	if len(got) == len(want)+1 { // the opening of a page, which ended the block, is not told without what follows it
		got = got[:len(want)]
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%q from %d to %d: first cut into %q, again into %q", text, b.Start.Offset, b.Start.Offset+b.Size, want, got)
	}
}

// withoutFraming leaves out framing, which parts at the edges of blocks.
func withoutFraming(pieces []string) []string {
	return slices.DeleteFunc(pieces, func(p string) bool { return strings.HasPrefix(p, fmt.Sprint(Framing)) })
}

// checkTiles holds that records, broken stretches and framing cover a block, each byte once, and that framing is nothing
// but framing.
func checkTiles(t testing.TB, text []byte, b *Block, how Cut) {
	t.Helper()
	at := b.Start.Offset
	b.Tile(func(kind Piece, start, end int64) {
		if start != at || end <= start {
			t.Fatalf("%q: a piece from %d to %d after one that ends at %d", text, start, end, at)
		}
		if at = end; end > int64(len(text)) {
			t.Fatalf("%q: a piece from %d to %d", text, start, end)
		}
		piece := text[start:end]
		switch {
		case kind != Framing:
		case how.Shape == CSV:
			if len(bytes.Trim(piece, "\r\n\" \t\x00"+string(how.Sep))) > 0 { // of rows that a spreadsheet leaves: their cells are held elsewhere
				t.Fatalf("%q: framing is %q", text, piece)
			}
		case !isFraming(piece, end == int64(len(text))):
			t.Fatalf("%q: framing is %q", text, piece)
		}
	})
	if at != b.Start.Offset+b.Size {
		t.Fatalf("%q: pieces end at %d in a block that ends at %d", text, at, b.Start.Offset+b.Size)
	}
}

// isFraming knows what may stand between JSON records: separators, and the opening and the rest of pages.
func isFraming(piece []byte, last bool) bool {
	for {
		separators := bytes.TrimLeft(piece, " \t\r\n,[]\x00")
		if piece = bytes.TrimPrefix(separators, []byte(charset.BOM)); len(piece) == 0 {
			return true
		}
		if len(piece) < len(separators) {
			continue
		}
		end, kind, err := scanObject(append(bytes.Clone(piece), '{'), 0, true, nil)
		if piece[0] != '{' || kind != pageList || err != nil {
			s := scanner{text: piece, depth: 1, prev: '"'}
			if piece[0] == '"' {
				s.prev = ',' // which was trimmed
			}
			if err = s.run(false); err != nil {
				return last && errors.Is(err, errMore)
			}
			end = s.at
		}
		piece = piece[end:]
	}
}

// FuzzCSV: what encoding/csv accepts is cut into the same cells, by both cutters and in blocks of any size; what it
// refuses ends in ErrQuoting or broken rows, never in a panic or a lost byte.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"a,b\nc,d\n", "\"a\nb\",c\r\n\"\"\"\",\r\n", "a\"b,c\nd\n", "\"a\n2018-x\n", "\r\n\n,,\n", "a\rb\r\n\"x\"\r", "\"a\r\nb\"", "\xff,\"\xff\xfe\"\n",
	} {
		f.Add([]byte(seed), uint8(3))
	}
	f.Fuzz(func(t *testing.T, text []byte, size uint8) {
		r := csv.NewReader(bytes.NewReader(text))
		r.FieldsPerRecord = -1
		want, wantErr := r.ReadAll()
		strict, err := cutSmall(t, text, Cut{Shape: CSV, Sep: ','}, int(size)+1, 1<<20)
		lenient, lenientErr := cutSmall(t, text, Cut{Shape: CSV, Sep: ','}.lenient(), int(size)+1, 1<<20)
		if lenientErr != nil {
			t.Fatalf("lenient: %v", lenientErr)
		}
		if _, err := cutSmall(t, text, Cut{Shape: CSV, Sep: ','}.lenient(), int(size)+1, 20); err != nil {
			t.Fatalf("lenient with tiny records: %v", err)
		}
		if wantErr != nil {
			return
		}
		if err != nil {
			t.Fatalf("%q: encoding/csv reads %q, strict says %v", text, want, err)
		}
		for _, rows := range [][][]string{want, strict, lenient} {
			for _, row := range rows {
				for i := range row {
					row[i] = strings.ToValidUTF8(bareNewlines(row[i]), "\uFFFD")
				}
			}
		}
		empty := func(row []string) bool { return strings.Trim(strings.Join(row, ""), " \t") == "" }
		for _, rows := range []*[][]string{&want, &strict, &lenient} {
			*rows = slices.DeleteFunc(*rows, empty) // what a spreadsheet leaves is no row here: see TestBlankRows
		}
		if !slices.EqualFunc(strict, want, slices.Equal) || !slices.EqualFunc(lenient, want, slices.Equal) {
			t.Fatalf("%q:\nstrict  %q\nlenient %q\nwant    %q", text, strict, lenient, want)
		}
	})
}

// bareNewlines drops every CR before LF: encoding/csv drops one of them even inside quotes.
func bareNewlines(text string) string {
	for strings.Contains(text, "\r\n") {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return text
}

func (c Cut) lenient() Cut {
	c.Lenient = true
	return c
}

// jsonWant is the records of a text according to encoding/json; ok is false where the text is no sequence of objects,
// lists of objects and pages.
func jsonWant(text []byte) (want [][]string, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(text))
	for {
		var raw json.RawMessage
		err := dec.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return want, true
		}
		if err != nil {
			return nil, false
		}
		if want, ok = jsonRecords(want, raw, true); !ok {
			return nil, false
		}
	}
}

func jsonRecords(want [][]string, raw json.RawMessage, top bool) ([][]string, bool) {
	if raw[0] == '[' && top {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return nil, false
		}
		for _, element := range list {
			var ok bool
			if want, ok = jsonRecords(want, element, true); !ok {
				return nil, false
			}
		}
		return want, true
	}
	if raw[0] != '{' {
		return nil, false
	}
	if list, ok := pageOf(raw); ok && top {
		for _, element := range list {
			if want, ok = jsonRecords(want, element, false); !ok {
				return nil, false
			}
		}
		return want, true
	}
	return append(want, []string{strings.ToValidUTF8(string(raw), "\uFFFD")}), true
}

// pageOf is the first list under "value" that is empty or begins with an object.
func pageOf(raw json.RawMessage) ([]json.RawMessage, bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil, false
	}
	for dec.More() {
		key, err := dec.Token()
		var value json.RawMessage
		if err != nil || dec.Decode(&value) != nil {
			return nil, false
		}
		var list []json.RawMessage
		if key == "value" && value[0] == '[' && json.Unmarshal(value, &list) == nil && (len(list) == 0 || list[0][0] == '{') {
			return list, true
		}
	}
	return nil, false
}

// FuzzJSON: what encoding/json reads as objects, lists of objects and pages is cut into the same records; anything else
// costs broken records, never a panic or a lost byte. Either way blocks of any size are cut alike, and so is each block
// again from where it begins.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":1}{"a":[{}]}`, `[{"a":"}\""},{}]`, `{"x":[1],"value":[{"a":1},{}],"y":{"z":"]}"}}[{}]`, "{\"a\":\"\n{\"a\":2}\n", `{"value":[{"a":{`,
		"\xef\xbb\xbf[\n {\"a\":1},\n {\"a\"\n {\"a\":3}]", `[[{}],[]]`, `{"value":[1,{}]}`, `{"value":["a":1},{"a":2}]}{"value":[{"a":3},"a":4}]}`, "{\"a\":1}{\n{\"a\":2}\n\"a\":3}\n{\"a\":4}",
		`{"@odata.context":"x,"value":[{"a":[{"b":1},{"b":2}]},{"a":1}],"@odata.nextLink":"y}{"value":[{"a":3}]}`, "x\n{}\x00{}", `{"a":1 "b"}`,
	} {
		f.Add([]byte(seed), uint8(3))
	}
	f.Fuzz(func(t *testing.T, text []byte, size uint8) {
		got, err := cutSmall(t, text, Cut{Shape: JSON}, int(size)+1, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cutSmall(t, text, Cut{Shape: JSON}, int(size)+1, 20); err != nil {
			t.Fatal(err)
		}
		whole, err := cutSmall(t, text, Cut{Shape: JSON}, 1<<20, 1<<20)
		if err != nil || !slices.EqualFunc(got, whole, slices.Equal) {
			t.Fatalf("%q: in small blocks %q, in one %q", text, got, whole)
		}
		if bytes.Contains(text, []byte(`\u`)) || bytes.Count(text, []byte("{"))+bytes.Count(text, []byte("[")) > maxDepth {
			return // an escaped "value" is no page to us; nesting is bounded
		}
		if want, ok := jsonWant(text); ok && !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q:\n got %q\nwant %q", text, got, want)
		}
	})
}
