package report

import (
	_ "embed"
	"io"
)

// ExaminationName is the schema of what `triage doctor` writes. Fields may be added under it, never renamed.
const ExaminationName = "triage.doctor/v1"

//go:embed schema/triage.doctor.v1.json
var doctorSchema string

// DoctorSchema is the published schema of an examination (JSON Schema draft 2020-12).
func DoctorSchema() string { return doctorSchema }

// Examination is what can be said of exports without analysing them.
type Examination struct {
	Schema  string         `json:"schema"`
	Tool    Tool           `json:"tool"`
	AsOf    string         `json:"as_of"` // day against which ages are judged, 2006-01-02
	First   Time           `json:"first"` // of all dated activities
	Last    Time           `json:"last"`
	Files   []ExaminedFile `json:"files"`
	Missing []LedgerItem   `json:"missing"` // of the case as a whole
}

// ExaminedFile is one file, member of an archive, or standard input. Rows = Activities + Duplicates + Skipped.
type ExaminedFile struct {
	Path       string       `json:"path"`
	SHA256     Text         `json:"sha256"` // null: it was not read
	Format     Text         `json:"format"` // null: not recognised
	Why        string       `json:"why"`    // what made it that format, or why it is none
	Source     Text         `json:"source"`
	Encoding   Text         `json:"encoding"`
	Rows       int64        `json:"rows"`
	Activities int64        `json:"activities"`
	Duplicates int64        `json:"duplicates"`
	Skipped    int64        `json:"skipped"`
	First      Time         `json:"first"`
	Last       Time         `json:"last"`
	Mailboxes  []string     `json:"mailboxes"` // of people
	Faults     []Fault      `json:"faults"`
	Missing    []LedgerItem `json:"missing"` // what the file lacks
	Hint       Text         `json:"hint"`    // what to do about a file that was not read
}

// Fault is one thing that is wrong with a file.
type Fault struct {
	Line   Number `json:"line"`   // physical line where the record starts, from 1; null: the file as a whole
	Record Number `json:"record"` // from 1
	Text   string `json:"text"`
	Bytes  Number `json:"bytes"` // of what was skipped; null: nothing was, or unknown
	Lines  Number `json:"lines"` // that it stands on
}

// Lost counts what is known to be lost (items of the ledger) and the files that were not read.
func (x *Examination) Lost() (losses, unread int) {
	count := func(list []LedgerItem) {
		for i := range list {
			if list[i].Lost() {
				losses++
			}
		}
	}
	count(x.Missing)
	for i := range x.Files {
		count(x.Files[i].Missing)
		if x.Files[i].SHA256 == "" {
			unread++
		}
	}
	return losses, unread
}

// WriteExamination writes the document as WriteJSON does a report.
func WriteExamination(w io.Writer, x *Examination) error { return WriteDocument(w, x) }
