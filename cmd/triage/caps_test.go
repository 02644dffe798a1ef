package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"triage/analyzers/report"
)

// crowded writes a case in which every list of the report that has an end is longer than that: 130 mailboxes with the same
// inbox rule, and in two of them 21,000 acts from a session and an address each, 150 of the sessions in both.
func crowded(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	n := 0
	act := func(user, operation, more string) {
		n++
		fmt.Fprintf(&b, `{"CreationTime":"2026-03-%02dT%02d:%02d:%02d","Id":"00000000-0000-4000-8000-%012d","Operation":%q,"Workload":"Exchange","UserType":0,"UserId":%q,"MailboxOwnerUPN":%q,"ResultStatus":"Succeeded",%s}`+"\n",
			2+n/86400, n/3600%24, n/60%60, n%60, n, operation, user, user, more)
	}
	for i := range 130 {
		act(fmt.Sprintf("user%03d@contoso.com", i), "New-InboxRule", `"ClientIP":"203.0.113.9","ObjectId":"x","Parameters":[{"Name":"Name","Value":".."},{"Name":"ForwardTo","Value":"mallory@example.org"}]`)
	}
	for i := range 21_000 {
		user, session := "user000@contoso.com", i
		if i < 150 {
			act("user001@contoso.com", "Probe", fmt.Sprintf(`"ClientIP":"198.51.100.7","SessionId":"s-%d"`, session))
		}
		act(user, "Probe", fmt.Sprintf(`"ClientIP":"100.%d.%d.%d","SessionId":"s-%d"`, 128+i/65536, i/256%256, i%256, session))
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"case.jsonl": b.String(),
		"pack.yaml": `apiVersion: triage/v1
kind: pack
metadata: {id: crowd, version: 1.0.0}
extends: [builtin:core@2]
rules:
- {id: crowd.probe, title: a probe, detector: match, level: high, confidence: 80, family: access, entities: [mailbox], where: {op: Probe}, match: {group: [op], facts: [session]}, message: 'probed by {session}', next: look, falsepositives: [nobody]}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Promise: where a report cuts a list, it says how many more there are: in the JSON beside the list, and in every format
// for people.
func TestCutListsAreCounted(t *testing.T) {
	dir := crowded(t)
	out := filepath.Join(dir, "out")
	output(t, filepath.Join(dir, "case.jsonl"), "--rules", filepath.Join(dir, "pack.yaml"), "--format", "json,text,md,csv", "--full", "--output", out)
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	var r report.Report
	if err := json.Unmarshal([]byte(read("report.json")), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Tenant.Shared) != 100 || r.Tenant.MoreShared < 40 {
		t.Errorf("shared: %d and %d more", len(r.Tenant.Shared), r.Tenant.MoreShared)
	}
	if len(r.NextEvidence) != 500 || r.NextEvidenceMore == 0 {
		t.Errorf("next evidence: %d and %d more", len(r.NextEvidence), r.NextEvidenceMore)
	}
	probes := 0
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Rule != "crowd.probe" || f.Mailbox != "user000@contoso.com" {
			continue
		}
		probes++
		more, _ := json.Marshal(f.FactsMore)
		if f.Count != 21_000 || len(f.Evidence) != 200 || !strings.Contains(string(more), `"session":20980`) {
			t.Errorf("%d rows of %d, facts_more %s", len(f.Evidence), f.Count, more)
		}
		if !strings.HasSuffix(f.Text, "s-10013 and 20,980 more") {
			t.Errorf("text %q", f.Text)
		}
	}
	if probes != 1 {
		t.Errorf("%d findings of the pack's rule", probes)
	}
	if !regexp.MustCompile(`"code":"traces-cut".*more than 20000 addresses, sessions.* at least 20000 more were not`).MatchString(read("report.json")) {
		t.Error("no caveat for what was not looked for in other mailboxes")
	}
	for name, words := range map[string][]string{
		"report.txt": {`… and \d+ more shared things \(85 of them in the JSON\)`, `… and [\d,]+ more steps \(188 of them in the JSON\)`, `NEXT EVIDENCE .*… and \d+ more \(\d+ of them in the JSON\)`},
		"report.md":  {`… and \d+ more shared things \(85 of them in the JSON\)`, `… and [\d,]+ more steps \(188 of them in the JSON\)`, `## Next evidence .*… and \d+ more \(\d+ of them in the JSON\)`, `… and 20,994 more \\\(194 of them in the JSON\\\)`, `and 20,980 more`},
		"report.csv": {`"?… and 20,800 more activities, not listed"?`},
	} {
		text := strings.Join(strings.Fields(read(name)), " ")
		for _, w := range words {
			if !regexp.MustCompile(w).MatchString(text) {
				t.Errorf("%s: %s is not in it", name, w)
			}
		}
	}
}
