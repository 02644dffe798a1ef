package packtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/analyzers"
	"triage/ingest"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// field is what is right of one file from the field.
type field struct {
	activities int
	mailboxes  string // of people, with spaces; * for any
	finding    string // begins a rule that must find something; ! for none at medium or above, "" for either
	level      detect.Level
	ip         string // that an activity has; "" for any
}

// Promise: what people reported to other tools, and what common tools write, is read as its README says. Each file stands for a
// kind; files of our own for each kind are in the tests of its reader.
func TestFieldFiles(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data", "field")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the shared files are not there")
	}
	const anna, attacker = "anna@contoso.com", "203.0.113.50"
	for file, want := range map[string]field{
		"X01c_hawk_updateinboxrules.csv":          {1, anna, "rule.external-forward", detect.Critical, attacker},
		"X01_hawk_flat_all.csv":                   {4, anna, "access.throttled", detect.Medium, attacker},
		"T56_enhanced_summary_utf16.csv":          {3, "anna@contoso.com bob@contoso.com", "", 0, ""},
		"T32_graph_activity_diag.jsonl":           {20, "*", "", 0, "203.0.113.51"},
		"U01_objectid_1.jsonl":                    {3, "anna@contoso.com bob@contoso.com", "rule.external-forward", detect.Critical, attacker},
		"X03c_get_inboxrule.csv":                  {1, "unknown (anna able)", "rule.standing-", detect.Medium, ""},
		"T19a_wazuh_office365.jsonl":              {2, anna, "rule.external-forward", detect.Critical, attacker},
		"T20a_elastic_source_ndjson.ndjson":       {2, anna, "rule.external-forward", detect.Critical, attacker},
		"T25a_splunk_rest_export.json":            {2, anna, "rule.external-forward", detect.Critical, attacker},
		"T34a_cloudappevents.json":                {1, anna, "rule.external-forward", detect.Critical, attacker},
		"T34b_cloudappevents.csv":                 {1, anna, "rule.external-forward", detect.Critical, attacker},
		"T34d_emailevents.csv":                    {1, anna, "mail.", detect.Medium, ""},
		"T33a_risk_detections_graph.json":         {1, anna, "risk.", detect.Medium, attacker},
		"T33c_risky_users_csv.csv":                {1, anna, "risk.", detect.Low, ""},
		"T17c_sentinel_portal_csv_local_time.csv": {2, anna, "rule.external-forward", detect.Critical, attacker},
		"T17e_signinlogs_portal_csv_local.csv":    {2, anna, "", 0, "198.51.100.7"},
		"T14b_trace_ddmm_ambiguous.csv":           {3, "*", "", 0, ""},
		"T15_creationtime_utc_suffix.jsonl":       {7, anna, "", 0, "198.51.100.7"},
		"W03a_csv_banner_line.csv":                {3, anna, "", 0, ""},
		"W03d_json_warning_line.json":             {3, anna, "", 0, ""},
		"X03_mes_graph_rules.csv":                 {1, anna, "rule.standing-forward", detect.High, ""},
		"T59b_transport_rules.csv":                {1, "", "listing.", detect.Medium, ""},
		"T59c_mailbox_forwarding.csv":             {1, anna, "listing.", detect.High, ""},
		"T59d_oauth_permissions.csv":              {1, "*", "listing.", detect.Low, ""},
		"W09_graph_security_alerts.json":          {1, anna, "alert.", detect.Medium, ""},
		"W05a_no_header.csv":                      {3, anna, "", 0, ""},
		"W06_excel.xlsx":                          {3, anna, "", 0, ""},
		"W04_format_list.txt":                     {1, anna, "", 0, ""},
		"T30_mcas_alert.jsonl":                    {1, anna, "alert.", detect.Low, ""},
		"T31b_alert_recipient_entity.jsonl":       {1, anna, "alert.", detect.Low, ""},
		"V04_future_time.jsonl":                   {4, anna, "", 0, ""},
		"T10a_cp1252.csv":                         {1, "jörg.müller@contoso.com", "rule.hides", detect.Medium, attacker},
		"W02_ip_precedence.jsonl":                 {2, anna, "", 0, "198.51.100.7"},
		"W01_ip_ffff_prefix.jsonl":                {9, anna, "", 0, "198.51.100.7"},
		"V12_owner_viaproxy_every_day.jsonl":      {38, anna, "!", 0, ""},
		"W07a_forward_by_directory_name.jsonl":    {2, anna, "rule.unknown-forward", detect.Low, attacker},
		"Y03_trace_redirected.csv":                {7, "anna@contoso.com bob@contoso.com sales@contoso.com", "", 0, ""},
		"T35_create_app_certificates.json":        {4, anna, "app.secret", detect.Medium, attacker},
		"V19c_bad_escape.jsonl":                   {2, anna, "rule.external-forward", detect.Critical, ""},
		"T29_auditdata_psobject_text.csv":         {1, anna, "", 0, attacker},
		"V14_guest_upn.jsonl":                     {9, "*", "", 0, ""},
		"T45b_excel_empty_trailing_rows.csv":      {1, anna, "", 0, ""},
		"eml/mailbox_folder":                      {3, "unknown (whoever had the message files)", "mail.", detect.Medium, ""},
		"eml/attachments":                         {1, anna, "mail.risky-attachment", detect.Low, ""},
		"eml/split":                               {1, anna, "mail.", detect.Medium, ""},
	} {
		t.Run(file, func(t *testing.T) {
			c := fieldFile(t, filepath.Join(dir, file), want)
			if told, ok := fieldRows()[file]; ok && rowsOf(c) != told {
				t.Errorf("got %s, want %s", rowsOf(c), told)
			}
		})
	}
}

