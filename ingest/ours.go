package ingest

import (
	"bytes"
	"errors"
	"fmt"

	"triage/ingest/casefolder"
)

var (
	// errOurs is what triage wrote itself, given where an export is wanted.
	errOurs = fmt.Errorf("%w: a report that triage wrote, not an export", ErrUnknown)
	// errOfCase is what a case folder holds beside its evidence.
	errOfCase = errors.New("no evidence: what runs of a case wrote, or the case's own notes")
	// errTable is a table that no format claims.
	errTable = fmt.Errorf("%w: a table", ErrUnknown)
)

// ours is errOurs where a text that no format claims begins as one of our reports does.
func ours(sample []byte, err error) error {
	if !errors.Is(err, ErrUnknown) {
		return err
	}
	head := bytes.TrimLeft(bytes.TrimPrefix(sample[:min(len(sample), 4<<10)], []byte("\xEF\xBB\xBF")), " \r\n")
	first, _, _ := bytes.Cut(head, []byte{'\n'})
	has := func(text []byte, words ...string) bool {
		for _, w := range words {
			if !bytes.Contains(text, []byte(w)) {
				return false
			}
		}
		return true
	}
	switch start := head[:min(len(head), 200)]; {
	case bytes.HasPrefix(head, []byte("{")) && (has(start, `"schema": "triage.`) || has(start, `"schema":"triage.`)),
		bytes.HasPrefix(head, []byte(`{"id":"F-`)) && has(head, `"fingerprint":"`, `"rule":"`),
		has(first, "Mailbox", "Score", "Level", "Rule", "Finding", "File", "Line"),
		bytes.HasPrefix(first, []byte("triage ")) && has(first, "All times are UTC."),
		bytes.HasPrefix(first, []byte("# triage ")):
		return errOurs
	}
	return err
}

// ofCase says that what a walk meets is a case's own: the folder of its runs, its pack, its notes.
func ofCase(path string) bool { return casefolder.MayBeOwn(path) && casefolder.NoEvidence(path) }
