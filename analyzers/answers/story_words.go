package answers

import (
	"slices"
	"strings"

	"triage/analyzers/campaign"
	"triage/analyzers/report/phrase"
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
func searched(s *inquiry, rows []uint32) phrase.Text {
	list := queries(s, rows)
	if len(list) == 0 {
		return phrase.Say("searched for something that the log does not say")
	}
	told := phrase.Then(each(list[:min(len(list), maxNamed)], quote))
	if n := len(list) - maxNamed; n > 0 {
		told = phrase.Count(n, "{1} and {n} other search|{1} and {n} other searches", told)
	}
	return phrase.Say("searched {1}", told)
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
func param(s *inquiry, a *activity.Activity, lowerName string) string {
	key := s.Case.Symbols.Find("params." + lowerName)
	if key == 0 {
		return ""
	}
	value, _ := s.Case.Lookup(a, activity.DynamicKey(key))
	return s.text(value)
}

// folders are those that were synchronised.
func folders(s *inquiry, rows []uint32) phrase.Text {
	list := distinctValues(s, rows, activity.FieldFolder)
	switch len(list) {
	case 0:
		return phrase.Say("synchronised a folder that the log does not name")
	case 1:
		return phrase.Say("synchronised the folder {1}", quote(list[0]))
	}
	return phrase.Count(len(list), "synchronised {n} folder: {1}|synchronised {n} folders: {1}", quotes(list))
}

// sentTo adds to whom messages went; nothing where the log does not say.
func sentTo(s *inquiry, text phrase.Text, rows []uint32) phrase.Text {
	if to := s.recipients(rows); len(to) > 0 {
		return phrase.Say("{1}, to {2}", text, someNames(to))
	}
	return text
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

// deletion is what was deleted, and how.
func deletion(s *inquiry, e *episode) phrase.Text {
	a := s.at(e.rows[0])
	what := s.messagesOf(e.rows).told()
	kind := strings.ToLower(s.text(a.Op) + param(s, a, "deletetype"))
	switch {
	case strings.Contains(kind, "harddelete"):
		return phrase.Say("deleted {1} (for good)", what)
	case strings.Contains(kind, "movetodeleteditems"):
		return phrase.Say("deleted {1} (to the deleted items)", what)
	}
	return phrase.Say("deleted {1}", what)
}

func movedWords(s *inquiry, e *episode) phrase.Text {
	what := s.messagesOf(e.rows).told()
	if to := s.text(s.Case.Get(s.at(e.rows[0]), activity.FieldFolder)); to != "" {
		return phrase.Say("moved {1} (folder {2})", what, quote(to))
	}
	return phrase.Say("moved {1}", what)
}

// fileVerb says in what way files were touched: of those that the log names, and of those that it does not.
func fileVerb(op string) (named, unnamed string) {
	for _, one := range [][3]string{
		{"download", "downloaded {n} file: {1}|downloaded {n} files: {1}", "downloaded {n} file that the log does not name|downloaded {n} files that the log does not name"},
		{"upload", "uploaded {n} file: {1}|uploaded {n} files: {1}", "uploaded {n} file that the log does not name|uploaded {n} files that the log does not name"},
		{"deleted", "deleted {n} file: {1}|deleted {n} files: {1}", "deleted {n} file that the log does not name|deleted {n} files that the log does not name"},
		{"recycled", "deleted {n} file: {1}|deleted {n} files: {1}", "deleted {n} file that the log does not name|deleted {n} files that the log does not name"},
		{"modified", "changed {n} file: {1}|changed {n} files: {1}", "changed {n} file that the log does not name|changed {n} files that the log does not name"},
		{"moved", "moved {n} file: {1}|moved {n} files: {1}", "moved {n} file that the log does not name|moved {n} files that the log does not name"},
		{"renamed", "renamed {n} file: {1}|renamed {n} files: {1}", "renamed {n} file that the log does not name|renamed {n} files that the log does not name"},
		{"copied", "copied {n} file: {1}|copied {n} files: {1}", "copied {n} file that the log does not name|copied {n} files that the log does not name"},
		{"preview", "previewed {n} file: {1}|previewed {n} files: {1}", "previewed {n} file that the log does not name|previewed {n} files that the log does not name"},
	} {
		if strings.Contains(op, one[0]) {
			return one[1], one[2]
		}
	}
	return "opened {n} file: {1}|opened {n} files: {1}", "opened {n} file that the log does not name|opened {n} files that the log does not name"
}

func fileWords(s *inquiry, e *episode) phrase.Text {
	list := distinctValues(s, e.rows, activity.FieldObject)
	for i := range list {
		list[i] = list[i][strings.LastIndexAny(list[i], `/\`)+1:]
	}
	named, unnamed := fileVerb(strings.ToLower(s.text(s.at(e.rows[0]).Op)))
	if len(list) == 0 {
		return phrase.Count(len(e.rows), unnamed)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return phrase.Count(len(list), named, quotes(list))
}

// changeWords is a change in words.
func changeWords(s *inquiry, row uint32) phrase.Text {
	a := s.at(row)
	op := strings.ToLower(s.text(a.Op))
	about, did := about(s, a), serviceWord(s.text(a.Op))
	switch a.Type {
	case activity.RuleChange:
		return ruleWords(s, row, op)
	case activity.ForwardingChange:
		return forwardingWords(s, row, op)
	case activity.PermissionChange:
		return rightWords(s, a, op)
	case activity.Consent:
		if scopes := distinctValues(s, []uint32{row}, activity.FieldScopes); len(scopes) > 0 {
			return phrase.Say("consented to the application {1}, which may {2}", about, quotes(scopes))
		}
		return phrase.Say("consented to the application {1}", about)
	case activity.RoleChange:
		role := or(param(s, a, "role.displayname"), or(param(s, a, "role"), param(s, a, "roles")))
		switch {
		case role == "":
			return phrase.Say("changed a role of {1} ({2})", about, did)
		case removes(op):
			return phrase.Say("took the role {1} from {2}", quote(role), about)
		}
		return phrase.Say("gave the role {1} to {2}", quote(role), about)
	case activity.CredentialChange:
		return credentialWords(s, a, op)
	case activity.AuditChange:
		return phrase.Say("changed auditing ({1} on {2})", did, about)
	case activity.AppChange:
		return phrase.Say("changed the application {1} ({2})", about, did)
	case activity.AccountChange:
		return phrase.Say("changed {1} ({2})", about, did)
	}
	return phrase.Say("changed a setting ({1} on {2})", did, about)
}

func rightWords(s *inquiry, a *activity.Activity, op string) phrase.Text {
	about, on := about(s, a), name(s.text(a.Mailbox))
	if removes(op) {
		return phrase.Say("took away the rights of {1} on {2}", about, on)
	}
	right := param(s, a, "accessrights")
	if strings.EqualFold(right, "none") {
		return phrase.Say("set the rights of {1} on {2} to none", about, on)
	}
	if right == "" {
		right = strings.TrimSuffix(s.text(a.Op), ".")
	}
	return phrase.Say("gave {1} a right on {2} ({3})", about, on, quote(right))
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
func about(s *inquiry, a *activity.Activity) phrase.Text {
	c := s.Case
	for _, text := range []string{s.text(c.Get(a, activity.FieldTarget)), s.text(c.Get(a, activity.FieldObject)), s.text(a.Mailbox)} {
		if text != "" {
			return name(text)
		}
	}
	return phrase.Say("something that the log does not name")
}

// ruleName is the name of an inbox rule; "" where the log does not say it.
func ruleName(s *inquiry, a *activity.Activity) string {
	if text := param(s, a, "name"); text != "" {
		return text
	}
	_, text, _ := strings.Cut(s.text(s.Case.Get(a, activity.FieldObject)), `\`)
	return text
}

// ruleVerb says what was done to an inbox rule: to one with a name, and to one without.
func ruleVerb(op string) (named, unnamed string) {
	switch {
	case strings.HasPrefix(op, "new-"):
		return "made the inbox rule {1} in {2}", "made an inbox rule without a name in {2}"
	case strings.HasPrefix(op, "remove-"):
		return "removed the inbox rule {1} in {2}", "removed an inbox rule without a name in {2}"
	case strings.HasPrefix(op, "disable-"):
		return "switched off the inbox rule {1} in {2}", "switched off an inbox rule without a name in {2}"
	case strings.HasPrefix(op, "enable-"):
		return "switched on the inbox rule {1} in {2}", "switched on an inbox rule without a name in {2}"
	}
	return "changed the inbox rule {1} in {2}", "changed an inbox rule without a name in {2}"
}

func ruleWords(s *inquiry, row uint32, op string) phrase.Text {
	a := s.at(row)
	named, unnamed := ruleVerb(op)
	called := ruleName(s, a)
	if called == "" {
		named = unnamed
	}
	text := phrase.Say(named, quote(called), name(s.text(a.Mailbox)))
	var does []phrase.Text
	if to := distinctValues(s, []uint32{row}, activity.FieldForwardTo); len(to) > 0 {
		does = append(does, phrase.Say("sends mail on to {1}", someNames(to)))
	}
	if strings.EqualFold(param(s, a, "deletemessage"), "true") {
		does = append(does, phrase.Say("deletes mail"))
	}
	if folder := param(s, a, "movetofolder"); folder != "" {
		does = append(does, phrase.Say("moves mail to {1}", quote(folder)))
	}
	if strings.EqualFold(param(s, a, "markasread"), "true") {
		does = append(does, phrase.Say("marks mail as read"))
	}
	if len(does) > 0 && !strings.HasPrefix(op, "remove-") && !strings.HasPrefix(op, "disable-") {
		return phrase.Say("{1}, which {2}", text, phrases(does))
	}
	return text
}

func forwardingWords(s *inquiry, row uint32, op string) phrase.Text {
	a := s.at(row)
	to := distinctValues(s, []uint32{row}, activity.FieldForwardTo)
	switch {
	case strings.Contains(op, "transportrule"):
		text := phrase.Say("changed the transport rule {1}", quote(or(param(s, a, "name"), s.text(s.Case.Get(a, activity.FieldObject)))))
		if len(to) > 0 {
			return phrase.Say("{1}, which {2}", text, phrase.Say("sends mail on to {1}", someNames(to)))
		}
		return text
	case len(to) == 0:
		return phrase.Say("stopped the forwarding of {1}", name(s.text(a.Mailbox)))
	}
	return phrase.Say("set the forwarding of {1} to {2}", name(s.text(a.Mailbox)), someNames(to))
}

func credentialWords(s *inquiry, a *activity.Activity, op string) phrase.Text {
	about, did := about(s, a), serviceWord(s.text(a.Op))
	switch {
	case strings.Contains(op, "validfrom"):
		return phrase.Say("revoked the sessions of {1}", about)
	case campaign.Password(op):
		return phrase.Say("set the password of {1}", about)
	case strings.HasPrefix(op, "disable strong"):
		return phrase.Say("switched off multi-factor authentication of {1}", about)
	case strings.Contains(op, "registered") || strings.HasPrefix(op, "add ") || strings.HasPrefix(op, "create "):
		return phrase.Say("registered a sign-in method for {1} ({2})", about, did)
	case strings.Contains(op, "delete"):
		return phrase.Say("removed a sign-in method of {1}", about)
	}
	return phrase.Say("changed the sign-in methods of {1} ({2})", about, did)
}
