package terms

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"triage/ingest/activity"
	"triage/rules/detect/detecttest"
)

// What one person types letter by letter is one search with its longest text; another word is another search.
func TestContinues(t *testing.T) {
	f := func(last, next string, want bool) {
		t.Helper()
		if got := continues(compared(last), compared(next)); got != want {
			t.Errorf("continues(%q, %q) = %v", last, next, got)
		}
	}
	f("in", "inv", true)
	f("invoice", "inv", true)
	f("Invoice ", "invoice", true)
	f("wire trnas", "wire transfer", true)
	f("invioce", "invoice", true)
	f("onvoice", "invoice", true)
	f("überweisnug", "Überweisung", true)
	f("visa", "vista", false)
	f("invoice", "payment", false)
	f("pass", "pays", false)
	f("bank of contoso", "bank of fabrikam", false)
	f("i", "wire", false)
}

// Every row belongs to exactly one search, and no search loses what was typed at full length.
func TestFoldKeepsEveryRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.StringMatching(`[a-cA ]{0,7}[aé]`), 1, 20).Draw(t, "texts")
		gaps := rapid.SliceOfN(rapid.IntRange(0, 90), len(texts), len(texts)).Draw(t, "gaps")
		c, line := typed(t, texts, gaps)
		rows := SearchRows(line)
		var folded []int
		for _, s := range JoinTyped(line, rows, Gap) {
			folded = append(folded, s.Rows...)
			ends := append([]string{s.Query}, s.Also...)
			for _, row := range s.Rows {
				text := compared(c.Text(c.Get(line.At(row), activity.FieldQuery)))
				if !slices.ContainsFunc(ends, func(end string) bool { return strings.HasPrefix(compared(end), text) }) {
					t.Fatalf("%q is part of no text of %q", text, ends)
				}
			}
		}
		slices.Sort(folded)
		if !slices.Equal(folded, rows) {
			t.Fatalf("folded %v of %v", folded, rows)
		}
	})
}

func typed(t *rapid.T, texts []string, gaps []int) (*activity.Case, activity.Timeline) {
	var b strings.Builder
	b.WriteString("time | type | query\n")
	at := time.Date(2018, 5, 2, 8, 0, 0, 0, time.UTC)
	for i, text := range texts {
		at = at.Add(time.Duration(gaps[i]) * time.Second)
		fmt.Fprintf(&b, "%s | search | %s\n", at.Format(time.RFC3339), text)
	}
	c, err := detecttest.Case(b.String())
	if err != nil {
		t.Fatal(err)
	}
	return c, c.Timelines()[0]
}

// Terms are found as people type them, and only as whole words.
func TestFind(t *testing.T) {
	f := func(mode, term, query string, want bool) {
		t.Helper()
		m, err := newMatcher(mode, []string{term})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(m.find(query)) == 1; got != want {
			t.Errorf("%s %q in %q: %v", mode, term, query, got)
		}
	}
	f("word", "wire transfer", "WIRE  Transfer", true)
	f("word", "wire transfer", `subject:"wire transfer" AND from:bob`, true)
	f("word", "wire transfer", "ｗｉｒｅ transfer", true)
	f("word", "wire transfer", "wi\u200bre trans\u00adfer", true)
	f("word", "wire transfer", "transfer wire", false)
	f("word", "subject", "subject:lunch", false)
	f("word", "lunch", "subject:lunch", true)
	f("word", "pay", "payroll", false)
	f("word", "pay", "re-pay", true)
	f("word", "payroll", "payr*", true)
	f("word", "payroll", "pa*", false)
	f("word", "rechnung*", "Rechnungsnummer 4711", true)
	f("word", "rechnung*", "abrechnung", false)
	f("word", "überweisung", "Überweisung", true)
	f("word", "überweisung", "U\u0308berweisung", true)
	f("word", "überweisung", "ueberweisung", true)
	f("word", "überweisung", "uberweisung", true)
	f("word", "zahlungseingänge", "Zahlungseingaenge", true)
	f("word", "straße", "STRASSE", true)
	f("word", "ano", "año nuevo", false)
	f("word", "año", "ano nuevo", true)
	f("word", "contraseña", "contrasena", true)
	f("word", "réinitialiser", "reinitialiser", true)
	f("substring", "pay", "payroll", true)
	f("substring", "köder", "koeder", true)
	f("regex", `\biban\b.*\d{4}`, "IBAN NL91 0417", true)
	f("regex", `\biban\b.*\d{4}`, "ibanez", false)
}

// No query makes the matcher fail, and folding a query with itself is one search.
func FuzzFind(f *testing.F) {
	for _, seed := range []string{"wire transfer", "subject:\"x", "a\xff\u0308*:", "İ", "***", "to:to:to"} {
		f.Add(seed)
	}
	m, err := newMatcher("word", []string{"wire transfer", "überweis*", "*"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, query string) {
		m.find(query)
		if key := compared(query); !continues(key, key) {
			t.Errorf("%q does not continue itself", key)
		}
	})
}
