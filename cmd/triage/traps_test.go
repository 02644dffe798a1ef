package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/analyzers/report"
	"triage/rules/detect"
)

// What others fell into, and what real logs are full of and nobody wants to be told: one test each, over invented rows
// in files as clients hand them over.

const homeLine, foreign = "80.114.221.9", "105.112.4.7" // places of the built-in databases: NL and NG

// row is one AuditData object: time, operation, and fields on top of those that every record has.
func row(at, op string, more map[string]any) map[string]any {
	r := map[string]any{
		"CreationTime": at, "Operation": op, "Workload": "Exchange", "UserType": 0, "UserId": "owner@contoso.com",
		"ResultStatus": "True", "Id": guid(at + op + fmt.Sprint(more)),
	}
	for k, v := range more {
		r[k] = v
	}
	return r
}

// guid makes a service's id of a text.
func guid(text string) string {
	sum := uint64(14695981039346656037)
	for _, c := range []byte(text) {
		sum = (sum ^ uint64(c)) * 1099511628211
	}
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(sum>>32), sum&0xffffffffffff)
}

func signedIn(at, ip, code string) map[string]any {
	op := "UserLoggedIn"
	if code != "0" && code != "50140" {
		op = "UserLoginFailed"
	}
	return row(at, op, map[string]any{"Workload": "AzureActiveDirectory", "ClientIP": ip, "ErrorNumber": code, "ResultStatus": "Success"})
}

func accessRow(at, ip string, more map[string]any) map[string]any {
	fields := map[string]any{"ClientIPAddress": ip, "MailboxOwnerUPN": "owner@contoso.com", "ClientInfoString": "Client=OWA;Mozilla/5.0"}
	for k, v := range more {
		fields[k] = v
	}
	return row(at, "MailItemsAccessed", fields)
}

// daily repeats a row on so many days.
func daily(n int, at string, make func(at string) map[string]any) []map[string]any {
	start, _ := time.Parse("2006-01-02T15:04:05", at)
	var rows []map[string]any
	for i := range n {
		rows = append(rows, make(start.AddDate(0, 0, i).Format("2006-01-02T15:04:05")))
	}
	return rows
}

// lines are rows as a file of JSON lines.
func lines(rows ...map[string]any) string {
	var b strings.Builder
	for _, r := range rows {
		data, _ := json.Marshal(r)
		b.Write(data)
		b.WriteByte('\n')
	}
	return b.String()
}

func analyzedText(t *testing.T, name, text string) *report.Report {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return analyzed(t, path)
}

// found lists the findings of a rule.
func found(r *report.Report, rule string) []report.Finding {
	var list []report.Finding
	for _, f := range r.Findings {
		if glob(rule, f.Rule) {
			list = append(list, f)
		}
	}
	return list
}

// wantFound fails unless a rule has so many findings.
func wantFound(t *testing.T, r *report.Report, rule string, n int) []report.Finding {
	t.Helper()
	list := found(r, rule)
	if len(list) != n {
		var all []string
		for _, f := range r.Findings {
			all = append(all, f.Rule+": "+f.Text)
		}
		t.Errorf("%s: %d findings, want %d; all:\n%s", rule, len(list), n, strings.Join(all, "\n"))
	}
	return list
}

// wantQuiet fails on any finding of medium or above.
func wantQuiet(t *testing.T, r *report.Report, activities int64) {
	t.Helper()
	total := int64(0)
	for _, in := range r.Inputs {
		total += in.Activities
	}
	if total != activities {
		t.Errorf("%d activities, want %d: what is not read is not quiet", total, activities)
	}
	for _, f := range r.Findings {
		if level, _ := detect.ParseLevel(f.Level); level >= detect.Medium && f.Suppressed == nil {
			t.Errorf("%s at %s: %s", f.Rule, f.Level, f.Text)
		}
	}
}

