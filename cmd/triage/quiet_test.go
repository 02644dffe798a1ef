package main

import (
	"fmt"
	"strings"
	"testing"
)

// The service's own upkeep of mailboxes and roles says nothing of an intruder.
func TestQuietServiceActors(t *testing.T) {
	var rows []map[string]any
	for i, actor := range []string{
		`NT AUTHORITY\SYSTEM (Microsoft.Exchange.ServiceHost)`, `NT AUTHORITY\SYSTEM (w3wp)`, "SpoolsProvisioning-ApplicationAccount@contoso.onmicrosoft.com",
	} {
		for j, op := range []string{"Add-MailboxPermission", "Set-Mailbox", "New-Mailbox"} {
			rows = append(rows, row(fmt.Sprintf("2026-03-0%dT08:0%d:00", i+2, j), op, map[string]any{
				"UserType": 3, "UserId": actor, "ObjectId": "owner", "Parameters": []map[string]any{
					{"Name": "Identity", "Value": "owner@contoso.com"},
					{"Name": "User", "Value": "Discovery Management"},
					{"Name": "AccessRights", "Value": "FullAccess"},
					{"Name": "AuditEnabled", "Value": "False"},
				},
			}))
		}
	}
	rows = append(rows, row("2026-03-05T08:00:00", "Add member to role.", map[string]any{
		"UserId": "Certificate", "Workload": "AzureActiveDirectory", "ResultStatus": "Success", "ObjectId": "bob@contoso.com",
		"ModifiedProperties": []map[string]any{{"Name": "Role.DisplayName", "NewValue": "Global Administrator", "OldValue": ""}},
	}))
	wantQuiet(t, analyzedText(t, "ual.jsonl", lines(rows...)), int64(len(rows)))
}

// Outlook's own touch of a calendar's permissions comes from ::1.
func TestQuietFolderPermissionsFromTheServiceItself(t *testing.T) {
	var rows []map[string]any
	for i, op := range []string{"ModifyFolderPermissions", "Create", "AddFolderPermissions"} {
		rows = append(rows, row(fmt.Sprintf("2026-03-02T08:0%d:00", i), op, map[string]any{
			"ClientIP": "::1", "ClientIPAddress": "::1", "MailboxOwnerUPN": "owner@contoso.com", "ResultStatus": "Succeeded",
			"Item": map[string]any{"Id": "x", "ParentFolder": map[string]any{"Path": `\Calendar`, "MemberUpn": "Default", "MemberRights": "ReadAny, Create, Owner"}},
		}))
	}
	wantQuiet(t, analyzedText(t, "ual.jsonl", lines(rows...)), int64(len(rows)))
}

// Reads by the service's own REST client are noise, from however many of its addresses.
func TestQuietServiceReads(t *testing.T) {
	rows := daily(20, "2026-03-01T08:00:00", func(at string) map[string]any { return accessRow(at, homeLine, nil) })
	for i := range 40 {
		rows = append(rows, accessRow(fmt.Sprintf("2026-03-12T08:00:%02d", i), fmt.Sprintf("2603:10a6:%x::1", i), map[string]any{
			"ClientInfoString": "Client=REST;Client=RESTSystem;;", "ClientAppId": "3c8e478f-21ca-493a-b87c-c7366d664d54", "OperationCount": 100,
			"OperationProperties": []map[string]any{{"Name": "MailAccessType", "Value": "Sync"}},
		}))
	}
	wantQuiet(t, analyzedText(t, "ual.jsonl", lines(rows...)), int64(len(rows)))
}

// Steps on the way to a logon are neither logons nor guesses.
func TestQuietInterrupts(t *testing.T) {
	rows := daily(20, "2026-03-01T08:00:00", func(at string) map[string]any { return signedIn(at, homeLine, "0") })
	for i, code := range []string{"50140", "50072", "50058", "65001"} {
		for j := range 30 {
			rows = append(rows, signedIn(fmt.Sprintf("2026-03-15T08:%02d:%02d", i, j), foreign, code))
		}
	}
	wantQuiet(t, analyzedText(t, "ual.jsonl", lines(rows...)), int64(len(rows)))
}

