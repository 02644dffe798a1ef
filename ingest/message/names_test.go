package message

import (
	"testing"

	"triage/ingest/record/recordtest"
)

// taggedTrace is what encoding/json reads.
type taggedTrace struct {
	MessageID        text `json:"MessageId"`
	MessageTraceID   text `json:"MessageTraceId"`
	ID               text `json:"id"`
	Received         text `json:"Received"`
	ReceivedDateTime text `json:"receivedDateTime"`
	SenderAddress    text `json:"SenderAddress"`
	RecipientAddress text `json:"RecipientAddress"`
	Subject          text `json:"Subject"`
	Status           text `json:"Status"`
	FromIP           text `json:"FromIP"`
	ToIP             text `json:"ToIP"`
	Size             text `json:"Size"`
}

// TestNamesAreTheLogs: a wrong row of a list of names is seen, as encoding/json goes by names of its own.
func TestNamesAreTheLogs(t *testing.T) {
	recordtest.Agree[trace, taggedTrace](t, traceNames)
}
