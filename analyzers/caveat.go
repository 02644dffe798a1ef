package analyzers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/geo"
	"triage/ingest/activity"
)

// Thresholds of caveats.
const (
	thinDays       = 10                   // active days below which a baseline says little; the core pack's min_days
	mostRecipients = 128                  // MessageDelivered lists at most this many (the 2018 post)
	staleDatabase  = 365 * 24 * time.Hour // activities more than 12 months from the database's date
	unmatchedMany  = 0.05                 // share of unmatched activities worth a warning
	caveatRows     = 5                    // rows that a caveat cites
	caveatNames    = 5                    // mailboxes that a caveat names
)

// caveats says what a reader must know before trusting the result: what the sources cannot show, and what was thin.
func (r *run) caveats(opts Options) {
	r.deliveryCaveat()
	if !opts.Anonymizers && len(r.result.Addresses) > 0 {
		r.caveat("no-anonymizer-data", 0, "no list of VPN, Tor or relay networks was loaded (--ip-class): that no such address is named here does not mean that there was none")
	}
	for i := range r.result.Mailboxes {
		r.mailboxCaveats(&r.result.Mailboxes[i])
	}
	r.undatedCaveats()
	r.sourceCaveats()
	r.conflictCaveats()
	r.databaseCaveats(opts.Databases)
	if opts.part {
		r.notNamed()
	} else {
		r.wholeCaveats()
	}
	r.sortCaveats()
}

// wholeCaveats says what is true of the case as a whole, of however many tenants it is.
func (r *run) wholeCaveats() {
	r.inputCaveats()
	for _, e := range r.set.Expired {
		r.caveat("expired-exception", 0, fmt.Sprintf("exception %q expired on %s and no longer applies", e.ID, e.Expires.Format(time.DateOnly)))
	}
	r.decisionCaveats()
}

func (r *run) sortCaveats() {
	c := r.result.Case
	slices.SortStableFunc(r.result.Caveats, func(a, b Caveat) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(c.Text(a.Mailbox), c.Text(b.Mailbox)), cmp.Compare(a.Text, b.Text))
	})
}

func (r *run) caveat(code string, mailbox activity.Symbol, text string, evidence ...uint32) {
	r.cited(code, mailbox, text, sampleOf(evidence))
}

func (r *run) cited(code string, mailbox activity.Symbol, text string, s sample) {
	r.result.Caveats = append(r.result.Caveats, Caveat{
		Code: code, Mailbox: mailbox, Text: text, Evidence: s.rows, More: s.all - len(s.rows),
	})
}

// sample is the first of some rows, and how many there are.
type sample struct {
	rows []uint32
	all  int
}

func sampleOf(rows []uint32) sample { return sample{rows[:min(len(rows), caveatRows)], len(rows)} }

func (s *sample) add(row uint32) {
	if s.all++; s.all <= caveatRows {
		s.rows = append(s.rows, row)
	}
}

func (r *run) mailboxCaveats(box *Mailbox) {
	s := &box.signs
	if s.sync.all > 0 {
		names := make([]string, 0, 2)
		for p := range s.protocols {
			names = append(names, p)
		}
		slices.Sort(names)
		r.cited("imap-sync", box.Symbol, strings.Join(names, " and ")+" was used: such a client copies whole folders, so the whole "+
			"mailbox must be presumed synchronised, even where no read activity is recorded", s.sync)
	}
	if s.cut.all > 0 {
		r.cited("recipients-cut", box.Symbol, fmt.Sprintf("recipient lists end at %d names in this source: a message may have gone to more", mostRecipients), s.cut)
	}
	if s.chained.all > 0 {
		r.cited("ambiguous-address", box.Symbol, "some address fields hold a list (X-Forwarded-For): the leftmost public address is taken, "+
			"which a client can forge", s.chained)
	}
	if s.days > 0 && s.days < thinDays {
		r.caveat("thin-baseline", box.Symbol, fmt.Sprintf("active on fewer than %d days: what is usual cannot be known, so rarity and new places are hardly judged", thinDays))
	}
	r.joinCaveat(box)
}

