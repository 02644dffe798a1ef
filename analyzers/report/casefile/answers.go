package casefile

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"triage/analyzers/report"
	"triage/analyzers/report/phrase"
)

// answersView is chapter 1.
type answersView struct {
	Lang      phrase.Language
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
	v := answersView{Lang: cmp.Or(b.lang, phrase.English), Decisions: b.threeDecisions()}
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
		v.Why = b.say("This report has no answers.")
		if f := b.r.Filters; f != nil && len(f.Mailboxes) > 0 {
			v.Why = b.say("The answers are about the whole case: they stand in a report without a filter on mailboxes.")
		}
	}
	return v
}

func (b answerPage) answer(a *report.Answer, number int) answerView {
	out := answerView{Number: number, ID: cell(a.ID), Question: or(b.asked(a.ID), text(a.Question)), Sure: b.sureChip(a.Sure), Rows: b.cite(a.Because.Rows, a.Because.More)}
	answer, unknown, next := a.In(b.lang)
	if out.Rest = short(answer, 1200); out.Sure.Class != "unknown" {
		out.Lead, out.Rest = leadOf(out.Rest)
	}
	if a.ID == "missing" {
		out.Link = "#c10"
	}
	if a.ID == "notify" {
		out.Link = "#c6"
	}
	for _, u := range unknown[:min(len(unknown), 4)] {
		out.Unknown = append(out.Unknown, sentence(text(u)))
	}
	if a.ID != "missing" {
		for _, n := range next[:min(len(next), 4)] {
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

// asked is a question in as few words as the page has room for; "" for one that it does not know.
func (b answerPage) asked(id string) string {
	for _, q := range [...]struct {
		id  string
		ask phrase.Text
	}{
		{"compromised", phrase.Say("Which accounts were taken?")},
		{"entry", phrase.Say("How did they get in?")},
		{"when", phrase.Say("First and last act?")},
		{"where", phrase.Say("From where?")},
		{"read", phrase.Say("What was searched and read?")},
		{"sent", phrase.Say("What was sent, what deleted?")},
		{"persist", phrase.Say("What outlives a password reset?")},
		{"spread", phrase.Say("Which other mailboxes?")},
		{"money", phrase.Say("Which payments?")},
		{"contained", phrase.Say("Was it contained?")},
		{"notify", phrase.Say("What must be notified?")},
		{"missing", phrase.Say("What cannot be known?")},
	} {
		if q.id == id {
			return q.ask.In(b.lang)
		}
	}
	return ""
}

// sureChip is how sure an answer is, in the language of the answers.
func (b answerPage) sureChip(sure string) chip {
	out := sureChip(sure)
	out.Name = b.say(out.Name)
	return out
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
	d := decision{Kind: b.say("money · hours count")}
	n := b.threadCount()
	if n == 0 || len(b.r.Threads) == 0 {
		d.Title = b.say("No payment to stop is seen")
		d.Text = b.say("No payment thread is seen to have been touched. Ask the accountants all the same for changed bank details since the first act.")
		if len(b.r.Intruders) == 0 {
			d.Text = b.say("No payment thread is seen to have been touched. Ask the accountants for bank details that changed lately.")
		}
		return d
	}
	t := &b.r.Threads[0]
	d.Title = b.count(n, "Stop and check payments in {n} thread|Stop and check payments in {n} threads")
	if len(t.Correspondents) > 0 {
		d.Title = b.say("Stop payments to {1}", firstOf(t.Correspondents, 1))
	}
	before := phrase.Say("then")
	if isKnown(t.First) {
		before = phrase.Say("{1} {2}", digits(clockOf(t.First).Format("2")), monthOf(clockOf(t.First)))
	}
	d.Text = b.say("First: {1}. Call the counterparty on a number that is not from the mail, and compare bank details with those of before {2}.", asNamed(quoted(t.Title)), before)
	return d
}

func (b answerPage) decideAccess() decision {
	d := decision{Kind: b.say("access")}
	accounts, _ := b.taken()
	accounts = withoutBlank(accounts)
	after := false
	for _, s := range b.factsOf("contained", "acts_after") {
		after = after || s == "yes"
	}
	seen, standing := b.factsOf("contained", "seen"), len(b.factsOf("persist", "standing"))
	switch {
	case len(accounts) == 0:
		return b.decideAsking(d)
	case after:
		d.Title, d.Text = b.say("Cut off again: acts followed the reset"), b.say("An intruder acted after the last reset or revocation in the log.")
	case len(seen) > 0:
		d.Title, d.Text = b.say("Complete what was begun"), b.seen(seen)
	default:
		d.Title, d.Text = b.say("Cut off {1} now", firstOf(accounts, 1)), b.say("No reset or revocation is in the log.")
	}
	if standing > 0 {
		d.Text += " " + b.count(standing, "Preserve, then remove: {n} thing still stands.|Preserve, then remove: {n} things still stand.")
	} else {
		d.Text += " " + b.say("Preserve the evidence first (chapter 9).")
	}
	return d
}

// seen names some of what was done against intruders, as the answer about it says it.
func (b answerPage) seen(facts []string) string {
	const key = "The log shows: {1}."
	for _, a := range b.answersOf("contained") {
		for i := range a.Said.Answer {
			if one := &a.Said.Answer[i]; one.Key == key && b.lang != phrase.English && b.lang != "" {
				return one.In(b.lang)
			}
		}
	}
	return b.say(key, firstOf(facts, 2))
}

// decideAsking is what to decide about access where no account is said to be taken.
func (b answerPage) decideAsking(d decision) decision {
	if list := b.factsOf("compromised", "suspect"); len(list) > 0 {
		d.Title = b.say("Ask, then cut off: {1}", firstOf(list, 1))
		d.Text = b.say("Findings speak of access; no act is attributed to an intruder. Ask the owner by telephone. If the acts were not his: chapter 9.")
		return d
	}
	d.Title = b.say("Ask the owners before anything is cut off")
	d.Text = b.say("No account is said to be taken. Undecided visits and findings are to be asked about, by telephone.")
	if len(b.factsOf("compromised", "undecided"))+len(b.r.Findings) == 0 {
		d.Title, d.Text = b.say("Nothing to cut off"), b.say("No account is said to be taken, and no visit is undecided.")
	}
	return d
}

func (b answerPage) decideNotification() decision {
	d := decision{Kind: b.say("notification")}
	total := b.totals()
	if n := total.Proven + total.Presumed; n > 0 {
		d.Title = b.count(n, "Tell counsel: {n} message or file|Tell counsel: {n} messages and files")
		d.Text = b.say("{1} proven, {2} presumed. The list is in exposure.csv.", phrase.Number(total.Proven), phrase.Number(total.Presumed))
		return d
	}
	d.Title = b.say("Nothing to notify is seen")
	d.Text = b.say("No message or file is seen in an intruder’s hands. What the log cannot show stands in chapters 6 and 11.")
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
