package audit

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"triage/ingest/account"
	"triage/ingest/activity"
	"triage/ingest/record"
)

// decodeTable reads a CSV as the ingest layer will: recognise by header, decode each row, skip what fails.
func decodeTable(t *testing.T, path string, interest activity.Interest) *activity.Case {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no shared data: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return decodeCSV(t, f, filepath.Base(path), interest)
}

func decodeCSV(t *testing.T, from io.Reader, name string, interest activity.Interest) *activity.Case {
	t.Helper()
	rows := csv.NewReader(from)
	rows.FieldsPerRecord, rows.LazyQuotes = -1, true
	all, err := rows.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head := record.Head{Shape: record.CSV, Header: all[0], Rows: all[1:min(len(all), 6)]}
	format := recognised(t, head)
	decoder, shard := format.New(head), activity.NewShard(0, interest)
	for i, row := range all[1:] {
		rec := record.Record{Offset: int64(i)}
		for _, cell := range row {
			rec.Cells = append(rec.Cells, []byte(cell))
		}
		if err := decoder.Decode(rec, shard); err != nil {
			shard.Skip(rec.Offset, err)
		}
	}
	b := activity.NewBuilder()
	b.Add(activity.Input{Path: name, Format: format.Name, Source: format.Source, Rows: int64(len(all) - 1)}, []*activity.Shard{shard}, "")
	return b.Case()
}

