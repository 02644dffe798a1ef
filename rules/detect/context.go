package detect

// Context says how strange an act is to the account that did it: its place, line, program and session against what the
// account's other places show. Package context works it out before the rules judge.
type Context interface {
	// Strangeness is in tenths, 0 … 50, of the act at this index in Case.Activities. ok is false where too little is known
	// of the account, or the act is nobody's: that is not 0.
	Strangeness(index uint32) (tenths int, ok bool)
	// StrangeWhy are the signs that made it: "country RO is new +1". It is empty where Strangeness is not known.
	StrangeWhy(index uint32) []string
}
