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
		in, err := Inspect(content, name, "vendor")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if err := in.Install(folder); err != nil {
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

// Promise: what could not be used is refused before anything is installed: pages that ask to log in, cut and damaged
// files, other archives.
func TestInspectRefuses(t *testing.T) {
	f := func(content []byte, name, want string) {
		t.Helper()
		if _, err := Inspect(content, name, "vendor"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
	country := read(t, "testdata/country.mmdb")
	f([]byte("<html>please log in</html>"), "country.mmdb", "not a usable")
	f([]byte("<html>please log in</html>"), "download", "want cidr|asn,class,source")
	f(nil, "download", "empty")
	f(read(t, "testdata/domain.mmdb"), "domain.mmdb", "neither countries")
	f(gzipped(t, country)[:500], "country.mmdb.gz", "EOF")
	f(tarred(t, "README.txt", []byte("hello")), "x.tar", "no .mmdb file")
	f(country[:len(country)/2], "country.mmdb", "not a usable")
	f(country[len(country)/2:], "country.mmdb", "not a usable")
	damaged := bytes.Clone(country)
	copy(damaged[len(damaged)/2:], "\xff\xff\xff\xff\xff\xff\xff\xff")
	f(damaged, "country.mmdb", "damaged")
}

// Promise: a file that was changed after it was installed is not used unnoticed.
func TestListChanged(t *testing.T) {
	folder := t.TempDir()
	if list, err := List(filepath.Join(folder, "none")); list != nil || err != nil {
		t.Errorf("%v, %v", list, err)
	}
	in, err := Inspect(read(t, "testdata/country.mmdb"), "country.mmdb", "vendor")
	if err == nil {
		err = in.Install(folder)
	}
	if err != nil {
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
