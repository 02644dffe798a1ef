package m365

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"triage/ingest/m365/disk"
)

// Fetch fetches the activities of one mailbox into one file.
type Fetch struct {
	API        *Activities
	Types      []string  // ActivityIdType; none: all
	Start, End time.Time // Start is inclusive, End exclusive; zero: from the beginning, until now
	Output     string    // must not exist; Output + ".case" is the case folder
	Format     Format
	Tool       string // name and version, for the manifest
	Progress   func(Progress)
	Budget     float64 // so many times what a fetch usually may cost; 0: once

	files disk.Files // nil: the disk
	top   int        // activities in one answer; 0: 1000
}

// Format is how the output is written.
type Format struct {
	Head string                                        // before the first activity
	Row  func(to, object []byte) (out []byte, _ error) // appends one activity
}

// Lines writes each activity as a line of JSON, as the service answered it but for white space.
func Lines() Format {
	return Format{Row: func(to, object []byte) ([]byte, error) { return append(append(to, object...), '\n'), nil }}
}

// Result is what a fetch has done.
type Result struct {
	Output
	Folder  string // the case folder
	Resumed bool   // a fetch that was stopped went on
	Already bool   // everything was there; nothing was done
	Notes   []string
}

// ErrExists is that the output is there and is not this fetch's.
var ErrExists = errors.New("exists already")

// ErrOther is that the case folder is another fetch's: of other flags.
var ErrOther = disk.ErrOther

// Run fetches, or goes on where it was stopped. Errors are ctx's, ErrExists, ErrOther, an *Error, or the disk's.
func (f *Fetch) Run(ctx context.Context) (_ *Result, err error) {
	if f.files == nil {
		f.files = disk.Real{}
	}
	path := f.Output + ".case"
	written, err := disk.Exists(f.Output)
	if err != nil {
		return nil, err
	}
	begun, err := disk.Exists(filepath.Join(path, disk.JournalName))
	if err != nil {
		return nil, err
	}
	if written && !begun {
		return nil, fmt.Errorf("%s %w", f.Output, ErrExists)
	}
	d, err := openFolder(f.files, path, f.plan())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.journal.Close()) }()
	if written {
		return f.already(d)
	}
	return f.run(ctx, d)
}

// plan is the run as it would begin now.
func (f *Fetch) plan() Run {
	now := f.API.Client.Clock.Now().UTC().Truncate(tick)
	r := Run{
		Schema: RunSchema, Root: f.API.Client.root.String(), API: f.API.Version, User: f.API.User, Types: f.Types,
		Start: f.Start.UTC().Truncate(tick), End: f.End.UTC().Truncate(tick), Started: now,
	}
	if !f.Start.IsZero() {
		r.Asked[0] = r.Start.Format(time.RFC3339Nano)
	}
	if f.End.IsZero() {
		r.End = now
	} else {
		r.Asked[1] = r.End.Format(time.RFC3339Nano)
	}
	if r.End.After(now) {
		r.End = now // what is not yet logged cannot be covered
	}
	return r
}

func (f *Fetch) run(ctx context.Context, d *folder) (*Result, error) {
	resumed := len(d.pages) > 0
	s := &sweep{folder: d, api: f.API, endpoint: activitiesEndpoint(), progress: f.Progress, top: cmp.Or(f.top, maxTop)}
	f.API.Client.allow(d.run.budget().times(f.Budget), d.pages)
	settled, err := s.run(ctx)
	if err != nil {
		err = d.ended(err, counted(d.run.days(), "day")+" of activities", d.kept(), f.Budget)
		return nil, errors.Join(err, d.writeManifest(f.Tool, false, nil))
	}
	out, err := f.assemble(ctx, d)
	if err != nil {
		return nil, err
	}
	// The manifest first: it is how a fetch that was killed here is known to be complete.
	if err := d.writeManifest(f.Tool, settled, out); err != nil {
		return nil, err
	}
	if err := d.Rename(d.in(disk.TempName, "output"), f.Output); err != nil {
		return nil, err
	}
	if err := d.SyncFolder(filepath.Dir(f.Output)); err != nil {
		return nil, err
	}
	return &Result{
		Output: *out, Folder: d.path, Resumed: resumed, Notes: d.notes(settled, out),
	}, d.Remove(d.in(disk.TempName))
}

