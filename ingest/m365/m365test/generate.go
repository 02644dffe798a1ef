package m365test

import (
	"bytes"
	"time"

	"triage/ingest/outlook/outlooktest"
)

// Generate invents n activities of alice@contoso.com, as the service has them. The same seed gives the same.
func Generate(n int, seed uint64) []Activity {
	records := outlooktest.Generate(n, seed)
	lines := bytes.SplitAfter(outlooktest.JSONLines(records), []byte("\n"))
	all := make([]Activity, n)
	for i, r := range records {
		at, err := time.Parse(time.RFC3339Nano, r.TimeStamp)
		if err != nil {
			panic(err) // it is generated
		}
		all[i] = Activity{ID: r.ID, Time: at, Type: r.ActivityIDType, App: r.AppIDType, JSON: bytes.TrimSpace(lines[i])}
	}
	return all
}
