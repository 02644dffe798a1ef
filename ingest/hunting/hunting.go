// Package hunting reads tables of Defender's advanced hunting that no other package does: clicks on links
// (UrlClickEvents) and logons as Defender for Identity and for Cloud Apps saw them (IdentityLogonEvents), which is not the
// sign-in log: they leave out its conditions, devices and tokens, and hold the logons to the company's own domain.
//
// Parameters, for rules: ActionType, Url, ThreatTypes of a click; ActionType, Protocol, LogonType, Application,
// FailureReason, Location.Country of a logon.
package hunting

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/row"
)

// Formats are the exports that this package reads.
func Formats() []record.Format {
	kinds := []*row.Kind{
		{
			Name: "url-clicks", Source: activity.SourceHunting, Said: "UrlClickEvents of advanced hunting",
			Columns: []string{"Timestamp", "Url", "ActionType", "AccountUpn", "Workload", "NetworkMessageId", "ThreatTypes", "IPAddress", "IsClickedThrough", "ReportId"},
			Tells:   [][]string{{"url", "accountupn", "actiontype", "isclickedthrough|urlchain|networkmessageid"}},
			Tables:  []string{"urlclickevents"},
			Dates:   []string{"timestamp", "timegenerated"},
			Add:     addClick, ID: []string{"reportid"},
		},
		{
			Name: "identity-logons", Source: activity.SourceHunting, Said: "IdentityLogonEvents of advanced hunting",
			Columns: []string{"Timestamp", "ActionType", "Application", "LogonType", "Protocol", "FailureReason", "AccountUpn", "AccountObjectId", "DeviceName", "IPAddress", "Location", "ReportId"},
			Tells:   [][]string{{"actiontype", "accountupn|accountname", "logontype", "protocol|failurereason|application"}},
			Tables:  []string{"identitylogonevents"},
			Dates:   []string{"timestamp", "timegenerated"},
			Add:     addLogon, ID: []string{"reportid"},
		},
	}
	return row.Formats("hunting-json", kinds)
}

var errNobody = errors.New("no account: whose it was is not known")

// startActivity makes an activity of what every table has.
func startActivity(r *row.Row, to *activity.Shard, op string, kind activity.Type) (activity.Activity, error) {
	a := activity.Activity{Offset: r.Offset, Type: kind, Op: to.Symbols.InternString(op), ActorType: activity.ActorRegular}
	var ok bool
	if a.Time, a.Flags, ok = r.When(to, "timestamp", "timegenerated", "time"); !ok {
		return a, fmt.Errorf("timestamp %.40q: no time that can be read", r.Get("timestamp", "timegenerated"))
	}
	name := r.Get("accountupn")
	if name == nil {
		if name = r.Get("accountname"); name != nil && r.Get("accountdomain") != nil {
			name = []byte(string(bytes.TrimSpace(name)) + "@" + string(bytes.TrimSpace(r.Get("accountdomain"))))
		}
	}
	if name = record.First(name, r.Get("accountobjectid")); name == nil {
		return a, errNobody
	}
	if bytes.Contains(name, []byte("$@")) || bytes.HasSuffix(name, []byte("$")) {
		a.Lane = activity.Service // a machine
	}
	a.Actor = to.InternFold(record.Bounded(to, name))
	r.Client(&a, to, "ipaddress", "clientip", "sourceipaddress", "calleripaddress")
	sum := fnv.New64a()
	for _, part := range [...][]byte{[]byte(op), []byte(to.Symbols.Text(a.Actor)), r.Get("ipaddress"), r.Get("actiontype"), r.Get("url"), r.Get("application"), r.Get("protocol")} {
		sum.Write(part)
		sum.Write([]byte{0})
	}
	a.Sum = sum.Sum64()
	a.ID = activity.HashID(fmt.Appendf(nil, "hunting\x00%d\x00%s\x00%x", a.Time, r.Get("reportid"), a.Sum))
	if id := r.Get("accountobjectid"); id != nil && a.Lane == activity.Person && !bytes.Equal(id, name) {
		to.PutNamed([]byte("raw.UserKey"), record.Bounded(to, id))
	}
	r.Raw(to)
	r.Tenant(to)
	return a, nil
}

// addClick makes an activity of a click on a link.
func addClick(r *row.Row, to *activity.Shard) error {
	a, err := startActivity(r, to, "UrlClick", activity.LinkClick)
	if err != nil {
		return err
	}
	switch through := r.Get("isclickedthrough"); {
	case strings.EqualFold(string(r.Get("actiontype")), "ClickAllowed"), string(through) == "1", strings.EqualFold(string(through), "true"):
		a.Result = activity.Success
	case strings.Contains(strings.ToLower(string(r.Get("actiontype"))), "block"):
		a.Result = activity.Failure
	}
	row.Put(to, activity.FieldObject, r.Get("url"))
	row.Put(to, activity.FieldWorkload, r.Get("workload"))
	row.Param(to, "ActionType", r.Get("actiontype"))
	row.Param(to, "Url", r.Get("url"))
	row.Param(to, "ThreatTypes", r.Get("threattypes"))
	row.Param(to, "NetworkMessageId", r.Get("networkmessageid"))
	to.Add(a)
	return nil
}

// addLogon makes an activity of a logon.
func addLogon(r *row.Row, to *activity.Shard) error {
	a, err := startActivity(r, to, "IdentityLogon", activity.Logon)
	if err != nil {
		return err
	}
	switch action := strings.ToLower(string(r.Get("actiontype"))); {
	case strings.Contains(action, "success"):
		a.Result = activity.Success
	case strings.Contains(action, "fail"):
		a.Result = activity.Failure
	}
	row.Put(to, activity.FieldWorkload, r.Get("application"))
	row.Put(to, activity.FieldDevice, r.Get("devicename"))
	row.Param(to, "ActionType", r.Get("actiontype"))
	row.Param(to, "Protocol", r.Get("protocol"))
	row.Param(to, "LogonType", r.Get("logontype"))
	row.Param(to, "Application", r.Get("application"))
	row.Param(to, "FailureReason", r.Get("failurereason"))
	row.Param(to, "Location.Country", r.Get("location"))
	row.Param(to, "OSPlatform", r.Get("osplatform"))
	to.Add(a)
	return nil
}