// already makes sure that the output which is there is the one that the manifest names.
func (f *Fetch) already(d *folder) (*Result, error) {
	var m Manifest
	text, err := os.ReadFile(d.in(manifestName))
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil || !m.Complete || m.Output == nil {
		return nil, fmt.Errorf("%s %w", f.Output, ErrExists)
	}
	file, err := os.Open(f.Output)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return nil, err
	}
	if hex.EncodeToString(sum.Sum(nil)) != m.Output.SHA256 {
		return nil, fmt.Errorf("%s %w, and was changed since it was fetched", f.Output, ErrExists)
	}
	return &Result{Output: *m.Output, Folder: d.path, Already: true, Notes: m.Notes}, d.Remove(d.in(disk.TempName))
}

// assemble writes the output from the pages: each activity once, by time, then identity.
func (f *Fetch) assemble(ctx context.Context, d *folder) (*Output, error) {
	out := &Output{File: filepath.Base(f.Output)}
	byID := &sorter{files: d.Files, folder: d.in(disk.TempName), name: "id"}
	if err := d.eachRow(ctx, func(r *row) error { return byID.add([]byte(r.id), r.text) }); err != nil {
		return nil, err
	}
	byTime := &sorter{files: d.Files, folder: d.in(disk.TempName), name: "time"}
	if err := once(ctx, byID, byTime, out); err != nil {
		return nil, err
	}
	file, err := d.Create(d.in(disk.TempName, "output"))
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	counted := &counter{w: io.MultiWriter(file, sum)}
	w := bufio.NewWriterSize(counted, 64<<10)
	_, err = w.WriteString(f.Format.Head)
	var text []byte
	if err == nil {
		err = byTime.each(ctx, func(key, object []byte) error {
			var err error
			if text, err = f.Format.Row(text[:0], object); err != nil {
				return &Error{
					Message: fmt.Sprintf("activity %q does not fit into this format: %s", clip(string(key[min(12, len(key)):])), clip(err.Error())),
					Remedy:  "an --output whose name does not end in .csv takes everything",
				}
			}
			out.Activities++
			_, err = w.Write(text)
			return err
		})
	}
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = file.Sync()
	}
	out.SHA256, out.Bytes = hex.EncodeToString(sum.Sum(nil)), counted.n
	return out, errors.Join(err, file.Close())
}

// eachRow reads the pages back, in the order in which they came.
func (d *folder) eachRow(ctx context.Context, f func(*row) error) error {
	var compact bytes.Buffer
	for _, p := range d.pages {
		if err := ctx.Err(); err != nil {
			return err
		}
		body, err := d.readPage(p)
		if err != nil {
			return err
		}
		rows, _, err := parsePage(body)
		if err != nil {
			return fmt.Errorf("%s: %w", d.in(p.File), err)
		}
		for _, text := range rows {
			compact.Reset()
			if err := json.Compact(&compact, text); err != nil {
				return fmt.Errorf("%s: %w", d.in(p.File), err)
			}
			r, err := readRow(compact.Bytes())
			if err != nil {
				return fmt.Errorf("%s: %w", d.in(p.File), err)
			}
			if !r.at.IsZero() && (r.at.Before(d.run.Start) || !r.at.Before(d.run.End)) {
				continue // services round: it was not asked for
			}
			if err := f(&r); err != nil {
				return err
			}
		}
	}
	return nil
}

// once moves the last of the rows of each identity on, and counts the others.
func once(ctx context.Context, from, to *sorter, out *Output) error {
	var id, last []byte
	flush := func() error {
		if last == nil {
			return nil
		}
		r, err := readRow(last)
		if err != nil {
			return err
		}
		return to.add(r.key(), last)
	}
	err := from.each(ctx, func(key, text []byte) error {
		if last != nil && bytes.Equal(id, key) {
			if bytes.Equal(last, text) {
				out.Repeated++
			} else {
				out.Changed++
			}
		} else {
			if err := flush(); err != nil {
				return err
			}
			id = append(id[:0], key...)
		}
		last = append(last[:0], text...)
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// IsCSV says by its name whether an output takes the retriever's CSV.
func IsCSV(name string) bool { return strings.EqualFold(filepath.Ext(name), ".csv") }
