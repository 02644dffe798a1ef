package audit

import (
	"encoding/json"
	"testing"
)

// Promise: a list of bare names, as Exchange writes what an Update changed, is read and not taken for a damaged one.
func TestPropertiesBareNames(t *testing.T) {
	f := func(raw string, want int, wantOK bool) {
		t.Helper()
		list, ok := properties(json.RawMessage(raw))
		if len(list) != want || ok != wantOK {
			t.Errorf("%s: %d properties, %v; want %d, %v", raw, len(list), ok, want, wantOK)
		}
	}
	f(`["AttachmentCollection","RecipientCollection"]`, 2, true)
	f(`[]`, 0, true)
	f(`[{"Name":"a","Value":"b"}]`, 1, true)
	f(`["a",{"Name":"b"}]`, 0, false)
	f(`"System.Object[]"`, 0, false)
	f(`[1,2]`, 0, false)
}
