package ingest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"triage/ingest/outlook/outlooktest"
)

// directoryEntry is where an archive's directory has its entry number i, from 0.
func directoryEntry(t *testing.T, packed []byte, i int) []byte {
	t.Helper()
	at := 0
	for range i + 1 {
		next := bytes.Index(packed[at:], []byte("PK\x01\x02"))
		if next < 0 {
			t.Fatal("no such entry")
		}
		at += next + 4
	}
	return packed[at-4:]
}

// Where entries of an archive's directory, as the zip format has them.
const (
	entrySize   = 20 // of the compressed bytes
	entryOffset = 42 // of the member's own header
)

func members(t *testing.T, n int) [][2]string {
	t.Helper()
	var list [][2]string
	for i := range n {
		list = append(list, [2]string{fmt.Sprintf("%d.csv", i), string(outlooktest.CSV(outlooktest.Generate(200, uint64(i+1))))})
	}
	return list
}

// inputsOf are the names of the members that were read, and what was said of the others.
func inputsOf(f *Files) string {
	var b strings.Builder
	for _, in := range f.Case.Inputs {
		_, name, _ := strings.Cut(in.Path, "!")
		fmt.Fprintf(&b, "%s %d rows\n", name, in.Rows)
	}
	for _, ignored := range f.Ignored {
		_, name, _ := strings.Cut(ignored.Path, "!")
		fmt.Fprintf(&b, "%s: %s\n", name, ignored.Reason)
	}
	return b.String()
}

// Members that share bytes, as in a small archive that decodes to petabytes, are read once. One damaged entry of a
// directory costs its own member, however many others it reaches into.
func TestOverlap(t *testing.T) {
	f := func(want string, change func(packed []byte)) {
		t.Helper()
		packed := zipped(t, members(t, 4)...)
		change(packed)
		files := open(t, Options{}, filepath.Join(write(t, map[string][]byte{"a.zip": packed}), "a.zip"))
		if got := inputsOf(files); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
	const all = "0.csv 200 rows\n1.csv 200 rows\n2.csv 200 rows\n3.csv 200 rows\n"
	f(all, func([]byte) {})
	f("0.csv 200 rows\n1.csv 200 rows\n3.csv 200 rows\n"+`2.csv: archive cannot be read: it overlaps "1.csv", as in a decompression bomb`+"\n", func(packed []byte) {
		copy(directoryEntry(t, packed, 2)[entryOffset:entryOffset+4], directoryEntry(t, packed, 1)[entryOffset:])
		copy(directoryEntry(t, packed, 2)[entrySize:entrySize+4], directoryEntry(t, packed, 1)[entrySize:])
	})
	f("1.csv 200 rows\n2.csv 200 rows\n3.csv 200 rows\n"+`0.csv: archive cannot be read: it overlaps "3.csv", as in a decompression bomb`+"\n", func(packed []byte) {
		binary.LittleEndian.PutUint32(directoryEntry(t, packed, 0)[entrySize:], 1<<31)
	})
}

// What a directory may cost is bounded before it is kept.
func TestDirectoryBounds(t *testing.T) {
	f := func(members int, comment string) {
		t.Helper()
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for i := range members {
			h := &zip.FileHeader{Name: fmt.Sprint(i), Comment: comment}
			if _, err := z.CreateRaw(h); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(write(t, map[string][]byte{"a.zip": out.Bytes()}), "a.zip")
		_, err := Open(t.Context(), []string{path}, Options{})
		if err == nil || !strings.Contains(err.Error(), errDirectory.Error()) {
			t.Errorf("%d members: %v", members, err)
		}
	}
	f(maxMembers+1, "")
	f(maxDirectory/60_000+1, strings.Repeat("c", 60_000))
}

// However many streams there are, all of them together decode to a bounded multiple of what they take on the disk.
func TestFree(t *testing.T) {
	f := func(streams, want int64) {
		t.Helper()
		if got := freeOf(streams); got != want {
			t.Errorf("freeOf(%d) = %d, want %d", streams, got, want)
		}
	}
	f(0, freeOutput)
	f(1, freeOutput)
	f(16, freeOutput)
	f(17, freeTotal/17)
	f(4096, freeLeast)
	f(maxMembers, freeLeast)
}

// A bomb wrapped twice is measured by what it takes on the disk, not by what its outer layer decodes to.
func TestNestedBomb(t *testing.T) {
	bomb := compressGzip(bytes.Repeat([]byte("2018-03-01T10:00:00Z,Web,Logon,,,,\n"), 12<<20/35))
	packed := zipped(t, [2]string{"bomb.gz", string(compressGzip(bomb))})
	var f finder
	if err := f.find(t.Context(), []string{filepath.Join(write(t, map[string][]byte{"a.zip": packed}), "a.zip")}); err != nil {
		t.Fatal(err)
	}
	src := f.sorted()[0]
	src.free = freeLeast // as if it were one of very many
	st, err := src.open(false)
	if err != nil {
		t.Fatal(err)
	}
	defer st.close()
	if n, err := io.Copy(io.Discard, st.text(0)); !errors.Is(err, errBomb) || n > 4<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
}
