// Package decision is what a responder decided about single findings: how a pack holds it, and how `triage mark` adds it
// to a pack's text without changing what else stands there.
package decision

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"triage/rules/yamltext"
)

// Verdicts are the words that a decision may say.
func Verdicts() []string { return []string{Benign, Malicious, Undecided} }

// What a responder may decide about a finding.
const (
	Benign    = "benign"    // explained: shown at 0 points
	Malicious = "malicious" // the intruder's: keeps its points, whatever exceptions say
	Undecided = "undecided" // takes an earlier decision back
)

// Decision is what a responder decided about one finding. The last one about a fingerprint counts, in the order of the
// packs; once it has expired, none does: an older decision was replaced for a reason.
type Decision struct {
	Fingerprint string // 64 lower-case hex digits
	Verdict     string // one of Verdicts
	Reason      string
	By          string
	Rule        string    // of the finding, for the reader
	Mailbox     string    // of the finding, for the reader
	Tenant      string    // id of the finding's tenant, where the case was of several: about no other's; "" about any's
	Date        time.Time // when it was decided, midnight UTC; zero: not said
	Expires     time.Time // last day in force, midnight UTC; zero: never
	Expired     bool      // on the day for which the packs were loaded
}

// LastFor is, by fingerprint, the decision that counts for one tenant, be it expired: those about another one's findings
// do not. "" is any tenant.
func LastFor(all []Decision, tenant string) map[string]Decision {
	last := make(map[string]Decision, len(all))
	for _, d := range all {
		if tenant == "" || d.Tenant == "" || d.Tenant == tenant {
			last[d.Fingerprint] = d
		}
	}
	return last
}

// Last are the decisions that count: the last about each finding of each tenant that one names, unless a later one is
// about any tenant's. They stay in their order.
func Last(all []Decision) []Decision {
	type about struct{ fingerprint, tenant string }
	later := map[about]bool{}
	var last []Decision
	for _, d := range slices.Backward(all) {
		if !later[about{d.Fingerprint, ""}] && !later[about{d.Fingerprint, d.Tenant}] {
			last = append(last, d)
		}
		later[about{d.Fingerprint, d.Tenant}] = true
	}
	slices.Reverse(last)
	return last
}

// ReadAll reads the decisions of all packs. One that was replaced since is not worth a warning.
func ReadAll(nodes []*yamltext.Node, asOf time.Time, f *yamltext.Faults) (all []Decision) {
	at := map[Decision]*yamltext.Node{}
	for _, n := range nodes {
		if d, ok := readOne(n, asOf, f); ok {
			all = append(all, d)
			at[d] = n
		}
	}
	for _, d := range Last(all) {
		if d.Expired {
			f.Fail(yamltext.WarnExpired, at[d], "decision %q on %.12s expired on %s", d.Verdict, d.Fingerprint, d.Expires.Format(time.DateOnly))
		}
	}
	return all
}

func readOne(n *yamltext.Node, asOf time.Time, f *yamltext.Faults) (d Decision, ok bool) {
	if !f.Table(n, "a decision") {
		return d, false
	}
	f.Known(n, "a decision", "fingerprint", "verdict", "reason", "by", "date", "expires", "rule", "mailbox", "tenant")
	f.Fill(n, map[string]*string{
		"fingerprint": &d.Fingerprint, "verdict": &d.Verdict, "reason": &d.Reason, "by": &d.By, "rule": &d.Rule, "mailbox": &d.Mailbox,
		"tenant": &d.Tenant,
	})
	for _, key := range []string{"fingerprint", "verdict", "reason"} {
		if v := n.Get(key); v == nil || v.Tag == "!!str" && v.Text == "" {
			f.Fail(yamltext.MissingKey, n, "decision: %s is missing", key)
		}
	}
	if v := n.Get("fingerprint"); v != nil && d.Fingerprint != "" && !validFingerprint(d.Fingerprint) {
		f.Fail(yamltext.BadValue, v, "fingerprint: want the 64 hex digits that a report shows, got %q", d.Fingerprint)
	}
	if v := n.Get("verdict"); v != nil && d.Verdict != "" && !slices.Contains(Verdicts(), d.Verdict) {
		f.Fail(yamltext.BadValue, v, "verdict %q: want benign, malicious or undecided%s", v.Text, f.Near(v.Text, Verdicts()))
	}
	d.Tenant = strings.ToLower(strings.TrimSpace(d.Tenant))
	d.Date, d.Expires = f.Day(n.Get("date"), "date"), f.Day(n.Get("expires"), "expires")
	d.Expired = yamltext.Past(d.Expires, asOf)
	return d, true
}

// validFingerprint says whether a text is a SHA-256 as reports print it.
func validFingerprint(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && hex.EncodeToString(b) == s
}
