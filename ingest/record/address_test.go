package record

import (
	"bytes"
	"testing"
)

// Addresses of one record are others only where they say another one.
func TestClient(t *testing.T) {
	f := func(first, others string, named ...string) {
		t.Helper()
		var texts []Text
		for _, n := range named {
			texts = append(texts, Text(n))
		}
		got, more := Client(texts...)
		if string(got) != first || string(bytes.Join(more, []byte(" "))) != others {
			t.Errorf("%q: %q and %q, want %q and %q", named, got, more, first, others)
		}
	}
	f("", "")
	f("", "", "", "")
	f("198.51.100.7", "", "198.51.100.7", "198.51.100.7", "")
	f("198.51.100.7", "", "", "198.51.100.7")
	f("198.51.100.7:1234", "", "198.51.100.7:1234", "198.51.100.7", "[198.51.100.7]:99", "\"198.51.100.7\"", "::ffff:198.51.100.7")
	f("[2001:db8::7]:443", "", "[2001:db8::7]:443", "2001:DB8::7", "[2001:db8::7]")
	f("40.126.32.140", "198.51.100.7", "40.126.32.140", "198.51.100.7", "198.51.100.7:80")
	f("40.126.32.140", "203.0.113.9 198.51.100.7", "40.126.32.140", "203.0.113.9", "198.51.100.7")
	f("40.126.32.140", "", "40.126.32.140", "<null>", "Unknown")
	f("<null>", "198.51.100.7", "<null>", "198.51.100.7")
}
