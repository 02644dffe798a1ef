package rules

import (
	"triage/ingest/activity"
	"triage/rules/decision"
	"triage/rules/detect"
	"triage/rules/inline"
	"triage/rules/yamltext"
)

// Set is the effective pack: every pack laid over those it extends, compiled. It is not changed after Load.
type Set struct {
	Packs      []Pack         // in the order in which they were laid
	SHA256     string         // of the text that Effective writes
	Rules      []*detect.Rule // enabled, by id
	Disabled   []Disabled     // by id
	Lists      map[string][]string
	Declared   *detect.Declared    // what the packs declare about the engagement: home, travel, egress
	Case       CaseData            // what they say at the head of a report
	Exceptions []Exception         // those in force, in the order of the packs, a rule's own ones first
	Expired    []Exception         // those no longer in force at Options.AsOf
	Decisions  []decision.Decision // about single findings, in the order of the packs; see Decided
	Tests      []inline.Test
	Interest   activity.Interest // the params.* and raw.* fields that rules read
	Warnings   yamltext.Problems // by file, line and column
	Merged     *Merged           // what all of it was compiled from
	Sigma      SigmaTally        // of the Sigma rules
}

// Disabled is a rule that an override turned off.
type Disabled struct {
	ID     string
	Reason string
	Rule   *detect.Rule // without its detector
}

// Rule is the enabled rule of an id; nil if there is none.
func (s *Set) Rule(id string) *detect.Rule {
	for _, r := range s.Rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Decided is, by fingerprint, the decision that counts, be it expired.
func (s *Set) Decided() map[string]decision.Decision { return s.DecidedFor("") }

// DecidedFor is Decided for one tenant: decisions about another one's findings do not count. "" is any tenant.
func (s *Set) DecidedFor(tenant string) map[string]decision.Decision {
	return decision.LastFor(s.Decisions, tenant)
}
