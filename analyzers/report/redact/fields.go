package redact

import (
	"strings"
	"sync"

	"triage/analyzers/report/phrase"
)

// way is what is done to a text.
type way int

const (
	asValue     way = iota // replaced whole, by a token of its kind: what no decision names, too
	asOurs                 // a word or words of ours: kept if they are, else replaced whole
	asTerm                 // the service's name of a right, role, protocol or kind of program: kept if it is one, else replaced whole
	asFixed                // nothing that a case decides: kept
	asReference            // a finding of the report, or an intruder by his letters
	asCount                // a number, a time, a span, yes or no: kept if it is one, else replaced whole
	asPlace                // where an address is and whose network that is: kept, but for the client's own names in it
	asConstant             // a sentence of ours or of a rule without values: words that are not ours are replaced
	asSentence             // a sentence with values
	asArgument             // a value that stands in a sentence: replaced whole, by the token of the value that it is
	asCommand              // a command with values in single quotes
	asHash                 // a fingerprint: keyed, in as many digits
	asNothing              // left out
)

// decision is what is done with a field's texts.
type decision struct {
	way  way
	kind string // of a value whose look does not tell it
	own  bool   // the client's own: its name is looked for in the names of networks, too
}

func value(kind string) decision { return decision{way: asValue, kind: kind} }

var (
	ours      = decision{way: asOurs, kind: "word"}
	reference = decision{way: asReference, kind: "reference"}
	fixed     = decision{way: asFixed}
	place     = decision{way: asPlace}
	constant  = decision{way: asConstant}
	sentence  = decision{way: asSentence}
	command   = decision{way: asCommand}
	keyed     = decision{way: asHash}
	nothing   = decision{way: asNothing}
)

// fieldOf is the decision about a field, by the type that has it and its name in Go. A field without one is a value.
func fieldOf(owner, name string) decision {
	if d, ok := fieldTable()[owner+"."+name]; ok {
		return d
	}
	if d, ok := everywhereTable()[name]; ok {
		return d
	}
	return value("text")
}

// The tables are made when something is redacted: no other run pays for them.

// everywhereTable has the names of fields that mean the same in every type. What keeps words is not decided by a name.
var everywhereTable = sync.OnceValue(func() map[string]decision {
	return fieldDecisions([]fieldGroup{
		{value("user"), "Mailbox Mailboxes Account Accounts Actor By Author Sender Recipients"},
		{value("tenant"), "Tenant Tenants"},
		{value("file"), "File Path Attachments"},
		{value("folder"), "Folder"},
		{value("ip"), "IP IPs"},
		{value("session"), "Session Sessions"},
		{value("agent"), "Agent Agents"},
		{value("item"), "Item"},
		{value("message"), "MessageID"},
		{value("conversation"), "Conversation"},
		{value("subject"), "Subject"},
		{value("query"), "Query"},
		{reference, "Finding Findings Intruder Intruders"},
		{place, "Country City Org"},
		{keyed, "Identity SHA256"},
		{nothing, "Raw"},
	})
})

