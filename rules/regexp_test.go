package rules

import "testing"

// Only an expression that truly matches nothing may be called one that matches nothing.
func TestCanMatch(t *testing.T) {
	f := func(expr string, want bool) {
		t.Helper()
		if got := canMatch(expr); got != want {
			t.Errorf("%q: got %v, want %v", expr, got, want)
		}
	}
	f("a", true)
	f("^$", true)
	f("^a$", true)
	f("", true)
	f(`(?m)a$\nb^c?`, true)
	f("a^|b", true)
	f(`\bx\b`, true)
	f("a*^b", true)
	f("a^b", false)
	f("$x", false)
	f("a+^", false)
	f("(a|b)^c", false)
	f("[^\\x00-\\x{10FFFF}]", false)
	f("(", true)
}
