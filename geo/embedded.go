package geo

import (
	_ "embed" // for data/
	"encoding/json"
	"fmt"
)

// The built-in databases, made by gen; SOURCES.json says from what. They are not packed: the system reads those pages of the
// program that a look-up needs, and a run pays for no others. Nothing writes to them.
var (
	//go:embed data/country.mmdb
	countryData []byte
	//go:embed data/asn.mmdb
	asnData []byte
	//go:embed data/borders.csv.gz
	borderData string
	//go:embed data/SOURCES.json
	sourcesData string
)

// openEmbedded opens the built-in databases.
func openEmbedded() (country, asn *database, err error) {
	if country, err = openBuiltin("country.mmdb", countryData); err != nil {
		return nil, nil, err
	}
	asn, err = openBuiltin("asn.mmdb", asnData)
	return country, asn, err
}

func openBuiltin(name string, raw []byte) (*database, error) {
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
