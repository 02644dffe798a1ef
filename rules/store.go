package rules

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed packs
var embedded embed.FS

const builtinPrefix = "builtin:"

// place is where a file lies: in the program or on the disk.
type place struct {
	builtin bool
	path    string // within the folder of built-in packs, or of the disk
}

// String is the place as users name it.
func (p place) String() string {
	if p.builtin {
		return builtinPrefix + p.path
	}
	return p.path
}

// beside is what a file at p means by a relative path.
func (p place) beside(name string) place {
	if p.builtin {
		return place{true, path.Join(path.Dir(p.path), name)}
	}
	if filepath.IsAbs(name) {
		return place{false, name}
	}
	return place{false, filepath.Join(filepath.Dir(p.path), filepath.FromSlash(name))}
}

func (l *loader) builtins() fs.FS {
	if l.opts.FS != nil {
		return l.opts.FS
	}
	sub, err := fs.Sub(embedded, "packs")
	if err != nil {
		return embedded
	}
	return sub
}

// read reads at most limit+1 bytes: who gets more than the limit knows that the file is too big.
func (l *loader) read(p place, limit int64) ([]byte, error) {
	f, err := l.open(p)
	if err != nil {
		return nil, cause(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	return data, cause(err)
}

func (l *loader) open(p place) (fs.File, error) {
	if p.builtin {
		return l.builtins().Open(p.path)
	}
	return os.Open(p.path)
}

// files are those of a pack or of a folder of packs, by name.
func (l *loader) files(p place) (files []place, folder bool, err error) {
	var info fs.FileInfo
	if p.builtin {
		info, err = fs.Stat(l.builtins(), p.path)
	} else {
		info, err = os.Stat(p.path)
	}
	if err != nil {
		return nil, false, cause(err)
	}
	if !info.IsDir() {
		return []place{p}, false, nil
	}
	var entries []fs.DirEntry
	if p.builtin {
		entries, err = fs.ReadDir(l.builtins(), p.path)
	} else {
		entries, err = os.ReadDir(p.path)
	}
	if err != nil {
		return nil, true, cause(err)
	}
	for _, e := range entries {
		name := e.Name()
		if ext := strings.ToLower(path.Ext(name)); e.IsDir() || ext != ".yaml" && ext != ".yml" || name[0] == '.' {
			continue
		}
		files = append(files, place{p.builtin, path.Join(filepath.ToSlash(p.path), name)})
	}
	if len(files) == 0 {
		return nil, true, errors.New("no .yaml file in this folder")
	}
	slices.SortFunc(files, func(a, b place) int { return strings.Compare(a.path, b.path) })
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

// sumFiles is the sum of a pack: see Pack.SHA256.
func sumFiles(files []File) string {
	if len(files) == 1 {
		return files[0].SHA256
	}
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%s  %s\n", f.SHA256, path.Base(filepath.ToSlash(f.Path)))
	}
	return sumOf([]byte(b.String()))
}
