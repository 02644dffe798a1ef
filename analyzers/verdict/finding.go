package verdict

import (
	"triage/ingest/activity"
	"triage/rules/decision"
	"triage/rules/detect"
)

// Finding is a finding with what scoring added.
type Finding struct {
	detect.Finding
	ID          string             // "F-0001", by rank within this report
	Fingerprint string             // stable across re-runs and added exports
	Formerly    []string           // what it was before its rule was moved: see detect.Rule
	Points      float64            // impact × confidence; 0 if suppressed
	Share       float64            // its part of its mailbox's score, 0..1
	Decision    *decision.Decision // what a responder decided about it; nil: nothing that is in force
}

// Mailbox is one mailbox's verdict.
type Mailbox struct {
	Entity
	Lane     activity.Lane
	Timeline activity.Timeline
	Window   *Window // span of the intruder's acts as far as findings tell; nil if none does
	Shares   []Share // largest first
	Joined   Joined

	Seen int // index into what was seen of all mailboxes
}

// Joined counts the activities that name a message, by [activity.Match]: how it was found. NoMatch are the unmatched.
type Joined [activity.Itself + 1]int

// Window is a span of time in milliseconds since 1970 UTC, both ends included.
type Window struct{ First, Last int64 }

// Entity is what a score is about: a mailbox, an address, a session or a message.
type Entity struct {
	Name       string
	Symbol     activity.Symbol
	Score      float64 // 0..100, rounded to 0.1
	Band       string  // critical, high, medium, low, none
	Activities int
	First      int64 // milliseconds since 1970 UTC
	Last       int64
	Mailboxes  []string // whose activities it concerns, sorted; nil: it is a mailbox or a lane itself
	Findings   []int    // indexes into Result.Findings, ascending
}

// Share is a finding's part of a score.
type Share struct {
	Finding int // index into Result.Findings
	Points  float64
	Share   float64
}

// Caveat is what a reader must know before trusting a result.
type Caveat struct {
	Code     string
	Mailbox  activity.Symbol // 0: the whole case, or Mailboxes
	Text     string
	Evidence []uint32 // indexes into Case.Activities
	More     int      // rows beyond those, as far as they were counted
	// Mailboxes are those that the same is said of, where they are several, in order of name.
	Mailboxes []activity.Symbol
}

// CaveatRows is how many rows a caveat cites.
const CaveatRows = 5

// Sample is the first of some rows, and how many there are.
type Sample struct {
	Rows []uint32
	All  int
}

func SampleOf(rows []uint32) Sample { return Sample{rows[:min(len(rows), CaveatRows)], len(rows)} }

func (s *Sample) Add(row uint32) {
	if s.All++; s.All <= CaveatRows {
		s.Rows = append(s.Rows, row)
	}
}

// with adds a row to a sample, which nil begins.
func (s *Sample) with(row uint32) *Sample {
	if s == nil {
		s = &Sample{}
	}
	s.Add(row)
	return s
}
