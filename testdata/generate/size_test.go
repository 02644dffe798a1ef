package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
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

// Innocent people's files hold nothing planted, cover the time asked for, and are the same for the same seed.
func TestInnocentMailboxesAreInnocentAndRepeatable(t *testing.T) {
	f := func(hard bool) {
		t.Helper()
		first, second, told := t.TempDir(), t.TempDir(), [2]bytes.Buffer{}
		for i, folder := range []string{first, second} {
			if err := writeInnocent(&told[i], folder, 14, 3, 5, hard); err != nil {
				t.Fatal(err)
			}
		}
		if told[0].String() != told[1].String() || strings.Count(told[0].String(), "\n") != 14 {
			t.Errorf("what was told differs or is not 14 lines:\n%s", told[0].String())
		}
		files, err := filepath.Glob(filepath.Join(first, "*.csv"))
		if err != nil || len(files) != 14 {
			t.Fatalf("%d files, %v", len(files), err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			again, err := os.ReadFile(filepath.Join(second, filepath.Base(file)))
			if err != nil || !bytes.Equal(text, again) {
				t.Errorf("%s is not repeatable: %v", file, err)
			}
			for _, intruder := range []network{ngMobile(), ngMobileTwo(), luHosting(), roHosting(), deHosting(), uaHosting()} {
				if bytes.Contains(text, []byte("'"+intruder.block+".")) {
					t.Errorf("%s holds an intruder's address", file)
				}
			}
			if rows := bytes.Count(text, []byte{'\n'}); rows < 400 {
				t.Errorf("%s: %d rows in three months", file, rows)
			}
		}
	}
	f(false)
	f(true)
}

// A replica of a real export has as many records as asked for, in both forms, each copy with ids and addresses of its own.
func TestReplica(t *testing.T) {
	g, err := readReplica(filepath.Join("..", "..", "..", "shared", "data", "summit", "summit_search_ual.csv"))
	if err != nil {
		t.Skip("no real export to make copies of:", err)
	}
	n := 2*len(g.records) + 5
	var lines, table bytes.Buffer
	if err := g.stream(&lines, "jsonl", n); err != nil {
		t.Fatal(err)
	}
	if err := g.stream(&table, "csv", n); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&table).ReadAll()
	if err != nil || len(rows) != n+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	ids, sessions := map[string]bool{}, map[string]int{}
	for i, text := range strings.Split(strings.TrimSpace(lines.String()), "\n") {
		var r struct{ ID, SessionID string }
		if err := json.Unmarshal([]byte(text), &r); err != nil || rows[i+1][4] != text || rows[i+1][7] != r.ID {
			t.Fatalf("record %d: %v", i, err)
		}
		ids[r.ID] = true
		if copied, known := sessions[r.SessionID]; known && copied != i/len(g.records) && r.SessionID != "" {
			t.Fatalf("record %d: a session of another copy", i)
		}
		sessions[r.SessionID] = i / len(g.records)
	}
	if len(ids) != n {
		t.Errorf("%d ids of %d records", len(ids), n)
	}
}
