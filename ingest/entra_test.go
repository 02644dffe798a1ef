package ingest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"triage/ingest/activity"
)

// TestEntraCases keeps the promise that one stream of diagnostic settings may hold sign-ins and audit records, as real
// ones do, and that every record of a published collection is read.
func TestEntraCases(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "shared", "data", "entra", "cases.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("no shared data: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var logs bytes.Buffer
	lines := bufio.NewScanner(file)
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		var c struct {
			Name string
			Log  json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		logs.Write(append(c.Log, '\n'))
	}
	f := openText(t, logs.String())
	in := f.Case.Inputs[0]
	if in.Rows != 47 || in.Skipped != 0 || in.Activities+in.Duplicates != 47 {
		t.Errorf("%d rows, %d activities, %d duplicates, skipped %v; want 47 rows, none skipped", in.Rows, in.Activities, in.Duplicates, f.Case.Skips)
	}
	counts := map[activity.Type]int{}
	var other []string
	for _, c := range f.Case.Tenants() { // the collection's records are of several
		for i := range c.Activities {
			a := &c.Activities[i]
			counts[a.Type]++
			if a.Type == activity.Other || a.Actor == 0 {
				other = append(other, c.Text(a.Op))
			}
		}
	}
	if len(other) > 0 {
		t.Errorf("no type or no actor: %q", slices.Compact(other))
	}
	if logons := counts[activity.Logon] + int(in.Duplicates); logons != 26 {
		t.Errorf("%d logons with their repeats, want 26: %v", logons, counts)
	}
}

// TestEventHub: what Azure streams to an event hub or a storage account in one piece, both logs in it.
func TestEventHub(t *testing.T) {
	signin := `{"time":"2026-03-02T10:00:00Z","category":"NonInteractiveUserSignInLogs","properties":{"id":"5c0ffee0-0000-4000-8000-000000000001","createdDateTime":"2026-03-02T10:00:00Z","userPrincipalName":"alice@contoso.com","appId":"x","ipAddress":"192.0.2.1","status":{"errorCode":0}}}`
	audit := `{"time":"2026-03-02T10:01:00Z","category":"AuditLogs","operationName":"Add member to role","properties":{"id":"Directory_1","activityDisplayName":"Add member to role","activityDateTime":"2026-03-02T10:01:00Z","result":"success","initiatedBy":{"user":{"userPrincipalName":"alice@contoso.com"}},"targetResources":[]}}`
	for _, text := range []string{
		`{"records":[` + signin + `,` + audit + `]}` + "\n" + `{"records":[` + signin + `]}`,
		audit + "\n" + signin + "\n" + signin,
	} {
		f := openText(t, text)
		in := f.Case.Inputs[0]
		if in.Activities != 2 || in.Duplicates != 1 || in.Skipped != 0 {
			t.Errorf("%s as %s: %d activities, %d duplicates, skipped %v", text, in.Format, in.Activities, in.Duplicates, f.Case.Skips)
		}
		if a := f.Case.Activities; a[0].Type != activity.Logon || a[1].Type != activity.RoleChange {
			t.Errorf("%s and %s", a[0].Type, a[1].Type)
		}
		evidence, err := f.Evidence(t.Context(), []activity.Origin{f.Case.Activities[1].Origin()}, 4096)
		if err != nil || evidence[0].ServiceID != "Directory_1" {
			t.Errorf("evidence %+v, %v", evidence, err)
		}
	}
}

func openText(t *testing.T, text string) *Files {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(t.Context(), []string{path}, Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return f
}
