package yamltext

import (
	"bytes"
	"path"
	"path/filepath"
	"strings"
)

// File is one file on its way through a load.
type File struct {
	Name     string // as the user sees it
	Location Location
	Bytes    []byte
	lines    [][]byte
}

// snippet is a line as a message shows it.
func (f *File) snippet(line int) string {
	if f.lines == nil {
		f.lines = bytes.Split(f.Bytes, []byte("\n"))
	}
	if line < 1 || line > len(f.lines) {
		return ""
	}
	const widest = 160
	text := []rune(harmless(strings.TrimSpace(strings.ToValidUTF8(string(f.lines[line-1]), "\uFFFD"))))
	if len(text) > widest {
		text = append(text[:widest], '…')
	}
	return string(text)
}

// Builtin stands before the names of files that are part of the program.
const Builtin = "builtin:"

// Location is where a file lies: in the program or on the disk.
type Location struct {
	Builtin bool
	Path    string // within the folder of built-in files, or of the disk
}

// ParseLocation reads a location as String writes it.
func ParseLocation(text string) Location {
	if name, ok := strings.CutPrefix(text, Builtin); ok {
		return Location{true, name}
	}
	return Location{false, text}
}

// String is the place as users name it.
func (p Location) String() string {
	if p.Builtin {
		return Builtin + p.Path
	}
	return p.Path
}

// Beside is what a file at p means by a relative path.
func (p Location) Beside(name string) Location {
	if p.Builtin {
		return Location{true, path.Join(path.Dir(p.Path), name)}
	}
	if filepath.IsAbs(name) {
		return Location{false, name}
	}
	return Location{false, filepath.Join(filepath.Dir(p.Path), filepath.FromSlash(name))}
}
