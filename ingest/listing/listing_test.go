package listing_test

import (
	"testing"

	"triage/ingest/listing"
	"triage/ingest/row/rowtest"
)

func FuzzDecode(f *testing.F) {
	rowtest.Fuzz(
		f, listing.Formats(),
		`{"UserPrincipalName":"a@b.c","ForwardingSmtpAddress":"smtp:d@e.f"}`,
		`{"Name":"x","State":"Enabled","Mode":"Enforce","Description":"Take the following actions: copy the message to 'a@b.c'","BlindCopyTo":["d@e.f"]}`,
		`{"clientId":"1","scope":"Mail.Read openid","consentType":"AllPrincipals","principalId":null}`,
		`{"userPrincipalName":"a@b.c","isMfaRegistered":true,"methodsRegistered":["mobilePhone"]}`,
		`x,Enabled,Enforce,0,2026-03-02,d@e.f,,,`,
	)
}