// Who always comes through a cloud gateway has it as the normal.
func TestQuietGateway(t *testing.T) {
	rows := daily(30, "2026-03-01T08:00:00", func(at string) map[string]any { return signedIn(at, "34.99.77.10", "0") })
	rows = append(rows, daily(30, "2026-03-01T08:05:00", func(at string) map[string]any { return accessRow(at, "34.99.77.11", nil) })...)
	rows = append(rows, daily(8, "2026-03-03T19:00:00", func(at string) map[string]any { return signedIn(at, homeLine, "0") })...)
	wantQuiet(t, analyzedText(t, "ual.jsonl", lines(rows...)), int64(len(rows)))
}

// The service's own addresses stand in Ireland or Austria, its users do not.
func TestQuietServiceAddresses(t *testing.T) {
	rows := daily(20, "2026-03-01T08:00:00", func(at string) map[string]any { return signedIn(at, homeLine, "0") })
	for i, ip := range []string{"20.190.160.24", "40.126.32.99", "2603:10a6:803:15:cafe::bf", "52.96.0.1", "2603:1026:c03::1"} {
		rows = append(rows, signedIn(fmt.Sprintf("2026-03-12T08:0%d:00", i), ip, "0"), accessRow(fmt.Sprintf("2026-03-12T08:1%d:00", i), ip, nil))
	}
	r := analyzedText(t, "ual.jsonl", lines(rows...))
	wantQuiet(t, r, int64(len(rows)))
	wantFound(t, r, "geo.*", 0)
}

// A forwarding that is taken away is none.
func TestQuietClearedForwarding(t *testing.T) {
	clear := row("2026-03-02T08:00:00", "Set-Mailbox", map[string]any{"UserType": 2, "ClientIP": homeLine, "ObjectId": "owner", "Parameters": []map[string]any{
		{"Name": "Identity", "Value": "owner@contoso.com"}, {"Name": "ForwardingSmtpAddress", "Value": ""}, {"Name": "DeliverToMailboxAndForward", "Value": "False"},
	}})
	r := analyzedText(t, "ual.jsonl", lines(clear))
	wantQuiet(t, r, 1)
	wantFound(t, r, "rule.*", 0)
}

// Nine failures told twice, or three times, are nine.
func TestQuietDuplicatesDoNotCount(t *testing.T) {
	var rows []map[string]any
	for i := range 9 {
		rows = append(rows, signedIn(fmt.Sprintf("2026-03-02T08:00:%02d", i), homeLine, "50126"))
	}
	r := analyzedText(t, "ual.jsonl", strings.Repeat(lines(rows...), 3))
	wantQuiet(t, r, 9)
	if r.Inputs[0].Duplicates != 18 {
		t.Errorf("%d duplicates, want 18", r.Inputs[0].Duplicates)
	}
}

// One alert is one finding, however often Microsoft repeats it.
func TestQuietOneAlertOfManyCopies(t *testing.T) {
	var rows []map[string]any
	for i := range 118 {
		rows = append(rows, row(fmt.Sprintf("2026-03-02T%02d:%02d:00", 8+i/60, i%60), "AlertTriggered", map[string]any{
			"UserType": 4, "UserId": "SecurityComplianceAlerts", "Workload": "SecurityComplianceCenter", "ResultStatus": "Succeeded",
			"Name": "Creation of forwarding/redirect rule", "Severity": "Informational", "Data": `{"f3u":"owner@contoso.com"}`,
		}))
	}
	r := analyzedText(t, "ual.jsonl", lines(rows...))
	wantQuiet(t, r, 118)
	wantFound(t, r, "alert.*", 1)
}
