package exposure_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/analyzers/attribution"
	"triage/analyzers/exposure"
	"triage/analyzers/ledger"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules/detect"
)

const (
	alice   = "alice@contoso.com"
	bob     = "bob@contoso.com"
	partner = "sales@fabrikam.com"
)

// log is an invented audit log and trace. Of a record it is known whose act it is.
type log struct {
	audit []logged
	trace []string
	n     int
}

type logged struct {
	line  string
	id    string
	whose int // 0: the owner's; 1: the intruder's; 2: nobody can say
}

const (
	owner = iota
	intruder
	undecided
)

func second(at int) time.Time {
	return time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC).Add(time.Duration(at) * time.Second)
}

func (l *log) add(whose, at int, op string, more map[string]any) {
	l.n++
	d := map[string]any{
		"CreationTime": second(at).Format("2006-01-02T15:04:05"), "Id": fmt.Sprintf("%08d-0000-4000-8000-000000000001", l.n), "Operation": op,
		"OrganizationId": "11111111-2222-4333-8444-555555555555", "Version": 1, "RecordType": 2, "ResultStatus": "Succeeded", "UserType": 0, "UserKey": "1003200012345678",
		"Workload": "Exchange", "UserId": alice, "ClientIPAddress": "203.0.113.50", "LogonType": 0, "MailboxOwnerUPN": alice, "OrganizationName": "contoso.onmicrosoft.com",
		"ClientInfoString": "Client=OWA;Mozilla/5.0",
	}
	for k, v := range more {
		if d[k] = v; v == nil {
			delete(d, k)
		}
	}
	text, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	l.audit = append(l.audit, logged{string(text), d["Id"].(string), whose})
}

func properties(pairs ...string) []any {
	var list []any
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, map[string]any{"Name": pairs[i], "Value": pairs[i+1]})
	}
	return list
}

// reads is an opening of messages in a folder.
func (l *log) reads(whose, at int, folder string, ids ...string) {
	var items []any
	for _, id := range ids {
		items = append(items, map[string]any{"InternetMessageId": id, "SizeInBytes": 1000})
	}
	l.add(whose, at, "MailItemsAccessed", map[string]any{
		"RecordType": 50, "OperationCount": len(ids), "Folders": []any{map[string]any{"Path": folder, "FolderItems": items}},
		"OperationProperties": properties("MailAccessType", "Bind", "IsThrottled", "False"),
	})
}

// syncs is that a client fetches a folder.
func (l *log) syncs(whose, at int, folder, client string) {
	l.add(whose, at, "MailItemsAccessed", map[string]any{
		"RecordType": 50, "ClientInfoString": client, "OperationProperties": properties("MailAccessType", "Sync", "IsThrottled", "False"),
		"Item": map[string]any{"Id": "LgAAAA", "ParentFolder": map[string]any{"Path": folder}},
	})
}

// comes is a message that is delivered, as the trace tells.
func (l *log) comes(at int, id, from, to, subject string) {
	l.n++
	l.trace = append(l.trace, fmt.Sprintf("%08d-0000-4000-8000-000000000002,%s,%s,%s,%q,Delivered,%s,,,%d\n", l.n, second(at).Format("2006-01-02T15:04:05.000Z"), from, to, subject, id, 5000+at))
}

// cmdlet is an Exchange cmdlet.
func (l *log) cmdlet(whose, at int, op, object string, parameters ...string) {
	l.add(whose, at, op, map[string]any{"MailboxOwnerUPN": nil, "RecordType": 1, "ResultStatus": "True", "ObjectId": object, "Parameters": properties(parameters...), "ClientIP": "203.0.113.50:443"})
}

