package m365

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Versions lists the versions of the Outlook API that had Activities. v1.0 took a name and password (Basic), at another
// root; the others a token (Bearer).
func Versions() []string { return []string{"v1.0", "v2.0", "beta"} }

// DefaultRoot is where Microsoft ran a version of the Outlook API, and the scheme is what it took.
func DefaultRoot(version string) (root string, scheme Scheme) {
	if version == "v1.0" {
		return "https://outlook.office365.com", Basic
	}
	return "https://outlook.office.com", Bearer
}

// maxTop is the most activities that one answer may hold.
const maxTop = 1000

// Activities asks for the activities of one mailbox.
type Activities struct {
	Client  *Client
	Version string // one of Versions
	User    string // user principal name, or "me"
}

// activitiesEndpoint has the Outlook API's limits: 10,000 requests in ten minutes for each user and application. Without
// the preference, the service answers 400.
func activitiesEndpoint() *Endpoint {
	return &Endpoint{
		Header: http.Header{
			"Accept": {"application/json; odata.metadata=none"},
			"Prefer": {`exchange.behavior="ActivityAccess"`},
		},
		Requests: 10_000, Per: 10 * time.Minute,
		Remedy: activitiesRemedy,
	}
}

func activitiesRemedy(e *Error) string {
	switch {
	case e.Status == http.StatusNotFound && strings.Contains(e.Message, "ActivityLogs"):
		return "the service says so when the token has no right to this mailbox's activities, or has none of them: check --user and the permission (Mail.Read of that mailbox)"
	case e.Status == http.StatusNotFound || e.Status == http.StatusGone:
		return "Microsoft closed this API in July 2018: today, export the Unified Audit Log; for another service, check --base-url, --api and --user"
	case e.Status == http.StatusBadRequest:
		return "the service does not understand the request: check --types, --api and --base-url"
	}
	return ""
}

// Query says which activities. The zero value asks for the ten that the service picks.
type Query struct {
	From, To time.Time // both inclusive, in steps of 100 ns; zero: without limit
	Types    []string  // ActivityIdType; none: all
	Select   []string  // names of fields; none: all
	OrderBy  string    // such as "TimeStamp asc"; the service restricts it together with a filter
	Top      int       // 1 to 1000; 0: the service's default, 10
	Skip     int
}

// stamp is how filters write a time: UTC, with the service's own resolution.
const stamp = "2006-01-02T15:04:05.0000000Z"

// Address is the query's path below the root.
func (a *Activities) Address(q Query) string {
	mailbox := "me"
	if !strings.EqualFold(a.User, "me") {
		mailbox = "Users('" + url.PathEscape(strings.ReplaceAll(a.User, "'", "''")) + "')"
	}
	var filters []string
	if !q.From.IsZero() {
		filters = append(filters, "TimeStamp ge "+q.From.UTC().Format(stamp))
	}
	if !q.To.IsZero() {
		filters = append(filters, "TimeStamp le "+q.To.UTC().Format(stamp))
	}
	if len(q.Types) > 0 {
		types := make([]string, len(q.Types))
		for i, t := range q.Types {
			types[i] = "ActivityIdType eq '" + strings.ReplaceAll(t, "'", "''") + "'"
		}
		filters = append(filters, "("+strings.Join(types, " or ")+")")
	}
	var options []string
	add := func(name, value string) {
		// OData servers need not read "+" as a blank.
		options = append(options, name+"="+strings.ReplaceAll(url.QueryEscape(value), "+", "%20"))
	}
	if len(filters) > 0 {
		add("$filter", strings.Join(filters, " and "))
	}
	if len(q.Select) > 0 {
		add("$select", strings.Join(q.Select, ","))
	}
	if q.OrderBy != "" {
		add("$orderby", q.OrderBy)
	}
	if q.Top > 0 {
		add("$top", fmt.Sprint(q.Top))
	}
	if q.Skip > 0 {
		add("$skip", fmt.Sprint(q.Skip))
	}
	address := "/api/" + a.Version + "/" + mailbox + "/Activities"
	if len(options) > 0 {
		address += "?" + strings.Join(options, "&")
	}
	return address
}

// Page asks for the activities at an address: one of Address, or the Next of a page before.
func (a *Activities) Page(ctx context.Context, e *Endpoint, address string) (*Page, error) {
	return a.Client.Page(ctx, e, address)
}
