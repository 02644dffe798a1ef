package collect

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"triage/ingest/fetched"
	"triage/ingest/m365"
	"triage/ingest/m365/disk"
)

// fetchRun is what a fetch was told to do. A fetch goes on only if it is told the same.
type fetchRun struct {
	Schema    string    `json:"schema"`
	Root      string    `json:"root"`
	Source    string    `json:"source"`
	Version   string    `json:"version"`
	Mailboxes []string  `json:"mailboxes"`
	Asked     [2]string `json:"asked"` // since and until as they were given; empty if they were not
	Since     time.Time `json:"since"`
	Until     time.Time `json:"until"`
	Started   time.Time `json:"started"`
}

// journalLine is a line of the journal. One field is set.
type journalLine struct {
	Run      *fetchRun         `json:"run,omitempty"`
	Page     *keptPage         `json:"page,omitempty"`
	Coverage *fetched.Coverage `json:"coverage,omitempty"`
	Pass     int               `json:"pass,omitempty"` // of a coverage, from 1
	Query    *query            `json:"query,omitempty"`
	Gap      *fetched.Gap      `json:"gap,omitempty"`
	Refusal  *fetched.Gap      `json:"refusal,omitempty"` // a gap unless a later run gets the list
	Whole    *whole            `json:"whole,omitempty"`
}

// keptPage is an answer on the disk, and of which list.
type keptPage struct {
	fetched.Page
	List    string `json:"list"`
	Mailbox string `json:"mailbox,omitempty"`
}

