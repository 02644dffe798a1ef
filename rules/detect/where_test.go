package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"triage/geo"
	"triage/ingest/activity"
)

// row is an activity in a test: "field=value", a field several times for several values, "params.Name=" for a
// parameter that is there and empty.
type row []string

// caseOf builds a case of activities through the same doors as the readers.
func caseOf(t testing.TB, rows ...row) *activity.Case {
	t.Helper()
	s := activity.NewShard(0, activity.Interest{})
	for i, r := range rows {
		a := activity.Activity{Time: int64(i), ID: activity.HashID(fmt.Append(nil, i)), Sum: uint64(i), Offset: int64(i)}
		for _, pair := range r {
			name, value, ok := strings.Cut(pair, "=")
			if !ok || !setField(s, &a, name, value) {
				t.Fatalf("row %d: %q", i, pair)
			}
		}
		s.Add(a)
	}
	b := activity.NewBuilder()
	b.Add(activity.Input{Path: "case.csv", Source: activity.SourceAudit}, []*activity.Shard{s}, "")
	return b.Case()
}

func setField(s *activity.Shard, a *activity.Activity, name, value string) (ok bool) {
	ok = true
	v := []byte(value)
	switch name {
	case "time":
		at, err := time.Parse(time.RFC3339, value)
		a.Time, ok = at.UnixMilli(), err == nil
	case "undated":
		a.Flags |= activity.Undated
	case "type":
		a.Type, ok = activity.ParseType(value)
	case "result":
		a.Result = map[string]activity.Result{"success": activity.Success, "failure": activity.Failure}[value]
	case "lane":
		a.Lane = map[string]activity.Lane{"service": activity.Service, "system": activity.System}[value]
	case "actor_type":
		a.ActorType = activity.ActorType(1 + slices.Index(actorTypes(), value))
	case "op":
		a.Op = s.Intern(v)
	case "mailbox":
		a.Mailbox = s.InternFold(v)
	case "actor":
		a.Actor = s.InternFold(v)
	case "ip":
		a.IP = s.Intern(v)
	case "app":
		a.App = s.Intern(v)
	case "agent":
		a.Agent = s.Intern(v)
	case "session":
		a.Session = s.Intern(v)
	case "item":
		a.Item = s.Intern(v)
	default:
		if f, fixed := activity.ParseField(name); fixed {
			s.Put(f, v)
		} else {
			s.PutNamed([]byte(name), v)
		}
	}
	return ok
}

// places answers from the address's text: 203.0.113.x is in the Netherlands, 198.51.100.x in Nigeria.
type places struct{ c *activity.Case }

func (p places) Field(ip activity.Symbol, f activity.Field) string {
	text := geo.ParseAddr(p.c.Text(ip)).IP.String()
	known := map[string][4]string{
		"203.0.113": {"NL", "64500", "Example Telecom", "eyeball"}, "198.51.100": {"NG", "64501", "Example Hosting", "hosting"},
	}
	for prefix, facts := range known {
		if strings.HasPrefix(text, prefix) {
			return facts[f-activity.FieldCountry]
		}
	}
	return ""
}

func (p places) At(ip activity.Symbol) geo.Located { return geo.Located{} }

func tenantOf(c *activity.Case, lists map[string][]string) *Tenant {
	return &Tenant{Case: c, Places: places{c}, Lists: lists, Domains: NewDomains(c, lists["internal_domains"])}
}

// cond reads `field|modifier|not|all` as the loader does.
func cond(key string, values ...string) Condition {
	parts := strings.Split(key, "|")
	c := Condition{Field: parts[0], Values: values}
	for _, m := range parts[1:] {
		switch m {
		case "not":
			c.Not = true
		case "all":
			c.All = true
		case "exists":
			c.Modifier, c.Exists, c.Values = m, values[0] == "true", nil
		default:
			c.Modifier = m
		}
	}
	return c
}

func whole(conditions ...Condition) Block { return Block{Conditions: conditions} }

