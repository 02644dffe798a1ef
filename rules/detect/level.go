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

// Accusation is what the findings of a rule say of who did it; "" is nothing: the act is judged, and anybody may have done it.
type Accusation string

// What findings may say. Each but AccusesTravel and AccusesApplication leaves no room for the owner, where the place is strange
// to him.
const (
	// AccusesPlace is that whoever was at the place of the finding's rows is not the owner.
	AccusesPlace Accusation = "place"
	// AccusesTravel is likewise, unless the owner travels.
	AccusesTravel Accusation = "travel"
	// AccusesLogon is that somebody got in from there who is not the owner: the place may be a little strange only.
	AccusesLogon Accusation = "logon"
	// AccusesStranger is likewise, and where nothing is known of the account's habits, too, if the finding is high.
	AccusesStranger Accusation = "stranger"
	// AccusesAct is that no owner does it: from a rented machine, or in a session that was nowhere else while he was at a
	// usual desk, a high finding of it says who is there.
	AccusesAct Accusation = "act"
	// AccusesApplication is that the application consented to is not what the owner wanted, if it does more than read.
	AccusesApplication Accusation = "application"
	// AccusesImpostor is likewise, whatever it does.
	AccusesImpostor Accusation = "impostor"
	// AccusesRight is that whoever gave himself a right over a mailbox, and used it, should not have.
	AccusesRight Accusation = "right"
)

// AccusingPoints are what a finding must have to accuse anybody: one of level medium, and confidence 70.
const AccusingPoints = 31

// Accusations are all that a rule can say.
func Accusations() []string {
	return []string{
		string(AccusesPlace), string(AccusesTravel), string(AccusesLogon), string(AccusesStranger), string(AccusesAct), string(AccusesApplication),
		string(AccusesImpostor), string(AccusesRight),
	}
}

// Entries are the ways in that a rule can tell of.
func Entries() []string {
	return []string{
		"guessed password", "sprayed password", "device code", "legacy protocol", "phishing", "insider right", "mfa fatigue", "adversary in the middle",
		"token replay", "consent",
	}
}
