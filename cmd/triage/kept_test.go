package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"triage/analyzers/report"
	"triage/analyzers/report/render"
)

// keptReports writes the reports of earlier versions into a folder, oldest first. Their names say which state of this
// repository made them, of which case; "marked" is wire-fraud with decisions and a filter.
func keptReports(t *testing.T) []string {
	t.Helper()
	packed, err := filepath.Glob(filepath.Join("testdata", "kept", "*.json.gz"))
	if err != nil || len(packed) == 0 {
		t.Fatalf("%v, %v", packed, err)
	}
	folder := t.TempDir()
	var names []string
	for _, name := range packed {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		names = append(names, filepath.Join(folder, strings.TrimSuffix(filepath.Base(name), ".gz")))
		if err := os.WriteFile(names[len(names)-1], text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// said runs a command that must succeed without a complaint.
func said(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), append([]string{"triage"}, args...), strings.NewReader(""), &stdout, &stderr, nil)
	if code != 0 || stderr.Len() > 0 || stdout.Len() == 0 {
		t.Fatalf("%q: exit code %d, %d bytes: %s", args, code, stdout.Len(), stderr.String())
	}
	return stdout.String()
}

// Promise (the report contract): a report of any earlier version renders in every format, and rendered as
// JSON of its own form it says all that it said.
func TestKeptReportsRender(t *testing.T) {
	for _, name := range keptReports(t) {
		old := readKept(t, name)
		for _, format := range render.Formats() {
			text := said(t, "report", name, "--format", format, "--schema", "v1")
			for _, m := range old.Mailboxes {
				if format == "text" && !strings.Contains(text, m.Mailbox) {
					t.Errorf("%s as %s: nothing of %s", filepath.Base(name), format, m.Mailbox)
				}
			}
			if format != "json" {
				continue
			}
			if lost := missing("", decodeFile(t, name), decodeText(t, text)); len(lost) > 0 {
				t.Errorf("%s: rendered again, %d values are others, first %s", filepath.Base(name), len(lost), lost[0])
			}
		}
	}
}

// Promise: reports of any two versions can be compared; one compared with itself has no difference.
func TestKeptReportsCompare(t *testing.T) {
	names := keptReports(t)
	for _, old := range names {
		for _, name := range names {
			if caseOf(old) != caseOf(name) || old > name {
				continue
			}
			text := said(t, "compare", old, name)
			if same := strings.Contains(text, "Nothing changed."); same != (old == name) {
				t.Errorf("%s and %s: %s", filepath.Base(old), filepath.Base(name), text)
			}
			said(t, "compare", old, name, "--format", "json")
		}
	}
}

// Promise: the findings of a report of any earlier version can be explained and marked; the marks load, and hold in an
// analysis of the same exports by this version.
func TestKeptReportsExplainAndMark(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector has seen this code in other tests")
	}
	pack := filepath.Join(t.TempDir(), "acme.yaml")
	marked := map[string]bool{}
	for _, name := range keptReports(t) {
		findings := readKept(t, name).Findings
		if len(findings) == 0 {
			t.Fatalf("%s has no findings", name)
		}
		for i, f := range findings {
			if said(t, "explain", name, f.ID) != said(t, "explain", name, f.Short) {
				t.Errorf("%s: %s is another finding than %s", filepath.Base(name), f.Short, f.ID)
			}
			if text := said(t, "explain", name, f.ID); !strings.Contains(text, f.Rule) {
				t.Errorf("%s: %s does not name its rule %s: %s", filepath.Base(name), f.ID, f.Rule, text)
			}
			if i == 0 {
				said(t, "mark", name, f.Short, "benign", "--rules", pack, "--reason", "the client was asked", "--as-of", "2026-11-21")
				if strings.Contains(name, "two-mailboxes") {
					marked[f.Fingerprint] = true
				}
			}
		}
	}
	said(t, "rules", "lint", "--rules", pack)
	folder := filepath.Join("..", "..", "testdata", "cases", "two-mailboxes")
	text := said(t, "analyze", filepath.Join(folder, "hank.csv"), filepath.Join(folder, "iris.csv"), "--rules", pack, "--as-of", "2026-11-21", "--format", "json", "--quiet")
	now, err := report.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range now.Findings {
		if f.Decision != nil {
			delete(marked, f.Fingerprint)
		}
	}
	if len(marked) > 0 {
		t.Errorf("no finding has the decision about %v", marked)
	}
}

func caseOf(name string) string {
	_, rest, _ := strings.Cut(filepath.Base(name), "-")
	_, rest, _ = strings.Cut(rest, "-")
	return rest
}

func readKept(t *testing.T, name string) *report.Report {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := report.Read(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

func decodeFile(t *testing.T, name string) any {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return decodeText(t, string(text))
}

func decodeText(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// missing lists the places of a document that are others, or not there, in another one; that may say more.
func missing(at string, old, now any) (list []string) {
	switch o := old.(type) {
	case map[string]any:
		n, _ := now.(map[string]any)
		for key, value := range o {
			list = append(list, missing(at+"."+key, value, n[key])...)
		}
		return list
	case []any:
		n, _ := now.([]any)
		if len(n) != len(o) {
			return []string{fmt.Sprintf("%s has %d values, had %d", at, len(n), len(o))}
		}
		for i := range o {
			list = append(list, missing(fmt.Sprintf("%s[%d]", at, i), o[i], n[i])...)
		}
		return list
	}
	if !reflect.DeepEqual(old, now) {
		return []string{fmt.Sprintf("%s is %v, was %v", at, now, old)}
	}
	return nil
}
