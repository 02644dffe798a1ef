package m365

import (
	"encoding/json"
	"fmt"
	"time"

	"triage/ingest/m365/disk"
)

// Manifest says what a case folder holds and what time it covers.
type Manifest struct {
	Schema   string       `json:"schema"`
	Tool     string       `json:"tool"`
	Run      Run          `json:"run"`
	Complete bool         `json:"complete"`
	Settled  bool         `json:"settled"` // nothing new came when the last days were asked for again
	Output   *Output      `json:"output"`  // null until complete
	Coverage []Coverage   `json:"coverage"`
	Pages    []PageRecord `json:"pages"`
	Notes    []string     `json:"notes"`
}

// Output is the file that a fetch writes.
type Output struct {
	File       string `json:"file"`
	SHA256     string `json:"sha256"`
	Bytes      int64  `json:"bytes"`
	Activities int    `json:"activities"`
	Repeated   int    `json:"repeated"` // came again, the same
	Changed    int    `json:"changed"`  // came again with other content: the last counts, pages/ has all
}

// Coverage is a stretch of time of which everything was fetched that the service had: a day, a part of one, or several days
// that hold little.
type Coverage struct {
	From       time.Time `json:"from,omitzero"` // inclusive; absent: all the time before To
	To         time.Time `json:"to"`            // exclusive
	Activities int       `json:"activities"`
	Asked      time.Time `json:"asked"`
	Wavered    bool      `json:"wavered,omitempty"`
}

// coverage joins the windows of each day. Of a time that was asked for several times, the last counts.
func (d *folder) coverage() []Coverage {
	zone, last := d.run.zone(), 1
	for _, w := range d.windows {
		if w.To.Equal(d.run.End) {
			last = max(last, w.Pass)
		}
	}
	all := []Coverage{}
	for _, w := range d.windows {
		if late := !w.From.Before(zone); late && w.Pass != last || !late && w.Pass != 1 {
			continue
		}
		if n := len(all); n > 0 && !all[n-1].From.IsZero() && sameDay(all[n-1].From, w.From) {
			c := &all[n-1]
			c.To, c.Asked = w.To, w.Asked
			c.Activities += w.Rows
			c.Wavered = c.Wavered || w.Wavered
			continue
		}
		all = append(all, Coverage{w.From, w.To, w.Rows, w.Asked, w.Wavered})
	}
	return all
}

func sameDay(a, b time.Time) bool { return a.Truncate(day).Equal(b.Truncate(day)) }

// notes says what a reader of the output must know.
func (d *folder) notes(settled bool, out *Output) []string {
	notes := []string{}
	if out != nil && !settled {
		notes = append(notes, "the last days were still changing: fetch them again later")
	}
	for _, c := range d.coverage() {
		if c.Wavered {
			notes = append(notes, fmt.Sprintf("%s to %s: the service's pages never agreed with each other: activities may be missing",
				c.From.Format(time.RFC3339Nano), c.To.Format(time.RFC3339Nano)))
		}
	}
	if out != nil && out.Changed > 0 {
		notes = append(notes, fmt.Sprintf("%d answers differ from earlier ones about the same activity: the last counts, %s has all", out.Changed, d.in(pagesName)))
	}
	return notes
}

// writeManifest replaces the manifest.
func (d *folder) writeManifest(tool string, settled bool, out *Output) error {
	pages := d.pages
	if pages == nil {
		pages = []PageRecord{}
	}
	text, err := json.MarshalIndent(Manifest{
		Schema: RunSchema, Tool: tool, Run: d.run, Complete: out != nil, Settled: settled, Output: out,
		Coverage: d.coverage(), Pages: pages, Notes: d.notes(settled, out),
	}, "", " ")
	if err != nil {
		return err
	}
	return disk.Place(d.Files, d.in(disk.TempName, manifestName), d.in(manifestName), d.path, append(text, '\n'))
}
