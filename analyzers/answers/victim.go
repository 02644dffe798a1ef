package answers

import (
	"cmp"
	"slices"
	"strings"

	"triage/analyzers/report/phrase"
	"triage/ingest/activity"
)

// Victim is somebody of the case to whom an intruder wrote from an account that he was in, and who then clicked a link or let
// an application in. Whether he gave anything away the log does not say: he must be asked.
type Victim struct {
	Account activity.Symbol
	Did     string // "clicked a link" or "let an application in"
	Subject string // of the message; "" where no record has it
	Sent    int64  // milliseconds since 1970 UTC
	At      int64  // likewise
	Rows    []uint32
}

// admitted is what a victim did who consented to an application.
const admitted = "let an application in"

// baitHolds is how long after a message what its reader does may come of it.
const baitHolds = lurePause

// bait is a message that an intruder sent to somebody of the case.
type bait struct {
	intruder int
	at       int64
	row      uint32
}

// victims are those of each intruder, by what they did, each once.
func victims(s *inquiry) [][]Victim {
	out := make([][]Victim, len(s.deeds))
	baits := baits(s)
	if len(baits) == 0 {
		return out
	}
	type key struct {
		intruder int
		account  activity.Symbol
	}
	have := map[key]bool{}
	rows := slices.Concat(s.Case.OfType(activity.LinkClick), s.Case.OfType(activity.Consent))
	slices.Sort(rows) // which is by time
	for _, row := range rows {
		a := s.at(row)
		if _, his := s.whose[row]; his || a.Result == activity.Failure || a.Flags&activity.Undated != 0 {
			continue
		}
		b, ok := last(baits[a.Actor], a.Time)
		if !ok || have[key{b.intruder, a.Actor}] || a.Type == activity.LinkClick && !sameMessage(s, b.row, row) {
			continue
		}
		have[key{b.intruder, a.Actor}] = true
		did := "clicked a link"
		if a.Type == activity.Consent {
			did = admitted
		}
		out[b.intruder] = append(out[b.intruder], Victim{
			Account: a.Actor, Did: did, Subject: s.messages(b.row)[0].subject, Sent: b.at, At: a.Time, Rows: []uint32{b.row, row},
		})
	}
	return out
}

// baits are the messages of intruders, by whom of the case they went to, in order of time.
func baits(s *inquiry) map[activity.Symbol][]bait {
	by := map[activity.Symbol][]bait{}
	people := map[string]activity.Symbol{}
	for i := range s.Mailboxes {
		if m := &s.Mailboxes[i]; m.Lane == activity.Person {
			people[strings.ToLower(m.Name)] = m.Symbol
		}
	}
	sent := map[activity.Symbol]bait{} // by Message-ID
	for i := range s.deeds {
		for _, k := range [...]deedKind{sends, replies, forwards} {
			for _, row := range s.deeds[i].by[k] {
				a := s.at(row)
				if id := s.Case.Get(a, activity.FieldMessageID); id != 0 {
					sent[id] = bait{i, a.Time, row}
				}
				for _, to := range s.recipients([]uint32{row}) {
					if person, known := people[to]; known && person != a.Actor {
						by[person] = append(by[person], bait{i, a.Time, row})
					}
				}
			}
		}
	}
	if len(sent) > 0 {
		for _, row := range s.Case.OfType(activity.Deliver) {
			a := s.at(row)
			if b, his := sent[s.Case.Get(a, activity.FieldMessageID)]; his && a.Mailbox != s.at(b.row).Actor {
				by[a.Mailbox] = append(by[a.Mailbox], b)
			}
		}
	}
	for _, list := range by {
		slices.SortFunc(list, func(x, y bait) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.row, y.row)) })
	}
	return by
}

// last is the last of some messages before a time, if it still holds then.
func last(list []bait, at int64) (bait, bool) {
	i, _ := slices.BinarySearchFunc(list, at+1, func(b bait, at int64) int { return cmp.Compare(b.at, at) })
	if i == 0 || activity.Later(list[i-1].at, at) > baitHolds {
		return bait{}, false
	}
	return list[i-1], true
}

// sameMessage says that a click may be on a link of a message: one of the two names none, or both the same.
func sameMessage(s *inquiry, sent, clicked uint32) bool {
	x, y := s.messages(sent)[0], s.messages(clicked)[0]
	if x.subject != "" && y.subject != "" && !x.guess && !y.guess {
		return strings.EqualFold(x.subject, y.subject)
	}
	return true
}

// tellVictims names, in the answer about other mailboxes, who acted on what an intruder wrote.
func tellVictims(s *inquiry, a *Answer) {
	var accounts []string
	var parts []phrase.Text
	for i := range s.victims {
		for _, v := range s.victims[i] {
			a.cite(v.Rows...)
			who := s.text(v.Account)
			if slices.Contains(accounts, who) || len(accounts) == maxFact {
				continue
			}
			accounts = append(accounts, who)
			text := phrase.Say("{1} clicked a link on {2}", name(who), inSentence(v.At))
			if v.Did == admitted {
				text = phrase.Say("{1} let an application in on {2}", name(who), inSentence(v.At))
			}
			if v.Subject != "" {
				text = phrase.Say("{1}, after {2}", text, quote(v.Subject))
			}
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		return
	}
	a.fact("victims", accounts...)
	a.say("He wrote to others, who acted within three days: {1}.", phrases(parts))
	a.next("ask {1} what they entered or allowed; look at the sign-ins and consents since, and reset their passwords and end their sessions where they are not sure", someNames(accounts))
}
