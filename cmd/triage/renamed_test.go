package main

import (
	"archive/zip"
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ownerless is a shipped export without the logons that name its owner.
func ownerless(t *testing.T, path ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", "..", "testdata", "cases"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(bytes.SplitAfter(text, []byte("\n")), func(line []byte) bool { return bytes.Contains(line, []byte(",ServerLogon,")) })
	return bytes.Join(lines, nil)
}

// calledAfterFiles is canonical output with places instead of the names that files gave; in any order, since mailboxes
// come by name.
func calledAfterFiles(t *testing.T, text []byte, names ...string) string {
	t.Helper()
	out := string(text)
	for i, name := range names {
		name = strings.ToLower(name)
		if !strings.Contains(out, `"mailbox":"`+name+`"`) {
			t.Fatalf("no finding in %q", name)
		}
		out = regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`\b`).ReplaceAllString(out, "MAILBOX"+string(rune('A'+i)))
	}
	lines := strings.Split(out, "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], ",")
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Promise: exports that name no owner give the same output, fingerprints and identities included, whatever they are
// called, wrapped in and lie in; only the name of the mailbox is the file's. That holds for names that no other export
// knows and that are no addresses: an address tells the tenant's domain.
func TestRenamedExports(t *testing.T) {
	alice, iris := ownerless(t, "wire-fraud", "activities.csv"), ownerless(t, "two-mailboxes", "iris.csv")
	random := rand.New(rand.NewPCG(9, 9))
	name := func() string {
		letters := []byte("qxzjkvwy")
		random.Shuffle(len(letters), func(i, j int) { letters[i], letters[j] = letters[j], letters[i] })
		return string(letters[:5])
	}
	var want string
	for i := range 8 {
		first, second := name(), name()
		dir := t.TempDir()
		put := func(path string, text []byte) {
			path = filepath.Join(dir, filepath.FromSlash(path))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		put(second+".csv", iris)
		switch i % 4 {
		case 0:
			put(first+".csv", alice)
		case 1:
			put("a/b c/"+strings.ToUpper(first)+".CSV.gz", zipped(alice))
		case 2:
			var packed bytes.Buffer
			w := zip.NewWriter(&packed)
			member, err := w.Create("deep/" + first + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			_, _ = member.Write(alice) // a bytes.Buffer never fails
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			put("all.zip", packed.Bytes())
		case 3:
			put(first+".json.csv", alice)
		}
		got := calledAfterFiles(t, output(t, dir, "--format", "canonical"), first, second)
		if want == "" {
			want = got
		}
		if got != want {
			t.Fatalf("called %s and %s: %s", first, second, difference([]byte(want), []byte(got)))
		}
	}
}

// Promise: of one tenant's domain, an address as a file's name is as good as another.
func TestRenamedToAnAddress(t *testing.T) {
	alice := ownerless(t, "wire-fraud", "activities.csv")
	var want string
	for _, name := range []string{"zora@contoso.com", "quentin@contoso.com"} {
		path := filepath.Join(t.TempDir(), name+".csv")
		if err := os.WriteFile(path, alice, 0o600); err != nil {
			t.Fatal(err)
		}
		got := calledAfterFiles(t, output(t, path, "--format", "canonical"), name)
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("called %s: %s", name, difference([]byte(want), []byte(got)))
		}
	}
}
