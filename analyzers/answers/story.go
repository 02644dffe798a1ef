package answers

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"triage/analyzers/report/phrase"
	"triage/ingest/activity"
)

// episode is some acts of one kind that are told in one sentence.
type episode struct {
	kind    deedKind
	account activity.Symbol
	rows    []uint32
	last    int64
	with    []uint32 // the sendings of replies
}

// episodeKey is what acts of one sentence have in common.
type episodeKey struct {
	kind    deedKind
	account activity.Symbol
	of      activity.Symbol // address of a sign-in, operation of a change or of a deletion
}

// How long a pause ends a sentence.
const (
	signInGap = int64(time.Hour / time.Millisecond)
	actGap    = int64(15 * time.Minute / time.Millisecond)
	replyGap  = int64(10 * time.Minute / time.Millisecond) // from a reply to its sending
)

// story tells what an intruder did, and what was done against him.
func story(s *inquiry, i int) Story {
	out := Story{Intruder: i}
	all := episodes(s, &s.deeds[i])
	told := weigh(s, all)
	for _, e := range told {
		one := tell(s, &s.deeds[i], e)
		one.cite(append(slices.Clone(e.rows), e.with...))
		out.Sentences = append(out.Sentences, one)
	}
	out.Sentences = append(out.Sentences, doneAgainst(s, &s.deeds[i])...)
	slices.SortStableFunc(out.Sentences, func(x, y Sentence) int { return cmp.Compare(x.Time, y.Time) })
	out.More = len(all) - len(told)
	if n := len(out.Sentences) - MaxSentences; n > 0 {
		out.Sentences, out.More = shorten(out.Sentences, n), out.More+n
	}
	out.Untold = len(s.deeds[i].who.Rows)
	for k := range out.Sentences {
		if x := &out.Sentences[k]; x.By == byIntruder {
			out.Untold -= len(x.Rows) + x.MoreRows
		}
	}
	for k := range out.Sentences {
		out.Sentences[k].Text = out.Sentences[k].Said.English()
	}
	return out
}

// shorten leaves the latest answers to him out, as many as are too many: what he did is told first.
func shorten(list []Sentence, n int) []Sentence {
	for i := len(list) - 1; i >= 0 && n > 0; i-- {
		if list[i].By != byIntruder {
			list, n = slices.Delete(list, i, i+1), n-1
		}
	}
	return list[:len(list)-n]
}

// cite rests a sentence on rows.
func (x *Sentence) cite(rows []uint32) {
	slices.Sort(rows)
	rows = slices.Compact(rows)
	most := min(len(rows), maxSaid)
	x.Rows, x.MoreRows = rows[:most:most], len(rows)-most
	if n := len(rows); n > most { // the last of them says until when
		x.Rows[most-1] = rows[n-1]
	}
}

// episodes puts the acts of an intruder together, oldest first.
func episodes(s *inquiry, d *deeds) []*episode {
	var all []*episode
	open := map[episodeKey]*episode{}
	for _, row := range d.who.Rows {
		a := s.at(row)
		k := kindOf(s.Case, a)
		if k == nothing {
			continue
		}
		key := episodeKey{kind: k, account: a.Mailbox}
		gap := actGap
		switch k {
		case signIn, attempt:
			key.of, gap = a.IP, signInGap
			if k == attempt {
				key.account = 0 // a spray is one sentence
			}
		case changes, deletes, files:
			key.of = a.Op
			if k == changes {
				key.account, gap = s.thing(a), 0
			}
		case sends:
			if reply := open[episodeKey{kind: replies, account: a.Mailbox}]; reply != nil && a.Time-reply.last <= replyGap && len(reply.with) < len(reply.rows) {
				reply.with = append(reply.with, row)
				continue
			}
		}
		e := open[key]
		if e == nil || activity.Later(e.last, a.Time) > gap && (k != changes || e.last != a.Time) {
			e = &episode{kind: k, account: a.Mailbox}
			open[key], all = e, append(all, e)
		}
		e.rows, e.last = append(e.rows, row), a.Time
	}
	slices.SortStableFunc(all, func(x, y *episode) int { return cmp.Compare(x.rows[0], y.rows[0]) })
	return all
}

// thing is what a change is about, as its episode's key: changes of one thing at one moment are one.
func (s *inquiry) thing(a *activity.Activity) activity.Symbol {
	for _, f := range []activity.Field{activity.FieldObject, activity.FieldTarget} {
		if sym := s.Case.Get(a, f); sym != 0 {
			return sym
		}
	}
	return a.Mailbox
}

