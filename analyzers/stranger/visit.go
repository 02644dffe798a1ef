package stranger

import (
	"slices"
	"strings"

	"triage/analyzers/conduct"
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
	byTime  int          // the others: they name neither an address nor a session, and follow a logon from there
	acts    conduct.Kind // what was done but reading
	reads   int
	byApp   int // of them, by an application on the person's behalf
	days    int
	last    int64
}

// strong says that something was done that travellers do not do, a program of an old protocol for all mail among it.
func (v *visit) strong() bool { return v.acts&(conduct.Strong|conduct.Sync) != 0 }

func (v *visit) strangeness() float64 { return float64(v.tenths) / 10 }

// new says that one of these is among what makes a visit strange.
func (v *visit) new(signs ...string) bool {
	return slices.ContainsFunc(v.why, func(why string) bool {
		return slices.ContainsFunc(signs, func(sign string) bool { return strings.HasPrefix(why, sign+" ") })
	})
}

// did lists the kinds of acts, sorted, reading among them.
func (v *visit) did() []string {
	all := slices.Sorted(slices.Values(v.acts.Names()))
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
	kind := conduct.Of(a)
	if kind == conduct.Read && copies { // a program of an old protocol takes the whole mailbox
		kind = conduct.Sync
	}
	v.rows = append(v.rows, row)
	if !shown {
		v.byTime++
		return
	}
	v.proof = append(v.proof, row)
	switch {
	case kind == conduct.Read, kind == conduct.Sync && v.acts&kind != 0:
		v.reads++
		if byApp {
			v.byApp++
		}
	default:
		v.acts |= kind
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

// class notes what kind of network it is.
func (v *visit) class(a *activity.Activity, p *detect.Tenant) {
	if p.Places == nil {
		return
	}
	class := p.Places.At(a.IP).Place.Class
	v.rented, v.vpn = class.Rented(), class == geo.VPN
	v.relay = class.Anonymizer() && !v.rented
}
