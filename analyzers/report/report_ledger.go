package report

// Loss is the severity of an item that says that records are missing.
const Loss = "loss"

// Lost says that records are known to be missing.
func (it *LedgerItem) Lost() bool { return it.Severity == Loss }

// Losses counts the items that say that records are missing, but for skipped rows, which have a list of their own.
func (r *Report) Losses() int {
	n := 0
	for i := range r.Ledger {
		if it := &r.Ledger[i]; it.Lost() && it.Code != "rows-skipped" {
			n++
		}
	}
	return n
}
