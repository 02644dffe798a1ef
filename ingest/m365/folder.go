package m365

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"triage/ingest/m365/disk"
)

// folder is the case folder of one fetch:
//
//	journal.jsonl   what was asked and what came, one line a step; the checkpoint
//	pages/          the answers, as they came
//	manifest.json   what there is and what time it covers; drawn from the journal
//	temp/           nothing that counts
//
// A page is on the disk under its own name before the journal names it.
type folder struct {
	disk.Files
	path    string
	journal *disk.Journal
	run     Run
	pages   []PageRecord
	windows []Window

	messages []MessageRecord // of a fetch of messages; one of activities has windows
}

// Run is what a fetch was told to do. A fetch goes on only if it is told the same.
type Run struct {
	Schema  string    `json:"schema"`
	Root    string    `json:"root"`
	API     string    `json:"api"`
	User    string    `json:"user"`
	Types   []string  `json:"types,omitempty"`
	Preview bool      `json:"preview,omitempty"`
	Asked   [2]string `json:"asked"`          // start and end as they were given; empty if they were not
	Start   time.Time `json:"start,omitzero"` // zero: as far back as there are activities
	End     time.Time `json:"end,omitzero"`   // the first moment that is not fetched
	Started time.Time `json:"started"`
}

// RunSchema names the form of journal and manifest.
const RunSchema = "triage.fetch/v1"

// PageRecord is one answer on the disk.
type PageRecord struct {
	File     string    `json:"file"` // within the case folder
	SHA256   string    `json:"sha256"`
	Bytes    int       `json:"bytes"`
	URL      string    `json:"url"`
	Received time.Time `json:"received"`
	Rows     int       `json:"rows"`
}

// Window is a stretch of time of which every activity that the service then had is on the disk. From is inclusive, To
// exclusive.
type Window struct {
	From    time.Time `json:"from,omitzero"` // zero: all the time before To
	To      time.Time `json:"to"`
	Pass    int       `json:"pass"` // 1; more for the last days, which are asked for again until nothing new comes
	Rows    int       `json:"rows"` // distinct
	Digest  digest    `json:"digest,string"`
	Asked   time.Time `json:"asked"`             // when the last of its answers came
	Wavered bool      `json:"wavered,omitempty"` // the service's pages never agreed with each other
}

// line is a line of the journal. One field is set.
type line struct {
	Run     *Run           `json:"run,omitempty"`
	Page    *PageRecord    `json:"page,omitempty"`
	Window  *Window        `json:"window,omitempty"`
	Message *MessageRecord `json:"message,omitempty"`
}

const (
	manifestName = "manifest.json"
	pagesName    = "pages"
)

// openFolder opens the case folder at path for a run, or creates it. What a killed fetch left behind its last
// checkpoint is removed.
func openFolder(f disk.Files, path string, run Run) (*folder, error) {
	d := &folder{Files: f, path: path, run: run}
	for _, err := range []error{d.Remove(d.in(disk.TempName)), d.Mkdir(d.in(disk.TempName)), d.Mkdir(d.in(pagesName))} {
		if err != nil {
			return nil, err
		}
	}
	var err error
	if d.journal, err = disk.OpenJournal(f, path, line{Run: &run}, d.take); err != nil {
		return nil, err
	}
	if err := d.removeStrays(); err != nil {
		return nil, errors.Join(err, d.journal.Close())
	}
	return d, nil
}

func (d *folder) in(names ...string) string {
	return filepath.Join(append([]string{d.path}, names...)...)
}

// take applies a line of the journal.
func (d *folder) take(l line, first bool) error {
	switch {
	case first != (l.Run != nil):
		return errors.New("not a journal of triage fetch")
	case first:
		if err := l.Run.same(&d.run); err != nil {
			return err
		}
		d.run = *l.Run
	case l.Page != nil:
		d.pages = append(d.pages, *l.Page)
	case l.Window != nil:
		d.windows = append(d.windows, *l.Window)
	case l.Message != nil:
		d.messages = append(d.messages, *l.Message)
	}
	return nil
}

// same says what differs between two runs, apart from when they began.
func (r *Run) same(o *Run) error {
	for _, f := range []struct{ name, a, b string }{
		{"form", r.Schema, o.Schema},
		{"--base-url", r.Root, o.Root},
		{"--api", r.API, o.API},
		{"--user", strings.ToLower(r.User), strings.ToLower(o.User)},
		{"--types", strings.Join(r.Types, ","), strings.Join(o.Types, ",")},
		{"--preview", fmt.Sprint(r.Preview), fmt.Sprint(o.Preview)},
		{"--start", r.Asked[0], o.Asked[0]},
		{"--end", r.Asked[1], o.Asked[1]},
	} {
		if f.a != f.b {
			return fmt.Errorf("%w: its %s was %q, now it is %q", disk.ErrOther, f.name, f.a, f.b)
		}
	}
	return nil
}

// removeStrays removes pages that the journal does not name: they came last, and are asked for again.
func (d *folder) removeStrays() error {
	names, err := os.ReadDir(d.in(pagesName))
	if err != nil {
		return err
	}
	known := make(map[string]bool, len(d.pages))
	for _, p := range d.pages {
		known[p.File] = true
	}
	for _, n := range names {
		if known[pagesName+"/"+n.Name()] {
			continue
		}
		if err := d.Remove(d.in(pagesName, n.Name())); err != nil {
			return err
		}
	}
	return nil
}

// keepPage puts an answer on the disk and into the journal.
func (d *folder) keepPage(p *Page) error {
	sum := sha256.Sum256(p.Body)
	name := fmt.Sprintf("%06d.json", len(d.pages)+1)
	record := PageRecord{
		File: pagesName + "/" + name, SHA256: hex.EncodeToString(sum[:]), Bytes: len(p.Body),
		URL: p.URL, Received: p.Received.UTC(), Rows: len(p.Rows),
	}
	if err := disk.Place(d.Files, d.in(disk.TempName, name), d.in(pagesName, name), d.in(pagesName), p.Body); err != nil {
		return err
	}
	return d.note(line{Page: &record})
}

// note adds a line to the journal; it counts once it is on the disk.
func (d *folder) note(l line) error {
	if err := d.journal.Add(l); err != nil {
		return err
	}
	return d.take(l, false)
}

// readPage reads a page back and makes sure that it is what came.
func (d *folder) readPage(p PageRecord) ([]byte, error) {
	body, err := os.ReadFile(d.in(filepath.FromSlash(p.File)))
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != p.SHA256 {
		return nil, &Error{
			Message: d.in(p.File) + ": is not what came: its sha256 differs from the journal's",
			Remedy:  "somebody changed the case folder: fetch again under another --output",
		}
	}
	return body, nil
}