// check holds a block against one activity, by Holds and by the masks.
func check(t *testing.T, b Block, r row, want bool) {
	t.Helper()
	w, err := NewWhere(b)
	if err != nil {
		t.Fatal(err)
	}
	c := caseOf(t, r)
	p := tenantOf(c, nil)
	if got := w.Holds(&c.Activities[0], p); got != want {
		t.Errorf("Holds(%v): got %v, want %v for %v", b, got, want, r)
	}
	if got := NewMatcher([]*Rule{{Where: w}}, p).Match(0).Rules; (len(got) == 1) != want {
		t.Errorf("Match(%v): got %v, want %v for %v", b, got, want, r)
	}
}

// rules/README.md, Conditions: one line of it a comment, its consequences below it.
func TestConditionsMeanWhatRulesMDSays(t *testing.T) {
	yes := func(key, value string, r ...string) { t.Helper(); check(t, whole(cond(key, value)), r, true) }
	no := func(key, value string, r ...string) { t.Helper(); check(t, whole(cond(key, value)), r, false) }
	list := func(want bool, key string, values []string, r ...string) {
		t.Helper()
		check(t, whole(cond(key, values...)), r, want)
	}

	// none (equals, case folded): NFKC and case.
	yes("op", "new-inboxrule", "op=New-InboxRule")
	yes("agent", "STRASSE", "agent=straße")
	yes("agent", "office", "agent=oﬃce")                 // a ligature
	yes("agent", "ABC", "agent=ａｂｃ")                     // full width
	yes("agent", "invoice", "agent=in\u200bvo\u00adice") // invisible characters split no word
	no("op", "New", "op=New-InboxRule")

	// in, and lists are `any`.
	list(true, "app|in", []string{"POP3", "IMAP4"}, "app=IMAP4")
	list(false, "app|in", nil, "app=IMAP4")
	list(true, "op|contains", []string{"x", "inbox"}, "op=New-InboxRule")

	// not: a missing field makes every test false, also under not.
	yes("app|not", "IMAP4", "app=Web")
	no("app|not", "IMAP4", "app=imap4")
	no("app|not", "IMAP4")
	no("country|not", "NL", "ip=192.0.2.1")
	yes("country|not", "NL", "ip=198.51.100.1")
	check(t, Block{Not: []Block{whole(cond("app", "IMAP4"))}}, row{}, false)
	check(t, Block{Not: []Block{whole(cond("app", "IMAP4"))}}, row{"app=Web"}, true)

	// … except exists: false.
	yes("app|exists", "false")
	no("app|exists", "true")
	yes("app|exists", "true", "app=Web")
	yes("params.Name|exists", "true", "params.Name=")
	no("time|exists", "true", "undated=")
	check(t, Block{Not: []Block{whole(cond("app|exists", "true"))}}, row{}, true)

	// params.* and raw.* keep present-but-empty apart: "" matches a blank name.
	yes("params.Name", "", "params.Name=")
	yes("params.name|not", "x", "params.Name=")
	no("params.Name", "")
	no("subject|not", "x", "type=deliver", "subject=")

	// all, any, not take lists of blocks, `not: [A, B]` = neither.
	neither := Block{Not: []Block{whole(cond("app", "Web")), whole(cond("app", "POP3"))}}
	check(t, neither, row{"app=IMAP4"}, true)
	check(t, neither, row{"app=POP3"}, false)
	either := Block{Any: []Block{whole(cond("app", "Web")), whole(cond("op", "x"))}}
	check(t, either, row{"op=X"}, true)
	check(t, either, row{"op=y"}, false)
	both := Block{All: []Block{whole(cond("app", "Web")), whole(cond("op", "x"))}}
	check(t, both, row{"op=x", "app=Web"}, true)
	check(t, both, row{"op=x"}, false)

	// A multi-valued field matches if any element does, |not means none does; all: every value has its element.
	yes("recipients", "b@contoso.com", "recipients=a@contoso.com", "recipients=B@contoso.com")
	no("recipients|not", "b@contoso.com", "recipients=a@contoso.com", "recipients=b@contoso.com")
	yes("recipients|not", "c@contoso.com", "recipients=a@contoso.com", "recipients=b@contoso.com")
	list(true, "scopes|all", []string{"Mail.Read", "offline_access"}, "scopes=Mail.Read", "scopes=offline_access")
	list(false, "scopes|all", []string{"Mail.Read", "Mail.Send"}, "scopes=Mail.Read")
	list(true, "subject|contains|all", []string{"pay", "now"}, "subject=Pay me now")

	// contains, startswith, endswith.
	yes("agent|contains", "REQUESTS", "agent=python-requests/2.31")
	yes("agent|startswith", "Python", "agent=python-requests/2.31")
	yes("mailbox|endswith", "@contoso.com", "mailbox=Bob@Contoso.com")
	no("agent|startswith", "requests", "agent=python-requests/2.31")

	// word: whole words in Unicode, phrases over any white space.
	yes("query|word", "wire transfer", "query=the  Wire\u00a0transfer, please")
	yes("query|word", "überweisung", "query=ÜBERWEISUNG!")
	no("query|word", "wire", "query=wireless")
	no("query|word", "iban", "query=Libanon")
	yes("query|word", "发票", "query=请付发票款") // no spaces, no boundaries
	yes("query|word", "iban", "query=libanon iban")

	// re sees the text as logged.
	yes("agent|re", `^axios/\d`, "agent=axios/1.6")
	no("agent|re", `^AXIOS`, "agent=axios/1.6")
	yes("agent|re", `(?i)^AXIOS`, "agent=axios/1.6")

	// cidr, and equality of addresses, work on the address in the field.
	yes("ip|cidr", "203.0.113.0/24", "ip=203.0.113.9:52378")
	yes("ip|cidr", "2001:db8::/32", "ip=[2001:db8::1]:443")
	yes("ip|cidr", "203.0.113.9", "ip=::ffff:203.0.113.9")
	no("ip|cidr", "203.0.113.0/24", "ip=unknown")
	no("ip|cidr|not", "203.0.113.0/24")
	yes("ip", "203.0.113.9", "ip=203.0.113.9:52378")
	no("ip", "203.0.113.9", "ip=203.0.113.90")

	// between = [from, to), UTC, a bare date is midnight.
	list(true, "time|between", []string{"2026-03-02", "2026-03-09"}, "time=2026-03-02T00:00:00Z")
	list(false, "time|between", []string{"2026-03-02", "2026-03-09"}, "time=2026-03-09T00:00:00Z")
	list(true, "time|between", []string{"2026-03-02T01:00:00+01:00", "2026-03-09"}, "time=2026-03-02T00:00:00Z")
	list(false, "time|between|not", []string{"2026-03-02", "2026-03-09"}, "undated=")
	yes("time|gte", "2026-03-02", "time=2026-03-02T00:00:00Z")
	no("time|gt", "2026-03-02", "time=2026-03-02T00:00:00Z")
	yes("time|lt", "2026-03-02", "time=2026-03-01T23:59:59Z")
	yes("time|lte", "2026-03-02", "time=2026-03-02T00:00:00Z")
	list(true, "count|between", []string{"2", "4"}, "count=3.5")
	list(false, "count|between", []string{"2", "4"}, "count=4")

	// gt, gte, lt, lte compare numbers, never texts.
	yes("count|gt", "9", "count=10")
	no("count|lt", "9", "count=10")
	yes("count|gte", "10", "count=10")
	no("count|gt", "1", "count=many")

	// fields from the activity's class and place.
	yes("type", "logon", "type=logon")
	yes("result", "success", "result=success")
	yes("lane", "system", "lane=system")
	yes("source", "audit")
	yes("actor_type", "Regular", "actor_type=Regular")
	no("actor_type|not", "Regular")
	yes("country", "nl", "ip=203.0.113.9")
	yes("asn", "AS64501", "ip=198.51.100.7")
	yes("ip_class", "hosting", "ip=198.51.100.7")
}

