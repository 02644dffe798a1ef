package indicator

import (
	"testing"

	"triage/rules/detect/detecttest"
)

// Each case says which promise of the detector it keeps.
func TestCases(t *testing.T) { detecttest.Files(t, Kind(), *update) }

var update = detecttest.Update()