// fieldTable has the fields of one type.
var fieldTable = sync.OnceValue(func() map[string]decision {
	return fieldDecisions([]fieldGroup{
		{fixed, `Report.Schema Report.AsOf Tool.Name Tool.Version Redaction.Key Redaction.Sealed Database.Built Database.SHA256 Gap.First Gap.Last
		Decision.Date Decision.Expires Bin.Day NextEvidence.From NextEvidence.To NextEvidence.Before AccountLanes.From Minutes.Day Touched.Day`},
		{place, "Database.Database Database.Attribution"},
		{keyed, "Report.EffectiveRulesSHA256 Finding.Fingerprint Finding.Formerly"},
		{nothing, "Finding.Short"}, // made anew of the fingerprint
		{ours, `Filters.MinLevel Input.Format LedgerItem.Code LedgerItem.Severity LedgerItem.Source Coverage.Source Caveat.Code
		Evidence.Role AccountAct.Type Mailbox.Lane Mailbox.Band Share.Family Address.Class Address.Band Session.Band Message.Band
		Answer.ID Answer.Sure StorySentence.By Finding.Level Finding.Family Finding.Entities Finding.Attack Decision.Verdict
		Row.Type Row.Result Row.Who Row.Class RankedMailbox.Band FirstMailbox.Sure Shared.Kind Spread.How Step.Action NextEvidence.Export
		NextEvidence.State Intruder.StillActive Victim.Did Intruder.Methods IntruderAddress.Class Presence.Label ActSum.Act ExposedItem.Kind ExposedItem.State
		ExposedItem.Acts ExposedItem.IdentifiedBy Taken.How ExposureGap.Code ExposedChange.Type Thread.GroupedBy Thread.Acts ChangedAddress.What
		ThreadMessage.Touched AccountLanes.Unit Lane.Lane Visit.Class Mark.Who Mark.Lane Mark.Type LanePlace.Who LanePlace.Class`},
		{decision{way: asOurs, kind: "operation"}, "AccountAct.Op ExposedChange.Op Row.Op Mark.Op"},
		{decision{way: asOurs, kind: "rule"}, "NotEvaluated.Rule Finding.Rule"},
		{decision{way: asOurs, kind: "pack"}, "Pack.ID"},
		{decision{way: asOurs, kind: "version"}, "Pack.Version"},
		{decision{way: asOurs, kind: "file"}, "Database.Source"},
		{decision{way: asOurs, kind: "user"}, "Service.Name"},
		{decision{way: asOurs, kind: "agent"}, "Presence.Program"},
		{decision{way: asOurs, kind: "exception"}, "Suppression.Exception"},
		{decision{way: asTerm, kind: "word"}, "CaseData.TLP"},
		{decision{way: asTerm, kind: "app"}, "Row.App"},
		{decision{way: asTerm, kind: "right"}, "AccountAct.What ExposedChange.What ExposedChange.Values"},
		{decision{way: asTerm, kind: "name"}, "Taken.Name"},
		{reference, "Finding.ID FirstMailbox.Before"},
		{constant, "Answer.Question Finding.Title Finding.Next Finding.FalsePositives Step.Portal NextEvidence.Portal"},
		{sentence, `Input.Why Input.MailboxFrom Input.Notes Skipped.Reason LedgerItem.Text Caveat.Text NotEvaluated.Reason AccountName.Why
		Address.ClassSource Answer.Answer Answer.Unknown Answer.Next StorySentence.Text Finding.Text Finding.StrangeWhy FirstMailbox.Text
		FirstMailbox.Doubts Step.Text Step.Refused Step.Cautions NextEvidence.Text NextEvidence.Refused Reason.Text Presence.StrangeWhy
		ExposedItem.TakenBy Taken.Text ExposureGap.Text ThreadMessage.Check`},
		{command, "LedgerItem.Ask Step.Commands NextEvidence.Commands"},
		{value("case"), "CaseData.Name"},
		{value("client"), "CaseData.Client"},
		{value("user"), `CaseData.Analyst AccountName.Name AccountAct.On Spread.From Spread.To Taken.Targets ExposedChange.Target Thread.Correspondents
		LookAlike.Addresses ChangedAddress.Was ChangedAddress.Now ThreadMessage.From Touched.Names`},
		{value("tenant"), "TenantCase.ID"},
		{decision{way: asValue, kind: "domain", own: true}, "TenantCase.Domains"},
		{value("domain"), "LookAlike.Domain LookAlike.LooksLike"},
		{value("file"), "TenantCase.Inputs ExposedItem.Address"},
		{value("id"), "Evidence.ID Copy.ID"},
		{value("group"), "AccountAct.Group"},
		{value("query"), "Search.Terms Thread.Words Thread.Searches"},
		{value("subject"), "ExposedItem.Answers Thread.Title"},
		{value("reason"), "Suppression.Reason Decision.Reason"},
		{value("app"), "Intruder.Apps"},
		{value("presence"), "Presence.Key"},
		{value("net"), "Presence.Line"},
		{value("value"), "Shared.Value"}, // of any kind
		{value("text"), "Mark.Text"},     // likewise
	})
})

