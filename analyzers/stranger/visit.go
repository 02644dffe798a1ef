package stranger

import (
	"slices"

	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// visit is all that the account did from one line, as far as it is strange there.
type visit struct {
	line   string
	tenths int // the highest strangeness
	why    []string
	rented bool
	vpn    bool // of a service for people
	relay  bool // an address of it stands for people anywhere
	rows   []int
	at     []int // of them, those whose own address is there
	proof  []int // of them, those whose own address or session shows that they were done there
	// byLogon are those of Outlook Activities that name no address, as none but logons do: the logon of the same application
	// before them does.
	byLogon int
	byTime  int      // the others: they name neither an address nor a session, and follow a logon from there
	acts    []string // kinds of what was done but reading, in order of first act
	strong  bool     // one of them is what travellers do not do
	reads   int
	byApp   int // of them, by an application on the person's behalf
	days    int
	last    int64
}

func (v *visit) strangeness() float64 { return float64(v.tenths) / 10 }

// did lists the kinds of acts, sorted, reading among them.
func (v *visit) did() []string {
	all := slices.Sorted(slices.Values(v.acts))
	if v.reads > 0 {
		all = append(all, "read")
	}
	return all
}

// visits are those of a mailbox's own person from lines of a strangeness, by first act. What is no more than failed logons
// is none.
func visits(t detect.Timeline, p *detect.Tenant, from float64) []*visit {
	if p.Context == nil {
		return nil
	}
	by := map[string]*visit{}
	var order []*visit
	for row := range t.Rows {
		a := t.At(row)
		if !t.Own(row) || a.Type == activity.Logon && a.Result == activity.Failure {
			continue
		}
		index := t.Rows[row].Index()
		tenths, ok := p.Context.Strangeness(index)
		if !ok || float64(tenths) < 10*from {
			continue
		}
		line := p.Context.Line(index)
		if line == "" {
			continue
		}
		v := by[line]
		if v == nil {
			v = &visit{line: line}
			by[line] = v
			order = append(order, v)
		}
		if p.Case.Inputs[a.File].Source == activity.SourceActivities && a.IP == 0 {
			v.byLogon++
		}
		if addressed(a, p) {
			if len(v.at) == 0 {
				v.class(a, p)
			}
			v.at = append(v.at, row)
		}
		app := p.Case.Text(a.App)
		v.add(row, a, shows(a, p), app == "IMAP4" || app == "POP3", app == "REST" || app == "RESTSystem", tenths, func() []string { return p.Context.StrangeWhy(index) })
	}
	return order
}

func (v *visit) add(row int, a *activity.Activity, shown, copies, byApp bool, tenths int, why func() []string) {
	if v.why == nil || tenths > v.tenths {
		v.tenths, v.why = tenths, why()
	}
	if day := activity.Day(a.Time); v.days == 0 || activity.Day(v.last) != day {
		v.days++
	}
	v.last = a.Time
	kind := kindOf(a)
	if kind == "read" && copies { // a program of an old protocol takes the whole mailbox
		kind = "sync"
	}
	v.rows = append(v.rows, row)
	if !shown {
		v.byTime++
		return
	}
	v.proof = append(v.proof, row)
	switch {
	case kind == "read", kind == "sync" && slices.Contains(v.acts, kind):
		v.reads++
		if byApp {
			v.byApp++
		}
	case kind != "" && !slices.Contains(v.acts, kind):
		v.acts, v.strong = append(v.acts, kind), v.strong || strong(kind)
	}
}

// shows says that a record itself, or its session, shows where the act was done. What is but near in time to a visit is
// cited with it, and proves nothing of it.
func shows(a *activity.Activity, p *detect.Tenant) bool {
	return a.Session != 0 || p.Case.Inputs[a.File].Source == activity.SourceActivities || p.Places == nil || addressed(a, p)
}

// addressed says that a record has an address of whoever did it, and not the service's own.
func addressed(a *activity.Activity, p *detect.Tenant) bool {
	if p.Places == nil {
		return false
	}
	at := p.Places.At(a.IP)
	return at.Addr.IP.IsValid() && at.Place.Class != geo.MSService && at.Place.Class != geo.Private
}

// kindOf is the kind of an act that says something of why somebody is there; "" for any other. What failed is none.
func kindOf(a *activity.Activity) string {
	if a.Result == activity.Failure {
		return ""
	}
	switch a.Type {
	case activity.Read, activity.MailAccess, activity.AttachmentOpen, activity.FileAccess:
		return "read"
	case activity.Search:
		return "search"
	case activity.RuleChange, activity.ForwardingChange:
		return "rule"
	case activity.CredentialChange:
		return "factor"
	case activity.Consent, activity.AppChange:
		return "consent"
	case activity.AccountChange:
		return "account"
	case activity.PermissionChange, activity.RoleChange:
		return "right"
	case activity.PolicyChange, activity.AuditChange:
		return "policy"
	case activity.Send, activity.Reply, activity.Forward:
		return "send"
	case activity.Delete:
		return "delete"
	case activity.Share:
		return "share"
	}
	return ""
}

func strong(kind string) bool {
	switch kind {
	case "sync", "rule", "factor", "consent", "account", "right", "policy":
		return true
	}
	return false
}

// class notes what kind of network it is.
func (v *visit) class(a *activity.Activity, p *detect.Tenant) {
	if p.Places == nil {
		return
	}
	class := p.Places.At(a.IP).Place.Class
	v.rented, v.vpn = class.Rented(), class == geo.VPN
	v.relay = class.Anonymizer() && !v.rented
}
