package detect

import "slices"

// Level is how bad a finding is if it is what it looks like. The zero value is informational.
type Level uint8

// The levels.
const (
	Informational Level = iota
	Low
	Medium
	High
	Critical
)

// LevelNames are the words of YAML and JSON, by Level.
func LevelNames() []string { return []string{"informational", "low", "medium", "high", "critical"} }

// String is the level's word in YAML and JSON.
func (l Level) String() string { return LevelNames()[min(l, Critical)] }

// ParseLevel is the level that a word names; ok is false for a word that names none.
func ParseLevel(word string) (l Level, ok bool) {
	i := slices.Index(LevelNames(), word)
	return Level(max(i, 0)), i >= 0
}

// Impact is the level's points before confidence (package analyzers, Score).
func (l Level) Impact() float64 { return [...]float64{0, 20, 45, 70, 90}[min(l, Critical)] }

// Families lists the kinds of evidence that add up within one score: findings of one family count less and less.
func Families() []string {
	return []string{
		"location", "client", "search", "mailrule", "delivery", "credential", "consent", "access", "sending", "audit", "indicator",
		"chain",
	}
}

// Entities lists what a finding may count towards.
func Entities() []string { return []string{"mailbox", "ip", "session", "message"} }
