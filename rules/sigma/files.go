package sigma

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"triage/rules/yamltext"
)

// Limits of one collection of rules: SigmaHQ's has some 3,500 files.
const (
	maxFiles = 50_000
	maxAll   = 256 << 20
)

// RuleFiles are the .yml and .yaml files of a file, a folder and all below it, or a pattern in which ** is any folders, by
// name. Links to folders are not followed.
func RuleFiles(at string) ([]*yamltext.File, error) {
	root, pattern := split(at)
	match, err := matcher(pattern)
	if err != nil {
		return nil, err
	}
	var names []string
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			return nil
		}
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			if path == root {
				return errors.New("not an ordinary file")
			}
			return nil
		}
		ext := strings.ToLower(filepath.Ext(path))
		rel, relErr := filepath.Rel(root, path)
		if path != root && (ext != ".yml" && ext != ".yaml" || relErr != nil || !match(filepath.ToSlash(rel))) {
			return nil
		}
		if names = append(names, path); len(names) > maxFiles {
			return fmt.Errorf("more than %d files", maxFiles)
		}
		return nil
	})
	if err != nil {
		return nil, cause(err)
	}
	if len(names) == 0 {
		return nil, errors.New("no .yml file of a Sigma rule in it")
	}
	slices.Sort(names)
	var files []*yamltext.File
	left := int64(maxAll)
	for _, name := range names {
		data, err := read(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, cause(err))
		}
		if left -= int64(len(data)); left < 0 {
			return nil, fmt.Errorf("more than %d MiB", maxAll>>20)
		}
		files = append(files, &yamltext.File{Name: name, Location: yamltext.Location{Path: name}, Bytes: data})
	}
	return files, nil
}

// read reads one byte more than a file may have: whoever gets it knows that it is too big.
func read(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, yamltext.MaxBytes+1))
}

// cause is a file error without the operation and the path, in words that are the same on every system.
func cause(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("no such file or folder")
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// Root is the file or folder in which a pattern looks.
func Root(at string) string {
	root, _ := split(at)
	return root
}

// split parts a pattern from the folder that it begins in.
func split(at string) (root, pattern string) {
	at = filepath.Clean(at)
	if _, err := os.Lstat(at); err == nil || !strings.ContainsAny(at, "*?") {
		return at, ""
	}
	root = at
	for strings.ContainsAny(root, "*?") {
		root = filepath.Dir(root)
	}
	rel, err := filepath.Rel(root, at)
	if err != nil {
		return at, ""
	}
	return root, filepath.ToSlash(rel)
}

// matcher says which paths below a root a pattern means; "" is all of them.
func matcher(pattern string) (func(string) bool, error) {
	if pattern == "" {
		return func(string) bool { return true }, nil
	}
	text := regexp.QuoteMeta(pattern)
	text = strings.NewReplacer(`\*\*/`, `(?:.*/)?`, `\*\*`, `.*`, `\*`, `[^/]*`, `\?`, `[^/]`).Replace(text)
	re, err := regexp.Compile("^" + text + "$")
	if err != nil {
		return nil, err
	}
	return re.MatchString, nil
}
