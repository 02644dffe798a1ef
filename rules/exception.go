package rules

import (
	"path"
	"time"

	"triage/analyzers/detect"
)

// exception reads an exception of a pack, or of one rule (then rules names it).
func (l *loader) exception(m *merged, set *Set, n *node, rules []string) {
	if !l.wantTable(n, "an exception") {
		return
	}
	l.known(n, "an exception", "id", "rules", "where", "reason", "by", "expires")
	e := Exception{Rules: rules, node: n}
	for key, to := range map[string]*string{"id": &e.ID, "reason": &e.Reason, "by": &e.By} {
		if v := n.get(key); v != nil {
			*to, _ = l.word(v, key)
		}
	}
	if e.ID == "" {
		l.fail(MissingKey, n, "exception: id is missing")
	}
	if rules == nil {
		l.packException(m, n, &e)
	} else if v := n.get("rules"); v != nil {
		l.fail(UnknownKey, v, "exception: a rule's own exception is about that rule only")
	}
	if w := n.get("where"); w != nil {
		e.Where = l.where(m, w, true)
	} else if rules != nil {
		l.fail(MissingKey, n, "exception %q: where is missing: it would cover every finding", e.ID)
	}
	if v := n.get("expires"); v != nil {
		day, err := time.Parse(time.DateOnly, v.text)
		if err != nil {
			l.fail(BadValue, v, "expires: want a day as 2026-06-30, got %q", v.text)
		}
		e.Expires = day
	}
	if over(e.Expires, l.opts.AsOf) {
		l.fail(WarnExpired, n, "exception %q expired on %s", e.ID, e.Expires.Format(time.DateOnly))
		set.Expired = append(set.Expired, e)
		return
	}
	set.Exceptions = append(set.Exceptions, e)
}

// over says whether a last day is past.
func over(last, asOf time.Time) bool {
	return !last.IsZero() && !asOf.IsZero() && !asOf.Before(last.AddDate(0, 0, 1))
}

// packException checks what only an exception of a whole pack has.
func (l *loader) packException(m *merged, n *node, e *Exception) {
	if e.Reason == "" {
		l.fail(MissingKey, n, "exception %q: reason is missing: the report shows it", e.ID)
	}
	v := n.get("rules")
	if v == nil {
		l.fail(MissingKey, n, "exception %q: rules is missing", e.ID)
		return
	}
	e.Rules = l.words(v, "rules")
	if len(e.Rules) == 0 {
		l.fail(MissingKey, v, "exception %q: rules is empty", e.ID)
	}
	for _, glob := range e.Rules {
		l.glob(m, glob, v)
	}
}

func (l *loader) glob(m *merged, glob string, at *node) {
	if _, err := path.Match(glob, ""); err != nil {
		l.fail(BadValue, at, "rules: %q is no pattern", glob)
		return
	}
	for id := range m.rules {
		if ok, _ := path.Match(glob, id); ok {
			return
		}
	}
	l.fail(UnknownRule, at, "rules: %q names no rule%s", glob, detect.DidYouMean(glob, m.ruleIDs()))
}

// Covers says whether an exception is about a rule; its Where decides the rest.
func (e *Exception) Covers(rule string) bool {
	for _, glob := range e.Rules {
		if ok, _ := path.Match(glob, rule); ok {
			return true
		}
	}
	return false
}

// ruleExceptionIDs refuses one id for two exceptions of a rule.
func (l *loader) ruleExceptionIDs(n *node) {
	seen := map[string]bool{}
	l.eachItem(n, "exceptions", func(e *node) {
		id := e.get("id")
		if id == nil {
			return
		}
		if seen[id.text] {
			l.fail(DuplicateID, id, "exception %q stands twice", id.text)
		}
		seen[id.text] = true
	})
}
