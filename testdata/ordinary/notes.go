package ordinary

import (
	"maps"
	"slices"
	"strings"
	"time"

	"triage/testdata/truth"
)

// notes are what is true of one intruder beyond which records are his. They are taken as he acts, of acts that a log kept.
type notes struct {
	first, last time.Time // of what succeeded
	addresses   map[string]bool
	touched     map[touched]*truth.Line
	presumed    map[[2]string]*truth.Line // by mailbox and folder
	unknown     []truth.Line
	searches    map[string]bool
	recipients  map[string]bool
	sent        map[string]bool // subjects
	deleted     map[string]bool // subjects
	threads     map[string]bool // subjects of payment threads, without prefixes
	standing    map[string]bool
	entry       string // how he came in, in the words of the answer
	entrySure   string
	contained   []string // what was done against him, as an answer names it
	removed     []string // of what he left
	lure        string   // subject of the message that began it
}

// touched is a message in a mailbox.
type touched struct{ mailbox, message string }

func newNotes() *notes {
	return &notes{
		addresses: map[string]bool{}, touched: map[touched]*truth.Line{}, presumed: map[[2]string]*truth.Line{}, searches: map[string]bool{},
		recipients: map[string]bool{}, sent: map[string]bool{}, deleted: map[string]bool{}, threads: map[string]bool{}, standing: map[string]bool{},
	}
}

// noted are the notes of whoever's records are being made; nil where that is no intruder, or where the last record is not
// in the time that the logs cover.
func (w *logbook) noted() *notes {
	if w.actor == 0 || !w.kept {
		return nil
	}
	return w.tenant.notes[w.actor-1]
}

// succeeded notes when something of his succeeded.
func (w *logbook) succeeded(at time.Time) {
	if n := w.noted(); n != nil {
		if n.first.IsZero() || at.Before(n.first) {
			n.first = at
		}
		if at.After(n.last) {
			n.last = at
		}
	}
}

// from notes where he did something.
func (w *logbook) from(a act) {
	if n := w.noted(); n != nil && a.ip != "" {
		n.addresses[a.ip] = true
	}
}

// touches notes that he had a message.
func (w *logbook) touches(a act, l letter, how string) {
	n := w.noted()
	if n == nil {
		return
	}
	key := touched{a.owner().address, l.id}
	if w.opts.Activities && l.folder == "Sent Items" {
		key.message = l.item // nothing says its id
	}
	x := n.touched[key]
	if x == nil {
		x = &truth.Line{Truth: truth.Message, Mailbox: key.mailbox, ID: l.id, Item: l.item, Subject: l.subject}
		if !w.opts.Activities {
			x.Item = ""
		} else if key.message == l.item {
			x.ID = ""
		}
		n.touched[key] = x
	}
	if !slices.Contains(x.How, how) {
		x.How = append(x.How, how)
		slices.Sort(x.How)
	}
	if w.nameless(l) {
		return
	}
	if moneyed(l.subject) && how != "read" || how == "read" && moneyed(l.subject) && l.outside() {
		n.threads[subjectAlone(l.subject)] = true
	}
}

// nameless says that nothing in the data tells a message's subject: Outlook Activities show that of what was delivered, by its item, and of
// what was sent the item only.
func (w *logbook) nameless(l letter) bool { return w.opts.Activities && l.folder == "Sent Items" }

// presumes notes that a folder must be presumed to be his; "" is the whole mailbox.
func (w *logbook) presumes(a act, folder, how string) {
	n := w.noted()
	if n == nil {
		return
	}
	key := [2]string{a.owner().address, folder}
	x := n.presumed[key]
	if x == nil {
		x = &truth.Line{Truth: truth.Presumed, Mailbox: key[0], Folder: folder}
		n.presumed[key] = x
	}
	at := a.at
	if w.opts.Activities {
		at = n.last // of the log on: nothing else is logged of it
	}
	x.Until = max(x.Until, stampOf(at))
	if !slices.Contains(x.How, how) {
		x.How = append(x.How, how)
		slices.Sort(x.How)
	}
}

// stands notes what he leaves behind.
func (w *logbook) stands(what string) {
	if n := w.noted(); n != nil {
		n.standing[what] = true
	}
}

// stampOf is how truth writes a time.
func stampOf(t time.Time) string { return t.UTC().Truncate(time.Second).Format(time.RFC3339) }

// outside says whether a message came from another company.
func (l *letter) outside() bool { return !strings.HasSuffix(l.from, "@contoso.com") }

// moneyed says whether a subject is about a payment.
func moneyed(subject string) bool {
	s := strings.ToLower(subject)
	return slices.ContainsFunc([]string{"invoice", "payment", "statement of account", "bank details", "wire transfer"}, func(word string) bool { return strings.Contains(s, word) })
}

// subjectAlone is a subject without what answers put before it.
func subjectAlone(subject string) string {
	for {
		rest, ok := strings.CutPrefix(subject, "Re: ")
		if !ok {
			return subject
		}
		subject = rest
	}
}

// Truths are what is true of the tenant, as truth.jsonl has it.
func (t *Tenant) Truths() (list []truth.Line) {
	for _, file := range t.Files() {
		l := truth.Line{Truth: truth.Rows, File: file, How: []string{"noise"}}
		head := 0
		if headerOf(file) != "" {
			head = 1
		}
		for k, i := range t.files[file] {
			if t.Records[i].Noise {
				l.Lines = append(l.Lines, head+k+1)
			}
		}
		if len(l.Lines) > 0 {
			list = append(list, l)
		}
	}
	noise := len(list)
	for i := range t.Truth {
		name := string(rune('A' + i))
		list = append(list, t.rowsOf(i, name)...)
		n := t.notes[i]
		for _, key := range slices.SortedFunc(maps.Keys(n.touched), touched.compare) {
			list = append(list, *n.touched[key])
		}
		for _, key := range slices.SortedFunc(maps.Keys(n.presumed), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
			list = append(list, *n.presumed[key])
		}
		list = append(list, n.unknown...)
		for _, what := range slices.Sorted(maps.Keys(n.standing)) {
			list = append(list, truth.Line{Truth: truth.Standing, What: what})
		}
		for k := range list[noise:] {
			if k += noise; list[k].Intruder == "" {
				list[k].Intruder = name
			}
		}
	}
	return append(list, t.answers()...)
}

func (a touched) compare(b touched) int {
	return slices.Compare([]string{a.mailbox, a.message}, []string{b.mailbox, b.message})
}

// rowsOf are an intruder and where his records stand.
func (t *Tenant) rowsOf(i int, name string) []truth.Line {
	x, n := &t.Truth[i], t.notes[i]
	list := []truth.Line{{
		Truth: truth.Intruder, Intruder: name, Kind: x.Kind, Accounts: x.Accounts, Addresses: slices.Sorted(maps.Keys(n.addresses)),
		First: stampOf(n.first), Last: stampOf(n.last),
	}}
	for _, file := range t.Files() {
		l := truth.Line{Truth: truth.Rows, File: file}
		for k, who := range t.Owners(file) {
			if who == i+1 {
				l.Lines = append(l.Lines, k+1)
			}
		}
		if len(l.Lines) > 0 {
			list = append(list, l)
		}
	}
	return list
}