// weigh chooses what is told where there is too much: how he came, what he changed, sent and deleted, then what he searched and
// read, then the rest.
func weigh(s *inquiry, all []*episode) []*episode {
	if len(all) <= MaxSentences {
		return all
	}
	entered := map[activity.Symbol]bool{}
	rank := make([]int, len(all))
	for i, e := range all {
		rank[i] = weight(e.kind)
		if e.kind == signIn && !entered[e.account] {
			entered[e.account], rank[i] = true, 0
		}
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(rank[x], rank[y]) })
	order = order[:MaxSentences]
	slices.Sort(order)
	out := make([]*episode, 0, MaxSentences)
	for _, i := range order {
		out = append(out, all[i])
	}
	return out
}

func weight(k deedKind) int {
	switch k {
	case changes, sends, replies, forwards:
		return 1
	case search, deletes, syncs, attempt, clicks:
		return 2
	case reads, opens, files, shares:
		return 3
	}
	return 4
}

// Who did what a sentence tells.
const (
	byIntruder = "intruder"
	byOwner    = "owner"
	byAdmin    = "administrator"
)

// tell is one episode in words.
func tell(s *inquiry, d *deeds, e *episode) Sentence {
	first := s.at(e.rows[0])
	text := episodeWords(s, e)
	if len(d.since) > 1 && e.kind != signIn && e.kind != attempt && e.kind != changes {
		text = phrase.Say("{1} (in {2})", text, name(s.text(e.account)))
	}
	if e.kind != changes && activity.Later(first.Time, e.last) >= actGap {
		text = phrase.Say("{1}, until {2}", text, fixed(until(first.Time, e.last)))
	}
	return Sentence{Time: first.Time, By: byIntruder, Account: e.account, Said: text}
}

// until is when something ended, without its day if it is the same.
func until(first, last int64) string {
	if activity.Day(first) == activity.Day(last) {
		return strings.TrimPrefix(minuteOf(last), minuteOf(last)[:len("2006-01-02 ")])
	}
	return minuteOf(last)
}

// episodeWords say what was done in an episode.
func episodeWords(s *inquiry, e *episode) phrase.Text {
	messages := func() phrase.Text { return s.messagesOf(e.rows).told() }
	switch e.kind {
	case signIn:
		return signedIn(s, s.at(e.rows[0]))
	case attempt:
		return attempts(s, e)
	case search:
		return searched(s, e.rows)
	case reads:
		return phrase.Say("opened {1}", messages())
	case syncs:
		return folders(s, e.rows)
	case opens:
		return phrase.Say("opened an attachment of {1}", messages())
	case clicks:
		return phrase.Say("clicked a link in {1}", messages())
	case replies:
		return sentTo(s, phrase.Say("replied to {1}", messages()), e.with)
	case forwards:
		return sentTo(s, phrase.Say("forwarded {1}", messages()), e.rows)
	case sends:
		return sentTo(s, phrase.Say("sent {1}", messages()), e.rows)
	case deletes:
		return deletion(s, e)
	case moves:
		return movedWords(s, e)
	case files:
		return fileWords(s, e)
	case shares:
		return phrase.Say("made or used sharing links: {1}", quotes(distinctValues(s, e.rows, activity.FieldObject)))
	case changes:
		return changeWords(s, e.rows[0])
	}
	return phrase.Text{}
}

func signedIn(s *inquiry, a *activity.Activity) phrase.Text {
	text := phrase.Say("signed in to {1} (address not recorded)", name(s.text(a.Mailbox)))
	if a.IP != 0 {
		text = phrase.Say("signed in to {1} from {2}", name(s.text(a.Mailbox)), s.place(a.IP))
	}
	if with := client(s.text(a.App)); !with.None() {
		return phrase.Say("{1}, with {2}", text, with)
	}
	return text
}

// attempts are refused sign-ins from one address.
func attempts(s *inquiry, e *episode) phrase.Text {
	var accounts []string
	have := map[activity.Symbol]bool{}
	for _, row := range e.rows {
		if a := s.at(row); !have[a.Mailbox] {
			have[a.Mailbox] = true
			accounts = append(accounts, s.text(a.Mailbox))
		}
	}
	text := phrase.Count(len(e.rows), "{n} refused sign-in to {1}|{n} refused sign-ins to {1}", someNames(accounts))
	if ip := s.at(e.rows[0]).IP; ip != 0 {
		return phrase.Say("{1} from {2}", text, s.place(ip))
	}
	return text
}
