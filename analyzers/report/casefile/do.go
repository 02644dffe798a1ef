package casefile

import (
	"slices"
	"strings"

	"triage/analyzers/report"
)

// doView is chapter 9: a fixed frame of six parts, each to be ticked off.
type doView struct {
	Count int
	Parts []doPart
}

type doPart struct {
	Name, Note string
	Steps      []doStep
	More       int
	Empty      string
}

type doStep struct {
	Text     string
	Commands []string
	Way      string // by hand, or why there is no command
	Cautions []string
	Rows     refs
}

func (b *book) do() doView {
	parts := []doPart{
		{Name: "Money", Note: "hours count", Empty: "No payment thread is seen to have been touched."},
		{Name: "Preserve", Note: "before any removal", Empty: "No account is said to be taken: keep the exhibits and their hashes."},
		{Name: "Cut off", Note: "every account that was taken", Empty: "No account is to be cut off by what was found."},
		{Name: "Remove", Note: "what was found, after part 2", Empty: "Nothing was found that is to be removed."},
		{Name: "Look for", Note: "what this data does not show", Empty: "No finding asks for more."},
		{Name: "Warn", Note: "who was written to", Empty: "No recipient of an intruder’s mail is named in this data."},
	}
	b.money(&parts[0])
	b.preserve(&parts[1])
	seen := map[string]bool{}
	for i := range b.r.Containment {
		c := &b.r.Containment[i]
		for k := range c.Steps {
			s := &c.Steps[k]
			if seen[s.Text] {
				continue
			}
			seen[s.Text] = true
			add1(&parts[partOf(s.Action)], b.step(s))
		}
		if c.More > 0 {
			parts[3].More += c.More
		}
	}
	b.lookFor(&parts[4])
	v := doView{Parts: parts}
	for i := range parts {
		v.Count += len(parts[i].Steps) + parts[i].More
	}
	return v
}

func add1(p *doPart, s doStep) {
	if len(p.Steps) == mostSteps {
		p.More++
		return
	}
	p.Steps = append(p.Steps, s)
}

// partOf is where in the frame an action belongs.
func partOf(action string) int {
	switch action {
	case "revoke-sessions", "reset-password", "block-address", "turn-off-protocols", "check-mfa-methods", "check-account":
		return 2
	case "ask-owner":
		return 4
	case "warn-partners":
		return 5
	}
	return 3
}

func (b *book) step(s *report.Step) doStep {
	out := doStep{Text: sentence(text(s.Text)), Rows: b.cite(s.Evidence[:min(len(s.Evidence), 3)], max(0, len(s.Evidence)-3)+s.More)}
	for _, c := range s.Commands {
		out.Commands = append(out.Commands, report.Plain(c))
	}
	switch {
	case s.Refused != "":
		out.Way = sentence("no command: " + text(s.Refused))
		if s.Portal != "" {
			out.Way += " By hand: " + sentence(text(s.Portal))
		}
	case len(s.Commands) == 0 && s.Portal != "":
		out.Way = sentence(text(s.Portal))
	}
	for _, c := range s.Cautions {
		out.Cautions = append(out.Cautions, sentence(text(c)))
	}
	return out
}

func (b *book) money(p *doPart) {
	if len(b.r.Threads) == 0 {
		return
	}
	p.Steps = append(p.Steps, doStep{Text: "Call the bank: stop payments in flight that these threads speak of."})
	for i := range b.r.Threads {
		t := &b.r.Threads[i]
		s := doStep{Text: "Call " + or(words(t.Correspondents, 2), "the counterparty") + " about " + or(quoted(t.Title), "a thread without subject") + ", on a number that is not from the mail: are the bank details those of before?"}
		var rows []report.Citation
		for k := range t.Messages {
			if t.Messages[k].Check != "" {
				rows = append(rows, t.Messages[k].Evidence)
			}
		}
		s.Rows = b.cite(rows[:min(len(rows), 3)], max(0, len(rows)-3))
		add1(p, s)
	}
	p.More += b.r.ThreadsMore
}

// preserve keeps what would go, of every account that was taken. A command is given only for names that need no quoting.
func (b *book) preserve(p *doPart) {
	accounts, _ := b.taken()
	accounts = withoutBlank(accounts)
	for _, a := range accounts {
		hold := doStep{Text: "Litigation hold on " + cell(a) + ", before anything is removed."}
		save := doStep{Text: "Save all inbox rules of " + cell(a) + ", hidden ones included."}
		if bare(a) {
			hold.Commands = []string{"Set-Mailbox -Identity '" + a + "' -LitigationHoldEnabled $true"}
			save.Commands = []string{"Get-InboxRule -Mailbox '" + a + "' -IncludeHidden | Export-Csv -NoTypeInformation -Encoding UTF8 rules.csv -Append"}
		} else {
			hold.Way = "No command: the name has signs that a shell would act on."
			save.Way = hold.Way
		}
		add1(p, hold)
		add1(p, save)
	}
	if len(accounts) > 0 {
		add1(p, doStep{Text: "Keep the exhibits as they are, with the hashes of this file’s first page."})
	}
}

// bare says that a name holds nothing that a shell would act on.
func bare(name string) bool {
	return name != "" && len(name) < 200 && strings.IndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("@._+-", r)
	}) < 0 && name[0] != '-'
}

func (b *book) lookFor(p *doPart) {
	var texts []string
	for _, id := range []string{"spread", "persist", "compromised"} {
		for _, a := range b.answersOf(id) {
			for _, n := range a.Next {
				if strings.HasPrefix(n, "fetch ") && id != "spread" || slices.Contains(texts, n) {
					continue
				}
				texts = append(texts, n)
			}
		}
	}
	for _, t := range texts {
		s := doStep{Text: sentence(text(t))}
		if strings.HasPrefix(t, "fetch ") {
			s.Way = "How: chapter 10."
		}
		add1(p, s)
	}
}
