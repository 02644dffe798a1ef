package render

import (
	"cmp"
	"slices"

	"triage/analyzers/report"
	"triage/analyzers/report/words"
)

// writeAccounts lists the accounts that somebody changed, each with what was done to it.
func writeAccounts(t *page) {
	if len(t.changed) == 0 {
		return
	}
	t.head("ACCOUNTS THAT WERE CHANGED")
	for _, x := range t.changed[:min(len(t.changed), topAccounts)] {
		own := "no act of its own"
		if x.Activities > 0 {
			own = report.Counted(x.Activities, "act of its own", "acts of its own")
		}
		t.para("  ", x.Account+": "+own)
		shown := gravest(x.Changes)
		for _, change := range shown {
			t.para("    ", words.AccountChange(change))
		}
		if more := len(x.Changes) - len(shown) + x.More; more > 0 {
			t.line("    … and %s more (see JSON)", report.Grouped(more))
		}
	}
	t.more(topAccounts, len(t.changed), "")
}

// gravest are the changes that are shown, oldest first: roles and rights before all else.
func gravest(all []report.AccountAct) []*report.AccountAct {
	var shown []*report.AccountAct
	for _, grave := range []bool{true, false} {
		for i := range all {
			is := all[i].Type == "role_change" || all[i].Type == "permission_change"
			if is == grave && len(shown) < topChanges {
				shown = append(shown, &all[i])
			}
		}
	}
	slices.SortStableFunc(shown, func(x, y *report.AccountAct) int { return cmp.Compare(x.Evidence.Time, y.Evidence.Time) })
	return shown
}

// changedByOthers says of a mailbox without findings that somebody else gave or set it something: an intruder's own account is one
// that does nothing yet.
func changedByOthers(t *page, m *report.Mailbox) string {
	for _, x := range t.changed {
		if x.Account == m.Mailbox && slices.ContainsFunc(x.Changes, func(c report.AccountAct) bool { return string(c.By) != m.Mailbox }) {
			return "; changed by others: see ACCOUNTS THAT WERE CHANGED"
		}
	}
	return ""
}
