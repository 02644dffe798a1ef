package redact

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"triage/analyzers/report"
	_ "triage/analyzers/report/reporttest"
)

func TestTry(t *testing.T) {
	text, err := os.ReadFile(os.Getenv("TRY"))
	if err != nil {
		t.Skip()
	}
	r, err := report.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	key, _ := NewKey(strings.NewReader(strings.Repeat("k", 32)))
	x := New(r, key)
	out, err := Report(r, key)
	cp, _ := report.Read(bytes.NewReader(text))
	x.report(cp)
	for tok, v := range x.taken {
		if strings.HasPrefix(tok, "word-") || strings.HasPrefix(tok, "operation-")|| strings.HasPrefix(tok, "text-")|| strings.HasPrefix(tok, "value-") {
			t.Log(tok, v)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	report.WriteJSON(&b, out)
	os.WriteFile(os.Getenv("TRY")+".red", b.Bytes(), 0o600)
}
