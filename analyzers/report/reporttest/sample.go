package reporttest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/analyzers"
	"triage/analyzers/register"
	"triage/analyzers/report"
	"triage/analyzers/report/draw"
	"triage/analyzers/verdict"
	"triage/geo"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// Places is where the sample's addresses are.
type Places struct {
	C    *activity.Case
	word string
	by   map[string][5]string // ip, country, asn, org, class
}

func (p Places) At(ip activity.Symbol) geo.Located {
	if p.by[p.C.Text(ip)][1] != "NG" {
		return geo.Located{}
	}
	return geo.Located{Place: geo.Place{City: "Lagos" + p.word, ClassSource: "carrier list"}}
}

func (p Places) Field(ip activity.Symbol, f activity.Field) string {
	row := p.by[p.C.Text(ip)]
	switch f {
	case activity.FieldIP:
		return row[0]
	case activity.FieldCountry:
		return row[1]
	case activity.FieldASN:
		return row[2]
	case activity.FieldOrg:
		return row[3]
	case activity.FieldIPClass:
		return row[4]
	}
	return ""
}

// strangeAbroad is how strange the sample's acts are: those from abroad are.
type strangeAbroad struct {
	c    *activity.Case
	word string
}

func (k strangeAbroad) Strangeness(index uint32) (tenths int, ok bool) {
	switch k.c.Text(k.c.Activities[index].IP) {
	case "203.0.113.9":
		return 25, true
	case "198.51.100.7":
		return 0, true
	}
	return 0, false
}

func (strangeAbroad) Line(uint32) string        { return "" }
func (strangeAbroad) Shared(uint32, int64) bool { return false }

func (k strangeAbroad) StrangeWhy(index uint32) []string {
	if tenths, _ := k.Strangeness(index); tenths == 0 {
		return nil
	}
	return []string{"country NG is new +1", "network AS29465 is new +1", "a session of its own +0.5" + k.word}
}

