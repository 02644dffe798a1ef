package redact

import "strings"

// way is what is done to a text.
type way int

const (
	asValue    way = iota // replaced whole, by a token of its kind: what no decision names, too
	asOurs                // a word or words of ours: kept if they are, else replaced whole
	asTerm                // the service's name of a right, role, protocol or kind of program: kept if it is one, else replaced whole
	asFixed               // nothing that a case decides: kept
	asCount               // a number, a time, a span, yes or no: kept if it is one, else replaced whole
	asPlace               // where an address is and whose network that is: kept, but for the client's own names in it
	asConstant            // a sentence of ours or of a rule without values: words that are not ours are replaced
	asSentence            // a sentence with values
	asCommand             // a command with values in single quotes
	asHash                // a fingerprint: keyed, in as many digits
	asNothing             // left out
)

// decision is what is done with a field's texts.
type decision struct {
	way  way
	kind string // of a value whose look does not tell it
}

func value(kind string) decision { return decision{asValue, kind} }

var (
	ours     = decision{asOurs, "word"}
	fixed    = decision{way: asFixed}
	place    = decision{way: asPlace}
	constant = decision{way: asConstant}
	sentence = decision{way: asSentence}
	command  = decision{way: asCommand}
	keyed    = decision{way: asHash}
	nothing  = decision{way: asNothing}
)

// fieldOf is the decision about a field, by the type that has it and its name in Go; ok says that there is one.
func fieldOf(owner, name string) (d decision, ok bool) {
	if d, ok = fields()[owner+"."+name]; ok {
		return d, true
	}
	if d, ok = everywhere()[name]; ok {
		return d, true
	}
	return value("text"), false
}

// everywhere are the fields that mean the same in every type.
func everywhere() map[string]decision { return everywhereTable }

// fields are those of one type.
func fields() map[string]decision { return fieldTable }

var everywhereTable = map[string]decision{
	"Mailbox": value("user"), "Mailboxes": value("user"), "Account": value("user"), "Accounts": value("user"), "Actor": value("user"),
	"By": value("user"), "Author": value("user"), "Sender": value("user"), "Recipients": value("user"),
	"Tenant": value("tenant"), "Tenants": value("tenant"),
	"File": value("file"), "Path": value("file"),
	"IP": value("ip"), "IPs": value("ip"), "Session": value("session"), "Sessions": value("session"), "Agent": value("agent"), "Agents": value("agent"),
	"Item": value("item"), "MessageID": value("message"), "Conversation": value("conversation"), "Subject": value("subject"), "Query": value("query"),
	"Folder": value("folder"), "Attachments": value("file"),
	"Finding": ours, "Findings": ours, "Intruder": ours, "Intruders": ours, "Rule": ours, "Family": ours, "Level": ours, "Band": ours, "Code": ours,
	"Op": {asOurs, "operation"}, "App": {asTerm, "app"}, "Type": ours, "Kind": ours, "Sure": ours, "Source": ours, "State": ours, "How": ours, "Who": ours,
	"Acts": ours, "Act": ours, "Result": ours, "Class": ours, "Label": ours,
	"Country": place, "City": place, "Org": place, "ClassSource": sentence,
	"Text": sentence, "Why": sentence, "StrangeWhy": sentence, "Refused": sentence, "Ask": command, "Commands": command, "Portal": constant,
	"Identity": keyed, "SHA256": keyed, "Raw": nothing,
}

var fieldTable = map[string]decision{
	"Report.Schema": fixed, "Report.AsOf": fixed, "Report.EffectiveRulesSHA256": keyed, "Tool.Name": fixed, "Tool.Version": fixed,
	"Redaction.Key": fixed, "Redaction.Sealed": fixed,
	"Filters.MinLevel": ours,
	"Input.Format":     ours, "Input.MailboxFrom": sentence, "Input.Notes": sentence,
	"Pack.ID": {asOurs, "pack"}, "Pack.Version": {asOurs, "version"},
	"Database.Database": place, "Database.Built": fixed, "Database.Source": {asOurs, "file"}, "Database.SHA256": fixed, "Database.Attribution": place,
	"Skipped.Reason": sentence, "LedgerItem.Severity": ours, "Gap.First": fixed, "Gap.Last": fixed,
	"Evidence.ID": value("id"), "Evidence.Role": ours, "Copy.ID": value("id"),
	"NotEvaluated.Reason": sentence,
	"TenantCase.ID":       value("tenant"), "TenantCase.Domains": value("domain"), "TenantCase.Inputs": value("file"),
	"AccountName.Name": value("user"),
	"AccountAct.What":  {asTerm, "right"}, "AccountAct.Group": value("group"), "AccountAct.On": value("user"), "AccountAct.By": value("user"),
	"Mailbox.Lane": ours, "Service.Name": {asOurs, "user"}, "Unmatched.MessageID": value("message"),
	"StackValue.Value": value("text"), // by the stack that it is of
	"Search.Terms":     value("query"),
	"Answer.ID":        ours, "Answer.Question": constant, "Answer.Answer": sentence, "Answer.Unknown": sentence, "Answer.Next": sentence,
	"StorySentence.By": ours,
	"Finding.ID":       ours, "Finding.Short": nothing, // made anew of the fingerprint
	"Finding.Fingerprint": keyed, "Finding.Formerly": keyed, "Finding.Title": constant, "Finding.Entities": ours, "Finding.Attack": ours,
	"Finding.Next": constant, "Finding.FalsePositives": constant,
	"Suppression.Exception": {asOurs, "exception"}, "Suppression.Reason": value("reason"),
	"Decision.Verdict": ours, "Decision.Reason": value("reason"), "Decision.Date": fixed, "Decision.Expires": fixed,
	"Bin.Day":             fixed,
	"FirstMailbox.Doubts": sentence, "FirstMailbox.Before": ours,
	"Shared.Value": value("value"), "Spread.From": value("user"), "Spread.To": value("user"),
	"Step.Action": ours, "Step.Cautions": sentence,
	"NextEvidence.Export": ours, "NextEvidence.From": fixed, "NextEvidence.To": fixed, "NextEvidence.Before": fixed,
	"Intruder.StillActive": ours, "Intruder.Apps": value("app"), "Intruder.Methods": ours,
	"Presence.Key": value("presence"), "Presence.Line": value("net"), "Presence.Program": {asOurs, "agent"},
	"ExposedItem.IdentifiedBy": ours, "ExposedItem.Address": value("file"), "ExposedItem.Answers": value("subject"), "ExposedItem.TakenBy": sentence,
	"Taken.Name": {asTerm, "name"}, "Taken.Targets": value("user"),
	"ExposedChange.What": {asTerm, "right"}, "ExposedChange.Target": value("user"), "ExposedChange.Values": {asTerm, "right"},
	"Thread.Title": value("subject"), "Thread.GroupedBy": ours, "Thread.Words": value("query"), "Thread.Searches": value("query"), "Thread.Correspondents": value("user"),
	"LookAlike.Domain": value("domain"), "LookAlike.LooksLike": value("domain"), "LookAlike.Addresses": value("user"),
	"ChangedAddress.What": ours, "ChangedAddress.Was": value("user"), "ChangedAddress.Now": value("user"),
	"ThreadMessage.From": value("user"), "ThreadMessage.Touched": ours, "ThreadMessage.Check": sentence,
}

