package m365

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"triage/ingest/m365/disk"
)

// Wanted is a message to fetch. Item or MessageID may be empty, not both.
type Wanted struct {
	Mailbox   string `json:"mailbox"`
	Item      string `json:"item,omitempty"`       // ActivityItemId
	MessageID string `json:"message_id,omitempty"` // InternetMessageId
}

func compareWanted(a, b Wanted) int {
	return cmp.Or(cmp.Compare(a.Mailbox, b.Mailbox), cmp.Compare(a.Item, b.Item), cmp.Compare(a.MessageID, b.MessageID))
}

// name is the file of a message. Ids are no file names: an attacker may have written them.
func (w Wanted) name() string {
	sum := sha256.Sum256([]byte(w.Mailbox + "\x00" + w.Item + "\x00" + w.MessageID))
	return "message-" + hex.EncodeToString(sum[:8]) + ".json"
}

// MessageRecord is what became of a message that was asked for.
type MessageRecord struct {
	Wanted
	Asked  time.Time `json:"asked"`
	Found  int       `json:"found"`            // copies of it; 0: none
	Reason string    `json:"reason,omitempty"` // why there is none
	File   string    `json:"file,omitempty"`   // in the output folder
	SHA256 string    `json:"sha256,omitempty"`
	Bytes  int       `json:"bytes,omitempty"`
	Pages  []string  `json:"answers,omitempty"` // as they came, in the case folder
}

// MessageFetch fetches what a service knows of messages into a folder, a file a message.
type MessageFetch struct {
	API      *Messages
	Wanted   []Wanted // in any order
	Output   string   // the folder; Output + ".case" is the case folder
	Tool     string   // name and version, for the manifest
	Progress func(MessageProgress)
	Budget   float64 // so many times what a fetch usually may cost; 0: once

	files  disk.Files // nil: the disk
	atOnce int        // requests; 0: messagesAtOnce
}

// MessageProgress is how far a fetch of messages has come.
type MessageProgress struct{ Done, Found, Total int }

// MessageResult is what a fetch of messages has done.
type MessageResult struct {
	Found   int // messages of those wanted
	Absent  []MessageRecord
	Folder  string // the case folder
	Resumed bool   // a fetch that was stopped went on
	Already bool   // everything was there; nothing was done
}

// Run fetches, or goes on where it was stopped. A message that is not there is no error. What an earlier run over the
// same folder asked for is not asked for again. Errors are ctx's, ErrExists, ErrOther, an *Error, or the disk's.
func (f *MessageFetch) Run(ctx context.Context) (_ *MessageResult, err error) {
	if f.files == nil {
		f.files = disk.Real{}
	}
	f.Output = filepath.Clean(f.Output)
	path := f.Output + ".case"
	begun, err := disk.Exists(filepath.Join(path, disk.JournalName))
	if err != nil {
		return nil, err
	}
	if names, err := os.ReadDir(f.Output); len(names) > 0 && !begun {
		return nil, fmt.Errorf("%s %w", f.Output, ErrExists)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	now := f.API.Client.Clock.Now().UTC().Truncate(tick)
	d, err := openFolder(f.files, path, Run{Schema: MessagesSchema, Root: f.API.Client.root.String(), API: f.API.Version, Preview: f.API.Preview, Started: now})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.journal.Close()) }()
	if err := d.Mkdir(f.Output); err != nil {
		return nil, err
	}
	return f.run(ctx, d)
}

