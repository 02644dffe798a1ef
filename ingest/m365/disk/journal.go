package disk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"unicode/utf16"
)

// JournalName is the file of a journal in its folder.
const JournalName = "journal.jsonl"

// TempName is the folder, beside it, of what does not count.
const TempName = "temp"

// ErrOther is that a journal is of another fetch.
var ErrOther = errors.New("belongs to another fetch")

// Journal is the checkpoint of a fetch: lines of JSON, to which one is added with every step.
type Journal struct{ file File }

// OpenJournal hands the lines of the journal in a folder to take, and opens it to go on. A last line that was cut short does
// not count, nor does a journal of another fetch (ErrOther) that has its first line only: whoever mistyped a flag may have
// written it. Where there is none, first is its first line.
func OpenJournal[Line any](f Files, folder string, first Line, take func(l Line, first bool) error) (*Journal, error) {
	path := filepath.Join(folder, JournalName)
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	lines := slices.Collect(bytes.Lines(whole))
	for i, one := range lines {
		var l Line
		err := json.Unmarshal(one, &l)
		if err == nil {
			err = take(l, i == 0)
		}
		if errors.Is(err, ErrOther) && len(lines) == 1 {
			whole = nil
		} else if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
	}
	if len(whole) == 0 {
		if whole, err = lineOf(first); err != nil {
			return nil, err
		}
	}
	if !bytes.Equal(whole, text) {
		if err := Place(f, filepath.Join(folder, TempName, JournalName), path, folder, whole); err != nil {
			return nil, err
		}
	}
	file, err := f.Extend(path)
	return &Journal{file}, err
}

// Add adds a line; it counts once it is on the disk.
func (j *Journal) Add(line any) error {
	text, err := lineOf(line)
	if err == nil {
		_, err = j.file.Write(text)
	}
	if err == nil {
		err = j.file.Sync()
	}
	return err
}

// Close closes the file. A nil journal has none.
func (j *Journal) Close() error {
	if j == nil || j.file == nil {
		return nil
	}
	return j.file.Close()
}

func lineOf(line any) ([]byte, error) {
	text, err := json.Marshal(line)
	return append(ASCII(text), '\n'), err
}

// ASCII escapes what is not ASCII in JSON: ids of a log and words of a service are whatever somebody wrote, text that a
// terminal acts on as well. Such text stands inside strings only, where the escape means the same.
func ASCII(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		switch {
		case r < 0x7F:
			out = append(out, byte(r))
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
