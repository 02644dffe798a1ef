package analyzers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/analyzers/verdict"
	"triage/geo"
	"triage/ingest/activity"
	"triage/rules"
	"triage/rules/decision"
)

// Thresholds of caveats.
const (
	thinDays      = 10                   // active days below which a baseline says little; the core pack's min_days
	staleDatabase = 365 * 24 * time.Hour // activities more than 12 months from the database's date
	unmatchedMany = 0.05                 // share of unmatched activities worth a warning
	caveatNames   = 5                    // mailboxes that a caveat names
)

var thinBaseline = fmt.Sprintf("active on fewer than %d days: what is usual cannot be known, so rarity and new places are hardly judged", thinDays)

// caveats collects what a reader must know before trusting a result.
type caveats struct {
	result     *Result
	set        *rules.Set
	decided    map[string]decision.Decision // those about the tenant, by fingerprint
	deliveries bool                         // the case has deliveries at all
	list       []verdict.Caveat
	several    map[string]*verdict.Caveat // by text: what is said of one mailbox as of others
}

// caveatsOf says of one tenant's result what the sources cannot show, and what was thin.
func caveatsOf(res *Result, seen []verdict.Seen, set *rules.Set, decided map[string]decision.Decision, opts Options) []verdict.Caveat {
	w := caveats{result: res, set: set, decided: decided}
	w.deliveryCaveat()
	if !opts.Anonymizers && len(res.Addresses) > 0 {
		w.add("no-anonymizer-data", 0, "no list of VPN, Tor or relay networks was loaded (--ip-class): that no such address is named here does not mean that there was none")
	}
	for i := range res.Mailboxes {
		w.mailboxCaveats(&res.Mailboxes[i], &seen[res.Mailboxes[i].Seen].Signs)
	}
	w.joinCaveats()
	w.unknownCaveat()
	w.indicatorCaveats()
	w.limited()
	w.undatedCaveats()
	w.sourceCaveats()
	w.conflictCaveats()
	w.databaseCaveats(opts.Databases)
	if res.Cut != "" {
		w.add("traces-cut", 0, res.Cut)
	}
	if opts.part {
		w.notNamed()
	} else {
		w.wholeCaveats()
	}
	return w.sorted()
}

// caveatsOfWhole says what is true of a case of several tenants as a whole.
func caveatsOfWhole(res *Result, set *rules.Set) []verdict.Caveat {
	w := caveats{result: res, set: set}
	w.wholeCaveats()
	return w.sorted()
}

// wholeCaveats says what is true of the case as a whole, of however many tenants it is.
func (w *caveats) wholeCaveats() {
	w.inputCaveats()
	for _, e := range w.set.Expired {
		w.add("expired-exception", 0, fmt.Sprintf("exception %q expired on %s and no longer applies", e.ID, e.Expires.Format(time.DateOnly)))
	}
	w.sigma()
	w.idleExceptions()
	w.decidedBefore()
}

func (w *caveats) sorted() []verdict.Caveat {
	c := w.result.Case
	for _, one := range w.several {
		one.More -= len(one.Evidence)
		slices.SortFunc(one.Mailboxes, func(a, b activity.Symbol) int { return cmp.Compare(c.Text(a), c.Text(b)) })
		if len(one.Mailboxes) == 1 {
			one.Mailbox, one.Mailboxes = one.Mailboxes[0], nil
		}
		w.list = append(w.list, *one)
	}
	slices.SortStableFunc(w.list, func(a, b verdict.Caveat) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(c.Text(a.Mailbox), c.Text(b.Mailbox)), cmp.Compare(a.Text, b.Text))
	})
	return w.list
}

func (w *caveats) add(code string, mailbox activity.Symbol, text string, evidence ...uint32) {
	w.cited(code, mailbox, text, verdict.SampleOf(evidence))
}

