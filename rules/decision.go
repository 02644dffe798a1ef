package rules

import (
	"encoding/hex"
	"time"

	"triage/analyzers/detect"
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
	Date        time.Time // when it was decided, midnight UTC; zero: not said
	Expires     time.Time // last day in force, midnight UTC; zero: never
	Expired     bool      // at Options.AsOf
}

// Decided is, by fingerprint, the decision that counts, be it expired.
func (s *Set) Decided() map[string]Decision {
	last := make(map[string]Decision, len(s.Decisions))
	for _, d := range s.Decisions {
		last[d.Fingerprint] = d
	}
	return last
}

// decisions reads the decisions of all packs. One that was replaced since is not worth a warning.
func (l *loader) decisions(m *merged, set *Set) {
	last := map[string]*node{}
	for _, n := range m.decisions {
		if d, ok := l.decision(n); ok {
			set.Decisions = append(set.Decisions, d)
			last[d.Fingerprint] = n
		}
	}
	for print, d := range set.Decided() {
		if d.Expired {
			l.fail(WarnExpired, last[print], "decision %q on %.12s expired on %s", d.Verdict, print, d.Expires.Format(time.DateOnly))
		}
	}
}

func (l *loader) decision(n *node) (d Decision, ok bool) {
	if !l.wantTable(n, "a decision") {
		return d, false
	}
	l.known(n, "a decision", "fingerprint", "verdict", "reason", "by", "date", "expires", "rule", "mailbox")
	for _, f := range []struct {
		key    string
		to     *string
		wanted bool
	}{
		{"fingerprint", &d.Fingerprint, true},
		{"verdict", &d.Verdict, true},
		{"reason", &d.Reason, true},
		{"by", &d.By, false},
		{"rule", &d.Rule, false},
		{"mailbox", &d.Mailbox, false},
	} {
		if v := n.get(f.key); v != nil {
			var ok bool
			if *f.to, ok = l.word(v, f.key); !ok {
				continue
			}
		}
		if f.wanted && *f.to == "" {
			l.fail(MissingKey, n, "decision: %s is missing", f.key)
		}
	}
	if v := n.get("fingerprint"); v != nil && d.Fingerprint != "" && !validFingerprint(d.Fingerprint) {
		l.fail(BadValue, v, "fingerprint: want the 64 hex digits that a report shows, got %q", d.Fingerprint)
	}
	if v := n.get("verdict"); v != nil && d.Verdict != "" {
		l.verdict(v)
	}
	d.Date, d.Expires = l.date(n.get("date"), "date"), l.date(n.get("expires"), "expires")
	d.Expired = over(d.Expires, l.opts.AsOf)
	return d, true
}

func (l *loader) verdict(n *node) {
	for _, word := range Verdicts() {
		if n.text == word && n.shape == scalar {
			return
		}
	}
	l.fail(BadValue, n, "verdict %q: want benign, malicious or undecided%s", n.text, detect.DidYouMean(n.text, Verdicts()))
}

// validFingerprint says whether a text is a SHA-256 as reports print it.
func validFingerprint(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && hex.EncodeToString(b) == s
}

// date reads a day; none is the zero time.
func (l *loader) date(n *node, what string) time.Time {
	if n == nil {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, n.text)
	if err != nil || n.shape != scalar {
		l.fail(BadValue, n, "%s: want a day as 2026-06-30, got %q", what, n.text)
	}
	return day
}