// sampleCase is an invented case of two inputs: alice's Outlook Activities, with a foreign logon, searches and a
// skipped row, and an audit export with bob's forwarding and a service. word goes into every text that a log writes.
func sampleCase(word string) *activity.Case {
	at := func(s string) int64 {
		d, err := time.Parse("2006-01-02 15:04:05", s)
		if err != nil {
			panic(err)
		}
		return d.UnixMilli()
	}
	b := activity.NewBuilder()
	s := activity.NewShard(0, activity.Interest{})
	add := func(typ activity.Type, op, when, ip, app string, offset int64, put func()) {
		if put != nil {
			put()
		}
		s.Add(activity.Activity{
			Time: at(when), ID: activity.HashID([]byte(op + when)), Sum: uint64(offset), Offset: offset, Type: typ,
			Op: s.Intern([]byte(op)), Mailbox: s.InternFold([]byte("Alice@contoso.com")), Actor: s.InternFold([]byte("alice@contoso.com")),
			IP: s.Intern([]byte(ip)), App: s.Intern([]byte(app + word)), Agent: s.Intern([]byte("Mozilla/5.0" + word)),
			Session: s.Intern([]byte("session-" + app)), Item: s.Intern([]byte("item-" + when)), Result: activity.Success,
		})
	}
	add(activity.Logon, "ServerLogon", "2018-05-02 08:11:03", "198.51.100.7", "Web", 0, nil)
	add(activity.Logon, "ServerLogon", "2018-05-09 03:00:00", "203.0.113.9", "IMAP4", 100, nil)
	add(activity.Search, "SearchResult", "2018-05-09 03:05:00", "203.0.113.9", "Web", 200, func() {
		s.Put(activity.FieldQuery, []byte("wire transfer"+word))
	})
	add(activity.Deliver, "MessageDelivered", "2018-05-09 03:10:00", "", "Exchange", 300, func() {
		s.Put(activity.FieldMessageID, []byte("<m1@contoso.com>"))
		s.Put(activity.FieldSubject, []byte("Invoice"+word))
		s.Put(activity.FieldSender, []byte("mallory@example.com"))
		s.Put(activity.FieldRecipients, []byte("alice@contoso.com"))
		s.Put(activity.FieldRecipients, []byte("bob@contoso.com"))
		s.Put(activity.FieldAttachments, []byte("invoice.hta"+word))
		s.PutNamed([]byte("params.Name"), []byte("."+word))
	})
	s.Skip(400, errors.New("custom properties: unterminated string at byte 31"+word))
	b.Add(activity.Input{
		Path: "case" + word + ".csv", SHA256: strings.Repeat("a1", 32), Format: "activities-csv", Why: "header TimeStamp,AppIdType" + word,
		Source: activity.SourceActivities, Mailbox: "alice@contoso.com", MailboxFrom: "ServerLogon.UserName", Rows: 5,
	}, []*activity.Shard{s}, "")
	s = activity.NewShard(1, activity.Interest{})
	guid, _ := activity.GUID([]byte("832172e1-0000-4000-8000-000000000001"))
	s.PutNamed([]byte("params.ForwardingSmtpAddress"), []byte("smtp:mallory@example.com"))
	s.Add(activity.Activity{
		Time: at("2018-05-09 04:00:00"), ID: guid, Type: activity.ForwardingChange, Op: s.Intern([]byte("Set-Mailbox")),
		Mailbox: s.Intern([]byte("bob@contoso.com")), Actor: s.Intern([]byte("alice@contoso.com")), IP: s.Intern([]byte("203.0.113.9:443")),
	})
	s.Add(activity.Activity{
		Time: at("2018-05-09 05:00:00"), ID: activity.HashID([]byte("service")), Op: s.Intern([]byte("Update")), Lane: activity.System,
		Mailbox: s.Intern([]byte("nt authority\\system" + word)), Offset: 900, Sum: 1,
	})
	b.Add(activity.Input{
		Path: "audit.json", SHA256: strings.Repeat("b2", 32), Format: "audit-search-csv", Why: "AuditData column", Source: activity.SourceAudit, Rows: 2,
	}, []*activity.Shard{s}, "")
	b.Add(activity.Input{Path: "photo.jpg", SHA256: strings.Repeat("c3", 32), Why: "binary, starts with ff d8 ff"}, nil, "")
	c := b.Case()
	c.Aliases = []activity.Alias{{
		Account: c.Symbols.Find("alice@contoso.com"), Name: c.Symbols.Find("nt authority\\system" + word), Why: "a sign-in of the account has it as UserKey", Rows: 2,
	}}
	return c
}

// maker makes what an analysis of the sample case may give. word goes into every text.
type maker struct {
	c    *activity.Case
	word string
}