// factOf is the decision about a fact of a finding, a detail of a row, a list of an answer, by its name. What it does not
// know is a value, but for numbers, times and spans of facts that detectors make: those have names without dots.
func factOf(name string) decision {
	name = strings.ToLower(name)
	if d, ok := factTable[name]; ok {
		return d
	}
	at := strings.LastIndexByte(name, '.')
	if kind := factKinds[name[at+1:]]; kind != "" {
		return value(kind)
	}
	if at < 0 {
		return decision{asCount, "value"}
	}
	return value("value")
}

var factTable = map[string]decision{
	"country": place, "countries": place, "home": place, "asn": place, "networks": place, "org": place, "city": place,
	"ip_class": ours, "type": ours, "op": {asOurs, "operation"}, "result": ours, "source": ours, "workload": ours, "lane": ours, "level": ours,
	"signal": ours, "signals": ours, "kind": ours, "act": ours, "acts": ours, "did": ours, "how": ours, "codes": ours, "grade": ours,
	"still_in": ours, "acts_after": ours, "first": ours, "last": ours, "proven": ours, "presumed": ours, "contested": ours, "unknown": ours,
	"scopes": {asTerm, "right"}, "params.accessrights": {asTerm, "right"}, "params.role.displayname": {asTerm, "role"}, "role": {asTerm, "role"},
	"access": ours, "actor_type": ours, "error": ours, "rule": ours, "rules": ours, "app": {asTerm, "app"}, "strangeness": ours,
	"gap": ours, "km": ours, "points": ours, "score": ours, "count": ours, "days": ours, "limit": ours,
	"params.status": ours, "params.clientappused": ours, "params.authenticationrequirement": ours, "params.requesttype": ours,
	"params.isthrottled": ours, "params.stopprocessingrules": ours, "params.deletemessage": ours, "params.markasread": ours,
	"params.spf": ours, "params.dkim": ours, "params.dmarc": ours, "params.compauth": ours, "params.compauth_reason": ours, "params.dmarc_action": ours,
	"params.riskeventtype": ours, "params.risklevel": ours, "params.riskstate": ours, "params.riskdetail": ours, "params.risklevelduringsignin": ours,
	"params.severity": ours, "strange_why": sentence, "why": sentence, "steps": sentence, "from": sentence, "to": sentence,
	"confidence_from": sentence, "softened": sentence, "escalated": sentence, "foreign": sentence, "usual": sentence, "measured_by": ours, "database": place,
	"planted": sentence, "untrusted": sentence, "params.planted": sentence, "params.untrusted": sentence,
	"spf": ours, "dkim": ours, "dmarc": ours, "compauth": ours, "dmarc_action": ours, "params.size": ours, "params.reply_to_differs": ours,
	"seen": sentence, "removed": sentence, "accused": sentence, "standing": sentence,
}

// factKinds are the kinds of values by the last part of a fact's name.
var factKinds = map[string]string{
	"mailbox": "user", "mailboxes": "user", "actor": "user", "account": "user", "accounts": "user", "user": "user", "sender": "user", "recipients": "user",
	"target": "user", "trustee": "user", "forward_to": "user", "taken": "user", "tried": "user", "undecided": "user", "identity": "object", "object": "object",
	"ip": "ip", "addresses": "ip", "ips": "ip", "line": "net", "session": "session", "sessions": "session", "agent": "agent", "agents": "agent",
	"subject": "subject", "threads": "subject", "check": "subject", "lure": "subject", "deleted": "subject", "query": "query", "searches": "query", "terms": "query",
	"item": "item", "message_id": "message", "messages": "message", "conversation": "conversation", "folder": "folder", "files": "file", "attachments": "file",
	"app_id": "app", "appdisplayname": "app", "resourcedisplayname": "app", "name": "name", "userkey": "id", "domain": "domain", "lookalikes": "domain",
}
