package answers

import (
	"slices"
	"strings"

	"triage/analyzers/campaign"
	"triage/analyzers/report"
	"triage/analyzers/terms"
	"triage/ingest/account"
	"triage/ingest/activity"
)

// queries are what was searched for, in order, each typing once.
func queries(s *inquiry, rows []uint32) []string {
	var out []string
	have := map[string]bool{}
	by := map[activity.Symbol][]activity.Row{} // one mailbox is one timeline
	var order []activity.Symbol
	for _, row := range rows {
		box := s.at(row).Mailbox
		if by[box] == nil {
			order = append(order, box)
		}
		by[box] = append(by[box], activity.Row(row))
	}
	for _, box := range order {
		line := activity.Timeline{Case: s.Case, Mailbox: box, Rows: by[box]}
		for _, one := range terms.JoinTyped(line, terms.SearchRows(line), terms.Gap) {
			if !have[one.Query] {
				have[one.Query] = true
				out = append(out, one.Query)
			}
		}
	}
	return out
}

// searched is `"wire transfer", then "invoice"`.
func searched(s *inquiry, rows []uint32) string {
	list := queries(s, rows)
	if len(list) == 0 {
		return "for something that the log does not say"
	}
	var parts []string
	for _, q := range list[:min(len(list), maxNamed)] {
		parts = append(parts, quote(q))
	}
	text := strings.Join(parts, ", then ")
	if n := len(list) - len(parts); n > 0 {
		text += " and " + report.Counted(n, "other search", "other searches")
	}
	return text
}

// distinctValues are a field's distinct values in rows, in order.
func distinctValues(s *inquiry, rows []uint32, f activity.Field) []string {
	var out []string
	have := map[activity.Symbol]bool{}
	for _, row := range rows {
		for d := range s.Case.Details(s.at(row)) {
			if d.Key == activity.KeyOf(f) && d.Value != 0 && !have[d.Value] {
				have[d.Value] = true
				out = append(out, s.text(d.Value))
			}
		}
	}
	return out
}

// param is a parameter of a change; "" where the record has none, or no rule of the pack reads it.
func (s *inquiry) param(a *activity.Activity, lowerName string) string {
	key := s.Case.Symbols.Find("params." + lowerName)
	if key == 0 {
		return ""
	}
	value, _ := s.Case.Lookup(a, activity.DynamicKey(key))
	return s.text(value)
}

func (s *inquiry) folders(rows []uint32) string {
	list := distinctValues(s, rows, activity.FieldFolder)
	switch len(list) {
	case 0:
		return "a folder that the log does not name"
	case 1:
		return "the folder " + quote(list[0])
	}
	return report.Counted(len(list), "folder", "folders") + ": " + quotes(list)
}

// recipientsText is to whom messages went; nothing where the log does not say.
func recipientsText(s *inquiry, rows []uint32) string {
	if to := s.recipients(rows); len(to) > 0 {
		return ", to " + names(to)
	}
	return ""
}

// recipients are to whom messages went, as far as their records, or those of the same message, say.
func (s *inquiry) recipients(rows []uint32) []string {
	var all []uint32
	have := map[string]bool{}
	var out []string
	add := func(a *activity.Activity) {
		for d := range s.Case.Details(a) {
			if d.Key != activity.KeyOf(activity.FieldRecipients) {
				continue
			}
			if to := account.Address(s.text(d.Value)); to != "" && !have[to] {
				have[to] = true
				out = append(out, to)
			}
		}
	}
	all = append(all, rows...)
	for _, row := range all {
		a := s.at(row)
		add(a)
		if about, way := s.Case.Message(a); about != nil && a.Type == activity.Send && way != activity.ByConversation {
			add(about)
		}
	}
	return out
}

// deletion says how something was deleted.
func deletion(s *inquiry, a *activity.Activity) string {
	kind := strings.ToLower(s.text(a.Op) + s.param(a, "deletetype"))
	switch {
	case strings.Contains(kind, "harddelete"):
		return "for good"
	case strings.Contains(kind, "movetodeleteditems"):
		return "to the deleted items"
	}
	return ""
}

func toFolder(s *inquiry, a *activity.Activity) string {
	if to := s.text(s.Case.Get(a, activity.FieldFolder)); to != "" {
		return " (folder " + quote(to) + ")"
	}
	return ""
}

