package audit

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzCutProperties: wherever a list is cut, what is read of it is JSON, and each whole element before the cut is in it; of a
// list of actions no recipient is read that is not whole in the text.
func FuzzCutProperties(f *testing.F) {
	const list = `:[{"Name":"Name","Value":"x"},{"Name":"ForwardTo","Value":"a@b.example"},{"Name":"RuleActions","Value":"[{\"ActionType\":\"Forward\",\"Recipients\":[\"c@d.example\"]}]"}]`
	for cut := 0; cut <= len(list); cut += 3 {
		f.Add([]byte(list), cut)
	}
	f.Add([]byte(`[{"ActionType":"Forward","Recipients":["a@b","\u00`), 1000)
	f.Add([]byte(`"ActionType" "ActionType":"\\"`), 1000)
	f.Fuzz(func(t *testing.T, whole []byte, cut int) {
		piece := whole[:min(max(cut, 0), len(whole))]
		if got := cutProperties(piece); got != nil {
			var elements []json.RawMessage
			if err := json.Unmarshal(got, &elements); err != nil {
				t.Fatalf("%q: %v in %q", piece, err, got)
			}
		}
		for _, act := range cutActions(piece) {
			for to := range bytes.SplitSeq(act.known, []byte(";")) {
				quoted, err := json.Marshal(string(to))
				if err == nil && bytes.Equal(quoted[1:len(quoted)-1], to) && !bytes.Contains(piece, append(to[:len(to):len(to)], '"')) && !bytes.Contains(piece, []byte(`\`)) {
					t.Fatalf("%q: recipient %q", piece, to)
				}
			}
		}
	})
}
