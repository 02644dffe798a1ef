package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"triage/geo"
)

// checkBlocks asserts that the addresses of blocks.yaml are where the shipped cases take them to be, by the databases
// just built.
func checkBlocks(dir string) error {
	raw, err := os.ReadFile("blocks.yaml")
	if err != nil {
		return err
	}
	var blocks []struct {
		Name, IP, Country, Class string
		ASN                      uint32
	}
	if err := yaml.Unmarshal(raw, &blocks); err != nil {
		return fmt.Errorf("blocks.yaml: %w", err)
	}
	l, err := geo.Open(geo.Options{
		CountryDB: []string{filepath.Join(dir, "country.mmdb")}, ASNDB: []string{filepath.Join(dir, "asn.mmdb")}, NoEmbedded: true,
	})
	if err != nil {
		return err
	}
	var errs []error
	for _, b := range blocks {
		p, err := l.Lookup(geo.ParseAddr(b.IP).IP)
		got := fmt.Sprintf("%s AS%d %s", p.Country, p.ASN, p.Class)
		want := fmt.Sprintf("%s AS%d %s", b.Country, b.ASN, b.Class)
		if err != nil || got != want {
			errs = append(errs, fmt.Errorf("blocks.yaml: %s %s is %s, want %s (%v)", b.Name, b.IP, got, want, err))
		}
	}
	return errors.Join(errs...)
}

// checkNames asserts that the ASNs of ../classes.yaml still belong to whom the list says.
func checkNames(a archive) error {
	raw, err := os.ReadFile("../classes.yaml")
	if err != nil {
		return err
	}
	var file struct {
		Date string
		Rows map[string][]struct {
			ASN                uint32
			CIDR, Name, Source string
		} `yaml:",inline"`
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		return fmt.Errorf("classes.yaml: %w", err)
	}
	names, err := asnNames(a)
	if err != nil {
		return err
	}
	var errs []error
	for _, class := range sortedKeys(file.Rows) {
		for _, r := range file.Rows[class] {
			if r.ASN != 0 && strings.ReplaceAll(names[r.ASN], `"`, "'") != r.Name {
				errs = append(errs, fmt.Errorf("classes.yaml: %s: AS%d is %q, not %q", class, r.ASN, names[r.ASN], r.Name))
			}
		}
	}
	return errors.Join(errs...)
}
