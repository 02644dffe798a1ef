package digest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// Phases of what to do now, in this order.
const (
	Money    = "money"    // hours count
	Preserve = "preserve" // before anything is removed
	CutOff   = "cut off"
	Remove   = "remove"
	LookFor  = "look for" // what this data cannot show
	Warn     = "warn"
)

// Phase is one of the six parts of what to do now.
type Phase struct {
	Name  string
	Items []Task
}

// Task is one thing to do, for one or more accounts.
type Task struct {
	Text     string
	For      []string       // accounts, addresses or people that it is said of, in the order of the report; empty: the text says it
	Steps    []*report.Step // of the checklists that it stands for: commands, cautions, rows; empty: none
	Evidence *report.NextEvidence
}

// phaseOf is the phase that a step belongs to.
func phaseOf(action string) string {
	switch action {
	case "revoke-sessions", "reset-password", "check-mfa-methods", "turn-off-protocols", "block-address", "check-account":
		return CutOff
	case "warn-partners":
		return Warn
	}
	return Remove
}

// sameFor splits a step that is said alike of several accounts, addresses or people into what is said and of whom.
func sameFor(step *report.Step) (text, whom string) {
	switch step.Action {
	case "revoke-sessions":
		text, whom = "revoke all sessions", string(step.Account)
	case "reset-password":
		text, whom = "reset the password", string(step.Account)
	case "check-mfa-methods":
		text, whom = "look through the sign-in methods, and remove what the owner does not know", string(step.Account)
	case "block-address":
		text = "block the address"
		whom, _ = strings.CutPrefix(step.Text, text+" ")
	case "warn-partners":
		text = "warn those to whom the intruder wrote"
		whom, _ = strings.CutPrefix(step.Text, text+": ")
	}
	if whom == "" {
		return step.Text, ""
	}
	return text, whom
}

// DoNow is what to do if the findings are right: the checklists of all mailboxes as one frame for the whole case, in the order
// in which a responder acts. It is empty where no mailbox has a checklist. All phases are there, some without anything to do.
func DoNow(r *report.Report) []Phase {
	if len(r.Containment) == 0 {
		return nil
	}
	items := stepItems(r)
	if ask := askFirst(r); len(ask.For) > 0 {
		items[CutOff] = append(items[CutOff], ask)
	}
	return []Phase{
		{Money, money(r)},
		{Preserve, preserve(r, items[Remove])},
		{CutOff, items[CutOff]},
		{Remove, items[Remove]},
		{LookFor, lookFor(r)},
		{Warn, items[Warn]},
	}
}

// stepItems are the steps of all mailboxes by phase; what is said alike of several is one item, and so are things to do for the
// same accounts.
func stepItems(r *report.Report) map[string][]Task {
	type key struct {
		action, text string
		tenant       report.TenantOf
	}
	type whomKey struct {
		key
		whom string
	}
	at, said := map[key]int{}, map[whomKey]bool{}
	out := map[string][]Task{}
	for i := range r.Containment {
		c := &r.Containment[i]
		for k := range c.Steps {
			step := &c.Steps[k]
			if doubtful(c) { // askFirst has them
				break
			}
			phase := phaseOf(step.Action)
			text, whom := sameFor(step)
			by := key{step.Action, text, c.Tenant}
			n, known := at[by]
			if !known {
				n = len(out[phase])
				at[by] = n
				out[phase] = append(out[phase], Task{Text: text})
			}
			item := &out[phase][n]
			item.Steps = append(item.Steps, step)
			if whom != "" && !said[whomKey{by, whom}] {
				said[whomKey{by, whom}] = true
				item.For = append(item.For, whom)
			}
		}
	}
	for phase, list := range out {
		slices.SortStableFunc(list, func(x, y Task) int { return cmp.Compare(taskRank(&x), taskRank(&y)) })
		out[phase] = together(list)
	}
	return out
}

// doubtful says that a checklist begins with a question to the owner: nothing is high there and no act is an intruder's.
func doubtful(c *report.Containment) bool {
	return len(c.Steps) > 0 && c.Steps[0].Action == "ask-owner"
}

// askFirst is for accounts whose owners are to be asked about their own acts before anything is reset, blocked or removed.
func askFirst(r *report.Report) Task {
	out := Task{Text: "ask the owner first about his own acts, and only if they were not his, do what his checklist says"}
	for i := range r.Containment {
		c := &r.Containment[i]
		if !doubtful(c) {
			continue
		}
		out.For = append(out.For, c.Mailbox)
		for k := range c.Steps {
			out.Steps = append(out.Steps, &c.Steps[k])
		}
	}
	return out
}

