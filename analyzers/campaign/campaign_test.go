package campaign

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/analyzers/attribution"
	"triage/analyzers/verdict"
	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
	"triage/rules/detect/detecttest"
)

// nowhere knows addresses and nothing of where they are.
type nowhere struct{ c *activity.Case }

func (n nowhere) At(activity.Symbol) geo.Located { return geo.Located{} }

func (n nowhere) Field(ip activity.Symbol, f activity.Field) string {
	if _, err := netip.ParseAddr(n.c.Text(ip)); err != nil || f != activity.FieldIP {
		return ""
	}
	return n.c.Text(ip)
}

// crossing is a campaign of invented rows.
type crossing struct {
	Source
	Campaign
}

// crossed is what the sections across mailboxes say of rows. Each row whose column raw.found names a rule is a finding
// of its own by that rule: "mark", or "mark:level", or several by spaces.
func crossed(t *testing.T, rows string) *crossing {
	t.Helper()
	c, err := detecttest.Case(rows)
	if err != nil {
		t.Fatal(err)
	}
	x := &crossing{Source: Source{
		Case: c, Places: nowhere{c}, AsOf: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), Domains: detect.NewDomains(c, nil),
	}}
	key := activity.DynamicKey(c.Symbols.Find("raw.found"))
	for i := range c.Activities {
		a := &c.Activities[i]
		value, ok := c.Lookup(a, key)
		if !ok {
			continue
		}
		for word := range strings.FieldsSeq(c.Text(value)) {
			name, level, named := strings.Cut(word, ":")
			f := detect.Finding{
				Rule:    &detect.Rule{ID: name, Title: name, Family: "access", Entities: []string{"mailbox", "ip", "session"}},
				Mailbox: a.Mailbox, Level: detect.Critical, Confidence: 80, Count: 1, First: a.Time, Last: a.Time, Evidence: []uint32{uint32(i)},
				Group: []string{fmt.Sprint(i)},
			}
			if named {
				f.Level, _ = detect.ParseLevel(level)
			}
			if name == "excused" {
				f.Suppressed = &detect.Suppression{Exception: "x"}
			}
			one := verdict.Finding{Finding: f, Fingerprint: fmt.Sprint(i)}
			one.Points = verdict.Points(&one.Finding)
			x.Findings = append(x.Findings, one)
		}
	}
	slices.SortStableFunc(x.Findings, func(a, b verdict.Finding) int { // as an analysis does
		return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(c.Text(a.Mailbox), c.Text(b.Mailbox)), cmp.Compare(a.First, b.First),
			cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	x.read()
	return x
}

// read reads the campaign, once more after a change.
func (x *crossing) read() {
	scores, seen := verdict.Of(x.Case, x.Places, x.Case.Timelines(), x.Findings)
	x.Mailboxes, x.Seen = scores.Mailboxes, seen
	x.Campaign = Of(x.Source)
}

// told is the tenant view in short.
func told(r *crossing) string {
	var out strings.Builder
	c := r.Case
	if f := r.View.First; f != nil {
		fmt.Fprintf(&out, "first %s %s\n", c.Text(f.Mailbox), f.Sure)
	}
	for _, s := range r.View.Shared {
		fmt.Fprintf(&out, "shared %s %s:", s.Kind, s.Value)
		for _, b := range s.Boxes {
			fmt.Fprintf(&out, " %s(%d findings, %d days)", c.Text(b.Mailbox), len(b.Findings), b.DaysBefore)
		}
		out.WriteByte('\n')
	}
	for _, s := range r.View.Spread {
		fmt.Fprintf(&out, "spread %s > %s %s intruder=%t messages=%d findings=%d\n", c.Text(s.From), c.Text(s.To), s.How, s.Intruder, s.Messages, len(s.Findings))
	}
	return out.String()
}

func wantTold(t *testing.T, rows, want string) {
	t.Helper()
	if got := told(crossed(t, rows)); got != strings.ReplaceAll(want, "\t", "") {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

const columns = "time | type | op | mailbox | actor | ip | app | agent | session | result | message_id | sender | recipients | raw.found\n"

// Promise: what findings in several mailboxes speak against is shared; what everybody uses is not, nor what only one
// mailbox is accused with. An address joins a mailbox without findings too, with its days.
func TestShared(t *testing.T) {
	wantTold(t, columns+`
		2026-11-01T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 198.51.100.1 | Web | office | s1 | success
		2026-11-01T08:00:00Z | logon | l | b@contoso.com | b@contoso.com | 198.51.100.1 | Web | office | s2 | success
		2026-11-02T08:00:00Z | logon | l | c@contoso.com | c@contoso.com | 203.0.113.9 | Web | office | s3 | success
		2026-11-03T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 203.0.113.9 | Web | evil | s9 | success |||| mark
		2026-11-04T08:00:00Z | logon | l | b@contoso.com | b@contoso.com | 203.0.113.9 | Web | evil | s8 | success |||| mark
		2026-11-05T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 203.0.113.8 | Web | lone | s7 | success |||| mark
	`, `first a@contoso.com high
	shared address 203.0.113.9: a@contoso.com(1 findings, 0 days) b@contoso.com(1 findings, 0 days) c@contoso.com(0 findings, 1 days)
	shared agent evil: a@contoso.com(1 findings, 0 days) b@contoso.com(1 findings, 0 days)
	`)
}

// Promise: suppressed and low findings join nothing, and without a finding nothing is said at all.
func TestNothingShared(t *testing.T) {
	wantTold(t, columns+`
		2026-11-03T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 203.0.113.9 | Web | evil | s9 | success |||| mark:low
		2026-11-04T08:00:00Z | logon | l | b@contoso.com | b@contoso.com | 203.0.113.9 | Web | evil | s8 | success |||| excused
	`, "")
}

// Promise: patient zero is who shows the first act of somebody inside. A refused logon and a delivery are named before
// it and make nobody the first; data that begin with the story, or later elsewhere, make it doubtful.
func TestFirstMailbox(t *testing.T) {
	const usual = `
		2026-10-01T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 198.51.100.1 ||| | success
		2026-10-01T08:00:00Z | logon | l | b@contoso.com | b@contoso.com | 198.51.100.1 ||| | success
	`
	f := func(rows, who, sure, doubt string, before int) {
		t.Helper()
		first := crossed(t, columns+rows).View.First
		if first == nil {
			if who != "" {
				t.Error("nobody is the first")
			}
			return
		}
		name, _, _ := strings.Cut(first.Text, " ")
		if name != who || first.Sure != sure || len(first.Before) != before || !strings.Contains(strings.Join(first.Doubts, "; "), doubt) {
			t.Errorf("got %+v, want %s, %s", first, who, sure)
		}
	}
	const attempt = "2026-11-01T08:00:00Z | logon | l | b@contoso.com | b@contoso.com | 203.0.113.9 ||| | failure |||| mark\n"
	const letter = "2026-11-01T09:00:00Z | deliver | d | b@contoso.com ||||||||||  mark\n"
	const a = "2026-11-02T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 203.0.113.9 ||| | success |||| mark\n"
	const b = "2026-11-03T08:00:00Z | logon | l | b@contoso.com | b@contoso.com | 203.0.113.9 ||| | success |||| mark\n"
	const soon = "2026-11-02T08:30:00Z | logon | l | b@contoso.com | b@contoso.com | 203.0.113.9 ||| | success |||| mark\n"
	const late = "2026-11-04T08:30:00Z | logon | l | c@contoso.com | c@contoso.com | 203.0.113.9 ||| | success |||| mark\n"
	f(usual+a+b, "a@contoso.com", "high", "not in the data", 0)
	f(usual+attempt+letter+a+b, "a@contoso.com", "high", "", 2)
	f(usual+attempt, "", "", "", 0)
	f(usual+a+soon, "a@contoso.com", "medium", "within the hour", 0)
	f(a+b, "a@contoso.com", "low", "begin on the same day", 0)
	f(usual+strings.Replace(a, "mark", "mark:medium", 1)+b, "a@contoso.com", "low", "the verdict on it is only low", 0)
	f(usual+strings.Replace(a, "mark", "mark:high", 1)+b, "a@contoso.com", "medium", "the verdict on it is only medium", 0)
	f(usual+a+late, "a@contoso.com", "low", "the data of c@contoso.com begin only after that", 0)
}

// Promise: a message from a taken mailbox to a colleague who shows findings afterwards is spread, known by its id. What
// the owner sent from his own address, what went to somebody taken before, and what came long before are not.
func TestSpread(t *testing.T) {
	const story = `
		2026-10-01T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 198.51.100.1 ||| | success
		2026-10-01T08:00:00Z | logon | l | b@contoso.com | b@contoso.com | 198.51.100.1 ||| | success
		2026-10-01T08:00:00Z | logon | l | c@contoso.com | c@contoso.com | 198.51.100.1 ||| | success
		2026-11-02T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 203.0.113.9 ||| | success |||| mark
		2026-11-09T08:00:00Z | read | r | a@contoso.com | a@contoso.com | 203.0.113.9 ||| | success |||| mark
	`
	const first = "first a@contoso.com high\n"
	const phish = "2026-11-03T08:00:00Z | send | Send | a@contoso.com | a@contoso.com | 203.0.113.9 ||| | success | <p@x>\n"
	const got = "2026-11-03T08:00:05Z | deliver | d | b@contoso.com |||||||  <p@x> | a@contoso.com | b@contoso.com\n"
	const taken = "2026-11-04T08:00:00Z | logon | l | b@contoso.com | b@contoso.com | 192.0.2.7 ||| | success |||| mark\n"
	wantTold(t, columns+story+phish+got+taken, first+"spread a@contoso.com > b@contoso.com message_id intruder=true messages=1 findings=1\n")
	wantTold(t, columns+story+phish+got, first+"spread a@contoso.com > b@contoso.com message_id intruder=true messages=1 findings=0\n")
	wantTold(t, columns+story+strings.Replace(phish, "203.0.113.9", "198.51.100.1", 1)+got+taken, first)
	wantTold(t, columns+story+phish+got+strings.Replace(taken, "11-04", "11-01", 1), strings.Replace(first, "a@", "b@", 1))
	wantTold(t, columns+story+strings.Replace(phish, "11-03", "10-20", 1)+strings.Replace(got, "11-03", "10-20", 1)+taken, first)
	wantTold(t, columns+story+got+taken, first+"spread a@contoso.com > b@contoso.com sender intruder=false messages=1 findings=1\n")
	wantTold(t, columns+story+got, first)
	wantTold(t, columns+story+strings.Replace(phish, "<p@x>", "<q@x> || Bob <B@contoso.com>", 1)+taken,
		first+"spread a@contoso.com > b@contoso.com recipients intruder=true messages=1 findings=1\n")
	wantTold(t, columns+story+phish+got+strings.Replace(taken, "11-04", "11-30", 1), first+"spread a@contoso.com > b@contoso.com message_id intruder=true messages=1 findings=0\n")
}

// Promise: the same case in another order gives the same sections.
func TestCrossSectionsAreDeterministic(t *testing.T) {
	var lines []string
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("2026-11-%02dT08:00:00Z | logon | l | u%d@contoso.com | u%d@contoso.com | 203.0.113.%d | IMAP4 | agent%d | s%d | success |||| mark", 1+i%20, i%7, i%7, i%5, i%4, i%6))
	}
	one := crossed(t, columns+strings.Join(lines, "\n"))
	slices.Reverse(lines)
	two := crossed(t, columns+strings.Join(lines, "\n"))
	if a, b := told(one), told(two); a != b || a == "" {
		t.Errorf("got\n%s\nand\n%s", a, b)
	}
	steps := func(r *crossing) string {
		var out strings.Builder
		for _, c := range r.Containment {
			for _, s := range c.Steps {
				fmt.Fprintf(&out, "%s %s %s %v\n", r.Case.Text(c.Mailbox), s.Action, s.Account+s.Object, len(s.Findings))
			}
		}
		return out.String()
	}
	if a, b := steps(one), steps(two); a != b || a == "" {
		t.Errorf("got\n%s\nand\n%s", a, b)
	}
}

// Promise: what is attributed to an intruder wins over what findings tell: the window, the first mailbox, the addresses to ask about.
func TestAttributionWins(t *testing.T) {
	x := crossed(t, columns+`
		2026-11-01T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 198.51.100.1 | Web | office | s1 | success
		2026-11-02T08:00:00Z | logon | l | b@contoso.com | b@contoso.com | 198.51.100.2 | Web | office | s2 | success
		2026-11-03T08:00:00Z | logon | l | a@contoso.com | a@contoso.com | 203.0.113.8 | Web | phone | s3 | success |||| mark
		2026-11-04T08:00:00Z | logon | l | b@contoso.com | b@contoso.com | 203.0.113.9 | Web | evil | s4 | success |||| mark
		2026-11-05T08:00:00Z | read | r | b@contoso.com | b@contoso.com | 203.0.113.9 | Web | evil | s4 | success
	`)
	if x.View.First == nil || x.Case.Text(x.View.First.Mailbox) != "a@contoso.com" {
		t.Fatalf("without an attribution the first mailbox is %+v", x.View.First)
	}
	who := attribution.Intruder{Name: "A", Addresses: []activity.Symbol{x.Case.Symbols.Find("203.0.113.9")}}
	for i := range x.Case.Activities {
		if x.Case.Activities[i].IP == who.Addresses[0] {
			who.Rows = append(who.Rows, uint32(i))
		}
	}
	x.Intruders = []attribution.Intruder{who}
	x.Campaign = Of(x.Source)
	if f := x.View.First; f == nil || x.Case.Text(f.Mailbox) != "b@contoso.com" || f.Row != who.Rows[0] {
		t.Errorf("the first mailbox is %+v", f)
	}
	for _, n := range x.NextEvidence {
		if n.Export == ExportAddresses && !slices.Equal(n.Values, []string{"203.0.113.9"}) {
			t.Errorf("asks for %v", n.Values)
		}
	}
	Windows(x.Case, x.Mailboxes, x.Intruders)
	for _, m := range x.Mailboxes {
		if m.Name == "b@contoso.com" && (m.Window == nil || m.Window.Last != x.Case.Activities[who.Rows[1]].Time) {
			t.Errorf("window %+v", m.Window)
		}
	}
}
