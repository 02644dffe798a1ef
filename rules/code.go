package rules

// Code is one kind of fault. Codes are stable: scripts may match on them.
type Code struct {
	Code string
	Doc  string
}

// The codes, as errors name them.
const (
	cannotRead       = "R001"
	badYAML          = "R002"
	tooBig           = "R003"
	noAliases        = "R004"
	duplicateKey     = "R005"
	wrongShape       = "R006"
	badHeader        = "R007"
	unknownKey       = "R010"
	missingKey       = "R011"
	unknownField     = "R012"
	unknownModifier  = "R013"
	badCondition     = "R014"
	unknownList      = "R015"
	emptyNegation    = "R016"
	unknownMacro     = "R017"
	unknownRule      = "R018"
	unknownDetector  = "R019"
	duplicateID      = "R020"
	badValue         = "R021"
	badExtends       = "R022"
	badList          = "R023"
	badOverride      = "R024"
	badTest          = "R025"
	notYet           = "R026"
	warnSlow         = "W001"
	warnUntested     = "W002"
	warnNeverMatches = "W003"
	warnUnusedList   = "W004"
	warnEmptyList    = "W005"
	warnReplaced     = "W006"
	warnExpired      = "W007"
	warnUntitled     = "W008"
	warnUnusedMacro  = "W009"
	warnNotInList    = "W010"
)

// Codes lists every code with what it means, in order. R codes stop a load, W codes do not.
func Codes() []Code {
	return []Code{
		{cannotRead, "a pack or list file cannot be read"},
		{badYAML, "not valid YAML, or more or less than one document"},
		{tooBig, "larger than 4 MiB or nested deeper than 64 levels"},
		{noAliases, "anchors, aliases, merge keys and custom tags are refused"},
		{duplicateKey, "a key stands twice in one map"},
		{wrongShape, "a map, a list or a single value stands where another of them is wanted"},
		{badHeader, "apiVersion, kind or metadata is missing or wrong"},
		{unknownKey, "a key that means nothing here"},
		{missingKey, "a key that must be there is not"},
		{unknownField, "a condition asks for a field that activities do not have"},
		{unknownModifier, "a condition's |modifier is not one of those there are, or two exclude each other"},
		{badCondition, "a condition's value does not fit its field or modifier"},
		{unknownList, "$list or %placeholder% is not defined"},
		{emptyNegation, "not with an empty list: it would match every activity"},
		{unknownMacro, "$macro is not defined, or refers to itself"},
		{unknownRule, "an override, exception or test names a rule that does not exist"},
		{unknownDetector, "a rule names a detector that does not exist"},
		{duplicateID, "two rules, packs or exceptions have the same id"},
		{badValue, "a value is out of range or not one of the words allowed"},
		{badExtends, "extends: a pack extends itself, too deeply, or in a version that is not there"},
		{badList, "a list's file or column cannot be used, or the list cannot be edited so"},
		{badOverride, "an override sets what it must not set"},
		{badTest, "an inline test cannot be run as it is written"},
		{notYet, "a part of the pack format that this version cannot load"},
		{warnSlow, "raw.* without a fixed type or op: every record must be decoded whole"},
		{warnUntested, "no inline test expects this rule"},
		{warnNeverMatches, "a condition that no activity can meet"},
		{warnUnusedList, "a list that nothing uses"},
		{warnEmptyList, "a list is empty, so the condition matches nothing"},
		{warnReplaced, "a rule of an extended pack is replaced as a whole; override changes only what it names"},
		{warnExpired, "an exception or a decision has expired and no longer applies"},
		{warnUntitled, "a rule without a title: reports show its id instead"},
		{warnUnusedMacro, "a macro that nothing uses"},
		{warnNotInList, "remove names a value that the list does not have"},
	}
}
