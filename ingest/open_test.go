package ingest

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"

	"triage/ingest/activity"
	"triage/ingest/outlook/outlooktest"
	"triage/ingest/record"
)

// write puts files into a new folder and returns it.
func write(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t testing.TB, opts Options, paths ...string) *Files {
	t.Helper()
	f, err := Open(t.Context(), paths, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	checkSums(t, f.Case)
	return f
}

// checkSums holds the first promise: rows = activities + duplicates + skipped, per input.
func checkSums(t testing.TB, c *activity.Case) {
	t.Helper()
	for _, in := range c.Inputs {
		if in.Rows != in.Activities+in.Duplicates+in.Skipped {
			t.Errorf("%s: %d rows, %d activities, %d duplicates, %d skipped", in.Path, in.Rows, in.Activities, in.Duplicates, in.Skipped)
		}
	}
}

// canonical is what must not depend on the wrapping: every activity with all its fields, in order.
func canonical(c *activity.Case) string {
	var b strings.Builder
	for i := range c.Activities {
		a := &c.Activities[i]
		fmt.Fprintf(&b, "%d %d %s %x %v %v %v", a.Time, a.Created, a.ID, a.Sum, a.Type, a.Result, a.Flags)
		for _, s := range []activity.Symbol{a.Op, a.Mailbox, a.Actor, a.IP, a.App, a.Agent, a.Session, a.Item} {
			fmt.Fprintf(&b, " %q", c.Text(s))
		}
		for d := range c.Details(a) {
			fmt.Fprintf(&b, " %s=%q", c.KeyName(d.Key), c.Text(d.Value))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func compressGzip(text []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(text)
	w.Close()
	return out.Bytes()
}

func compressZstd(t testing.TB, text []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(text, nil)
}

func zipped(t testing.TB, files ...[2]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		w, err := z.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, f[1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func utf16Text(text []byte, big, bom bool) []byte {
	units := utf16.Encode([]rune(strings.TrimPrefix(string(text), outlooktest.BOM)))
	if bom {
		units = append([]uint16{0xFEFF}, units...)
	}
	out := make([]byte, 0, len(units)*2)
	for _, u := range units {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// The same records give the same case in every wrapping, on one worker and on four; each row's evidence is that row.
func TestWrappingsAgree(t *testing.T) {
	records := outlooktest.Generate(1500, 7)
	text := outlooktest.CSV(records)
	rows := outlooktest.CSVRows(records)
	half := bytes.IndexByte(rows[len(rows)/2:], '\n') + len(rows)/2 + 1
	doubled := append(append([]byte{}, text...), text[len(outlooktest.BOM):]...)
	lines := strings.SplitAfter(strings.TrimSuffix(string(rows), "\n"), "\n")
	for i := range lines {
		j := (i * 1237) % len(lines)
		lines[i], lines[j] = strings.TrimSuffix(lines[j], "\n")+"\n", strings.TrimSuffix(lines[i], "\n")+"\n"
	}
	want := canonical(open(t, Options{}, filepath.Join(write(t, map[string][]byte{"a.csv": text}), "a.csv")).Case)
	if n := strings.Count(want, "\n"); n != 1500 {
		t.Fatalf("%d activities", n)
	}
	for name, files := range map[string]map[string][]byte{
		"crlf":      {"a.csv": bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))},
		"utf16le":   {"a": utf16Text(text, false, true)},
		"utf16be":   {"a": utf16Text(text, true, true)},
		"no bom":    {"a": utf16Text(text, false, false)},
		"gz":        {"a.csv": compressGzip(text)},
		"zst":       {"a.bin": compressZstd(t, text)},
		"gz utf16":  {"a": compressGzip(utf16Text(text, false, true))},
		"zip":       {"x.dat": zipped(t, [2]string{"in/a.csv", string(text)}, [2]string{"README.md", "# hello"})},
		"zip of gz": {"x.zip": zipped(t, [2]string{"a.csv.gz", string(compressGzip(text))})},
		"page":      {"a.json": outlooktest.APIPage(records)},
		"pages":     {"a.json": append(outlooktest.APIPage(records[:500]), outlooktest.APIPage(records[500:])...)},
		"lines":     {"a.jsonl": outlooktest.JSONLines(records)},
		"arrays":    {"a.json": append(outlooktest.Array(records[:10]), outlooktest.Array(records[10:])...)},
		"bracketed": {"a.json": []byte("[\n" + string(outlooktest.JSONLines(records)) + "]")},
		"doubled":   {"a.csv": doubled},
		"twice":     {"a.csv": text, "b/c.csv": text},
		"split":     {"a.csv": append([]byte(outlooktest.Header+"\n"), rows[:half]...), "b.csv": rows[half:]},
		"shuffled":  {"a.csv": []byte(outlooktest.Header + "\n" + strings.Join(lines, ""))},
		"semicolon": {"a.csv": separated(t, text, ';')},
		"tab":       {"a.csv": separated(t, text, '\t')},
		"pipe":      {"a.csv": separated(t, text, '|')},
		"preamble":  {"a.csv": []byte("sep=,\r\n#TYPE System.Object\r\n" + string(text[len(outlooktest.BOM):]))},
		"workbook":  {"a.xlsx": workbookOf(t, text)},
		"both":      {"a.csv": text, "a.json": outlooktest.APIPage(records)},
		"wrapped":   {"a.jsonl": wrapLines(outlooktest.JSONLines(records), func(o string) string { return `{"_index":"x","_source":` + o + `}` })},
		"texts":     {"a.jsonl": wrapLines(outlooktest.JSONLines(records), func(o string) string { return `{"result":{"_raw":` + quotedJSON(o) + `,"_time":"2026-04-01"}}` })},
	} {
		for _, workers := range []int{1, 4} {
			f := open(t, Options{Workers: workers, AssumeMailbox: "alice@contoso.com"}, write(t, files))
			if got := canonical(f.Case); got != want {
				t.Errorf("%s, %d workers: %d activities differ; notes %v", name, workers, len(f.Case.Activities), f.Case.Inputs[0].Notes)
			}
			checkEvidence(t, f)
		}
	}
}

// workbookOf is a CSV text as a workbook.
func workbookOf(t testing.TB, text []byte) []byte {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte(outlooktest.BOM)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// separated is a CSV text with another separator.
func separated(t testing.TB, text []byte, sep rune) []byte {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte(outlooktest.BOM)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma = sep
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// checkEvidence asks for every activity, duplicate and skipped row at once, and compares line numbers with the text.
func checkEvidence(t *testing.T, f *Files) {
	t.Helper()
	var origins []activity.Origin
	for i := range f.Case.Activities {
		for o := range f.Case.Origins(uint32(i)) {
			origins = append(origins, o)
		}
	}
	for _, s := range f.Case.Skips {
		origins = append(origins, s.Origin)
	}
	evidence, err := f.Evidence(t.Context(), origins, 4096)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range evidence {
		if e.Line < 1 || e.Record < 1 || e.Raw == "" {
			t.Fatalf("%s: origin %+v: %+v", e.Path, origins[i], e)
		}
		if i < len(f.Case.Activities) && len(f.Case.Duplicates) == 0 && strings.HasSuffix(e.Path, "csv") {
			stamp := time.UnixMilli(f.Case.Activities[i].Time).UTC().Format("2006-01-02T15:04:05.000Z")
			if !strings.HasPrefix(strings.Trim(e.Raw, `"`), stamp) {
				t.Fatalf("%s: activity of %s has evidence %q", e.Path, stamp, e.Raw)
			}
		}
	}
}

// Evidence names the physical line where the record starts, and the record's number, across blocks and newlines in cells.
func TestEvidenceLines(t *testing.T) {
	var text strings.Builder
	text.WriteString(outlooktest.Header + "\n")
	wantLine := map[int64]int64{} // by record
	line := int64(2)
	for i := range 20_000 {
		wantLine[int64(i+1)] = line
		extra := i % 3
		fmt.Fprintf(&text, "2018-03-01T10:00:00.%07dZ,Web,Logon,item%d,,session,\"{'a': 'x',%s 'b': '%s'}\"\n", i, i, strings.Repeat("\n", extra), strings.Repeat("y", 60))
		line += int64(1 + extra)
	}
	dir := write(t, map[string][]byte{"a.csv": []byte(text.String()), "b.csv.gz": compressGzip([]byte(text.String()))})
	for _, name := range []string{"a.csv", "b.csv.gz"} {
		f := open(t, Options{Workers: 2}, filepath.Join(dir, name))
		var origins []activity.Origin
		for i := range f.Case.Activities {
			origins = append(origins, f.Case.Activities[len(f.Case.Activities)-1-i].Origin())
		}
		evidence, err := f.Evidence(t.Context(), origins, 40)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range evidence {
			a := &f.Case.Activities[len(f.Case.Activities)-1-i]
			if f.Case.Text(a.Item) != fmt.Sprintf("item%d", e.Record-1) || wantLine[e.Record] != e.Line || len(e.Raw) != 40 || !e.Cut {
				t.Fatalf("%s: %s has %+v, want line %d", name, f.Case.Text(a.Item), e, wantLine[e.Record])
			}
		}
		seen := map[int64]bool{}
		for _, e := range evidence {
			seen[e.Record] = true
		}
		if len(seen) != 20_000 {
			t.Errorf("%s: %d distinct records", name, len(seen))
		}
	}
}

// Each way of being no export has its own error, with a hint.
func TestBadPaths(t *testing.T) {
	dir := write(t, map[string][]byte{
		"empty.csv": nil, "blank.csv": []byte(" \r\n"), "nothing.json": []byte(`{"value":[]}`), "other.csv": []byte("TimeStamp,Foo\n1,2\n"),
		"text.md": []byte("# hello\n"), "binary": bytes.Repeat([]byte{0, 1, 2, 3}, 500), "doc.pdf": []byte("%PDF-1.4\n"),
		"book.xlsx": zipped(t, [2]string{"[Content_Types].xml", "<x/>"}), "cut.zip": []byte("PK\x03\x04 and nothing"), "cut.gz": []byte("\x1f\x8b\x08"),
		"folder/README.md": []byte("# hello\n"), "folder/LICENSE": []byte("Permission is hereby granted\n"), "other.json": []byte(`{"a":1}`),
	})
	f := func(path string, want error, text string) {
		t.Helper()
		_, err := Open(t.Context(), []string{filepath.Join(dir, path)}, Options{})
		if !errors.Is(err, want) || !strings.Contains(fmt.Sprint(err), text) || !strings.Contains(fmt.Sprint(err), path) || Hint(err) == "" {
			t.Errorf("%s: got %v (hint %q), want %v with %q", path, err, Hint(err), want, text)
		}
	}
	f("missing.csv", ErrNotFound, "no such file")
	f("*.none", ErrNotFound, "matches the pattern")
	f("empty.csv", ErrEmpty, "empty")
	f("blank.csv", ErrEmpty, "empty")
	f("nothing.json", ErrEmpty, "JSON")
	f("other.csv", ErrUnknown, `"TimeStamp", "Foo"; nearest is activities-csv, which also has AppIdType`)
	f("other.json", ErrUnknown, `{\"a\":1}`)
	f("text.md", ErrUnknown, "neither a table nor JSON")
	f("binary", ErrBinary, "control bytes")
	f("doc.pdf", ErrBinary, "PDF")
	f("book.xlsx", ErrBinary, "Office")
	f("cut.zip", ErrArchive, "zip")
	f("cut.gz", ErrArchive, "")
	f("folder", ErrNoExports, "no export")
}

// One bad path is named, the others are read; in a folder, what is no export is listed and not fatal.
func TestOneBadPathIsNotFatal(t *testing.T) {
	text := outlooktest.CSV(outlooktest.Generate(10, 1))
	dir := write(t, map[string][]byte{"x/a.csv": text, "x/README.md": []byte("# hello\n"), "x/.hidden": nil})
	f := open(t, Options{}, filepath.Join(dir, "x"), filepath.Join(dir, "missing.csv"))
	if len(f.Case.Activities) != 10 || len(f.Problems) != 1 || !errors.Is(f.Problems[0], ErrNotFound) {
		t.Errorf("%d activities, problems %v", len(f.Case.Activities), f.Problems)
	}
	if len(f.Ignored) != 2 || !strings.HasSuffix(f.Ignored[1].Path, "README.md") || f.Ignored[1].Reason == "" {
		t.Errorf("ignored %v", f.Ignored)
	}
}

// The same file named twice is read once; a copy of it is read too, and counted as duplicates.
func TestSameFileTwice(t *testing.T) {
	text := outlooktest.CSV(outlooktest.Generate(10, 1))
	dir := write(t, map[string][]byte{"a.csv": text, "b.csv": text})
	a := filepath.Join(dir, "a.csv")
	if f := open(t, Options{}, a, a, filepath.Join(dir, ".", "a.csv"), filepath.Join(dir, "a*.csv")); len(f.Case.Inputs) != 1 {
		t.Errorf("%d inputs", len(f.Case.Inputs))
	}
	f := open(t, Options{}, dir, a)
	if len(f.Case.Inputs) != 2 || f.Case.Inputs[0].Duplicates+f.Case.Inputs[1].Duplicates != 10 || f.Case.Inputs[0].SHA256 != f.Case.Inputs[1].SHA256 {
		t.Errorf("inputs %+v", f.Case.Inputs)
	}
}

// Standard input is read like a file, evidence included, and its copy has no name, so that a killed run leaves none;
// where the system keeps the name, it is gone after Close.
func TestStandardInput(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	text := outlooktest.CSV(outlooktest.Generate(10, 1))
	f := open(t, Options{Stdin: bytes.NewReader(compressGzip(text))}, "-", "-")
	if len(f.Case.Inputs) != 1 || f.Case.Inputs[0].Path != "-" || len(f.Case.Activities) != 10 {
		t.Errorf("inputs %+v", f.Case.Inputs)
	}
	checkEvidence(t, f)
	left := func() []string { names, _ := filepath.Glob(filepath.Join(folder, "*")); return names }
	if names := left(); len(names) != 0 && runtime.GOOS != "windows" {
		t.Errorf("%v while it is read", names)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if names := left(); len(names) != 0 {
		t.Errorf("%v after Close", names)
	}
}

// An archive that can be read once only is read like another, and one inside it is refused like another.
func TestArchiveFromStandardInput(t *testing.T) {
	text := outlooktest.CSV(outlooktest.Generate(10, 1))
	inner := zipped(t, [2]string{"b.csv", string(text)})
	f := open(t, Options{Stdin: bytes.NewReader(zipped(t, [2]string{"a.csv", string(text)}, [2]string{"inner.zip", string(inner)}))}, "-")
	if len(f.Case.Inputs) != 1 || f.Case.Inputs[0].Path != "-!a.csv" || len(f.Case.Activities) != 10 {
		t.Errorf("inputs %+v", f.Case.Inputs)
	}
	if len(f.Ignored) != 1 || !strings.Contains(f.Ignored[0].Reason, "an archive inside another") {
		t.Errorf("ignored %+v", f.Ignored)
	}
	checkEvidence(t, f)
}

// What a killed run left behind is removed by the next one; nothing else in that folder is.
func TestSweep(t *testing.T) {
	folder := write(t, map[string][]byte{
		"triage-spool-123": []byte("evidence"), "triage-spool-": nil, "triage-spool-12x": nil, "triage-123": nil, "x-triage-spool-1": nil,
		"case/alice.csv": outlooktest.CSV(outlooktest.Generate(1, 1)),
	})
	t.Setenv("TMPDIR", folder)
	if err := os.MkdirAll(filepath.Join(folder, "triage-spool-77", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(folder, "case", "alice.csv"), filepath.Join(folder, "triage-spool-88")); err != nil {
		t.Skip(err)
	}
	open(t, Options{}, filepath.Join(folder, "case"))
	names, _ := filepath.Glob(filepath.Join(folder, "*"))
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	if want := []string{"case", "triage-123", "triage-spool-", "triage-spool-12x", "triage-spool-77", "triage-spool-88", "x-triage-spool-1"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

// A row cut in the middle, NUL bytes, invalid UTF-8 and a 1 MB cell cost at most their own row.
func TestDamagedRows(t *testing.T) {
	records := outlooktest.Generate(2000, 3)
	rows := bytes.SplitAfter(outlooktest.CSVRows(records), []byte("\n"))
	quoted := 0
	for i, row := range rows {
		if i > 1000 && bytes.IndexByte(row, '"') > 0 {
			quoted = i
			break
		}
	}
	cut := append(rows[quoted][:bytes.IndexByte(rows[quoted], '"')+20:bytes.IndexByte(rows[quoted], '"')+20], '\n')
	big := outlooktest.CSVRows([]outlooktest.Record{{TimeStamp: "2018-05-01T00:00:00Z", AppIDType: "Web", ActivityIDType: "Move", Properties: []outlooktest.Property{{Name: "Subject", Value: strings.Repeat("x", 1<<20)}}}})
	odd := []byte("2018-05-02T00:00:00Z,Web,Move,,,,\"{'Subject': 'a\x00b\xff\xfec'}\"\n")
	text := bytes.Join([][]byte{[]byte(outlooktest.Header + "\n"), bytes.Join(rows[:quoted], nil), cut, bytes.Join(rows[quoted+1:], nil), big, odd}, nil)
	path := filepath.Join(write(t, map[string][]byte{"a.csv": text}), "a.csv")
	f := open(t, Options{Workers: 2}, path)
	in := f.Case.Inputs[0]
	if in.Activities != 2001 || in.Skipped != 1 || len(in.Notes) != 2 || !slices.Contains(in.Notes, "bytes that are no text, each shown as U+FFFD: 2") || !strings.HasPrefix(f.Case.Skips[0].Reason, "cut row: ") {
		t.Fatalf("activities %d, skipped %v, notes %q", in.Activities, f.Case.Skips, in.Notes)
	}
	evidence, err := f.Evidence(t.Context(), []activity.Origin{f.Case.Skips[0].Origin}, 10_000)
	if err != nil || evidence[0].Line != int64(quoted+2) || evidence[0].Record != int64(quoted+1) || evidence[0].Raw != string(cut) {
		t.Errorf("%+v, %v; want line %d", evidence, err, quoted+2)
	}
	last := &f.Case.Activities[len(f.Case.Activities)-1]
	if got := f.Case.Text(f.Case.Get(last, activity.FieldSubject)); got != "a\x00b�c" {
		t.Errorf("subject %q", got)
	}
	whole := open(t, Options{}, filepath.Join(write(t, map[string][]byte{"a.csv": bytes.Replace(text, cut, nil, 1)}), "a.csv"))
	if in := whole.Case.Inputs[0]; in.Activities != 2001 || in.Skipped != 0 || len(in.Notes) != 1 {
		t.Errorf("without the cut row: %+v", in)
	}
}

// A row with too few or too many cells is skipped with what is wrong with it.
func TestWrongNumberOfCells(t *testing.T) {
	text := outlooktest.Header + "\n2018-03-01T10:00:00Z,Web,Log\n2018-03-01T10:00:00Z,Web,Logon,,,,\n2018-03-01T10:00:00Z,Web,Logon,,,,,\n"
	f := open(t, Options{}, filepath.Join(write(t, map[string][]byte{"a.csv": []byte(text)}), "a.csv"))
	if len(f.Case.Activities) != 1 || len(f.Case.Skips) != 2 || f.Case.Skips[0].Reason != "cut row: 3 cells instead of 7" || f.Case.Skips[1].Reason != "row has 8 cells instead of 7" {
		t.Errorf("skips %v", f.Case.Skips)
	}
}

// A compressed file that was cut yields what it holds, and says that something is lost.
func TestCutArchive(t *testing.T) {
	text := outlooktest.CSV(outlooktest.Generate(5000, 1))
	packed := compressGzip(text)
	f := open(t, Options{}, filepath.Join(write(t, map[string][]byte{"a.gz": packed[:len(packed)/2]}), "a.gz"))
	in := f.Case.Inputs[0]
	if in.Activities < 1000 || in.Skipped < 1 || len(in.Notes) == 0 {
		t.Errorf("%d activities, skips %v, notes %q", in.Activities, f.Case.Skips, in.Notes)
	}
	checkSkipsHavePlaces(t, f)
}

// checkSkipsHavePlaces looks up every skipped row: none may be without a place.
func checkSkipsHavePlaces(t *testing.T, f *Files) {
	t.Helper()
	for _, s := range f.Case.Skips {
		if e, err := f.Evidence(t.Context(), []activity.Origin{s.Origin}, 100); err != nil || e[0].Line < 1 || e[0].Record < 1 {
			t.Errorf("%+v: %+v, %v", s, e, err)
		}
	}
}

// zeros is what a bomb expands to.
type zeros struct{}

// Read implements io.Reader.
func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// A decompression bomb ends with an error after bounded work; large files that compress as logs do are no bombs.
func TestBomb(t *testing.T) {
	n, err := io.Copy(io.Discard, &bounded{r: zeros{}, free: freeOutput, packed: func() int64 { return 1 << 10 }})
	if !errors.Is(err, errBomb) || n > freeOutput+1<<20 {
		t.Errorf("%d bytes, %v", n, err)
	}
	log := io.LimitReader(zeros{}, 2*freeOutput)
	if n, err = io.Copy(io.Discard, &bounded{r: log, free: freeOutput, packed: func() int64 { return freeOutput / 20 }}); err != nil || n != 2*freeOutput {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// Evidence of a file that has changed since is refused by name.
func TestChangedFile(t *testing.T) {
	path := filepath.Join(write(t, map[string][]byte{"a.csv": outlooktest.CSV(outlooktest.Generate(10, 1))}), "a.csv")
	f := open(t, Options{}, path)
	if err := os.WriteFile(path, []byte("something else"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := f.Evidence(t.Context(), []activity.Origin{{}}, 100)
	if !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}

// endless yields rows for ever, slowly enough to be interrupted in the middle.
type endless struct{ row []byte }

func (e endless) Read(p []byte) (int, error) { return copy(p, e.row), nil }

// An interrupt ends reading long before an input without an end does, and leaves no temporary file.
func TestInterrupt(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		time.Sleep(50 * time.Millisecond)
		cancel()
	}()
	done := make(chan time.Time, 1)
	context.AfterFunc(ctx, func() { done <- time.Now() })
	stdin, end := io.Pipe()
	go io.Copy(end, endless{[]byte("2018-03-01T10:00:00Z,Web,Logon,,,,\n")})
	_, err := Open(ctx, []string{"-"}, Options{Stdin: stdin})
	if late := time.Since(<-done); !errors.Is(err, context.Canceled) || late > 10*time.Second {
		t.Errorf("%v, %v late", err, late)
	}
	stdin.Close()
	if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Owners come from the flag, else from the logons, else from the file's name; the report can say which.
func TestOwner(t *testing.T) {
	text := outlooktest.CSV(outlooktest.Generate(50, 1))
	dir := write(t, map[string][]byte{"a.csv": text, "Bob@Contoso.com.csv.gz": compressGzip([]byte(outlooktest.Header + "\n2018-03-01T10:00:00Z,Web,Logon,,,,\n"))})
	f := func(opts Options, name, mailbox, from string) {
		t.Helper()
		in := open(t, opts, filepath.Join(dir, name)).Case.Inputs[0]
		if in.Mailbox != mailbox || in.MailboxFrom != from {
			t.Errorf("%s: %q from %q", name, in.Mailbox, in.MailboxFrom)
		}
	}
	f(Options{}, "a.csv", "alice@contoso.com", "ServerLogon.UserName")
	f(Options{AssumeMailbox: "Carol@Contoso.com"}, "a.csv", "carol@contoso.com", "--assume-mailbox")
	f(Options{}, "Bob@Contoso.com.csv.gz", "bob@contoso.com", "file name")
}

// With columns in another order no line begins with a time: a broken row still costs that row only.
func TestCutRowInAnotherOrder(t *testing.T) {
	text := "AppIdType,ActivityIdType,TimeStamp,CustomProperties\n" +
		"Web,Logon,2018-03-01T10:00:00Z,\"{'a': 'b'}\"\nWeb,Logon,2018-03-01T10:00:01Z,\"{'a\nWeb,Logon,2018-03-01T10:00:02Z,\"{'a': 'b'}\"\nWeb,Logon,2018-03-01T10:00:03Z,\n"
	f := open(t, Options{}, filepath.Join(write(t, map[string][]byte{"a.csv": []byte(text)}), "a.csv"))
	if in := f.Case.Inputs[0]; in.Activities != 3 || in.Skipped != 1 || f.Case.Skips[0].Offset != int64(strings.Index(text, "Web,Logon,2018-03-01T10:00:01Z")) {
		t.Errorf("%+v, skips %v", in, f.Case.Skips)
	}
}

// An export whose logons name somebody else says so: it may be of several mailboxes.
func TestSeveralOwners(t *testing.T) {
	logon := func(stamp, user string) outlooktest.Record {
		return outlooktest.Record{TimeStamp: stamp, AppIDType: "Web", ActivityIDType: "ServerLogon", Properties: []outlooktest.Property{{Name: "Result", Value: "Success"}, {Name: "UserName", Value: user}}}
	}
	text := outlooktest.CSV([]outlooktest.Record{
		logon("2018-03-01T10:00:00Z", "alice@contoso.com"), logon("2018-03-01T10:00:01Z", "ALICE@contoso.com"), logon("2018-03-01T10:00:02Z", "bob@contoso.com"),
	})
	f := open(t, Options{}, filepath.Join(write(t, map[string][]byte{"a.csv": text}), "a.csv"))
	if notes := fmt.Sprint(f.Case.Inputs[0].Notes); !strings.Contains(notes, "also name bob@contoso.com (1)") {
		t.Errorf("notes %s", notes)
	}
}

// Of a table with more columns than are read the others are said to be unread, and rows are still measured by all.
func TestManyColumns(t *testing.T) {
	more := strings.Repeat(",x", record.MaxColumns)
	text := "Received,SenderAddress,RecipientAddress" + more + "\n" +
		"2026-03-01T10:00:00,a@contoso.com,b@contoso.com" + more + "\n" +
		"2026-03-01T10:00:01,a@contoso.com,b@contoso.com" + more[2:] + "\n" +
		"2026-03-01T10:00:02,a@contoso.com,b@contoso.com" + more + ",\n"
	f := open(t, Options{}, filepath.Join(write(t, map[string][]byte{"a.csv": []byte(text)}), "a.csv"))
	var reasons []string
	for _, s := range f.Case.Skips {
		reasons = append(reasons, s.Reason)
	}
	got := fmt.Sprintf("%d %q %q", len(f.Case.Activities), reasons, f.Case.Inputs[0].Notes[:1])
	want := `1 ["cut row: 4098 cells instead of 4099" "row has 4100 cells instead of 4099"] ["the table has 4099 columns: the first 4096 are read, the others are not"]`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// Promise: what a shell or a person put before a table costs nothing, and is said; the rows are cited where they stand.
func TestBanner(t *testing.T) {
	text := string(bytes.TrimPrefix(outlooktest.CSV(outlooktest.Generate(20, 1)), []byte(outlooktest.BOM)))
	want := open(t, Options{}, write(t, map[string][]byte{"a.csv": []byte(text)})).Case
	for _, banner := range []string{
		"Exported by Contoso IT 2026-03-05\n", "WARNING: the session expires soon\r\nWARNING: \"again\", in 5 minutes\r\n", "Report, of\n\nMarch\n\n",
		outlooktest.BOM + "title\n",
	} {
		f := open(t, Options{}, write(t, map[string][]byte{"a.csv": []byte(banner + text)}))
		if canonical(f.Case) != canonical(want) || len(f.Case.Skips) > 0 {
			t.Errorf("%q: %d activities, want %d; skipped %v", banner, len(f.Case.Activities), len(want.Activities), f.Case.Skips)
		}
		if why := f.Case.Inputs[0].Why; !strings.Contains(why, "the table begins behind") {
			t.Errorf("%q: %s", banner, why)
		}
		checkEvidence(t, f)
	}
	if _, err := Open(context.Background(), []string{write(t, map[string][]byte{"a.csv": []byte(strings.Repeat("no table\n", 17) + text)})}, Options{}); err == nil {
		t.Error("a header far down is taken for one")
	}
}
