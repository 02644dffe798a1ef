package answers

import (
	"cmp"
	"slices"
	"strings"

	"triage/analyzers/attribution"
	"triage/analyzers/campaign"
	"triage/analyzers/report/phrase"
	"triage/ingest/activity"
	"triage/rules/decision"
	"triage/rules/detect"
)

// leftBehind is something that an intruder left behind.
type leftBehind struct {
	name  string      // "rule: Invoices", as facts have it
	text  phrase.Text // the same for a sentence
	gone  int64       // when the log shows it taken back; 0: it does not
	rows  []uint32
	after bool // gone, by somebody else than an intruder
}

// remains looks for what intruders left behind.
func remains(s *inquiry) {
	rows := s.rows(changes)
	slices.Sort(rows)
	s.left = leftBy(s, rows)
	told := slices.Clone(s.left)
	rest := func(rows []uint32) []leftBehind {
		list := slices.DeleteFunc(leftBy(s, rows), func(one leftBehind) bool {
			return one.gone != 0 || slices.ContainsFunc(told, func(other leftBehind) bool { return other.name == one.name })
		})
		told = append(told, list...)
		return list
	}
	s.doubted = rest(doubtedRows(s))
	s.accused = rest(accusedRows(s))
}

// beside is how long before a change an intruder must have done something in its account to have perhaps made it.
const beside = int64(60 * 60 * 1000)

// doubtedRows are the changes of which attribution cannot say whether the owner or an intruder made them, because both were in the
// account within the hour, ascending.
func doubtedRows(s *inquiry) []uint32 {
	if s.By == nil || s.nobody() {
		return nil
	}
	var rows []uint32
	for _, t := range changeTypes {
		for _, row := range s.Case.OfType(t) {
			a := s.at(row)
			if who, _ := s.By.Who(row); who == attribution.Undecided && s.wasIn[a.Actor] && a.Result != activity.Failure && s.actedBefore(a) {
				rows = append(rows, row)
			}
		}
	}
	slices.Sort(rows)
	return rows
}

// actedBefore says that an intruder did something in the account of an act within the hour before it.
func (s *inquiry) actedBefore(a *activity.Activity) bool {
	for i := range s.deeds {
		if since, his := s.deeds[i].since[a.Actor]; !his || since > a.Time {
			continue
		}
		rows := s.deeds[i].who.Rows
		at, _ := slices.BinarySearchFunc(rows, a.Time-beside, func(row uint32, time int64) int { return cmp.Compare(s.at(row).Time, time) })
		for _, row := range rows[at:] {
			if one := s.at(row); one.Time > a.Time {
				break
			} else if one.Actor == a.Actor {
				return true
			}
		}
	}
	return false
}

// changeTypes are the types of acts by which something stays.
var changeTypes = []activity.Type{
	activity.RuleChange, activity.ForwardingChange, activity.PermissionChange, activity.Consent, activity.AppChange, activity.RoleChange,
	activity.CredentialChange, activity.AccountChange,
}