// Subject, sender, recipients and attachments come from the message that an activity is about.
func TestFieldsOfTheJoinedMessage(t *testing.T) {
	c := caseOf(
		t,
		row{"type=deliver", "mailbox=a@contoso.com", "item=I1", "subject=Invoice", "attachments=invoice.hta"},
		row{"type=attachment_open", "mailbox=a@contoso.com", "item=I1"},
		row{"type=read", "mailbox=a@contoso.com", "item=I1", "subject=Own words"},
	)
	p := tenantOf(c, nil)
	f := func(i int, key, value string, want bool) {
		t.Helper()
		w, err := NewWhere(whole(cond(key, value)))
		if err != nil {
			t.Fatal(err)
		}
		got := NewMatcher([]*Rule{{Where: w}}, p).Match(uint32(i)).Rules
		if w.Holds(&c.Activities[i], p) != want || (len(got) == 1) != want {
			t.Errorf("%s: %s on activity %d: want %v", key, value, i, want)
		}
	}
	f(1, "subject", "invoice", true)
	f(1, "attachments|endswith", ".hta", true)
	f(2, "subject", "invoice", false)
	f(2, "subject", "own words", true)
	f(1, "query|exists", "false", true)
}

// forward_external is judged against the tenant's own domains, sub-domains included; unknown is not false.
func TestForwardExternal(t *testing.T) {
	f := func(want string, targets ...string) {
		t.Helper()
		r := row{"type=rule_change", "mailbox=a@contoso.com"}
		for _, to := range targets {
			r = append(r, "forward_to="+to)
		}
		for _, word := range []string{True, False, Unknown} {
			check(t, whole(cond("forward_external", word)), r, word == want)
		}
		check(t, whole(cond("forward_external|exists", "true")), r, want != "")
	}
	f("")
	f(True, "x@example.com")
	f(True, "smtp:Eve <eve@Example.com>")
	f(True, "x@notcontoso.com")
	f(True, "x@contoso.com.example")
	f(False, "bob@contoso.com")
	f(False, "bob@mail.contoso.com")
	f(Unknown, "/o=ExchangeLabs/ou=Group/cn=Recipients/cn=bob")
	f(True, "Bob", "x@example.com")
	f(Unknown, "bob@contoso.com", "Bob Builder")
}

