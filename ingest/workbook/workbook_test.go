package workbook

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/xuri/excelize/v2"
)

// built is a workbook of these sheets, which has rows of cells; nil cells are left out.
func built(t testing.TB, sheets map[string][][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for name, rows := range sheets {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, value := range row {
				cell, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err == nil && value != nil {
					err = f.SetCellValue(name, cell, value)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	var out bytes.Buffer
	if err := errors.Join(f.DeleteSheet("Sheet1"), f.Write(&out)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Promise: a sheet reads as the table that it was made from: times that a workbook keeps as days are times, empty cells and
// rows stay or go as in CSV, numbers that are no times stay.
func TestSheet(t *testing.T) {
	book := built(t, map[string][][]any{"Audit": {
		{"CreationDate", "Operations", "AuditData", "ResultIndex"},
		{46083.333333333336, "Send", "{\"a\":\n\"b, c\"}", 46083},
		{},
		{"3/2/2026 8:00:00 AM", "Über"},
		{nil, nil, " "},
		{0.5, nil, nil, "x"},
	}})
	names, err := Sheets(bytes.NewReader(book))
	if err != nil || !slices.Equal(names, []string{"Audit"}) {
		t.Fatalf("%q, %v", names, err)
	}
	const want = "CreationDate,Operations,AuditData,ResultIndex\n2026-03-02T08:00:00.000,Send,\"{\"\"a\"\":\n\"\"b, c\"\"}\",46083\n3/2/2026 8:00:00 AM,Über,,\n0.5,,,x\n"
	for range 2 {
		s, err := Open(bytes.NewReader(book), "Audit")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(iotest.OneByteReader(s))
		if err := errors.Join(err, s.Close()); err != nil || string(got) != want {
			t.Errorf("%q, %v\nwant %q", got, err, want)
		}
	}
	if _, err := Open(bytes.NewReader(book), "Other"); err == nil {
		t.Error("a sheet that is not there")
	}
}

// Promise: what claims to be a workbook ends in rows or an error, and never in anything else.
func FuzzSheet(f *testing.F) {
	f.Add(built(f, map[string][][]any{"A": {{"CreationDate", "x"}, {46083.5, "y"}}}))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, book []byte) {
		names, err := Sheets(bytes.NewReader(book))
		if err != nil {
			return
		}
		for _, name := range names[:min(len(names), 4)] {
			s, err := Open(bytes.NewReader(book), name)
			if err != nil {
				continue
			}
			if _, err := io.Copy(io.Discard, io.LimitReader(s, 1<<20)); err != nil {
				t.Logf("%q: %v", name, err)
			}
			_ = s.Close()
		}
	})
}
