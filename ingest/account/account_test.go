package account

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"triage/ingest/activity"
)

// Promise: each spelling of an account that logs are known to use is read as what it names.
func TestPlain(t *testing.T) {
	for text, want := range map[string]name{
		"anna@contoso.com":                                           {"anna@contoso.com", address},
		" anna@contoso.com\u00a0":                                    {"anna@contoso.com", address},
		`"anna able" <anna@contoso.com>`:                             {"anna@contoso.com", address},
		"<anna@contoso.com>":                                         {"anna@contoso.com", address},
		"smtp:anna@contoso.com":                                      {"anna@contoso.com", address},
		"i:0#.f|membership|anna@contoso.com":                         {"anna@contoso.com", address},
		"i%3a0%23.f%7cmembership%7canna%40contoso.com":               {"anna@contoso.com", address},
		"i:0#.w|contoso\\anna":                                       {"anna", short},
		"i:0h.f|membership|10030000aaaa0001@live.com":                {"10030000aaaa0001", id},
		"10030000aaaa0001@live.com":                                  {"10030000aaaa0001", id},
		"someone@live.com":                                           {"someone@live.com", address},
		"i:0i.t|00000003-0000-0ff1-ce00-000000000000|app@sharepoint": {"app@sharepoint", machine},
		"c:0o.c|federateddirectoryclaimprovider|0a1b2c3d-0000-4000-8000-00000000000b": {"c:0o.c|federateddirectoryclaimprovider|0a1b2c3d-0000-4000-8000-00000000000b", machine},
		"urn:spo:guest#partner@fabrikam.com":                                          {"partner@fabrikam.com", link},
		"urn:spo:anon#0123abcd":                                                       {"anonymous link 0123abcd", nobody},
		"urn:spo:tenantanon#x":                                                        {"anonymous link x", nobody},
		"partner_fabrikam.com#ext#@contoso.onmicrosoft.com":                           {"partner_fabrikam.com#ext#@contoso.onmicrosoft.com", address},
		`contoso\anna`: {"anna", short},
		"eurpr01a001.prod.outlook.com/microsoft exchange hosted organizations/contoso.onmicrosoft.com/anna":                         {"anna", short},
		"/o=exchangelabs/ou=exchange administrative group (fydibohf23spdlt)/cn=recipients/cn=0123456789abcdef0123456789abcdef-anna": {"anna", short},
		"/o=first/ou=exchange/cn=recipients/cn=anna":            {"anna", short},
		"0#.f|membership|anna@contoso.com":                      {"anna@contoso.com", address},
		"i:0#.f|membership|urn%3aspo%3aguest#partner@b.example": {"partner@b.example", link},
		"urn%3aspo%3aanon#0123":                                 {"anonymous link 0123", nobody},
		"live.com#partner@b.example":                            {"partner@b.example", link},
		"anna@contoso.com (anna able)":                          {"anna@contoso.com", address},
		"anna@contoso.com;":                                     {"anna@contoso.com", address},
		"cn=anna,ou=contoso.onmicrosoft.com,dc=prod,dc=outlook": {"anna", short},
		"anonymous":                            {"anonymous", nobody},
		"anna able":                            {"anna able", display},
		"able, anna":                           {"able, anna", display},
		"anna":                                 {"anna", short},
		"0a1b2c3d-0000-4000-8000-00000000000b": {"0a1b2c3d-0000-4000-8000-00000000000b", id},
		"s-1-5-21-1-2-3-1104":                  {"s-1-5-21-1-2-3-1104", id},
		"10032000abcdef01":                     {"10032000abcdef01", id},
		"abcdefabcdefabcd":                     {"abcdefabcdefabcd", short},
		"anna@contoso.com, bob@contoso.com":    {"anna@contoso.com, bob@contoso.com", display},
		"":                                     {"", short},
	} {
		if got := plain(text); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

// FuzzPlain: a name in its plain form stays as it is, and what is called an address is one.
func FuzzPlain(f *testing.F) {
	for _, s := range []string{"a@b", "<<a@b>", "i:0#.f|x|<a@b>", "urn:spo:guest#a", "/o=/cn=", "%7c%", `\\`, "smtp:sip:a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := plain(text)
		if n.kind == address {
			if !isAddress(n.text) {
				t.Errorf("%q: %q is no address", text, n.text)
			}
			if again := bare(n.text); again.kind != address || again.text != n.text {
				t.Errorf("%q: %v, and then %v", text, n, again)
			}
		}
	})
}

// row is one record of an invented log: who did it in whose mailbox.
type row struct {
	typ                             activity.Type
	actor, mailbox, object, userkey string
	op                              string
	failed, guest                   bool
	called                          string // account = name, as the record has both
}

func build(rows []row, inputs int) *activity.Case {
	b := activity.NewBuilder()
	for in := range inputs {
		s := activity.NewShard(uint32(in), activity.Interest{})
		n := int64(0)
		for i, r := range rows {
			if i%inputs != in {
				continue
			}
			a := activity.Activity{
				Time: 1.7e12, ID: activity.HashID(fmt.Append(nil, r)), Type: r.typ, Offset: n, Result: activity.Success,
				Actor: s.InternFold([]byte(r.actor)), Mailbox: s.InternFold([]byte(r.mailbox)),
			}
			if a.Op = s.Intern([]byte(r.op)); r.op == "" && r.typ == activity.RuleChange {
				a.Op = s.Intern([]byte("New-InboxRule"))
			}
			if r.guest {
				a.ActorType = activity.ActorGuest
			}
			if r.failed {
				a.Result = activity.Failure
			}
			s.Put(activity.FieldObject, []byte(r.object))
			if r.userkey != "" {
				s.PutNamed([]byte("raw.UserKey"), []byte(r.userkey))
			}
			if account, name, ok := strings.Cut(r.called, " = "); ok {
				s.Called(s.InternFold([]byte(account)), []byte(name))
			}
			s.Add(a)
			n++
		}
		b.Add(activity.Input{Path: fmt.Sprint(in), Source: activity.SourceAudit, Rows: n}, []*activity.Shard{s}, "")
	}
	return b.Case(func(c *activity.Case) { Spell(c).Join() })
}

// names are what the rows' actors and mailboxes are called, and what was joined.
func names(c *activity.Case) []string {
	var out []string
	for i := range c.Activities {
		a := &c.Activities[i]
		out = append(out, fmt.Sprintf("%s in %s, %s", c.Text(a.Actor), c.Text(a.Mailbox), a.Lane))
	}
	slices.Sort(out)
	for _, x := range c.Aliases {
		out = append(out, fmt.Sprintf("%s = %s: %s (%d)", c.Text(x.Name), c.Text(x.Account), x.Why, x.Rows))
	}
	return out
}

// Promise: an account has one name if a record shows that two names are its own, and a name that none explains is nobody's.
func TestJoin(t *testing.T) {
	login := row{typ: activity.Logon, actor: "anna@contoso.com", userkey: "10032000ABCDEF01"}
	f := func(want []string, rows ...row) {
		t.Helper()
		if got := names(build(append(rows, login), 1)); !slices.Equal(got, append(want, got[len(want):]...)) || len(got) < len(want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	const anna = "anna@contoso.com in anna@contoso.com, person"
	f([]string{anna, anna}, row{actor: "i:0h.f|membership|10032000abcdef01@live.com"})
	f([]string{anna, anna}, row{actor: `CONTOSO\anna`})
	f([]string{anna, "it@contoso.com in anna@contoso.com, person"}, row{actor: "it@contoso.com", mailbox: "Anna"})
	f([]string{anna, "it@contoso.com in unknown (anna able), person"}, row{actor: "it@contoso.com", mailbox: "Anna Able"})
	f([]string{anna, anna, "it@contoso.com in anna@contoso.com, person"}, row{actor: "it@contoso.com", mailbox: "Anna Able"},
		row{typ: activity.RuleChange, actor: "anna@contoso.com", object: `Anna Able\.`})
	f([]string{anna, anna, "it@contoso.com in anna@contoso.com, person"}, row{actor: "it@contoso.com", mailbox: "Anna Able"},
		row{actor: "Anna Able <anna@contoso.com>"})
	// Two of that name: neither.
	f([]string{anna, "anna@fabrikam.com in anna@fabrikam.com, person", "it@contoso.com in unknown (anna), person"},
		row{actor: "it@contoso.com", mailbox: "anna"}, row{actor: "anna@fabrikam.com"})
	// A failed logon names whom it likes.
	f([]string{anna, "anna@evil.example in anna@evil.example, person", "it@contoso.com in anna@contoso.com, person"},
		row{actor: "it@contoso.com", mailbox: "anna"}, row{typ: activity.Logon, actor: "anna@evil.example", failed: true})
	// Nor do a failed logon, a guest, or whoever asks for a rule by a name teach whose a display name is.
	const evil = "mallory@evil.example in mallory@evil.example, person"
	f([]string{anna, "it@contoso.com in unknown (anna able), person", evil},
		row{actor: "it@contoso.com", mailbox: "Anna Able"}, row{typ: activity.Logon, actor: "Anna Able <mallory@evil.example>", failed: true})
	f([]string{anna, "it@contoso.com in unknown (anna able), person", evil},
		row{actor: "it@contoso.com", mailbox: "Anna Able"}, row{actor: "Anna Able <mallory@evil.example>", guest: true})
	f([]string{anna, "it@contoso.com in unknown (mallory), person", evil}, row{actor: "it@contoso.com", mailbox: "mallory"},
		row{typ: activity.Logon, actor: "mallory@evil.example", guest: true})
	f([]string{anna, "eve@contoso.com in eve@contoso.com, person", "it@contoso.com in unknown (anna able), person"},
		row{actor: "it@contoso.com", mailbox: "Anna Able"}, row{typ: activity.RuleChange, actor: "eve@contoso.com", op: "Set-InboxRule", object: `Anna Able\x`})
	f([]string{anna, "partner@fabrikam.com in partner@fabrikam.com, guest"}, row{actor: "urn:spo:guest#partner@fabrikam.com"})
	f([]string{anna, "unknown (10030000aaaa0002) in unknown (10030000aaaa0002), person"}, row{actor: "10030000AAAA0002@live.com"})
}

// Promise: a record that has two names of one account joins them; two accounts of one id, or a sign-in that says otherwise, do not.
func TestCalled(t *testing.T) {
	const (
		guid = "0a1b2c3d-0000-4000-8000-00000000000b"
		sid  = "s-1-5-21-1-2-3-1104"
		dn   = "/o=exchangelabs/ou=exchange administrative group (fydibohf23spdlt)/cn=recipients/cn=0123456789abcdef0123456789abcdef-aable"
	)
	f := func(want string, rows ...row) {
		t.Helper()
		if got := names(build(rows, 1)); !slices.Contains(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
		}
	}
	own := func(called string) row { return row{actor: "anna@contoso.com", called: "anna@contoso.com = " + called} }
	f(guid+" = anna@contoso.com: "+whyBeside+" (1)", own(strings.ToUpper(guid)), row{actor: guid})
	f("it@contoso.com in anna@contoso.com, person", own(guid), row{actor: "it@contoso.com", mailbox: guid})
	f(dn+" = anna@contoso.com: "+whyBeside+" (1)", own(dn), row{actor: dn})
	f("aable = anna@contoso.com: "+whyBeside+" (1)", own(dn), row{actor: "CONTOSO\\aable"}, row{actor: "aable"})
	// One record ties two ids, another one of them to the name.
	f(sid+" = anna@contoso.com: "+whyBeside+" (1)", own(guid), row{actor: "it@contoso.com", called: guid + " = " + sid}, row{actor: sid})
	// A further address; not one that two have, or that is a mailbox itself.
	f("a.able@contoso.com = anna@contoso.com: "+whyListed+" (1)", own("a.able@contoso.com"), row{actor: "a.able@contoso.com"})
	f("ben@contoso.com in anna@contoso.com, person", own("a.able@contoso.com"), row{actor: "ben@contoso.com", mailbox: "a.able@contoso.com"})
	f("a.able@contoso.com in a.able@contoso.com, person", own("a.able@contoso.com"), row{actor: "ben@contoso.com", called: "ben@contoso.com = a.able@contoso.com"},
		row{actor: "a.able@contoso.com"})
	f("a.able@contoso.com in a.able@contoso.com, person", own("a.able@contoso.com"), row{actor: "a.able@contoso.com", called: "a.able@contoso.com = " + guid})
	// Near misses.
	f("it@contoso.com in unknown ("+guid+"), person", own(guid), row{actor: "ben@contoso.com", called: "ben@contoso.com = " + guid},
		row{actor: "it@contoso.com", mailbox: guid})
	f("it@contoso.com in unknown ("+guid+"), person", own(guid), row{typ: activity.Logon, actor: "ben@contoso.com", userkey: guid},
		row{actor: "it@contoso.com", mailbox: guid})
	f("it@contoso.com in unknown (anna able), person", own("Anna Able"), row{actor: "it@contoso.com", mailbox: "Anna Able"})
	f("it@contoso.com in unknown ("+sid+"), person", row{actor: "it@contoso.com", mailbox: sid, called: guid + " = " + sid})
	f("it@contoso.com in ben@contoso.com, person", own(guid), row{actor: "ben@contoso.com"}, row{actor: "it@contoso.com", mailbox: "ben"})
	f("it@contoso.com in unknown (ben), person", row{actor: "ben@contoso.com"}, own("/o=x/cn=recipients/cn=ben"), row{actor: "it@contoso.com", mailbox: "ben"})
}

// Promise: what a name comes to depends on neither the order of the records nor how they are split into files.
func TestJoinInAnyOrder(t *testing.T) {
	spellings := []string{
		"anna@contoso.com", "Anna Able <anna@contoso.com>", "anna", `contoso\anna`, "Anna Able", "bob@contoso.com", "bob", "Bob Baker <bob@contoso.com>",
		"Bob Baker", "anna@fabrikam.com", "10032000abcdef01", "i:0#.f|membership|bob@contoso.com", "urn:spo:guest#bob@contoso.com", "x y",
		"0a1b2c3d-0000-4000-8000-00000000000b", "s-1-5-21-1-2-3-1104", "/o=x/cn=recipients/cn=bob",
	}
	var calls []string
	for _, account := range []string{"anna@contoso.com", "bob@contoso.com", "0a1b2c3d-0000-4000-8000-00000000000b"} {
		for _, name := range []string{"0a1b2c3d-0000-4000-8000-00000000000b", "S-1-5-21-1-2-3-1104", "/o=x/cn=recipients/cn=bob", "10032000abcdef01"} {
			calls = append(calls, account+" = "+name)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) row {
			return row{
				typ:   rapid.SampledFrom([]activity.Type{activity.Logon, activity.RuleChange, activity.Send}).Draw(t, "type"),
				actor: rapid.SampledFrom(spellings).Draw(t, "actor"), mailbox: rapid.SampledFrom(append(spellings, "")).Draw(t, "mailbox"),
				object:  rapid.SampledFrom([]string{"", `Anna Able\x`, `x y\x`}).Draw(t, "object"),
				userkey: rapid.SampledFrom([]string{"", "10032000ABCDEF01"}).Draw(t, "key"), failed: rapid.Bool().Draw(t, "failed"),
				called: rapid.SampledFrom(append(calls, "")).Draw(t, "called"),
			}
		}), 1, 12).Draw(t, "rows")
		want := names(build(rows, 1))
		for _, one := range want {
			if name, _, _ := strings.Cut(one, " in "); !isAddress(name) && !activity.IsUnknownName(name) && !strings.Contains(one, " = ") {
				t.Errorf("%s: neither an address nor said to be unknown", one)
			}
		}
		if got := names(build(rapid.Permutation(rows).Draw(t, "order"), rapid.IntRange(1, 3).Draw(t, "inputs"))); !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}
