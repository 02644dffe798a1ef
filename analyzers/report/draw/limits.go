package draw

// What one report may hold of one thing, so that a hostile or huge export cannot make it unreadable.
const (
	maxEvidence       = 200  // rows cited per finding; its count says how many there are
	maxCaveatEvidence = 20   // rows cited per caveat: examples, not proof
	maxBins           = 2000 // counts per mailbox in the timeline
	maxUnmatched      = 500  // messages named per mailbox
	maxIdentities     = 1000 // names of accounts per tenant
)
