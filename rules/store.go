package rules

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"triage/rules/yamltext"
)

//go:embed packs
var embedded embed.FS

// store is where packs lie: the built-in ones in the program, all others on the disk.
type store struct{ builtin fs.FS }

// openStore takes the packs of the program unless others are given, for tests.
func openStore(builtin fs.FS) store {
	if builtin != nil {
		return store{builtin}
	}
	sub, err := fs.Sub(embedded, "packs")
	if err != nil { // the path is a constant and valid
		return store{embedded}
	}
	return store{sub}
}

// read reads at most limit+1 bytes: who gets more than the limit knows that the file is too big.
func (s store) read(p yamltext.Location, limit int64) ([]byte, error) {
	f, err := s.open(p)
	if err != nil {
		return nil, cause(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	return data, cause(err)
}

func (s store) open(p yamltext.Location) (fs.File, error) {
	if p.Builtin {
		return s.builtin.Open(p.Path)
	}
	return os.Open(p.Path)
}

// files are those of a pack or of a folder of packs, by name.
func (s store) files(p yamltext.Location) (files []yamltext.Location, folder bool, err error) {
	var info fs.FileInfo
	if p.Builtin {
		info, err = fs.Stat(s.builtin, p.Path)
	} else {
		info, err = os.Stat(p.Path)
	}
	if err != nil {
		return nil, false, cause(err)
	}
	if !info.IsDir() {
		return []yamltext.Location{p}, false, nil
	}
	var entries []fs.DirEntry
	if p.Builtin {
		entries, err = fs.ReadDir(s.builtin, p.Path)
	} else {
		entries, err = os.ReadDir(p.Path)
	}
	if err != nil {
		return nil, true, cause(err)
	}
	for _, e := range entries {
		name := e.Name()
		if ext := strings.ToLower(path.Ext(name)); e.IsDir() || ext != ".yaml" && ext != ".yml" || name[0] == '.' {
			continue
		}
		files = append(files, yamltext.Location{Builtin: p.Builtin, Path: path.Join(filepath.ToSlash(p.Path), name)})
	}
	if len(files) == 0 {
		return nil, true, errors.New("no .yaml file in this folder")
	}
	slices.SortFunc(files, func(a, b yamltext.Location) int { return strings.Compare(a.Path, b.Path) })
	return files, true, nil
}

// missing is fs.ErrNotExist in words that are the same on every system.
type missing struct{}

func (missing) Error() string { return "no such file or folder" }
func (missing) Unwrap() error { return fs.ErrNotExist }

// cause is a file error without the operation and the path, which the reader of the message has already.
func cause(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return missing{}
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