// argument is the decision about what stands in a sentence, by what sort of value it is.
func argument(as phrase.Kind) decision {
	switch as {
	case phrase.Fixed:
		return fixed
	case phrase.Place:
		return place
	case phrase.Word:
		return decision{way: asOurs, kind: "operation"}
	case phrase.Sentence:
		return sentence
	}
	return decision{way: asArgument}
}

// fieldGroup is what is decided alike, by names with blanks between.
type fieldGroup struct {
	decision
	names string
}

func fieldDecisions(groups []fieldGroup) map[string]decision {
	all := map[string]decision{}
	for _, g := range groups {
		for name := range strings.FieldsSeq(g.names) {
			all[name] = g.decision
		}
	}
	return all
}

// factOf is the decision about a fact of a finding, a detail of a row, a list of an answer, by its name. What it does not
// know is a value, but for numbers, times and spans of facts that detectors make: those have names without dots.
func factOf(name string) decision {
	name = strings.ToLower(name)
	if d, ok := factTable()[name]; ok {
		return d
	}
	at := strings.LastIndexByte(name, '.')
	if kind := factKinds()[name[at+1:]]; kind != "" {
		return value(kind)
	}
	if at < 0 {
		return decision{way: asCount, kind: "value"}
	}
	return value("value")
}

// factTable has the facts that are no values.
var factTable = sync.OnceValue(func() map[string]decision {
	return fieldDecisions([]fieldGroup{
		{place, "country countries home asn networks org city timezone params.timezone database"},
		{ours, `ip_class type result source workload lane level signal signals kind act acts did how codes grade still_in acts_after first last proven presumed
		contested unknown access actor_type error rule rules strangeness gap km points score count days limit measured_by spf dkim dmarc compauth dmarc_action
		params.status params.clientappused params.authenticationrequirement params.requesttype params.size params.isthrottled params.stopprocessingrules
		params.deletemessage params.markasread params.spf params.dkim params.dmarc params.compauth params.compauth_reason params.dmarc_action
		params.riskeventtype params.risklevel params.riskstate params.riskdetail params.risklevelduringsignin params.severity params.reply_to_differs
		params.consentcontext.isadminconsent params.delivertomailboxandforward`},
		{decision{way: asOurs, kind: "operation"}, "op"},
		{decision{way: asTerm, kind: "app"}, "app"},
		{decision{way: asTerm, kind: "right"}, "scopes params.accessrights"},
		{decision{way: asTerm, kind: "role"}, "role params.role.displayname"},
		{sentence, `strange_why why steps from to seen removed accused standing confidence_from softened escalated foreign usual planted untrusted
		params.planted params.untrusted`},
	})
})

// factKinds are the kinds of values by the last part of a fact's name.
var factKinds = sync.OnceValue(func() map[string]string {
	return kindDecisions(map[string]string{
		"user":         "mailbox mailboxes actor account accounts user sender recipients target trustee forward_to taken tried undecided suspect others",
		"object":       "identity object",
		"ip":           "ip addresses ips sender_ip",
		"net":          "line",
		"session":      "session sessions",
		"agent":        "agent agents own_device",
		"subject":      "subject threads check lure deleted",
		"query":        "query searches terms also_typed",
		"item":         "item",
		"message":      "message_id messages",
		"conversation": "conversation",
		"folder":       "folder movetofolder",
		"file":         "files attachments",
		"app":          "app_id appdisplayname resourcedisplayname",
		"name":         "name",
		"id":           "userkey device",
		"domain":       "domain lookalikes",
	})
})

func kindDecisions(byKind map[string]string) map[string]string {
	all := map[string]string{}
	for kind, names := range byKind {
		for name := range strings.FieldsSeq(names) {
			all[name] = kind
		}
	}
	return all
}
