package rare

import (
	"testing"

	"triage/rules/detect/detecttest"
)

// Each case says which promise of the detector it keeps.
func TestCases(t *testing.T) { detecttest.Files(t, Kind(), *update) }

// first_seen says nothing of values that were there from the start, however rare they are.
func TestFirstSeenCases(t *testing.T) {
	detecttest.FilesIn(t, "testdata/firstseen", FirstSeenKind(), *update)
}

var update = detecttest.Update()
