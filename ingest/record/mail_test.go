package record

import (
	"bytes"
	"strings"
	"testing"
)

// A message is told from tables and other text by its headers, wherever its first empty line is.
func TestLookMail(t *testing.T) {
	f := func(text string, want string) {
		t.Helper()
		look, ok := LookMail([]byte(text))
		got := ""
		if ok {
			got = string(bytes.Join(look.Objects, nil))
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	f("From: a@b\nTo: c@d\n\nbody: x\n", "From: a@b\nTo: c@d\n")
	f("\xEF\xBB\xBF\r\nReceived: x\r\n\ty\r\nSubject: s\r\n\r\nbody", "Received: x\r\n\ty\r\nSubject: s\r\n")
	f("From a Mon Mar 2\nFrom: a@b\nDate: x\ncut her", "From: a@b\nDate: x\n")
	f("From: a@b\nX-Own: c\n\n", "")
	f("CreationDate,UserIds,Operations\nx,y,z\n", "")
	f("Date: x, From: y, To: z\n", "")
	f("dear sir\nFrom: a\nTo: b\nSubject: c\nDate: d\nReceived: e\n", "")
	f("", "")
	f("From", "")
}

// A message is one record whatever its size, and of one too large for the memory the head is taken.
func TestCutMail(t *testing.T) {
	text := "From: a@b\nTo: c@d\n\n" + strings.Repeat("line\n", 300_000)
	got, err := walk(t, text, Cut{Shape: Mail})
	if err != nil || len(got) != 1 || got[0] != "0 "+text {
		t.Errorf("%d records, %v", len(got), err)
	}
	c := NewCutter(strings.NewReader(text), Cut{Shape: Mail}, Place{})
	c.size, c.most = 1<<10, 1<<12
	var w Walker
	var b Block
	records, bytes := 0, 0
	for c.Next(&b) == nil {
		if err := w.Walk(&b, func(rec Record, broken error) error { records, bytes = records+1, len(rec.Bytes); return broken }); err != nil {
			t.Fatal(err)
		}
	}
	if records != 1 || bytes < 1<<12 || int(c.Place().Offset) != len(text) {
		t.Errorf("%d records of %d bytes, read to %d of %d", records, bytes, c.Place().Offset, len(text))
	}
}
