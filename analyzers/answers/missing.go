package answers

import (
	"slices"
	"time"

	"triage/analyzers/campaign"
	"triage/analyzers/ledger"
	"triage/analyzers/report/phrase"
)

// unseen answers a question about an intruder where none is seen: absence is not innocence, so it says what is missing.
func (s *inquiry) unseen(a *Answer, so phrase.Text, codes ...string) {
	if len(s.suspects()) > 0 { // findings speak of one, and no act is his
		a.say("No act is attributed to an intruder, so {1}.", so)
	} else {
		a.say("No intruder is seen, so {1}.", so)
	}
	s.unsure(a, codes...)
}

// unsure says what is missing where no intruder is seen.
func (s *inquiry) unsure(a *Answer, codes ...string) {
	a.Sure = NotKnown
	s.lacks(a, codes...)
	s.losses(a)
}

// lacks says which things are missing that an answer would need.
func (s *inquiry) lacks(a *Answer, codes ...string) {
	for i := range s.Missing {
		if it := &s.Missing[i]; slices.Contains(codes, it.Code) {
			a.Unknown = append(a.Unknown, phrase.Of(phrase.Sentence, it.Text))
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

func lossText(it *ledger.Item) phrase.Text {
	text := phrase.Of(phrase.Sentence, it.Text)
	if it.Path != "" {
		return phrase.Say("{1}: {2}", name(it.Path), text)
	}
	return text
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
func exportToFetch(s *inquiry, n *campaign.NextEvidence) phrase.Text {
	text := exported(n, name(s.text(n.Mailbox)))
	if n.From.IsZero() {
		return phrase.Say("fetch {1}", text)
	}
	text = phrase.Say("{1}, {2} to {3}", text, dayOf(n.From), dayOf(n.To))
	switch n.State {
	case campaign.Open:
		return phrase.Say("fetch {1} (the first of it is deleted on {2})", text, dayOf(n.Before))
	case campaign.Going:
		return phrase.Say("fetch {1} (the beginning is deleted already, and more every day)", text)
	case campaign.Gone:
		return phrase.Say("ask for copies of {1} (deleted after {2} days by the service)", text, phrase.Number(n.Days))
	}
	return phrase.Say("fetch {1}", text)
}

func dayOf(t time.Time) phrase.Text { return fixed(t.Format(time.DateOnly)) }

// exported is what an export is called, and whose it is.
func exported(n *campaign.NextEvidence, of phrase.Text) phrase.Text {
	whole, values := n.Mailbox == 0, someNames(n.Values)
	switch n.Export {
	case campaign.ExportAudit:
		if whole {
			return phrase.Say("Unified Audit Log")
		}
		return phrase.Say("Unified Audit Log of {1}", of)
	case campaign.ExportAccess:
		if whole {
			return phrase.Say("MailItemsAccessed")
		}
		return phrase.Say("MailItemsAccessed of {1}", of)
	case campaign.ExportSignins:
		if whole {
			return phrase.Say("Entra sign-ins, interactive and not")
		}
		return phrase.Say("Entra sign-ins of {1}, interactive and not", of)
	case campaign.ExportTrace:
		if whole {
			return phrase.Say("message trace")
		}
		return phrase.Say("message trace of {1}", of)
	case campaign.ExportRules:
		if whole {
			return phrase.Say("inbox rules as they stand")
		}
		return phrase.Say("inbox rules of {1} as they stand", of)
	case campaign.ExportMessage:
		if whole {
			return phrase.Say("the messages with their headers: {1}", values)
		}
		return phrase.Say("the messages of {1} with their headers: {2}", of, values)
	case campaign.ExportApps:
		return phrase.Say("what the applications did: {1}", values)
	case campaign.ExportAddresses:
		return phrase.Say("audit log of the whole tenant by address: {1}", values)
	}
	return phrase.Text{}
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
	codes = eachOnce(codes)
	a.fact("codes", codes...)
	if s.nobody() {
		if len(s.suspects()) == 0 {
			a.say("No intruder is seen.")
		}
		a.say("This data could miss an intruder.")
	}
	var sources []phrase.Text
	for _, code := range codes {
		if text := logOfCode(code); !text.None() {
			sources = append(sources, text)
		}
	}
	switch {
	case len(codes) == 0:
		a.say("Nothing is known to be missing, beyond what no log records.")
	case len(sources) > 0:
		a.say("Not in this data: {1}.", phrase.And(sources...))
	default:
		a.count(len(a.Unknown), "{n} thing is missing or limited.|{n} things are missing or limited.")
	}
	if lost > 0 {
		a.count(lost, "Records are known to be missing ({n} loss).|Records are known to be missing ({n} losses).")
	}
	s.deadline(a)
	for _, own := range []bool{true, false} { // of the accounts that were taken first
		for i := range s.Campaign.NextEvidence {
			if n := &s.Campaign.NextEvidence[i]; concerns(s, n) == own {
				a.Next = append(a.Next, exportToFetch(s, n))
			}
		}
	}
	for i := range s.Missing {
		if ask := s.Missing[i].Ask; ask != "" && len(s.Campaign.NextEvidence) == 0 {
			a.Next = append(a.Next, phrase.Of(phrase.Sentence, ask))
		}
	}
	const most = 30
	a.Unknown, a.Next = a.Unknown[:min(len(a.Unknown), most)], a.Next[:min(len(a.Next), most)]
}

// deadline says until when the next export is there, else how many are gone.
func (s *inquiry) deadline(a *Answer) {
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
		a.say("The next that the service deletes goes on {1}.", fixed(until))
	} else if gone > 0 {
		a.count(gone, "Of what would be asked for next, one export is deleted by the service's usual retention.|Of what would be asked for next, {n} exports are deleted by the service's usual retention.")
	}
}

// logOfCode is the log that a code of the ledger misses; nothing for others.
func logOfCode(code string) phrase.Text {
	switch code {
	case "no-audit-log":
		return phrase.Say("the Unified Audit Log")
	case "no-mail-access":
		return phrase.Say("MailItemsAccessed")
	case "no-search-records":
		return phrase.Say("searches")
	case "no-sign-ins":
		return phrase.Say("sign-ins")
	case "no-message-trace":
		return phrase.Say("a message trace")
	case "no-rule-listing":
		return phrase.Say("a listing of inbox rules")
	}
	return phrase.Text{}
}
