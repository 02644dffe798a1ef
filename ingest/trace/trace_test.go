package trace_test

import (
	"testing"

	"triage/ingest/row/rowtest"
	"triage/ingest/trace"
)

func FuzzDecode(f *testing.F) {
	rowtest.Fuzz(
		f, trace.Formats(),
		`{"origin_timestamp_utc":"2026-03-02T08:00:00Z","sender_address":"a@b.c","recipient_status":"d@e.f##Receive, Send;g@b.c##Receive, Deliver"}`,
		`{"date_time_utc":"2026-03-02T08:00:00Z","event_id":"RECEIVE","sender_address":"a@b.c","recipient_address":"d@e.f;g@b.c","message_id":"<1>"}`,
		`{"Timestamp":"2026-03-02T08:00:00Z","RecipientEmailAddress":"a@b.c","EmailDirection":"Inbound","SenderFromAddress":"x@y.z","AuthenticationDetails":"{\"SPF\":\"fail\"}"}`,
		`2026-03-02T08:00:00Z,a@b.c,d@e.f##Fail;;##,x,1,<1>,n,203.0.113.9,Incoming`,
		`2026-03-02T08:00:00Z,203.0.113.9,DELIVER,STOREDRIVER,<1>,n,d@e.f,a@b.c,x,Incoming`,
	)
}
