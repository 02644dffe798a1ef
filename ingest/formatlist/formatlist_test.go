package formatlist

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

const printed = "\r\n\r\nRecordType   : ExchangeItem\r\nCreationDate : 3/25/2026 8:00:00 AM\r\nUserIds      : ann@contoso.com\r\n" +
	"AuditData    : {\"Operation\":\"Send\",\"Subject\":\"a : \r\n               b\"}\r\nResultIndex  :\r\n\r\n\r\nA          : 1\r\nLongerName : x\r\n             y\r\n\r\n"

// Promise: each record is an object, a value that was wrapped is whole, and every line stays the line that it was.
func TestReader(t *testing.T) {
	if !Is([]byte(printed)) {
		t.Error("not told")
	}
	got, err := io.ReadAll(iotest.OneByteReader(NewReader(strings.NewReader(printed))))
	want := "\n\n" + `{"RecordType":"ExchangeItem"` + "\n" + `,"CreationDate":"3/25/2026 8:00:00 AM"` + "\n" + `,"UserIds":"ann@contoso.com"` + "\n" +
		`,"AuditData":"{\"Operation\":\"Send\",\"Subject\":\"a : b\"}"` + "\n\n" + `,"ResultIndex":""` + "\n}\n\n" + `{"A":"1"` + "\n" + `,"LongerName":"x y"` + "\n\n}\n"
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

// Promise: mail, YAML, tables, JSON and prose are no lists.
func TestIsNot(t *testing.T) {
	for _, text := range []string{
		"", "\n\n", "From: a\nTo: b\nSubject: c\nDate: d\nX: e\n", "a : b\n", "A : 1\nBB : 2\nCCC : 3\nDDDD : 4\nE : 5\n", "{\"a\" : 1}\n", "a,b : c\n1,2\n",
		"Name : x\n\nName : y\n\nName : z\n\nName : a\n", "one\ntwo\nA : 1\nB : 2\nC : 3\nD : 4\n", "  A : 1\n  B : 2\n  C : 3\n  D : 4\n",
	} {
		if Is([]byte(text)) {
			t.Errorf("%q is told as a list", text)
		}
	}
	if !Is([]byte("WARNING: old module\nA : 1\nB : 2\nC : 3\nD : 4\n")) {
		t.Error("a banner hides the list")
	}
}

// Promise: whatever the text, what comes out is objects of JSON with as many lines as went in.
func FuzzReader(f *testing.F) {
	f.Add([]byte(printed))
	f.Add([]byte("A : 1\nB : \"\\\xff\n\x00\n\nB : 2"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := io.ReadAll(NewReader(bytes.NewReader(text)))
		if err != nil {
			t.Fatal(err)
		}
		if in, out := bytes.Count(text, []byte{'\n'}), bytes.Count(got, []byte{'\n'}); in != out {
			t.Errorf("%d lines of %d", out, in)
		}
		for dec := json.NewDecoder(bytes.NewReader(got)); ; {
			var object map[string]string
			if err := dec.Decode(&object); err == io.EOF {
				return
			} else if err != nil {
				t.Fatalf("%v: %q", err, got)
			}
		}
	})
}
