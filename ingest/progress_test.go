package ingest

import (
	"archive/zip"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// activitiesText is an invented export of so many rows; odd breaks the quoting of its last row.
func activitiesText(rows int, odd bool) string {
	var b strings.Builder
	b.WriteString("TimeStamp,AppIdType,ActivityIdType,ActivityItemId,ActivityCreationTime,ClientSessionId,CustomProperties\n")
	for i := range rows {
		fmt.Fprintf(&b, "2018-05-02T08:%02d:%02dZ,Web,MarkAsRead,item-%d,2018-05-02T08:00:00Z,s,{}\n", i/60%60, i%60, i)
	}
	if odd {
		b.WriteString("2018-05-02T08:00:00Z,Web,Mark\"As\"Read,\"item\"x,2018-05-02T08:00:00Z,s,{}\n")
	}
	return b.String()
}

// Promise: progress ends with every file done and every byte on the disk read, whatever files are packed in, read twice
// or no export at all; it never goes beyond that, and counts no row twice.
func TestProgressAddsUp(t *testing.T) {
	folder := t.TempDir()
	create := func(name string, write func(io.Writer) error) {
		t.Helper()
		f, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := write(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	text := activitiesText(5000, false)
	create("plain.csv", func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
	create("odd.csv", func(w io.Writer) error { _, err := io.WriteString(w, activitiesText(5000, true)); return err })
	create("none.txt", func(w io.Writer) error { _, err := io.WriteString(w, strings.Repeat("no export\n", 50000)); return err })
	create("packed.csv.gz", func(w io.Writer) error {
		z := gzip.NewWriter(w)
		_, err := io.WriteString(z, text)
		if err != nil {
			return err
		}
		return z.Close()
	})
	create("members.zip", func(w io.Writer) error {
		z := zip.NewWriter(w)
		for _, name := range []string{"one.csv", "two.csv"} {
			m, err := z.Create(name)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(m, text); err != nil {
				return err
			}
		}
		return z.Close()
	})
	var last Progress
	files, err := Open(context.Background(), []string{folder}, Options{Workers: 2, Progress: func(p Progress) {
		if p.Read < 0 || p.Read > p.Total || p.Done < last.Done || p.Files != 6 {
			t.Errorf("progress %+v after %+v", p, last)
		}
		last = p
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	rows, again := int64(0), false
	for _, in := range files.Case.Inputs {
		rows += in.Rows
		again = again || strings.Contains(strings.Join(in.Notes, ""), "quoting is broken")
	}
	if !again {
		t.Error("no file was read twice")
	}
	// The directory of a zip archive is read by nobody in particular.
	if last.Done != 6 || last.Rows != rows || last.Total-last.Read > 1000 {
		t.Errorf("at the end %+v, want 6 files, %d rows and all bytes", last, rows)
	}
}