// of says the same of one mailbox as of others: it is one caveat, of however many mailboxes, which cites the first rows.
func (w *caveats) of(code string, mailbox activity.Symbol, text string, rows verdict.Sample) {
	one := w.several[text]
	if one == nil {
		if w.several == nil {
			w.several = map[string]*verdict.Caveat{}
		}
		one = &verdict.Caveat{Code: code, Text: text}
		w.several[text] = one
	}
	one.Mailboxes = append(one.Mailboxes, mailbox)
	both := slices.Concat(one.Evidence, rows.Rows)
	slices.Sort(both)
	one.Evidence = both[:min(len(both), verdict.CaveatRows)]
	one.More += rows.All // less those cited, once all are known
}

func (w *caveats) cited(code string, mailbox activity.Symbol, text string, rows verdict.Sample) {
	w.list = append(w.list, verdict.Caveat{Code: code, Mailbox: mailbox, Text: text, Evidence: rows.Rows, More: rows.All - len(rows.Rows)})
}

func (w *caveats) mailboxCaveats(box *verdict.Mailbox, s *verdict.Signs) {
	if s.Sync != nil {
		names := make([]string, 0, 2)
		for p := range s.Protocols {
			names = append(names, p)
		}
		slices.Sort(names)
		w.cited("imap-sync", box.Symbol, strings.Join(names, " and ")+" was used: such a client copies whole folders, so the whole "+
			"mailbox must be presumed synchronised, even where no read activity is recorded", *s.Sync)
	}
	if s.Cut != nil {
		w.of("recipients-cut", box.Symbol, fmt.Sprintf("recipient lists end at %d names in this source: a message may have gone to more", verdict.MostRecipients), *s.Cut)
	}
	if s.Chained != nil {
		w.of("ambiguous-address", box.Symbol, "some address fields hold a list (X-Forwarded-For): the leftmost public address is taken, "+
			"which a client can forge", *s.Chained)
	}
	if s.Days > 0 && s.Days < thinDays {
		w.of("thin-baseline", box.Symbol, thinBaseline, verdict.Sample{})
	}
}

// joinCaveats tells the share of activities whose message is not in the data: in numbers of a few mailboxes, of many in one
// sentence.
func (w *caveats) joinCaveats() {
	if !w.deliveries {
		return // said once, for the whole case
	}
	var short []*verdict.Mailbox
	for i := range w.result.Mailboxes {
		box := &w.result.Mailboxes[i]
		if all := concerning(box); all > 0 && float64(box.Joined[activity.NoMatch]) > unmatchedMany*float64(all) {
			short = append(short, box)
		}
	}
	for _, box := range short {
		if len(short) > caveatNames {
			w.of("unmatched-messages", box.Symbol, fmt.Sprintf("more than %.0f %% of the activities on messages have no delivery in the data: "+
				"their subject and sender are unknown", 100*unmatchedMany), verdict.Sample{})
			continue
		}
		all, missing := concerning(box), box.Joined[activity.NoMatch]
		text := fmt.Sprintf("%d of %d activities on messages (%.0f %%) have no delivery in the data: their subject and sender are unknown",
			missing, all, 100*float64(missing)/float64(all))
		if guessed := box.Joined[activity.ByConversation]; guessed > 0 {
			text += fmt.Sprintf("; %d more are joined by conversation only", guessed)
		}
		w.add("unmatched-messages", box.Symbol, text)
	}
}

// concerning counts the activities of a mailbox that are about a message.
func concerning(box *verdict.Mailbox) int {
	all := 0
	for how, n := range box.Joined {
		if activity.Match(how) != activity.Itself {
			all += n
		}
	}
	return all
}

// unknownCaveat names the mailboxes of which nobody knows whose they are.
func (w *caveats) unknownCaveat() {
	for i := range w.result.Mailboxes {
		if box := &w.result.Mailboxes[i]; activity.IsUnknownName(box.Name) {
			w.of("owner-unknown", box.Symbol, "nobody knows whose mailbox this is: the records name it by an alias, an id or a display name only, "+
				"which no other record ties to one account (a listing of mailboxes or an export of sign-ins would)", verdict.Sample{})
		}
	}
}

