package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"triage/analyzers/report/reporttest"
	"triage/analyzers/report/reporttest/python"
)

func every() []Column {
	return []Column{{"time", Time}, {"name", Text}, {"n", Int}, {"x", Float}, {"list", Texts}}
}

// table writes n rows: every third name and time is unknown, lists have none to three texts of which one is unknown.
func table(t *testing.T, out io.Writer, n int) {
	t.Helper()
	w, err := NewWriter(out, every())
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		w.Int(0, 1_700_000_000_000+int64(i), i%3 != 0)
		w.Text(1, fmt.Sprintf("é %d", i), i%3 != 0)
		w.Int(2, int64(i)-5, true)
		w.Float(3, float64(i)/2, i%2 == 0)
		w.Texts(4, []string{"a", "", fmt.Sprint(i)}[:i%4])
		if err := w.EndRow(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// Promise: the same rows give the same bytes: those that DuckDB read when the golden was made.
func TestBytes(t *testing.T) {
	var out, again bytes.Buffer
	table(t, &out, 9)
	table(t, &again, 9)
	if !bytes.Equal(out.Bytes(), again.Bytes()) {
		t.Error("two tables of the same rows differ")
	}
	reporttest.Golden(t, "small.parquet", out.Bytes())
}

// Promise: DuckDB reads what was written, of none, few and several row groups: types, values, what is not known, and lists.
func TestSecondReader(t *testing.T) {
	for _, n := range []int{0, 1, 9, 300_000} {
		var out bytes.Buffer
		table(t, &out, n)
		got := python.Run(t, `
import sys, duckdb
db = duckdb.connect()
db.execute("set timezone='UTC'")
f = sys.argv[1]
for q in ["select column_name, column_type from (describe select * from '%s')",
          "select count(*), count(time), count(name), coalesce(sum(n), 0), count(x), coalesce(sum(x), 0), coalesce(sum(len(list)), 0), count(list) from '%s'",
          "select count(*) from '%s' where time >= make_timestamptz(1700000000000000) + interval 7 millisecond",
          "select epoch_ms(time), name, n, x, list from '%s' where n between -5 and 3 order by n"]:
    for row in db.execute(q % f).fetchall():
        print(*row, sep="|")
`, []string{"duckdb"}, python.File(t, "table.parquet", out.Bytes()))
		if want := wanted(n); got != want {
			t.Errorf("%d rows: got\n%s\nwant\n%s", n, got, want)
		}
	}
}

// wanted is what DuckDB is to print of n rows, worked out from what they are.
func wanted(n int) string {
	var b strings.Builder
	b.WriteString("time|TIMESTAMP WITH TIME ZONE\nname|VARCHAR\nn|BIGINT\nx|DOUBLE\nlist|VARCHAR[]\n")
	known, sum, xs, x, texts, late := 0, 0, 0, 0.0, 0, 0
	for i := range n {
		sum += i - 5
		if i%3 != 0 {
			known++
			if i >= 7 {
				late++
			}
		}
		if i%2 == 0 {
			xs++
			x += float64(i) / 2
		}
		texts += i % 4
	}
	fmt.Fprintf(&b, "%d|%d|%d|%d|%d|%.1f|%d|%d\n%d\n", n, known, known, sum, xs, x, texts, n, late)
	for i := range min(n, 9) {
		at, name, value := "None", "None", "None"
		if i%3 != 0 {
			at, name = fmt.Sprint(1_700_000_000_000+i), fmt.Sprintf("é %d", i)
		}
		if i%2 == 0 {
			value = fmt.Sprintf("%.1f", float64(i)/2)
		}
		list := []string{"'a'", "None", fmt.Sprintf("'%d'", i)}[:i%4]
		fmt.Fprintf(&b, "%s|%s|%d|%s|[%s]\n", at, name, i-5, value, strings.Join(list, ", "))
	}
	return b.String()
}

// Promise: memory does not grow with the rows: pages are packed as they fill, and leave with their row group.
func TestMemory(t *testing.T) {
	w, err := NewWriter(io.Discard, every())
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	for i := range 2 * groupRows {
		w.Int(0, int64(i), true)
		w.Text(1, "the same text in every row", true)
		w.Int(2, 1, true)
		w.Float(3, 1, true)
		w.Texts(4, []string{"a", "b"})
		if err := w.EndRow(); err != nil {
			t.Fatal(err)
		}
		size := 0
		for _, c := range w.columns {
			size += cap(c.values) + cap(c.pages) + cap(c.definitions.done) + cap(c.repetitions.done)
		}
		most = max(most, size)
	}
	if limit := len(w.columns)*4*pageBytes + groupRows; most > limit {
		t.Errorf("%d bytes are kept, want at most %d", most, limit)
	}
	if len(w.groups) != 2 {
		t.Errorf("%d row groups", len(w.groups))
	}
}

// failing takes some bytes and no more.
type failing struct{ left int }

var errFull = errors.New("disk full")

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// Promise: a disk that is full is told, wherever that comes up.
func TestFull(t *testing.T) {
	for _, left := range []int{0, 4, 40, 300} {
		w, err := NewWriter(&failing{left}, every())
		for range 9 {
			if err != nil {
				break
			}
			for i := range every() {
				switch i {
				case 1:
					w.Text(i, "x", true)
				case 3:
					w.Float(i, 1, true)
				case 4:
					w.Texts(i, nil)
				default:
					w.Int(i, 1, true)
				}
			}
			err = w.EndRow()
		}
		if err == nil {
			err = w.Close()
		}
		if !errors.Is(err, errFull) {
			t.Errorf("%d bytes: got %v", left, err)
		}
	}
}
