package campaign

import (
	"cmp"
	"slices"
	"strings"

	"triage/analyzers/verdict"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// Containment is what to do about one mailbox if its findings are right, in the order in which a responder acts.
type Containment struct {
	Mailbox activity.Symbol
	Steps   []Step
	More    int // steps beyond those listed
}

// Step is one thing to do. Everything in it comes from the findings and rows that it cites; what the log does not say is
// empty.
type Step struct {
	Action   Action
	Account  string   // whose account or mailbox it is done to
	Object   string   // the rule's name, the address, the application …
	ID       string   // the object's id: a rule's identity, an application's id
	Op       string   // the service's word for what is to be undone
	Values   []string // forward targets, scopes, rights, addresses of partners
	More     int      // values beyond those listed
	Named    bool     // the log says the object's name, though it may be blank
	Undone   int64    // when the log shows it undone, milliseconds since 1970 UTC; 0: it does not
	Findings []int    // indexes into Result.Findings, ascending
	Rows     []uint32 // indexes into Case.Activities: the acts to undo, and the undoing
	MoreRows int      // rows beyond those listed

	beyond []uint32 // rows beyond those listed, some of them again and again
}

// Action is what kind of thing is done.
type Action string

// The actions, in the order in which a responder acts: out with the intruder, then what he left behind, then the others.
const (
	AskOwner        Action = "ask-owner"
	RevokeSessions  Action = "revoke-sessions"
	ResetPassword   Action = "reset-password"
	RestoreAuditing Action = "restore-auditing"
	RemoveRule      Action = "remove-rule"
	StopForwarding  Action = "stop-forwarding"
	RemoveTransport Action = "remove-transport-rule"
	RemoveConsent   Action = "remove-consent"
	RemoveAdmission Action = "remove-app-permission"
	RemoveSecret    Action = "remove-secret"
	CheckMethods    Action = "check-mfa-methods"
	RemoveGrant     Action = "remove-permission"
	RemoveRole      Action = "remove-role"
	CheckAccount    Action = "check-account"
	RestoreSetting  Action = "restore-setting"
	TurnOffProtocol Action = "turn-off-protocols"
	BlockAddress    Action = "block-address"
	RemoveMessages  Action = "remove-messages"
	WarnPartners    Action = "warn-partners"
)

// Actions lists the actions in their order.
func Actions() []Action {
	return []Action{
		AskOwner, RevokeSessions, ResetPassword, RestoreAuditing, RemoveRule, StopForwarding, RemoveTransport, RemoveConsent,
		RemoveAdmission, RemoveSecret, CheckMethods, RemoveGrant, RemoveRole, CheckAccount, RestoreSetting, TurnOffProtocol,
		BlockAddress, RemoveMessages, WarnPartners,
	}
}

const (
	maxSteps      = 200 // of one mailbox
	maxStepRows   = 10
	maxStepValues = 50
)

// stepKey is what makes two acts one step.
type stepKey struct {
	action              Action
	account, object, id string
}

// checklist is one mailbox's steps in the making.
type checklist struct {
	s       *inquiry
	domains *detect.Domains
	mailbox activity.Symbol
	steps   map[stepKey]*Step
	undoing undoing
	finding int  // that is being read
	certain bool // it speaks of an intruder; else it only lies in his window
}

// containment makes every suspect mailbox's checklist.
func containment(s *inquiry, ranked []Ranked) (list []Containment) {
	undoing := takenBack(s.src.Case)
	for _, one := range ranked {
		box := &s.src.Mailboxes[one.Box]
		l := checklist{s: s, domains: s.src.Domains, mailbox: box.Symbol, steps: map[stepKey]*Step{}}
		l.undoing = undoing
		for _, i := range box.Findings {
			if l.certain = s.speaks[i]; l.certain || inWindow(s, box, i) {
				l.read(i)
			}
		}
		l.partners(box)
		l.doubt(box)
		if out := l.settle(); len(out.Steps) > 0 {
			list = append(list, out)
		}
	}
	return list
}

// inWindow says that a weak finding lies in the intruder's window: what was changed then is to be looked at too.
func inWindow(s *inquiry, box *verdict.Mailbox, finding int) bool {
	f := &s.src.Findings[finding]
	return f.Suppressed == nil && f.Level >= detect.Low && box.Window != nil &&
		f.First >= box.Window.First && f.First <= box.Window.Last
}

// read takes the steps from one finding's rows.
func (l *checklist) read(finding int) {
	l.finding = finding
	f := &l.s.src.Findings[finding]
	for _, row := range f.Evidence {
		if a := &l.s.src.Case.Activities[row]; l.certain && a.Type == activity.Deliver && a.Result != activity.Failure {
			l.message(a, row)
		}
	}
	for _, row := range against(f) {
		a := &l.s.src.Case.Activities[row]
		attempt := a.Type == activity.Logon && a.Result == activity.Failure
		if l.certain && a.IP != 0 && f.Rule.Family != "delivery" && (attempt || did(a)) {
			l.address(a, row)
		}
		if a.Result == activity.Failure || a.Type == activity.Deliver || a.Type == activity.Alert {
			continue
		}
		if l.certain && l.s.inside[finding] != 0 && did(a) && a.Lane == activity.Person {
			l.account(a, row)
		}
		l.undo(a, row)
	}
}

// doubt puts a question to the owner before everything else, where the verdict is not a high one: a business trip must
// not cost a password.
func (l *checklist) doubt(box *verdict.Mailbox) {
	asked := box.Lane == activity.Person && !activity.IsUnknownName(box.Name) // else there is nobody to ask
	if len(l.steps) == 0 || box.Band == "high" || box.Band == "critical" || !asked {
		return
	}
	step := Step{Action: AskOwner, Account: box.Name, Values: []string{box.Band}, Findings: l.s.by[box.Symbol]}
	l.steps[stepKey{AskOwner, box.Name, "", ""}] = &step
}

// message is one that came in and that a finding is about.
func (l *checklist) message(a *activity.Activity, row uint32) {
	id := l.s.text(l.s.src.Case.Get(a, activity.FieldMessageID))
	if id == "" {
		return
	}
	step := l.add(Step{Action: RemoveMessages, Account: l.s.text(l.mailbox)}, row)
	switch {
	case slices.Contains(step.Values, id):
	case len(step.Values) == maxStepValues:
		step.More++
	default:
		step.Values = append(step.Values, id)
	}
}

// account is whose sessions and password somebody else has: the actor's, who need not be the mailbox's owner.
func (l *checklist) account(a *activity.Activity, row uint32) {
	name := l.s.text(a.Actor)
	if name == "" {
		name = l.s.text(l.mailbox)
	}
	for _, action := range []Action{RevokeSessions, ResetPassword} {
		l.add(Step{Action: action, Account: name}, row)
	}
}

// address is one to be blocked, unless people use it: in another mailbox, or here on a day before the findings.
func (l *checklist) address(a *activity.Activity, row uint32) {
	if !verdict.ClientAddress(l.s.src.Places, a.IP) {
		return
	}
	name := l.s.src.Places.Field(a.IP, activity.FieldIP)
	t := l.s.indicators[indicatorKey{"address", name}]
	if name == "" || t == nil {
		return
	}
	if _, taken := l.s.his[l.mailbox]; taken && !l.s.intrudersOwn(name) {
		return // the owner's, beside the intruder's
	}
	others, before := t.owners, false
	if box := t.by[l.mailbox]; box != nil {
		before = box.before
		if len(box.Findings) == 0 && box.owners {
			others--
		}
	}
	if others == 0 && !before {
		l.add(Step{Action: BlockAddress, Object: name}, row)
	}
}

// add notes a step, or one more reason for it.
func (l *checklist) add(step Step, row uint32) *Step {
	key := stepKey{step.Action, step.Account, step.Object, step.ID}
	have := l.steps[key]
	if have == nil {
		have = &step
		l.steps[key] = have
	}
	if n := len(have.Findings); n == 0 || have.Findings[n-1] != l.finding {
		have.Findings = append(have.Findings, l.finding)
	}
	have.cite(row)
	return have
}

func (s *Step) cite(row uint32) {
	switch {
	case slices.Contains(s.Rows, row):
	case len(s.Rows) < maxStepRows:
		s.Rows = append(s.Rows, row)
	default:
		if len(s.beyond) == cap(s.beyond) { // all rows of the case may be cited, and by many findings
			s.beyond = eachRow(s.beyond)
		}
		s.beyond = append(s.beyond, row)
	}
}

// eachRow is each of the rows once.
func eachRow(rows []uint32) []uint32 {
	slices.Sort(rows)
	return slices.Compact(rows)
}

// settle puts the steps in the order in which they are done.
func (l *checklist) settle() Containment {
	out := Containment{Mailbox: l.mailbox}
	for _, step := range l.steps {
		slices.Sort(step.Rows)
		step.MoreRows, step.beyond = len(eachRow(step.beyond)), nil
		out.Steps = append(out.Steps, *step)
	}
	order := Actions()
	owner := l.s.text(l.mailbox)
	slices.SortFunc(out.Steps, func(x, y Step) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, x.Action), slices.Index(order, y.Action)),
			cmp.Compare(other(x.Account, owner), other(y.Account, owner)), // the owner's account first
			cmp.Compare(x.Account, y.Account), slices.Compare(x.Findings[:1], y.Findings[:1]),
			cmp.Compare(x.Object, y.Object), cmp.Compare(x.ID, y.ID),
		)
	})
	if len(out.Steps) > maxSteps {
		out.More = len(out.Steps) - maxSteps
		out.Steps = out.Steps[:maxSteps]
	}
	return out
}

func other(account, owner string) int {
	if strings.EqualFold(account, owner) {
		return 0
	}
	return 1
}

// stepValues are a field's distinct values in a record, in the order of the log, as far as a step lists them.
func stepValues(s *inquiry, a *activity.Activity, f activity.Field) (list []string, more int) {
	for d := range s.src.Case.Details(a) {
		if d.Key != activity.KeyOf(f) || slices.Contains(list, s.text(d.Value)) {
			continue
		}
		if len(list) == maxStepValues {
			more++
			continue
		}
		list = append(list, s.text(d.Value))
	}
	return list, more
}
