package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"triage/analyzers/report/reporttest/python"
)

// Promise: DuckDB reads from the Parquet file what the JSON lines hold, value by value, hostile ones too; times are times.
func TestActivitiesParquet(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	for _, name := range []string{"hostile-strings", "stolen-session"} {
		dir := filepath.Join(t.TempDir(), "out")
		var stdout, stderr bytes.Buffer
		args := []string{
			"triage", "analyze", filepath.Join("..", "..", "testdata", "cases", name), "--format", "activities.jsonl,activities.parquet", "--output", dir,
			"--as-of", "2026-11-21", "--quiet",
		}
		if code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr, nil); code != 0 {
			t.Fatalf("exit code %d: %s", code, stderr.String())
		}
		got := python.Run(t, `
import sys, json, duckdb, datetime
db = duckdb.connect()
db.execute("set timezone='UTC'")
r = db.execute("select * replace (epoch_ms(time) as time) from '%s'" % sys.argv[1])
names = [d[0] for d in r.description]
rows = r.fetchall()
lines = [json.loads(l) for l in open(sys.argv[2], encoding="utf-8", newline="\n")]
epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
bad = 0
for row, line in zip(rows, lines):
    if line["time"] is not None:
        at = datetime.datetime.fromisoformat(line["time"].replace("Z", "+00:00")) - epoch
        line["time"] = (at.days * 86400 + at.seconds) * 1000 + at.microseconds // 1000
    if dict(zip(names, row)) != line or names != list(line):
        bad += 1
        if bad == 1:
            print({n: (a, line.get(n)) for n, a in zip(names, row) if a != line.get(n)})
print(len(rows) == len(lines), len(rows) > 10, bad)
print(*[t for n, t, *_ in db.execute("describe select * from '%s'" % sys.argv[1]).fetchall() if n in ("time", "line", "strangeness", "subject")])
`, []string{"duckdb"}, filepath.Join(dir, "activities.parquet"), filepath.Join(dir, "activities.jsonl"))
		if want := "True True 0\nTIMESTAMP WITH TIME ZONE DOUBLE VARCHAR[] BIGINT\n"; got != want {
			t.Errorf("%s: got %s", name, fmt.Sprint(got))
		}
	}
}
