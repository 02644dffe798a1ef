package render

import (
	"fmt"

	"triage/analyzers/report"
)

// writeAccounts lists the accounts that somebody changed, each with what was done to it.
func writeAccounts(t *page) {
	if len(t.r.Accounts) == 0 {
		return
	}
	t.head("ACCOUNTS THAT WERE CHANGED")
	for i := range t.r.Accounts[:min(len(t.r.Accounts), topAccounts)] {
		x := &t.r.Accounts[i]
		own := "no act of its own"
		if x.Activities > 0 {
			own = report.Counted(x.Activities, "act of its own", "acts of its own")
		}
		t.para("  ", x.Account+": "+own)
		for k := range x.Changes[:min(len(x.Changes), topChanges)] {
			t.para("    ", accountChange(&x.Changes[k]))
		}
		if more := len(x.Changes) - topChanges; more+x.More > 0 && more > 0 {
			t.line("    … and %s more changes (see JSON)", report.Grouped(more+x.More))
		}
	}
	t.more(topAccounts, len(t.r.Accounts)+t.r.AccountsMore, "")
}

// accountChange is one change in words: when, what, on what, through which group, by whom.
func accountChange(x *report.AccountAct) string {
	text := orUnknown(x.Op)
	if x.What != "" {
		text += " " + string(x.What)
	}
	if x.On != "" {
		text += " on " + string(x.On)
	}
	if x.Group != "" {
		text += " through " + string(x.Group)
	}
	e := &x.Evidence
	return fmt.Sprintf("%s  %s, by %s [%s:%d]", clock(e.Time), report.Short(text, 200), orUnknown(x.By), report.ShortPath(e.File), e.Line)
}