// Throttling stands inside AuditData and nowhere else.
func TestTrapThrottlingInsideAuditData(t *testing.T) {
	data, _ := json.Marshal(accessRow("2026-03-02T08:00:00", homeLine, map[string]any{
		"OperationProperties": []map[string]any{{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": "True"}},
	}))
	csv := "RecordType,CreationDate,UserIds,Operations,AuditData\nExchangeItemAggregated,2026-03-02T08:00:00.0000000Z,owner@contoso.com,MailItemsAccessed,\"" +
		strings.ReplaceAll(string(data), `"`, `""`) + "\"\n"
	wantFound(t, analyzedText(t, "ual.csv", csv), "access.throttled", 1)
}

// The operation is UpdateInboxRules, in the plural.
func TestTrapUpdateInboxRulesPlural(t *testing.T) {
	change := func(op string) map[string]any {
		return row("2026-03-02T08:00:00", op, map[string]any{
			"MailboxOwnerUPN": "owner@contoso.com", "ClientIPAddress": homeLine, "ResultStatus": "Succeeded",
			"OperationProperties": []map[string]any{
				{"Name": "RuleOperation", "Value": "AddMailboxRule"},
				{"Name": "RuleName", "Value": "."},
				{"Name": "RuleActions", "Value": `[{"ActionType":"Forward","Recipients":["ex@example.org"],"ForwardFlags":"None"}]`},
			},
		})
	}
	// The reads say whose domain is inside.
	r := analyzedText(t, "a.jsonl", lines(accessRow("2026-03-02T07:00:00", homeLine, nil), change("UpdateInboxRules")))
	wantFound(t, r, "rule.odd-name", 1)
	wantFound(t, r, "rule.external-forward", 1)
	wantFound(t, analyzedText(t, "b.jsonl", lines(change("UpdateInboxRule"))), "rule.*", 0)
}

// A name of two dots is odd; one that begins with a dot is a name.
func TestTrapRuleNamesOfSymbols(t *testing.T) {
	named := func(at, name string) map[string]any {
		return row(at, "New-InboxRule", map[string]any{"UserType": 2, "ObjectId": `owner\` + at, "Parameters": []map[string]any{{"Name": "Name", "Value": name}}})
	}
	for name, odd := range map[string]int{"..": 1, ",,,": 1, " ": 1, "": 1, "z": 1, "☺": 1, ".Invoices": 0, "Team": 0, "[Project]": 0} {
		r := analyzedText(t, "ual.jsonl", lines(named("2026-03-02T08:00:00", name)))
		if got := len(found(r, "rule.odd-name")); got != odd {
			t.Errorf("%q: %d findings, want %d", name, got, odd)
		}
	}
}

// A blank name is a name that is blank; only a record that does not say it leaves it unknown.
func TestBlankRuleNameIsToldAsBlank(t *testing.T) {
	made := row("2024-05-02T09:00:00", "New-InboxRule", map[string]any{"Parameters": []map[string]string{
		{"Name": "Name", "Value": ""}, {"Name": "DeleteMessage", "Value": "True"}, {"Name": "BodyContainsWords", "Value": "helpdesk"},
	}})
	for _, f := range wantFound(t, analyzedText(t, "audit.json", lines(made)), "rule.odd-name", 1) {
		if !strings.Contains(f.Text, `"(blank)"`) {
			t.Errorf("told as %s", f.Text)
		}
	}
}

// MailItemsAccessed says ClientIPAddress, not ClientIP.
func TestTrapAddressOfMailItemsAccessed(t *testing.T) {
	rows := daily(12, "2026-03-01T08:00:00", func(at string) map[string]any { return accessRow(at, homeLine, nil) })
	r := analyzedText(t, "ual.jsonl", lines(append(rows, accessRow("2026-03-09T03:00:00", foreign, nil))...))
	f := wantFound(t, r, "geo.new-country-activity", 1)
	if len(f) == 1 && !strings.Contains(f[0].Text, foreign) {
		t.Errorf("no address in %q", f[0].Text)
	}
}

// An IPv4 address in IPv6 clothes, with brackets and a port or without, is that address.
func TestTrapMappedAddresses(t *testing.T) {
	for _, spelling := range []string{"::ffff:" + foreign, "[::ffff:" + foreign + "]:443", "[" + foreign + "]:443", foreign + ":443"} {
		rows := daily(12, "2026-03-01T08:00:00", func(at string) map[string]any { return signedIn(at, homeLine, "0") })
		r := analyzedText(t, "ual.jsonl", lines(append(rows, signedIn("2026-03-09T03:00:00", spelling, "0"))...))
		if len(found(r, "geo.new-country")) != 1 {
			t.Errorf("%s: no new country", spelling)
		}
		if !slices.ContainsFunc(r.Addresses, func(a report.Address) bool { return a.IP == foreign }) {
			t.Errorf("%s is not among the addresses", spelling)
		}
	}
}

// One bad row costs that row, and is shown.
func TestTrapOneBadRow(t *testing.T) {
	good := row("2026-03-02T08:00:00", "New-InboxRule", map[string]any{"UserType": 2, "Parameters": []map[string]any{{"Name": "Name", "Value": ".."}}})
	r := analyzedText(t, "ual.jsonl", lines(good)+"{\"CreationTime\":\"2026-03-02T09:00:00\",\"Operation\":\n"+
		lines(row("2026-03-02T10:00:00", "Set-InboxRule", map[string]any{"UserType": 2, "Parameters": []map[string]any{{"Name": "Name", "Value": ",,"}}})))
	wantFound(t, r, "rule.odd-name", 2)
	if in := r.Inputs[0]; in.Skipped != 1 || in.Rows != in.Activities+in.Duplicates+in.Skipped || len(r.Skipped) != 1 {
		t.Errorf("%+v, skipped %v; want one skipped row, named", in, r.Skipped)
	}
}

// A read belongs to its own address and session, not to whoever logged on in the row before.
func TestTrapReadsGoByTheirOwnAddress(t *testing.T) {
	rows := daily(12, "2026-03-01T08:00:00", func(at string) map[string]any { return accessRow(at, homeLine, nil) })
	rows = append(rows, signedIn("2026-03-09T08:30:00", foreign, "0"), accessRow("2026-03-09T08:31:00", homeLine, nil))
	r := analyzedText(t, "ual.jsonl", lines(rows...))
	wantFound(t, r, "geo.new-country-activity", 0)
	for _, a := range r.Addresses {
		if a.IP == foreign && a.Activities != 1 {
			t.Errorf("%s did %d things, want its one logon", foreign, a.Activities)
		}
	}
}

// Rows of one second have an order, and it is not the file's.
func TestTrapTiesHaveAnOrder(t *testing.T) {
	var rows []map[string]any
	for i := range 30 {
		rows = append(rows, row("2026-03-02T08:00:00", "HardDelete", map[string]any{
			"MailboxOwnerUPN": "owner@contoso.com", "ClientIPAddress": homeLine, "SessionId": fmt.Sprint("s", i%3), "Item": map[string]any{"Id": fmt.Sprint(i), "Subject": "New sign-in"},
		}))
	}
	folder := t.TempDir()
	var first []byte
	for n := range 3 {
		path := filepath.Join(folder, "ual.jsonl")
		if err := os.WriteFile(path, []byte(lines(rows...)), 0o600); err != nil {
			t.Fatal(err)
		}
		out := output(t, "--format", "canonical", path)
		if first == nil {
			first = out
		} else if d := difference(first, out); string(first) != string(out) {
			t.Errorf("order %d: %s", n, d)
		}
		slices.Reverse(rows)
		rows = append(rows[7:], rows[:7]...)
	}
}

// A text that ends in the middle of a letter is read, shown and harms nothing.
func TestTrapTruncatedLetters(t *testing.T) {
	at := lines(row("2026-03-02T08:00:00", "New-InboxRule", map[string]any{"UserType": 2, "Parameters": []map[string]any{{"Name": "Name", "Value": "CUT"}, {"Name": "DeleteMessage", "Value": "True"}}}))
	text := strings.Replace(at, "CUT", "Überweisung \xc3", 1)
	r := analyzedText(t, "ual.jsonl", text)
	wantFound(t, r, "rule.deletes", 1)
}

// A time with an offset is that moment in UTC.
func TestTrapOffsetOfTime(t *testing.T) {
	r := analyzedText(t, "ual.jsonl", lines(row("2026-03-02T08:00:00+05:30", "New-InboxRule", map[string]any{"UserType": 2, "Parameters": []map[string]any{{"Name": "Name", "Value": ".."}}})))
	if f := wantFound(t, r, "rule.odd-name", 1); len(f) == 1 && detect.TimeText(int64(f[0].First)) != "2026-03-02T02:30:00Z" {
		t.Errorf("first at %v, want 2026-03-02T02:30:00Z", f[0].First)
	}
}

// Nine failures in the window and one a second after it are no ten.
func TestTrapWindowEnds(t *testing.T) {
	failures := func(last string) *report.Report {
		var rows []map[string]any
		for i := range 9 {
			rows = append(rows, signedIn(fmt.Sprintf("2026-03-02T08:0%d:00", i), homeLine, "50126"))
		}
		return analyzedText(t, "ual.jsonl", lines(append(rows, signedIn(last, homeLine, "50126"))...))
	}
	wantFound(t, failures("2026-03-02T08:10:00"), "logon.guessing", 1)
	wantFound(t, failures("2026-03-02T08:10:01"), "logon.guessing", 0)
}

// Ten failures at ten mailboxes are not ten at one.
func TestTrapGroupsAreCountedApart(t *testing.T) {
	var rows []map[string]any
	for i := range 10 {
		r := signedIn(fmt.Sprintf("2026-03-02T08:00:%02d", i), fmt.Sprintf("80.114.221.%d", i+1), "50126")
		r["UserId"] = fmt.Sprintf("user%d@contoso.com", i)
		rows = append(rows, r)
	}
	r := analyzedText(t, "ual.jsonl", lines(rows...))
	wantFound(t, r, "logon.guessing", 0)
	wantFound(t, r, "logon.spray", 0)
}

// A byte order mark before JSON is no reason to read nothing.
func TestTrapByteOrderMark(t *testing.T) {
	rows := []map[string]any{row("2026-03-02T08:00:00", "New-InboxRule", map[string]any{"UserType": 2, "Parameters": []map[string]any{{"Name": "Name", "Value": ".."}}})}
	array, _ := json.Marshal(rows)
	for name, text := range map[string]string{"lines.jsonl": lines(rows...), "array.json": string(array)} {
		r := analyzedText(t, name, "\ufeff"+text)
		if len(found(r, "rule.odd-name")) != 1 {
			t.Errorf("%s: nothing found", name)
		}
	}
}