func (f *MessageFetch) run(ctx context.Context, d *folder) (*MessageResult, error) {
	result := &MessageResult{Folder: d.path, Resumed: len(d.messages) > 0, Already: true}
	for i := range d.messages {
		if err := f.restore(d, &d.messages[i]); err != nil {
			return nil, err
		}
	}
	wanted := slices.Clone(f.Wanted)
	slices.SortFunc(wanted, compareWanted)
	wanted = slices.Compact(wanted)
	known := map[Wanted]*MessageRecord{}
	for i := range d.messages {
		known[d.messages[i].Wanted] = &d.messages[i]
	}
	a := asking{folder: d, api: f.API, endpoint: f.API.endpoint()}
	all := len(wanted) // and those of earlier runs, whose answers count as well
	for w := range known {
		if _, again := slices.BinarySearchFunc(wanted, w, compareWanted); !again {
			all++
		}
	}
	f.API.Client.allow(messageBudget(all).times(f.Budget), d.pages)
	ctx, cancel := context.WithCancel(ctx)
	todo := slices.DeleteFunc(slices.Clone(wanted), func(w Wanted) bool { return known[w] != nil })
	ahead, wait := a.ahead(ctx, todo, cmp.Or(f.atOnce, messagesAtOnce))
	defer func() {
		cancel()
		wait()
	}()
	for i, w := range wanted {
		f.tell(MessageProgress{i, result.Found, len(wanted)})
		record := known[w]
		if record == nil {
			result.Already = false
			var err error
			if record, err = f.fetch(&a, w, <-<-ahead); err != nil {
				kept := fmt.Sprintf("what became of %d of them, %d found", len(d.messages), result.Found)
				err = d.ended(err, counted(all, "message"), kept, f.Budget)
				return nil, errors.Join(err, d.writeMessages(f.Tool, false))
			}
		}
		if record.Found > 0 {
			result.Found++
		} else {
			result.Absent = append(result.Absent, *record)
		}
	}
	f.tell(MessageProgress{len(wanted), result.Found, len(wanted)})
	return result, errors.Join(d.writeMessages(f.Tool, true), d.Remove(d.in(disk.TempName)))
}

func (f *MessageFetch) tell(p MessageProgress) {
	if f.Progress != nil {
		f.Progress(p)
	}
}

// fetch keeps what was said of one message. Its answers are on the disk, and the journal names what became of it, before its file is
// written: a killed fetch writes the file again.
func (f *MessageFetch) fetch(a *asking, w Wanted, said inquiry) (*MessageRecord, error) {
	record, rows, err := a.record(w, said)
	if err != nil {
		return nil, err
	}
	var text []byte
	if record.Found > 0 {
		if text, err = messageFile(w, rows); err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		record.File, record.SHA256, record.Bytes = w.name(), hex.EncodeToString(sum[:]), len(text)
	}
	if err := a.note(line{Message: record}); err != nil || text == nil {
		return record, err
	}
	return record, f.write(a.folder, record.File, text)
}

func (f *MessageFetch) write(d *folder, name string, text []byte) error {
	return disk.Place(d.Files, d.in(disk.TempName, name), filepath.Join(f.Output, name), f.Output, text)
}

// restore writes the file of a message again if a killed fetch did not get that far, and makes sure that it is what came
// if it did.
func (f *MessageFetch) restore(d *folder, r *MessageRecord) error {
	if r.File == "" {
		return nil
	}
	path := filepath.Join(f.Output, r.File)
	text, err := os.ReadFile(path)
	if sum := sha256.Sum256(text); err == nil && hex.EncodeToString(sum[:]) != r.SHA256 {
		return &Error{Message: path + ": is not what came: its sha256 differs from the journal's", Remedy: "delete the file: it is written again from " + d.in(pagesName)}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var rows []json.RawMessage
	for _, p := range d.pages {
		if !slices.Contains(r.Pages, p.File) {
			continue
		}
		body, err := d.readPage(p)
		if err != nil {
			return err
		}
		rows = append(rows, messagesIn(body)...)
	}
	if text, err = messageFile(r.Wanted, rows); err != nil {
		return err
	}
	return f.write(d, r.File, text)
}

// messageFile is the messages, a line each, as the service wrote them but for white space, with what no service says of
// its messages put first: whose mailbox they are in, and the id by which the log knows them, since Graph's immutable id
// is another one.
func messageFile(w Wanted, rows []json.RawMessage) ([]byte, error) {
	head, err := json.Marshal(struct {
		Mailbox        string
		ActivityItemID string `json:"ActivityItemId,omitempty"`
	}{w.Mailbox, w.Item})
	if err != nil {
		return nil, err
	}
	var text, object bytes.Buffer
	for _, row := range rows {
		object.Reset()
		if err := json.Compact(&object, row); err != nil {
			return nil, fmt.Errorf("message: %w", err)
		}
		text.Write(head[:len(head)-1])
		if object.Len() > len("{}") {
			text.WriteByte(',')
		}
		text.Write(object.Bytes()[1:]) // without its own opening brace
		text.WriteByte('\n')
	}
	return text.Bytes(), nil
}
