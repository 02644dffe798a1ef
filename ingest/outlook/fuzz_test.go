package outlook

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"triage/ingest/activity"
	"triage/ingest/outlook/outlooktest"
	"triage/ingest/record"
)

// FuzzProperties: any text is read or refused with a position inside it; what Python's repr or encoding/json writes is
// read back as it was.
func FuzzProperties(f *testing.F) {
	for _, seed := range []string{
		`{'a': 'b'}`, `{"a": "b's"}`, `{'a': '\'"\x41\u00e9\U0001F600\101\q'}`, `[{"Name":"a","Value":"b"}]`, `{'a': {'b': [None, True, -1.5]}}`,
		`{u'a': b'c',}`, `{'a': 'b`, "\x00{}", `{'a': "\ud83d\ude00\ud83d"}`, "=cmd()", "'\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := newDecoder()
		if err := d.parseProperties([]byte(text)); err != nil {
			var syntax *syntaxError
			if !errors.Is(err, errProperties) && (!errors.As(err, &syntax) || syntax.at < 0 || syntax.at > len(text)) {
				t.Fatalf("%q: %v", text, err)
			}
		}
		if !utf8.ValidString(text) {
			return
		}
		props := []outlooktest.Property{{Name: "key", Value: text}, {Name: text + "x", Value: "y"}}
		asJSON, err := json.Marshal(props)
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range []string{outlooktest.PythonDict(props), string(asJSON)} {
			if err := d.parseProperties([]byte(cell)); err != nil {
				t.Fatalf("%q: %v", cell, err)
			}
			if len(d.props) != 2 || string(d.props[0].value) != text || string(d.props[1].name) != text+"x" {
				t.Fatalf("%q: got %+v", cell, d.props)
			}
		}
	})
}

// FuzzLayout: whatever was read before, a text is read as a decoder reads it that has seen nothing.
func FuzzLayout(f *testing.F) {
	for _, seed := range [][2]string{
		{`{'a': 'b', 'c': ''}`, `{'a': '', 'c': 'd'}`},
		{`{'a': 'b'}`, `{'a': 'b\''}`},
		{`{'a': 'b'}`, `{'a': 'b'} `},
		{`{'a': 'b'}`, `{'a': 'b'},`},
		{`{'b': '1', 'a': '2', 'b': '3'}`, `{'b': '4', 'a': '5', 'b': '6'}`},
		{`{u'a': "b"}`, `{u'a': 'b"}`},
		{`{'\x61': 'b'}`, `{'\x61': 'c'}`},
		{`[{"Name":"a","Value":"b"},{"Value":"c","Name":"d"}]`, `[{"Name":"a","Value":"x"},{"Value":"y","Name":"d"}]`},
		{`[{"Name":"a","Value":"b","Value":"c"}]`, `[{"Name":"a","Value":"b","Value":"d"}]`},
		{`{'a': None, 'b': 'c'}`, `{'a': None, 'b': 'd'}`},
		{" ", `[{"Name":"","Value":""}]`},
	} {
		f.Add(seed[0], seed[1])
	}
	type read struct {
		err    string
		values map[string]string
		id     activity.ID
	}
	f.Fuzz(func(t *testing.T, before, text string) {
		of := func(earlier ...string) (r read) {
			d := newDecoder()
			for _, cell := range earlier {
				_ = d.readCell([]byte(cell)) // an error teaches nothing
			}
			if err := d.readCell([]byte(text)); err != nil {
				return read{err: err.Error()}
			}
			r.values = map[string]string{}
			for i, s := range d.set.slots {
				r.values[string(s.name)] = string(d.values[i])
			}
			var a activity.Activity
			d.text = d.text[:0]
			d.identify(&a, &word{}, &word{})
			r.id = a.ID
			return r
		}
		want := of()
		if got := of(before); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q after %q: %+v, want %+v", text, before, got, want)
		}
		if got := of(before, text, before); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q after itself: %+v, want %+v", text, got, want)
		}
	})
}

