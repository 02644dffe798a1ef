package report

import (
	"bytes"
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"triage/analyzers"
	"triage/analyzers/detect"
	"triage/geo"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules"
)

// analyzed is the report on files of a shipped case, by the built-in rules and databases.
func analyzed(t *testing.T, paths ...string) *Report {
	t.Helper()
	return newAnalyst(t).report(t, Filter{}, paths...)
}

// analyst has the built-in rules and databases ready.
type analyst struct {
	asOf    time.Time
	set     *rules.Set
	locator *geo.Locator
}

func newAnalyst(t *testing.T) *analyst {
	t.Helper()
	a := &analyst{asOf: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}
	var err error
	if a.set, err = rules.Load(analyzers.Kinds(), rules.Options{AsOf: a.asOf}); err != nil {
		t.Fatal(err)
	}
	if a.locator, err = geo.Open(geo.Options{}); err != nil {
		t.Fatal(err)
	}
	return a
}

// report is what a filter lets through of the report on files.
func (a *analyst) report(t *testing.T, filter Filter, paths ...string) *Report {
	t.Helper()
	return a.reports(t, []Filter{filter}, paths...)[0]
}

// reports analyses files once and reports once for each filter.
func (a *analyst) reports(t *testing.T, filters []Filter, paths ...string) (list []*Report) {
	t.Helper()
	ctx := t.Context()
	files, err := ingest.Open(ctx, paths, ingest.Options{Interest: a.set.Interest})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := files.Close(); err != nil {
			t.Error(err)
		}
	}()
	places := func(c *activity.Case) detect.Places { return analyzers.NewPlaces(a.locator, c) }
	result, err := analyzers.RunTenants(ctx, files.Case, a.set, places, analyzers.Options{AsOf: a.asOf})
	if err != nil {
		t.Fatal(err)
	}
	for _, filter := range filters {
		r, err := Build(ctx, Source{
			Result: result, Version: "test", AsOf: a.asOf, EffectiveRules: a.set.SHA256, Filter: filter,
			Records: RecordsFunc(func(ctx context.Context, origins []activity.Origin, most int) ([]Record, error) {
				found, err := files.Evidence(ctx, origins, most)
				out := make([]Record, len(found))
				for i, e := range found {
					out[i] = Record{Path: e.Path, Line: e.Line, Record: e.Record, Raw: []byte(e.Raw), ServiceID: e.ServiceID}
				}
				return out, err
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

// Promises about the reports of whole investigations; each is told at its function.
func TestCases(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("..", "..", "testdata", "cases", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			exports, err := filepath.Glob(filepath.Join(folder, "*.csv"))
			if err != nil || len(exports) == 0 {
				t.Skip("no CSV in this case")
			}
			r := analyzed(t, exports...)
			t.Run("document", func(t *testing.T) { documentHolds(t, r) })
			t.Run("arithmetic", func(t *testing.T) { arithmeticIsTheScores(t, r) })
			t.Run("citations", func(t *testing.T) { citationsLeadToRows(t, r) })
		})
	}
}

// Promise: the report of a whole investigation is valid by the schema, reads back, and every format can be drawn from it.
func documentHolds(t *testing.T, r *Report) {
	var out bytes.Buffer
	if err := WriteJSON(&out, r); err != nil {
		t.Fatal(err)
	}
	validate(t, out.Bytes())
	back, err := Read(&out)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Formats() {
		var one, two bytes.Buffer
		if err := Write(&one, r, name, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := Write(&two, back, name, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if one.String() != two.String() {
			t.Errorf("%s differs when it is drawn from the document", name)
		}
	}
	for i := range r.Findings {
		if err := Explain(io.Discard, r, r.Findings[i].ID, TextOptions{}); err != nil {
			t.Error(err)
		}
	}
}

// Promise: the sum that explain shows is the one that gave the score: same total, same shares.
func arithmeticIsTheScores(t *testing.T, r *Report) {
	for i := range r.Mailboxes {
		m := &r.Mailboxes[i]
		sum := arithmeticOf(r, m.Mailbox)
		if got := sum.score(); math.Abs(got-m.Score) > 1e-9 && m.Score != 39.9 && m.Score != 84.9 {
			t.Errorf("%s: the sum is %v, the score %v", m.Mailbox, got, m.Score)
		}
		all := 0.0
		for _, s := range m.Shares {
			all += s.Share
		}
		if m.Score > 0 && math.Abs(all-1) > 1e-9 {
			t.Errorf("%s: shares add up to %v", m.Mailbox, all)
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if got := arithmeticOf(r, f.Mailbox).share(f); math.Abs(got-f.Share) > 1e-9 {
			t.Errorf("%s: share %v, want %v", f.ID, got, f.Share)
		}
	}
}

// Promise: a citation leads to the row: the line of the file that evidence names is where its raw text begins.
func citationsLeadToRows(t *testing.T, r *Report) {
	lines := map[string][]string{}
	for _, f := range r.Findings {
		for _, e := range f.Evidence {
			if lines[e.File] == nil {
				text, err := os.ReadFile(e.File)
				if err != nil {
					t.Fatal(err)
				}
				lines[e.File] = strings.Split(strings.ToValidUTF8(string(text), "\uFFFD"), "\n")
			}
			line := strings.TrimRight(lines[e.File][e.Line-1], "\r")
			begin, _, _ := strings.Cut(e.Raw, "\n")
			if begin = strings.TrimRight(begin, "\r"); begin == "" || !strings.HasPrefix(line, begin) {
				t.Errorf("%s: %s:%d is %.80q, evidence says %.80q", f.ID, e.File, e.Line, line, begin)
			}
		}
	}
}
