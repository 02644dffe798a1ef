package render

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/term"
	"triage/analyzers/report/words"
)

// topThing is how many of one list are shown of a thing.
const topThing = 25

// intruderPrefix begins the name of an intruder where a finding may stand, too.
const intruderPrefix = "intruder:"

// explainThing writes what a report says of an intruder (intruder:A), an account, a session, an address or a message; ok is
// false if it says nothing of any that is called so.
func explainThing(w io.Writer, r *report.Report, name string, opts TextOptions) (ok bool, err error) {
	name = strings.TrimSpace(name)
	t := newPage(w, r, opts)
	for _, write := range []func(*page, string) bool{thingIntruder, thingAddress, thingAccount, thingMessage, thingSession} {
		if write(t, name) {
			return true, t.out.Flush()
		}
	}
	return false, nil
}

// isNamed says whether a name of the report is the one that was asked for. Of several tenants, names have theirs behind them.
func isNamed(x, want string) bool {
	return want != "" && len(x) >= len(want) && strings.EqualFold(x[:len(want)], want) && (len(x) == len(want) || strings.HasPrefix(x[len(want):], " ["))
}

func anyNamed(list []string, want string) bool {
	return slices.ContainsFunc(list, func(x string) bool { return isNamed(x, want) })
}

// thingIntruder is who he is, where he came from and why that is his, and what he reached.
func thingIntruder(t *page, name string) bool {
	letter, ok := cutPrefixFold(name, intruderPrefix)
	if !ok {
		return false
	}
	found := false
	for i := range t.r.Intruders {
		x := &t.r.Intruders[i]
		if !isNamed(x.Intruder, letter) {
			continue
		}
		found = true
		t.line("%s  %s", t.paint("intruder "+report.Short(x.Intruder, 60), term.Head), words.SpanText(x.First, x.Last)+" UTC")
		t.para("  ", report.Counted(x.Activities, "activity", "activities")+"; still active: "+x.StillActive)
		if len(x.Methods) > 0 {
			t.para("  ", "came in by: "+strings.Join(x.Methods, ", "))
		}
		t.list("ACCOUNTS HE WAS IN", x.Accounts, x.AccountsMore)
		for k := range t.r.Story {
			if s := &t.r.Story[k]; s.Intruder == x.Intruder && s.Tenant == x.Tenant {
				t.list("WHAT HAPPENED", storyLines(s), s.More)
			}
		}
		t.list("ADDRESSES", addressLines(x), x.AddressesMore)
		t.reasons("WHY THESE ARE HIS", x.Reasons, x.ReasonsMore)
		t.reached(func(e *report.Exposure) bool { return e.Intruder == x.Intruder && e.Tenant == x.Tenant })
		t.list("PROGRAMS", x.Agents, x.AgentsMore)
		t.list("APPLICATIONS", x.Apps, x.AppsMore)
		t.list("SESSIONS", x.Sessions, x.SessionsMore)
		t.writeRows(t.cited(func(l *report.Timeline, row *report.Row) bool {
			return string(row.Intruder) == x.Intruder && l.Tenant == x.Tenant
		}))
	}
	return found
}

// storyLines are the sentences of a story with their rows.
func storyLines(s *report.Story) []string {
	var lines []string
	for i := range s.Sentences {
		x := &s.Sentences[i]
		line := words.ClockTime(x.Time) + "  " + x.By
		if x.Account != "" {
			line += ", " + string(x.Account)
		}
		lines = append(lines, line+": "+x.Text+placesText(x.Rows, x.More))
	}
	return lines
}

func cutPrefixFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

func addressLines(x *report.Intruder) []string {
	var lines []string
	for _, a := range x.Addresses {
		lines = append(lines, fmt.Sprintf("%s%s: %s, %s", a.IP, placeText(a.Country, a.ASN, a.Org, a.Class), report.Counted(a.Activities, "activity", "activities"), words.SpanText(a.First, a.Last)))
	}
	return lines
}

