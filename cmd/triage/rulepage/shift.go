package rulepage

import (
	"cmp"
	"fmt"
	"io"
	"text/tabwriter"

	"triage/analyzers/report"
	"triage/analyzers/report/compare"
)

// mostShifted is how many mailboxes, or findings raised or lowered, are shown one by one.
const mostShifted = 50

// WriteShifts writes what two packs judge otherwise on a case: mailboxes, levels of findings, and counts by rule.
func WriteShifts(w io.Writer, s *compare.Shifts) {
	fmt.Fprintf(w, "\nON THE CASE\n")
	if len(s.Mailboxes)+len(s.Rules) == 0 {
		fmt.Fprintln(w, "  Every mailbox and every finding is judged as before.")
		return
	}
	fmt.Fprintf(w, "  %s\n", report.Counted(len(s.Mailboxes), "mailbox with another score", "mailboxes with another score"))
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, m := range s.Mailboxes[:min(len(s.Mailboxes), mostShifted)] {
		fmt.Fprintf(tab, "    %s%s\t%s %.1f\t→ %s %.1f\n", report.Short(m.Mailbox, 60), of(m.Tenant), m.OldBand, m.OldScore, m.NewBand, m.NewScore)
	}
	tab.Flush()
	more(w, len(s.Mailboxes))
	for _, part := range []struct {
		word string
		list []compare.ShiftedFinding
	}{{"raised", s.Raised}, {"lowered", s.Lowered}} {
		if len(part.list) == 0 {
			continue
		}
		fmt.Fprintf(w, "  %s %s\n", report.Counted(len(part.list), "finding", "findings"), part.word)
		for _, f := range part.list[:min(len(part.list), mostShifted)] {
			fmt.Fprintf(tab, "    %s\t%s\t%s%s\t%s → %s\n", report.Short(string(cmp.Or(f.NewID, f.OldID)), 20), report.Short(f.Rule, 60),
				report.Short(cmp.Or(f.Mailbox, "–"), 60), of(f.Tenant), f.OldLevel, f.NewLevel)
		}
		tab.Flush()
		more(w, len(part.list))
	}
	if len(s.Rules) == 0 {
		return
	}
	fmt.Fprintln(w, "  Findings by rule")
	fmt.Fprintln(tab, "    RULE\tNEW\tGONE\tRAISED\tLOWERED\tOTHERWISE")
	for _, r := range s.Rules {
		fmt.Fprintf(tab, "    %s\t%d\t%d\t%d\t%d\t%d\n", report.Short(r.Rule, 60), r.New, r.Gone, r.Raised, r.Lowered, r.Other)
	}
	tab.Flush()
}

// of says whose a mailbox is, where there are several tenants.
func of(t report.TenantOf) string {
	if t == "" {
		return ""
	}
	return " [" + report.Short(string(t), 40) + "]"
}

// more says how many are not shown.
func more(w io.Writer, n int) {
	if n > mostShifted {
		fmt.Fprintf(w, "    … and %d more (see JSON)\n", n-mostShifted)
	}
}
