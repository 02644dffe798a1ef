package geo

import (
	_ "embed" // for data/
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// The built-in databases, made by gen; SOURCES.json says from what. Strings, so that nothing can change or copy them.
var (
	//go:embed data/country.mmdb.zst
	countryData string
	//go:embed data/asn.mmdb.zst
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
	e.done.Go(func() { e.country, e.errs[0] = openBuiltin("country.mmdb.zst", countryData) })
	e.done.Go(func() { e.asn, e.errs[1] = openBuiltin("asn.mmdb.zst", asnData) })
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

// unzip unpacks built-in data. It is zstd, not gzip: every run of the program pays for it.
func unzip(packed string) ([]byte, error) {
	if packed == "" {
		return nil, io.ErrUnexpectedEOF
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxDatabase))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	return z.DecodeAll([]byte(packed), nil) // checks the content's checksum
}
