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
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

	files disk.Files // nil: the disk
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
	begun, err := disk.Exists(filepath.Join(path, journalName))
	if err != nil {
		return nil, err
	}
	if names, err := os.ReadDir(f.Output); len(names) > 0 && !begun {
		return nil, fmt.Errorf("%s %w", f.Output, ErrExists)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	now := f.API.Client.Clock.Now().UTC().Truncate(tick)
	d, err := openFolder(f.files, path, Run{Schema: MessagesSchema, Root: f.API.Client.root.String(), API: f.API.Version, Started: now})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
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
	for i, w := range wanted {
		f.tell(MessageProgress{i, result.Found, len(wanted)})
		record := known[w]
		if record == nil {
			result.Already = false
			var err error
			if record, err = f.fetch(ctx, &a, w); err != nil {
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
	return result, errors.Join(d.writeMessages(f.Tool, true), d.Remove(d.in(tempName)))
}

func (f *MessageFetch) tell(p MessageProgress) {
	if f.Progress != nil {
		f.Progress(p)
	}
}

// fetch asks for one message. Its answers are on the disk, and the journal names what became of it, before its file is
// written: a killed fetch writes the file again.
func (f *MessageFetch) fetch(ctx context.Context, a *asking, w Wanted) (*MessageRecord, error) {
	record, rows, err := a.ask(ctx, w)
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
	return disk.Place(d.Files, d.in(tempName, name), filepath.Join(f.Output, name), f.Output, text)
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

// asking asks for messages, one after another.
type asking struct {
	*folder
	api      *Messages
	endpoint *Endpoint
}

// ask tries the ids of a message, the surer one first: Graph knows ids of logs only while nobody moved the message; the
// Outlook API has no Message-ID in v1.0.
func (a *asking) ask(ctx context.Context, w Wanted) (*MessageRecord, []json.RawMessage, error) {
	record := &MessageRecord{Wanted: w}
	steps := []func(context.Context, Wanted) ([]*Page, error){a.byItem, a.byMessageID}
	if a.api.Version == Graph {
		slices.Reverse(steps)
	}
	var rows []json.RawMessage
	var reasons []string
	for _, step := range steps {
		pages, err := step(ctx, w)
		reason, err := absence(err)
		if err != nil {
			return nil, nil, err
		}
		for _, p := range pages {
			if err := a.keepPage(p); err != nil {
				return nil, nil, err
			}
			record.Pages = append(record.Pages, a.pages[len(a.pages)-1].File)
			rows = append(rows, p.Rows...)
		}
		if reason != "" {
			reasons = append(reasons, reason)
		}
		if record.Found = len(rows); record.Found > 0 {
			break
		}
	}
	if record.Found == 0 {
		record.Reason = cmp.Or(strings.Join(reasons, "; "), "not asked: it has no id")
	}
	record.Asked = a.api.Client.Clock.Now().UTC()
	return record, rows, nil
}

// errNone is that a mailbox has no copy of a message, errSkip that there is nothing to ask by.
var (
	errNone = errors.New("the mailbox has no message of this Message-ID: deleted, or never there")
	errSkip = errors.New("")
)

func (a *asking) byItem(ctx context.Context, w Wanted) ([]*Page, error) {
	if w.Item == "" {
		return nil, errSkip
	}
	address, err := a.api.ByItem(w.Mailbox, w.Item)
	if err != nil {
		return nil, err
	}
	return a.api.One(ctx, a.endpoint, address)
}

func (a *asking) byMessageID(ctx context.Context, w Wanted) ([]*Page, error) {
	if w.MessageID == "" || a.api.Version == "v1.0" {
		return nil, errSkip
	}
	address, err := a.api.ByMessageID(w.Mailbox, w.MessageID)
	if err != nil {
		return nil, err
	}
	pages, err := a.api.Copies(ctx, a.endpoint, address, w.MessageID)
	if err == nil && !slices.ContainsFunc(pages, func(p *Page) bool { return len(p.Rows) > 0 }) {
		return nil, errNone
	}
	return pages, err
}

// absence turns an error that says that a message is not there into the reason. A 404 without the service's own word for
// it is none: a wrong address answers everything so.
func absence(err error) (string, error) {
	for _, known := range []error{errMailbox, errItem, errMessageID, errNone, errSkip} {
		if errors.Is(err, known) {
			return known.Error(), nil
		}
	}
	own, ok := errors.AsType[*Error](err)
	switch {
	case !ok || own.Code == "":
		return "", err
	case own.Status == http.StatusNotFound && own.Code == "ErrorItemNotFound":
		return "404 ErrorItemNotFound: deleted, or moved, which changes its id", nil
	case own.Status == http.StatusNotFound && slices.Contains(noMailbox(), own.Code):
		return "404 " + own.Code + ": the service has no such mailbox", nil
	case own.Status == http.StatusBadRequest && strings.HasPrefix(own.Code, "ErrorInvalidId"):
		return "400 " + own.Code + ": the item's id is of another kind than this service's", nil
	}
	return "", err
}

// noMailbox lists what the services call a mailbox that is not there.
func noMailbox() []string {
	return []string{"ErrorInvalidUser", "ErrorNonExistentMailbox", "MailboxNotEnabledForRESTAPI", "Request_ResourceNotFound", "ResourceNotFound"}
}
