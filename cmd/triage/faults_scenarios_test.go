package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"triage/analyzers/report/render"
)

const guessing = "../../testdata/cases/guessing/activities.csv"

// faultScenarios lists commands that read and write, one for each way of reading and writing.
func faultScenarios() []scenario {
	all := strings.Join(render.Formats(), ",")
	one := func(t *testing.T, dir string) { t.Helper(); copyFile(t, dir, guessing, "case.csv") }
	kept := func(t *testing.T, dir string) {
		t.Helper()
		one(t, dir)
		writeIn(t, dir, "report.json", []byte("the old report\n"))
	}
	list := []scenario{
		{
			name: "analyze one file into another", quick: true, prepare: one,
			args: []string{"analyze", "case.csv", "--format", "json", "--output", "report.json"}, again: []string{"--force"},
		},
		{
			name: "analyze over an old report", prepare: kept,
			args: []string{"analyze", "case.csv", "--format", "json", "--output", "report.json", "--force"},
		},
		{
			name: "analyze a folder into a new folder in every format", prepare: mixedFolder,
			args: []string{"analyze", "exports", "--format", all, "--output", "new/report/", "--rules", "pack.yaml"}, again: []string{"--force"},
		},
		{
			name: "analyze several files", prepare: mixedFolder,
			args: []string{"analyze", "exports/hank.csv.gz", "exports/two.zip", "exports/wide.csv", "--format", "json,csv", "--output", "./"}, again: []string{"--force"},
		},
		{
			name: "analyze standard input", prepare: one, stdin: "case.csv",
			args: []string{"analyze", "-", "--format", "json", "--output", "report.json"}, again: []string{"--force"},
		},
		{
			name: "analyze into standard output", prepare: one, stdout: "report.json",
			args: []string{"analyze", "case.csv", "--format", "json"},
		},
	}
	for i := range list {
		list[i].args = append(list[i].args, "--as-of", "2026-11-21", "--workers", "1", "--quiet")
	}
	return slices.Concat(list, fetchScenarios(), otherScenarios())
}

// otherScenarios are the commands that neither analyse nor fetch, and write.
func otherScenarios() []scenario {
	kept := func(t *testing.T, dir string) {
		t.Helper()
		for _, name := range keptReports(t) {
			if caseOf(name) == "two-mailboxes.json" {
				copyFile(t, dir, name, "old.json")
			}
		}
	}
	return []scenario{
		{
			name: "report", prepare: kept, again: []string{"--force"},
			args: []string{"report", "old.json", "--format", "text,md", "--output", "new/", "--quiet"},
		},
		{
			name: "mark in a new pack", prepare: kept,
			args: []string{"mark", "old.json", "F-0001", "benign", "--rules", "new/acme.yaml", "--reason", "asked", "--as-of", "2026-11-21"},
		},
		{
			name: "mark in an old pack",
			prepare: func(t *testing.T, dir string) {
				t.Helper()
				kept(t, dir)
				writeIn(t, dir, "acme.yaml", []byte("apiVersion: triage/v1\nkind: pack\nmetadata: {id: acme, version: 1.0.0}\nextends: [builtin:core@2]\n"))
			},
			args: []string{"mark", "old.json", "F-0001", "benign", "--rules", "acme.yaml", "--reason", "asked", "--as-of", "2026-11-21"},
		},
		{
			name: "doctor", stdout: "report.json", args: []string{"doctor", "exports", "--format", "json", "--workers", "1", "--as-of", "2026-11-21"},
			prepare: mixedFolder,
		},
		{
			name: "geo update", args: []string{"geo", "update", "--from", "classes.csv", "--geo-cache", "cache"},
			prepare: func(t *testing.T, dir string) {
				t.Helper()
				writeIn(t, dir, "classes.csv", []byte("cidr|asn,class,source\n192.0.2.0/24,vpn,a\n"))
			},
		},
	}
}

// mixedFolder makes a folder of exports, each packed in another way.
func mixedFolder(t *testing.T, dir string) {
	t.Helper()
	read := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "cases", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	hank, iris := read("two-mailboxes/hank.csv"), read("two-mailboxes/iris.csv")
	writeIn(t, dir, "exports/plain.csv", read("guessing/activities.csv"))
	writeIn(t, dir, "exports/page.json", read("guessing/api/page-01.json"))
	writeIn(t, dir, "exports/notes.txt", []byte("call the client back\n"))
	var packed bytes.Buffer
	gz := gzip.NewWriter(&packed)
	_, _ = gz.Write(hank)
	_ = gz.Close()
	writeIn(t, dir, "exports/hank.csv.gz", packed.Bytes())
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for name, text := range map[string][]byte{"iris.csv": iris} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(text)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	writeIn(t, dir, "exports/two.zip", archive.Bytes())
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(string(read("vpn-gateway/activities.csv")))) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	writeIn(t, dir, "exports/wide.csv", wide)
	writeIn(t, dir, "pack.yaml", []byte("apiVersion: triage/v1\nkind: pack\nmetadata: {id: acme, version: 1.0.0}\nextends: [builtin:core@2]\nhome: [NL]\n"))
}
