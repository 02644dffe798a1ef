package outfile

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Named is a format and the name of its file in a folder: "report.json", "exposure.csv".
type Named struct {
	Format, File string
}

// report begins the names of those files that are called by their ending alone: the ending .csv asks for report.csv.
const report = "report."

// FormatOf is the format that the name of a file asks for: one whose own file is called so (case-iocs.csv, exposure.csv), else
// the one of its ending. It is "" for a folder: a path that is one, ends like one, or has no ending. An ending that none
// has is an error that names those there are.
func FormatOf(path string, formats []Named) (string, error) {
	if Folderlike(path) {
		return "", nil
	}
	name := strings.ToLower(filepath.Base(path))
	for _, f := range formats {
		own, ending := strings.CutPrefix(f.File, report)
		if begin, ok := strings.CutSuffix(name, own); ok && (!ending || strings.Contains(own, ".")) && endsWord(begin) {
			return f.Format, nil
		}
	}
	for _, f := range byEnding(formats) {
		if filepath.Ext(f.File) == filepath.Ext(name) {
			return f.Format, nil
		}
	}
	return "", fmt.Errorf("--output %s: no format ends in %q: want %s", path, filepath.Ext(name), strings.Join(endings(formats), ", "))
}

// Folderlike says that a path is a folder, or is to become one.
func Folderlike(path string) bool {
	return IsFolder(path) || strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator)) ||
		filepath.Ext(strings.TrimLeft(filepath.Base(path), ".")) == ""
}

// endsWord says that a new word may begin behind a text.
func endsWord(s string) bool {
	return s == "" || !unicode.IsLetter(rune(s[len(s)-1])) && !unicode.IsDigit(rune(s[len(s)-1]))
}

// byEnding lists the formats that an ending asks for: those that are called by it alone, and then the first of each other one.
func byEnding(formats []Named) []Named {
	var list []Named
	add := func(f Named) {
		if !slices.ContainsFunc(list, func(have Named) bool { return filepath.Ext(have.File) == filepath.Ext(f.File) }) {
			list = append(list, f)
		}
	}
	for _, f := range formats {
		if own, ok := strings.CutPrefix(f.File, report); ok && !strings.Contains(own, ".") {
			add(f)
		}
	}
	for _, f := range formats {
		add(f)
	}
	return list
}

// endings lists those that decide, in the order of the formats.
func endings(formats []Named) []string {
	var list []string
	for _, f := range byEnding(formats) {
		list = append(list, filepath.Ext(f.File))
	}
	return list
}
