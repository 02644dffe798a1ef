package update

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"triage/geo"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func sumOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// vendor serves files as vendors do: with a key, by way of another host, packed.
func vendor(t testing.TB) *httptest.Server {
	t.Helper()
	country, asn := fixture(t, "country.mmdb"), fixture(t, "asn.mmdb")
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Referer") != "" || r.Header.Get("Authorization") != "" {
			t.Errorf("the key went on to another host: %v", r.Header)
		}
		_, _ = w.Write(tarball(t, "GeoLite2-ASN_20260102/GeoLite2-ASN.mmdb", asn))
	}))
	t.Cleanup(store.Close)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		if r.URL.Query().Get("license_key") != "sesame" && password != "sesame" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		switch r.URL.Path {
		case "/elsewhere":
			http.Redirect(w, r, strings.Replace(store.URL, "127.0.0.1", "localhost", 1)+"/signed", http.StatusFound)
		case "/again":
			http.Redirect(w, r, r.URL.String(), http.StatusFound)
		case "/cut.mmdb":
			w.Header().Set("Content-Length", strconv.Itoa(len(country)))
			_, _ = w.Write(country[:len(country)/2])
		case "/vast.mmdb":
			w.Header().Set("Content-Length", "9000000000")
		case "/endless.mmdb":
			for range 100 {
				_, _ = w.Write(make([]byte, 1000))
				w.(http.Flusher).Flush()
			}
		case "/login.mmdb":
			_, _ = w.Write([]byte("<html>please log in</html>"))
		case "/geo/country.mmdb":
			_, _ = w.Write(country)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func tarball(t testing.TB, name string, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(raw)), Format: tar.FormatUSTAR})
	if err == nil {
		_, err = w.Write(raw)
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Promise: a database installs from a file and from a URL, by way of redirects, and a key in the URL is used but neither
// kept nor handed on.
func TestRun(t *testing.T) {
	server := vendor(t)
	file := filepath.Join("..", "testdata", "country.mmdb")
	good := sumOf(fixture(t, "country.mmdb"))
	f := func(s Source, sums []string, name, from string) {
		t.Helper()
		folder := t.TempDir()
		in, err := Run(t.Context(), []Source{s}, sums, folder)
		if err != nil {
			t.Errorf("%+v: %v", s, err)
			return
		}
		list, err := geo.List(folder)
		if err != nil || len(list) != 1 || list[0] != in[0] || in[0].From != from || in[0].File != name || in[0].Built != "2026-01-02" {
			t.Errorf("%+v: %+v, list %+v, %v", s, in, list, err)
		}
	}
	f(Source{File: file}, nil, "country.mmdb", "country.mmdb")
	f(Source{File: file, Kind: geo.KindCountry}, []string{strings.ToUpper(good)}, "country.mmdb", "country.mmdb")
	f(Source{URL: server.URL + "/geo/country.mmdb?license_key=sesame"}, []string{good}, "country.mmdb", server.URL+"/geo/country.mmdb")
	withKey := strings.Replace(server.URL, "http://", "http://user:sesame@", 1)
	f(Source{URL: withKey + "/elsewhere", Kind: geo.KindASN}, nil, "GeoLite2-ASN.mmdb", server.URL+"/elsewhere")
}

// Promise: several install in one go, and the sums, in any order, are each some file's.
func TestRunSeveral(t *testing.T) {
	folder := t.TempDir()
	sources := []Source{
		{File: filepath.Join("..", "testdata", "country.mmdb")},
		{File: filepath.Join("..", "testdata", "asn.mmdb")},
		{File: filepath.Join("..", "testdata", "classes.csv")},
	}
	sums := []string{sumOf(fixture(t, "classes.csv")), sumOf(fixture(t, "asn.mmdb")), sumOf(fixture(t, "country.mmdb"))}
	in, err := Run(t.Context(), sources, sums, folder)
	if err != nil || len(in) != 3 || in[0].Kind != geo.KindCountry || in[1].Kind != geo.KindASN || in[2].Kind != geo.KindClasses {
		t.Errorf("%+v, %v", in, err)
	}
}

// Promise: what went wrong is said without the key, all of it at once, and nothing is installed, nor anything changed
// that was: cut, oversized, endless and foreign answers among it.
func TestRunFails(t *testing.T) {
	server := vendor(t)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	country := Source{File: filepath.Join("..", "testdata", "country.mmdb")}
	asn := Source{File: filepath.Join("..", "testdata", "asn.mmdb")}
	url := func(path string) Source {
		return Source{URL: server.URL + path + "?license_key=sesame", MaxBytes: 50_000}
	}
	f := func(want string, sums []string, sources ...Source) {
		t.Helper()
		folder := t.TempDir()
		_, err := Run(t.Context(), sources, sums, folder)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%+v: got %v, want %q", sources, err, want)
		}
		if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	}
	f("want a file or a URL", nil, Source{})
	f("want a file or a URL", nil, Source{File: "x", URL: "https://contoso.com"})
	f("none.mmdb: no such file", nil, Source{File: filepath.Join(t.TempDir(), "none.mmdb")})
	f("want 00", []string{"00"}, country)
	f("none of those given", []string{sumOf(fixture(t, "asn.mmdb")), "00"}, country, asn)
	f("no file has the sha256 00", []string{sumOf(fixture(t, "country.mmdb")), "00"}, country)
	f("is of kind country, want asn", nil, Source{File: country.File, Kind: geo.KindASN})
	f("both be installed as country.mmdb", nil, country, url("/geo/country.mmdb"))
	f("no such file", nil, country, Source{File: "none.mmdb"})
	f("/gone.mmdb: 404", nil, url("/gone.mmdb"))
	f("401", nil, Source{URL: server.URL + "/geo/country.mmdb"})
	f("/cut.mmdb: unexpected EOF", nil, url("/cut.mmdb"))
	f("/vast.mmdb: larger than 1024 MB", nil, Source{URL: server.URL + "/vast.mmdb?license_key=sesame"})
	f("/endless.mmdb: larger than 50000 bytes", nil, url("/endless.mmdb"))
	f("/login.mmdb: not a usable", nil, url("/login.mmdb"))
	f("more than 10 redirects", nil, url("/again"))
	f("refused", nil, Source{URL: gone.URL + "/x.mmdb?key=sesame"})
	f("not an http", nil, Source{URL: "ftp://user:sesame@contoso.com/x"})
	f("not an http", nil, Source{URL: "https://user:sesame@\x7f/"})
}

// Promise: an encrypted download never goes on unencrypted.
func TestRunStaysEncrypted(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("asked without encryption") }))
	defer plain.Close()
	server := httptest.NewTLSServer(http.RedirectHandler(plain.URL+"/country.mmdb", http.StatusFound))
	defer server.Close()
	client := newClient()
	client.Transport = server.Client().Transport
	_, err := Run(t.Context(), []Source{{URL: server.URL, Client: client}}, nil, t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "from https to http") {
		t.Errorf("got %v", err)
	}
}