// placeText is " (NG, AS36873 Airtel, mobile)"; nothing where nothing is known.
func placeText(country report.Text, asn report.Number, org, class report.Text) string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	add(string(country))
	network := string(org)
	if asn != 0 {
		network = strings.TrimSpace(fmt.Sprintf("AS%d %s", asn, org))
	}
	add(network)
	add(string(class))
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// withoutPort is an address field without a port.
func withoutPort(text string) string {
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().String()
	}
	return text
}

// thingAddress is where it is, who used it, and what was done from it.
func thingAddress(t *page, name string) bool {
	if _, err := netip.ParseAddr(name); err != nil {
		return false
	}
	var about []string
	for i := range t.r.Addresses {
		if a := &t.r.Addresses[i]; isNamed(a.IP, name) {
			about = append(about, fmt.Sprintf("%s%s: score %.1f, %s; %s, %s; in %s", a.IP, placeText(a.Country, a.ASN, a.Org, a.Class), a.Score, a.Band,
				report.Counted(a.Activities, "activity", "activities"), words.SpanText(a.First, a.Last), report.NameList(a.Mailboxes, topThing)))
		}
	}
	for i := range t.r.Intruders {
		for _, a := range t.r.Intruders[i].Addresses {
			if isNamed(a.IP, name) {
				about = append(about, fmt.Sprintf("intruder %s came from it: %s, %s", t.r.Intruders[i].Intruder, report.Counted(a.Activities, "activity", "activities"), words.SpanText(a.First, a.Last)))
			}
		}
	}
	visits := t.visits(func(p *report.Presence) bool { return anyNamed(p.IPs, name) })
	rows := t.cited(func(_ *report.Timeline, row *report.Row) bool { return isNamed(withoutPort(string(row.IP)), name) })
	if len(about)+len(visits)+len(rows) == 0 {
		return false
	}
	t.line("%s", t.paint("address "+report.Short(name, 60), term.Head))
	for _, line := range about {
		t.para("  ", line)
	}
	t.writeVisits(visits)
	t.writeRows(rows)
	return true
}

// thingAccount is how it is called, what was done to it, who was in it, and what was reached in it.
func thingAccount(t *page, name string) bool {
	var about []string
	var changes []string
	title := ""
	see := func(account string) { title = cmp.Or(title, account) }
	for i := range t.r.Identities {
		if x := &t.r.Identities[i]; isNamed(x.Account, name) || strings.EqualFold(x.Name, name) {
			about = append(about, fmt.Sprintf("%s is also called %s: %s", x.Account, x.Name, x.Why))
			see(x.Account)
			name = strings.TrimSpace(strings.Split(x.Account, " [")[0])
		}
	}
	for i := range t.r.Accounts {
		x := &t.r.Accounts[i]
		if !isNamed(x.Account, name) {
			continue
		}
		see(x.Account)
		own := "no act of its own"
		if x.Activities > 0 {
			own = report.Counted(x.Activities, "act of its own", "acts of its own") + ", " + words.SpanText(x.First, x.Last)
		}
		if len(x.Intruders) > 0 {
			own += "; in it: intruder " + strings.Join(x.Intruders, ", ")
		}
		about = append(about, own)
		for k := range x.Changes {
			changes = append(changes, words.AccountChange(&x.Changes[k]))
		}
	}
	for i := range t.r.Mailboxes {
		if m := &t.r.Mailboxes[i]; isNamed(m.Mailbox, name) {
			see(m.Mailbox)
			about = append(about, fmt.Sprintf("mailbox: score %.1f, %s; %s", m.Score, m.Band, report.Counted(m.Activities, "activity", "activities")))
		}
	}
	if title == "" {
		return false
	}
	t.line("%s", t.paint("account "+report.Short(title, 80), term.Head))
	for _, line := range about {
		t.para("  ", line)
	}
	t.list("WHAT WAS DONE TO IT", changes, 0)
	t.reached(func(e *report.Exposure) bool { return isNamed(string(e.Mailbox), name) })
	t.writeVisits(t.visits(func(p *report.Presence) bool { return isNamed(p.Mailbox, name) }))
	t.findings(func(f *report.Finding) bool { return isNamed(f.Mailbox, name) })
	t.writeRowsAlone(t.cited(func(l *report.Timeline, _ *report.Row) bool { return isNamed(l.Mailbox, name) }))
	return true
}

