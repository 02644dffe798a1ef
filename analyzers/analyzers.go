package analyzers

import (
	"triage/analyzers/attachment"
	"triage/analyzers/auth"
	"triage/analyzers/count"
	"triage/analyzers/firstact"
	"triage/analyzers/geography"
	"triage/analyzers/guess"
	"triage/analyzers/hostile"
	"triage/analyzers/indicator"
	"triage/analyzers/lookalike"
	"triage/analyzers/match"
	"triage/analyzers/ownright"
	"triage/analyzers/rare"
	"triage/analyzers/ruleshape"
	"triage/analyzers/sequence"
	"triage/analyzers/session"
	"triage/analyzers/stranger"
	"triage/analyzers/terms"
	"triage/rules/detect"
)

// Kinds lists the detectors that a rule may name. A new detector is one folder and one line here.
func Kinds() []detect.Kind {
	return []detect.Kind{
		attachment.Kind(),
		auth.Kind(),
		count.Kind(),
		firstact.Kind(),
		rare.FirstSeenKind(),
		geography.Kind(),
		guess.Kind(),
		hostile.Kind(),
		indicator.Kind(),
		lookalike.Kind(),
		match.Kind(),
		ownright.Kind(),
		rare.Kind(),
		ruleshape.Kind(),
		sequence.Kind(),
		session.Kind(),
		stranger.Kind(),
		terms.Kind(),
	}
}
