package alert_test

import (
	"testing"

	"triage/ingest/alert"
	"triage/ingest/row/rowtest"
)

func FuzzDecode(f *testing.F) {
	rowtest.Fuzz(
		f, alert.Formats(),
		`{"riskEventType":"x","riskLevel":"high","activityDateTime":"2026-03-02T09:00:00Z","userId":"1","location":{"city":"a"}}`,
		`{"category":"UserRiskEvents","time":"2026-03-02T09:00:00Z","properties":"{\"userPrincipalName\":\"a@b.c\"}"}`,
		`{"title":"x","severity":"high","createdDateTime":"2026-03-02T09:00:00Z","serviceSource":"s","evidence":[{"userAccount":{"userPrincipalName":"a@b.c"}},{"recipientEmailAddress":"d@b.c"}]}`,
		`{"AlertName":"x","AlertSeverity":"High","Entities":"[{\"Name\":\"a\",\"UPNSuffix\":\"b.c\"},{\"Address\":\"203.0.113.9\"}]","TimeGenerated":"2026-03-02"}`,
		`1,2026-03-02T09:00:00Z,2026-03-02T09:00:00Z,x,high,atRisk,none,203.0.113.9,a@b.c`,
		`Id,Title,Severity,Status,Category,ServiceSource,DetectionSource,CreatedDateTime`,
	)
}
