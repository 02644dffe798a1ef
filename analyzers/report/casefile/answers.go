package casefile

import (
	"strings"
	"unicode/utf8"

	"triage/analyzers/report"
)

// answersView is chapter 1.
type answersView struct {
	Count     int
	Decisions []decision
	Tenants   []answersOf
	Why       string // why there are none
}

// decision is one thing that somebody must decide today.
type decision struct{ Kind, Title, Text string }

// answersOf are the answers about one tenant; Name is "" where there is one.
type answersOf struct {
	Name string
	List []answerView
}

type answerView struct {
	Number         int
	ID, Question   string
	Lead, Rest     string // the first sentence, and what follows
	Sure           chip
	Rows           refs
	Findings       []findingRef
	Unknown, Next  []string
	MoreNext, Link string
}

// chip is a state as a shape and a word.
type chip struct{ Class, Name string }

func sureChip(sure string) chip {
	switch sure {
	case "proven":
		return chip{"proven", "Proven"}
	case "likely":
		return chip{"likely", "Likely"}
	case "possible":
		return chip{"possible", "Possible"}
	}
	return chip{"unknown", "Not known"}
}

// findingRef is a finding's short name and where it stands.
type findingRef struct{ Name, To string }

// answerPage makes chapter 1.
type answerPage struct{ *book }

func (b answerPage) answers() answersView {
	v := answersView{Decisions: b.threeDecisions()}
	for i := range b.r.Answers {
		a := &b.r.Answers[i]
		name := b.tenant(a.Tenant)
		if n := len(v.Tenants); n == 0 || v.Tenants[n-1].Name != name {
			v.Tenants = append(v.Tenants, answersOf{Name: name})
		}
		t := &v.Tenants[len(v.Tenants)-1]
		t.List = append(t.List, b.answer(a, len(t.List)+1))
		v.Count++
	}
	if v.Count == 0 {
		v.Why = "This report has no answers."
		if f := b.r.Filters; f != nil && len(f.Mailboxes) > 0 {
			v.Why = "The answers are about the whole case: they stand in a report without a filter on mailboxes."
		}
	}
	return v
}

func (b answerPage) answer(a *report.Answer, number int) answerView {
	out := answerView{Number: number, ID: cell(a.ID), Question: or(askedShort(a.ID), text(a.Question)), Sure: sureChip(a.Sure), Rows: b.cite(a.Because.Rows, a.Because.More)}
	if out.Rest = short(a.Answer, 1200); out.Sure.Class != "unknown" {
		out.Lead, out.Rest = leadOf(out.Rest)
	}
	if a.ID == "missing" {
		out.Link = "#c10"
	}
	if a.ID == "notify" {
		out.Link = "#c6"
	}
	for _, u := range a.Unknown[:min(len(a.Unknown), 4)] {
		out.Unknown = append(out.Unknown, sentence(text(u)))
	}
	if a.ID != "missing" {
		for _, n := range a.Next[:min(len(a.Next), 4)] {
			out.Next = append(out.Next, sentence(text(n)))
		}
	} else {
		out.Unknown = nil
	}
	for _, id := range a.Because.Findings[:min(len(a.Because.Findings), 6)] {
		if f := b.byID[id]; f != nil {
			out.Findings = append(out.Findings, findingRef{cell(or(f.Short, f.ID)), "c12"})
		}
	}
	return out
}

// askedShort is a question in as few words as the page has room for; "" for one that it does not know.
func askedShort(id string) string {
	for _, q := range [...]pair{
		{"compromised", "Which accounts were taken?"},
		{"entry", "How did they get in?"},
		{"when", "First and last act?"},
		{"where", "From where?"},
		{"read", "What was searched and read?"},
		{"sent", "What was sent, what deleted?"},
		{"persist", "What outlives a password reset?"},
		{"spread", "Which other mailboxes?"},
		{"money", "Which payments?"},
		{"contained", "Was it contained?"},
		{"notify", "What must be notified?"},
		{"missing", "What cannot be known?"},
	} {
		if q.Name == id {
			return q.Value
		}
	}
	return ""
}

