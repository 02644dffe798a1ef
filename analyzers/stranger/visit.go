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
	rows   []int
	proof  []int    // the first act there, the logons, and what is not reading
	acts   []string // kinds of what was done but reading, in order of first act
	reads  int
	days   int
	last   int64
}

func (v *visit) strangeness() float64 { return float64(v.tenths) / 10 }

// did lists the kinds of acts, sorted.
func (v *visit) did() []string { return slices.Sorted(slices.Values(v.acts)) }

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
			v = &visit{line: line, rented: rented(a, p)}
			by[line] = v
			order = append(order, v)
		}
		v.add(row, a, tenths, func() []string { return p.Context.StrangeWhy(index) })
	}
	return order
}

func (v *visit) add(row int, a *activity.Activity, tenths int, why func() []string) {
	if v.why == nil || tenths > v.tenths {
		v.tenths, v.why = tenths, why()
	}
	if day := activity.Day(a.Time); v.days == 0 || activity.Day(v.last) != day {
		v.days++
	}
	v.last = a.Time
	kind := kindOf(a)
	switch {
	case kind == "read":
		v.reads++
	case kind != "" && !slices.Contains(v.acts, kind):
		v.acts = append(v.acts, kind)
	}
	if len(v.rows) == 0 || kind != "read" {
		v.proof = append(v.proof, row)
	}
	v.rows = append(v.rows, row)
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

func rented(a *activity.Activity, p *detect.Tenant) bool {
	if p.Places == nil {
		return false
	}
	switch p.Places.At(a.IP).Place.Class {
	case geo.Hosting, geo.VPN, geo.Tor, geo.AzureCloud:
		return true
	}
	return false
}