// Sample is what an analysis of the sample case may give.
func Sample(word string) draw.Source {
	x := maker{sampleCase(word), word}
	c, box, of := x.c, x.box, x.of
	findings := x.findings()
	out := draw.Source{
		Result: &analyzers.Result{
			Case:    c,
			Context: strangeAbroad{c, word}, Places: Places{c, word, map[string][5]string{
				"198.51.100.7":    {"198.51.100.7", "NL", "64500", "Example Net" + word, "isp"},
				"203.0.113.9":     {"203.0.113.9", "NG", "64501", "Example Mobile" + word, "mobile"},
				"203.0.113.9:443": {"203.0.113.9", "NG", "64501", "Example Mobile" + word, "mobile"},
			}},
			Findings: findings,
			Verdicts: x.verdicts(findings),
			Accounts: []register.Account{{Name: "dora@contoso.com" + word, Acts: []register.Act{{Row: of("Set-Mailbox")[0], What: "Global Administrator" + word, Group: "admins" + word}}}},
			Searches: []analyzers.Search{{Mailbox: box("alice@contoso.com"), Time: findings[2].First, Query: "wire transfer" + word, Rows: 14, Terms: []string{"wire transfer"}, Finding: 2}, {Mailbox: box("alice@contoso.com"), Time: findings[2].First, Query: "lunch", Rows: 1, Finding: -1}},
			NotEvaluated: []detect.NotEvaluated{
				{Rule: "app.rare-client", Mailbox: box("alice@contoso.com"), Reason: "insufficient baseline: 3 active days, needs 10"},
				{Rule: "auth.spf", Reason: "no message headers" + word},
			},
			Caveats: []verdict.Caveat{
				{Code: "imap-sync", Mailbox: box("alice@contoso.com"), Text: "IMAP4 was used" + word, Evidence: of("ServerLogon")[1:]},
				{Code: "web-only", Text: "Outlook Activities record LinkClicked for the Web client only"},
			},
		},
		Records: draw.RecordsFunc(x.records),
		Version: "0.1.0",
		AsOf:    time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC),
		Case:    report.CaseData{Name: report.Text("2026-014" + word), Client: report.Text("Contoso Ltd" + word), Analyst: report.Text("J. Doe" + word), TLP: "AMBER"},
		Packs:   []report.Pack{{ID: "core", Version: "1.0.0", SHA256: strings.Repeat("d4", 32)}}, EffectiveRules: strings.Repeat("e5", 32),
		Geo: []report.Database{{Database: "DBIP-Country-Lite", Built: "2026-06-01", Source: "embedded", SHA256: report.Text(strings.Repeat("f6", 32)), Attribution: "IP geolocation by DB-IP (https://db-ip.com), CC BY 4.0"}},
	}
	crossSections(&out, word)
	exposed(&out, word)
	return out
}

// of are the rows of an operation.
func (x maker) of(op string) (rows []uint32) {
	for i := range x.c.Activities {
		if x.c.Text(x.c.Activities[i].Op) == op {
			rows = append(rows, uint32(i))
		}
	}
	return rows
}

func (x maker) box(name string) activity.Symbol { return x.c.Symbols.Find(name) }

func (x maker) rule(id, title, family string, level detect.Level) *detect.Rule {
	return &detect.Rule{
		ID: id, Title: title + x.word, Level: level, Confidence: 80, Family: family, Entities: []string{"mailbox", "ip", "session"},
		Attack: []string{"T1078.004"}, Next: "Ask the owner." + x.word, FalsePositives: []string{"travel" + x.word},
	}
}

func (x maker) find(id string, r *detect.Rule, mailbox string, rows []uint32, points, share float64, facts ...detect.Fact) verdict.Finding {
	return verdict.Finding{
		Finding: detect.Finding{
			Rule: r, Mailbox: x.box(mailbox), Level: r.Level, Confidence: r.Confidence, Count: len(rows), Facts: facts, Evidence: rows,
			First: x.c.Activities[rows[0]].Time, Last: x.c.Activities[rows[len(rows)-1]].Time,
		},
		ID: id, Fingerprint: strings.Repeat(strings.ToLower(id[len(id)-1:]), 64), Points: points, Share: share,
	}
}

func (x maker) findings() []verdict.Finding {
	rule, find, of, word := x.rule, x.find, x.of, x.word
	forward := rule("rule.external-forward", "Forwarding outside", "mailrule", detect.Critical)
	forward.Message = "{actor} forwards {mailbox} to {params.ForwardingSmtpAddress} from {ip} ({country}), {nothing}"
	findings := []verdict.Finding{
		find("F-0001", forward, "bob@contoso.com", of("Set-Mailbox"), 72, 1, detect.Fact{Name: "forward_to", Value: "mallory@example.com" + word}),
		find("F-0002", rule("geo.new-country", "New country", "location", detect.Medium), "alice@contoso.com", of("ServerLogon"), 36, 0.71907,
			detect.Fact{Name: "country", Value: "NG"}, detect.Fact{Name: "km", Value: 5000.5}, detect.Fact{Name: "days", Value: 3}),
		find("F-0003", rule("search.finance", "Finance search", "search", detect.Low), "alice@contoso.com", of("SearchResult"), 16, 0.28093,
			detect.Fact{Name: "terms", Value: []string{"wire transfer" + word}}),
		find("F-0004", rule("mail.risky-attachment", "Risky attachment", "delivery", detect.High), "alice@contoso.com", of("MessageDelivered"), 0, 0),
	}
	findings[3].Suppressed = &detect.Suppression{Exception: "drill", Reason: "test mail" + word, By: "jd"}
	return findings
}

