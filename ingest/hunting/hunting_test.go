package hunting_test

import (
	"testing"

	"triage/ingest/hunting"
	"triage/ingest/row/rowtest"
)

func FuzzDecode(f *testing.F) {
	rowtest.Fuzz(
		f, hunting.Formats(),
		`{"Timestamp":"2026-03-02T10:00:00Z","Url":"https://x.example","AccountUpn":"a@b.c","ActionType":"ClickAllowed","IsClickedThrough":false}`,
		`{"TimeGenerated":"2026-03-02T10:00:00Z","Type":"IdentityLogonEvents","AccountName":"PC1$","AccountDomain":"b.c","LogonType":"x","ActionType":"LogonFailed"}`,
		`2026-03-02T10:00:00Z,LogonSuccess,Microsoft 365,x,OAuth2.0,,a@b.c,1,pc,203.0.113.9,NL,1`,
	)
}
