package geo

import (
	"archive/tar"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oschwald/maxminddb-golang/v2"
)

// Kinds of databases and lists.
const (
	KindCountry = "country" // a country or city database
	KindASN     = "asn"
	KindClasses = "classes" // a CSV list of network classes, or a database of nothing else
)

// Installed is a database or list in the folder that Package.Install fills. It stands beside the file as NAME.json.
type Installed struct {
	File   string `json:"file"` // name in the folder
	Kind   string `json:"kind"`
	Type   string `json:"type,omitempty"`  // what the database calls itself
	Built  string `json:"built,omitempty"` // its own date, YYYY-MM-DD
	SHA256 string `json:"sha256"`          // of the installed file
	From   string `json:"from"`            // where it came from
}

// Package is a database or a class list that was checked and is not installed yet.
type Package struct {
	Installed
	raw []byte
}

// Inspect unpacks a database or a class list and checks it as Open would, and each record of a database besides. It
// takes mmdb files, plain, gzipped or in the .tar.gz that MaxMind serves, and CSV lists of classes. from is recorded as
// given: leave keys out of it.
func Inspect(content []byte, name, from string) (*Package, error) {
	in, raw, err := inspect(content, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	in.From = from
	return &Package{in, raw}, nil
}

// Install puts the package into folder, which is made if need be. An older file of the same name is replaced in one
// step.
func (p *Package) Install(folder string) (err error) {
	_, fresh := os.Stat(folder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	defer func() {
		if err != nil && fresh != nil {
			_ = os.Remove(folder) // unless something is in it
		}
	}()
	about, err := json.MarshalIndent(p.Installed, "", " ")
	if err != nil {
		return err
	}
	// The description goes last: a database without one is not taken for installed.
	if err := replace(filepath.Join(folder, p.File), p.raw); err != nil {
		return err
	}
	return replace(filepath.Join(folder, p.File+".json"), append(about, '\n'))
}

func readFile(file string) ([]byte, error) {
	f, err := OpenFile(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := limited(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return raw, nil
}

// inspect unpacks the file, finds out what it is and refuses what Open could not use.
func inspect(packed []byte, name string) (Installed, []byte, error) {
	raw, err := unpack(bytes.NewReader(packed))
	if err != nil {
		return Installed{}, nil, err
	}
	name = strings.TrimSuffix(name, ".gz")
	if inner, found, err := fromTar(raw); err != nil {
		return Installed{}, nil, err
	} else if found != "" {
		raw, name = inner, found
	}
	in := Installed{SHA256: sha256Hex(raw)}
	if !strings.HasSuffix(name, ".mmdb") && !bytes.Contains(raw, []byte("\xab\xcd\xefMaxMind.com")) { // the mark before a database's metadata
		lists := newClassLists()
		if err := lists.readCSV(raw, name); err != nil {
			return Installed{}, nil, err
		}
		if len(lists.byASN)+len(lists.byPrefix) == 0 {
			return Installed{}, nil, errors.New("neither a database nor a list of classes: it is empty")
		}
		in.Kind, in.File = KindClasses, safeName(name, ".csv")
		return in, raw, nil
	}
	db, err := openBytes(raw)
	if err != nil {
		return Installed{}, nil, err
	}
	if err := verify(raw); err != nil {
		return Installed{}, nil, err
	}
	in.Kind, in.File, in.Type, in.Built = db.kind, safeName(name, ".mmdb"), db.info.Name, db.info.Built
	return in, raw, nil
}

// verify reads every network and every record of a database: what is damaged in its middle is told now, not in an
// analysis. The library's own Verify asks for more than look-ups need, such as a description.
func verify(raw []byte) error {
	r, err := maxminddb.OpenBytes(raw)
	if err != nil {
		return fmt.Errorf("not a usable MaxMind database: %w", err)
	}
	seen := map[uintptr]bool{} // networks share records: a country database has a few hundred
	for network := range r.Networks() {
		err := network.Err()
		if at := network.Offset(); err == nil && !seen[at] {
			seen[at] = true
			var record any
			err = network.Decode(&record)
		}
		if err != nil {
			return fmt.Errorf("a damaged database: %w", err)
		}
	}
	if len(seen) == 0 {
		return errors.New("the database holds no network")
	}
	return nil
}

// fromTar takes the database out of a tar archive; found is "" if raw is none.
func fromTar(raw []byte) (inner []byte, found string, err error) {
	if len(raw) < 263 || string(raw[257:262]) != "ustar" {
		return nil, "", nil
	}
	for t := tar.NewReader(bytes.NewReader(raw)); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil, "", errors.New("the archive holds no .mmdb file")
		}
		if err != nil {
			return nil, "", err
		}
		if h.Typeflag == tar.TypeReg && strings.HasSuffix(h.Name, ".mmdb") {
			inner, err = limited(t)
			return inner, path.Base(h.Name), err
		}
	}
}

// safeName makes a plain file name of a name that someone else chose.
func safeName(name, ext string) string {
	name = strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.') {
			return r
		}
		return '_'
	}, strings.TrimSuffix(name, ext))
	name = strings.Trim(name, ".")
	if len(name) > 100 {
		name = name[:100]
	}
	return cmp.Or(name, "database") + ext
}

