package rules_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"triage/rules"
	"triage/rules/yamltext"
)

var update = flag.Bool("update", false, "rewrite what testdata wants")

// Each archive of testdata/bad is one mistake: its first file is loaded, and the faults must read as want says, with
// their places. Every code of the table has its mistake here.
func TestEveryMistakeIsNamedAtItsPlace(t *testing.T) {
	archives, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	seen := map[string]bool{}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			got, codes := mistake(t, path)
			for _, c := range codes {
				seen[c] = true
			}
			compare(t, path, "want", got)
		})
	}
	for _, c := range yamltext.Codes() {
		if !seen[c.Code] && c.Code != "R003" { // TestLimits
			t.Errorf("no archive shows %s: %s", c.Code, c.Doc)
		}
	}
}

// mistake loads an archive's first file and returns what was said about it, without the temporary folder.
func mistake(t *testing.T, path string) (said string, codes []string) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	first := ""
	for _, f := range archive.Files {
		if f.Name == "want" {
			continue
		}
		if first == "" {
			first = filepath.Join(dir, f.Name)
		}
		target := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	set, err := rules.Load(kinds(), rules.Options{
		Paths: []string{first}, AsOf: day("2026-11-21"), Version: "0.1.0", FS: os.DirFS("testdata/builtin"),
	})
	var found yamltext.Problems
	if err != nil {
		found = err.(yamltext.Problems)
	} else {
		found = set.Warnings
	}
	for _, p := range found {
		codes = append(codes, p.Code)
	}
	return strings.ReplaceAll(found.Error(), dir+string(filepath.Separator), "") + "\n", codes
}

// compare holds a text against a file of an archive, or rewrites it with -update.
func compare(t *testing.T, path, name, got string) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
	if *update {
		if i < 0 {
			i = len(archive.Files)
			archive.Files = append(archive.Files, txtar.File{Name: name})
		}
		archive.Files[i].Data = []byte(got)
		if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if i < 0 || string(archive.Files[i].Data) != got {
		t.Errorf("%s: got\n%s", name, got)
	}
}
