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

// report begins the names of those files that are called by their ending alone.
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
		own, byEnding := strings.CutPrefix(f.File, report)
		if begin, ok := strings.CutSuffix(name, own); ok && (!byEnding || strings.Contains(own, ".")) && endsWord(begin) {
			return f.Format, nil
		}
	}
	for _, f := range formats {
		if own, byEnding := strings.CutPrefix(f.File, report); byEnding && "."+own == filepath.Ext(name) {
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

// endings lists those that decide, each once, in the order of the formats.
func endings(formats []Named) []string {
	var list []string
	for _, f := range formats {
		own, byEnding := strings.CutPrefix(f.File, report)
		if byEnding && !strings.Contains(own, ".") && !slices.Contains(list, "."+own) {
			list = append(list, "."+own)
		}
	}
	return list
}
