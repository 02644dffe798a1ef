package main

import (
	"bytes"
	"encoding/csv"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A shipped case is exactly what the generator writes: nobody edits a row by hand, and no release of Go changes one.
func TestCasesAreRegenerated(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			files, err := caseFiles(s.name)
			if err != nil {
				t.Fatal(err)
			}
			folder := filepath.Join("..", "cases", s.name)
			for name, text := range files {
				committed, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
				if err != nil {
					t.Error(err)
				} else if !bytes.Equal(committed, text) {
					t.Errorf("%s differs: run go run ./testdata/generate -case %s -output testdata/cases/%s", name, s.name, s.name)
				}
			}
			err = filepath.WalkDir(folder, func(p string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				name, err := filepath.Rel(folder, p)
				if _, ok := files[filepath.ToSlash(name)]; !ok {
					t.Errorf("%s is in the folder but the generator does not write it", name)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// Every folder of testdata/cases has a generator: no case is left behind.
func TestEveryCaseFolderHasAScenario(t *testing.T) {
	known := map[string]bool{}
	for _, s := range scenarios() {
		known[s.name] = true
	}
	entries, err := os.ReadDir(filepath.Join("..", "cases"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !known[e.Name()] {
			t.Errorf("testdata/cases/%s has no scenario", e.Name())
		}
	}
}

// Every person's clock is that of the person's country: no zone is missing.
func TestPeopleHaveTheirZones(t *testing.T) {
	f := func(p person, summer int) {
		t.Helper()
		if _, offset := on(2018, time.June, 1).at(p.zone, 12, 0, 0).Zone(); offset != summer*3600 {
			t.Errorf("%s: %d s from UTC in June, want %d h", p.zone, offset, summer)
		}
	}
	f(dutchManager("A", "a@contoso.com"), 2)
	f(americanClerk("A", "a@contoso.com"), -5)
	f(britishEngineer("A", "a@contoso.com"), 1)
	f(germanLawyer("A", "a@contoso.com"), 2)
}

// texts are strings whose repr has surprises.
func texts() []string {
	return []string{
		"", "plain", "Bob's", `say "hi"`, `Bob's "hi"`, `back\slash`, "tab\tnew\nline\rreturn", "\x00\x01\x1f\x7f", "\u0085\u00a0\u00ad",
		"Grüße", "日本語", "\u200b\u202e\u2028", "\ufeff", "\U0001f600", "\U000e0001", "\ue000", "\u0378", "<Query><RawQuery>a,b</RawQuery></Query>",
	}
}

// Custom properties are written as CPython writes a dict of strings.
func TestReprOfKnownStrings(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(appendRepr(nil, in)); got != want {
			t.Errorf("repr of %q: got %s, want %s", in, got, want)
		}
	}
	f("plain", `'plain'`)
	f("Bob's", `"Bob's"`)
	f(`say "hi"`, `'say "hi"'`)
	f(`Bob's "hi"`, `'Bob\'s "hi"'`)
	f(`back\slash`, `'back\\slash'`)
	f("tab\tnew\nline\r\x00\x7f", `'tab\tnew\nline\r\x00\x7f'`)
	f("\u00a0Grüße\u200b", `'\xa0Grüße\u200b'`)
	f("\U000e0001", `'\U000e0001'`)
	f("\U0001f600", "'\U0001f600'")
}

// The whole file is what Python's csv module writes of the same rows; needs python3, as the tables above do not.
func TestPythonWritesTheSame(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 here")
	}
	var rows []row
	for _, s := range texts() {
		rows = append(rows, row{app: "Web", kind: "Like", item: "id", properties: []property{{"Subject", s}, {"Note", "x"}}})
	}
	m := newMailbox(dutchManager("Ann", "ann@contoso.com"), 1)
	for d := date(17650); d < 17680; d++ {
		m.live(d)
	}
	rows = append(rows, m.rows...)
	pages, err := apiPages(rows, "t", len(rows))
	if err != nil {
		t.Fatal(err)
	}
	const program = `
import csv, io, json, sys
out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8-sig", newline="")
names = ["TimeStamp","AppIdType","ActivityIdType","ActivityItemId","ActivityCreationTime","ClientSessionId","CustomProperties"]
writer = csv.DictWriter(out, names, extrasaction="ignore", lineterminator="\n")
writer.writeheader()
for r in json.load(io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8"))["value"]:
    p = r["CustomProperties"]
    r["CustomProperties"] = {x["Name"]: x["Value"] for x in p} if p else ""
    writer.writerow(r)
out.flush()
`
	command := exec.Command(python, "-c", program)
	command.Stdin = bytes.NewReader(pages[0])
	var complaints bytes.Buffer
	command.Stderr = &complaints
	want, err := command.Output()
	if err != nil {
		t.Fatalf("python3: %v\n%s", err, complaints.String())
	}
	got := csvFile(rows)
	if !bytes.Equal(got, want) {
		t.Error(firstDifference(got, want))
	}
	if n := countRecords(t, got); n != len(rows)+1 {
		t.Errorf("%d records, want a header and %d rows", n, len(rows))
	}
}

func firstDifference(got, want []byte) string {
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "got  " + g[i] + "\nwant " + w[i]
		}
	}
	return "lengths differ"
}

func countRecords(t *testing.T, file []byte) int {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte(byteOrderMark)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return len(records)
}
