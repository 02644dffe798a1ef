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
		`{"@odata.context":"x$metadata#users('a%40b.c')/authentication/methods","@odata.type":"#microsoft.graph.phoneAuthenticationMethod","phoneNumber":"1"}`,
		`{"@odata.context":"x$metadata#users","userPrincipalName":"a@b.c","id":"1","proxyAddresses":["smtp:d@e.f"]}`,
		`{"principalId":"1","roleDefinitionId":"2","principal":{"userPrincipalName":"a@b.c"}}`,
		`{"deviceId":"1","operatingSystem":"x","registrationDateTime":"2026"}`,
		`{"id":"b.c","isVerified":true,"isDefault":true}`,
		`x,Enabled,Enforce,0,2026-03-02,d@e.f,,,`,
	)
}
