package update

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"triage/geo"
)

// Promise: a database installs from a file and from a URL, and a key in the URL is used but never kept.
func TestRun(t *testing.T) {
	file := filepath.Join("..", "testdata", "country.mmdb")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(raw)
	good := hex.EncodeToString(sum[:])
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("license_key") != "sesame" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		_, _ = w.Write(raw)
	}))
	defer server.Close()
	f := func(s Source, from string) {
		t.Helper()
		folder := t.TempDir()
		in, err := Run(t.Context(), s, folder)
		if err != nil {
			t.Errorf("%+v: %v", s, err)
			return
		}
		list, err := geo.List(folder)
		if err != nil || len(list) != 1 || list[0] != in || in.From != from || in.SHA256 != good || in.Built != "2026-01-02" {
			t.Errorf("%+v: %+v, list %+v, %v", s, in, list, err)
		}
	}
	f(Source{File: file}, file)
	f(Source{File: file, SHA256: strings.ToUpper(good)}, file)
	f(Source{URL: server.URL + "/geo/country.mmdb?license_key=sesame"}, server.URL+"/geo/country.mmdb")
}

// Promise: what went wrong is said without the key, and nothing is installed.
func TestRunFails(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	defer server.Close()
	f := func(s Source, want string) {
		t.Helper()
		folder := t.TempDir()
		_, err := Run(t.Context(), s, folder)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%+v: got %v, want %q", s, err, want)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	}
	f(Source{}, "want a file or a URL")
	f(Source{File: "x", URL: "https://contoso.com"}, "want a file or a URL")
	f(Source{File: filepath.Join(t.TempDir(), "none.mmdb")}, "no such file")
	f(Source{File: filepath.Join("..", "testdata", "country.mmdb"), SHA256: "00"}, "want 00")
	f(Source{URL: server.URL + "/x.mmdb?key=sesame"}, "404")
	f(Source{URL: gone.URL + "/x.mmdb?key=sesame"}, "refused")
	f(Source{URL: "ftp://user:sesame@contoso.com/x"}, "not an http")
	f(Source{URL: "https://user:sesame@\x7f/"}, "not an http")
}
