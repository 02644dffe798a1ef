package record

import "testing"

// TestClip: what is left of a text has the length asked for at most, and ends before a rune that would be cut.
func TestClip(t *testing.T) {
	f := func(in string, n int, want string) {
		t.Helper()
		if got := Clip(in, n); got != want {
			t.Errorf("%q at %d is %q, want %q", in, n, got, want)
		}
		if got := Clip([]byte(in), n); string(got) != want {
			t.Errorf("the bytes of %q at %d are %q, want %q", in, n, got, want)
		}
	}
	f("abc", 3, "abc")
	f("abc", 2, "ab")
	f("abc", 0, "")
	f("abc", -1, "")
	f("", -1, "")
	f("a€b", 4, "a€")
	f("a€b", 3, "a")
	f("a€b", 1, "a")
	f("€€", 2, "")
	f("a😀", 4, "a")
	f("\x80\x80\x80\x80\x80\x80", 5, "\x80\x80\x80\x80\x80") // no rune is as long: what is no UTF-8 is not all dropped
}
