package rules

import (
	"path"
	"strings"
	"time"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// Exception marks findings as known: they are shown at 0 points.
type Exception struct {
	ID      string
	Rules   []string      // ids or globs of ids ("geo.*"); never empty
	Where   *detect.Where // of the finding's activities; nil: all of them
	Reason  string
	By      string
	Expires time.Time // last day in force, midnight UTC; zero: never
	Expired bool      // at Options.AsOf
	InRule  bool      // it stands in a rule
	Node    *yamltext.Node
}

// exceptions reads those of the packs.
func exceptions(s scope, asOf time.Time) (all []Exception) {
	for _, n := range s.merged.Exceptions {
		if e, ok := exception(s, n, asOf); ok {
			packException(s, n, &e)
			all = append(all, e)
		}
	}
	return all
}

// ruleExceptions reads those that stand in a rule.
func ruleExceptions(s scope, rule *yamltext.Node, id string, asOf time.Time) (all []Exception) {
	seen := map[string]bool{}
	s.EachItem(rule.Get("exceptions"), "exceptions", func(n *yamltext.Node) {
		if id := n.Get("id"); id != nil {
			if seen[id.Text] {
				s.Fail(yamltext.DuplicateID, id, "exception %q stands twice", id.Text)
			}
			seen[id.Text] = true
		}
		e, ok := exception(s, n, asOf)
		if !ok {
			return
		}
		e.Rules, e.InRule = []string{id}, true
		if v := n.Get("rules"); v != nil {
			s.Fail(yamltext.UnknownKey, v, "exception: a rule's own exception is about that rule only")
		}
		if n.Get("where") == nil {
			s.Fail(yamltext.MissingKey, n, "exception %q: where is missing: it would cover every finding", e.ID)
		}
		all = append(all, e)
	})
	return all
}

// exception reads what both kinds have.
func exception(s scope, n *yamltext.Node, asOf time.Time) (e Exception, ok bool) {
	if !s.Table(n, "an exception") {
		return e, false
	}
	s.Known(n, "an exception", "id", "rules", "where", "reason", "by", "expires")
	e.Node = n
	s.Fill(n, map[string]*string{"id": &e.ID, "reason": &e.Reason, "by": &e.By})
	if e.ID == "" {
		s.Fail(yamltext.MissingKey, n, "exception: id is missing")
	}
	if w := n.Get("where"); w != nil {
		e.Where = s.where(w, true)
	}
	e.Expires = s.Day(n.Get("expires"), "expires")
	if e.Expired = yamltext.Past(e.Expires, asOf); e.Expired {
		s.Fail(yamltext.WarnExpired, n, "exception %q expired on %s", e.ID, e.Expires.Format(time.DateOnly))
	}
	return e, true
}

// packException checks what only an exception of a whole pack has.
func packException(s scope, n *yamltext.Node, e *Exception) {
	if e.Reason == "" {
		s.Fail(yamltext.MissingKey, n, "exception %q: reason is missing: the report shows it", e.ID)
	}
	v := n.Get("rules")
	if v == nil {
		s.Fail(yamltext.MissingKey, n, "exception %q: rules is missing", e.ID)
		return
	}
	e.Rules = s.Words(v, "rules")
	if len(e.Rules) == 0 {
		s.Fail(yamltext.MissingKey, v, "exception %q: rules is empty", e.ID)
	}
	for _, glob := range e.Rules { // those that it begins with
		e.Rules = append(e.Rules, checkGlob(s, glob, v)...)
	}
}

// checkGlob gives the rules that a pattern means besides: those that were moved, where no rule is called so any more.
func checkGlob(s scope, glob string, at *yamltext.Node) (now []string) {
	if _, err := path.Match(glob, ""); err != nil {
		s.Fail(yamltext.BadValue, at, "rules: %q is no pattern", glob)
		return nil
	}
	if s.merged.Rules[glob] != nil {
		return nil
	}
	if pattern(glob) {
		for id := range s.merged.Rules {
			if matches(glob, id) {
				return nil
			}
		}
	}
	if now, moved := movedGlobs(s, glob, at); moved {
		return now
	}
	s.Fail(yamltext.UnknownRule, at, "rules: %q names no rule%s", glob, detect.DidYouMean(glob, s.merged.IDs()))
	return nil
}

// pattern says whether a text is more than one id.
func pattern(glob string) bool { return strings.ContainsAny(glob, `*?[\`) }

// matches says whether a pattern that is one means an id.
func matches(glob, id string) bool {
	ok, _ := path.Match(glob, id)
	return ok
}

// Covers says whether an exception is about a rule; its Where decides the rest.
func (e *Exception) Covers(rule string) bool {
	for _, glob := range e.Rules {
		if matches(glob, rule) {
			return true
		}
	}
	return false
}
