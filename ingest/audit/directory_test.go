package audit

import (
	"strings"
	"testing"

	"triage/ingest/activity"
	"triage/ingest/record"
)

// directoryCase reads records of Entra's audit log, JSON or table, as the ingest layer will.
func directoryCase(t *testing.T, head record.Head, rows ...record.Record) *activity.Case {
	t.Helper()
	var decoder record.Decoder
	for _, f := range DirectoryFormats() {
		if f.Shape == head.Shape && f.Recognise(head) != "" {
			if decoder != nil {
				t.Fatalf("two formats take %q", head.Header)
			}
			decoder = f.New(head)
		}
	}
	if decoder == nil {
		t.Fatalf("no format takes %q", head.Header)
	}
	shard := activity.NewShard(0, activity.Interest{})
	for _, rec := range rows {
		if err := decoder.Decode(rec, shard); err != nil {
			shard.Skip(rec.Offset, err)
		}
	}
	b := activity.NewBuilder()
	b.Add(activity.Input{Source: activity.SourceAudit}, []*activity.Shard{shard}, "")
	return b.Case()
}

func directoryJSON(t *testing.T, object string) seen {
	t.Helper()
	c := directoryCase(t, record.Head{Shape: record.JSON, Objects: [][]byte{[]byte(object)}}, record.Record{Bytes: []byte(object)})
	if len(c.Activities) != 1 {
		t.Fatalf("%s: skipped %v", object, c.Skips)
	}
	return seen{c, &c.Activities[0]}
}

const consentJSON = `{"id":"Directory_0a1b2c3d-0000-4000-8000-00000000000a_UZC8_12345","category":"ApplicationManagement","correlationId":"0a1b2c3d-0000-4000-8000-00000000000a",` +
	`"result":"success","activityDisplayName":"Consent to application","activityDateTime":"2026-03-02T10:00:00.123Z","loggedByService":"Core Directory","operationType":"Assign",` +
	`"initiatedBy":{"app":null,"user":{"id":"a11ce000-0000-4000-8000-00000000000a","displayName":null,"userPrincipalName":"Alice@contoso.com","ipAddress":"192.0.2.10"}},` +
	`"targetResources":[{"id":"5e7f1ce0-0000-4000-8000-000000000001","displayName":"Mail Backup","type":"ServicePrincipal","userPrincipalName":null,"modifiedProperties":[` +
	`{"displayName":"ConsentContext.IsAdminConsent","oldValue":null,"newValue":"\"False\""},` +
	`{"displayName":"ConsentAction.Permissions","oldValue":null,"newValue":"\"[] => [[Id: x, ConsentType: Principal, Scope: Mail.Read offline_access]]; \""},` +
	`{"displayName":"TargetId.ServicePrincipalNames","oldValue":null,"newValue":"\"a9900000-0000-4000-8000-000000000001\""}]}],` +
	`"additionalDetails":[{"key":"User-Agent","value":"Mozilla/5.0"}]}`

// TestDirectoryAudit keeps the promise that Entra's own log and the Unified Audit Log say the same of one act.
func TestDirectoryAudit(t *testing.T) {
	s := directoryJSON(t, consentJSON)
	want(t, "type", s.Type, activity.Consent)
	want(t, "op", s.Text(s.Op), "Consent to application")
	want(t, "result", s.Result, activity.Success)
	want(t, "actor", s.Text(s.Actor), "alice@contoso.com")
	want(t, "address", s.Text(s.IP), "192.0.2.10")
	want(t, "agent", s.Text(s.Agent), "Mozilla/5.0")
	wantList(t, "application", s.fields(activity.FieldAppID), "a9900000-0000-4000-8000-000000000001")
	wantList(t, "scopes", s.fields(activity.FieldScopes), "Mail.Read", "offline_access")
	wantList(t, "target", s.fields(activity.FieldTarget), "Mail Backup")
	wantList(t, "admin consent", s.named("params.ConsentContext.IsAdminConsent"), "False")
	id := activity.HashID([]byte("Directory_0a1b2c3d-0000-4000-8000-00000000000a_UZC8_12345"))
	want(t, "identity", s.ID, id)

	diagnostic := `{"time":"2026-03-02T10:05:00Z","category":"AuditLogs","operationName":"Consent to application","callerIpAddress":"192.0.2.10","properties":` + consentJSON + `}`
	other := directoryJSON(t, diagnostic)
	want(t, "diagnostic settings: identity", other.ID, s.ID)
	want(t, "diagnostic settings: content", other.Sum, s.Sum)
}

