package record

import (
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// TestMend: an odd escape costs a character at most, and what is JSON stays as it is.
func TestMend(t *testing.T) {
	f := func(raw, want string) {
		t.Helper()
		text, changed := Mend([]byte(raw))
		if string(text) != want || changed != (raw != want) {
			t.Errorf("%s: got %s, %v", raw, text, changed)
		}
	}
	f(`{"a":"b\nc\u00e9\"\\"}`, `{"a":"b\nc\u00e9\"\\"}`)
	f(`{"a":"contoso\.com"}`, `{"a":"contoso\\.com"}`)
	f(`{"a":"C:\Users\x","b":1}`, `{"a":"C:\\Users\\x","b":1}`)
	f(`{"a":"\u12"}`, `{"a":"\\u12"}`)
	f("{\"a\":\"b\tc\"}", `{"a":"b\u0009c"}`)
	f("{\n\t\"a\": 1}", "{\n\t\"a\": 1}")
	f(`{"a":"\'"}`, `{"a":"\\'"}`)
}

// Invariant: of any text, what is valid JSON is not touched; and a string with backslashes put into it is read again, with
// every character that is no part of an escape.
func TestMendAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-zA-Z.\\ \t'"é]{0,30}`).Draw(t, "text")
		raw, _ := json.Marshal(text)
		if got, changed := Mend(raw); changed || !bytes.Equal(got, raw) {
			t.Fatalf("%s became %s", raw, got)
		}
		odd := []byte(`"` + rapid.StringMatching(`([a-zA-Z.é]|\\[.'xq ]|\\u[0-9]{1,3}g)*`).Draw(t, "odd") + `"`)
		got, _ := Mend(odd)
		var s string
		if err := json.Unmarshal(got, &s); err != nil {
			t.Fatalf("%s became %s: %v", odd, got, err)
		}
		if s != string(odd[1:len(odd)-1]) {
			t.Fatalf("%s is read as %q", odd, s)
		}
	})
}