func fileWords(s *inquiry, e *episode) string {
	list := distinctValues(s, e.rows, activity.FieldObject)
	for i := range list {
		list[i] = list[i][strings.LastIndexAny(list[i], `/\`)+1:]
	}
	op := strings.ToLower(s.text(s.at(e.rows[0]).Op))
	verb := "opened"
	for _, word := range [][2]string{
		{"download", "downloaded"},
		{"upload", "uploaded"},
		{"deleted", "deleted"},
		{"recycled", "deleted"},
		{"modified", "changed"},
		{"moved", "moved"},
		{"renamed", "renamed"},
		{"copied", "copied"},
		{"preview", "previewed"},
	} {
		if strings.Contains(op, word[0]) {
			verb = word[1]
			break
		}
	}
	if len(list) == 0 {
		return verb + " " + report.Counted(len(e.rows), "file", "files") + " that the log does not name"
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return verb + " " + report.Counted(len(list), "file", "files") + ": " + quotes(list)
}

// changeWords is a change in words.
func changeWords(s *inquiry, row uint32) string {
	a := s.at(row)
	op := strings.ToLower(s.text(a.Op))
	about := about(s, a)
	switch a.Type {
	case activity.RuleChange:
		return ruleWords(s, row, op)
	case activity.ForwardingChange:
		return forwardingWords(s, row, op)
	case activity.PermissionChange:
		if removes(op) {
			return "took away the rights of " + about + " on " + name(s.text(a.Mailbox))
		}
		right := s.param(a, "accessrights")
		if strings.EqualFold(right, "none") {
			return "set the rights of " + about + " on " + name(s.text(a.Mailbox)) + " to none"
		}
		if right == "" {
			right = strings.TrimSuffix(s.text(a.Op), ".")
		}
		return "gave " + about + " a right on " + name(s.text(a.Mailbox)) + " (" + quote(right) + ")"
	case activity.Consent:
		text := "consented to the application " + about
		if scopes := distinctValues(s, []uint32{row}, activity.FieldScopes); len(scopes) > 0 {
			text += ", which may " + quotes(scopes)
		}
		return text
	case activity.RoleChange:
		role := or(s.param(a, "role.displayname"), or(s.param(a, "role"), s.param(a, "roles")))
		switch {
		case role == "":
			return "changed a role of " + about + " (" + operation(s.text(a.Op)) + ")"
		case removes(op):
			return "took the role " + quote(role) + " from " + about
		}
		return "gave the role " + quote(role) + " to " + about
	case activity.CredentialChange:
		return credentialWords(s, a, op)
	case activity.AuditChange:
		return "changed auditing (" + operation(s.text(a.Op)) + " on " + about + ")"
	case activity.AppChange:
		return "changed the application " + about + " (" + operation(s.text(a.Op)) + ")"
	case activity.AccountChange:
		return "changed " + about + " (" + operation(s.text(a.Op)) + ")"
	}
	return "changed a setting (" + operation(s.text(a.Op)) + " on " + about + ")"
}

// operation is the service's own word for what was done.
func operation(op string) string {
	return strings.Trim(quote(strings.TrimSuffix(op, ".")), `"`)
}

func removes(op string) bool {
	for _, verb := range []string{"remove", "delete", "disable", "hard delete", "revoke"} {
		if strings.HasPrefix(op, verb) {
			return true
		}
	}
	return false
}

// about is what a change is about: whom or what it names, else the mailbox.
func about(s *inquiry, a *activity.Activity) string {
	c := s.Case
	for _, text := range []string{s.text(c.Get(a, activity.FieldTarget)), s.text(c.Get(a, activity.FieldObject)), s.text(a.Mailbox)} {
		if text != "" {
			return name(text)
		}
	}
	return "something that the log does not name"
}

// ruleName is the name of an inbox rule; "" where the log does not say it.
func ruleName(s *inquiry, a *activity.Activity) string {
	if text := s.param(a, "name"); text != "" {
		return text
	}
	_, text, _ := strings.Cut(s.text(s.Case.Get(a, activity.FieldObject)), `\`)
	return text
}

func ruleWords(s *inquiry, row uint32, op string) string {
	a := s.at(row)
	verb := "changed"
	switch {
	case strings.HasPrefix(op, "new-"):
		verb = "made"
	case strings.HasPrefix(op, "remove-"):
		verb = "removed"
	case strings.HasPrefix(op, "disable-"):
		verb = "switched off"
	case strings.HasPrefix(op, "enable-"):
		verb = "switched on"
	}
	text := verb + " the inbox rule " + quote(ruleName(s, a))
	if ruleName(s, a) == "" {
		text = verb + " an inbox rule without a name"
	}
	text += " in " + name(s.text(a.Mailbox))
	var does []string
	if to := distinctValues(s, []uint32{row}, activity.FieldForwardTo); len(to) > 0 {
		does = append(does, "sends mail on to "+names(to))
	}
	if strings.EqualFold(s.param(a, "deletemessage"), "true") {
		does = append(does, "deletes mail")
	}
	if folder := s.param(a, "movetofolder"); folder != "" {
		does = append(does, "moves mail to "+quote(folder))
	}
	if strings.EqualFold(s.param(a, "markasread"), "true") {
		does = append(does, "marks mail as read")
	}
	if len(does) > 0 && verb != "removed" && verb != "switched off" {
		text += ", which " + phrases(does)
	}
	return text
}

func forwardingWords(s *inquiry, row uint32, op string) string {
	a := s.at(row)
	to := distinctValues(s, []uint32{row}, activity.FieldForwardTo)
	switch {
	case strings.Contains(op, "transportrule"):
		text := "changed the transport rule " + quote(or(s.param(a, "name"), s.text(s.Case.Get(a, activity.FieldObject))))
		if len(to) > 0 {
			text += ", which sends mail on to " + names(to)
		}
		return text
	case len(to) == 0:
		return "stopped the forwarding of " + name(s.text(a.Mailbox))
	}
	return "set the forwarding of " + name(s.text(a.Mailbox)) + " to " + names(to)
}

func credentialWords(s *inquiry, a *activity.Activity, op string) string {
	about := about(s, a)
	switch {
	case strings.Contains(op, "validfrom"):
		return "revoked the sessions of " + about
	case campaign.Password(op):
		return "set the password of " + about
	case strings.HasPrefix(op, "disable strong"):
		return "switched off multi-factor authentication of " + about
	case strings.Contains(op, "registered") || strings.HasPrefix(op, "add ") || strings.HasPrefix(op, "create "):
		return "registered a sign-in method for " + about + " (" + operation(s.text(a.Op)) + ")"
	case strings.Contains(op, "delete"):
		return "removed a sign-in method of " + about
	}
	return "changed the sign-in methods of " + about + " (" + operation(s.text(a.Op)) + ")"
}
