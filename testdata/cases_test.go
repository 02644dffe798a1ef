// Package testdata holds whole invented investigations and the command that writes them. Its tests keep the stories
// and the files together; that the analyzer finds what they tell is tested where the analyzer is.
package testdata

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"triage/testdata/truth"
)

// expectation is the part of want.json that these tests read; README.md has the whole.
type expectation struct {
	Schema string
	Runs   []struct {
		Name   string
		Inputs []string
	}
	Files   map[string]struct{ Rows, Activities, Duplicates, Skipped int }
	Planted map[string]struct {
		File  string
		Lines []int
		Holds []string
	}
	Mailboxes map[string]struct {
		AtLeast string `json:"band_at_least"`
		Below   string `json:"band_below"`
	}
	Findings []struct {
		Rule, Mailbox string
		AtLeast       string `json:"level_at_least"`
		Evidence      []struct {
			File string
			Line int
		} `json:"evidence_lines"`
	}
	Quiet []struct{ Rule, Mailbox, Above string }
}

// eachCase runs a test for each shipped case.
func eachCase(t *testing.T, test func(t *testing.T, folder string, w expectation)) {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join("cases", "*"))
	if err != nil || len(folders) < 2 {
		t.Fatalf("cases: %v, %v", folders, err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			var w expectation
			if err := json.Unmarshal(readFile(t, filepath.Join(folder, "want.json")), &w); err != nil {
				t.Fatal(err)
			}
			test(t, folder, w)
		})
	}
}

// Each cited line holds the planted row: a citation in want.json is never off by one.
func TestPlantedLinesHoldThePlantedRows(t *testing.T) {
	eachCase(t, func(t *testing.T, folder string, w expectation) {
		for name, p := range w.Planted {
			lines := physicalLines(t, filepath.Join(folder, p.File))
			if len(p.Lines) == 0 || len(p.Holds) == 0 {
				t.Errorf("%s: no lines or nothing to hold", name)
			}
			for _, n := range p.Lines {
				if n < 2 || n > len(lines) {
					t.Errorf("%s: line %d of %s, which has %d", name, n, p.File, len(lines))
					continue
				}
				for _, text := range p.Holds {
					if !strings.Contains(lines[n-1], text) {
						t.Errorf("%s: %s:%d does not hold %q: %.200s", name, p.File, n, text, lines[n-1])
					}
				}
			}
		}
	})
}

// Each wanted finding cites planted rows only, and names a mailbox of the case, a level and a file that exists.
func TestWantedFindingsCitePlantedRows(t *testing.T) {
	levels := []string{"informational", "low", "medium", "high", "critical"}
	eachCase(t, func(t *testing.T, folder string, w expectation) {
		planted := map[string]bool{}
		for _, p := range w.Planted {
			for _, n := range p.Lines {
				planted[fmt.Sprintf("%s:%d", p.File, n)] = true
			}
		}
		for _, f := range w.Findings {
			if _, ok := w.Mailboxes[f.Mailbox]; !ok || !slices.Contains(levels, f.AtLeast) || len(f.Evidence) == 0 {
				t.Errorf("%s of %q: unknown mailbox, level %q or no evidence", f.Rule, f.Mailbox, f.AtLeast)
			}
			for _, e := range f.Evidence {
				if !planted[fmt.Sprintf("%s:%d", e.File, e.Line)] {
					t.Errorf("%s cites %s:%d, which is not planted", f.Rule, e.File, e.Line)
				}
			}
		}
		for _, q := range w.Quiet {
			if _, ok := w.Mailboxes[q.Mailbox]; !ok || !slices.Contains(levels, q.Above) {
				t.Errorf("quiet %s: mailbox %q, above %q", q.Rule, q.Mailbox, q.Above)
			}
		}
	})
}

// The story names every mailbox, every planted line range is in its table, and all inputs of all runs exist.
func TestStoriesTellWhatTheFilesHold(t *testing.T) {
	eachCase(t, func(t *testing.T, folder string, w expectation) {
		story := string(readFile(t, filepath.Join(folder, "STORY.md")))
		for mailbox := range w.Mailboxes {
			if !strings.Contains(story, mailbox) {
				t.Errorf("STORY.md does not name %s", mailbox)
			}
		}
		for name, p := range w.Planted {
			row := tableRow(story, name)
			for _, n := range []int{slices.Min(p.Lines), slices.Max(p.Lines)} {
				if !strings.Contains(row, fmt.Sprint(n)) {
					t.Errorf("STORY.md: planted %s: line %d is not in %q", name, n, row)
				}
			}
		}
		if w.Schema != "triage.want/v1" || len(w.Runs) == 0 {
			t.Errorf("schema %q, %d runs", w.Schema, len(w.Runs))
		}
		for _, r := range w.Runs {
			for _, input := range r.Inputs {
				if _, err := os.Stat(filepath.Join(folder, filepath.FromSlash(input))); err != nil {
					t.Errorf("run %s: %v", r.Name, err)
				}
			}
		}
	})
}

// The counts of each file add up: nothing is lost.
func TestFileCountsAddUp(t *testing.T) {
	eachCase(t, func(t *testing.T, _ string, w expectation) {
		for name, f := range w.Files {
			if f.Rows == 0 || f.Rows != f.Activities+f.Duplicates+f.Skipped {
				t.Errorf("%s: %d rows, but %d activities, %d duplicates, %d skipped", name, f.Rows, f.Activities, f.Duplicates, f.Skipped)
			}
		}
	})
}

// What truth.jsonl says is of the files: each row of an intruder is there, each message is named in them, and each of the
// twelve answers is told once, in its order.
func TestTruthIsOfTheFiles(t *testing.T) {
	eachCase(t, func(t *testing.T, folder string, w expectation) {
		told, err := truth.Read(filepath.Join(folder, truth.File))
		if err != nil {
			t.Fatal(err)
		}
		all := ""
		for name := range w.Files {
			all += string(readFile(t, filepath.Join(folder, name)))
		}
		var questions []string
		for _, l := range told {
			switch l.Truth {
			case truth.Rows:
				if n := len(physicalLines(t, filepath.Join(folder, l.File))); len(l.Lines) == 0 || l.Lines[len(l.Lines)-1] > n {
					t.Errorf("%s has %d lines, told of are %v", l.File, n, l.Lines)
				}
			case truth.Message:
				if id := cmp.Or(l.Item, l.ID); id == "" || !strings.Contains(all, id) {
					t.Errorf("no row names the message %q", id)
				}
			case truth.Answer:
				if questions = append(questions, l.Answer); len(l.Sure) == 0 {
					t.Errorf("%s: nothing says how sure it is", l.Answer)
				}
			}
		}
		if !slices.Equal(questions, truth.Questions()) {
			t.Errorf("answers: %v", questions)
		}
		for _, who := range truth.Of(told, truth.Intruder) {
			if !slices.ContainsFunc(truth.Of(told, truth.Rows), func(l truth.Line) bool { return l.Intruder == who.Intruder }) {
				t.Errorf("no row of intruder %s", who.Intruder)
			}
		}
	})
}

// tableRow is the row of the story's table for a planted act.
func tableRow(story, name string) string {
	for row := range strings.Lines(story) {
		if strings.HasPrefix(row, "| "+name+" |") {
			return row
		}
	}
	return ""
}

// physicalLines are the lines of a file without their ends.
func physicalLines(t *testing.T, file string) []string {
	t.Helper()
	return strings.Split(strings.TrimSuffix(string(readFile(t, file)), "\n"), "\n")
}

func readFile(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