// thingSession is who used it, from where, and what was done in it.
func thingSession(t *page, name string) bool {
	if name == "" {
		return false
	}
	var about []string
	for i := range t.r.Sessions {
		if s := &t.r.Sessions[i]; strings.EqualFold(s.Session, name) {
			about = append(about, fmt.Sprintf("score %.1f, %s; %s, %s; in %s; from %s", s.Score, s.Band, report.Counted(s.Activities, "activity", "activities"), words.SpanText(s.First, s.Last),
				report.NameList(s.Mailboxes, topThing), report.NameList(s.IPs, topThing)))
		}
	}
	for i := range t.r.Intruders {
		if x := &t.r.Intruders[i]; slices.ContainsFunc(x.Sessions, func(s string) bool { return strings.EqualFold(s, name) }) {
			about = append(about, "intruder "+x.Intruder+" used it")
		}
	}
	visits := t.visits(func(p *report.Presence) bool { return strings.EqualFold(string(p.Session), name) })
	rows := t.cited(func(_ *report.Timeline, row *report.Row) bool { return strings.EqualFold(string(row.Session), name) })
	if len(about)+len(visits)+len(rows) == 0 {
		return false
	}
	t.line("%s", t.paint("session "+report.Short(name, 80), term.Head))
	for _, line := range about {
		t.para("  ", line)
	}
	t.writeVisits(visits)
	t.writeRows(rows)
	return true
}

// thingMessage is who sent it, who touched it, and what findings say of it.
func thingMessage(t *page, name string) bool {
	is := func(ids ...report.Text) bool {
		return slices.ContainsFunc(ids, func(id report.Text) bool {
			return id != "" && (string(id) == name || strings.EqualFold(strings.Trim(string(id), "<>"), strings.Trim(name, "<>")))
		})
	}
	var about []string
	for i := range t.r.Messages {
		if m := &t.r.Messages[i]; is(m.MessageID, m.Item) {
			about = append(about, fmt.Sprintf("%q from %s, %s; score %.1f, %s; in %s", report.Short(string(m.Subject), 120), cmp.Or(string(m.Sender), "unknown"), words.ClockTime(m.Received), m.Score, m.Band,
				report.NameList(m.Mailboxes, topThing)))
		}
	}
	for i := range t.r.Exposure {
		e := &t.r.Exposure[i]
		for k := range e.Items {
			x := &e.Items[k]
			if !is(x.MessageID, x.Item) {
				continue
			}
			line := fmt.Sprintf("intruder %s, %s: %s", e.Intruder, cmp.Or(string(e.Mailbox), "unknown mailbox"), x.State)
			if len(x.Acts) > 0 {
				line += ", " + strings.Join(x.Acts, ", ")
			}
			if x.Subject != "" {
				line += fmt.Sprintf("; %q from %s", report.Short(string(x.Subject), 120), cmp.Or(string(x.Sender), "unknown"))
			}
			line += "; " + words.SpanText(x.First, x.Last)
			if len(x.TakenBy) > 0 {
				line += "; taken with " + strings.Join(x.TakenBy, ", ")
			}
			about = append(about, line+placesText(x.Evidence, x.EvidenceMore))
		}
	}
	rows := t.cited(func(_ *report.Timeline, row *report.Row) bool { return is(row.MessageID, row.Item) })
	if len(about)+len(rows) == 0 {
		return false
	}
	t.line("%s", t.paint("message "+report.Short(name, 100), term.Head))
	for _, line := range about {
		t.para("  ", line)
	}
	t.writeRows(rows)
	return true
}