// together joins neighbours that are for the same accounts: "revoke all sessions, reset the password".
func together(list []Task) []Task {
	var out []Task
	for _, one := range list {
		if last := len(out) - 1; last >= 0 && len(one.For) > 0 && slices.Equal(out[last].For, one.For) {
			out[last].Text += ", " + one.Text
			out[last].Steps = append(out[last].Steps, one.Steps...)
			continue
		}
		out = append(out, one)
	}
	return out
}

// taskRank puts what is for accounts as a whole before what is about one thing.
func taskRank(item *Task) int {
	order := []string{"revoke-sessions", "reset-password", "check-mfa-methods"}
	if n := slices.Index(order, item.Steps[0].Action); n >= 0 {
		return n
	}
	return len(order)
}

// money is whom to call about which payments.
func money(r *report.Report) []Task {
	if len(r.Threads) == 0 {
		if len(r.Intruders) == 0 {
			return nil
		}
		return []Task{{Text: "ask whoever pays whether bank details or payments were changed since " + dayOrStart(r.Intruders[0].First) + ": this data shows no payment thread that was touched"}}
	}
	var titles []string
	for i := range r.Threads {
		if t := strconv.Quote(report.Short(r.Threads[i].Title, 80)); !slices.Contains(titles, t) {
			titles = append(titles, t)
		}
	}
	out := []Task{{Text: "call the bank and the counterparties, by numbers that are not from the mail, and stop payments in flight (hours count): " + firstSome(titles, len(r.Threads)-len(titles)+r.ThreadsMore)}}
	var fakes []string
	for i := range r.Threads {
		for _, l := range r.Threads[i].LookAlikes {
			if text := l.Domain + " looks like " + l.LooksLike; !slices.Contains(fakes, text) {
				fakes = append(fakes, text)
			}
		}
	}
	if len(fakes) > 0 {
		out = append(out, Task{Text: "bank details from these senders are not the counterparty's: " + firstSome(fakes, 0)})
	}
	return out
}

// preserve is what to keep before something is removed.
func preserve(r *report.Report, removals []Task) []Task {
	var boxes []string
	for i := range r.Containment {
		if !doubtful(&r.Containment[i]) {
			boxes = append(boxes, r.Containment[i].Mailbox)
		}
	}
	if len(boxes) == 0 {
		return nil
	}
	out := []Task{{Text: "litigation hold on the mailbox, before anything is removed", For: boxes}}
	if len(removals) > 0 {
		out = append(out, Task{Text: fmt.Sprintf("copies of the %s below as they stand, applications and rules included, before they are removed", report.Counted(len(removals), "thing", "things"))})
	}
	return out
}

// lookFor are the exports that the services still have.
func lookFor(r *report.Report) []Task {
	var out []Task
	at := map[string]int{}
	for i := range r.NextEvidence {
		n := &r.NextEvidence[i]
		if n.State == "gone" {
			continue
		}
		words := exportWords(n.Export)
		if words == "" || n.Mailbox == "" {
			out = append(out, Task{Text: n.Text, Evidence: n})
			continue
		}
		if k, known := at[n.Export]; known {
			out[k].For = append(out[k].For, string(n.Mailbox))
			continue
		}
		at[n.Export] = len(out)
		out = append(out, Task{Text: words, For: []string{string(n.Mailbox)}, Evidence: n})
	}
	return out
}

// exportWords are what an export of one mailbox is called.
func exportWords(export string) string {
	switch export {
	case "audit-log":
		return "the Unified Audit Log"
	case "mail-access":
		return "MailItemsAccessed of the Unified Audit Log"
	case "sign-ins":
		return "Entra sign-ins, interactive and not"
	case "message-trace":
		return "the message trace"
	case "inbox-rules":
		return "inbox rules as they stand, before any is removed"
	}
	return ""
}

// firstSome are the first of some texts, and how many more there are.
func firstSome(list []string, beyond int) string {
	const most = 4
	text := strings.Join(list[:min(len(list), most)], ", ")
	if n := max(0, len(list)-most) + beyond; n > 0 {
		text += fmt.Sprintf(" and %s more", report.Grouped(n))
	}
	return text
}

func dayOrStart(t report.Time) string {
	if text := t.String(); len(text) >= len(report.DayLayout) {
		return text[:len(report.DayLayout)]
	}
	return "the first act"
}