// query is a query of the audit log that the service may have: Made is false when it is about to be asked for.
type query struct {
	Name string    `json:"name"`
	ID   string    `json:"id,omitempty"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Made bool      `json:"made,omitempty"`
	Over bool      `json:"over,omitempty"` // it was of no use: another one is to be made
}

// whole says that a list is complete, or as complete as it can be had.
type whole struct {
	List    string `json:"list"`
	Mailbox string `json:"mailbox,omitempty"`
}

// fetchFolder is the evidence of one source and, beside it, the fetch's own files: its journal, which is the checkpoint, and its
// manifest. An answer is on the disk under its own name before the journal names it. Several goroutines may add.
type fetchFolder struct {
	disk.Files
	evidence string
	path     string // of the fetch's own files
	run      fetchRun

	mu      sync.Mutex
	journal *disk.Journal
	entries []journalLine
	pages   map[whole]int // so many of each list
	wholes  map[whole]bool
	gaps    map[string]bool // that were noted
}

// openFolder opens a folder for a run, or makes it. What a killed fetch left behind its last checkpoint is removed.
func openFolder(f disk.Files, evidence string, r fetchRun) (*fetchFolder, error) {
	d := &fetchFolder{Files: f, evidence: filepath.Clean(evidence), path: fetched.Folder(evidence), run: r, pages: map[whole]int{}, wholes: map[whole]bool{}, gaps: map[string]bool{}}
	for _, err := range []error{d.Remove(d.in(disk.TempName)), d.Mkdir(d.in(disk.TempName))} {
		if err != nil {
			return nil, err
		}
	}
	var err error
	if d.journal, err = disk.OpenJournal(f, d.path, journalLine{Run: &r}, d.take); err != nil {
		return nil, err
	}
	if err := d.Mkdir(d.evidence); err != nil {
		return nil, err
	}
	if err := d.removeStrays(); err != nil {
		return nil, errors.Join(err, d.journal.Close())
	}
	return d, nil
}

func (d *fetchFolder) in(names ...string) string {
	return filepath.Join(append([]string{d.path}, names...)...)
}

// take applies a line of the journal.
func (d *fetchFolder) take(e journalLine, first bool) error {
	switch {
	case first != (e.Run != nil):
		return errors.New("not a journal of triage fetch")
	case first:
		if err := e.Run.same(&d.run); err != nil {
			return err
		}
		d.run = *e.Run
		return nil
	case e.Page != nil && e.Page.File != "":
		d.pages[whole{e.Page.List, e.Page.Mailbox}]++
	case e.Whole != nil:
		d.wholes[*e.Whole] = true
	case e.Gap != nil:
		d.gaps[gapKey(e.Gap)] = true
	case e.Refusal != nil:
		d.gaps[gapKey(e.Refusal)] = true
	}
	d.entries = append(d.entries, e)
	return nil
}

// same says what differs between two runs, apart from when they began.
func (r *fetchRun) same(o *fetchRun) error {
	for _, f := range []struct{ name, a, b string }{
		{"form", r.Schema, o.Schema},
		{"service", r.Root, o.Root},
		{"source", r.Source, o.Source},
		{"--graph-version", r.Version, o.Version},
		{"--mailboxes", strings.Join(r.Mailboxes, ","), strings.Join(o.Mailboxes, ",")},
		{"--since", r.Asked[0], o.Asked[0]},
		{"--until", r.Asked[1], o.Asked[1]},
	} {
		if f.a != f.b {
			return fmt.Errorf("%w: its %s was %q, now it is %q", disk.ErrOther, f.name, f.a, f.b)
		}
	}
	return nil
}

// removeStrays removes answers that the journal does not name: they came last, and are asked for again.
func (d *fetchFolder) removeStrays() error {
	names, err := os.ReadDir(d.evidence)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, e := range d.entries {
		if e.Page != nil {
			known[e.Page.File] = true
		}
	}
	for _, n := range names {
		if known[n.Name()] || !ownName(n.Name()) {
			continue
		}
		if err := d.Remove(filepath.Join(d.evidence, n.Name())); err != nil {
			return err
		}
	}
	return nil
}

// ownName says that a file is named like an answer: others lie there by somebody's hand.
func ownName(name string) bool {
	stem, ok := strings.CutSuffix(name, ".json")
	i := strings.LastIndexByte(stem, '-')
	return ok && i > 0 && len(stem)-i == 7 && strings.Trim(stem[i+1:], "0123456789") == ""
}

// keep puts an answer on the disk and into the journal; of one that says nothing new the journal alone tells.
func (d *fetchFolder) keep(of whole, p *m365.Page, news bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	sum := sha256.Sum256(p.Body)
	record := keptPage{
		fetched.Page{
			SHA256: hex.EncodeToString(sum[:]), Bytes: len(p.Body), URL: p.URL,
			RequestID: bounded(p.Header.Get("request-id")), Received: p.Received.UTC(), Rows: len(p.Rows),
		}, of.List, of.Mailbox,
	}
	if news {
		name := fmt.Sprintf("%s-%06d.json", fileName(of), d.pages[of]+1)
		if err := disk.Place(d.Files, d.in(disk.TempName, name), filepath.Join(d.evidence, name), d.evidence, p.Body); err != nil {
			return err
		}
		record.File = name
	}
	return d.write(journalLine{Page: &record})
}

// bounded bounds what a service says of itself.
func bounded(text string) string { return text[:min(len(text), 100)] }

// fileName is the beginning of the names of a list's files. Two mailboxes never share one.
func fileName(of whole) string {
	if of.Mailbox == "" {
		return of.List
	}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("@._-", r) {
			return r
		}
		return '_'
	}, of.Mailbox)
	if name != of.Mailbox || len(name) > 100 {
		sum := sha256.Sum256([]byte(of.Mailbox))
		name = name[:min(len(name), 100)] + "-" + hex.EncodeToString(sum[:4])
	}
	return of.List + "-" + name
}

// note adds a line to the journal; it counts once it is on the disk.
func (d *fetchFolder) note(e journalLine) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.write(e)
}

func (d *fetchFolder) write(e journalLine) error {
	if err := d.journal.Add(e); err != nil {
		return err
	}
	return d.take(e, false)
}

// each hands over the entries so far.
func (d *fetchFolder) each(f func(journalLine)) {
	d.mu.Lock()
	entries := d.entries
	d.mu.Unlock()
	for _, e := range entries {
		f(e)
	}
}

// isWhole says that a list needs no further asking.
func (d *fetchFolder) isWhole(of whole) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.wholes[of]
}

// gapKey tells gaps apart.
func gapKey(g *fetched.Gap) string {
	return g.List + "\x00" + g.Mailbox + "\x00" + g.Reason + "\x00" + g.From.String() + g.To.String()
}

// noteOnce notes a gap, or a refusal, unless it is noted.
func (d *fetchFolder) noteOnce(e journalLine) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	gap := e.Gap
	if gap == nil {
		gap = e.Refusal
	}
	if d.gaps[gapKey(gap)] {
		return nil
	}
	return d.write(e)
}
