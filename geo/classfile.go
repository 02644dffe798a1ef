package geo

import (
	"bytes"
	_ "embed" // for classes.yaml
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// builtinClasses is the project's own short list.
//
//go:embed classes.yaml
var builtinClasses string

// maxClassErrors bounds how much of a wrong file is complained about in one run.
const maxClassErrors = 20

// builtin reads classes.yaml: the date of the list, then rows by class.
func (l *classLists) builtin(text string) error {
	file, plain := plainClasses(text)
	if !plain {
		file = classText{}
		dec := yaml.NewDecoder(strings.NewReader(text))
		dec.KnownFields(true)
		if err := dec.Decode(&file); err != nil {
			return fmt.Errorf("classes.yaml: %w", err)
		}
	}
	for name, rows := range file.Rows {
		class, ok := ParseClass(name)
		if !ok {
			return fmt.Errorf("classes.yaml: unknown class %q", name)
		}
		for _, r := range rows {
			if err := l.yamlRow(class, r, file.Date); err != nil {
				return fmt.Errorf("classes.yaml: %s: %w", name, err)
			}
		}
	}
	return nil
}

type yamlClass struct {
	ASN    uint32 `yaml:"asn"`
	CIDR   string `yaml:"cidr"`
	Name   string `yaml:"name"` // of the ASN, for the reader
	Source string `yaml:"source"`
}

func (l *classLists) yamlRow(class Class, r yamlClass, date string) error {
	if r.Source == "" || (r.ASN == 0) == (r.CIDR == "") {
		return fmt.Errorf("want a source and one of asn and cidr, got %+v", r)
	}
	row := classRow{class, "built in " + date + ": " + r.Source}
	if r.ASN != 0 {
		l.addASN(r.ASN, row)
		return nil
	}
	p, err := netip.ParsePrefix(r.CIDR)
	if err != nil {
		return err
	}
	if p != p.Masked() {
		return fmt.Errorf("%s has bits beyond its length", p)
	}
	l.addPrefix(p, row)
	return nil
}

// readFile adds a list of the user's: CSV lines "cidr|asn,class,source", with # comments and an optional header. The
// source column may be missing; the file's name is always part of what the report calls the source.
func (l *classLists) readFile(path string) (sum string, err error) {
	raw, err := readFile(path)
	if err != nil {
		return "", err
	}
	return sha256Hex(raw), l.readCSV(raw, path)
}

func (l *classLists) readCSV(raw []byte, path string) error {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	r.FieldsPerRecord, r.Comment, r.TrimLeadingSpace, r.ReuseRecord = -1, '#', true, true
	sources := map[string]string{} // one string per source, not per row
	var errs []error
	for first := true; len(errs) < maxClassErrors; first = false {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			// The csv error has the line, but not the file's name.
			errs = append(errs, fmt.Errorf("%s: %w", path, err))
			break
		}
		if first && isHeader(row) {
			continue
		}
		if err := l.csvRow(row, filepath.Base(path), sources); err != nil {
			line, _ := r.FieldPos(0)
			errs = append(errs, fmt.Errorf("%s:%d: %w", path, line, err))
		}
	}
	return errors.Join(errs...)
}

// isHeader knows a header by its second column.
func isHeader(row []string) bool {
	return len(row) >= 2 && strings.EqualFold(strings.TrimSpace(row[1]), "class")
}

func (l *classLists) csvRow(row []string, file string, sources map[string]string) error {
	if len(row) < 2 || len(row) > 3 {
		return fmt.Errorf("want cidr|asn,class,source, got %d fields", len(row))
	}
	class, ok := ParseClass(strings.ToLower(strings.TrimSpace(row[1])))
	if !ok {
		return fmt.Errorf("unknown class %q, want one of %s", row[1], strings.Join(classNames[Private:], ", "))
	}
	source := ""
	if len(row) == 3 {
		source = strings.TrimSpace(row[2])
	}
	if _, ok := sources[source]; !ok {
		sources[source] = strings.TrimSuffix(file+": "+source, ": ")
	}
	out := classRow{class, sources[source]}
	key := strings.TrimSpace(row[0])
	if asn, ok := parseASN(key); ok {
		l.addASN(asn, out)
		return nil
	}
	p, err := parsePrefix(key)
	if err != nil {
		return err
	}
	l.addPrefix(p, out)
	return nil
}

// parseASN reads "64500" or "AS64500".
func parseASN(s string) (uint32, bool) {
	if len(s) > 2 && strings.EqualFold(s[:2], "AS") {
		s = s[2:]
	}
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err == nil && n > 0
}

func parsePrefix(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		ip, err := netip.ParseAddr(s)
		if err != nil {
			return p, fmt.Errorf("%q is neither a network, an address nor an ASN", s)
		}
		p = netip.PrefixFrom(ip.Unmap().WithZone(""), ip.Unmap().BitLen())
	}
	if p.Bits() == 0 {
		return p, fmt.Errorf("%s is the whole internet", p)
	}
	if p.Addr().Is4In6() {
		return p, fmt.Errorf("%s: write IPv4 networks as such", p)
	}
	return p, nil
}
