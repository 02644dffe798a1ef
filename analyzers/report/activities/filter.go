package activities

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"triage/analyzers"
	"triage/ingest/activity"
)

// Filter chooses the rows that are written, never what is analysed. The zero value lets everything through; of one list,
// any member does.
type Filter struct {
	Mailboxes []string       // that were touched or did it, in lower case
	Tenants   []string       // ids in lower case, or analyzers.NotNamed
	Since     time.Time      // included; zero: no limit
	Until     time.Time      // not included; zero: no limit
	Who       []string       // attacker, owner, undecided, service, or intruder:A
	IPs       []netip.Prefix // client addresses
	Sessions  []string       // ids, compared without case
	Grep      *regexp.Regexp // some text of the row; nil: any row
}

// Whose lists the words of Who that are not an intruder's name.
func Whose() []string { return []string{"attacker", "owner", "undecided", "service"} }

// IntruderPrefix begins the name of an intruder: "intruder:A".
const IntruderPrefix = "intruder:"

// ready is the filter as a question about rows.
func (f *Filter) ready() func(orderedRow) bool {
	var asks []func(orderedRow, *activity.Activity) bool
	ask := func(set bool, question func(orderedRow, *activity.Activity) bool) {
		if set {
			asks = append(asks, question)
		}
	}
	ask(len(f.Tenants) > 0, func(r orderedRow, _ *activity.Activity) bool { return f.tenant(r.part) })
	ask(len(f.Mailboxes) > 0, func(r orderedRow, a *activity.Activity) bool {
		return slices.Contains(f.Mailboxes, strings.ToLower(r.part.Case.Text(a.Mailbox))) ||
			slices.Contains(f.Mailboxes, strings.ToLower(r.part.Case.Text(a.Actor)))
	})
	ask(!f.Since.IsZero(), func(_ orderedRow, a *activity.Activity) bool { return dateless(a) || a.Time >= f.Since.UnixMilli() })
	ask(!f.Until.IsZero(), func(_ orderedRow, a *activity.Activity) bool { return dateless(a) || a.Time < f.Until.UnixMilli() })
	ask(len(f.Who) > 0, func(r orderedRow, _ *activity.Activity) bool { return f.who(r) })
	ask(len(f.IPs) > 0, func(r orderedRow, a *activity.Activity) bool {
		addr, err := netip.ParseAddr(r.part.Places.Field(a.IP, activity.FieldIP))
		return err == nil && slices.ContainsFunc(f.IPs, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
	})
	ask(len(f.Sessions) > 0, func(r orderedRow, a *activity.Activity) bool {
		id := r.part.Case.Text(a.Session)
		return slices.ContainsFunc(f.Sessions, func(s string) bool { return strings.EqualFold(s, id) })
	})
	ask(f.Grep != nil, f.grep)
	return func(r orderedRow) bool {
		a := &r.part.Case.Activities[r.index]
		for _, question := range asks {
			if !question(r, a) {
				return false
			}
		}
		return true
	}
}

func dateless(a *activity.Activity) bool { return a.Flags&activity.Undated != 0 }

func (f *Filter) tenant(p *analyzers.Result) bool {
	id := p.Case.Tenant
	if id == "" {
		id = analyzers.NotNamed
	}
	return slices.Contains(f.Tenants, id)
}

func (f *Filter) who(r orderedRow) bool {
	who, intruder := whoseAct(r)
	return slices.ContainsFunc(f.Who, func(want string) bool {
		if name, ok := strings.CutPrefix(want, IntruderPrefix); ok {
			return intruder != "" && strings.EqualFold(name, intruder)
		}
		return who == want
	})
}

// grep looks at what the row shows, and at everything else that the record said and the rules kept.
func (f *Filter) grep(r orderedRow, a *activity.Activity) bool {
	c := r.part.Case
	for _, s := range [...]activity.Symbol{a.Op, a.Mailbox, a.Actor, a.IP, a.App, a.Agent, a.Session, a.Item} {
		if s != 0 && f.Grep.MatchString(c.Text(s)) {
			return true
		}
	}
	for d := range c.Details(a) {
		if f.Grep.MatchString(c.Text(d.Value)) {
			return true
		}
	}
	var told Row
	messagesOf(c, a, &told)
	for _, s := range told.Subject {
		if s != "" && f.Grep.MatchString(string(s)) {
			return true
		}
	}
	return told.Sender != "" && f.Grep.MatchString(string(told.Sender)) || slices.ContainsFunc(told.MessageID, f.Grep.MatchString) ||
		slices.ContainsFunc(told.Recipients, f.Grep.MatchString)
}
