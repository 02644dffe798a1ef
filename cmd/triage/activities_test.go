package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/activities"
)

// exported is what analyze writes of every activity: the rows of the JSON lines and those of the CSV, with its header.
func exported(t *testing.T, args ...string) (lines []activities.Row, table [][]string, rep *report.Report) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	all := append([]string{"triage", "analyze"}, args...)
	all = append(all, "--format", "json,activities,activities.jsonl", "--output", dir, "--as-of", "2026-11-21", "--quiet")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), all, strings.NewReader(""), &stdout, &stderr, nil); code != 0 {
		t.Fatalf("%q: exit code %d: %s", all, code, stderr.String())
	}
	text, err := os.ReadFile(filepath.Join(dir, "activities.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var r activities.Row
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		lines = append(lines, r)
	}
	text, err = os.ReadFile(filepath.Join(dir, "activities.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if table, err = csv.NewReader(bytes.NewReader(text)).ReadAll(); err != nil {
		t.Fatal(err)
	}
	readElsewhere(t, filepath.Join(dir, "activities.csv"), filepath.Join(dir, "activities.jsonl"), len(table))
	text, err = os.ReadFile(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if rep, err = report.Read(bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return lines, table, rep
}

// readElsewhere lets another program read both files, where there is one.
func readElsewhere(t *testing.T, table, lines string, rows int) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Log("no python3: read by our own reader only")
		return
	}
	const program = `import csv, json, sys
csv.field_size_limit(1 << 30)
table = list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))
lines = [json.loads(l) for l in open(sys.argv[2], encoding="utf-8", newline="\n")]
assert len(table) == len(lines), (len(table), len(lines))
for a, b in zip(table, lines):
    assert list(a) == list(b) and None not in a and None not in a.values(), a
    for name in "time", "line", "record", "type", "result", "who", "intruder", "ip", "country":
        assert a[name] == ("" if b[name] is None else str(b[name])) or not (str(b[name]).isprintable() and str(b[name]).isascii()) or a[name] == "'" + b[name], (name, a[name], b[name])
    assert (float(a["strangeness"]) if a["strangeness"] else None) == b["strangeness"]
    assert not any(v[:1] in tuple("=+-@\t\r") for v in a.values() if v), a
    if b["message_id"]:
        assert a["message_id"].count("; ") >= len(b["message_id"]) - 1 and int(a["messages"]) == len(b["message_id"])
print(len(table) + 1)`
	out, err := exec.CommandContext(t.Context(), python, "-c", program, table, lines).CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != fmt.Sprint(rows) {
		t.Errorf("%v: %s; want %d rows", err, out, rows)
	}
}

// Promise (--format activities): every activity of a case is one row, in the case's order, with the line where its record
// starts; what findings cite says so; and another program reads the same from both forms.
func TestActivitiesAreTheCase(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("..", "..", "testdata", "cases", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, folder := range folders {
		name := filepath.Base(folder)
		t.Run(name, func(t *testing.T) {
			if !long() && !slices.Contains([]string{"hostile-strings", "wire-fraud", "stolen-session", "consented-application"}, name) {
				t.Skip("TRIAGE_LONG=1 runs it")
			}
			lines, table, rep := exported(t, folder)
			var want int64
			for _, in := range rep.Inputs {
				want += in.Activities
			}
			if int64(len(lines)) != want || len(table) != len(lines)+1 {
				t.Errorf("%d activities, %d in JSON lines, %d lines of CSV", want, len(lines), len(table))
			}
			if !slices.IsSortedFunc(lines, func(a, b activities.Row) int { return int(min(1, max(-1, a.Time-b.Time))) }) {
				t.Error("rows are not in order of time")
			}
			rowsStandThere(t, lines)
			citedRowsAreNamed(t, lines, rep)
			whoseIsOneAnswer(t, lines, rep)
		})
	}
}

// rowsStandThere looks into the files for what rows say of them, where the files are plain text.
func rowsStandThere(t *testing.T, lines []activities.Row) {
	t.Helper()
	files := map[string][]string{}
	for _, r := range lines {
		text, read := files[r.File]
		if !read {
			raw, err := os.ReadFile(r.File)
			if err != nil || bytes.IndexByte(raw, 0) >= 0 {
				raw = nil
			}
			text = strings.Split(string(raw), "\n")
			files[r.File] = text
		}
		if len(text) < 2 || filepath.Ext(r.File) != ".csv" {
			continue
		}
		if int(r.Line) > len(text) || r.Session != "" && !strings.Contains(string(r.Session), "\x1b") && strings.HasPrefix(text[0], "TimeStamp") && !strings.Contains(text[r.Line-1], string(r.Session)) {
			t.Errorf("%s:%d is not the row %+v", r.File, r.Line, r)
			return
		}
	}
}

// citedRowsAreNamed says that findings and rows name each other.
func citedRowsAreNamed(t *testing.T, lines []activities.Row, rep *report.Report) {
	t.Helper()
	type place struct {
		file   string
		record int64
	}
	at := map[place][]string{}
	for _, r := range lines {
		at[place{r.File, r.Record}] = append(at[place{r.File, r.Record}], r.Findings...)
	}
	for _, f := range rep.Findings {
		for _, e := range f.Evidence {
			if !slices.Contains(at[place{e.File, e.Record}], f.Short) {
				t.Errorf("%s:%d does not say that %s cites it", e.File, e.Line, f.Short)
			}
		}
	}
}

// whoseIsOneAnswer says that whose act a row was is the same wherever it is told.
func whoseIsOneAnswer(t *testing.T, lines []activities.Row, rep *report.Report) {
	t.Helper()
	his := map[string]int{}
	who := map[string]activities.Row{}
	for _, r := range lines {
		if (r.Who == "attacker") != (r.Intruder != "") {
			t.Errorf("%s:%d is %q's, intruder %q", r.File, r.Line, r.Who, r.Intruder)
		}
		if r.Intruder != "" {
			his[string(r.Intruder)]++
		}
		who[fmt.Sprint(r.File, r.Record, r.Type, r.Mailbox)] = r
	}
	for _, x := range rep.Intruders {
		if his[x.Intruder] != x.Activities {
			t.Errorf("intruder %s has %d activities in the report, %d rows", x.Intruder, x.Activities, his[x.Intruder])
		}
		delete(his, x.Intruder)
	}
	if len(his) > 0 {
		t.Errorf("rows name intruders that the report does not: %v", his)
	}
	for _, l := range rep.Timeline {
		for _, row := range l.Rows {
			if r, known := who[fmt.Sprint(row.File, row.Record, row.Type, l.Mailbox)]; known && (r.Who != row.Who || r.Intruder != row.Intruder) {
				t.Errorf("%s:%d is %q's in the report, %q's among the rows", row.File, row.Line, row.Who, r.Who)
			}
		}
	}
}

// Promise: the rows do not depend on workers or the order in which files are named.
func TestActivitiesAreTheSame(t *testing.T) {
	folder := filepath.Join("..", "..", "testdata", "cases", "two-mailboxes")
	a, b := filepath.Join(folder, "hank.csv"), filepath.Join(folder, "iris.csv")
	_, one, _ := exported(t, a, b, "--workers", "1")
	_, two, _ := exported(t, b, a, "--workers", "3")
	if !slices.EqualFunc(one, two, slices.Equal[[]string]) {
		t.Error("they differ")
	}
}

// Promise: filters choose rows and change none; every filter is a question that each of its rows answers.
func TestActivitiesAreChosen(t *testing.T) {
	path := filepath.Join("..", "..", "testdata", "cases", "wire-fraud", "activities.csv")
	all, _, _ := exported(t, path)
	f := func(holds func(r *activities.Row) bool, args ...string) {
		t.Helper()
		var want []string
		for i := range all {
			if holds(&all[i]) {
				want = append(want, all[i].ID)
			}
		}
		if len(want) == 0 || len(want) == len(all) {
			t.Fatalf("%q lets %d of %d rows through", args, len(want), len(all))
		}
		got, _, _ := exported(t, append([]string{path}, args...)...)
		var ids []string
		for i := range got {
			ids = append(ids, got[i].ID)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("%q: %d rows, want %d", args, len(ids), len(want))
		}
	}
	f(func(r *activities.Row) bool { return strings.HasPrefix(string(r.IP), "105.112.") }, "--ip", "105.112.0.0/16")
	f(func(r *activities.Row) bool { return r.IP == "80.114.221.31" || r.IP == "46.144.22.5" }, "--ip", "80.114.221.31", "--ip", "46.144.22.5")
	f(func(r *activities.Row) bool { return r.Session == "7c030522-2d52-4fa6-bc25-542b5e072dff" }, "--session", "7C030522-2D52-4FA6-BC25-542B5E072DFF")
	f(func(r *activities.Row) bool { return r.Who == "attacker" }, "--who", "attacker")
	f(func(r *activities.Row) bool { return r.Intruder == "A" || r.Who == "undecided" }, "--who", "intruder:a", "--who", "Undecided")
	f(func(r *activities.Row) bool {
		return slices.ContainsFunc(r.Subject, func(s report.Text) bool { return strings.Contains(strings.ToLower(string(s)), "invoice 4711") })
	}, "--grep", `^(re: )?invoice 4711`)
}
