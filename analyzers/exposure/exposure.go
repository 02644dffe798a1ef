// Package exposure says what each intruder saw, took, sent and hid: per mailbox every message and file once, by what shows
// it, and what may have been read besides. It rests on whose act each row was (package attribution) and on what deliveries
// and traces know of the messages.
//
// A message is proven where a record names it in an act of the intruder: opened, clicked, answered, sent, deleted, moved.
// It is presumed where he took more than the log names: a folder that was synchronised, a mailbox by IMAP, by an
// application that he let in or as a delegate with full access, and what a rule or a mailbox sent on while it stood. It is
// contested where only acts name it of which nobody can say whether they were his or the owner's. What services read and
// what the owner read is no exposure.
package exposure

import (
	"context"

	"triage/analyzers/attribution"
	"triage/analyzers/ledger"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// Source is what exposure is read from.
type Source struct {
	Case      *activity.Case
	Lines     []activity.Timeline // of the case
	Intruders []attribution.Intruder
	Who       func(index uint32) (who attribution.Who, intruder int) // Attribution.Who
	Domains   *detect.Domains
	Missing   []ledger.Item // what the evidence is missing; nil: it is not known
}

// Exposure is what intruders reached. Everything in it has a total order.
type Exposure struct {
	Boxes []Box // by intruder, then by name of the mailbox
	Sums  Sums  // over all boxes: a message that two intruders read in one mailbox counts twice
}

// Box is what one intruder reached in one mailbox.
type Box struct {
	Intruder int             // index into Source.Intruders
	Mailbox  activity.Symbol // 0: the records name none
	First    int64           // of his acts there, in milliseconds since 1970 UTC; 0, 0: none has a time
	Last     int64
	Acts     int    // his acts there
	Items    []Item // messages and files, by when they were first touched, those that are presumed last
	Wholes   []Whole
	Unknown  []Gap
	Searches []Search
	Changes  []Change
	Sums     Sums
}

// Kind tells messages from files.
type Kind uint8

// The kinds of items.
const (
	Message Kind = iota
	File
)

// String is the kind's word in reports.
func (k Kind) String() string { return [...]string{"message", "file"}[k] }

// State is how sure it is that an intruder had an item.
type State uint8

// The states, the surest first.
const (
	Proven    State = iota // an act of his names it
	Presumed               // it was in what he took
	Contested              // only acts name it that may be the owner's
)

// String is the state's word in reports.
func (s State) String() string { return [...]string{"proven", "presumed", "contested"}[s] }

// ID says by what an item is told from others.
type ID uint8

// The ways, the best one first.
const (
	ByMessageID    ID = iota // InternetMessageId
	ByItem                   // the mailbox's own id: nothing in the data knows the message's
	ByConversation           // a conversation: which message of it is not known
	ByAddress                // a file's address
)

// String is the way's word in reports.
func (i ID) String() string { return [...]string{"message_id", "item", "conversation", "address"}[i] }

// Item is one message or file.
type Item struct {
	Kind         Kind
	State        State
	By           ID
	Acts         Acts            // what he did with it
	ID           activity.Symbol // as By says
	Item         activity.Symbol // the mailbox's own id; 0: not known, as everything below
	MessageID    activity.Symbol
	Conversation activity.Symbol
	Subject      activity.Symbol // of a file, its name where the record says one
	Sender       activity.Symbol
	Folder       activity.Symbol
	Size         int64 // bytes; 0: not known
	Received     int64 // when it was delivered, or sent, in milliseconds since 1970 UTC; 0: not known
	Guess        bool  // subject and sender are those of its conversation
	Attachments  []activity.Symbol
	Recipients   []activity.Symbol // of what he sent, at most MaxRecipients
	More         int               // recipients beyond those
	First        int64             // when he first touched it, or may have; of what is presumed, when it was taken first
	Last         int64
	Rows         []uint32        // indexes into Case.Activities, ascending: his acts, then what it is presumed by; at most MaxRows
	Touches      int             // acts of his that name it
	Contested    int             // acts that name it and may be the owner's
	Answers      activity.Symbol // of what he sent, the ID of the item that it most likely answers; 0: not known
	Told         uint32          // one more than the index of the delivery or sending that tells of it; 0: none does
	Wholes       []int32         // indexes into Box.Wholes: what he took it with, at most maxWholes
}

// MaxRows is how many rows an item, a change or a search keeps: the first of them. MaxRecipients bounds those of one message.
const (
	MaxRows       = 20
	MaxRecipients = 500
	maxWholes     = 3
)

// Acts are what was done with an item.
type Acts uint32

// The acts, in the order in which reports name them.
const (
	Read Acts = 1 << iota
	OpenedAttachment
	ClickedLink
	Replied
	Forwarded
	Sent
	Deleted
	Moved
	Marked
	Viewed     // a file
	Downloaded // a file, also by a program that synchronises
	Changed    // a file that he uploaded, changed, copied, moved
	Linked     // a file that he made a link to, or shared
	SentOn     // by a rule or a mailbox's forwarding, as a trace shows
	ActCount   = iota
)

// Words are the words of acts in reports, in their order.
func (a Acts) Words() []string {
	words := [ActCount]string{
		"read", "opened attachment", "clicked link", "replied", "forwarded", "sent", "deleted", "moved", "marked", "viewed", "downloaded",
		"changed", "shared", "sent on",
	}
	var out []string
	for i, word := range words {
		if a&(1<<i) != 0 {
			out = append(out, word)
		}
	}
	return out
}

// How is how an intruder took more than the log names.
type How string

// The ways, in the order in which a box lists them.
const (
	Sync        How = "sync"         // MailItemsAccessed says that a folder was synchronised
	Protocol    How = "protocol"     // IMAP, POP, ActiveSync, Exchange Web Services: the mailbox
	Application How = "application"  // an application that was let in, and that read
	FullAccess  How = "full-access"  // a delegate with the right to the whole mailbox, who used it
	Forwarding  How = "forwarding"   // what a rule or the mailbox sent on while it stood
	Export      How = "export"       // of an eDiscovery search
	Opened      How = "folder-bound" // a folder that was opened: its list was seen, and no message is presumed
)

// Whole is a folder, a mailbox or a stream of messages that was taken, or may have been.
type Whole struct {
	How      How
	Folder   activity.Symbol // 0: the whole mailbox
	Name     string          // of the protocol, application, rule or search; "" where it needs none
	Targets  []string        // where a rule or mailbox sends it on to
	First    int64           // when it was first taken, or began to be
	Last     int64           // when it was last taken; of what still stands, as far as the log goes
	Open     bool            // it still stands as far as the log goes
	Unread   bool            // it has conditions that the data cannot judge: messages are presumed that it may have left out
	Body     bool            // it looks into what messages say: it may have taken more than is presumed
	Rows     []uint32        // at most MaxRows
	Count    int             // rows
	Messages int             // known to have been there; each is an item, presumed or better

	rule *standing
}

// Gap is an interval in which the log cannot tell what was read.
type Gap struct {
	Code  string // throttled, audit-off, no-mail-access, no-audit-log, or a code of the ledger
	First int64  // 0, 0: all the time
	Last  int64
	Text  string // a sentence
	Rows  []uint32
}

// Search is one search of an intruder, letter by letter or at once.
type Search struct {
	Time  int64
	Query string
	Rows  []uint32 // at most MaxRows
	Count int
}

// Change is something an intruder changed so that he sees, takes or hides more: a rule, forwarding, a right, a consent, a
// link.
type Change struct {
	Row    uint32
	Type   activity.Type
	What   string   // the rule's name, the right, the application
	Target string   // to whom
	Values []string // where it sends mail on to, scopes; at most maxValues
}

// Count is how many items there are of each state; each is counted once, by its surest.
type Count struct{ Proven, Presumed, Contested int }

func (c *Count) add(s State) {
	switch s {
	case Proven:
		c.Proven++
	case Presumed:
		c.Presumed++
	default:
		c.Contested++
	}
}

func (c *Count) plus(o Count) {
	c.Proven, c.Presumed, c.Contested = c.Proven+o.Proven, c.Presumed+o.Presumed, c.Contested+o.Contested
}

// Sums are how much there is of everything, also of what a report leaves out.
type Sums struct {
	Messages Count
	Files    Count
	ByAct    [ActCount]int // proven items by act, in the order of Acts: an item counts for each
	Searches int
	Rules    int // made or changed, forwarding included
	Rights   int
	Consents int
	Links    int
	Wholes   int
	Gaps     int
	Bytes    int64 // of messages that are proven and whose size is known
	Sized    int   // how many those are
}

func (s *Sums) plus(o *Sums) {
	s.Messages.plus(o.Messages)
	s.Files.plus(o.Files)
	for i := range s.ByAct {
		s.ByAct[i] += o.ByAct[i]
	}
	s.Searches, s.Rules, s.Rights, s.Consents, s.Links = s.Searches+o.Searches, s.Rules+o.Rules, s.Rights+o.Rights, s.Consents+o.Consents, s.Links+o.Links
	s.Wholes, s.Gaps, s.Bytes, s.Sized = s.Wholes+o.Wholes, s.Gaps+o.Gaps, s.Bytes+o.Bytes, s.Sized+o.Sized
}

// Did is how many proven items an act was done with.
func (s *Sums) Did(a Acts) int {
	for i := range s.ByAct {
		if a == 1<<i {
			return s.ByAct[i]
		}
	}
	return 0
}

// Of reads what intruders reached. It costs nothing where there is none. Where ctx ends, the result is of no use.
func Of(ctx context.Context, in Source) *Exposure {
	out := &Exposure{}
	if len(in.Intruders) == 0 {
		return out
	}
	r := newReading(&in)
	for i := range in.Intruders {
		r.walk(i)
	}
	for _, b := range r.boxes {
		r.searches(b)
	}
	r.contested()
	if ctx.Err() != nil {
		return out
	}
	(&placing{reading: r}).standing()
	(&presuming{reading: r}).presume()
	(&describing{r}).describe()
	(&doubting{r}).gaps()
	out.Boxes = r.settle()
	for i := range out.Boxes {
		out.Sums.plus(&out.Boxes[i].Sums)
	}
	return out
}