// leadOf parts the first sentence from the others where it is short enough to stand out.
func leadOf(s string) (lead, rest string) {
	lead, rest, found := strings.Cut(s, ". ")
	if !found || utf8.RuneCountInString(lead) > 90 {
		if utf8.RuneCountInString(s) <= 90 {
			return s, ""
		}
		return "", s
	}
	return lead + ".", rest
}

// threeDecisions are about money, access and notification.
func (b answerPage) threeDecisions() []decision {
	if len(b.r.Answers) == 0 {
		return nil
	}
	return []decision{b.decideMoney(), b.decideAccess(), b.decideNotification()}
}

func (b answerPage) decideMoney() decision {
	d := decision{Kind: "money · hours count"}
	n := b.threadCount()
	if n == 0 || len(b.r.Threads) == 0 {
		d.Title = "No payment to stop is seen"
		d.Text = "No payment thread is seen to have been touched. Ask the accountants all the same for changed bank details since the first act."
		if len(b.r.Intruders) == 0 {
			d.Text = "No payment thread is seen to have been touched. Ask the accountants for bank details that changed lately."
		}
		return d
	}
	t := &b.r.Threads[0]
	d.Title = "Stop and check payments in " + plural(n, "thread", "threads")
	if len(t.Correspondents) > 0 {
		d.Title = "Stop payments to " + words(t.Correspondents, 1)
	}
	d.Text = "First: " + quoted(t.Title) + ". Call the counterparty on a number that is not from the mail, and compare bank details with those of before " + format(t.First, "2 January", "then") + "."
	return d
}

func (b answerPage) decideAccess() decision {
	d := decision{Kind: "access"}
	accounts, _ := b.taken()
	accounts = withoutBlank(accounts)
	after := false
	for _, s := range b.factsOf("contained", "acts_after") {
		after = after || s == "yes"
	}
	seen, standing := b.factsOf("contained", "seen"), len(b.factsOf("persist", "standing"))
	switch {
	case len(accounts) == 0:
		if list := b.factsOf("compromised", "suspect"); len(list) > 0 {
			d.Title = "Ask, then cut off: " + words(list, 1)
			d.Text = "Findings speak of access; no act is attributed to an intruder. Ask the owner by telephone. If the acts were not his: chapter 9."
			return d
		}
		d.Title = "Ask the owners before anything is cut off"
		d.Text = "No account is said to be taken. Undecided visits and findings are to be asked about, by telephone."
		if len(b.factsOf("compromised", "undecided"))+len(b.r.Findings) == 0 {
			d.Title, d.Text = "Nothing to cut off", "No account is said to be taken, and no visit is undecided."
		}
		return d
	case after:
		d.Title, d.Text = "Cut off again: acts followed the reset", "An intruder acted after the last reset or revocation in the log."
	case len(seen) > 0:
		d.Title = "Complete what was begun"
		d.Text = "The log shows: " + words(seen, 2) + "."
	default:
		d.Title = "Cut off " + words(accounts, 1) + " now"
		d.Text = "No reset or revocation is in the log."
	}
	if standing > 0 {
		d.Text += " Preserve, then remove: " + plural(standing, "thing still stands", "things still stand") + "."
	} else {
		d.Text += " Preserve the evidence first (chapter 9)."
	}
	return d
}

func (b answerPage) decideNotification() decision {
	d := decision{Kind: "notification"}
	total := b.totals()
	if n := total.Proven + total.Presumed; n > 0 {
		d.Title = "Tell counsel: " + plural(n, "message or file", "messages and files")
		d.Text = report.Grouped(total.Proven) + " proven, " + report.Grouped(total.Presumed) + " presumed. The list is in exposure.csv."
		return d
	}
	d.Title = "Nothing to notify is seen"
	d.Text = "No message or file is seen in an intruder’s hands. What the log cannot show stands in chapters 6 and 11."
	return d
}

func withoutBlank(list []string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
