package signin

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/fnv"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/timestamp"
)

// operation is what diagnostic settings and Sentinel call every sign-in; the other formats have no word for it.
const operation = "Sign-in activity"

// errNobody is the reason of a record that names neither a user nor an application that signed in.
var errNobody = errors.New("sign-in of nobody: neither user nor service principal")

// add makes an activity of a sign-in and adds it to the shard.
func (e *entry) add(rec record.Record, order timestamp.Order, whole json.RawMessage, to *activity.Shard) error {
	a := activity.Activity{Offset: rec.Offset, Type: activity.Logon}
	if rec.Lossy || bytes.HasPrefix(e.Status, []byte("Microsoft.")) || bytes.HasPrefix(e.Status, []byte("System.")) {
		a.Flags |= activity.Lossy // Export-Csv wrote the name of the object's type in place of the object
	}
	if rec.Filled {
		a.Flags |= activity.Filled
	}
	actor := e.actor(&a)
	if len(actor) == 0 {
		return errNobody
	}
	if err := e.when(&a, order, to); err != nil {
		return err
	}
	a.Result = e.result()
	a.Op = to.Symbols.InternString(operation)
	a.Actor = to.InternFold(record.Bounded(to, actor))
	client, others := record.Client(e.IPAddress, e.CallerIPAddress, e.IPAddressFromResourceProvider)
	a.IP = to.Intern(record.Bounded(to, client))
	for _, ip := range others {
		to.Put(activity.FieldOtherIP, record.Bounded(to, ip))
		a.Flags |= activity.TwoIPs
	}
	a.App = to.Symbols.InternString(e.app())
	a.Agent = to.Intern(record.Bounded(to, record.First(e.UserAgent, e.Browser)))
	a.Session = to.Intern(record.Bounded(to, record.ID(e.SessionID)))
	e.identify(&a, to.Symbols.Text(a.Actor))
	e.details(&a, whole, to)
	if e.abroad() {
		to.PutNamed([]byte(activity.Abroad), []byte("true"))
	}
	e.tenant(to)
	to.Add(a)
	return nil
}

// tenant says whose log the sign-in stands in: who wrote the log says it, else it is the resource's.
func (e *entry) tenant(to *activity.Shard) {
	if !to.Tenant(e.DiagnosticTenantID) && !to.Tenant(e.AADTenantID) {
		to.TenantOrHome(e.ResourceTenantID, e.HomeTenantID)
	}
}

// actor is who signed in. A service principal goes by its id, as it does in the Unified Audit Log: its display name is
// the choice of whoever registered it, and could be a person's.
func (e *entry) actor(a *activity.Activity) text {
	a.ActorType = activity.ActorRegular
	if strings.EqualFold(string(e.UserType), "guest") {
		a.ActorType = activity.ActorGuest
	}
	if name := record.First(e.UserPrincipalName, e.SignInIdentifier); bytes.IndexByte(name, '@') > 0 {
		return name
	}
	if isID(e.UserID) {
		// The lane of a nameless id is settled when other records know whose it is.
		a.Lane = activity.Service
		return e.UserID
	}
	if isID(e.ServicePrincipalID) || len(e.ServicePrincipalName) > 0 {
		a.Lane, a.ActorType = activity.Service, activity.ActorServicePrincipal
		return append(text("ServicePrincipal_"), record.First(e.ServicePrincipalID, e.AppID, e.ServicePrincipalName)...)
	}
	return record.First(e.UserPrincipalName, e.SignInIdentifier, e.UserID, e.UserDisplayName)
}

// isID says whether an id is there and is not all zeros, as in the sign-ins of unknown users.
func isID(id text) bool {
	return len(bytes.Trim(id, "0- ")) > 0
}

func (e *entry) address() text { return record.First(e.IPAddress, e.CallerIPAddress) }

// app is the client in the words of AppIdType, where the service names a mail protocol or the mailbox was opened in a
// browser. A browser at any other application is no mail client, and modern clients do not say which they are.
func (e *entry) app() string {
	switch used := string(record.Lower(e.ClientAppUsed)); used {
	case "imap4", "imap":
		return "IMAP4"
	case "pop3", "pop":
		return "POP3"
	case "exchange activesync":
		return "Mobile"
	case "mapi over http", "outlook anywhere (rpc over http)", "outlook service", "offline address book", "autodiscover":
		return "Outlook"
	case "exchange web services", "authenticated smtp", "smtp", "exchange online powershell", "other clients",
		"reporting web services", "universal outlook":
		return "Other"
	case "browser":
		if exchangeOnline(e.AppID) {
			return "Web"
		}
	}
	return ""
}

// exchangeOnline says whether an application is the mailbox itself. Source: Microsoft, "Verify first-party Microsoft
// applications in sign-in reports": Office 365 Exchange Online, and Outlook on the web.
func exchangeOnline(id text) bool {
	switch string(record.Lower(id)) {
	case "00000002-0000-0ff1-ce00-000000000000", "9199bf20-a13f-4107-85dc-02114787ef48":
		return true
	}
	return false
}

// identify gives the sign-in its id, the same in every export and in the Unified Audit Log's IntraSystemId. The sum is
// that of what every format says: richer and poorer exports of one sign-in are repeats, but a later record of the same
// id that ended otherwise is not.
func (e *entry) identify(a *activity.Activity, actor string) {
	core := fnv.New64a()
	code := e.ResultType
	if string(code) == "0" {
		code = nil // the portal leaves the code of a success out
	}
	var seconds [8]byte
	binary.LittleEndian.PutUint64(seconds[:], uint64(a.Time/1000))
	for _, part := range [...][]byte{
		seconds[:], []byte(actor), e.address(), record.Lower(e.AppID), code, {byte(a.Result)},
	} {
		core.Write(part)
		core.Write([]byte{0})
	}
	a.Sum = core.Sum64()
	if id, ok := activity.GUID(bytes.TrimSpace(e.ID)); ok && id != (activity.ID{}) {
		a.ID = id
		return
	}
	if len(e.ID) > 0 {
		a.ID = activity.HashID(e.ID)
		return
	}
	a.ID = activity.HashID(bytes.Join([][]byte{
		[]byte("signin"), seconds[:], []byte(actor), e.address(), e.AppID, e.ResourceDisplayName, code, e.CorrelationID,
	}, []byte{0}))
}
