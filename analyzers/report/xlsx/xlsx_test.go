package xlsx

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"triage/analyzers/report"
	"triage/analyzers/report/reporttest"
	"triage/analyzers/report/reporttest/python"
)

// Promise: the same report gives the same bytes, whatever the order of a map.
func TestSameBytes(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(""))
	var first bytes.Buffer
	if err := Write(&first, r); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		var again bytes.Buffer
		if err := Write(&again, r); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), again.Bytes()) {
			t.Fatal("two workbooks of one report differ")
		}
	}
}

// Promise: a list of more rows than a sheet holds goes on in another one, with its header, and no row is lost.
func TestSplit(t *testing.T) {
	r := &report.Report{}
	for i := range 7 {
		r.Searches = append(r.Searches, report.Search{Query: fmt.Sprint("q", i)})
	}
	var out bytes.Buffer
	if err := write(&out, r, 4); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, name := range []string{"Searches", "Searches 2", "Searches 3"} {
		rows, err := book.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		if rows[0][2] != "Query" || len(rows) > 4 {
			t.Errorf("%s: %d rows, header %q", name, len(rows), rows[0])
		}
		for _, row := range rows[1:] {
			got = append(got, row[2])
		}
	}
	if strings.Join(got, " ") != "q0 q1 q2 q3 q4 q5 q6" {
		t.Errorf("got %q", got)
	}
}

// Promise: a text that no cell holds is cut with a note of its length, and a text is what it is: no formula, no character that
// its letters stand for.
func TestText(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := text(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	f("plain", "plain")
	f("=1+1", "'=1+1")
	f("a_x0041_b", "a_x005F_x0041_b")
	f("\t-1", "' -1")
	for _, letter := range []string{"a", "é", "😀"} {
		got := text(strings.Repeat(letter, 40_000))
		if n := len(utf16.Encode([]rune(got))); n > maxText || n < maxText-2 || !strings.HasSuffix(got, "… [cut: 40,000 characters in all]") {
			t.Errorf("%s: %d units, %q", letter, n, got[len(got)-40:])
		}
	}
}

// Promise: times are Excel's own from its first sure day on.
func TestSerial(t *testing.T) {
	if got := serial(firstDay); got != 61 { // 1 March 1900
		t.Errorf("got %v", got)
	}
	if got := serial(1_704_067_200_000); got != 45292 { // 1 January 2024
		t.Errorf("got %v", got)
	}
}

// Promise: another reader finds the same sheets, rows, dates and numbers.
func TestSecondReader(t *testing.T) {
	r := reporttest.Build(t, reporttest.Sample(reporttest.Nasty))
	var out bytes.Buffer
	if err := Write(&out, r); err != nil {
		t.Fatal(err)
	}
	got := python.Run(t, `
import sys, openpyxl, datetime
book = openpyxl.load_workbook(sys.argv[1])
for s in book.worksheets:
    dates = sum(1 for row in s.iter_rows(min_row=2) for c in row if isinstance(c.value, datetime.datetime))
    formulas = sum(1 for row in s.iter_rows() for c in row if c.data_type == 'f')
    print(s.title, s.max_row, s.freeze_panes, s.auto_filter.ref is not None, dates > 0, formulas)
`, []string{"openpyxl"}, python.File(t, "case.xlsx", out.Bytes()))
	cited := 0
	for i := range r.Timeline {
		cited += len(r.Timeline[i].Rows)
	}
	for _, want := range []string{
		fmt.Sprintf("Findings %d A2 True True 0", len(r.Findings)+1), fmt.Sprintf("Timeline %d A2 True True 0", cited+1),
		fmt.Sprintf("Addresses %d A2 True True 0", len(r.Addresses)+1), fmt.Sprintf("Searches %d A2 True True 0", len(r.Searches)+1),
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("no line %q in\n%s", want, got)
		}
	}
	if n := strings.Count(got, " A2 True "); n != 11 {
		t.Errorf("%d sheets with header and filter:\n%s", n, got)
	}
}

// Promise: nothing of a report goes through the temporary folder, where a run that is killed would leave it.
func TestNoTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	r := &report.Report{}
	text := strings.Repeat("x", 30_000)
	for range 1200 { // twice what the library keeps in memory, if it may choose
		r.Searches = append(r.Searches, report.Search{Query: text})
	}
	var out bytes.Buffer
	watch := writerFunc(func(p []byte) (int, error) {
		left, err := os.ReadDir(dir)
		if err == nil && len(left) > 0 {
			err = fmt.Errorf("%s lies in the temporary folder", left[0].Name())
		}
		if err != nil {
			return 0, err
		}
		return out.Write(p)
	})
	if err := Write(watch, r); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := book.GetCellValue("Searches", "C1201"); err != nil || got != text {
		t.Errorf("the last row: %d letters, %v", len(got), err)
	}
	if err := book.Close(); err != nil {
		t.Error(err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
