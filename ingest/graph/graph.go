// Package graph reads the log of Microsoft Graph (MicrosoftGraphActivityLogs): one row for each call of the API by a user or
// an application. None is a logon. Calls that reach mail are what they do there: messages read, searched, sent, moved,
// deleted, rules changed; what else is called is other, and its address is the object. A user is named by the directory id
// alone, which other logs explain.
//
// Parameters, for rules: Method, Status, Uri, Area (messages, rules, users, groups, roles, applications, files …),
// ClientAuthMethod, TokenId.
package graph

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"strconv"
	"strings"

	"triage/ingest/activity"
	"triage/ingest/record"
	"triage/ingest/row"
)

// Formats are the exports that this package reads.
func Formats() []record.Format {
	kind := &row.Kind{
		Name: "graph-activity", Source: activity.SourceGraph, Said: "Microsoft Graph activity log",
		Columns: []string{"TimeGenerated", "RequestId", "UserId", "AppId", "IPAddress", "RequestMethod", "RequestUri", "ResponseStatusCode", "Scopes", "UserAgent"},
		Tells:   [][]string{{"requesturi", "requestmethod", "responsestatuscode|requestid"}},
		Tables:  []string{"microsoftgraphactivitylogs", "graphapiauditevents"},
		Dates:   []string{"timegenerated", "time", "timestamp"},
		Add:     addCall, ID: []string{"requestid"},
	}
	return row.Formats("graph-activity-json", []*row.Kind{kind})
}

// operation is what the log calls every call.
const operation = "Microsoft Graph Activity"

var errNobody = errors.New("a call of nobody: neither user nor application")

// addCall makes an activity of a call.
func addCall(r *row.Row, to *activity.Shard) error {
	ms, undated, ok := r.When(to, "timegenerated", "time", "timestamp", "createddatetime")
	if !ok {
		return fmt.Errorf("timeGenerated %.40q: no time that can be read", r.Get("timegenerated", "time", "timestamp"))
	}
	a := activity.Activity{Time: ms, Offset: r.Offset, Flags: undated, Op: to.Symbols.InternString(operation)}
	switch user, app := r.Get("userid", "userprincipalname", "accountobjectid"), record.First(r.Get("serviceprincipalid"), r.Get("appid", "applicationid")); {
	case user != nil:
		a.Actor, a.ActorType = to.InternFold(record.Bounded(to, user)), activity.ActorRegular // by directory id
	case app != nil:
		a.Lane, a.ActorType = activity.Service, activity.ActorServicePrincipal
		a.Actor = to.InternFold(append(row.Text("ServicePrincipal_"), record.Bounded(to, app)...))
	default:
		return errNobody
	}
	c := callOf(r.Get("requestmethod"), r.Get("requesturi"))
	a.Type, a.Result = c.kind, became(r.Get("responsestatuscode", "resultsignature"))
	a.Mailbox = to.InternFold(record.Bounded(to, c.owner))
	r.Client(&a, to, "ipaddress", "calleripaddress", "clientip")
	a.Agent = to.Intern(record.Bounded(to, r.Get("useragent")))
	a.Session = to.Intern(record.Bounded(to, record.ID(r.Get("sessionid", "c_sid", "csid"))))
	a.Item = to.Intern(record.Bounded(to, c.item))
	identifyCall(&a, r)
	row.Put(to, activity.FieldWorkload, row.Text("MicrosoftGraph"))
	row.Put(to, activity.FieldAppID, r.Get("appid", "applicationid"))
	row.Put(to, activity.FieldObject, c.path)
	row.Put(to, activity.FieldQuery, c.query)
	for _, scope := range bytes.Fields(r.Get("scopes", "roles")) {
		row.Put(to, activity.FieldScopes, scope)
	}
	if a.Result == activity.Failure {
		row.Put(to, activity.FieldError, r.Get("responsestatuscode", "resultsignature"))
	}
	row.Param(to, "Method", bytes.ToUpper(r.Get("requestmethod")))
	row.Param(to, "Status", r.Get("responsestatuscode", "resultsignature"))
	row.Param(to, "Uri", r.Get("requesturi"))
	row.Param(to, "Area", c.area)
	row.Param(to, "ClientAuthMethod", r.Get("clientauthmethod"))
	row.Param(to, "TokenId", r.Get("signinactivityid"))
	r.Raw(to)
	r.Tenant(to)
	to.Add(a)
	return nil
}

