// Package casefolder knows how a case lies on the disk: evidence that is read, a pack that says what is known, and runs
// that hold what each analysis wrote. What is in runs is never evidence.
package casefolder

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Folder is the path of a case.
type Folder string

// The names of what lies in a case. notes.md is the user's: nothing reads or writes it.
const (
	evidenceName = "evidence"
	runsName     = "runs"
	packName     = "case.yaml"
	notesName    = "notes.md"
	latestName   = "latest"
)

// Report is the file of a run that holds its result.
const Report = "report.json"

// Evidence is the folder of the exports.
func (f Folder) Evidence() string { return filepath.Join(string(f), evidenceName) }

// Runs is the folder of what analyses wrote, one folder each.
func (f Folder) Runs() string { return filepath.Join(string(f), runsName) }

// Pack is the file that says what is known of the case.
func (f Folder) Pack() string { return filepath.Join(string(f), packName) }

// Latest is the file that names the newest run.
func (f Folder) Latest() string { return filepath.Join(string(f), latestName) }

// IsCase says that a folder is a case: it has a pack, and a place for evidence.
func IsCase(path string) bool {
	f := Folder(path)
	pack, err := os.Stat(f.Pack())
	if err != nil || !pack.Mode().IsRegular() {
		return false
	}
	evidence, err := os.Stat(f.Evidence())
	return err == nil && evidence.IsDir()
}

// MayBeOwn says by its name alone that a path can be what a case keeps beside its evidence.
func MayBeOwn(path string) bool {
	name := filepath.Base(path)
	return name == runsName || name == packName || name == notesName || name == latestName
}

// NoEvidence says that a path is a case's own and no evidence: its runs and all that is in them, its pack, its notes.
func NoEvidence(path string) bool {
	abs, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	for direct := true; ; direct = false {
		folder, name := filepath.Split(abs)
		folder = filepath.Clean(folder)
		if folder == abs {
			return false
		}
		own := name == runsName || direct && (name == packName || name == notesName || name == latestName)
		if own && IsCase(folder) {
			return true
		}
		abs = folder
	}
}

// Make makes the folders of a case, for their owner alone, unless they are there.
func (f Folder) Make() error {
	for _, folder := range []string{f.Evidence(), f.Runs()} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	return nil
}

// Empty says that there is no evidence yet.
func (f Folder) Empty() bool {
	entries, err := os.ReadDir(f.Evidence())
	return errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0
}

// runName is the name of a run's folder, taken apart: 2026-11-28-2.
type runName struct {
	day    string
	number int
}

func parseRun(name string) (runName, bool) {
	i := strings.LastIndexByte(name, '-')
	if i < 0 {
		return runName{}, false
	}
	number, err := strconv.Atoi(name[i+1:])
	day := name[:i]
	_, dayErr := time.Parse(time.DateOnly, day)
	r := runName{day, number}
	return r, err == nil && dayErr == nil && number > 0 && name == r.name()
}

func (r runName) name() string { return fmt.Sprintf("%s-%d", r.day, r.number) }

// Next is the name of the next run as of a day: one more than there are of it.
func (f Folder) Next(asOf time.Time) (string, error) {
	entries, err := os.ReadDir(f.Runs())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	day, most := asOf.Format(time.DateOnly), 0
	for _, e := range entries {
		if r, ok := parseRun(e.Name()); ok && r.day == day {
			most = max(most, r.number)
		}
	}
	return fmt.Sprintf("%s-%d", day, most+1), nil
}

// Newest is the newest run that has a report: the one that the file latest names, or else the one whose name is the last.
// "" if there is none.
func (f Folder) Newest() string {
	names := f.Names()
	if text, err := os.ReadFile(f.Latest()); err == nil {
		if name := strings.TrimSpace(string(text)); slices.Contains(names, name) {
			return name
		}
	}
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// Names are those of the runs that have a report, by day and number.
func (f Folder) Names() []string {
	entries, err := os.ReadDir(f.Runs())
	if err != nil {
		return nil
	}
	var runs []runName
	for _, e := range entries {
		if r, ok := parseRun(e.Name()); ok && f.reported(e.Name()) {
			runs = append(runs, r)
		}
	}
	slices.SortFunc(runs, func(a, b runName) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.number, b.number)) })
	names := make([]string, len(runs))
	for i, r := range runs {
		names[i] = r.name()
	}
	return names
}

// ReportOf is the path of a run's report.
func (f Folder) ReportOf(run string) string { return filepath.Join(f.Runs(), run, Report) }

func (f Folder) reported(run string) bool {
	info, err := os.Stat(f.ReportOf(run))
	return err == nil && info.Mode().IsRegular()
}
