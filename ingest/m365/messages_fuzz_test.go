package m365

import (
	"bytes"
	"encoding/json"
	"testing"

	"triage/ingest/m365/disk"
)

// Promise: whatever a service answers, what is taken for messages makes lines of JSON that say whose they are, and the
// journal's form of any text says the same in ASCII.
func FuzzMessageFile(f *testing.F) {
	for _, seed := range []string{
		`{"id":"AAMk1","subject":"Invoice"}`, `{"value":[{"id":"AAMk1"},{"id":"AAMk2","x":{"y":[1]}}]}`, `{"value":[]}`,
		"\xEF\xBB\xBF{\"id\":\"1\"}", `{"id":"1","value":[{}]}`, `[]`, `{"id":"\u202e\ud83d\ude00"}`, ` {"Id" : "1" } `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if json.Valid(body) {
			var one, two any
			plain := disk.ASCII(body)
			if exactly(body, &one) != nil || exactly(plain, &two) != nil {
				t.Fatalf("%q became %q", body, plain)
			}
			x, err := json.Marshal(one)
			if err != nil {
				t.Fatal(err)
			}
			if y, err := json.Marshal(two); err != nil || !bytes.Equal(x, y) || bytes.ContainsFunc(plain, func(r rune) bool { return r >= 0x7F }) {
				t.Fatalf("%q became %q", body, plain)
			}
		}
		_, _, list := parsePage(body)
		if parseMessage(body) != nil && list != nil {
			return
		}
		rows := messagesIn(body)
		text, err := messageFile(Wanted{Mailbox: "o'brien@contoso.com", Item: "AAMk1"}, rows)
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.SplitAfter(text, []byte("\n"))
		if len(lines) != len(rows)+1 {
			t.Fatalf("%d messages became %d lines: %q", len(rows), len(lines)-1, text)
		}
		for _, line := range lines[:len(rows)] {
			if !json.Valid(line) || !bytes.HasPrefix(line, []byte(`{"Mailbox":"o'brien@contoso.com","ActivityItemId":"AAMk1"`)) {
				t.Fatalf("%q became %q", body, line)
			}
		}
	})
}

// exactly is json.Unmarshal that keeps numbers as they are written: 9E999 is JSON, and no float64.
func exactly(text []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(to)
}
