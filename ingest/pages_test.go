package ingest

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"triage/ingest/outlook/outlooktest"
)

// The same records give the same case in every code page, in a table and in JSON, plain and packed, and the input says
// which page was taken; each row's evidence is that row.
func TestCodePagesAgree(t *testing.T) {
	for name, page := range map[string]struct {
		table   encoding.Encoding
		subject string
	}{
		"Windows-1252":  {charmap.Windows1252, "Überweisung für Jörg Müller – “fällig”"},
		"Windows-1250":  {charmap.Windows1250, "Płatność: źródło, należności"},
		"Windows-1251":  {charmap.Windows1251, "Счёт на оплату, пароль"},
		"code page 850": {charmap.CodePage850, "Überweisung für Jörg Müller, fällig"},
		"Mac OS Roman":  {charmap.Macintosh, "Überweisung für Jörg Müller, fällig"},
	} {
		records := outlooktest.Generate(200, 11)
		for i := range records {
			for k := range records[i].Properties {
				if p := &records[i].Properties[k]; p.Name == "Subject" {
					p.Value = page.subject + " " + p.Value
				}
			}
		}
		encoded := func(text []byte) []byte {
			out, err := page.table.NewEncoder().Bytes([]byte(strings.TrimPrefix(string(text), outlooktest.BOM)))
			if err != nil {
				t.Fatal(name, err)
			}
			return out
		}
		text := outlooktest.CSV(records)
		want := canonical(open(t, Options{}, filepath.Join(write(t, map[string][]byte{"a.csv": text}), "a.csv")).Case)
		if !strings.Contains(want, page.subject) {
			t.Fatalf("%s: %q is nowhere", name, page.subject)
		}
		for wrapping, files := range map[string]map[string][]byte{
			"csv":   {"a.csv": encoded(text)},
			"gz":    {"a.csv.gz": compressGzip(encoded(text))},
			"lines": {"a.json": encoded(outlooktest.JSONLines(records))},
		} {
			for _, workers := range []int{1, 4} {
				f := open(t, Options{Workers: workers, AssumeMailbox: "alice@contoso.com"}, write(t, files))
				if got := canonical(f.Case); got != want {
					t.Errorf("%s, %s: activities differ; notes %v", name, wrapping, f.Case.Inputs[0].Notes)
				}
				if notes := strings.Join(f.Case.Inputs[0].Notes, "\n"); !strings.Contains(notes, "it was read as "+name+",") {
					t.Errorf("%s, %s: notes %q", name, wrapping, notes)
				}
				checkEvidence(t, f)
			}
		}
	}
}
