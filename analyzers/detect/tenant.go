package detect

import (
	"time"

	"triage/geo"
	"triage/ingest/activity"
)

// Tenant is what a detector may know beyond one mailbox.
type Tenant struct {
	Case *activity.Case
	// Places says where each address of the case is; it holds one place per distinct address text.
	Places Places
	// Partial is what this rule's Profile calls found in all mailboxes, merged; nil for a detector that is no Profiler.
	Partial Partial
	// AsOf is the day against which expiry is judged (--as-of).
	AsOf time.Time
	// Lists are the effective pack's lists by name, for what the pack says about the engagement (internal_domains).
	Lists map[string][]string
	// Declared are the homes, journeys and ways out that the pack declares; nil declares nothing.
	Declared *Declared
	// Domains are the tenant's own mail domains, from NewDomains; nil leaves forward_external unknown.
	Domains *Domains
	// Common is what rules make of the tenant for all its mailboxes; see OnceInTenant.
	Common *Common
	// Unable takes what a rule could not judge. Safe to call from the goroutine that runs the detector.
	Unable func(NotEvaluated)
}

// Places says where an address is. Absent places are empty texts, never a guess.
type Places interface {
	// Field is the text of country, asn, org or ip_class for an address symbol; "" where it is unknown. For the field ip
	// it is the address itself, without port, brackets or spaces, so that two spellings of one address are one; "" where
	// the text holds no address.
	Field(ip activity.Symbol, f activity.Field) string
	// At is all that is known of the address, for distances; the zero value where the text holds none.
	At(ip activity.Symbol) geo.Located
}
