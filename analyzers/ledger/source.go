package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"triage/ingest/activity"
)

// sources names what is needed to judge a business email compromise and was not handed over.
func (l *ledger) sources() {
	have := l.survey.sources
	missing := func(code string, s activity.Source, ask, text string) {
		l.add(Item{Code: code, Source: s, First: l.all.first, Last: l.all.last, Text: text, Ask: ask})
	}
	first, last := l.all.first, l.all.last
	audit := slices.ContainsFunc(l.c.Inputs, unified)
	switch {
	case !audit && l.isFetched(activity.SourceAudit):
	case !audit:
		missing("no-audit-log", activity.SourceAudit, l.ask(activity.SourceAudit, first, last),
			"no Unified Audit Log: mail rules, permissions, consents and access to messages cannot be judged")
	case !l.mailAccess:
		missing("no-mail-access", activity.SourceAudit, l.operations("MailItemsAccessed"),
			"the audit log holds no MailItemsAccessed: which messages anybody read cannot be known")
	case !l.searches:
		missing("no-search-records", activity.SourceAudit, l.operations("SearchQueryInitiatedExchange,SearchQueryInitiatedSharePoint"),
			"the audit log holds MailItemsAccessed and not one search (SearchQueryInitiated…): auditing of searches was probably never on, so what an intruder looked for cannot be known")
	}
	if have[activity.SourceSignin] == nil && !l.isFetched(activity.SourceSignin) {
		text := "no sign-in log, and no logon in any other: who signed in from where cannot be known"
		if l.logons {
			text = "no sign-in log: logons are known from other logs only, which leave out most token refreshes, the device, and what conditional access decided"
		}
		missing("no-sign-ins", activity.SourceSignin, l.ask(activity.SourceSignin, first, last), text)
	}
	if have[activity.SourceTrace] == nil && !l.deliveries && !l.isFetched(activity.SourceTrace) {
		missing("no-message-trace", activity.SourceTrace, l.ask(activity.SourceTrace, first, last),
			"no message trace: what was sent and received, to and from whom, is known only where a record says it")
	}
	if have[activity.SourceRules] == nil && !l.isFetched(activity.SourceRules) {
		l.add(Item{
			Code: "no-rule-listing", Source: activity.SourceRules, Ask: l.ask(activity.SourceRules, 0, 0),
			Text: "no listing of inbox rules: a rule that was made before the log begins, or by a client that the log leaves out, stays unseen",
		})
	}
}

// unified says that an input is of the Unified Audit Log; Entra's own directory audit is only a part of it.
func unified(in activity.Input) bool {
	return in.Source == activity.SourceAudit && !strings.HasPrefix(in.Format, "entra-")
}

// blackout is how long Exchange stops to record the accesses to a mailbox that has had too many. Source: Microsoft,
// "Use MailItemsAccessed to investigate compromised accounts": more than 1,000 records in less than 24 hours.
const blackout = dayMillis

// throttled names the mailboxes whose accesses the service stopped recording.
func (l *ledger) throttled() {
	for _, box := range slices.Sorted(maps.Keys(l.throttle)) {
		d := l.throttle[box]
		when := "on " + date(d.first)
		if date(d.first) != date(d.last) {
			when = fmt.Sprintf("from %s to %s", date(d.first), date(d.last))
		}
		l.add(Item{
			Code: "access-throttled", Mailbox: l.c.Text(box), Source: activity.SourceAudit, First: d.first, Last: d.last + blackout,
			Text: fmt.Sprintf("the service throttled MailItemsAccessed %s (%s records say so) and then left accesses to single messages unrecorded for 24 hours: presume that more was read than the log shows",
				when, countText(d.count)),
		})
	}
}

// toggle is a parameter that turns auditing off.
type toggle struct {
	param, off string // in lower case
	mailbox    bool   // it is about one mailbox, not about the tenant
	whole      bool   // it is about the whole log, so that any later record shows it on again
	what       string
}

func switches() []toggle {
	return []toggle{
		{"unifiedauditlogingestionenabled", "false", false, true, "the Unified Audit Log was turned off (UnifiedAuditLogIngestionEnabled)"},
		{"auditdisabled", "true", false, false, "mailbox auditing was turned off for all mailboxes (AuditDisabled)"},
		{"auditenabled", "false", true, false, "mailbox auditing was turned off (AuditEnabled)"},
		{"auditbypassenabled", "true", true, false, "what this account does was exempted from mailbox auditing (AuditBypassEnabled)"},
	}
}

// auditing names the times at which a person had turned the log off.
func (l *ledger) auditing() {
	for _, s := range switches() {
		key := fieldKey(l.c, "params."+s.param)
		if key == activity.DynamicKey(0) {
			continue // no record has it
		}
		off := map[activity.Symbol]uint32{} // by mailbox; the activity that turned it off
		for _, index := range l.changes {
			a := &l.c.Activities[index]
			value, ok := l.c.Lookup(a, key)
			if !ok {
				continue
			}
			box := a.Mailbox
			if !s.mailbox {
				box = 0
			}
			by, isOff := off[box]
			switch isNow := strings.EqualFold(l.c.Text(value), s.off); {
			case isNow && !isOff:
				off[box] = index
			case !isNow && isOff:
				l.dark(s, box, by, a.Time)
				delete(off, box)
			}
		}
		for _, box := range slices.Sorted(maps.Keys(off)) {
			l.dark(s, box, off[box], 0)
		}
	}
}

// dark says that auditing was off from an activity on, until on; 0 if nobody turned it on again in this log.
func (l *ledger) dark(s toggle, box activity.Symbol, by uint32, on int64) {
	a := &l.c.Activities[by]
	it := Item{Code: "auditing-off", Source: activity.SourceAudit, First: a.Time, Last: on}
	if s.mailbox {
		it.Mailbox = l.c.Text(box)
	}
	until := fmt.Sprintf(" and on again on %s", date(on))
	if on == 0 {
		it.Last, until = l.all.last, ", and not on again as far as this log goes"
		// Turning off takes effect within the hour: what the log has two days later was recorded again.
		days := l.survey.sources[activity.SourceAudit].days
		if i, _ := slices.BinarySearch(days, activity.Day(a.Time)+2); s.whole && i < len(days) {
			it.Last = days[i] * dayMillis
			until = fmt.Sprintf(", and on again by %s at the latest", date(it.Last))
		}
	}
	it.Text = fmt.Sprintf("%s by %s on %s%s: what was done meanwhile is not in the log", s.what, l.c.Text(a.Actor), date(a.Time), until)
	it.Ask = "other logs of that time: sign-ins (Entra), message trace, firewall and proxy logs; and turn auditing on again"
	l.add(it)
}