// FuzzRawQuery: any text gives valid text and no panic; a query that is escaped as XML demands comes back as it was.
func FuzzRawQuery(f *testing.F) {
	for _, seed := range []string{
		"wire transfer", "<Query><RawQuery>x</RawQuery></Query>", "<Query><RawQuery><![CDATA[a]]>b&amp;", "<!DOCTYPE x><RawQuery>", "<a><b/></a>",
		"<?xml version='1.0' encoding='utf-16'?><q:RawQuery xmlns:q='u'>a</q:RawQuery>", "<RawQuery", "&#0;",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := rawQuery([]byte(strings.ToValidUTF8(text, "")))
		if !utf8.ValidString(got.text) || got.refused && got.text != "" {
			t.Fatalf("%q: %+v", text, got)
		}
		var escaped bytes.Buffer
		if err := xml.EscapeText(&escaped, []byte(text)); err != nil {
			t.Fatal(err)
		}
		var want string
		if err := xml.Unmarshal([]byte("<a>"+escaped.String()+"</a>"), &want); err != nil {
			t.Fatal(err)
		}
		got = rawQuery([]byte("<Query><RawQuery>" + escaped.String() + "</RawQuery></Query>"))
		if got.text != strings.TrimSpace(want) || got.salvaged || got.refused {
			t.Fatalf("%q: got %+v, want %q", text, got, want)
		}
	})
}

// FuzzTime: what is read is what time.Parse reads; but for hours of one digit, which ISO 8601 does not know.
func FuzzTime(f *testing.F) {
	for _, seed := range []string{"2018-03-01T10:00:00.1234567Z", "2018-03-01 10:00:00", "2016-02-29T23:59:59+05:30", "0001-01-01T00:00:00Z", "2018-03-01T24:00:00Z", "2016-02-29T3:59:59+05:30"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ticks, err := parseTime([]byte(text))
		if want, bad := time.Parse("2006-01-02T15:04:05.999999999Z07:00", text); bad == nil && want.Year() > noYear && want.Nanosecond()%100 == 0 && len(text) >= 20 && text[13] == ':' && text[19] != ',' {
			wantTicks := want.Unix()*10_000_000 + int64(want.Nanosecond()/100)
			if err != nil || ticks != wantTicks || millis(ticks) != want.UnixMilli() {
				t.Fatalf("%q: %d, %v; want %d", text, ticks, err, wantTicks)
			}
		}
	})
}

// FuzzDecode: any row and any object becomes exactly one activity or one reason, and no text in it is invalid UTF-8.
func FuzzDecode(f *testing.F) {
	for _, r := range outlooktest.Generate(20, 1) {
		f.Add([]byte(r.TimeStamp), []byte(r.ActivityIDType), []byte(outlooktest.PythonDict(r.Properties)))
	}
	f.Add([]byte("2018-03-01T10:00:00Z"), []byte("ServerLogon"), []byte(`{"TimeStamp":"x","ActivityIdType":1,"CustomProperties":"{'a': 'b'}"}`))
	f.Fuzz(func(t *testing.T, stamp, op, text []byte) {
		for _, part := range []*[]byte{&stamp, &op, &text} {
			*part = bytes.ToValidUTF8(*part, nil) // the cutter has seen to that
		}
		shard := activity.NewShard(0, activity.Interest{Raw: []string{"Layout"}})
		row := record.Record{Cells: [][]byte{stamp, []byte("Web"), op, []byte("item"), stamp, nil, text}}
		records := 0
		for _, try := range []struct {
			dec record.Decoder
			rec record.Record
		}{
			{newCSV(record.Head{}), row},
			{newJSON(record.Head{}), record.Record{Bytes: text}},
		} {
			if err := try.dec.Decode(try.rec, shard); err != nil {
				shard.Skip(0, err)
			}
			if records++; shard.Len() != records {
				t.Fatalf("%d records gave %d", records, shard.Len())
			}
		}
		for _, s := range shard.Symbols.All() {
			if !utf8.ValidString(s) {
				t.Fatalf("symbol %q", s)
			}
		}
	})
}