// identifyCall gives a call its request's id.
func identifyCall(a *activity.Activity, r *row.Row) {
	sum := fnv.New64a()
	for _, part := range [...][]byte{bytes.ToUpper(r.Get("requestmethod")), r.Get("requesturi"), r.Get("responsestatuscode")} {
		sum.Write(part)
		sum.Write([]byte{0})
	}
	a.Sum = sum.Sum64()
	if id, ok := activity.GUID(bytes.TrimSpace(r.Get("requestid"))); ok && id != (activity.ID{}) {
		a.ID = id
		return
	}
	a.ID = activity.HashID(fmt.Appendf(nil, "graph\x00%d\x00%s\x00%s\x00%s\x00%s", a.Time, r.Get("requestid", "operationid"), r.Get("userid", "accountobjectid"), r.Get("appid", "applicationid"), r.Get("requesturi")))
}

// became is what an HTTP status says.
func became(status row.Text) activity.Result {
	switch code, err := strconv.Atoi(string(bytes.TrimSpace(status))); {
	case err != nil || code < 100:
		return activity.Unknown
	case code < 400:
		return activity.Success
	default:
		return activity.Failure
	}
}

// call is what a request does.
type call struct {
	kind                           activity.Type
	owner, item, path, query, area row.Text
}

// callOf takes a request's address apart: https://graph.microsoft.com/v1.0/users/a@b/messages/AAMk…?$search="wire".
func callOf(method, uri row.Text) call {
	c := call{path: uri}
	text := string(bytes.TrimSpace(uri))
	if at := strings.Index(text, "://"); at >= 0 {
		_, text, _ = strings.Cut(text[at+3:], "/")
	}
	path, query, _ := strings.Cut(text, "?")
	c.path = row.Text("/" + strings.TrimPrefix(path, "/"))
	steps := stepsOf(path)
	if len(steps) > 0 && (steps[0] == "v1.0" || steps[0] == "beta") {
		steps = steps[1:]
	}
	if len(steps) == 0 {
		return c
	}
	c.area = row.Text(steps[0])
	if of := strings.ToLower(steps[0]); len(steps) > 2 && of == "users" || len(steps) > 1 && of == "me" {
		if of == "users" {
			c.owner = row.Text(steps[1])
			steps = steps[1:]
		}
		c.mailbox(strings.ToUpper(string(bytes.TrimSpace(method))), steps[1:])
	}
	if words := searched(query); words != "" && (c.kind == activity.MailAccess || strings.EqualFold(string(c.area), "search")) {
		c.kind, c.query = activity.Search, row.Text(words)
	}
	return c
}

// stepsOf are the parts of a path; users('a@b') is users/a@b.
func stepsOf(path string) []string {
	var steps []string
	for part := range strings.SplitSeq(path, "/") {
		if plain, err := url.PathUnescape(part); err == nil {
			part = plain
		}
		if name, key, ok := strings.Cut(part, "('"); ok && strings.HasSuffix(key, "')") {
			steps = append(steps, name)
			part = strings.TrimSuffix(key, "')")
		}
		if part != "" {
			steps = append(steps, part)
		}
	}
	return steps
}

// searched is what a query looks for.
func searched(query string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	return strings.Trim(values.Get("$search"), `"`)
}

// mailbox says what a call below a user does, where that is in the mailbox.
func (c *call) mailbox(method string, steps []string) {
	c.area = row.Text(steps[0])
	for i, step := range steps {
		last := i == len(steps)-1
		switch strings.ToLower(step) {
		case "sendmail":
			c.area, c.kind = row.Text("messages"), activity.Send
			return
		case "messagerules":
			if c.area = row.Text("rules"); method != "GET" {
				c.kind = activity.RuleChange
			}
			return
		case "messages", "attachments":
			if c.area = row.Text("messages"); !last && step != "attachments" {
				c.item = row.Text(steps[i+1])
			}
			c.kind = messageCall(method, strings.ToLower(steps[len(steps)-1]))
		}
	}
}

// messageCall is what a call does to messages, by its method and last step.
func messageCall(method, last string) activity.Type {
	switch method {
	case "GET":
		return activity.MailAccess
	case "DELETE":
		return activity.Delete
	case "PATCH":
		return activity.Mark
	case "POST":
		switch last {
		case "send", "reply", "replyall", "forward", "sendmail":
			return activity.Send
		case "move", "copy":
			return activity.Move
		case "permanentdelete":
			return activity.Delete
		}
	}
	return activity.Other
}