// deliveryCaveat says once that the case has no deliveries to join anything to.
func (w *caveats) deliveryCaveat() {
	c := w.result.Case
	if w.deliveries = len(c.OfType(activity.Deliver)) > 0; w.deliveries {
		return
	}
	concerns := 0
	for i := range c.Activities {
		if a := &c.Activities[i]; a.Lane == activity.Person && c.Concerns(a) {
			concerns++
		}
	}
	if concerns > 0 {
		w.add("no-deliveries", 0, fmt.Sprintf("the data holds no deliveries (a message trace or Outlook Activities would): for %d activities on "+
			"messages, subject and sender are known only where the record itself says them", concerns))
	}
}

// sourceCaveats says what each kind of source never records.
func (w *caveats) sourceCaveats() {
	seen := map[activity.Source]bool{}
	for _, in := range w.result.Case.Inputs {
		seen[in.Source] = true
	}
	w.sharedCaveats()
	if seen[activity.SourceActivities] {
		w.add("delegates-unlogged", 0, "Outlook Activities never record delegated or administrative sessions: their absence says nothing about access by a delegate")
		w.add("web-only", 0, "Outlook Activities record LinkClicked and OpenedAnAttachment for the Web client only: their absence says nothing about other clients")
	}
}

// inputCaveats says what is noted about single inputs.
func (w *caveats) inputCaveats() {
	for _, in := range w.result.Case.Inputs {
		for _, note := range in.Notes {
			w.add("input", 0, in.Path+": "+note)
		}
		if in.Guessed() {
			w.add("mailbox-guessed", 0, fmt.Sprintf("%s names no owner; its mailbox %q is taken from the file name (--assume-mailbox sets it)", in.Path, in.Mailbox))
		}
	}
}

// sharedCaveats says which rows count in two mailboxes because an export names no owner.
func (w *caveats) sharedCaveats() {
	c := w.result.Case
	for i, s := range c.Shared {
		in, other := &c.Inputs[s.Input], &c.Inputs[s.Other]
		others := 0
		for _, o := range c.Shared[i+1:] {
			if o.Input != s.Input {
				break
			}
			others++
		}
		if i > 0 && c.Shared[i-1].Input == s.Input {
			continue
		}
		text := fmt.Sprintf("%d activities of %s, which names no owner, stand in %s as well: they count for both mailboxes, %q and %q",
			s.Rows, in.Path, other.Path, in.Mailbox, other.Mailbox)
		if others > 0 {
			text += fmt.Sprintf("; %d more exports have some of them", others)
		}
		if other.Guessed() {
			text += "; the fingerprints of findings that begin with them change when a file is renamed"
		}
		w.add("shared-rows", 0, text+"; --assume-mailbox makes exports of one person one mailbox")
	}
}

// conflictCaveats names records that share an id and differ.
func (w *caveats) conflictCaveats() {
	kept, merged := 0, 0
	for _, x := range w.result.Case.Conflicts {
		if x.Merged {
			merged++
		} else {
			kept++
		}
	}
	if kept > 0 {
		w.add("id-conflict", 0, fmt.Sprintf("%d records share the id of another record and differ from it: all are kept", kept))
	}
	if merged > 0 {
		w.add("id-merged", 0, fmt.Sprintf("%d records are flattened, cut or another source's account of a fuller one: the fuller one stands, gaps filled", merged))
	}
}

// databaseCaveats warns where addresses may have changed hands between the activities and the database.
func (w *caveats) databaseCaveats(databases []geo.Database) {
	first, last := int64(0), int64(0)
	for i := range w.result.Mailboxes {
		box := &w.result.Mailboxes[i]
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
			w.add("geo-age", 0, fmt.Sprintf("%s was built on %s, the activities are from %s to %s: addresses may have changed hands since",
				db.Name, db.Built, from.Format(time.DateOnly), to.Format(time.DateOnly)))
		}
	}
}
