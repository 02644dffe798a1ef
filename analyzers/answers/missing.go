package answers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/analyzers/campaign"
	"triage/analyzers/ledger"
	"triage/analyzers/report"
)

// unseen answers a question about an intruder where none is seen: absence is not innocence, so it says what is missing.
func (s *inquiry) unseen(a *Answer, text string, codes ...string) {
	if len(s.suspects()) > 0 { // findings speak of one, and no act is his
		text = strings.Replace(text, "No intruder is seen", "No act is attributed to an intruder", 1)
	}
	a.Sure, a.Text = NotKnown, text+"."
	s.lacks(a, codes...)
	s.losses(a)
}

// lacks says which things are missing that an answer would need.
func (s *inquiry) lacks(a *Answer, codes ...string) {
	for i := range s.Missing {
		if it := &s.Missing[i]; slices.Contains(codes, it.Code) {
			a.Unknown = append(a.Unknown, it.Text)
		}
	}
}

// losses says which records are known to be missing, the first of them.
func (s *inquiry) losses(a *Answer) {
	for i := range s.Missing {
		if it := &s.Missing[i]; it.Severity == ledger.Loss && len(a.Unknown) < maxNamed {
			a.Unknown = append(a.Unknown, lossText(it))
		}
	}
}

func lossText(it *ledger.Item) string {
	if it.Path != "" {
		return name(it.Path) + ": " + it.Text
	}
	return it.Text
}

// fetch names the exports that would tell more: campaign lists those only that the data lack.
func fetch(s *inquiry, a *Answer, exports ...campaign.Export) {
	for i := range s.Campaign.NextEvidence {
		if n := &s.Campaign.NextEvidence[i]; slices.Contains(exports, n.Export) && len(a.Next) < maxNamed && concerns(s, n) {
			a.Next = append(a.Next, exportToFetch(s, n))
		}
	}
}

// concerns says that an export is about an account that was taken, or about the whole case; where nobody was taken, any is.
func concerns(s *inquiry, n *campaign.NextEvidence) bool {
	return n.Mailbox == 0 || s.nobody() || s.wasIn[n.Mailbox]
}

// exportToFetch is one export to fetch, and until when it is kept.
func exportToFetch(s *inquiry, n *campaign.NextEvidence) string {
	of := ""
	if n.Mailbox != 0 {
		of = " of " + name(s.text(n.Mailbox))
	}
	text := map[campaign.Export]string{
		campaign.ExportAudit: "Unified Audit Log" + of, campaign.ExportAccess: "MailItemsAccessed" + of, campaign.ExportSignins: "Entra sign-ins" + of + ", interactive and not",
		campaign.ExportTrace: "message trace" + of, campaign.ExportRules: "inbox rules" + of + " as they stand", campaign.ExportMessage: "the messages" + of + " with their headers: " + names(n.Values),
		campaign.ExportApps: "what the applications did: " + names(n.Values), campaign.ExportAddresses: "audit log of the whole tenant by address: " + names(n.Values),
	}[n.Export]
	if n.From.IsZero() {
		return "fetch " + text
	}
	text += fmt.Sprintf(", %s to %s", n.From.Format(time.DateOnly), n.To.Format(time.DateOnly))
	switch n.State {
	case campaign.Open:
		return fmt.Sprintf("fetch %s (the first of it is deleted on %s)", text, n.Before.Format(time.DateOnly))
	case campaign.Going:
		return fmt.Sprintf("fetch %s (the beginning is deleted already, and more every day)", text)
	case campaign.Gone:
		return fmt.Sprintf("ask for copies of %s (deleted after %d days by the service)", text, n.Days)
	}
	return "fetch " + text
}

// notKnowable answers what cannot be known, and what to fetch.
func notKnowable(s *inquiry, a *Answer) {
	a.Sure = Proven
	var codes []string
	lost := 0
	for i := range s.Missing {
		it := &s.Missing[i]
		codes = append(codes, it.Code)
		if it.Severity == ledger.Loss {
			lost++
		}
		a.Unknown = append(a.Unknown, lossText(it))
	}
	codes = distinct(codes)
	a.fact("codes", codes...)
	var sources []string
	for _, code := range codes {
		if text := sourceOf(code); text != "" {
			sources = append(sources, text)
		}
	}
	switch {
	case len(codes) == 0:
		a.Text = "Nothing is known to be missing, beyond what no log records."
	case len(sources) > 0:
		a.Text = "Not in this data: " + joinAll(sources) + "."
	default:
		a.Text = report.Counted(len(a.Unknown), "thing is", "things are") + " missing or limited."
	}
	if lost > 0 {
		a.Text += fmt.Sprintf(" Records are known to be missing (%s).", report.Counted(lost, "loss", "losses"))
	}
	if s.nobody() {
		a.Text = "This data could miss an intruder. " + a.Text
		if len(s.suspects()) == 0 {
			a.Text = "No intruder is seen. " + a.Text
		}
	}
	until := ""
	gone := 0
	for i := range s.Campaign.NextEvidence {
		n := &s.Campaign.NextEvidence[i]
		if day := n.Before.Format(time.DateOnly); n.State == campaign.Open && (until == "" || day < until) {
			until = day
		}
		if n.State == campaign.Gone {
			gone++
		}
	}
	if until != "" {
		a.Text += " The next that the service deletes goes on " + until + "."
	} else if gone > 0 {
		a.Text += fmt.Sprintf(" Of what would be asked for next, %s deleted by the service's usual retention.", plural(gone, "one export is", fmt.Sprintf("%d exports are", gone)))
	}
	for _, own := range []bool{true, false} { // of the accounts that were taken first
		for i := range s.Campaign.NextEvidence {
			if n := &s.Campaign.NextEvidence[i]; concerns(s, n) == own {
				a.Next = append(a.Next, exportToFetch(s, n))
			}
		}
	}
	for i := range s.Missing {
		if ask := s.Missing[i].Ask; ask != "" && len(s.Campaign.NextEvidence) == 0 {
			a.Next = append(a.Next, ask)
		}
	}
	const most = 30
	a.Unknown, a.Next = a.Unknown[:min(len(a.Unknown), most)], a.Next[:min(len(a.Next), most)]
}

func joinAll(list []string) string {
	text := ""
	for i, one := range list {
		switch {
		case i == 0:
		case i == len(list)-1:
			text += " and "
		default:
			text += ", "
		}
		text += one
	}
	return text
}

// sourceOf is the log that a code of the ledger misses; "" for others.
func sourceOf(code string) string {
	switch code {
	case "no-audit-log":
		return "the Unified Audit Log"
	case "no-mail-access":
		return "MailItemsAccessed"
	case "no-search-records":
		return "searches"
	case "no-sign-ins":
		return "sign-ins"
	case "no-message-trace":
		return "a message trace"
	case "no-rule-listing":
		return "a listing of inbox rules"
	}
	return ""
}
