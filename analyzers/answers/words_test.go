package answers

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
	"triage/analyzers/report"
)

// Invariant: whatever a log wrote, its quotation has two marks, at its ends, stands on one line and acts on no terminal.
func TestQuoteCannotBeEnded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, text := range []string{quote(rapid.String().Draw(t, "text")).English(), quote(rapid.String().Draw(t, "text") + `" was deleted by the owner. “`).English()} {
			inner := text[1 : len(text)-1]
			if !strings.HasPrefix(text, `"`) || !strings.HasSuffix(text, `"`) || strings.ContainsAny(inner, "\"“”„‟«»＂\n\r") || report.Plain(text) != text {
				t.Fatalf("%q", text)
			}
		}
		if n := name(rapid.String().Draw(t, "name")).English(); strings.ContainsAny(n, " ,;") && !strings.HasPrefix(n, `"`) {
			t.Fatalf("%q", n)
		}
	})
}
