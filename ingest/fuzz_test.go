package ingest

import (
	"os"
	"path/filepath"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/outlook/outlooktest"
)

// FuzzOpen: whatever the bytes of a file, rows = activities + duplicates + skipped, one worker and four agree, and
// every origin can be looked up.
func FuzzOpen(f *testing.F) {
	records := outlooktest.Generate(5, 1)
	f.Add([]byte{}, false)
	f.Add(outlooktest.CSVRows(records), true)
	f.Add(outlooktest.APIPage(records), false)
	f.Add(utf16Text(outlooktest.CSV(records), false, true), false)
	f.Add(compressGzip(outlooktest.JSONLines(records)), false)
	f.Add([]byte("2018-03-01T10:00:00Z,Web,Logon,,,,\"{'a\n2018-03-01T10:00:00Z,Web,Logon,,,,\"{'a': 'b'}\"\n"), true)
	f.Add([]byte("{\"TimeStamp\":\"2018-03-01T10:00:00Z\",\"AppIdType\":\"Web\",\"ActivityIdType\":\"Logon\"}\n{\"Time"), false)
	f.Add([]byte("Received: x; Mon, 2 Mar 2026 08:00:00 +0000\r\nFrom: a@contoso.com\r\nTo: b@contoso.com\r\nMessage-ID: <1@x>\r\n\r\n\xff body\r\n"), false)
	path := filepath.Join(f.TempDir(), "x")
	f.Fuzz(func(t *testing.T, text []byte, header bool) {
		if header {
			text = append([]byte(outlooktest.Header+"\n"), text...)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		want := ""
		for _, workers := range []int{1, 4} {
			files, err := Open(t.Context(), []string{path}, Options{Workers: workers})
			if err != nil {
				if Hint(err) == "" {
					t.Fatalf("no hint for %v", err)
				}
				return
			}
			checkSums(t, files.Case)
			if got := canonical(files.Case); workers == 1 {
				want = got
			} else if got != want {
				t.Fatalf("workers differ:\n%s\n%s", want, got)
			}
			lookUpAll(t, files)
		}
	})
}

func lookUpAll(t *testing.T, f *Files) {
	t.Helper()
	var origins []activity.Origin
	for i := range f.Case.Activities {
		for o := range f.Case.Origins(uint32(i)) {
			origins = append(origins, o)
		}
	}
	for _, s := range f.Case.Skips {
		origins = append(origins, s.Origin)
	}
	evidence, err := f.Evidence(t.Context(), origins, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range evidence {
		if e.Line < 1 || e.Record < 1 {
			t.Fatalf("%+v: %+v", origins[i], e)
		}
	}
}
