package geo

import (
	"compress/gzip"
	_ "embed" // for data/
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// The built-in databases, made by gen; SOURCES.json says from what. Strings, so that nothing can change or copy them.
var (
	//go:embed data/country.mmdb.gz
	countryData string
	//go:embed data/asn.mmdb.gz
	asnData string
	//go:embed data/borders.csv.gz
	borderData string
	//go:embed data/SOURCES.json
	sourcesData string
)

// embedded is the built-in databases on their way out of the binary.
type embedded struct {
	done         sync.WaitGroup
	country, asn *database
	errs         [2]error
}

func openEmbedded() *embedded {
	e := &embedded{}
	e.done.Go(func() { e.country, e.errs[0] = openBuiltin("country.mmdb.gz", countryData) })
	e.done.Go(func() { e.asn, e.errs[1] = openBuiltin("asn.mmdb.gz", asnData) })
	return e
}

func (e *embedded) wait() (country, asn *database, err error) {
	e.done.Wait()
	for _, err := range e.errs {
		if err != nil {
			return nil, nil, err
		}
	}
	return e.country, e.asn, nil
}

func openBuiltin(name, packed string) (*database, error) {
	raw, err := unzip(packed)
	if err != nil {
		return nil, fmt.Errorf("built-in %s: %w", name, err)
	}
	db, err := openBytes(raw)
	if err != nil {
		return nil, fmt.Errorf("built-in %s: %w", name, err)
	}
	db.info.Source = "embedded"
	db.info.SHA256, err = builtinSum(name)
	return db, err
}

// builtinSum trusts SOURCES.json: hashing 18 MB in each run would tell nothing that a test does not.
func builtinSum(name string) (string, error) {
	var files []struct{ File, SHA256 string }
	if err := json.Unmarshal([]byte(sourcesData), &files); err != nil {
		return "", fmt.Errorf("built-in SOURCES.json: %w", err)
	}
	for _, f := range files {
		if f.File == name {
			return f.SHA256, nil
		}
	}
	return "", fmt.Errorf("built-in SOURCES.json: no %s", name)
}

// unzip makes one allocation of the right size: gzip's last four bytes are the unpacked length.
func unzip(packed string) ([]byte, error) {
	if len(packed) < 18 {
		return nil, io.ErrUnexpectedEOF
	}
	n := packed[len(packed)-4:]
	raw := make([]byte, int(n[0])|int(n[1])<<8|int(n[2])<<16|int(n[3])<<24)
	z, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(z, raw); err != nil {
		return nil, err
	}
	// The reader checks the content's checksum when it meets the end.
	switch n, err := z.Read(make([]byte, 1)); {
	case n > 0:
		return nil, fmt.Errorf("longer than its stated %d bytes", len(raw))
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return raw, nil
}
