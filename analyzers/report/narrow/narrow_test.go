package narrow_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/draw"
	"triage/analyzers/report/narrow"
	"triage/analyzers/report/reporttest"
	"triage/rules/detect"
)

// Promise: what is left of a report is what analyze would have reported with the same filter, section by section.
// What the report only counts is not narrowed.
func TestNarrowIsAnalyzesFilter(t *testing.T) {
	cases, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "cases", "*"))
	if err != nil || len(cases) == 0 {
		t.Fatal(err)
	}
	if testing.Short() {
		cases = cases[:1]
	}
	analyst := reporttest.NewAnalyst(t)
	for _, folder := range cases {
		paths, err := filepath.Glob(filepath.Join(folder, "*.[cj]s*"))
		if err != nil {
			t.Fatal(err)
		}
		paths = slices.DeleteFunc(paths, func(p string) bool { return filepath.Base(p) == "want.json" || filepath.Base(p) == "truth.jsonl" })
		t.Run(filepath.Base(folder), func(t *testing.T) {
			whole := analyst.Report(t, draw.Filter{}, paths...)
			boxes := []string{"nobody@contoso.com"}
			for i := range whole.Mailboxes {
				boxes = append(boxes, whole.Mailboxes[i].Mailbox)
			}
			worst := boxes[min(1, len(boxes)-1)]
			filters := []draw.Filter{{MinLevel: detect.High}, {Mailboxes: []string{worst}}, {Mailboxes: boxes, MinLevel: detect.Medium}, {Mailboxes: boxes[:1]}}
			for i, want := range analyst.Reports(t, filters, paths...) {
				f := narrow.Filter{Mailboxes: filters[i].Mailboxes}
				if filters[i].MinLevel > detect.Informational {
					f.Levels = detect.LevelNames()[filters[i].MinLevel:]
				}
				same(t, sections(t, narrow.Narrow(again(t, whole), f)), sections(t, want), filters[i])
			}
		})
	}
}

// again is a report of its own.
func again(t *testing.T, r *report.Report) *report.Report {
	t.Helper()
	var out bytes.Buffer
	if err := report.WriteJSON(&out, r); err != nil {
		t.Fatal(err)
	}
	copied, err := report.Read(&out)
	if err != nil {
		t.Fatal(err)
	}
	return copied
}

func sections(t *testing.T, r *report.Report) map[string]any {
	t.Helper()
	var out bytes.Buffer
	if err := report.WriteJSON(&out, r); err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(out.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func same(t *testing.T, got, want map[string]any, f draw.Filter) {
	t.Helper()
	for name := range want {
		if slices.Contains([]string{"lanes", "lanes_more", "presences_more"}, name) {
			continue // which accounts have lanes, and what is counted only, cannot be told from the report
		}
		if !reflect.DeepEqual(got[name], want[name]) {
			a, _ := json.Marshal(got[name])
			b, _ := json.Marshal(want[name])
			at := 0
			for at < min(len(a), len(b)) && a[at] == b[at] {
				at++
			}
			from := max(at-200, 0)
			t.Errorf("%v: %s differs:\ngot  …%s\nwant …%s", f, name, a[from:min(at+200, len(a))], b[from:min(at+200, len(b))])
		}
	}
}
