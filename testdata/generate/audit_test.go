package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
)

// The benchmark's audit logs keep the shape that the figures rest on: the mix, the size of a record, and both forms
// telling the same records.
func TestAuditLogsKeepTheirShape(t *testing.T) {
	f := func(mix string, systemFrom, systemTo, mailFrom, mailTo float64, sizeFrom, sizeTo int) {
		t.Helper()
		const n = 4000
		var lines, table bytes.Buffer
		if err := streamAudit(&lines, newAuditLog(7, mix == "mail"), "jsonl", n); err != nil {
			t.Fatal(err)
		}
		if err := streamAudit(&table, newAuditLog(7, mix == "mail"), "csv", n); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&table).ReadAll()
		if err != nil || len(rows) != n+1 {
			t.Fatalf("%s: %d rows, %v", mix, len(rows), err)
		}
		system, mail, ids := 0.0, 0.0, map[string]bool{}
		size := lines.Len() / n
		for i, text := range strings.Split(strings.TrimSpace(lines.String()), "\n") {
			var r struct{ ID, Operation, UserID string }
			if err := json.Unmarshal([]byte(text), &r); err != nil {
				t.Fatalf("%s: record %d: %v", mix, i, err)
			}
			if row := rows[i+1]; row[4] != text || row[7] != r.ID || row[3] != r.Operation || row[2] != r.UserID {
				t.Fatalf("%s: row %d differs from its JSON line", mix, i)
			}
			ids[r.ID] = true
			if strings.HasPrefix(r.UserID, `NT AUTHORITY\SYSTEM`) {
				system += 1.0 / n
			}
			if r.Operation == "MailItemsAccessed" {
				mail += 1.0 / n
			}
		}
		if system < systemFrom || system > systemTo || mail < mailFrom || mail > mailTo || size < sizeFrom || size > sizeTo || len(ids) != n {
			t.Errorf("%s: system %.2f, mail %.2f, %d bytes a record, %d ids", mix, system, mail, size, len(ids))
		}
	}
	f("real", 0.66, 0.70, 0.05, 0.09, 1280, 1420) // a real tenant's export: 68 %, 6 %, 1,349
	f("mail", 0.18, 0.25, 0.68, 0.72, 1600, 1800)
}

// A case of any size has exactly the rows asked for and the planted act, and the same seed gives the same bytes.
func TestLargeCaseHasExactlyItsRows(t *testing.T) {
	f := func(n int, seed uint64) []byte {
		t.Helper()
		var out bytes.Buffer
		if err := streamLarge(&out, n, seed); err != nil {
			t.Fatal(err)
		}
		if got := bytes.Count(out.Bytes(), []byte{'\n'}); got != n+1 {
			t.Errorf("%d rows: %d lines, want one more", n, got)
		}
		return out.Bytes()
	}
	f(1, 1)
	f(180, 1)
	large := f(20_000, 1)
	if !bytes.Equal(large, f(20_000, 1)) {
		t.Error("the same seed gave other bytes")
	}
	if bytes.Equal(large, f(20_000, 2)) {
		t.Error("another seed gave the same bytes")
	}
	if !bytes.Contains(large, []byte("<RawQuery>wire transfer</RawQuery>")) {
		t.Error("the planted search is missing")
	}
}