// A tenant of whose domains nothing is known has no external target for sure.
func TestForwardExternalWithoutDomainsIsUnknown(t *testing.T) {
	c := caseOf(t, row{"type=rule_change", "mailbox=alice", "forward_to=x@example.com"})
	w, err := NewWhere(whole(cond("forward_external", Unknown)))
	if err != nil {
		t.Fatal(err)
	}
	if !w.Holds(&c.Activities[0], tenantOf(c, nil)) {
		t.Error("no domains: want unknown")
	}
	if p := tenantOf(c, map[string][]string{"internal_domains": {"Example.com"}}); w.Holds(&c.Activities[0], p) {
		t.Error("declared domain: want false, not unknown")
	}
}

// Domains come from mailboxes of the tenant, never from guests who only touched something.
func TestDomainsAreThoseOfMailboxes(t *testing.T) {
	c := caseOf(
		t,
		row{"type=search", "mailbox=a@contoso.com"},
		row{"type=logon", "result=success", "mailbox=guest@example.org", "actor_type=Guest"},
		row{"type=file_access", "mailbox=eve@example.com"},
		row{"type=logon", "result=failure", "mailbox=spray@example.net"},
	)
	d := NewDomains(c, []string{"fabrikam.com", "@tailspin.com"})
	f := func(address, want string) {
		t.Helper()
		if got := d.External(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
	f("x@contoso.com", False)
	f("x@fabrikam.com", False)
	f("x@eu.tailspin.com", False)
	f("x@example.org", True)
	f("x@example.com", True)
	f("x@example.net", True)
	f("example.com", True)
	f("bob", Unknown)
	f("", Unknown)
}

// What cannot be compiled is refused with the reason, never taken for something else.
func TestConditionsThatCannotBe(t *testing.T) {
	f := func(want, key string, values ...string) {
		t.Helper()
		_, err := NewWhere(whole(cond(key, values...)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s %q: got %v, want %s", key, values, err, want)
		}
	}
	f(`unknown field "rawquerry", did you mean "query"?`, "rawquerry", "x")
	f(`unknown modifier "containz", did you mean "contains"?`, "op|containz", "x")
	f(`unknown type "logonn", did you mean "logon"?`, "type", "logonn")
	f(`unknown result "ok"`, "result", "ok")
	f(`regexp "(": missing closing )`, "op|re", "(")
	f(`want an address or a network`, "ip|cidr", "300.1.1.1/8")
	f(`between wants 2 value(s), got 1`, "time|between", "2026-03-02")
	f(`from before to`, "time|between", "2026-03-09", "2026-03-02")
	f(`a time wants between`, "time", "2026-03-02")
	f(`want a number or a time, got "many"`, "count|gt", "many")
	f(`unknown field "params."`, "params.", "x")
}

// Folding twice is folding once: otherwise a value could fail to equal itself.
func TestFoldIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if once := Fold(s); Fold(once) != once {
			t.Fatalf("%q → %q → %q", s, once, Fold(once))
		}
	})
}

