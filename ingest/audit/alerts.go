package audit

import (
	"bytes"
	"encoding/json"
	"net/netip"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// warning is what only alerts say. It is read anew from the few records that are alerts. Names: AlertTriggered and
// AlertEntityGenerated of the Security & Compliance Center; MCAS_ALERT_… of Defender for Cloud Apps (RecordType 98).
type warning struct {
	AlertDisplayName, AlertSeverity, AlertCategory, AlertDescription, EntityType, Data text

	ClientIPs, EntityList json.RawMessage
}

// particulars are in Data: whom an alert about a message names. Source: real exports, and Microsoft's "Alert signal schema".
type particulars struct {
	Recipients text `json:"trc"`
	Sender     text `json:"tsd"`
	Subject    text `json:"ms"`
	MessageID  text `json:"imsgid"`
}

// read reads an alert's own members; odd shapes say nothing.
func (w *warning) read(whole json.RawMessage) (p particulars) {
	if len(whole) > 0 {
		_ = json.Unmarshal(whole, w)
	}
	_ = json.Unmarshal(record.Unquoted(json.RawMessage(w.Data)), &p)
	return p
}

// ofAlerts says whether a type of records is that of alerts, whatever its operations are called. Source: Office 365 Management
// Activity API schema, "AuditLogRecordType": SecurityComplianceAlerts and MCASAlerts.
func ofAlerts(recordType text) bool {
	switch string(bytes.ToLower(bytes.TrimSpace(recordType))) {
	case "40", "securitycompliancealerts", "98", "mcasalerts":
		return true
	}
	return false
}

// putAlert adds what an alert says: its name and weight, and the message that it is about.
func putAlert(r *reader, a *activity.Activity, out *writer) {
	d := &r.data
	var w warning
	p := w.read(r.whole)
	putParam(r, out, a.Type, text("Name"), record.First(d.Name, w.AlertDisplayName))
	putParam(r, out, a.Type, text("Severity"), record.First(d.Severity, w.AlertSeverity))
	putParam(r, out, a.Type, text("Category"), record.First(d.Category, w.AlertCategory))
	if len(w.AlertDescription) > 0 {
		putParam(r, out, a.Type, text("Description"), w.AlertDescription)
	}
	var ips []text
	if json.Unmarshal(record.Unquoted(w.ClientIPs), &ips) == nil && len(ips) > 0 {
		putParam(r, out, a.Type, text("ClientIPs"), joined(ips))
		if _, err := netip.ParseAddr(string(ips[0])); err == nil && len(ips) == 1 && a.IP == 0 {
			a.IP = out.fixed(fixedIP, ips[0])
		}
		for _, ip := range ips {
			if _, err := netip.ParseAddr(string(ip)); err == nil && len(ips) > 1 && a.IP == 0 {
				out.put(activity.FieldOtherIP, ip)
				a.Flags |= activity.TwoIPs
			}
		}
	}
	out.put(activity.FieldMessageID, p.MessageID)
	out.put(activity.FieldSubject, p.Subject)
	out.put(activity.FieldSender, bytes.ToLower(p.Sender))
	for _, to := range record.Addresses(p.Recipients) {
		out.put(activity.FieldRecipients, to)
	}
}

func joined(list []text) text {
	parts := make([][]byte, len(list))
	for i, t := range list {
		parts[i] = t
	}
	return bytes.Join(parts, []byte("; "))
}

// alerted is whom an alert names where neither its entity nor its user does: the first recipient of the message that it is
// about, or the one person in its words.
func alerted(r *reader) text {
	var w warning
	p := w.read(r.whole)
	for _, to := range record.Addresses(p.Recipients) {
		if bytes.IndexByte(to, '@') > 0 {
			return to
		}
	}
	if bytes.IndexByte(r.data.UserID, '@') > 0 {
		return nil // the actor's own
	}
	var found text
	for word := range bytes.FieldsFuncSeq(w.AlertDescription, func(c rune) bool { return bytes.ContainsRune([]byte(" ()<>,;\"'[]"), c) }) {
		word = bytes.Trim(word, ".:")
		if at := bytes.IndexByte(word, '@'); at <= 0 || bytes.IndexByte(word[at:], '.') < 0 {
			continue
		}
		if found != nil && !bytes.EqualFold(found, word) {
			return nil // of two, nobody knows which
		}
		found = word
	}
	return found
}
