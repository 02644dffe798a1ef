package rules

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"triage/analyzers/detect"
)

// compile turns what the packs say together into the effective pack.
func (l *loader) compile(m *merged) *Set {
	set := &Set{Lists: map[string][]string{}, merged: m, off: map[string]*detect.Rule{}}
	for _, d := range l.docs {
		if len(set.Packs) == 0 || !slices.ContainsFunc(set.Packs, func(p Pack) bool { return p.Path == d.pack.Path }) {
			set.Packs = append(set.Packs, *d.pack)
		}
	}
	for name, def := range m.lists {
		set.Lists[name] = def.values
	}
	reads := &fields{}
	for _, id := range m.ruleIDs() {
		l.rule = id
		l.compileRule(m, m.rules[id].node, set, reads)
	}
	l.rule = ""
	set.Declared = l.declare(m)
	for _, n := range m.exceptions {
		l.exception(m, set, n, nil)
	}
	l.decisions(m, set)
	for _, n := range m.tests {
		l.test(m, set, n)
	}
	for _, list := range [][]Exception{set.Exceptions, set.Expired} {
		for _, e := range list {
			reads.add(e.Where.Reads()...)
		}
	}
	set.Interest = reads.interest()
	set.SHA256 = sumOf(Effective(set))
	return set
}

func (l *loader) compileRule(m *merged, n *node, set *Set, reads *fields) {
	kind := l.kind(n)
	keys := []string{
		"id", "title", "detector", "level", "confidence", "family", "entities", "attack", "where", "of", "message", "next",
		"author", "exceptions", "falsepositives", "escalate", "enabled", "reason",
	}
	if d := n.get("detector"); d != nil { // an unknown one is reported once, not again for its settings
		keys = append(keys, d.text)
	}
	l.known(n, "a rule", keys...)
	r := &detect.Rule{ID: l.rule, Title: l.rule, Confidence: 80, Entities: []string{"mailbox", "ip", "session"}}
	l.describe(r, n)
	if w := n.get("where"); w != nil {
		r.Where = l.where(m, w, false)
	}
	if e := n.get("exceptions"); e != nil {
		l.eachItem(e, "exceptions", func(e *node) { l.exception(m, set, e, []string{r.ID}) })
		l.ruleExceptionIDs(e)
	}
	if kind == nil {
		return
	}
	r.Kind = kind.Name
	if on := n.get("enabled"); on != nil && !l.boolean(on, "enabled") {
		off := Disabled{ID: r.ID}
		if why := n.get("reason"); why != nil {
			off.Reason, _ = l.word(why, "reason")
		}
		l.detector(m, kind, n, r, &fields{}) // a rule that is off is checked, too
		set.Disabled = append(set.Disabled, off)
		set.off[r.ID] = r
		return
	}
	r.Detector = l.detector(m, kind, n, r, reads)
	reads.add(r.Where.Reads()...)
	reads.template(r.Message)
	set.Rules = append(set.Rules, r)
}

func (l *loader) kind(n *node) *detect.Kind {
	names := make([]string, len(l.kinds))
	for i, k := range l.kinds {
		names[i] = k.Name
	}
	d := n.get("detector")
	if d == nil {
		l.fail(MissingKey, n, "detector is missing")
		return nil
	}
	i := slices.Index(names, d.text)
	if i < 0 || d.shape != scalar {
		l.fail(UnknownDetector, d, "unknown detector %q%s", d.text, detect.DidYouMean(d.text, names))
		return nil
	}
	return &l.kinds[i]
}