// TestDirectoryUpperCamel: PowerShell's modules spell keys their own way, and Windows PowerShell its dates.
func TestDirectoryUpperCamel(t *testing.T) {
	s := directoryJSON(t, `{"Id":"Directory_1","ActivityDisplayName":"Add member to role","ActivityDateTime":"\/Date(1772445600000)\/","Result":"success","InitiatedBy":{"User":{"UserPrincipalName":"bob@contoso.com","IpAddress":"192.0.2.1"},"App":null},`+
		`"TargetResources":[{"Id":"x","UserPrincipalName":"eve@contoso.com","ModifiedProperties":[{"DisplayName":"Role.DisplayName","OldValue":null,"NewValue":"\"Global Administrator\""}]}]}`)
	want(t, "type", s.Type, activity.RoleChange)
	want(t, "time", s.Time, 1772445600000)
	want(t, "address", s.Text(s.IP), "192.0.2.1")
	wantList(t, "target", s.fields(activity.FieldTarget), "eve@contoso.com")
	wantList(t, "role", s.named("params.Role.DisplayName"), "Global Administrator")
}

// TestDirectoryActors: an application goes by its id, a service of Microsoft's by its name.
func TestDirectoryActors(t *testing.T) {
	f := func(initiatedBy, actor string, lane activity.Lane) {
		t.Helper()
		s := directoryJSON(t, `{"id":"x","activityDisplayName":"Add member to role","activityDateTime":"2026-03-02T10:00:00Z","result":"success","targetResources":[],"initiatedBy":`+initiatedBy+`}`)
		want(t, initiatedBy+" actor", s.Text(s.Actor), actor)
		want(t, initiatedBy+" lane", s.Lane, lane)
		want(t, initiatedBy+" type", s.Type, activity.RoleChange)
	}
	f(`{"user":{"userPrincipalName":"bob@contoso.com"}}`, "bob@contoso.com", activity.Person)
	f(`{"app":{"servicePrincipalId":"5e7f1ce0-0000-4000-8000-000000000001","displayName":"ceo@contoso.com"}}`, "serviceprincipal_5e7f1ce0-0000-4000-8000-000000000001", activity.Service)
	f(`{"app":{"displayName":"Microsoft Substrate Management"}}`, "microsoft substrate management", activity.System)
	f(`"{\"user\":{\"userPrincipalName\":\"bob@contoso.com\"}}"`, "bob@contoso.com", activity.Person)
}

// TestDirectoryOperation: of its two words for an act the one counts that is known.
func TestDirectoryOperation(t *testing.T) {
	s := directoryJSON(t, `{"time":"2026-03-02 10:00:00.123","category":"Policy","operationName":"Authentication Methods Policy Update","properties":{"activityDisplayName":"Something else","result":"success","initiatedBy":{"user":{"userPrincipalName":"a@contoso.com"}}}}`)
	want(t, "op", s.Text(s.Op), "Authentication Methods Policy Update")
	want(t, "type", s.Type, activity.PolicyChange)
}