// joinCaveat tells the share of activities whose message is not in the data.
func (r *run) joinCaveat(box *Mailbox) {
	all, guessed := 0, box.Joined[activity.ByConversation]
	for how, n := range box.Joined {
		if how != activity.Itself {
			all += n
		}
	}
	missing := box.Joined[activity.NoMatch]
	if !r.deliveries {
		return // said once, for the whole case
	}
	if all == 0 || float64(missing) <= unmatchedMany*float64(all) {
		return
	}
	text := fmt.Sprintf("%d of %d activities on messages (%.0f %%) have no delivery in the data: their subject and sender are unknown",
		missing, all, 100*float64(missing)/float64(all))
	if guessed > 0 {
		text += fmt.Sprintf("; %d more are joined by conversation only", guessed)
	}
	r.caveat("unmatched-messages", box.Symbol, text)
}

// deliveryCaveat says once that the case has no deliveries to join anything to.
func (r *run) deliveryCaveat() {
	c := r.result.Case
	if r.deliveries = len(c.OfType(activity.Deliver)) > 0; r.deliveries {
		return
	}
	concerns := 0
	for i := range c.Activities {
		if a := &c.Activities[i]; a.Lane == activity.Person && c.Concerns(a) {
			concerns++
		}
	}
	if concerns > 0 {
		r.caveat("no-deliveries", 0, fmt.Sprintf("the data holds no deliveries (a message trace or Outlook Activities would): for %d activities on "+
			"messages, subject and sender are known only where the record itself says them", concerns))
	}
}

// sourceCaveats says what each kind of source never records.
func (r *run) sourceCaveats() {
	seen := map[activity.Source]bool{}
	for _, in := range r.result.Case.Inputs {
		seen[in.Source] = true
	}
	if seen[activity.SourceActivities] {
		r.caveat("delegates-unlogged", 0, "Outlook Activities never record delegated or administrative sessions: their absence says nothing about access by a delegate")
		r.caveat("web-only", 0, "Outlook Activities record LinkClicked and OpenedAnAttachment for the Web client only: their absence says nothing about other clients")
	}
}

// inputCaveats says what is noted about single inputs.
func (r *run) inputCaveats() {
	for _, in := range r.result.Case.Inputs {
		for _, note := range in.Notes {
			r.caveat("input", 0, in.Path+": "+note)
		}
		if in.MailboxFrom == "file name" {
			r.caveat("mailbox-guessed", 0, fmt.Sprintf("%s names no owner; its mailbox %q is taken from the file name (--assume-mailbox sets it)", in.Path, in.Mailbox))
		}
	}
}

// conflictCaveats names records that share an id and differ.
func (r *run) conflictCaveats() {
	kept, merged := 0, 0
	for _, x := range r.result.Case.Conflicts {
		if x.Merged {
			merged++
		} else {
			kept++
		}
	}
	if kept > 0 {
		r.caveat("id-conflict", 0, fmt.Sprintf("%d records share the id of another record and differ from it: all are kept", kept))
	}
	if merged > 0 {
		r.caveat("id-merged", 0, fmt.Sprintf("%d records are flattened, cut or another source's account of a fuller one: the fuller one stands, gaps filled", merged))
	}
}

// databaseCaveats warns where addresses may have changed hands between the activities and the database.
func (r *run) databaseCaveats(databases []geo.Database) {
	first, last := int64(0), int64(0)
	for i := range r.result.Mailboxes {
		box := &r.result.Mailboxes[i]
		if box.Activities == 0 {
			continue
		}
		if first == 0 || box.First < first {
			first = box.First
		}
		last = max(last, box.Last)
	}
	if first == 0 {
		return
	}
	for _, db := range databases {
		built, err := time.Parse(time.DateOnly, db.Built)
		if err != nil {
			continue
		}
		from, to := time.UnixMilli(first).UTC(), time.UnixMilli(last).UTC()
		if built.Sub(from) > staleDatabase || to.Sub(built) > staleDatabase {
			r.caveat("geo-age", 0, fmt.Sprintf("%s was built on %s, the activities are from %s to %s: addresses may have changed hands since",
				db.Name, db.Built, from.Format(time.DateOnly), to.Format(time.DateOnly)))
		}
	}
}