// accusedRows are the acts that findings of a high level speak of and that are not attributed to an intruder, ascending.
func accusedRows(s *inquiry) []uint32 {
	var rows []uint32
	for i := range s.Findings {
		f := &s.Findings[i]
		if f.Level < detect.High || f.Suppressed != nil || f.Decision != nil && f.Decision.Verdict == decision.Benign {
			continue
		}
		for _, row := range f.Evidence {
			if _, his := s.whose[row]; !his {
				rows = append(rows, row)
			}
		}
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// leftBy are the things that changes left behind.
func leftBy(s *inquiry, rows []uint32) (list []leftBehind) {
	steps, _ := campaign.Left(s.Case, rows)
	for i := range steps {
		what, of, on := called(&steps[i])
		one := leftBehind{name: what, text: leftWords(what, of, on), gone: steps[i].Undone, rows: steps[i].Rows}
		switch {
		case what == "right":
			one.name += ": " + of + " on " + on
		case what == "role":
			one.name += ": " + of + " of " + on
		case of != "":
			one.name += ": " + of
		}
		for _, row := range steps[i].Rows {
			if _, his := s.whose[row]; !his && s.at(row).Time == steps[i].Undone {
				one.after = true
			}
		}
		list = append(list, one)
	}
	return list
}

// leftWords call a thing that stays in a sentence.
func leftWords(what, of, on string) phrase.Text {
	switch what {
	case "rule":
		return phrase.Say("inbox rule {1}", quote(of))
	case "method":
		return phrase.Say("sign-in method of {1}", name(of))
	case "forwarding":
		if of == "" {
			return phrase.Say("forwarding")
		}
		return phrase.Say("forwarding to {1}", name(of))
	case "right":
		return phrase.Say("right of {1} on {2}", bareName(of), bareName(on))
	case "role":
		return phrase.Say("role {1} of {2}", bareName(of), bareName(on))
	}
	kind := phrase.Say(what) // the catalogue has those that called names
	if of == "" {
		return kind
	}
	return phrase.Say("{1} {2}", kind, quote(of))
}

// called is what a thing that stays is called: what kind, its name, and on or of whom it is.
func called(step *campaign.Step) (kind, of, on string) {
	op := strings.ToLower(step.Op)
	switch step.Action {
	case campaign.RemoveRule:
		return "rule", or(step.Object, or(step.ID, "without a name")), ""
	case campaign.StopForwarding:
		return "forwarding", step.Object, ""
	case campaign.RemoveTransport:
		return "transport rule", step.Object, ""
	case campaign.RemoveConsent:
		return "consent", or(step.Object, step.ID), ""
	case campaign.RemoveAdmission:
		return "application permission", or(step.Object, step.ID), ""
	case campaign.RemoveSecret:
		return "secret", or(step.Object, step.ID), ""
	case campaign.CheckMethods:
		return "method", step.Account, ""
	case campaign.RemoveGrant:
		return "right", or(step.Object, "somebody"), step.Account
	case campaign.RemoveRole:
		return "role", or(step.Object, "not named"), step.Account
	case campaign.CheckAccount:
		switch {
		case strings.Contains(op, "device"):
			return "device", step.Account, ""
		case strings.Contains(op, "group"):
			return "group membership", step.Account, ""
		}
		return "account", step.Account, ""
	case campaign.TurnOffProtocol:
		return "protocol", step.Account, ""
	case campaign.RestoreAuditing:
		return "auditing", or(step.Object, step.Account), ""
	case campaign.RestoreSetting:
		if strings.Contains(op, "connector") {
			return "connector", step.Object, ""
		}
		return "setting", strings.TrimSuffix(step.Op, ".") + " " + step.Object, ""
	}
	return string(step.Action), step.Object, ""
}

// persist answers what stays after a password reset.
func persist(s *inquiry, a *Answer) {
	if s.nobody() {
		s.unseen(a, phrase.Say("nothing that he left behind is known"), "no-audit-log", "no-rule-listing")
		persistAccused(s, a)
		return
	}
	var still, gone []string
	var stillText []phrase.Text
	for i := range s.left {
		one := &s.left[i]
		a.cite(one.rows...)
		if one.gone != 0 {
			gone = append(gone, one.name)
			continue
		}
		still, stillText = append(still, one.name), append(stillText, one.text)
	}
	var doubted []string
	var doubtedText []phrase.Text
	for i := range s.doubted {
		one := &s.doubted[i]
		a.cite(one.rows...)
		doubted, doubtedText = append(doubted, one.name), append(doubtedText, one.text)
	}
	a.fact("standing", slices.Concat(still, doubted)...)
	a.fact("by_whom_undecided", doubted...)
	a.fact("removed", gone...)
	switch {
	case len(still) > 0:
		a.Sure = Proven
		a.count(len(still), "{n} thing that the intruder left behind still stands, as far as the log goes: {1}.|{n} things that the intruder left behind still stand, as far as the log goes: {1}.", phrases(stillText))
		a.next("look at what stands in the tenant as it is today, keep a copy, and remove it")
	case len(gone) > 0:
		a.Sure = Proven
		a.say("Nothing that the log shows the intruder to have left behind still stands.")
	case len(doubted) > 0:
		a.Sure = Likely
		a.say("Nothing is known for certain to be the intruder's that outlasts a password reset.")
	case audited(s):
		a.Sure = Likely
		a.say("The intruder is not seen to have made anything that outlasts a password reset.")
	default:
		a.say("Whether the intruder left anything behind cannot be known: this data has no log of rules, rights, consents or sign-in methods.")
	}
	if len(gone) > 0 {
		a.count(len(gone), "The log shows {n} thing taken back.|The log shows {n} things taken back.")
	}
	if len(doubted) > 0 {
		a.say("Made while both the intruder and the owner were in the account, by whom is undecided, and not seen to be taken back: {1}.", phrases(doubtedText))
		a.next("ask the owners whether they made what is undecided; remove what they did not")
	}
	persistAccused(s, a)
	s.lacks(a, "no-audit-log", "no-rule-listing", "auditing-off")
	fetch(s, a, campaign.ExportRules, campaign.ExportAudit)
}

// persistAccused names what findings accuse and nobody took back, whoever made it: a rule that sends mail outside is none the
// less there because its maker came from a usual place.
func persistAccused(s *inquiry, a *Answer) {
	if len(s.accused) == 0 {
		return
	}
	var names []string
	var texts []phrase.Text
	for i := range s.accused {
		one := &s.accused[i]
		a.cite(one.rows...)
		names, texts = append(names, one.name), append(texts, one.text)
	}
	a.fact("accused", names...)
	if a.Sure == Likely && slices.ContainsFunc(s.accused, func(one leftBehind) bool { return one.inTaken(s) }) {
		a.Sure = Possible
	}
	a.say("Not attributed to an intruder, but accused by findings, and not seen to be taken back: {1}.", phrases(texts))
	a.next("ask the owners about these changes; remove what is not theirs")
}

// inTaken says that a thing was made in or by an account that an intruder was in.
func (one *leftBehind) inTaken(s *inquiry) bool {
	return slices.ContainsFunc(one.rows, func(row uint32) bool { return s.wasIn[s.at(row).Mailbox] || s.wasIn[s.at(row).Actor] })
}

// audited says that the case has a log of changes.
func audited(s *inquiry) bool { return s.holds[activity.SourceAudit] }

// remedy is something that was done against an intruder.
type remedy struct {
	row     uint32
	account activity.Symbol // whose; 0: the tenant's
	what    string          // "password reset of alice@contoso.com"
	named   phrase.Text     // the same for a sentence
	text    phrase.Text     // what somebody did
	by      string
	cuts    bool // it ends what a password or a session gives
}

// cures are the changes of a case that can end what an intruder has, oldest first, whoever it is done to.
func cures(s *inquiry) []uint32 {
	var out []uint32
	for _, t := range []activity.Type{activity.CredentialChange, activity.AccountChange, activity.PolicyChange} {
		for _, row := range s.Case.OfType(t) {
			a := s.at(row)
			if _, his := s.whose[row]; his || a.Result == activity.Failure || a.Flags&activity.Undated != 0 {
				continue
			}
			op := strings.ToLower(s.text(a.Op))
			for _, word := range []string{"password", "validfrom", "disable account", "delete user", "conditional access", "named location"} {
				if strings.Contains(op, word) {
					out = append(out, row)
					break
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// remediesOf are what the log shows to have been done about the accounts that an intruder was in, after he came, by somebody else.
func remediesOf(s *inquiry, d *deeds, cures []uint32) []remedy {
	var out []remedy
	for _, row := range cures {
		if s.at(row).Time < d.who.First {
			continue
		}
		if one, ok := remedyFor(s, d, row); ok {
			out = append(out, one)
		}
	}
	return out
}

// remedyFor reads one change.
func remedyFor(s *inquiry, d *deeds, row uint32) (one remedy, ok bool) {
	a := s.at(row)
	op := strings.ToLower(s.text(a.Op))
	one = remedy{row: row, by: byAdmin}
	if a.Type == activity.PolicyChange {
		if !strings.Contains(op, "conditional access") && !strings.Contains(op, "named location") || removes(op) {
			return one, false
		}
		one.what = "conditional access: " + s.text(s.Case.Get(a, activity.FieldTarget))
		one.named = phrase.Say("conditional access: {1}", bareName(s.text(s.Case.Get(a, activity.FieldTarget))))
		one.text = phrase.Say("{1} changed conditional access ({2} {3})", s.actorOf(a), serviceWord(s.text(a.Op)), about(s, a))
		return one, true
	}
	account := subject(s, d, a)
	if account == 0 {
		return one, false
	}
	who := s.text(account)
	one.account, one.cuts = account, true
	if a.Actor == account {
		one.by = byOwner
	}
	by, of := s.actorOf(a), name(who)
	switch {
	case a.Type == activity.CredentialChange && strings.Contains(op, "validfrom"):
		one.what, one.named = "sessions revoked of "+who, phrase.Say("sessions revoked of {1}", of)
		one.text = phrase.Say("{1} revoked the sessions of {2}", by, of)
	case a.Type == activity.CredentialChange && campaign.Password(op):
		one.what, one.named = "password reset of "+who, phrase.Say("password reset of {1}", of)
		one.text = phrase.Say("{1} set a new password for {2}", by, of)
	case a.Type == activity.AccountChange && strings.HasPrefix(op, "disable account"):
		one.what, one.named = "sign-in blocked of "+who, phrase.Say("sign-in blocked of {1}", of)
		one.text = phrase.Say("{1} blocked sign-in of {2}", by, of)
	case a.Type == activity.AccountChange && strings.HasPrefix(op, "delete user"):
		one.what, one.named = "account deleted: "+who, phrase.Say("account deleted: {1}", of)
		one.text = phrase.Say("{1} deleted the account {2}", by, of)
	default:
		return one, false
	}
	return one, a.Time >= d.since[account]
}

// subject is the account of an intruder's that a change is about; 0: none.
func subject(s *inquiry, d *deeds, a *activity.Activity) activity.Symbol {
	for x := range s.Case.Details(a) {
		if x.Key == activity.KeyOf(activity.FieldTarget) {
			for part := range strings.FieldsFuncSeq(strings.ToLower(s.text(x.Value)), func(r rune) bool { return r == ';' || r == ' ' }) {
				if sym := s.Case.Symbols.Find(part); sym != 0 {
					if _, his := d.since[sym]; his {
						return sym
					}
				}
			}
		}
	}
	if _, his := d.since[a.Mailbox]; his && s.Case.Get(a, activity.FieldTarget) == 0 {
		return a.Mailbox
	}
	return 0
}

// doneAgainst tells what was done against an intruder.
func doneAgainst(s *inquiry, d *deeds) []Sentence {
	var out []Sentence
	for _, one := range d.remedies {
		a := s.at(one.row)
		x := Sentence{Time: a.Time, By: one.by, Account: one.account, Said: one.text}
		if n := len(out); n > 0 && out[n-1].Said.English() == x.Said.English() && activity.Later(out[n-1].Time, x.Time) < signInGap {
			continue
		}
		x.cite([]uint32{one.row})
		out = append(out, x)
	}
	for i := range s.left {
		l := &s.left[i]
		if !l.after {
			continue
		}
		for _, row := range l.rows {
			if a := s.at(row); a.Time == l.gone && madeBy(s, d, l) {
				x := Sentence{Time: l.gone, By: byAdmin, Account: a.Mailbox, Said: phrase.Say("{1} removed the {2}", s.actorOf(a), l.text)}
				x.cite([]uint32{row})
				out = append(out, x)
				break
			}
		}
	}
	return out
}

// actorOf is who made a change.
func (s *inquiry) actorOf(a *activity.Activity) phrase.Text {
	if who := s.text(a.Actor); who != "" {
		return name(who)
	}
	return phrase.Say("somebody")
}

// madeBy says that a thing that stays is one intruder's.
func madeBy(s *inquiry, d *deeds, l *leftBehind) bool {
	for _, row := range l.rows {
		if i, his := s.whose[row]; his && &s.deeds[i] == d {
			return true
		}
	}
	return false
}

// contained answers what was done against the intruders, and what they did after it.
func contained(s *inquiry, a *Answer) {
	if s.nobody() {
		s.unseen(a, phrase.Say("nothing that was done against one can be told"), "no-audit-log")
		return
	}
	var seen []string
	var told []phrase.Text
	open := map[activity.Symbol]bool{} // accounts of which no reset, revocation or block is seen
	for _, account := range s.taken {
		open[account] = true
	}
	after, late := 0, []uint32{}
	for i := range s.deeds {
		d := &s.deeds[i]
		cut := map[activity.Symbol]int64{}
		for _, one := range d.remedies {
			a.cite(one.row)
			seen, told = append(seen, one.what), append(told, one.named)
			if one.cuts {
				delete(open, one.account)
				cut[one.account] = max(cut[one.account], s.at(one.row).Time)
			}
		}
		rows := later(s, d, cut)
		after += len(rows)
		late = append(late, rows...)
	}
	for i := range s.left {
		if l := &s.left[i]; l.after {
			seen, told = append(seen, "removed "+l.name), append(told, phrase.Say("removal of the {1}", l.text))
			a.cite(l.rows...)
		}
	}
	a.cite(late...)
	a.fact("seen", eachOnce(seen)...)
	a.fact("acts_after", map[bool]string{true: "yes", false: "no"}[after > 0])
	tellContained(s, a, distinctTexts(told), open, after)
}

// later are an intruder's acts that succeeded in an account after it was reset, revoked or blocked for the last time.
func later(s *inquiry, d *deeds, cut map[activity.Symbol]int64) []uint32 {
	var out []uint32
	if len(cut) == 0 {
		return nil
	}
	for k := signIn; k < kinds; k++ {
		if k == attempt {
			continue
		}
		for _, row := range d.by[k] {
			a := s.at(row)
			for _, account := range [...]activity.Symbol{a.Mailbox, a.Actor} {
				if at, ok := cut[account]; ok && a.Time > at {
					out = append(out, row)
					break
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func tellContained(s *inquiry, a *Answer, seen []phrase.Text, open map[activity.Symbol]bool, after int) {
	var bare []string
	for _, account := range s.taken {
		if open[account] {
			bare = append(bare, s.text(account))
		}
	}
	switch {
	case len(seen) == 0 && !audited(s):
		a.say("Nothing in this data could show a reset, a revocation or a removal.")
	case len(seen) == 0:
		a.Sure = Likely
		a.say("The log shows no password reset, no revoked session, no blocked sign-in and no removal after the intruder came.")
	default:
		a.Sure = Proven
		a.say("The log shows: {1}.", phrases(seen))
	}
	switch {
	case after > 0:
		a.count(after, "The intruder acted again after the last of them: {n} act.|The intruder acted again after the last of them: {n} acts.")
		a.next("find out what let him in again: a session, a sign-in method, an application, a rule")
	case len(seen) > 0 && len(bare) < len(s.taken):
		a.say("No act of the intruder is seen after it.")
	}
	if len(bare) > 0 {
		if len(seen) > 0 {
			a.say("Of {1} no reset, revocation or block is seen.", someNames(bare))
		}
		a.next("revoke the sessions and reset the password of {1}, unless that was done after this data ends", someNames(bare))
	}
	s.lacks(a, "no-audit-log")
}
