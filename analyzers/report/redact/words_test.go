package redact

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"triage/analyzers/report"
)

const root = "../../.."

// sources are where sentences of a report come from. What draws a report has no part in it.
var sources = []string{"analyzers", "geo", "ingest", "rules/decision", "rules/detect", "rules/packs/core", "cmd/triage/analyze.go", "cmd/triage/packs/known.go"}

// spoken are the keys of a rule whose texts stand in reports, and those that name the service's own words.
var spoken = regexp.MustCompile(`^(id|title|family|message|next|falsepositives|reason|op(\|.*)?|scopes(\|.*)?|params\.accessrights(\|.*)?|.*_(roles|rights|scopes|operations))$`)

// wordsOfSources are the words of all sentences of the program and of the core pack.
func wordsOfSources(t *testing.T) map[string]bool {
	t.Helper()
	set := map[string]bool{}
	eachText(t, sources, func(text string) {
		for _, word := range strings.Fields(text) {
			for _, one := range append(strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune("-_'()[],;:=+|", r) }), word) {
				if one = strings.ToLower(withoutMarks(one)); wordOfOurs.MatchString(one) {
					set[one] = true
				}
			}
		}
	})
	for _, name := range []string{"acme", "contoso", "fabrikam", "example", "alice", "bob"} {
		delete(set, name) // clients and people of our examples
	}
	return set
}

// eachText calls add for every text of the program's own in some folders and files.
func eachText(t *testing.T, sources []string, add func(string)) {
	t.Helper()
	for _, source := range sources {
		err := filepath.WalkDir(filepath.Join(root, source), func(path string, d fs.DirEntry, err error) error {
			switch name := d.Name(); {
			case err != nil:
				return err
			case d.IsDir() && path == filepath.Join(root, source):
			case d.IsDir():
				writer := filepath.Base(filepath.Dir(path)) == "report" && name != "draw"
				if writer || name == "testdata" || len(name) > 4 && strings.HasSuffix(name, "test") || slices.Contains([]string{"charset", "gen", "update", "m365"}, name) {
					return filepath.SkipDir
				}
			case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
				return literals(path, add)
			case strings.HasSuffix(name, ".yaml") && strings.Contains(filepath.ToSlash(path), "rules/packs/core/"):
				return spokenOf(path, spoken, add)
			case name == "classes.yaml": // what says the class of an address
				return spokenOf(path, regexp.MustCompile(`.`), add)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// wordOfOurs leaves out what is no word: formats, patterns, escapes.
var wordOfOurs = regexp.MustCompile(`^[a-z][a-z0-9./:+#$()_-]{0,60}$`)

func literals(path string, add func(string)) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				add(text)
			}
		}
		return true
	})
	return nil
}

func spokenOf(path string, spoken *regexp.Regexp, add func(string)) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return err
	}
	var all func(n *yaml.Node)
	all = func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode {
			add(placeholder.ReplaceAllString(n.Value, " "))
		}
		for _, c := range n.Content {
			all(c)
		}
	}
	var look func(n *yaml.Node)
	look = func(n *yaml.Node) {
		for i, c := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "tests" {
				continue // they are about invented people
			}
			if n.Kind == yaml.MappingNode && i%2 == 0 && (strings.HasPrefix(c.Value, "params.") || strings.HasPrefix(c.Value, "raw.")) {
				add(strings.NewReplacer(".", " ", "|", " ").Replace(c.Value))
				add(c.Value)
			}
			if n.Kind == yaml.MappingNode && i%2 == 1 && spoken.MatchString(strings.ToLower(n.Content[i-1].Value)) {
				all(c)
				continue
			}
			look(c)
		}
	}
	look(&doc)
	return nil
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// Promise: words.txt has no word that the program's own sentences do not have: what it has is not replaced. New words of
// the program are replaced until they are added: go test ./analyzers/report/redact -run Words -args -update
func TestWordsAreOurs(t *testing.T) {
	want := wordsOfSources(t)
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		text := "# Words of the program's sentences, one a line: TestWordsAreOurs -args -update writes them.\n" +
			strings.Join(slices.Sorted(maps.Keys(want)), "\n") + "\n"
		if err := os.WriteFile("words.txt", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have := vocabulary()
	for word := range have {
		if !want[word] {
			t.Errorf("%q is no word of the program's sentences", word)
		}
	}
	missing := 0
	for word := range want {
		if !have[word] {
			missing++
		}
	}
	t.Logf("%d words, %d not listed yet", len(have), missing)
}

// TextOfSources is all that the program itself says, in lower case: its sentences, the names of its fields and columns.
func TextOfSources(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	writers, err := filepath.Glob(filepath.Join(root, "analyzers", "report", "*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	all := append(slices.Clone(sources), "cmd/triage")
	for _, path := range writers {
		if folder := filepath.Base(filepath.Dir(path)); !strings.HasSuffix(folder, "test") && !slices.Contains(all, "analyzers/report/"+folder) {
			all = append(all, "analyzers/report/"+folder)
		}
	}
	eachText(t, all, func(text string) { out.WriteString(strings.ToLower(text) + "\n") })
	for _, of := range []string{"*.css", "*.js", "*.html", "*.tmpl", "*/*.css", "*/*.js", "*/*.html", "*/*.tmpl"} { // of pages
		paths, _ := filepath.Glob(filepath.Join(root, "analyzers/report/*", of))
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			out.WriteString(strings.ToLower(string(text)))
		}
	}
	return out.String() + strings.ToLower(report.JSONSchema()) + strings.Join(slices.Collect(maps.Keys(factTable())), "\n")
}

// Promise: what the schema lists as the only values of a field is kept, so that a redacted report is valid.
func TestListedValuesAreKept(t *testing.T) {
	var doc any
	if err := json.Unmarshal([]byte(report.JSONSchema()), &doc); err != nil {
		t.Fatal(err)
	}
	words := vocabulary()
	n := 0
	var look func(doc any)
	look = func(doc any) {
		switch v := doc.(type) {
		case []any:
			for _, one := range v {
				look(one)
			}
		case map[string]any:
			for name, one := range v {
				if list, ok := one.([]any); ok && name == "enum" {
					for _, value := range list {
						text, ok := value.(string)
						if n++; ok && !words.id(text) && !words.all(text) && !words.term(text) {
							t.Errorf("%q would be replaced", text)
						}
					}
					continue
				}
				look(one)
			}
		}
	}
	look(doc)
	if n < 100 {
		t.Errorf("%d values", n)
	}
}