// replace writes a file beside the old one and then takes its place. Errors name the file, not the temporary one.
func replace(file string, raw []byte) error {
	// The number tells whose it is, should it be left behind.
	tmp, err := os.CreateTemp(filepath.Dir(file), fmt.Sprintf(".%s.%d.*.tmp", filepath.Base(file), os.Getpid()))
	if err != nil {
		return writing(file, err)
	}
	_, err = tmp.Write(raw)
	for _, step := range []func() error{func() error { return tmp.Chmod(0o644) }, tmp.Sync} {
		if err == nil {
			err = step()
		}
	}
	if closed := tmp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		return errors.Join(writing(file, err), os.Remove(tmp.Name()))
	}
	return nil
}

// writing is an error of package os about a file's temporary name, with the file in its place.
func writing(file string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("%s: %w", file, err)
}

// List reads what Package.Install put in folder, ordered by name; a folder that does not exist holds nothing. A file whose
// content is no longer what was installed is an error.
func List(folder string) ([]Installed, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Installed
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".mmdb.json") && !strings.HasSuffix(e.Name(), ".csv.json") {
			continue
		}
		in, err := readInstalled(folder, e.Name())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(folder, e.Name()), err)
		}
		out = append(out, in)
	}
	slices.SortFunc(out, func(a, b Installed) int { return cmp.Compare(a.File, b.File) })
	return out, nil
}

func readInstalled(folder, name string) (Installed, error) {
	var in Installed
	about, err := readFile(filepath.Join(folder, name))
	if err != nil {
		return in, err
	}
	if err := json.Unmarshal(about, &in); err != nil {
		return in, err
	}
	if in.File+".json" != name || !slices.Contains([]string{KindCountry, KindASN, KindClasses}, in.Kind) {
		return in, fmt.Errorf("describes %q of kind %q", in.File, in.Kind)
	}
	raw, err := readFile(filepath.Join(folder, in.File))
	if err != nil {
		return in, err
	}
	if got := sha256Hex(raw); got != in.SHA256 {
		return in, fmt.Errorf("%s was changed after it was installed: sha256 is %s", in.File, got)
	}
	return in, nil
}

// source is what a report calls an installed database: the folder is this machine's business.
func (in Installed) source() string { return "installed " + in.File }

// With adds what is installed in folder to the options, behind what they already name.
func (o Options) With(folder string, installed []Installed) Options {
	o.installed = folder
	for _, in := range installed {
		file := filepath.Join(folder, in.File)
		switch {
		case in.Kind == KindCountry:
			o.CountryDB = append(slices.Clip(o.CountryDB), file)
		case strings.HasSuffix(in.File, ".mmdb"):
			o.ASNDB = append(slices.Clip(o.ASNDB), file)
		default:
			o.ClassFiles = append(slices.Clip(o.ClassFiles), file)
		}
	}
	return o
}

func sha256Hex(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}
