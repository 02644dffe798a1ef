package render

import (
	"fmt"
	"strings"

	"triage/analyzers/report"
	"triage/analyzers/report/words"
)

// markdownTenant is what the mailboxes have in common.
func markdownTenant(t *page) {
	v := &t.r.Tenant
	if len(v.Mailboxes) < 2 && len(v.Shared)+len(v.Spread) == 0 {
		return
	}
	t.line("\n## Tenant\n")
	for _, f := range firsts(v) {
		t.line("- first: %s (%s; sure: %s; %s)", t.md(f.Text), t.md(f.Finding), t.md(f.Sure), t.md(strings.Join(f.Doubts, "; ")))
	}
	for i := range v.Shared[:min(len(v.Shared), topShared)] {
		t.line("- shared: %s", t.md(sharedLine(&v.Shared[i])))
	}
	for i := range v.Spread[:min(len(v.Spread), topSpread)] {
		t.line("- spread: %s", t.md(spreadLine(&v.Spread[i])))
	}
	if text := words.MoreText(topShared, len(v.Shared), v.MoreShared, "shared things "); text != "" {
		t.line("- %s", text)
	}
	if text := words.MoreText(topSpread, len(v.Spread), v.MoreSpread, "ways "); text != "" {
		t.line("- %s", text)
	}
}

// markdownContainment is the checklist, to be ticked off in the ticket.
func markdownContainment(t *page) {
	if len(t.r.Containment) == 0 {
		return
	}
	t.line("\n## Containment\n")
	t.line("If the findings are right, in this order. Nothing here was done.")
	for i := range t.r.Containment[:min(len(t.r.Containment), topChecklists)] {
		c := &t.r.Containment[i]
		t.line("\n### %s\n", t.md(c.Mailbox))
		for j := range c.Steps[:min(len(c.Steps), topSteps)] {
			s := &c.Steps[j]
			t.line("- [ ] %s (%s)", t.md(s.Text), t.md(ids(s.Findings)))
			markdownHow(t, s.Commands, s.Refused, s.Portal, s.Cautions)
		}
		if text := words.MoreText(topSteps, len(c.Steps), c.More, "steps "); text != "" {
			t.line("- %s", text)
		}
	}
	if n := len(t.r.Containment) - topChecklists; n > 0 {
		t.line("\n… and %s more mailboxes (see JSON)", report.Grouped(n))
	}
}

func markdownNextEvidence(t *page) {
	if len(t.r.NextEvidence) == 0 {
		return
	}
	t.line("\n## Next evidence\n")
	there, gone := words.Parted(t.r)
	for _, n := range there[:min(len(there), topNext)] {
		t.line("- %s (%s)", t.md(n.Text+", "+words.Deadline(n)), t.md(ids(n.Findings)))
		markdownHow(t, n.Commands, n.Refused, n.Portal, nil)
	}
	for _, n := range gone[:min(len(gone), topNext)] {
		t.line("- gone by standard retention: %s (%s)", t.md(n.Text+", "+words.Deadline(n)), t.md(ids(n.Findings)))
	}
	shown := min(len(there), topNext) + min(len(gone), topNext)
	if text := words.MoreText(shown, len(t.r.NextEvidence), t.r.NextEvidenceMore, ""); text != "" {
		t.line("- %s", text)
	}
}

// markdownHow shows commands as they are to be pasted: in a block of code, in which nothing is markup or a link.
func markdownHow(t *page, commands []string, refused, portal report.Text, cautions []string) {
	for _, c := range commands {
		fence := strings.Repeat("`", max(3, longestRun(c, '`')+1))
		t.line("\n  %spowershell\n  %s\n  %s\n", fence, c, fence)
	}
	if refused != "" {
		t.line("  - no command: %s", t.md(string(refused)))
	}
	if len(commands) == 0 && portal != "" {
		t.line("  - %s", t.md(string(portal)))
	}
	for _, c := range cautions {
		t.line("  - %s", t.md(fmt.Sprintf("caution: %s", c)))
	}
}

// longestRun is the longest stretch of one letter.
func longestRun(s string, letter rune) int {
	longest, run := 0, 0
	for _, r := range s {
		if run++; r != letter {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
