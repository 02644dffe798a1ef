package analyzers

import (
	"triage/analyzers/attachment"
	"triage/analyzers/detect"
	"triage/analyzers/firstseen"
	"triage/analyzers/geography"
	"triage/analyzers/match"
	"triage/analyzers/rare"
	"triage/analyzers/terms"
)

// Kinds lists the detectors that a rule may name. A new detector is one folder and one line here.
func Kinds() []detect.Kind {
	return []detect.Kind{
		attachment.Kind(),
		firstseen.Kind(),
		geography.Kind(),
		match.Kind(),
		rare.Kind(),
		terms.Kind(),
	}
}