// TestDirectoryTables: the portal's wide table and Sentinel's say what the JSON says.
func TestDirectoryTables(t *testing.T) {
	permissions := "[] => [[Id: x, ConsentType: Principal, Scope: Mail.Read offline_access]]; "
	f := func(name string, columns ...string) {
		t.Helper()
		head := record.Head{Shape: record.CSV}
		rec := record.Record{}
		for i := 0; i < len(columns); i += 2 {
			head.Header = append(head.Header, columns[i])
			rec.Cells = append(rec.Cells, []byte(columns[i+1]))
		}
		c := directoryCase(t, head, rec)
		if len(c.Activities) != 1 {
			t.Fatalf("%s: skipped %v", name, c.Skips)
		}
		s := seen{c, &c.Activities[0]}
		want(t, name+" type", s.Type, activity.Consent)
		want(t, name+" actor", s.Text(s.Actor), "alice@contoso.com")
		want(t, name+" result", s.Result, activity.Success)
		want(t, name+" time", s.Time/1000, 1772445600)
		wantList(t, name+" scopes", s.fields(activity.FieldScopes), "Mail.Read", "offline_access")
		wantList(t, name+" application", s.fields(activity.FieldAppID), "a9900000-0000-4000-8000-000000000001")
		want(t, name+" agent", s.Text(s.Agent), "Mozilla/5.0")
	}
	f("portal", "Date (UTC)", "2026-03-02T10:00:00Z", "CorrelationId", "0a1b", "Service", "Core Directory", "Category", "ApplicationManagement",
		"Activity", "Consent to application", "Result", "success", "ResultReason", "", "User Agent", "Mozilla/5.0", "ActorType", "User",
		"ActorDisplayName", "", "ActorObjectId", "a11ce000-0000-4000-8000-00000000000a", "ActorUserPrincipalName", "alice@contoso.com",
		"Target1Type", "ServicePrincipal", "Target1DisplayName", "Mail Backup", "Target1ObjectId", "5e7f1ce0-0000-4000-8000-000000000001",
		"Target1ModifiedProperty1Name", "ConsentAction.Permissions", "Target1ModifiedProperty1OldValue", "", "Target1ModifiedProperty1NewValue", `"`+permissions+`"`,
		"Target1ModifiedProperty2Name", "TargetId.ServicePrincipalNames", "Target1ModifiedProperty2OldValue", "", "Target1ModifiedProperty2NewValue", `"a9900000-0000-4000-8000-000000000001"`)
	f("sentinel", "TimeGenerated [UTC]", "3/2/2026, 10:00:00.123 AM", "OperationName", "Consent to application", "Result", "success", "Id", "Directory_1",
		"InitiatedBy", `{"user":{"userPrincipalName":"alice@contoso.com"}}`, "AdditionalDetails", `[{"key":"User-Agent","value":"Mozilla/5.0"}]`,
		"TargetResources", `[{"displayName":"Mail Backup","modifiedProperties":[{"displayName":"ConsentAction.Permissions","newValue":"\"`+permissions+`\""},`+
			`{"displayName":"TargetId.ServicePrincipalNames","newValue":"\"a9900000-0000-4000-8000-000000000001\""}]}]`)
}

// TestDirectoryIsNotSignIn: what is a sign-in is left to those who read them.
func TestDirectoryIsNotSignIn(t *testing.T) {
	for _, object := range []string{
		`{"category":"SignInLogs","operationName":"Sign-in activity","properties":{"initiatedBy":{}}}`,
		`{"createdDateTime":"2026-03-02T10:00:00Z","userPrincipalName":"a@contoso.com"}`,
	} {
		if err := newDirectory().Decode(record.Record{Bytes: []byte(object)}, activity.NewShard(0, activity.Interest{})); err != record.ErrForeign {
			t.Errorf("%s: %v, want %v", object, err, record.ErrForeign)
		}
	}
}

// FuzzDirectory keeps the promise that no record panics, is lost, or is two activities; and that the same comes of it
// whether a cursor reads it or what it refuses is read member by member.
func FuzzDirectory(f *testing.F) {
	f.Add([]byte(consentJSON))
	f.Add([]byte(strings.ReplaceAll(consentJSON, `"user":`, `"app":`)))
	f.Add([]byte(`{"category":"AuditLogs","properties":"{}"}`))
	f.Add([]byte(`{"time":"2026-03-02T10:00:00Z","tenantId":"t","PROPERTIES":"{\"id\":\"\\u0031\",\"activityDisplayName\":\"Add user\\n\",\"initiatedBy\":\"{}\"}"}`))
	f.Add([]byte(`{"TimeGenerated":"2026-03-02T10:00:00Z","operationName":"Add user","\u0069d":"1","uſerAgent":"a","initiatedBy":[{"user":1}],"targetResources":null,"id":2}`))
	fast, slow := newDirectory(), newDirectory()
	slow.slow = true
	f.Fuzz(func(t *testing.T, object []byte) {
		d, shard := newDirectory(), activity.NewShard(0, activity.Interest{Raw: []string{"initiatedBy.user.id"}})
		rec := record.Record{Bytes: object}
		err := d.Decode(rec, shard)
		if (err == nil) != (shard.Len() == 1) {
			t.Fatalf("error %v and %d activities", err, shard.Len())
		}
		d.ServiceID(rec)
		agree(t, fast, slow, rec)
	})
}
