package activities

import (
	"encoding/binary"
	"slices"
	"strconv"

	"triage/analyzers/report"
	"triage/ingest/activity"
)

// Row is one activity. Its fields stand in the order of the columns; null and "" are what the log does not say.
type Row struct {
	Time        report.Time     `json:"time"` // null: the record has none
	Tenant      report.TenantOf `json:"tenant,omitzero"`
	Mailbox     report.Text     `json:"mailbox"`
	Actor       report.Text     `json:"actor"`
	Who         report.Text     `json:"who"`         // attacker, owner, undecided, service; null: nobody of the tenant
	Intruder    report.Text     `json:"intruder"`    // A, B …
	Strangeness *float64        `json:"strangeness"` // 0 to 5
	Type        string          `json:"type"`
	Op          report.Text     `json:"op"`
	Result      string          `json:"result"`
	IP          report.Text     `json:"ip"`
	Country     report.Text     `json:"country"`
	ASN         report.Number   `json:"asn"`
	Org         report.Text     `json:"org"`
	Class       report.Text     `json:"class"`
	App         report.Text     `json:"app"`
	Agent       report.Text     `json:"agent"`
	Session     report.Text     `json:"session"`
	MessageID   []string        `json:"message_id"` // of every message that the record names, in its order
	Subject     []report.Text   `json:"subject"`    // of those messages, in the same order; empty if none is known
	Messages    int             `json:"messages"`   // how many the record names
	Sender      report.Text     `json:"sender"`
	Recipients  []string        `json:"recipients"`
	Object      report.Text     `json:"object"`
	Findings    []string        `json:"findings"`
	File        string          `json:"file"`
	Line        int64           `json:"line"`
	Record      int64           `json:"record"`
	ID          string          `json:"id"` // the service's own; where it has none, what makes it the same activity in two exports
}

// at says where the row's record stands: line, record and the service's id, as the sorter keeps them.
func (r *Row) at(place []byte) {
	line, n := binary.Uvarint(place)
	record, m := binary.Uvarint(place[n:])
	r.Line, r.Record = int64(line), int64(record)
	if id := place[n+m:]; len(id) > 0 {
		r.ID = report.Clean(string(id))
	}
}

// rowOf is what a case knows of an activity. findings are copied.
func (e *export) rowOf(at orderedRow, findings []string) Row {
	c := at.part.Case
	a := &c.Activities[at.index]
	text := func(s activity.Symbol) report.Text { return report.Text(report.Clean(c.Text(s))) }
	get := func(f activity.Field) report.Text { return text(c.Get(a, f)) }
	place := func(f activity.Field) report.Text { return report.Text(report.Clean(at.part.Places.Field(a.IP, f))) }
	r := Row{
		Mailbox: text(a.Mailbox), Actor: text(a.Actor), Type: a.Type.String(), Op: text(a.Op), Result: a.Result.String(),
		IP: place(activity.FieldIP), Country: place(activity.FieldCountry), Org: place(activity.FieldOrg), Class: place(activity.FieldIPClass),
		App: text(a.App), Agent: text(a.Agent), Session: text(a.Session), Object: get(activity.FieldObject),
		Sender: get(activity.FieldSender), Recipients: []string{}, Findings: append([]string{}, findings...),
		File: report.Clean(c.Inputs[a.File].Path), ID: a.ID.String(),
	}
	if r.IP == "" {
		r.IP = text(a.IP)
	}
	if a.Flags&activity.Undated == 0 {
		r.Time = report.Time(a.Time)
	}
	if len(e.parts) > 1 {
		r.Tenant = report.NamedTenant(c.Tenant)
	}
	if n, err := strconv.ParseInt(string(place(activity.FieldASN)), 10, 64); err == nil {
		r.ASN = report.Number(n)
	}
	who, intruder := whoseAct(at)
	r.Who, r.Intruder = report.Text(who), report.Text(intruder)
	if at.part.Context != nil {
		if tenths, ok := at.part.Context.Strangeness(at.index); ok {
			points := float64(tenths) / 10
			r.Strangeness = &points
		}
	}
	messagesOf(c, a, &r)
	return r
}

// whoseAct says whose act a row is, in the words of reports.
func whoseAct(at orderedRow) (who, intruder string) {
	if at.part.Attribution == nil {
		return "", ""
	}
	w, i := at.part.Attribution.Who(at.index)
	if i >= 0 {
		intruder = at.part.Attribution.Intruders[i].Name
	}
	return w.String(), intruder
}

// messagesOf is what a record says of messages, and what a delivery or sending in the same mailbox knows of them beyond.
func messagesOf(c *activity.Case, a *activity.Activity, r *Row) {
	r.MessageID, r.Subject = []string{}, []report.Text{}
	text := func(s activity.Symbol) report.Text { return report.Text(report.Clean(c.Text(s))) }
	var subjects []report.Text // as the record names them: each after its message, or before the only one
	for d := range c.Details(a) {
		switch d.Key {
		case activity.KeyOf(activity.FieldMessageID):
			r.MessageID = append(r.MessageID, report.Clean(c.Text(d.Value)))
		case activity.KeyOf(activity.FieldSubject):
			for len(subjects) < len(r.MessageID)-1 {
				subjects = append(subjects, "")
			}
			subjects = append(subjects, text(d.Value))
		case activity.KeyOf(activity.FieldRecipients):
			r.Recipients = append(r.Recipients, report.Clean(c.Text(d.Value)))
		}
	}
	if len(r.MessageID) > 1 {
		r.Messages = len(r.MessageID)
		r.Subject = append(subjects, make([]report.Text, max(0, len(r.MessageID)-len(subjects)))...)
		i := 0
		for _, told := range c.Messages(a) {
			if told != nil && r.Subject[i] == "" {
				r.Subject[i] = text(c.Get(told, activity.FieldSubject))
			}
			i++
		}
		if !slices.ContainsFunc(r.Subject, func(s report.Text) bool { return s != "" }) {
			r.Subject = []report.Text{}
		}
		return
	}
	r.Subject = append(r.Subject, subjects...)
	told, _ := c.Message(a)
	for _, other := range c.Messages(a) {
		if told == nil || told == a {
			told = other // of a sending, what a trace tells
		}
	}
	if told != nil && told != a {
		fillFromMessage(c, told, r)
	}
	if len(r.MessageID) == 1 || a.Item != 0 && len(r.Subject) > 0 {
		r.Messages = 1
	}
}

// fillFromMessage takes from the delivery or sending of a row's only message what the row does not say itself.
func fillFromMessage(c *activity.Case, told *activity.Activity, r *Row) {
	get := func(f activity.Field) string { return report.Clean(c.Text(c.Get(told, f))) }
	if id := get(activity.FieldMessageID); len(r.MessageID) == 0 && id != "" {
		r.MessageID = append(r.MessageID, id)
	}
	if subject := get(activity.FieldSubject); len(r.Subject) == 0 && subject != "" {
		r.Subject = append(r.Subject, report.Text(subject))
	}
	if r.Sender == "" {
		r.Sender = report.Text(get(activity.FieldSender))
	}
	if len(r.Recipients) == 0 {
		for d := range c.Details(told) {
			if d.Key == activity.KeyOf(activity.FieldRecipients) {
				r.Recipients = append(r.Recipients, report.Clean(c.Text(d.Value)))
			}
		}
	}
}
