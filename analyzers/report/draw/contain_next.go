package draw

import (
	"fmt"
	"strings"
	"time"

	"triage/analyzers/campaign"
	"triage/analyzers/report"
)

// asking says what is to be fetched, and how. What is gone by standard retention gets no command: it would give an empty
// export that looks like innocence.
func asking(in *campaign.NextEvidence, mailbox string, asOf time.Time) stepWords {
	w := stepWords{}
	from, to := kept(in, asOf)
	switch in.Export {
	case campaign.ExportAudit:
		w.text = "Unified Audit Log of " + mailbox
		w.portal = "Microsoft Purview portal > Audit > New search; users: the mailbox"
		auditSearch(&w.ps, in, from, to, "-UserIds %s", mailbox)
	case campaign.ExportAccess:
		w.text = "MailItemsAccessed of " + mailbox + ": the audit log in the data has none, so nobody can say what was read"
		w.portal = "Microsoft Purview portal > Audit > New search; activity: MailItemsAccessed. If there is none, look whether the mailbox records it: Get-Mailbox, AuditOwner"
		auditSearch(&w.ps, in, from, to, "-UserIds %s -Operations MailItemsAccessed", mailbox)
	case campaign.ExportSignins:
		w.text = "Entra sign-ins of " + mailbox + ", interactive and not"
		w.portal = "Entra admin center > Monitoring > Sign-in logs > Download, each kind; without a P1 or P2 licence only 7 days are kept"
		signinSearch(&w.ps, in, from, to, mailbox)
	case campaign.ExportTrace:
		w.text = "message trace of " + mailbox + ": who got what was sent"
		w.portal = "Exchange admin center > Mail flow > Message trace; a query covers at most 10 days"
		if in.State != campaign.Gone {
			for _, side := range []string{"-SenderAddress", "-RecipientAddress"} {
				traceSearch(&w.ps, from, to, side, mailbox)
			}
		}
	case campaign.ExportRules:
		w.text = "inbox rules of " + mailbox + " as they stand, before any is removed"
		w.portal = "Exchange Online PowerShell; the portals do not show hidden rules"
		w.ps.add("Get-InboxRule -Mailbox %s -IncludeHidden | Export-Csv -Append -NoTypeInformation -Encoding UTF8 inbox-rules.csv", mailbox)
	case campaign.ExportMessage:
		w.text = "the messages themselves with their headers, from " + mailbox + ": " + list(in.Values, in.More)
		w.portal = "Microsoft Defender portal > Explorer, or Purview > eDiscovery > Content search; export as .eml"
	case campaign.ExportApps:
		w.text = "what the applications did that findings name: " + list(in.Values, in.More)
		w.portal = "Entra admin center > Monitoring > Sign-in logs > Service principal sign-ins; Purview > Audit with the application's id as free text"
		applicationSearch(&w.ps, in, from, to)
	case campaign.ExportAddresses:
		w.text = "every mailbox in which the strange addresses were: " + list(in.Values, in.More)
		w.portal = "Microsoft Purview portal > Audit > New search, the whole tenant, the addresses as IP address"
		if addresses, why := quoteAll(in.Values); why != "" {
			w.ps.refuse(why)
		} else {
			auditSearch(&w.ps, in, from, to, "-IPAddresses "+addresses)
			if in.More > 0 && len(w.ps.lines) > 0 {
				w.ps.refuse(fmt.Sprintf("for %d more addresses: the report's list of addresses names them", in.More))
			}
		}
	}
	return w
}

// kept is the span of which the service still has something, as days.
func kept(in *campaign.NextEvidence, asOf time.Time) (from, to string) {
	first := in.From
	if oldest := asOf.AddDate(0, 0, -in.Days); in.Days > 0 && first.Before(oldest) {
		first = oldest
	}
	return first.Format(report.DayLayout), in.To.AddDate(0, 0, 1).Format(report.DayLayout) // the end is not included
}

// auditSearch is a search of the Unified Audit Log, complete only when it is run until it gives nothing more.
func auditSearch(ps *shell, in *campaign.NextEvidence, from, to, which string, args ...string) {
	if in.State == campaign.Gone {
		return
	}
	// Every search has a session of its own: the service goes on in a session's first search, whatever is asked later.
	session := strings.Join(append([]string{"triage", string(in.Export), from}, args...), " ")
	ps.add("Search-UnifiedAuditLog -StartDate "+from+" -EndDate "+to+" "+which+" -SessionId %s -SessionCommand ReturnLargeSet -ResultSize 5000 | "+
		"Export-Csv -Append -NoTypeInformation -Encoding UTF8 "+string(in.Export)+".csv", append(args, session)...)
}

// traceSearch asks for ten days at a time: the service gives no more. Source: Get-MessageTraceV2.
func traceSearch(ps *shell, from, to, side, mailbox string) {
	ps.add("for ($d = [datetime]'"+from+"'; $d -lt [datetime]'"+to+"'; $d = $d.AddDays(10)) { Get-MessageTraceV2 -StartDate $d -EndDate $d.AddDays(10) "+
		side+" %s -ResultSize 5000 | Export-Csv -Append -NoTypeInformation -Encoding UTF8 trace.csv }", mailbox)
}

func signinSearch(ps *shell, in *campaign.NextEvidence, from, to, mailbox string) {
	if in.State == campaign.Gone {
		return
	}
	// Version 1.0 of Graph leaves out what is not interactive: token refreshes, where a stolen session shows.
	filter := fmt.Sprintf("userPrincipalName eq %s and createdDateTime ge %sT00:00:00Z and createdDateTime lt %sT00:00:00Z and "+
		"signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')", odata(mailbox), from, to)
	ps.add("Get-MgBetaAuditLogSignIn -All -Filter %s | ConvertTo-Json -Depth 10 | Out-File -Encoding utf8 sign-ins.json", filter)
}

// applicationSearch asks for each application whose id is one.
func applicationSearch(ps *shell, in *campaign.NextEvidence, from, to string) {
	const most = 10
	left := in.More
	for _, id := range in.Values {
		if !isGUID(id) || len(ps.lines) == most {
			left++
			continue
		}
		auditSearch(ps, in, from, to, "-FreeText %s", strings.ToLower(id))
	}
	if len(ps.lines) > 0 && left > 0 {
		ps.refuse(fmt.Sprintf("for %d more applications: search for each by its name or id in the same way", left))
	}
}
