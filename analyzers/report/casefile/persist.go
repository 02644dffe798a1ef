package casefile

import (
	"slices"
	"strings"

	"triage/analyzers/report"
)

// persistView is chapter 8.
type persistView struct {
	Count int // that stand
	Rows  []persistRow
	More  int
	Lead  string
}

type persistRow struct {
	State   chip
	What    string
	Detail  string
	Mailbox string
	Made    string
	Rows    refs
	Fetch   bool // chapter 10 says how to see it
}

// persistPage makes chapter 8.
type persistPage struct{ *book }

func (b persistPage) persistence() persistView {
	v := persistView{Rows: b.remains[:min(len(b.remains), mostListed)]}
	v.More = len(b.remains) - len(v.Rows)
	for i := range b.remains {
		if b.remains[i].State.Class != "removed" {
			v.Count++
		}
	}
	for _, a := range b.answersOf("persist") {
		for _, m := range a.FactsMore {
			v.More += int(m.More)
		}
	}
	v.Rows = slices.Concat(v.Rows, b.notVisible())
	for _, a := range b.answersOf("persist") {
		v.Lead = strings.TrimSpace(v.Lead + " " + text(a.Answer))
	}
	return v
}

// leftBehind are the things that stay after a password reset, and those that the log shows to have been taken back.
func (b persistPage) leftBehind() (out []persistRow) {
	for _, k := range []struct {
		fact string
		chip chip
	}{{"standing", chip{"standing", "Standing"}}, {"accused", chip{"accused", "To be asked"}}, {"removed", chip{"removed", "Removed"}}} {
		for _, name := range b.factsOf("persist", k.fact) {
			out = append(out, b.left(name, k.chip))
		}
	}
	return out
}

// notVisible are the kinds of things that this data cannot show.
func (b persistPage) notVisible() (out []persistRow) {
	for _, k := range []struct{ code, what string }{
		{"no-audit-log", "Rules, forwarding, delegates, roles, applications and sign-in methods (no audit log)"},
		{"no-rule-listing", "Inbox rules as they stand today (no listing): what was made before the log begins stays unseen"},
		{"auditing-off", "What was changed while auditing was off"},
	} {
		for i := range b.r.Ledger {
			if l := &b.r.Ledger[i]; l.Code == k.code {
				box := "all"
				if l.Mailbox != "" {
					box = cell(l.Mailbox)
				}
				out = append(out, persistRow{State: chip{"hidden", "Not visible"}, What: k.what, Mailbox: box, Made: "–", Fetch: true})
				break
			}
		}
	}
	if !b.has("signin") && !b.has("audit") {
		out = append(out, persistRow{State: chip{"hidden", "Not visible"}, What: "Sign-in methods, devices and consented applications (no Entra log)", Mailbox: "all", Made: "–", Fetch: true})
	}
	return out
}

// left is one thing that was left behind: its name is "rule: ..".
func (b persistPage) left(name string, state chip) persistRow {
	kind, of, _ := strings.Cut(name, ": ")
	row := persistRow{State: state, What: sentenceCase(cell(kind)), Mailbox: "–", Made: "not recorded"}
	if of != "" {
		row.What += " " + quoted(of)
	}
	for i := range b.r.Exposure {
		x := &b.r.Exposure[i]
		for k := range x.Changes {
			if c := &x.Changes[k]; of != "" && (string(c.What) == of || string(c.Target) == of || slices.Contains(c.Values, of)) {
				row.Mailbox, row.Made, row.Rows = cell(x.Mailbox), b.when(c.Evidence.Time), b.one(c.Evidence)
				row.Detail = b.detail(c.Evidence)
				if row.Detail == "" && len(c.Values) > 0 {
					row.Detail = words(c.Values, 8)
				}
				return row
			}
		}
	}
	if s, box := b.stepAbout(kind, of); s != nil {
		row.Mailbox, row.Rows = cell(box), b.cite(s.Evidence, s.More)
		if len(s.Evidence) > 0 {
			row.Made, row.Detail = b.when(s.Evidence[0].Time), b.detail(s.Evidence[0])
		}
		if row.Detail == "" {
			row.Detail = sentence(text(s.Text))
		}
	}
	return row
}

// stepAbout is what is to be done about a thing that was left behind.
func (b persistPage) stepAbout(kind, of string) (*report.Step, string) {
	actions := map[string]string{
		"rule": "remove-rule", "forwarding": "stop-forwarding", "transport rule": "remove-transport-rule", "consent": "remove-consent", "application permission": "remove-app-permission",
		"secret": "remove-secret", "method": "check-mfa-methods", "right": "remove-permission", "role": "remove-role", "device": "check-account", "account": "check-account",
	}
	object, _, _ := strings.Cut(of, " on ")
	object, _, _ = strings.Cut(object, " of ")
	for i := range b.r.Containment {
		c := &b.r.Containment[i]
		for k := range c.Steps {
			if s := &c.Steps[k]; s.Action == actions[kind] && (object == "" || strings.Contains(s.Text, short(object, 60))) {
				return s, c.Mailbox
			}
		}
	}
	return nil, ""
}
