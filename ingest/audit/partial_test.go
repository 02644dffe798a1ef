package audit

import (
	"strings"
	"testing"

	"triage/ingest/activity"
)

// A row whose AuditData is lost is still an act of somebody at some time, if what stands beside it says so.
func TestPartialRows(t *testing.T) {
	const header = "id,createdDateTime,auditLogRecordType,operation,organizationId,userType,userId,service,objectId,userPrincipalName,clientIp,auditData\r\n"
	row := func(user, operation, when, data string) string {
		return csvRow("0a1b2c3d-0000-4000-8000-00000000000c", when, "azureActiveDirectory", operation, "", "Regular", user, "AzureActiveDirectory", "rogue@contoso.com", user, "198.51.100.9", data)
	}
	f := func(name, data string) {
		t.Helper()
		c := decodeCSV(t, strings.NewReader(header+row("ann@contoso.com", "Add user.", "2026-03-02T09:00:00Z", data)), "x.csv", activity.Interest{})
		if len(c.Activities) != 1 || len(c.Skips) != 0 {
			t.Errorf("%s: %d activities, skips %v", name, len(c.Activities), c.Skips)
			return
		}
		a := seen{c, &c.Activities[0]}
		want(t, name+": operation", a.Text(a.Op), "Add user.")
		want(t, name+": actor", a.Text(a.Actor), "ann@contoso.com")
		want(t, name+": address", a.Text(a.IP), "198.51.100.9")
		want(t, name+": time", a.Time, int64(1772442000000))
		if a.Flags&(activity.Salvaged|activity.Lossy) == 0 {
			t.Errorf("%s: not marked", name)
		}
	}
	f("empty", "")
	f("blank", "  ")
	f("null", "null")
	f("cut at once", `{"Crea`)
	f("no JSON", "see attachment")
	f("an object of nothing", "{}")
	f("type name", "System.Object")
	f("printed by the shell", "@{@odata.type=#microsoft.graph.security.auditRecord; Id=...; Target=System.Object[]}")

	// Near miss: who, when or what is not known.
	for name, text := range map[string]string{
		"nobody":  row("", "Add user.", "2026-03-02T09:00:00Z", ""),
		"nothing": row("ann@contoso.com", "", "2026-03-02T09:00:00Z", ""),
		"never":   row("ann@contoso.com", "Add user.", "soon", ""),
	} {
		c := decodeCSV(t, strings.NewReader(header+text), "x.csv", activity.Interest{})
		if len(c.Activities) != 0 || len(c.Skips) != 1 || c.Skips[0].Reason != errEmpty.Error() {
			t.Errorf("%s: %d activities, skips %v", name, len(c.Activities), c.Skips)
		}
	}
}

// The same as objects.
func TestPartialObjects(t *testing.T) {
	for _, data := range []string{`null`, `""`, `"{\"Crea"`, `"@{Id=...; Operation=Add user.}"`, `{}`} {
		c := decode(t, activity.Interest{}, rec("Send", ""),
			`{"RecordType":"AzureActiveDirectory","CreationDate":"2026-03-02T09:00:00Z","UserIds":"ann@contoso.com","Operations":"Add user.","AuditData":`+data+`,"Identity":"0a1b2c3d-0000-4000-8000-00000000000c"}`)
		if len(c.Activities) != 2 {
			t.Errorf("%s: %d activities, skips %v", data, len(c.Activities), c.Skips)
			continue
		}
		a := seen{c, &c.Activities[0]}
		want(t, data, a.Text(a.Op)+" "+a.Text(a.Actor), "Add user. ann@contoso.com")
	}
}
