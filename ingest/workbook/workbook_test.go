package workbook

import (
	"archive/zip"
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

// Promise: what claims to be a workbook ends in rows or an error, and never in anything else: the parts of a sound one are
// changed, as the bytes around them soon make it no archive at all.
func FuzzSheet(f *testing.F) {
	book := built(f, map[string][][]any{"A": {{"CreationDate", "x"}, {46083.5, "y"}}})
	sound, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		f.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, m := range sound.File {
		r, err := m.Open()
		if err != nil {
			f.Fatal(err)
		}
		if parts[m.Name], err = io.ReadAll(r); err != nil {
			f.Fatal(err)
		}
	}
	const sheet, shared = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
	f.Add(parts[sheet], parts[shared], parts["xl/workbook.xml"])
	f.Add([]byte(`<worksheet><sheetData><row r="2"><c r="B2" t="inlineStr"><is><t>x</t></is></c><c r="A2" t="s"><v>9</v></c></row></sheetData></worksheet>`), parts[shared], parts["xl/workbook.xml"])
	f.Fuzz(func(t *testing.T, rows, texts, names []byte) {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for _, m := range sound.File {
			part := parts[m.Name]
			switch m.Name {
			case sheet:
				part = rows
			case shared:
				part = texts
			case "xl/workbook.xml":
				part = names
			}
			one, err := w.Create(m.Name)
			if err == nil {
				_, err = one.Write(part)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		sheets, err := Sheets(bytes.NewReader(out.Bytes()))
		if err != nil {
			return
		}
		for _, name := range sheets[:min(len(sheets), 4)] {
			first, again := sheetText(out.Bytes(), name), sheetText(out.Bytes(), name)
			if first != again {
				t.Fatalf("%q: %q, and then %q", name, first, again)
			}
		}
	})
}

// sheetText is the first MiB of a sheet's text, or as far as it goes.
func sheetText(book []byte, name string) string {
	s, err := Open(bytes.NewReader(book), name)
	if err != nil {
		return err.Error()
	}
	defer s.Close()
	text, err := io.ReadAll(io.LimitReader(s, 1<<20))
	if err != nil {
		return string(text) + err.Error()
	}
	return string(text)
}
