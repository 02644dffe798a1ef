package phrase

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// indirect are the packages whose other texts may be messages, too: the catalogue has such a sentence whole.
var indirect = []string{"../../ledger", "../../exposure"}

// wordsOfOurs are messages that no call names: ways in, what can be left behind, bands, degrees, who did something.
var wordsOfOurs = []string{
	"guessed password", "sprayed password", "phishing", "legacy protocol", "device code", "insider right", "mfa fatigue",
	"adversary in the middle", "token replay", "consent", "password reset",
	"transport rule", "application permission", "secret", "device", "group membership", "account", "protocol", "auditing", "connector", "setting",
	"critical", "high", "medium", "low", "none", "proven", "likely", "possible", "not known", "Proven", "Likely", "Possible", "Not known",
	"owner", "administrator",
}

// messagesOf are the messages that the program says, by where it says them; texts are all its texts.
func messagesOf(t *testing.T, folders []string, said map[string]string, texts map[string]bool) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
				return err
			}
			if strings.HasSuffix(path, ".html") {
				page, err := os.ReadFile(path)
				for _, m := range templated.FindAllStringSubmatch(string(page), -1) {
					said[m[1]] = path
				}
				return err
			}
			if !strings.HasSuffix(path, ".go") {
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool { return look(n, path, said, texts) })
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// templated is a message of a page.
var templated = regexp.MustCompile(`\bsay (?:\.Lang|\$l) "([^"]*)"`)

func look(n ast.Node, path string, said map[string]string, texts map[string]bool) bool {
	switch x := n.(type) {
	case *ast.BasicLit:
		if text, ok := literal(x); ok {
			texts[text] = true
			if place.MatchString(text) && !strings.ContainsAny(text, "[^") && said[text] == "" {
				said[text] = path
			}
		}
	case *ast.CallExpr:
		name := ""
		switch f := x.Fun.(type) {
		case *ast.SelectorExpr:
			name = f.Sel.Name
		case *ast.Ident:
			name = f.Name
		}
		at := slices.Index([]string{"Say", "say", "unknown", "next", "Count", "count"}, name)
		if at < 0 {
			return true
		}
		if at /= 4; len(x.Args) > at {
			if text, ok := literal(x.Args[at]); ok && text != "" && (at == 0 || strings.Contains(text, "{n}")) {
				said[text] = path
			}
		}
	}
	return true
}

var place = regexp.MustCompile(`\{([0-9]|n)\}`)

func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// plain says that a message is the same in every language: places and marks only.
func plain(key string) bool { return !strings.ContainsAny(place.ReplaceAllString(key, ""), letters) }

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// Promise: the catalogue has every message that the program says, in every language, with the same places and as many forms; it
// has no message that nothing says, and none twice.
func TestCatalogueIsComplete(t *testing.T) {
	said, texts := map[string]string{}, map[string]bool{}
	messagesOf(t, []string{"../../answers", "..", "../../../cmd/triage"}, said, texts)
	for _, word := range wordsOfOurs {
		said[word] = "wordsOfOurs"
	}
	messagesOf(t, indirect, map[string]string{}, texts)
	var missing []string
	for key, path := range said {
		for _, l := range Languages()[1:] {
			switch text := catalogue()[Language(l)][key]; {
			case text == "" && !plain(key):
				missing = append(missing, l+" "+key+"   ("+path+")")
			case text != "" && strings.Join(places(text), " ") != strings.Join(places(key), " "):
				t.Errorf("%s: %q has other places than %q", l, text, key)
			case text != "" && strings.Count(text, "|") != strings.Count(key, "|"):
				t.Errorf("%s: %q has other forms than %q", l, text, key)
			}
		}
	}
	slices.Sort(missing)
	for _, line := range missing {
		t.Errorf("not in the catalogue: %s", line)
	}
	seen := map[string]bool{}
	for _, key := range keys(t) {
		if said[key] == "" && !texts[key] {
			t.Errorf("nothing says %q", key)
		}
		if seen[key] {
			t.Errorf("twice: %q", key)
		}
		seen[key] = true
		for _, l := range Languages()[1:] {
			if catalogue()[Language(l)][key] == "" {
				t.Errorf("%s lacks %q", l, key)
			}
		}
	}
}

// places are those of a message, each once for each form that has it, sorted.
func places(text string) []string {
	all := map[string]bool{}
	for i, form := range strings.Split(text, "|") {
		for _, m := range place.FindAllString(form, -1) {
			if m != "{n}" || i > 0 || !strings.Contains(text, "|") { // the form for one may say "one" instead of the number
				all[m] = true
			}
		}
	}
	var out []string
	for m := range all {
		out = append(out, m)
	}
	slices.Sort(out)
	return out
}

// keys are the messages of the catalogue, in its order.
func keys(t *testing.T) (out []string) {
	t.Helper()
	names, err := fs.Glob(files, "catalogue/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
			word, rest, _ := strings.Cut(line, " ")
			switch {
			case word == "en":
				out = append(out, rest)
			case line != "" && !strings.HasPrefix(line, "#") && !slices.Contains(Languages(), word):
				t.Errorf("%s:%d: %q", name, i+1, line)
			}
		}
	}
	return out
}
