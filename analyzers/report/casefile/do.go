package casefile

import (
	"slices"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/digest"
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
	For      string // whom it is said of
	Commands []string
	More     int    // commands beyond those
	Way      string // by hand, or why there is no command
	Cautions []string
	Rows     refs
}

// emptyPart is an empty part of the frame.
func emptyPart(name string) doPart {
	switch name {
	case digest.Money:
		return doPart{Name: "Money", Note: "hours count", Empty: "No payment thread is seen to have been touched."}
	case digest.Preserve:
		return doPart{Name: "Preserve", Note: "before any removal", Empty: "No account is said to be taken: keep the exhibits and their hashes."}
	case digest.CutOff:
		return doPart{Name: "Cut off", Note: "who is in, or was", Empty: "No account is to be cut off by what was found."}
	case digest.Remove:
		return doPart{Name: "Remove", Note: "what was found, after part 2", Empty: "Nothing was found that is to be removed."}
	case digest.LookFor:
		return doPart{Name: "Look for", Note: "what this data does not show", Empty: "No finding asks for more."}
	default:
		return doPart{Name: "Warn, ask", Note: "by telephone", Empty: "No recipient of an intruder’s mail and no owner to be asked is named in this data."}
	}
}

// doPage makes chapter 9.
type doPage struct{ *book }

func (b doPage) do() doView {
	v := doView{}
	phases := digest.DoNow(b.r)
	if phases == nil {
		for _, name := range []string{digest.Money, digest.Preserve, digest.CutOff, digest.Remove, digest.LookFor, digest.Warn} {
			phases = append(phases, digest.Phase{Name: name})
		}
	}
	for i := range phases {
		p := emptyPart(phases[i].Name)
		items := phases[i].Items
		for k := range items[:min(len(items), mostSteps)] {
			p.Steps = append(p.Steps, b.step(&items[k], phases[i].Name))
		}
		p.More = len(items) - len(p.Steps)
		v.Count += len(items)
		v.Parts = append(v.Parts, p)
	}
	return v
}

// How much of one step is shown.
const (
	mostFor      = 12
	mostCommands = 12
)

func (b doPage) step(item *digest.Task, phase string) doStep {
	out := doStep{Text: sentence(text(item.Text)), For: words(item.For, mostFor)}
	if out.For != "" {
		out.Text = strings.TrimSuffix(out.Text, ".") + ":"
	}
	var commands []string
	var rows []report.Citation
	given, cites := map[string]bool{}, map[report.Citation]bool{}
	more := 0
	for _, s := range item.Steps {
		for _, c := range s.Commands {
			if c := report.Plain(c); !given[c] {
				given[c] = true
				commands = append(commands, c)
			}
		}
		if out.Way == "" {
			out.Way = wayOf(s)
		}
		for _, c := range s.Cautions {
			if c := sentence(text(c)); !slices.Contains(out.Cautions, c) && len(out.Cautions) < 4 {
				out.Cautions = append(out.Cautions, c)
			}
		}
		for _, row := range s.Evidence {
			if !cites[row] {
				cites[row] = true
				rows = append(rows, row)
			}
		}
		more = max(more, s.More)
	}
	if phase == digest.Preserve && len(item.For) > 0 {
		commands = hold(item.For)
	}
	out.Rows = b.cite(rows, more)
	out.Commands = commands[:min(len(commands), mostCommands)]
	out.More = len(commands) - len(out.Commands)
	if item.Evidence != nil {
		out.Way = "How, and until when: chapter 10."
	}
	return out
}

// wayOf is how a step is done without a command, or why there is none.
func wayOf(s *report.Step) string {
	switch {
	case s.Refused != "" && s.Portal != "":
		return sentence("no command: "+text(s.Refused)) + " By hand: " + sentence(text(s.Portal))
	case s.Refused != "":
		return sentence("no command: " + text(s.Refused))
	case len(s.Commands) == 0 && s.Portal != "":
		return sentence(text(s.Portal))
	}
	return ""
}

// hold are the commands that keep mailboxes as they are. A command is given only for names that need no quoting.
func hold(accounts []string) (out []string) {
	for _, a := range accounts {
		if shellSafe(a) {
			out = append(out, "Set-Mailbox -Identity '"+a+"' -LitigationHoldEnabled $true", "Get-InboxRule -Mailbox '"+a+"' -IncludeHidden | Export-Csv -Append -NoTypeInformation -Encoding UTF8 inbox-rules.csv")
		}
	}
	return out
}

// shellSafe says that a name holds nothing that a shell would act on.
func shellSafe(name string) bool {
	return name != "" && len(name) < 200 && name[0] != '-' && strings.IndexFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("@._+-", r)
	}) < 0
}
