package m365

import (
	"encoding/json"
	"slices"
	"time"

	"triage/ingest/m365/disk"
)

// MessagesSchema names the form of journal and manifest of a fetch of messages.
const MessagesSchema = "triage.fetch-messages/v1"

// MessageManifest says which messages were asked for, which were found, and what the files are.
type MessageManifest struct {
	Schema   string          `json:"schema"`
	Tool     string          `json:"tool"`
	Root     string          `json:"root"`
	API      string          `json:"api"`
	Started  time.Time       `json:"started"`
	Preview  bool            `json:"preview"`  // the first 255 characters of each body were asked for
	Complete bool            `json:"complete"` // all that was wanted was asked for
	Found    int             `json:"found"`
	Absent   int             `json:"absent"`
	Messages []MessageRecord `json:"messages"` // by mailbox, then ids
	Answers  []PageRecord    `json:"answers"`  // in the order in which they came
}

// writeMessages replaces the manifest.
func (d *folder) writeMessages(tool string, complete bool) error {
	m := MessageManifest{
		Schema: MessagesSchema, Tool: tool, Root: d.run.Root, API: d.run.API, Preview: d.run.Preview, Started: d.run.Started, Complete: complete,
		Messages: slices.Clone(d.messages), Answers: d.pages,
	}
	if m.Messages == nil {
		m.Messages = []MessageRecord{}
	}
	if m.Answers == nil {
		m.Answers = []PageRecord{}
	}
	slices.SortFunc(m.Messages, func(a, b MessageRecord) int { return compareWanted(a.Wanted, b.Wanted) })
	for _, r := range m.Messages {
		if r.Found > 0 {
			m.Found++
		} else {
			m.Absent++
		}
	}
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	return disk.Place(d.Files, d.in(disk.TempName, manifestName), d.in(manifestName), d.path, append(disk.ASCII(text), '\n'))
}