// describe reads what all rules have in common.
func (l *loader) describe(r *detect.Rule, n *node) {
	for key, to := range map[string]*string{
		"title": &r.Title, "family": &r.Family, "message": &r.Message, "next": &r.Next, "author": &r.Author,
	} {
		if v := n.get(key); v != nil {
			*to, _ = l.word(v, key)
		}
	}
	if v := n.get("level"); v != nil {
		r.Level = l.level(v)
	} else {
		l.fail(MissingKey, n, "level is missing: want %s", strings.Join(detect.LevelNames(), ", "))
	}
	if v := n.get("family"); v != nil {
		l.oneOf(v, "family", detect.Families())
	} else {
		l.fail(MissingKey, n, "family is missing: want one of %s", strings.Join(detect.Families(), ", "))
	}
	if v := n.get("confidence"); v != nil {
		r.Confidence = l.whole(v, "confidence", 0, 100)
	}
	if v := n.get("entities"); v != nil {
		r.Entities = l.words(v, "entities")
		l.allOf(v, "entities", detect.Entities())
	}
	if v := n.get("attack"); v != nil {
		r.Attack = l.attack(v)
	}
	if v := n.get("falsepositives"); v != nil {
		r.FalsePositives = l.words(v, "falsepositives")
	}
	if v := n.get("of"); v != nil {
		l.oneOf(v, "of", []string{"mailbox", "actor"})
		r.OfActor = v.text == "actor"
	}
	l.eachItem(n.get("escalate"), "escalate", func(e *node) { l.escalate(r, e) })
}

func (l *loader) level(n *node) detect.Level {
	l.oneOf(n, "level", detect.LevelNames())
	level, _ := detect.ParseLevel(n.text)
	return level
}

func (l *loader) oneOf(n *node, what string, known []string) {
	if w, ok := l.word(n, what); ok && !slices.Contains(known, w) {
		l.fail(BadValue, n, "unknown %s %q%s", what, w, orList(w, known))
	}
}

func (l *loader) allOf(n *node, what string, known []string) {
	if n.shape != list {
		l.oneOf(n, what, known)
		return
	}
	for _, item := range n.items {
		l.oneOf(item, what, known)
	}
}

// orList is the nearest word, or all of them.
func orList(word string, known []string) string {
	if near := detect.DidYouMean(word, known); near != "" {
		return near
	}
	return ": want one of " + strings.Join(known, ", ")
}

func (l *loader) attack(n *node) []string {
	ids := l.words(n, "attack")
	for _, id := range ids {
		if !regexp.MustCompile(`^T\d{4}(\.\d{3})?$`).MatchString(id) {
			l.fail(BadValue, n, "attack: want a technique as T1078.004, got %q", id)
		}
	}
	return ids
}

// escalate reads {if: {opened_within: 7d}, level: high}.
func (l *loader) escalate(r *detect.Rule, n *node) {
	if !l.wantTable(n, "escalate") {
		return
	}
	l.known(n, "an escalation", "if", "level")
	cond, level := n.get("if"), n.get("level")
	if cond == nil || level == nil {
		l.fail(MissingKey, n, "escalate: want {if: {…}, level: …}")
		return
	}
	if !l.wantTable(cond, "if") {
		return
	}
	if len(cond.pairs) != 1 {
		l.fail(BadValue, cond, "if: want one fact, got %d", len(cond.pairs))
		return
	}
	value, _ := l.word(cond.pairs[0].value, cond.pairs[0].key.text)
	r.Escalate = append(r.Escalate, detect.Escalation{If: cond.pairs[0].key.text, Value: value, Level: l.level(level)})
}

// detector binds the settings and makes the detector; nil if something in them is wrong.
func (l *loader) detector(m *merged, kind *detect.Kind, n *node, r *detect.Rule, reads *fields) detect.Detector {
	before := len(l.problems)
	settings := kind.Settings()
	block := n.get(kind.Name)
	if block != nil {
		binder{l, m, reads}.bind(block, kind.Name, settings)
	}
	if slices.ContainsFunc(l.problems[before:], func(p Problem) bool { return !p.Warning() }) {
		return nil
	}
	if err := settings.Validate(); err != nil {
		for _, err := range unjoin(err) {
			l.invalid(kind.Name, n, block, err)
		}
		return nil
	}
	return settings.Detector(r)
}

// invalid reports a setting's fault where the setting stands, or its nearest block.
func (l *loader) invalid(kind string, n, block *node, err error) {
	at := n
	if block != nil {
		at = block
	}
	fault, ok := errors.AsType[detect.FieldError](err)
	if !ok {
		l.fail(BadValue, at, "%s: %v", kind, err)
		return
	}
	for step := range strings.SplitSeq(fault.Path, ".") {
		next := at.get(step)
		if next == nil || block == nil {
			break
		}
		at = next
	}
	l.fail(BadValue, at, "%s.%s", kind, fault.Error())
}

func unjoin(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}
