package geo

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func read(t testing.TB, file string) []byte {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func gzipped(t testing.TB, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarred(t testing.TB, name string, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(raw)), Format: tar.FormatUSTAR}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Promise: a database installs in every form vendors serve, under a safe name, and look-ups use what is installed.
func TestInstall(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "cache", "geo")
	f := func(content []byte, name, file, kind, kindOf, built string) {
		t.Helper()
		in, err := Install(content, name, "vendor", folder)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if in.File != file || in.Kind != kind || in.Type != kindOf || in.Built != built || in.From != "vendor" {
			t.Errorf("%s: %+v", name, in)
		}
		if got := sha256Hex(read(t, filepath.Join(folder, file))); got != in.SHA256 {
			t.Errorf("%s: sha256 %s, file has %s", name, in.SHA256, got)
		}
	}
	country := read(t, "testdata/country.mmdb")
	asn := read(t, "testdata/asn.mmdb")
	f(country, "country.mmdb", "country.mmdb", KindCountry, "DBIP-Country-Lite", "2026-01-02")
	f(gzipped(t, country), "country.mmdb.gz", "country.mmdb", KindCountry, "DBIP-Country-Lite", "2026-01-02")
	f(gzipped(t, tarred(t, "GeoLite2-ASN_20260102/GeoLite2-ASN.mmdb", asn)), "download", "GeoLite2-ASN.mmdb", KindASN, "GeoLite2-ASN", "2026-01-02")
	f(tarred(t, "../../../etc/evil.mmdb", asn), "x.tar", "evil.mmdb", KindASN, "GeoLite2-ASN", "2026-01-02")
	f(asn, "..", "database.mmdb", KindASN, "GeoLite2-ASN", "2026-01-02")
	f(asn, "a b/\n\u00e9.mmdb", "a_b___.mmdb", KindASN, "GeoLite2-ASN", "2026-01-02")
	f(read(t, "testdata/classes.csv"), "classes.csv", "classes.csv", KindClasses, "", "")
	list, err := List(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, in := range list {
		names = append(names, in.File)
	}
	if want := []string{"GeoLite2-ASN.mmdb", "a_b___.mmdb", "classes.csv", "country.mmdb", "database.mmdb", "evil.mmdb"}; !slices.Equal(names, want) {
		t.Errorf("installed %q, want %q", names, want)
	}
	p := lookup(t, open(t, Options{NoEmbedded: true}.With(folder, list)), "192.0.2.17")
	if p.Country != "UA" || p.ASN != 64497 || p.Class != Hosting {
		t.Errorf("%+v", p)
	}
}

// Promise: what could not be used is refused, and nothing of it, nor of an aborted replacement, is left in the folder.
func TestInstallRefuses(t *testing.T) {
	folder := t.TempDir()
	f := func(content []byte, name, want string) {
		t.Helper()
		if _, err := Install(content, name, "vendor", folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
	country := read(t, "testdata/country.mmdb")
	f([]byte("<html>please log in</html>"), "country.mmdb", "want cidr|asn,class,source")
	f(nil, "country.mmdb", "empty")
	f(read(t, "testdata/domain.mmdb"), "domain.mmdb", "neither countries")
	f(gzipped(t, country)[:500], "country.mmdb.gz", "EOF")
	f(tarred(t, "README.txt", []byte("hello")), "x.tar", "no .mmdb file")
	f(country[:len(country)/2], "country.mmdb", "want cidr")
	f(country[len(country)/2:], "country.mmdb", "not a usable")
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}

// Promise: a file that was changed after it was installed is not used unnoticed.
func TestListChanged(t *testing.T) {
	folder := t.TempDir()
	if list, err := List(filepath.Join(folder, "none")); list != nil || err != nil {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := Install(read(t, "testdata/country.mmdb"), "country.mmdb", "vendor", folder); err != nil {
		t.Fatal(err)
	}
	f := func(want string) {
		t.Helper()
		if _, err := List(folder); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	write(t, filepath.Join(folder, "country.mmdb"), "other")
	f("was changed after it was installed")
	write(t, filepath.Join(folder, "country.mmdb.json"), `{"file":"../country.mmdb","kind":"country"}`)
	f("describes")
	write(t, filepath.Join(folder, "country.mmdb.json"), `{`)
	f("JSON")
}
