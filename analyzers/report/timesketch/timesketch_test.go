package timesketch

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"triage/analyzers/report"
)

// Promise: no value is longer than the index takes, none is cut in the middle of a letter, and the SHA-256 of a whole one stands
// beside it; every event has the three fields that Timesketch asks for, also one without a time.
func TestLongValues(t *testing.T) {
	long := strings.Repeat("é", MaxValue)
	r := &report.Report{Timeline: []report.Timeline{{Mailbox: "a@contoso.com", Rows: []report.Row{
		{Type: "send", Details: report.Facts{{Name: "x", Value: long}}, IP: "203.0.113.9:51234"},
	}}}}
	var out strings.Builder
	if err := WriteLines(&out, r); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("x=" + long))
	cut, ok := got["details"].(string)
	if !ok || len(cut) > MaxValue || !strings.HasPrefix("x="+long, cut) || len(cut) < MaxValue-3 {
		t.Errorf("cut to %d bytes", len(cut))
	}
	if got["cut_sha256"] != "details:"+hex.EncodeToString(sum[:]) {
		t.Errorf("got %v", got["cut_sha256"])
	}
	for name, want := range map[string]string{"message": "send, mailbox a@contoso.com, from 203.0.113.9:51234", "datetime": "1970-01-01T00:00:00.000000+00:00", "timestamp_desc": "Not a time", "source_ip": "203.0.113.9"} {
		if got[name] != want {
			t.Errorf("%s: got %q, want %q", name, got[name], want)
		}
	}
}
