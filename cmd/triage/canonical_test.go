package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

// Promise: who hands the same activities over in another order, in several files, twice, zipped or in another encoding,
// and whatever the number of workers, gets the same findings and scores.
func TestCanonicalOutputOfReshapedExports(t *testing.T) {
	folder := filepath.Join("..", "..", "testdata", "cases", "wire-fraud")
	data, err := os.ReadFile(filepath.Join(folder, "activities.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSuffix(bytes.TrimPrefix(data, []byte("\ufeff")), []byte("\n")), []byte("\n"))
	header, rows := lines[0], lines[1:] // no cell of this case holds a newline
	owner := "--assume-mailbox=alice@contoso.com"
	want := output(t, filepath.Join(folder, "activities.csv"), owner, "--format", "canonical")

	rapid.Check(t, func(r *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		var all [][]byte
		for range rapid.IntRange(1, 2).Draw(r, "copies") {
			all = append(all, rows...)
		}
		if rapid.Bool().Draw(r, "shuffled") {
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		}
		dir := t.TempDir()
		files := rapid.IntRange(1, 4).Draw(r, "files")
		for i := range files {
			part := all[len(all)*i/files : len(all)*(i+1)/files]
			text := append(bytes.Join(append([][]byte{header}, part...), []byte("\n")), '\n')
			encode := rapid.SampledFrom(encodings()).Draw(r, "encoding")
			name := filepath.Join(dir, strconv.Itoa(random.IntN(1e9))+".csv")
			if err := os.WriteFile(name, encode.of(text), 0o600); err != nil {
				r.Fatal(err)
			}
		}
		workers := strconv.Itoa(rapid.IntRange(1, 4).Draw(r, "workers"))
		if got := output(t, dir, owner, "--workers", workers, "--format", "canonical"); !bytes.Equal(got, want) {
			r.Fatalf("canonical output differs: %s", difference(want, got))
		}
	})
}

type encoding struct {
	name string
	of   func([]byte) []byte
}

// String names the encoding in rapid's counterexamples.
func (e encoding) String() string { return e.name }

func encodings() []encoding {
	return []encoding{
		{"UTF-8", func(b []byte) []byte { return b }},
		{"UTF-8 with a BOM", func(b []byte) []byte { return append([]byte("\ufeff"), b...) }},
		{"CRLF", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) }},
		{"UTF-16LE", func(b []byte) []byte { return wide(b, binary.LittleEndian) }},
		{"UTF-16BE", func(b []byte) []byte { return wide(b, binary.BigEndian) }},
		{"gzip", zipped},
	}
}

func wide(text []byte, order binary.AppendByteOrder) []byte {
	out := order.AppendUint16(nil, 0xfeff)
	for _, unit := range utf16.Encode([]rune(string(text))) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

func zipped(text []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(text) // a bytes.Buffer never fails
	_ = w.Close()
	return out.Bytes()
}
