package ingest

import (
	"archive/zip"
	"cmp"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"syscall"

	"github.com/klauspost/compress/zstd"

	"triage/ingest/record"
)

// What can be wrong with a path as a whole. Every one comes wrapped in a PathError.
var (
	ErrNotFound  = errors.New("no such file")
	ErrNoExports = errors.New("folder holds no export that could be recognised")
	ErrEmpty     = errors.New("holds no records")
	ErrUnknown   = errors.New("unknown format")
	ErrBinary    = errors.New("not text")
	ErrArchive   = errors.New("archive cannot be read")
	ErrNotFile   = errors.New("not a file")
	ErrChanged   = errors.New("file changed since it was read")
	ErrCut       = errors.New("could not be read to its end, what follows is lost")
)

// PathError says which path could not be read, and why.
type PathError struct {
	Path string
	Err  error
	hint string
}

// Error names the path and the reason.
func (e *PathError) Error() string { return fmt.Sprintf("%s: %v", e.Path, e.Err) }

// Unwrap is the reason.
func (e *PathError) Unwrap() error { return e.Err }

// plainly is a path's problem without what a reader makes of the disk's own error, which would hide it.
func plainly(err error) error {
	var problem *PathError
	var disk syscall.Errno
	if !errors.As(err, &problem) || !errors.As(err, &disk) || errors.Is(err, ErrCut) {
		return err
	}
	return &PathError{Path: problem.Path, Err: disk}
}

// Hint is a remedy for an error of this package, in one sentence; "" if none is known.
func Hint(err error) string {
	var pathErr *PathError
	if errors.As(err, &pathErr) && pathErr.hint != "" {
		return pathErr.hint
	}
	for _, h := range hints() {
		if errors.Is(err, h.err) {
			return h.text
		}
	}
	return ""
}

type hint struct {
	err  error
	text string
}

func hints() []hint {
	return []hint{
		{ErrNotFound, "check the spelling; quote a pattern such as 'exports/**/*.csv' so that the shell does not expand it"},
		{ErrNoExports, "name the files themselves to learn why each was not recognised"},
		{ErrEmpty, "check that the export finished, and that the mailbox and dates asked for have any records"},
		{errOurs, "name the exports that it was made of; triage explain and triage compare read reports, those in JSON"},
		{errOfCase, "its exports lie in the case's folder evidence; triage explain and triage compare read reports"},
		{errTable, "export again with all columns, and without editing the file in a spreadsheet"},
		{ErrUnknown, "hand over the export as the service or the collector wrote it; the README lists what is read"},
		{ErrBinary, "save a spreadsheet as CSV; unpack archives other than .zip, .gz and .zst"},
		{ErrArchive, "unpack it and name the files inside"},
		{ErrNotFile, "name a file or a folder; what a pipe or device gives can be handed in as standard input (-)"},
		{ErrChanged, "analyse a copy that nobody writes to"},
		{ErrCut, "copy it from a sound disk and try again"},
	}
}

// mostReasons is how many reasons an error names.
const mostReasons = 3

// tallied joins reasons, each once with how often it holds, the most frequent first.
func tallied(reasons []string) string {
	counts := map[string]int{}
	for _, r := range reasons {
		counts[r]++
	}
	names := slices.SortedFunc(maps.Keys(counts), func(x, y string) int {
		return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(x, y))
	})
	parts := make([]string, 0, mostReasons+1)
	for _, name := range names[:min(len(names), mostReasons)] {
		if n := counts[name]; n > 1 {
			name = fmt.Sprintf("%d × %s", n, name)
		}
		parts = append(parts, name)
	}
	if n := len(names) - mostReasons; n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more reasons", n))
	}
	return strings.Join(parts, "; ")
}

// reasonsIn are the reasons for what was not read, by the path that led there.
func reasonsIn(list []Ignored) map[string][]string {
	reasons := map[string][]string{}
	for _, one := range list {
		reasons[one.root] = append(reasons[one.root], strings.TrimPrefix(one.Reason, ErrArchive.Error()+": "))
	}
	return reasons
}

// nothingIn says why nothing of a folder, pattern or archive could be read.
func nothingIn(reasons []string, archive bool) error {
	switch {
	case archive:
		return noMember(reasons)
	case len(reasons) == 0:
		return ErrNoExports
	}
	return fmt.Errorf("%w: %s", ErrNoExports, tallied(reasons))
}

// wordsOf says what ended a stream in words of ours, where those of the library say little to whoever handed it over.
func wordsOf(err error) string {
	for _, w := range []struct {
		err  error
		text string
	}{
		{gzip.ErrChecksum, "the checksum of the compressed data does not match"},
		{zip.ErrChecksum, "the checksum of the compressed data does not match"},
		{zstd.ErrCRCMismatch, "the checksum of the compressed data does not match"},
		{gzip.ErrHeader, "behind the compressed data stand bytes that are not"},
		{io.ErrUnexpectedEOF, "the compressed data was cut"},
	} {
		if errors.Is(err, w.err) {
			return w.text
		}
	}
	var corrupt flate.CorruptInputError
	if errors.As(err, &corrupt) {
		return "the compressed data is damaged"
	}
	return err.Error()
}

// unknownTable is the reason for a table that no format claims: the columns seen, and the known format nearest to them.
func unknownTable(columns []string, beyond int, known []knownTable) error {
	if len(columns) < 2 {
		return fmt.Errorf("%w: text that is neither a table nor JSON", ErrUnknown)
	}
	shown := make([]string, 0, 12)
	for _, c := range columns {
		if len(shown) == 12 {
			shown = append(shown, fmt.Sprintf("and %d more", len(columns)+beyond-12))
			break
		}
		shown = append(shown, fmt.Sprintf("%q", record.Clip(c, 40)))
	}
	err := fmt.Errorf("%w with columns %s", errTable, strings.Join(shown, ", "))
	if near, missing := nearest(columns, known); near != "" {
		return fmt.Errorf("%w; nearest is %s, which also has %s", err, near, missing)
	}
	return err
}

type knownTable struct {
	name    string
	columns []string
}

// nearest is the known format that shares most columns with the header, and the columns that the header lacks of it.
func nearest(columns []string, known []knownTable) (name, missing string) {
	best := 0
	for _, k := range known {
		var lacks []string
		shared := 0
		for _, want := range k.columns {
			if slices.ContainsFunc(columns, func(c string) bool { return strings.EqualFold(strings.TrimSpace(c), want) }) {
				shared++
			} else {
				lacks = append(lacks, want)
			}
		}
		if shared > best {
			best, name, missing = shared, k.name, strings.Join(lacks, ", ")
		}
	}
	return name, missing
}