func (x maker) verdicts(findings []verdict.Finding) verdict.Verdicts {
	c, box, word := x.c, x.box, x.word
	entity := func(name string, sym activity.Symbol, score float64, n int, boxes []string, of ...int) verdict.Entity {
		return verdict.Entity{
			Name: name, Symbol: sym, Score: score, Band: verdict.Band(score), Activities: n, First: c.Activities[0].Time,
			Last: c.Activities[len(c.Activities)-1].Time, Mailboxes: boxes, Findings: of,
		}
	}
	alice, bob := []string{"alice@contoso.com"}, []string{"bob@contoso.com"}
	message := c.Activities[x.of("MessageDelivered")[0]].Item
	return verdict.Verdicts{
		Mailboxes: []verdict.Mailbox{
			{
				Entity: entity("bob@contoso.com", box("bob@contoso.com"), 72, 1, bob, 0), Shares: []verdict.Share{{Finding: 0, Points: 72, Share: 1}},
				Window: &verdict.Window{First: findings[0].First, Last: findings[0].Last},
			},
			{
				Entity:   entity("alice@contoso.com", box("alice@contoso.com"), 46.2, 4, alice, 1, 2, 3),
				Shares:   []verdict.Share{{Finding: 1, Points: 36, Share: 0.71907}, {Finding: 2, Points: 16, Share: 0.28093}},
				Joined:   verdict.Joined{activity.ByItem: 2, activity.NoMatch: 1},
				Timeline: x.line("alice@contoso.com"),
			},
			{Entity: entity("carol@contoso.com", 0, 0, 0, []string{"carol@contoso.com"})},
		},
		Services:  []verdict.Entity{entity("nt authority\\system"+word, box("nt authority\\system"+word), 0, 1, nil)},
		Addresses: []verdict.Entity{entity("203.0.113.9", box("203.0.113.9"), 72, 3, []string{"alice@contoso.com", "bob@contoso.com"}, 0, 1), entity("198.51.100.7", box("198.51.100.7"), 0, 1, alice)},
		Sessions:  []verdict.Entity{entity("session-IMAP4", box("session-IMAP4"), 36, 1, alice, 1)},
		Messages:  []verdict.Entity{entity("<m1@contoso.com>", message, 0, 1, alice, 3)},
	}
}

// line is a mailbox's timeline.
func (x maker) line(mailbox string) activity.Timeline {
	for _, line := range x.c.Timelines() {
		if x.c.Text(line.Mailbox) == mailbox {
			return line
		}
	}
	panic("no activity of " + mailbox)
}

func (x maker) records(_ context.Context, origins []activity.Origin, most int) ([]draw.CitedRecord, error) {
	c, word := x.c, x.word
	out := make([]draw.CitedRecord, len(origins))
	for i, o := range origins {
		raw := fmt.Sprintf("record at %d%s", o.Offset, word)
		out[i] = draw.CitedRecord{Path: c.Inputs[o.File].Path, Line: o.Offset/100 + 2, Record: o.Offset/100 + 1, Raw: []byte(raw[:min(len(raw), most)])}
		if o.File == 1 {
			out[i].ServiceID = "832172e1-0000-4000-8000-000000000001"
		}
	}
	return out, nil
}

// Build is a report of the sample.
func Build(t testing.TB, src draw.Source) *report.Report {
	t.Helper()
	r, err := draw.Build(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
