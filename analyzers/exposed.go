package analyzers

import (
	"context"

	"triage/analyzers/attribution"
	"triage/analyzers/exposure"
	"triage/analyzers/ledger"
	"triage/analyzers/thread"
	"triage/ingest/activity"
	"triage/rules/detect"
)

// moneyWords is the list of words that make a conversation one about money.
const moneyWords = "finance_terms"

// exposedBy says what intruders reached, and which payment threads they touched. It costs nothing where there is none.
func exposedBy(
	ctx context.Context, c *activity.Case, lines []activity.Timeline, who *attribution.Attribution, missing []ledger.Item, p *detect.Tenant,
) (*exposure.Exposure, *thread.Threads) {
	in := exposure.Source{Case: c, Lines: lines, Intruders: who.Intruders, Who: who.Who, Domains: p.Domains, Missing: missing}
	reached := exposure.Of(ctx, in)
	return reached, thread.Of(ctx, thread.Source{Case: c, Intruders: who.Intruders, Exposure: reached, Domains: p.Domains, Money: p.Lists[moneyWords]})
}
