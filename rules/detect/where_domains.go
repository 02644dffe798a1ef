package detect

import (
	"maps"
	"slices"
	"strings"

	"triage/ingest/activity"
)

// The words of fields that can be undecided.
const (
	True    = "true"
	False   = "false"
	Unknown = "unknown"
)

// Domains are the tenant's own mail domains. A nil or empty Domains knows none: everything is unknown.
type Domains struct {
	own map[string]bool
}

// NewDomains takes the domains that a pack declares, and those of the case's own mailboxes. c may be nil.
//
// A mailbox is one of the tenant's if something happened in it that only happens in a mailbox, or if its user, no
// guest and of no other tenant, logged on; the names of system actors and of people who only touched a shared file say nothing. Nor does a
// message that was handed over: whose mailbox it came from is often known from the To that its sender wrote. At a public
// mail provider nobody is the tenant's own.
func NewDomains(c *activity.Case, declared []string) *Domains {
	d := &Domains{own: map[string]bool{}}
	for _, name := range declared {
		if domain := DomainOf(name); domain != "" {
			d.own[domain] = true
		}
	}
	if c == nil {
		return d
	}
	seen := make([]bool, c.Symbols.Len())
	abroad := activity.DynamicKey(c.Symbols.Find(activity.Abroad))
	for i := range c.Activities {
		a := &c.Activities[i]
		if seen[a.Mailbox] || !ownsMailbox(a) && !listedMailbox(c, a) || c.Inputs[a.File].Source == activity.SourceMessage {
			continue
		}
		domain := ""
		if _, behind, ok := strings.Cut(c.Text(a.Mailbox), "@"); ok {
			domain = DomainOf(behind)
		}
		if c.Inputs[a.File].Source == activity.SourceTrace && !slices.Contains(c.Own, domain) {
			continue // a trace names strangers as well, and all alike where it is not known whose it is
		}
		if _, other := c.Lookup(a, abroad); other && a.Type == activity.Logon {
			continue
		}
		if seen[a.Mailbox] = true; domain != "" && !activity.PublicMail(domain) {
			d.own[domain] = true
		}
	}
	return d
}

// Own lists the domains, sorted.
func (d *Domains) Own() []string {
	if d == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(d.own))
}

// listedMailbox says that an activity is a row of a listing of the tenant's own mailboxes.
func listedMailbox(c *activity.Case, a *activity.Activity) bool {
	return a.Type == activity.ForwardingChange && a.Lane == activity.Person && c.Inputs[a.File].Source == activity.SourceListings
}

func ownsMailbox(a *activity.Activity) bool {
	switch a.Type {
	case activity.Read, activity.MailAccess, activity.Search, activity.Send, activity.Deliver, activity.Move,
		activity.Mark, activity.Reply, activity.Forward, activity.AttachmentOpen, activity.RuleChange:
		return true
	case activity.Logon:
		return a.Lane == activity.Person && a.Result == activity.Success && a.ActorType != activity.ActorGuest
	}
	return false
}

// External says whether an address or a bare domain lies outside the tenant: True, False or Unknown. Sub-domains of
// the tenant's own domains are inside.
func (d *Domains) External(address string) string {
	domain := DomainOf(address)
	if d == nil || len(d.own) == 0 || domain == "" {
		return Unknown
	}
	for {
		if d.own[domain] {
			return False
		}
		_, parent, ok := strings.Cut(domain, ".")
		if !ok {
			return True
		}
		domain = parent
	}
}

// DomainOf is the domain of a mail address ("smtp:bob@Contoso.com", "Bob <bob@contoso.com>") or of a bare domain, in
// lower case; "" where the text holds none, as a display name or a directory name does.
func DomainOf(address string) string {
	s := strings.TrimSpace(address)
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	} else if strings.ContainsAny(s, " /=\\") {
		return ""
	}
	s = strings.TrimRight(s, `.>]"'; `)
	if !strings.Contains(s, ".") || strings.ContainsAny(s, " <>()[],;:/=\\\"'") {
		return ""
	}
	return strings.ToLower(s)
}
