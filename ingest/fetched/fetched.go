// Package fetched is what triage fetch writes down beside the evidence that it brings: which time was asked for, what came,
// and what could not be had. Whoever analyses the evidence believes it in place of guessing.
package fetched

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Schema names the form of a manifest.
const Schema = "triage.fetch-graph/v1"

// Suffix makes the name of the folder of a fetch's own files of that of its evidence.
const Suffix = ".case"

// Name is the file of a manifest in that folder.
const Name = "manifest.json"

// Manifest says what a fetch asked for and what became of it.
type Manifest struct {
	Schema      string     `json:"schema"`
	Tool        string     `json:"tool"`
	Root        string     `json:"root"`        // of the service
	Source      string     `json:"source"`      // audit, signins, …
	Permissions []string   `json:"permissions"` // that an application needs for it
	Mailboxes   []string   `json:"mailboxes"`   // that were asked for one by one; empty: none were
	Started     time.Time  `json:"started"`
	Since       time.Time  `json:"since"` // inclusive
	Until       time.Time  `json:"until"` // exclusive
	Complete    bool       `json:"complete"`
	Coverage    []Coverage `json:"coverage"` // by list, mailbox and time
	Gaps        []Gap      `json:"gaps"`     // by list, mailbox and time
	Pages       []Page     `json:"pages"`    // by list and mailbox, in the order in which they came
}

// Coverage is a stretch of time, or a whole list, of which everything was fetched that the service had.
type Coverage struct {
	List    string    `json:"list"`
	Mailbox string    `json:"mailbox,omitempty"`
	Version string    `json:"version"`        // of the protocol
	From    time.Time `json:"from,omitzero"`  // inclusive; absent: the list has no times
	To      time.Time `json:"to,omitzero"`    // exclusive
	Rows    int       `json:"rows"`           // distinct
	Asked   time.Time `json:"asked"`          // when the last answer came
	Query   string    `json:"query,omitzero"` // of an audit log query, its id
	Wavered bool      `json:"wavered,omitempty"`
}

// Gap is what could not be had.
type Gap struct {
	List    string    `json:"list"`
	Mailbox string    `json:"mailbox,omitempty"` // "": of the whole tenant
	From    time.Time `json:"from,omitzero"`
	To      time.Time `json:"to,omitzero"`
	Reason  string    `json:"reason"`
	Remedy  string    `json:"remedy,omitempty"` // what to do, such as a command of the shell
	File    string    `json:"file,omitempty"`   // the name, beside the evidence, under which that command's output is read
	Lost    bool      `json:"lost"`             // it was asked for and did not come; false: no service of this kind has it
}

// Page is one answer.
type Page struct {
	File      string    `json:"file,omitempty"` // beside the folder of the manifest, in that of the evidence; "": it told nothing new
	SHA256    string    `json:"sha256"`
	Bytes     int       `json:"bytes"`
	URL       string    `json:"url"`
	RequestID string    `json:"request_id,omitempty"` // the service's own name for the request
	Received  time.Time `json:"received"`
	Rows      int       `json:"rows"`
}

// Folder is the folder of a fetch's own files, beside its evidence.
func Folder(evidence string) string { return filepath.Clean(evidence) + Suffix }

// maxManifest bounds a manifest: a fetch of 200,000 answers writes 60 MB.
const maxManifest = 256 << 20

// Read reads the manifest in the folder of a fetch's own files. nil means that the folder has none of this schema.
func Read(folder string) (*Manifest, error) {
	path := filepath.Join(folder, Name)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxManifest {
		return nil, fmt.Errorf("%s: not an ordinary file of at most %d MB", path, maxManifest>>20)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("%s: not a manifest: %w", path, err)
	}
	if head.Schema != Schema {
		return nil, nil
	}
	m := &Manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%s: not a manifest: %w", path, err)
	}
	return m, nil
}
