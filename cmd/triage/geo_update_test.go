package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"triage/cmd/triage/exit"
)

// Promise: geo update downloads what a URL, or each URL on standard input, names; the key in it reaches the server and
// nothing else: neither the output nor a file.
func TestGeoUpdateFromURL(t *testing.T) {
	fixtures := http.FileServer(http.Dir(filepath.Join("..", "..", "geo", "testdata")))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("license_key") != "sesame" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		fixtures.ServeHTTP(w, r)
	}))
	defer server.Close()
	country, asn := server.URL+"/country.mmdb?license_key=sesame", server.URL+"/asn.mmdb?license_key=sesame"
	f := func(stdin, environ string, want int, args ...string) {
		t.Helper()
		folder := t.TempDir()
		var stdout, stderr bytes.Buffer
		args = append([]string{"triage", "geo", "update", "--geo-cache", folder}, args...)
		if code := run(context.Background(), args, strings.NewReader(stdin), &stdout, &stderr, []string{environ}); code != exit.Done {
			t.Errorf("%q: exit code %d: %s", args, code, stderr.String())
		}
		files, err := filepath.Glob(filepath.Join(folder, "*.mmdb.json"))
		if err != nil || len(files) != want {
			t.Errorf("%q: installed %q, %v, want %d", args, files, err, want)
		}
		for _, file := range files {
			about, err := os.ReadFile(file)
			if err != nil {
				t.Error(err)
			}
			stdout.Write(about)
		}
		if strings.Contains(stdout.String()+stderr.String(), "sesame") {
			t.Errorf("the key is shown: %s%s", stdout.String(), stderr.String())
		}
	}
	f("", "", 1, "--url", country)
	f("", "TRIAGE_URL="+country, 1)
	f("# both\n"+country+"\n\n  "+asn+"\n", "", 2, "--url", "-")
	f(asn+"\n", "", 2, "--url", "-", "--from", filepath.Join("..", "..", "geo", "testdata", "country.mmdb"))
}

// Promise: analyze never opens a socket. No package that it is made of, others' included,
// imports what can, but xmlquery, whose one function that dials nobody calls, and excelize, which only asks net/http what kind
// of file some bytes are; of the command's files, only that of geo update names what can.
func TestAnalysisReachesNoNetwork(t *testing.T) {
	all := listPackages(t)
	seen := map[string]bool{}
	var walk func(path, by string)
	walk = func(path, by string) {
		p := all[path]
		if seen[path] || p.Standard || path == "github.com/antchfx/xmlquery" {
			return
		}
		seen[path] = true
		if strings.HasPrefix(path, "triage/") {
			noLoadURL(t, p)
		}
		for _, i := range p.Imports {
			if i == "net/http" && path == "github.com/xuri/excelize/v2" {
				onlyDetects(t, p)
				continue
			}
			// Of the standard library, what parses only may itself name package net: net/netip, net/url, net/mail, net/textproto.
			if i == "net" || i == "crypto/tls" || i == "net/smtp" || strings.HasPrefix(i, "net/http") || strings.HasPrefix(i, "net/rpc") {
				t.Errorf("%s imports %s", by, i)
			}
			walk(i, by+" → "+i)
		}
	}
	for _, path := range []string{"triage/analyzers/report", "triage/ingest", "triage/geo", "triage/rules"} {
		if all[path].ImportPath == "" {
			t.Fatalf("go list does not name %s", path)
		}
		walk(path, path)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if named := bytes.Contains(text, []byte("\"triage/geo/update\"")); named && name != "geo_update.go" && name != "geo_update_test.go" {
			t.Errorf("%s imports geo/update", name)
		}
	}
}

func noLoadURL(t *testing.T, p listed) {
	t.Helper()
	for _, name := range p.GoFiles {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("xmlquery.LoadURL")) {
			t.Errorf("%s/%s calls xmlquery.LoadURL", p.ImportPath, name)
		}
	}
}

// onlyDetects checks that a package's files name nothing of net/http but DetectContentType, which opens nothing.
func onlyDetects(t *testing.T, p listed) {
	t.Helper()
	names := regexp.MustCompile(`\bhttp\.[A-Z]\w*`)
	for _, file := range p.GoFiles {
		text, err := os.ReadFile(filepath.Join(p.Dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names.FindAllString(string(text), -1) {
			if name != "http.DetectContentType" {
				t.Errorf("%s uses %s", file, name)
			}
		}
	}
}
