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

//go:embed packs/*/*.yaml
var embedded embed.FS

// store is where packs lie: the built-in ones in the program, all others on the disk.
type store struct {
	builtin fs.FS
	lists   []string // files and folders in which lists and packs may lie besides the packs' own folders
	packs   []string // those that the command line names
}

// openStore takes the packs of the program unless others are given, for tests.
func openStore(builtin fs.FS, lists, packs []string) store {
	s := store{builtin: builtin, lists: lists, packs: packs}
	if builtin == nil {
		s.builtin = embedded
		if sub, err := fs.Sub(embedded, "packs"); err == nil { // the path is a constant and valid
			s.builtin = sub
		}
	}
	return s
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

var (
	errNotOrdinary = errors.New("not an ordinary file")
	errOutside     = errors.New("lies outside of the pack's folder: --lists PATH names what may be read there")
	errOutsidePack = errors.New("lies outside of the pack's folder: name it with --rules, before this one, or its folder with --lists")
)

// open refuses what is no file on the disk: a pipe that nobody writes to would be waited for.
func (s store) open(p yamltext.Location) (fs.File, error) {
	if p.Builtin {
		return s.builtin.Open(p.Path)
	}
	info, err := os.Stat(p.Path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotOrdinary
	}
	return os.Open(p.Path)
}

// list is where a list lies that a pack names, links followed: in the pack's folder or below, else where the command
// line allows it. A pack may come from anybody, and what a list holds is shown.
func (s store) list(pack yamltext.Location, name string) (yamltext.Location, error) {
	at := pack.Beside(name)
	if at.Builtin {
		return at, nil
	}
	real, err := realPath(at.Path)
	if err != nil {
		return at, cause(err)
	}
	if !s.allowed(pack, real, s.lists) {
		return at, errOutside
	}
	return yamltext.Location{Path: real}, nil
}

// base is where a pack lies that another extends, links followed: where its lists may lie, or what the command line names
// as a pack. What is not there is for the reader to say.
func (s store) base(pack yamltext.Location, name string) (yamltext.Location, error) {
	at := pack.Beside(name)
	if at.Builtin {
		return at, nil
	}
	if real, err := realPath(at.Path); err == nil && !s.allowed(pack, real, slices.Concat(s.lists, s.packs)) {
		return at, errOutsidePack
	}
	return at, nil
}

// allowed says that a real path lies in the folder of the pack that names it, or in one of others.
func (s store) allowed(pack yamltext.Location, real string, others []string) bool {
	return slices.ContainsFunc(append([]string{filepath.Dir(pack.Path)}, others...), func(folder string) bool {
		root, err := realPath(folder)
		return err == nil && inFolder(root, real)
	})
}

// realPath is a path without links, from the root on.
func realPath(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(real)
}

// inFolder says that a path is the root, or lies below it.
func inFolder(root, path string) bool {
	way, err := filepath.Rel(root, path)
	return err == nil && filepath.IsLocal(way)
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