// fieldRows are files of which each row counts: its time and its address.
func fieldRows() map[string]string {
	const times = "10:15:30 198.51.100.7; 10:15:31 198.51.100.7; 10:15:32 198.51.100.7; 10:15:33 198.51.100.7; 10:15:34 198.51.100.7; " +
		"10:15:35 198.51.100.7; 10:15:36 198.51.100.7"
	return map[string]string{
		"T15_creationtime_utc_suffix.jsonl": times,
		"W02_ip_precedence.jsonl":           "08:00:00 198.51.100.7; 08:00:00 198.51.100.7",
	}
}

// rowsOf are the dated rows of a case, oldest first.
func rowsOf(c *activity.Case) string {
	var rows []string
	for i := range c.Activities {
		if a := &c.Activities[i]; a.Flags&activity.Undated == 0 {
			ip, _, _ := strings.Cut(c.Text(a.IP), ":")
			rows = append(rows, time.UnixMilli(a.Time).UTC().Format(time.TimeOnly)+" "+ip)
		}
	}
	return strings.Join(rows, "; ")
}

func fieldFile(t *testing.T, path string, want field) *activity.Case {
	t.Helper()
	set, l := coreSet(t)
	files, err := ingest.Open(t.Context(), []string{path}, ingest.Options{Interest: set.Interest})
	if err != nil {
		t.Fatal(err)
	}
	c := files.Case
	places := func(c *activity.Case) detect.Places { return analyzers.NewPlaces(l, c) }
	res, err := analyzers.RunTenants(t.Context(), c, set, places, analyzers.Options{AsOf: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range c.Inputs {
		if in.Rows != in.Activities+in.Duplicates+in.Skipped {
			t.Errorf("%d rows, %d activities, %d duplicates, %d skipped", in.Rows, in.Activities, in.Duplicates, in.Skipped)
		}
	}
	if len(c.Activities) != want.activities {
		t.Errorf("%d activities, want %d", len(c.Activities), want.activities)
	}
	var boxes []string
	for i := range res.Mailboxes {
		box := &res.Mailboxes[i]
		if box.Lane != activity.Person {
			continue
		}
		if !strings.Contains(box.Name, "@") && !activity.IsUnknownName(box.Name) {
			t.Errorf("mailbox %q is neither an address nor said to be unknown", box.Name)
		}
		boxes = append(boxes, box.Name)
	}
	slices.Sort(boxes)
	if got := strings.Join(boxes, " "); want.mailboxes != "*" && got != want.mailboxes {
		t.Errorf("mailboxes %q, want %q", got, want.mailboxes)
	}
	found := want.finding == "" || want.finding == "!"
	for i := range res.Findings {
		f := &res.Findings[i]
		if want.finding == "!" && f.Level >= detect.Medium {
			t.Errorf("%s finds something", f.Rule.ID)
		}
		found = found || strings.HasPrefix(f.Rule.ID, want.finding) && f.Level >= want.level
	}
	if !found {
		t.Errorf("no finding of %s", want.finding)
	}
	from := want.ip == ""
	for i := range c.Activities {
		from = from || strings.HasPrefix(c.Text(c.Activities[i].IP), want.ip)
	}
	if !from {
		t.Errorf("no activity from %s", want.ip)
	}
	return c
}