// read gives the case of a log, and whose each row is; shuffle, if it is not nil, brings the lines into another order.
func (l *log) read(t testing.TB, shuffle *rand.Rand) (*activity.Case, map[uint32]int) {
	t.Helper()
	dir, err := os.MkdirTemp("", "exposure")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	audit, trace := slices.Clone(l.audit), slices.Clone(l.trace)
	if shuffle != nil {
		shuffle.Shuffle(len(audit), func(i, k int) { audit[i], audit[k] = audit[k], audit[i] })
		shuffle.Shuffle(len(trace), func(i, k int) { trace[i], trace[k] = trace[k], trace[i] })
	}
	var paths []string
	put := func(name string, text string) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	var text strings.Builder
	whose := map[activity.ID]int{}
	for _, one := range audit {
		text.WriteString(one.line + "\n")
		id, _ := activity.GUID([]byte(one.id))
		whose[id] = one.whose
	}
	put("audit.jsonl", text.String())
	if len(trace) > 0 {
		put("trace.csv", "MessageTraceId,Received,SenderAddress,RecipientAddress,Subject,Status,MessageId,FromIP,ToIP,Size\n"+strings.Join(trace, ""))
	}
	files, err := ingest.Open(t.Context(), paths, ingest.Options{Interest: exposure.Want(activity.Interest{Params: map[string]bool{}})})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	of := map[uint32]int{}
	for i := range files.Case.Activities {
		of[uint32(i)] = whose[files.Case.Activities[i].ID]
	}
	return files.Case, of
}

// reach reads what the intruder of a log reached.
func (l *log) reach(t testing.TB, shuffle *rand.Rand) (*activity.Case, *exposure.Exposure) {
	t.Helper()
	c, whose := l.read(t, shuffle)
	in := exposure.Source{Case: c, Lines: c.Timelines(), Domains: detect.NewDomains(c, nil), Missing: ledger.Of(c, ledger.Options{})}
	one := attribution.Intruder{Name: "A"}
	for i := range c.Activities {
		if whose[uint32(i)] == intruder && c.Inputs[c.Activities[i].File].Source != activity.SourceTrace {
			one.Rows = append(one.Rows, uint32(i))
		}
	}
	if len(one.Rows) > 0 {
		in.Intruders = []attribution.Intruder{one}
	}
	in.Who = func(row uint32) (attribution.Who, int) {
		switch {
		case c.Activities[row].Type == activity.Deliver:
			return attribution.Nobody, -1
		case whose[row] == intruder:
			return attribution.Attacker, 0
		case whose[row] == undecided:
			return attribution.Undecided, -1
		}
		return attribution.Owner, -1
	}
	return c, exposure.Of(t.Context(), in)
}

// tell is exposure in words, a line for everything, in its order; symbols and indexes of rows are not in it.
func tell(c *activity.Case, e *exposure.Exposure) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	ids := func(rows []uint32) (list []string) {
		for _, row := range rows {
			list = append(list, c.Activities[row].ID.String())
		}
		return list
	}
	for i := range e.Boxes {
		b := &e.Boxes[i]
		say("%s %d acts %+v", c.Text(b.Mailbox), b.Acts, b.Sums)
		for k := range b.Items {
			x := &b.Items[k]
			say("%s %s %s %v %q from %q in %q size %d at %d first %d last %d rows %v contested %d wholes %v to %d", x.Kind, x.State, c.Text(x.ID), x.Acts.Words(), c.Text(x.Subject), c.Text(x.Sender),
				c.Text(x.Folder), x.Size, x.Received, x.First, x.Last, ids(x.Rows), x.Contested, x.Wholes, len(x.Recipients)+x.More)
		}
		for k := range b.Wholes {
			w := &b.Wholes[k]
			say("%s %q %q to %v %d %d open %t unread %t body %t rows %v of %d messages %d", w.How, c.Text(w.Folder), w.Name, w.Targets, w.First, w.Last, w.Open, w.Unread, w.Body, ids(w.Rows), w.Count, w.Messages)
		}
		for _, g := range b.Unknown {
			say("gap %s %d %d %s %v", g.Code, g.First, g.Last, g.Text, ids(g.Rows))
		}
		for _, s := range b.Searches {
			say("search %q %d", s.Query, s.Count)
		}
		for _, x := range b.Changes {
			say("change %s %q %q %v", x.Type, x.What, x.Target, x.Values)
		}
	}
	return out
}

// states are the items of a mailbox by what identifies them: state, then acts.
func states(c *activity.Case, e *exposure.Exposure, mailbox string) map[string]string {
	out := map[string]string{}
	for i := range e.Boxes {
		b := &e.Boxes[i]
		if c.Text(b.Mailbox) != mailbox {
			continue
		}
		for k := range b.Items {
			x := &b.Items[k]
			out[c.Text(x.ID)] = strings.TrimSpace(x.State.String() + " " + strings.Join(x.Acts.Words(), ","))
		}
	}
	return out
}