// A mistyped word finds its neighbour; a strange one finds none.
func TestNearest(t *testing.T) {
	f := func(word, want string) {
		t.Helper()
		if got := Nearest(word, activity.FieldNames()); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
	f("rawquerry", "query")
	f("subjetc", "subject")
	f("Actor", "actor")
	f("forwardto", "forward_to")
	f("zzzzzzzz", "")
	f(strings.Repeat("a", 1000), "")
}

// An act's strangeness is found by its own place in the case, also among acts of one time, and where the rows come in any
// order. Where it is not known, or nobody knows any, every test is false.
func TestStrangeness(t *testing.T) {
	same := "time=2026-03-02T08:00:00Z"
	rows := []row{
		{same, "strangeness=0.5"},
		{same, "strangeness=2.5", "strange_why=country RO is new +1"},
		{same},
		{"undated=", "strangeness=3"},
		{same, "strangeness=5"},
	}
	c := caseOf(t, rows...)
	p := tenantOf(c, nil)
	f := func(key, value string, want ...int) {
		t.Helper()
		w, err := NewWhere(whole(cond(key, value)))
		if err != nil {
			t.Fatal(err)
		}
		for _, context := range []Context{told{c, rows}, nil} {
			p.Context = context
			m := NewMatcher([]*Rule{{Where: w}}, p)
			for i := range c.Activities {
				a := &c.Activities[i]
				holds := slices.Contains(want, int(a.Offset)) && context != nil
				if got := w.Holds(a, p); got != holds {
					t.Errorf("%s: %s: Holds of row %d: got %v", key, value, a.Offset, got)
				}
				if got := len(m.Match(uint32(i)).Rules) == 1; got != holds {
					t.Errorf("%s: %s: Match of row %d: got %v", key, value, a.Offset, got)
				}
			}
		}
	}
	f("strangeness|gte", "2.5", 1, 3, 4)
	f("strangeness|lte", "0.5", 0)
	f("strangeness|lte|not", "0.5", 1, 3, 4)
	f("strangeness", "3.0", 3)
	f("strangeness|exists", "true", 0, 1, 3, 4)
	f("strange_why|contains", "country ro", 1)
	f("strange_why|contains|not", "country nl", 1)
	if got := ValueOf(activity.FieldStrangeness).Text(&c.Activities[0], p); got != "" {
		t.Errorf("without context: %s", got)
	}
	for _, bad := range []string{"strangeness|contains", "strangeness|re", "strangeness|gte", "strangeness"} {
		if _, err := NewWhere(whole(cond(bad, "25"))); err == nil {
			t.Errorf("%s: 25 is taken", bad)
		}
	}
}
