package draw

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"triage/ingest/activity"
)

// Promise: a report about any source that there is keeps its schema.
func TestSchemasKnowEverySource(t *testing.T) {
	for _, name := range []string{"triage.report.v2.json", "triage.doctor.v1.json"} {
		text, err := os.ReadFile(filepath.Join("..", "schema", name))
		if err != nil {
			t.Fatal(err)
		}
		var schema struct {
			Defs struct {
				Source struct{ Enum []string } `json:"source"`
			} `json:"$defs"`
		}
		if err := json.Unmarshal(text, &schema); err != nil {
			t.Fatal(err)
		}
		for _, s := range activity.Sources() {
			if !slices.Contains(schema.Defs.Source.Enum, s.String()) {
				t.Errorf("%s: source %q is none of %q", name, s, schema.Defs.Source.Enum)
			}
		}
	}
}
