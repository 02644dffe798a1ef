package signin

import (
	"bytes"
	"errors"
	"hash/fnv"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/row"
)

// steps are the portal's downloads beside those of sign-ins (InteractiveSignIns_AuthDetails_….csv): a row for each step of
// an authentication, by the sign-in's request id. A step completes its sign-in, as a lesser account of it; where the
// sign-ins were not handed over it is of nobody known.
func steps() *row.Kind {
	return &row.Kind{
		Name: "signin-steps", Source: activity.SourceSignin, Said: "authentication details of sign-ins",
		Columns: []string{"Request ID", "Date (UTC)", "Authentication method", "Authentication method detail", "Succeeded", "Result detail", "Requirement"},
		Tells:   [][]string{{"requestid", "authenticationmethod", "succeeded|resultdetail|authenticationstepresultdetail"}},
		Not:     []string{"ipaddress", "application", "username", "userprincipalname"},
		Dates:   []string{"date", "authenticationstepdatetime", "time"},
		Add:     addStep, ID: []string{"requestid"},
	}
}

var errNoSignIn = errors.New("no request id: a step of no sign-in")

func addStep(r *row.Row, to *activity.Shard) error {
	id := bytes.TrimSpace(r.Get("requestid"))
	if len(id) == 0 {
		return errNoSignIn
	}
	a := activity.Activity{Offset: r.Offset, Type: activity.Other, Lane: activity.Service, Flags: activity.Lossy}
	a.Op = to.Symbols.InternString("Authentication step")
	var ok bool
	var undated activity.Flags
	if a.Time, undated, ok = r.When(to, "date", "authenticationstepdatetime", "time"); !ok {
		undated = activity.Undated
	}
	a.Flags |= undated
	a.Actor = to.InternFold(record.Bounded(to, id))
	if a.ID, ok = activity.GUID(id); !ok {
		a.ID = activity.HashID(id)
	}
	sum := fnv.New64a()
	for _, name := range [...]string{"authenticationmethod", "authenticationmethoddetail", "succeeded", "resultdetail"} {
		sum.Write(append(bytes.Clone(r.Get(name)), 0))
	}
	a.Sum = sum.Sum64()
	row.Param(to, "AuthenticationMethod", r.Get("authenticationmethod"))
	row.Param(to, "AuthenticationMethodDetail", r.Get("authenticationmethoddetail"))
	row.Param(to, "MFAResult", r.Get("resultdetail", "authenticationstepresultdetail"))
	to.Add(a)
	return nil
}
