package lanes

import (
	"triage/analyzers/attribution"
	"triage/analyzers/report"
	"triage/ingest/activity"
)

// laneOf is the lane of a kind of activity; -1: none.
func laneOf(t activity.Type) int {
	switch t {
	case activity.Logon:
		return 0
	case activity.Read, activity.MailAccess, activity.AttachmentOpen, activity.LinkClick, activity.FileAccess:
		return 1
	case activity.Search:
		return 2
	case activity.Send, activity.Reply, activity.Forward, activity.Share:
		return 3
	case activity.Delete, activity.Move, activity.RuleChange, activity.ForwardingChange, activity.PermissionChange, activity.Consent, activity.AppChange,
		activity.RoleChange, activity.CredentialChange, activity.AccountChange, activity.PolicyChange, activity.AuditChange:
		return 4
	default:
		return -1
	}
}

const laneCount = 5

// whose is whose an act is, in the order in which acts are listed.
type whose int

const (
	owner whose = iota
	attacker
	undecided
	unplaced
)

// walk is one pass over the activities of a case.
type walk struct {
	in       *Source
	chosen   []chosen
	accounts []account // the first of them
	of       []int32   // by presence: one more than the index of its account in chosen; 0: not chosen
	named    []int32   // likewise by symbol of a name
	more     report.LanesMore
}

func newWalk(in *Source) *walk {
	w := &walk{in: in, chosen: choose(in), named: make([]int32, in.Case.Symbols.Len()), of: make([]int32, in.By.Presences.Len())}
	w.accounts = make([]account, min(len(w.chosen), maxAccounts))
	for i := range w.chosen {
		w.named[w.chosen[i].name] = int32(i + 1)
		if i < maxAccounts {
			w.accounts[i] = newAccount(&w.chosen[i])
		}
	}
	for i := range in.By.Presences.Accounts {
		x := &in.By.Presences.Accounts[i]
		if n := w.named[x.Name]; n > 0 {
			for k := range x.Presences {
				w.of[x.First()+uint32(k)] = n
			}
		}
	}
	w.more.Accounts = len(w.chosen) - len(w.accounts)
	return w
}

// walk counts every act of the accounts that are shown.
func (w *walk) walk() {
	if len(w.chosen) == 0 {
		return
	}
	for i := range w.in.Case.Activities {
		a := &w.in.Case.Activities[i]
		if a.Flags&activity.Undated != 0 {
			continue
		}
		n := w.account(uint32(i), a)
		if n == 0 || !w.in.Span(a.Time, a.Time) {
			continue
		}
		who, intruder, ok := w.who(uint32(i), a, &w.chosen[n-1])
		switch {
		case !ok:
		case int(n) > maxAccounts:
			if laneOf(a.Type) >= 0 && a.Result != activity.Failure {
				addAct(&w.more.Acts, who)
			}
		default:
			w.accounts[n-1].count(w, a, who, intruder)
		}
	}
}

// account is one more than the index of the account that did something; 0: it is not shown.
func (w *walk) account(row uint32, a *activity.Activity) int32 {
	if number, ok := w.in.By.Presences.Of(row); ok && int(number) < len(w.of) {
		return w.of[number]
	}
	return w.named[a.Mailbox]
}

// who says whose an act was; ok is false for what nobody of the tenant did. intruder is -1 for none.
func (w *walk) who(row uint32, a *activity.Activity, x *chosen) (who whose, intruder int, ok bool) {
	by, i := w.in.By.Who(row)
	switch by {
	case attribution.Owner:
		return owner, -1, true
	case attribution.Attacker:
		return attacker, i, true
	case attribution.Undecided:
		number, known := w.in.By.Presences.Of(row)
		if !known {
			return undecided, -1, true
		}
		_, p := w.in.By.Presences.At(number)
		if label, _ := w.in.By.OfPresence(number); label == attribution.Undecided && p.Line == 0 && !x.near(a.Time) {
			return unplaced, -1, true
		}
		return undecided, -1, true
	default:
		return 0, -1, false
	}
}

// near says that an intruder was in the account within an hour of a time.
func (x *chosen) near(time int64) bool {
	low, high := 0, len(x.spans)
	for low < high {
		if mid := (low + high) / 2; x.spans[mid][1] < time {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low < len(x.spans) && x.spans[low][0] <= time
}

func addAct(to *report.LaneActs, who whose) {
	switch who {
	case owner:
		to.Owner++
	case attacker:
		to.Attacker++
	case undecided:
		to.Undecided++
	default:
		to.Unplaced++
	}
}
