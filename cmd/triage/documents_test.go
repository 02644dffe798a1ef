package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Promise: a document that a comment, a script or a pack cites is in the repository, so that a reader can open it. README
// is the name of files that tests make up, too.
func TestCitedDocumentsExist(t *testing.T) {
	root := filepath.Join("..", "..")
	cited := regexp.MustCompile(`[A-Za-z0-9_./-]*[A-Z]{3,}\.md\b`)
	held := map[string]bool{}
	var sources []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".git":
			return filepath.SkipDir
		case strings.HasSuffix(path, ".md"):
			held[filepath.Base(path)] = true
			sources = append(sources, path)
		case strings.HasSuffix(path, ".go"), strings.HasSuffix(path, ".yaml"), strings.HasSuffix(path, ".txtar"), d.Name() == "run":
			sources = append(sources, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range sources {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range cited.FindAllString(string(text), -1) {
			found++
			if filepath.Base(name) == "README.md" && strings.HasSuffix(path, "_test.go") {
				continue
			}
			if strings.Contains(name, "/") {
				if _, err := os.Stat(filepath.Join(root, name)); err == nil {
					continue
				}
				if _, err := os.Stat(filepath.Join(filepath.Dir(path), name)); err == nil {
					continue
				}
			} else if held[name] {
				continue
			}
			t.Errorf("%s cites %s, which is not here", path, name)
		}
	}
	if found < 5 {
		t.Errorf("found %d citations: the pattern fits nothing", found)
	}
}

// Promise: the top of the repository holds these rooms and nothing else.
func TestTopLevelIsFixed(t *testing.T) {
	git := exec.Command("git", "ls-files")
	git.Dir = filepath.Join("..", "..")
	text, err := git.Output()
	if err != nil {
		t.Skip("no git, or no clone")
	}
	want := []string{
		".ci", ".gitattributes", ".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "analyzers", "cmd", "geo", "go.mod", "go.sum",
		"ingest", "rules", "testdata",
	}
	for name := range strings.Lines(string(text)) {
		top, _, _ := strings.Cut(strings.TrimSpace(name), "/")
		if !slices.Contains(want, top) {
			t.Errorf("%s stands at the top", top)
		}
	}
}