// recognised is the one format that takes a stream; there must be exactly one.
func recognised(t *testing.T, head record.Head) record.Format {
	t.Helper()
	var found []record.Format
	for _, f := range Formats() {
		if f.Shape == head.Shape && f.Recognise(head) != "" {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d formats take header %q, want 1", len(found), head.Header)
	}
	return found[0]
}

const shared = "../../../shared/data/"

// TestSummitCounts keeps the promise that a real export loses nothing: every row is an activity or a repeat.
func TestSummitCounts(t *testing.T) {
	for _, name := range []string{"summit_search_ual.csv", "summit_splunk_raw.csv"} {
		c := decodeTable(t, shared+"summit/"+name, activity.Interest{})
		in := c.Inputs[0]
		if in.Rows != 8130 || in.Activities != 3898 || in.Duplicates != 4232 || in.Skipped != 0 {
			t.Errorf("%s: %d rows, %d activities, %d duplicates, %d skipped; want 8130, 3898, 4232, 0", name, in.Rows, in.Activities, in.Duplicates, in.Skipped)
		}
		if len(c.Conflicts) > 0 {
			t.Errorf("%s: %d conflicts, want 0", name, len(c.Conflicts))
		}
	}
}

// TestSummitTruth keeps the promise that what is known to have happened in a real tenant is visible as activities.
func TestSummitTruth(t *testing.T) {
	c := decodeTable(t, shared+"summit/summit_search_ual.csv", activity.Interest{})
	account.Spell(c).Join()
	wantList(t, "domains", TenantDomains(c), "dutchmasterz.onmicrosoft.com")
	const joey, grady, people = "joey@dutchmasterz.onmicrosoft.com", "gradya@dutchmasterz.onmicrosoft.com", "80.114.221.214"
	f := func(id string, kind activity.Type, mailbox, ip string, fields ...string) {
		t.Helper()
		s := byID(t, c, id)
		want(t, id+" type", s.Type, kind)
		want(t, id+" mailbox", s.Text(s.Mailbox), mailbox)
		want(t, id+" actor", s.Text(s.Actor), mailbox)
		if !strings.HasPrefix(s.Text(s.IP), ip) {
			t.Errorf("%s: address %q, want %q…", id, s.Text(s.IP), ip)
		}
		wantList(t, id+" forward", append(s.fields(activity.FieldForwardTo), s.fields(activity.FieldForwardDomain)...), fields...)
	}
	f("832172e1", activity.ForwardingChange, grady, people, "ex@exdigy.net", "exdigy.net")
	f("d3950f10", activity.ForwardingChange, grady, people)
	wantList(t, "cleared", byID(t, c, "d3950f10").named("params.ForwardingSmtpAddress"), "")
	f("164f4c09", activity.ForwardingChange, joey, people, "sans@dutchmasterz.onmicrosoft.com", "dutchmasterz.onmicrosoft.com")
	f("dced8dc2", activity.ForwardingChange, joey, people, "sans@dutchmasterz.onmicrosoft.com", "dutchmasterz.onmicrosoft.com")
	f("d1228274", activity.RuleChange, joey, people, "korstiaan@financial-technology.com", "financial-technology.com")
	f("ddf38a41", activity.RuleChange, joey, people)
	wantList(t, "blank name", byID(t, c, "ddf38a41").named("params.Name"), "")
	wantList(t, "words", byID(t, c, "d1228274").named("params.BodyContainsWords"), "Invoice;Payments")
	f("8e86a024", activity.Consent, joey, "")
	f("388df1dd", activity.Consent, "alexw@dutchmasterz.onmicrosoft.com", "")
	want(t, "refused consent", byID(t, c, "388df1dd").Result, activity.Failure)

	counts := countSummit(c)
	for what, n := range map[string]int{
		"alert": 8, "consent success": 23, "consent failure": 3, "role by a person": 2,
		"LU logon success": 4, "LU logon failure": 3, "LU mail_access success": 1, "LU delete success": 2, "LU session": 10,
		"guess 80.114.221.214 50126": 35, "guess 80.114.221.214 50053": 11, "guess 109.36.130.165": 15, "guess 178.85.138.132": 3,
		"read by sisai": 3, "read by Poss": 9, "messages of Poss": 65, "read by Graph explorer": 6,
		"permission by the system": 38,
	} {
		want(t, what, counts[what], n)
	}
}

func byID(t *testing.T, c *activity.Case, prefix string) seen {
	t.Helper()
	for i := range c.Activities {
		if strings.HasPrefix(c.Activities[i].ID.String(), prefix) {
			return seen{c, &c.Activities[i]}
		}
	}
	t.Fatalf("no activity %s…", prefix)
	return seen{}
}

// countSummit counts what the data's README knows the numbers of.
func countSummit(c *activity.Case) map[string]int {
	apps := map[string]string{
		"842cef72-745d-463c-8b49-ce16ccc5ebd2": "sisai", "395a1045-4185-43f1-ba4f-2b889bf7416b": "Poss",
		"de8bc8b5-d9f9-48b1-a8ad-b748da725064": "Graph explorer",
	}
	n := map[string]int{}
	for i := range c.Activities {
		s := seen{c, &c.Activities[i]}
		ip, _, _ := strings.Cut(s.Text(s.IP), ":")
		day := time.UnixMilli(s.Time).UTC().Format(time.DateOnly)
		switch {
		case s.Type == activity.Alert:
			n["alert"]++
		case s.Type == activity.Consent:
			n["consent "+s.Result.String()]++
		case s.Type == activity.RoleChange && s.Lane == activity.Person:
			n["role by a person"]++
		case s.Type == activity.MailAccess && apps[s.Text(s.Get(s.Activity, activity.FieldAppID))] != "":
			app := apps[s.Text(s.Get(s.Activity, activity.FieldAppID))]
			n["read by "+app]++
			n["messages of "+app] += len(s.fields(activity.FieldMessageID))
		case s.Text(s.Op) == "Add-MailboxPermission" && s.Lane == activity.System:
			n["permission by the system"]++
		case ip == "5.253.204.108":
			n["LU "+s.Type.String()+" "+s.Result.String()]++
			if s.Text(s.Session) == "9eceee2c-f3d4-401b-ad09-e5b7b8313294" {
				n["LU session"]++
			}
		case s.Type == activity.Logon && s.Result == activity.Failure && day == "2021-07-09":
			code := s.Text(s.Get(s.Activity, activity.FieldError))
			if code == "50126" || code == "50053" {
				n["guess "+ip]++
				n["guess "+ip+" "+code]++
			}
		}
	}
	return n
}

// TestLabelledExports: every small export is recognised and read, and its act has the type a rule will ask for.
func TestLabelledExports(t *testing.T) {
	kinds := map[string]activity.Type{
		"t1098.001_Add a user to company administrator role":         activity.RoleChange,
		"t1098.002_ApplicationImpersonation":                         activity.RoleChange,
		"t1098.002_Mail Account Delegation full access permissions":  activity.PermissionChange,
		"t1098.002_Mail account delegation-SendAs permission":        activity.PermissionChange,
		"t1110.003_msolspraywithsuccess_1":                           activity.Logon,
		"t1110.003_o365spray_reporting":                              activity.Logon,
		"t1114.002_Enable_POP_IMAP_OWA":                              activity.PolicyChange,
		"t1114_Set-Mailbox-ForwardSMTPAddress":                       activity.ForwardingChange,
		"t1482_azurehound_list":                                      activity.Logon,
		"t1531_Remove-Admin members from a group":                    activity.RoleChange,
		"t1556.006_Disable Strong Authentication":                    activity.CredentialChange,
		"t1562.001_Remove-DlpCompliancePolicy":                       activity.PolicyChange,
		"t1562.001_Set-Mailbox-AuditLogAgeLimitoZero":                activity.AuditChange,
		"t1562.008_Advanced Auditing policy removed from a user":     activity.AccountChange,
		"t1562.008_Disable UAL ingestion":                            activity.AuditChange,
		"t1562.008_Set-MailboxAuditBypassAssociation":                activity.AuditChange,
		"t1564.008_New inbox rule to delete email":                   activity.RuleChange,
		"t1564.008_Update existing mailbox rule using Set-InboxRule": activity.RuleChange,
		"t1592.004_mfa_sweep":                                        activity.Logon,
	}
	for name, kind := range kinds {
		c := decodeTable(t, shared+"det-eng/"+name+".csv", activity.Interest{})
		want(t, name+" skipped", len(c.Skips), 0)
		want(t, name+" rows", c.Inputs[0].Activities, c.Inputs[0].Rows)
		for i := range c.Activities {
			want(t, name, c.Activities[i].Type, kind)
		}
	}
	in := activity.Interest{Raw: []string{"ExtendedProperties.additionalDetails"}}
	c := decodeTable(t, shared+"det-eng/t1562.008_Advanced Auditing policy removed from a user.csv", in)
	details := seen{c, &c.Activities[0]}.named("raw.ExtendedProperties.additionalDetails")
	if len(details) != 1 || !strings.Contains(details[0], "DisabledPlans=[M365_ADVANCED_AUDITING") {
		t.Errorf("the plan that was taken away is not in raw.ExtendedProperties.additionalDetails")
	}
}
