package ledger

import (
	"fmt"
	"time"

	"triage/ingest/activity"
)

// ask is the export to ask for, of a source and a time, and what to do where the service no longer has it.
func (l *ledger) ask(s activity.Source, first, last int64) string {
	ask, _ := l.asked(s, first, last, exportHint(s, first, last))
	return ask
}

// exportHint is how to get a source's export of a time; "" where there is no way.
func exportHint(s activity.Source, first, last int64) string {
	from, to := between(first, last)
	switch s {
	case activity.SourceAudit:
		return fmt.Sprintf("Search-UnifiedAuditLog -StartDate %s -EndDate %s -SessionId case1 -SessionCommand ReturnLargeSet -ResultSize 5000 | "+
			"Export-Csv ual.csv -Append -NoTypeInformation -Encoding utf8, again with the same SessionId until it returns nothing, a few days "+
			"at a time; or Purview > Audit > search > Export", from, to)
	case activity.SourceSignin:
		return fmt.Sprintf("Get-MgBetaAuditLogSignIn -All -Filter \"createdDateTime ge %s and createdDateTime lt %s and "+
			"signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')\" | ConvertTo-Json -Depth 10 | Out-File signins.json "+
			"-Encoding utf8; or Entra > Sign-in logs > Download, once for each tab", midnight(from), midnight(to))
	case activity.SourceTrace:
		return fmt.Sprintf("Get-MessageTraceV2 -StartDate %s -EndDate %s -ResultSize 5000 | Export-Csv trace.csv -Append -NoTypeInformation "+
			"-Encoding utf8, at most 10 days at a time and less where 5,000 rows come back", from, to)
	case activity.SourceRules:
		return "Get-Mailbox -ResultSize Unlimited | ForEach-Object { Get-InboxRule -Mailbox $_.PrimarySmtpAddress -IncludeHidden } | " +
			"Export-Csv rules.csv -NoTypeInformation -Encoding utf8"
	default:
		return ""
	}
}

// between are the days of a time as searches want them, the end not included; words where no time is known.
func between(first, last int64) (from, to string) {
	if first == 0 && last == 0 {
		return "START", "END"
	}
	return date(first), date(last + dayMillis)
}

// midnight is the first moment of a day as Graph's filters want it; a word that stands for a day stays as it is.
func midnight(day string) string {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return day
	}
	return day + "T00:00:00Z"
}

// operations is the search for some operations, and what it means if it finds none.
func (l *ledger) operations(names string) string {
	from, to := between(l.all.first, l.all.last)
	ask, _ := l.asked(activity.SourceAudit, l.all.first, l.all.last, fmt.Sprintf("Search-UnifiedAuditLog -StartDate %s -EndDate %s "+
		"-Operations %s -ResultSize 5000; if it finds nothing, Get-Mailbox | Format-List UserPrincipalName,AuditEnabled,AuditOwner tells "+
		"whether it is recorded at all", from, to, names))
	return ask
}

// again asks for an input once more, whole.
func again(in *activity.Input) string {
	span := ""
	switch {
	case in.First == 0 && in.Last == 0:
	case date(in.First) == date(in.Last):
		span = " of " + date(in.First)
	default:
		span = fmt.Sprintf(" of %s to %s", date(in.First), date(in.Last))
	}
	return "the same export" + span + " once more, as the service wrote it: not cut, filtered or saved again by another program"
}

// smaller asks for an input's time once more, in parts that stay below the ceiling.
func (l *ledger) smaller(in *activity.Input) string {
	text, how := "the same export in shorter stretches of time", exportHint(in.Source, in.First, in.Last)
	if how == "" || in.First == 0 {
		return text
	}
	ask, gone := l.asked(in.Source, in.First, in.Last, how)
	if gone {
		return ask
	}
	return text + ": " + ask
}
