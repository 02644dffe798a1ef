package yamltext

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func noSuggestion(string, []string) string { return "" }

// Promise: a stored node is the node, with every place in it.
func TestStore(t *testing.T) {
	paths, err := filepath.Glob("../packs/core*/*.yaml")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file := &File{Name: path, Bytes: data}
		want := Parse(file, NewFaults(noSuggestion))
		got, err := Restore(file, string(Store(want)))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: what is restored is not what was stored", path)
		}
	}
}

// FuzzRestore: whatever is stored, reading it ends, and takes no more memory than it is long.
func FuzzRestore(f *testing.F) {
	file := &File{Name: "a"}
	for _, text := range []string{"a: [1, true, x]\nb: {c: null}\n", "x", "[]", "{}"} {
		f.Add(string(Store(Parse(&File{Name: "a", Bytes: []byte(text)}, NewFaults(noSuggestion)))))
	}
	f.Fuzz(func(t *testing.T, data string) {
		n, err := Restore(file, data)
		if err != nil {
			return
		}
		again, err := Restore(file, string(Store(n)))
		if err != nil || !reflect.DeepEqual(again, n) {
			t.Fatalf("stored again it is another: %v", err)
		}
	})
}
