package yamltext

// Code is one kind of fault. Codes are stable: scripts may match on them.
type Code struct {
	Code string
	Doc  string
}

// The codes, as errors name them; Codes says what each means.
const (
	CannotRead       = "R001"
	BadYAML          = "R002"
	TooBig           = "R003"
	NoAliases        = "R004"
	DuplicateKey     = "R005"
	WrongShape       = "R006"
	BadHeader        = "R007"
	UnknownKey       = "R010"
	MissingKey       = "R011"
	UnknownField     = "R012"
	UnknownModifier  = "R013"
	BadCondition     = "R014"
	UnknownList      = "R015"
	EmptyNegation    = "R016"
	UnknownMacro     = "R017"
	UnknownRule      = "R018"
	UnknownDetector  = "R019"
	DuplicateID      = "R020"
	BadValue         = "R021"
	BadExtends       = "R022"
	BadList          = "R023"
	BadOverride      = "R024"
	BadTest          = "R025"
	BadMove          = "R027"
	WarnSlow         = "W001"
	WarnUntested     = "W002"
	WarnNeverMatches = "W003"
	WarnUnusedList   = "W004"
	WarnEmptyList    = "W005"
	WarnReplaced     = "W006"
	WarnExpired      = "W007"
	WarnUntitled     = "W008"
	WarnUnusedMacro  = "W009"
	WarnNotInList    = "W010"
	WarnOldPack      = "W011"
	WarnMoved        = "W012"
	WarnNotSoftened  = "W013"
	WarnNoCore       = "W014"
	WarnAccusesNone  = "W015"
	WarnSigma        = "W016"
)

// Codes lists every code with what it means, in order. R codes stop a load, W codes do not.
func Codes() []Code {
	return []Code{
		{CannotRead, "a pack or list file cannot be read"},
		{BadYAML, "not valid YAML, or more or less than one document"},
		{TooBig, "larger than 4 MiB or nested deeper than 64 levels"},
		{NoAliases, "anchors, aliases, merge keys and custom tags are refused"},
		{DuplicateKey, "a key stands twice in one map"},
		{WrongShape, "a map, a list or a single value stands where another of them is wanted"},
		{BadHeader, "apiVersion, kind or metadata is missing or wrong"},
		{UnknownKey, "a key that means nothing here"},
		{MissingKey, "a key that must be there is not"},
		{UnknownField, "a condition asks for a field that activities do not have"},
		{UnknownModifier, "a condition's |modifier is not one of those there are, or two exclude each other"},
		{BadCondition, "a condition's value does not fit its field or modifier"},
		{UnknownList, "$list or %placeholder% is not defined"},
		{EmptyNegation, "not with an empty list: it would match every activity"},
		{UnknownMacro, "$macro is not defined, or refers to itself"},
		{UnknownRule, "an override, exception, step or test names a rule that does not exist"},
		{UnknownDetector, "a rule names a detector that does not exist"},
		{DuplicateID, "two rules, packs or exceptions have the same id"},
		{BadValue, "a value is out of range or not one of the words allowed"},
		{BadExtends, "extends: a pack extends itself, too deeply, in a version that is not there, or outside of its folder"},
		{BadList, "a list's file or column cannot be used, or the list cannot be edited so"},
		{BadOverride, "an override sets what it must not set"},
		{BadTest, "an inline test cannot be run as it is written"},
		{BadMove, "moved: names a rule that there is, or leads to one that there is not"},
		{WarnSlow, "raw.* without a fixed type or op: every record must be decoded whole"},
		{WarnUntested, "no inline test expects this rule"},
		{WarnNeverMatches, "a condition that no activity can meet"},
		{WarnUnusedList, "a list that nothing uses"},
		{WarnEmptyList, "a list is empty, so the condition matches nothing"},
		{WarnReplaced, "a rule of an extended pack is replaced as a whole; override changes only what it names"},
		{WarnExpired, "an exception or a decision has expired and no longer applies"},
		{WarnUntitled, "a rule without a title: reports show its id instead"},
		{WarnUnusedMacro, "a macro that nothing uses"},
		{WarnNotInList, "remove names a value that the list does not have"},
		{WarnOldPack, "an earlier version of a built-in pack, which changes no more"},
		{WarnMoved, "a rule or setting is called otherwise now, or is gone: what is said of it counts for the new one"},
		{WarnNotSoftened, "soften in a rule whose findings are low already, or nothing: nothing is lowered below low"},
		{WarnNoCore, "no pack extends the core pack: its rules are off"},
		{WarnAccusesNone, "accuses in a rule whose findings never have the points that it takes to accuse somebody"},
		{WarnSigma, "a Sigma rule that is not loaded, and why"},
	}
}
