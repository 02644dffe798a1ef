// Package answers answers the twelve questions of every engagement from a case that was attributed, each with how sure it
// is, the rows that show it, what cannot be known and what would tell more; and it tells what each intruder did, in dated
// sentences. Nothing is said of a row that is not the intruder's by attribution, or that somebody did against him.
package answers

import (
	"cmp"
	"slices"
	"time"

	"triage/analyzers/attribution"
	"triage/analyzers/campaign"
	"triage/analyzers/exposure"
	"triage/analyzers/ledger"
	"triage/analyzers/report/phrase"
	"triage/analyzers/thread"
	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// Sure says how sure an answer is.
type Sure string

// The degrees. That an act is the intruder's is as sure as the answer to compromised; the others say how sure it is, if so, that
// the act was done.
const (
	Proven   Sure = "proven"    // rows show it
	Likely   Sure = "likely"    // rows speak for it, or none is seen in a log that would show it
	Possible Sure = "possible"  // rows neither show it nor speak against it
	NotKnown Sure = "not known" // this evidence cannot show it
)

// Answer answers one question.
type Answer struct {
	ID       string        // one of IDs
	Text     string        // one or two sentences; what a log wrote in it is quoted and cannot end the quotation
	Said     []phrase.Text // the same as what they are made of
	Sure     Sure
	Facts    []Fact
	Rows     []uint32      // indexes into Case.Activities, ascending: the first of those that show it
	MoreRows int           // rows beyond those
	Findings []int         // indexes into Source.Findings, ascending
	MoreIDs  int           // findings beyond those
	Unknown  []phrase.Text // what cannot be known, and why
	Next     []phrase.Text // what would tell more, or must be done next
}

// Fact is what an answer names, as the log has it: one value or several, in the order of the answer.
type Fact struct {
	Name   string
	Values []string
	More   int // values beyond those
}

// Question is a question of every engagement.
type Question struct{ ID, Text string }

// Questions are the questions, in the order in which they are answered.
func Questions() []Question {
	return []Question{
		{"compromised", "Which accounts were taken, which were only tried?"},
		{"entry", "How did they get in?"},
		{"when", "When was the first and the last act of each intruder; is he still in?"},
		{"where", "From which addresses, networks and clients; what of it is shared with the owner?"},
		{"read", "What was searched, read, synchronised, downloaded?"},
		{"sent", "What was sent in the owner's name, to whom; what was deleted?"},
		{"persist", "What stays after a password reset?"},
		{"spread", "Which other mailboxes, in which order, by what?"},
		{"money", "Which payment threads were touched?"},
		{"contained", "Which of reset, revocation, removal, block does the log show; any act of the intruder after it?"},
		{"notify", "How many messages and files, of which mailboxes, are exposed?"},
		{"missing", "What cannot be known from this evidence; what to fetch, until when?"},
	}
}

// Story is what one intruder did.
type Story struct {
	Intruder  int        // index into Attribution.Intruders
	Sentences []Sentence // oldest first, at most MaxSentences
	More      int        // sentences beyond those
	Untold    int        // acts of his that no sentence tells
}

// Sentence is one thing that was done.
type Sentence struct {
	Time     int64  // of its first row, milliseconds since 1970 UTC
	By       string // intruder, owner or administrator
	Account  activity.Symbol
	Text     string
	Said     phrase.Text // the same as what it is made of
	Rows     []uint32    // ascending: the first of those that show it
	MoreRows int         // rows beyond those
}

// Bounds of what is told.
const (
	MaxSentences = 25 // of one intruder
	maxStories   = 50
	maxRows      = 20 // of one answer
	maxSaid      = 5  // rows of one sentence
	maxIDs       = 20 // findings of one answer
	maxFact      = 200
	maxNamed     = 5 // names in one sentence
)

// Source is what is answered from.
type Source struct {
	Case      *activity.Case
	Places    detect.Places
	Domains   *detect.Domains // the tenant's own; nil: they are not known
	AsOf      time.Time
	Findings  []verdict.Finding
	Mailboxes []verdict.Mailbox
	Campaign  *campaign.Campaign
	By        *attribution.Attribution
	Exposure  *exposure.Exposure // of By
	Threads   *thread.Threads    // of By
	Missing   []ledger.Item      // of the case
}

// Told is what is answered and told.
type Told struct {
	Answers     []Answer   // one for each of Questions
	Stories     []Story    // by intruder
	MoreStories int        // intruders beyond those
	Victims     [][]Victim // by intruder: who acted on what he sent, by what they did
	StillIn     []string   // by intruder: whether he acted after what was done against him: yes, no, not known
	blamed      []int32    // by finding: one more than the intruder on whose acts it rests; 0: none
}

// BlamedOn is the intruder on whose acts a finding rests, the first of several, as an index into Attribution.Intruders; -1: none.
func (t *Told) BlamedOn(finding int) int {
	if finding >= len(t.blamed) {
		return -1
	}
	return int(t.blamed[finding]) - 1
}

// Of answers the questions and tells the stories.
func Of(in Source) Told {
	s := newInquiry(&in)
	var out Told
	for i, answer := range []func(*inquiry, *Answer){
		compromised, howEntered, firstAndLastSeen, where, whatWasRead, sent, persist, spread, money, contained, notify, notKnowable,
	} {
		one := Answer{ID: Questions()[i].ID, Sure: NotKnown}
		answer(s, &one)
		one.settle()
		out.Answers = append(out.Answers, one)
	}
	for i := range s.deeds[:min(len(s.deeds), maxStories)] {
		out.Stories = append(out.Stories, story(s, i))
	}
	out.blamed = make([]int32, len(s.Findings))
	for i := len(s.deeds) - 1; i >= 0; i-- {
		for _, f := range s.deeds[i].findings {
			out.blamed[f] = int32(i + 1)
		}
	}
	for i := range s.deeds {
		out.StillIn = append(out.StillIn, stillIn(s, &s.deeds[i]))
	}
	out.Victims = s.victims
	out.MoreStories = len(s.deeds) - len(out.Stories)
	return out
}

// fact states values of a name; none state nothing.
func (a *Answer) fact(name string, values ...string) {
	if len(values) == 0 {
		return
	}
	most := min(len(values), maxFact)
	a.Facts = append(a.Facts, Fact{name, values[:most:most], len(values) - most})
}

// cite rests an answer on rows.
func (a *Answer) cite(rows ...uint32) { a.Rows = append(a.Rows, rows...) }

// settle orders and bounds what an answer rests on.
func (a *Answer) settle() {
	slices.Sort(a.Rows)
	a.Rows = slices.Compact(a.Rows)
	if n := len(a.Rows) - maxRows; n > 0 {
		a.Rows, a.MoreRows = a.Rows[:maxRows:maxRows], n
	}
	slices.Sort(a.Findings)
	a.Findings = slices.Compact(a.Findings)
	if n := len(a.Findings) - maxIDs; n > 0 {
		a.Findings, a.MoreIDs = a.Findings[:maxIDs:maxIDs], n
	}
	a.Unknown, a.Next = distinctTexts(a.Unknown), distinctTexts(a.Next)
	a.Text = phrase.Paragraph(a.Said, phrase.English)
}

// say adds a sentence to an answer.
func (a *Answer) say(key string, args ...phrase.Text) {
	a.Said = append(a.Said, phrase.Say(key, args...))
}

// count adds a sentence that counts.
func (a *Answer) count(n int, forms string, args ...phrase.Text) {
	a.Said = append(a.Said, phrase.Count(n, forms, args...))
}

// unknown adds what cannot be known.
func (a *Answer) unknown(key string, args ...phrase.Text) {
	a.Unknown = append(a.Unknown, phrase.Say(key, args...))
}

// next adds what would tell more.
func (a *Answer) next(key string, args ...phrase.Text) {
	a.Next = append(a.Next, phrase.Say(key, args...))
}

// distinctTexts drops what was said already.
func distinctTexts(list []phrase.Text) []phrase.Text {
	var out []phrase.Text
	have := map[string]bool{}
	for _, one := range list {
		if text := one.English(); !have[text] {
			have[text] = true
			out = append(out, one)
		}
	}
	return out
}

// eachOnce drops what was said already.
func eachOnce(list []string) []string {
	var out []string
	have := map[string]bool{}
	for _, text := range list {
		if !have[text] {
			have[text] = true
			out = append(out, text)
		}
	}
	return out
}

// inquiry is what is known while answering.
type inquiry struct {
	Source
	deeds   []deeds // by intruder
	whose   map[uint32]int
	taken   []activity.Symbol        // accounts that intruders were in, by first act
	wasIn   map[activity.Symbol]bool // the same
	left    []leftBehind
	accused []leftBehind // what findings accuse, still stands, and is not attributed
	doubted []leftBehind // what was made in an account while both its owner and an intruder were there, still stands, and is not attributed
	holds   map[activity.Source]bool
	victims [][]Victim                 // by intruder
	items   map[itemKey]*exposure.Item // what intruders reached, by each id that it is known by
}

func newInquiry(in *Source) *inquiry {
	s := &inquiry{Source: *in, whose: map[uint32]int{}, holds: map[activity.Source]bool{}}
	for i := range in.Case.Inputs {
		s.holds[in.Case.Inputs[i].Source] = true
	}
	if in.By == nil {
		return s
	}
	for i := range in.By.Intruders {
		for _, row := range in.By.Intruders[i].Rows {
			s.whose[row] = i
		}
	}
	s.index()
	for i := range in.By.Intruders {
		s.deeds = append(s.deeds, s.deedsOf(i))
	}
	cures := cures(s)
	for i := range s.deeds {
		s.deeds[i].remedies = remediesOf(s, &s.deeds[i], cures)
	}
	s.blame()
	s.takes()
	remains(s)
	s.victims = victims(s)
	return s
}

// takes lists the accounts that intruders were in, by the first of any one's acts there.
func (s *inquiry) takes() {
	first := map[activity.Symbol]int64{}
	s.wasIn = map[activity.Symbol]bool{}
	for i := range s.deeds {
		for account, at := range s.deeds[i].since {
			if old, ok := first[account]; !ok || at < old {
				first[account] = at
			}
		}
	}
	for account := range first {
		s.taken, s.wasIn[account] = append(s.taken, account), true
	}
	slices.SortFunc(s.taken, func(x, y activity.Symbol) int {
		return cmp.Or(cmp.Compare(first[x], first[y]), cmp.Compare(s.text(x), s.text(y)))
	})
}

// blame gives each intruder the findings that rest on his rows.
func (s *inquiry) blame() {
	for i := range s.Findings {
		f := &s.Findings[i]
		if f.Suppressed != nil {
			continue
		}
		for _, row := range f.Evidence {
			if of, ok := s.whose[row]; ok {
				if d := &s.deeds[of]; len(d.findings) == 0 || d.findings[len(d.findings)-1] != i {
					d.findings = append(d.findings, i)
				}
			}
		}
	}
}

// nobody says that no account shows an intruder, which every answer then says.
func (s *inquiry) nobody() bool { return len(s.deeds) == 0 }

// text is a symbol's text.
func (s *inquiry) text(sym activity.Symbol) string { return s.Case.Text(sym) }

// at is an activity of the case.
func (s *inquiry) at(row uint32) *activity.Activity { return &s.Case.Activities[row] }
