package rules

import (
	"errors"
	"slices"
	"strings"
	"time"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// compiled is one rule with what it brings to the effective pack.
type compiled struct {
	rule       *detect.Rule // nil: its detector is not known
	off        bool
	reason     string // why it is off
	exceptions []Exception
}

// compileRule compiles the rule of an id. reads takes down the fields that it reads, if it is on.
func compileRule(s scope, kinds []detect.Kind, id string, asOf time.Time, reads dynamicFields) compiled {
	s = s.of(id)
	n := s.merged.Rules[id].Node
	kind := detectorKind(n, kinds, s.Faults)
	keys := ruleKeys()
	if d := n.Get("detector"); d != nil { // an unknown one is reported once, not again for its settings
		keys = append(keys, d.Text)
	}
	s.Known(n, "a rule", keys...)
	r := &detect.Rule{ID: id, Title: id, Confidence: 80, Entities: []string{"mailbox", "ip", "session"}}
	readCommon(r, n, s.Faults)
	if w := n.Get("where"); w != nil {
		r.Where = s.where(w, false)
	}
	c := compiled{exceptions: ruleExceptions(s, n, id, asOf)}
	if kind == nil {
		readShifts(s, r, nil, n, reads)
		return c
	}
	r.Kind, c.rule = kind.Name, r
	if on := n.Get("enabled"); on != nil && !s.Boolean(on, "enabled") {
		c.off = true
		s.Fill(n, map[string]*string{"reason": &c.reason})
		makeDetector(s, kind, n, r, newDynamicFields()) // a rule that is off is checked, too
		return c
	}
	r.Detector = makeDetector(s, kind, n, r, reads)
	reads.add(r.Where.Reads()...)
	reads.template(r.Message)
	return c
}

func detectorKind(n *yamltext.Node, kinds []detect.Kind, f *yamltext.Faults) *detect.Kind {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	d := n.Get("detector")
	if d == nil {
		f.Fail(yamltext.MissingKey, n, "detector is missing")
		return nil
	}
	i := slices.Index(names, d.Text)
	if i < 0 || d.Shape != yamltext.Scalar {
		f.Fail(yamltext.UnknownDetector, d, "unknown detector %q%s", d.Text, detect.DidYouMean(d.Text, names))
		return nil
	}
	return &kinds[i]
}

// readCommon reads what all rules have in common.
func readCommon(r *detect.Rule, n *yamltext.Node, f *yamltext.Faults) {
	f.Fill(n, map[string]*string{
		"title": &r.Title, "family": &r.Family, "message": &r.Message, "next": &r.Next, "author": &r.Author,
	})
	if v := n.Get("level"); v != nil {
		r.Level = readLevel(v, f)
	} else {
		f.Fail(yamltext.MissingKey, n, "level is missing: want %s", strings.Join(detect.LevelNames(), ", "))
	}
	if v := n.Get("family"); v != nil {
		f.OneOf(v, "family", detect.Families())
	} else {
		f.Fail(yamltext.MissingKey, n, "family is missing: want one of %s", strings.Join(detect.Families(), ", "))
	}
	if v := n.Get("confidence"); v != nil {
		r.Confidence = f.Whole(v, "confidence", 0, 100)
	}
	if v := n.Get("entities"); v != nil {
		r.Entities = f.Words(v, "entities")
		for _, item := range v.Members() {
			f.OneOf(item, "entities", detect.Entities())
		}
	}
	if v := n.Get("attack"); v != nil {
		r.Attack = readAttack(v, f)
	}
	if v := n.Get("falsepositives"); v != nil {
		r.FalsePositives = f.Words(v, "falsepositives")
	}
	if v := n.Get("accuses"); v != nil {
		f.OneOf(v, "accuses", detect.Accusations())
		r.Accuses = detect.Accusation(v.Text)
	}
	if v := n.Get("entry"); v != nil {
		f.OneOf(v, "entry", detect.Entries())
		r.Entry = v.Text
	}
	if v := n.Get("of"); v != nil {
		f.OneOf(v, "of", []string{"mailbox", "actor"})
		r.OfActor = v.Text == "actor"
	}
}

func readAttack(n *yamltext.Node, f *yamltext.Faults) []string {
	ids := f.Words(n, "attack")
	for _, id := range ids {
		if !isTechnique(id) {
			f.Fail(yamltext.BadValue, n, "attack: want a technique as T1078.004, got %q", id)
		}
	}
	return ids
}

// isTechnique knows T1078 and T1078.004.
func isTechnique(id string) bool {
	const technique, part = len("T1078"), len("T1078.004")
	if len(id) != technique && (len(id) != part || id[technique] != '.') || id[0] != 'T' {
		return false
	}
	return strings.Trim(id[1:technique], "0123456789") == "" && strings.Trim(id[min(len(id), technique+1):], "0123456789") == ""
}

// readShifts reads what raises and what lowers the level of the rule's findings. settings say which facts there can be; nil:
// they are faulty.
func readShifts(s scope, r *detect.Rule, settings detect.Settings, n *yamltext.Node, reads dynamicFields) {
	s.EachItem(n.Get("escalate"), "escalate", func(n *yamltext.Node) {
		ground, level, ok := s.shift(r, settings, n, "escalate", reads)
		if ok && level == nil {
			s.Fail(yamltext.MissingKey, n, "escalate: want {if: {…}, level: …} or {where: {…}, level: …}")
		} else if ok {
			r.Escalate = append(r.Escalate, detect.Escalation{Ground: ground, Level: readLevel(level, s.Faults)})
		}
	})
	s.EachItem(n.Get("soften"), "soften", func(n *yamltext.Node) {
		ground, level, ok := s.shift(r, settings, n, "soften", reads)
		softening := detect.Softening{Ground: ground, ByOne: level == nil}
		if ok && level != nil {
			softening.To = readLevel(level, s.Faults)
		}
		if ok {
			r.Soften = append(r.Soften, softening)
		}
	})
}

// shift reads {if: {opened_within: 7d}, level: high} or {where: {strangeness|gte: 2.5}, level: high}; level is nil where
// none is given.
func (s scope) shift(r *detect.Rule, settings detect.Settings, n *yamltext.Node, what string, reads dynamicFields) (
	ground detect.Ground, level *yamltext.Node, ok bool,
) {
	if !s.Table(n, what) {
		return ground, nil, false
	}
	s.Known(n, what, "if", "where", "level")
	cond, where := n.Get("if"), n.Get("where")
	if (cond == nil) == (where == nil) {
		s.Fail(yamltext.MissingKey, n, "%s: want either if or where", what)
		return ground, nil, false
	}
	if where != nil {
		ground.Where, ground.Text = s.where(where, false), strings.TrimSuffix(strings.TrimPrefix(where.OneLine(), "{"), "}")
		reads.add(ground.Where.Reads()...)
		return ground, n.Get("level"), ground.Where != nil
	}
	if !s.Table(cond, "if") {
		return ground, nil, false
	}
	if len(cond.Pairs) != 1 {
		s.Fail(yamltext.BadValue, cond, "if: want one fact, got %d", len(cond.Pairs))
		return ground, nil, false
	}
	fact := cond.Pairs[0]
	value, ok := s.Word(fact.Value, fact.Key.Text)
	if !ok || settings == nil {
		return ground, n.Get("level"), ok
	}
	ground, err := detect.NewGround(settings.States(), r.Message, fact.Key.Text, value)
	if err != nil {
		s.Fail(yamltext.BadValue, fact.Key, "%s: %v", what, err)
	}
	return ground, n.Get("level"), true
}

// makeDetector makes the rule's detector, and what changes its findings' level, which rests on what that states; nil if its settings are
// faulty.
func makeDetector(s scope, kind *detect.Kind, n *yamltext.Node, r *detect.Rule, reads dynamicFields) detect.Detector {
	settings := bindSettings(s, kind, n, reads)
	readShifts(s, r, settings, n, reads)
	if settings == nil {
		return nil
	}
	return settings.Detector(r)
}

// bindSettings are a rule's settings for its detector; nil if something in them is wrong.
func bindSettings(s scope, kind *detect.Kind, n *yamltext.Node, reads dynamicFields) detect.Settings {
	before := s.Errors()
	settings := kind.Settings()
	block := n.Get(kind.Name)
	if block != nil {
		binder{s, reads}.bind(block, kind.Name, settings)
	}
	if s.Errors() > before {
		return nil
	}
	if err := settings.Validate(); err != nil {
		for _, err := range unjoin(err) {
			invalid(kind.Name, n, block, err, s.Faults)
		}
		return nil
	}
	return settings
}

// invalid reports a setting's fault where the setting stands, or its nearest block.
func invalid(kind string, n, block *yamltext.Node, err error, f *yamltext.Faults) {
	at := n
	if block != nil {
		at = block
	}
	fault, ok := errors.AsType[detect.FieldError](err)
	if !ok {
		f.Fail(yamltext.BadValue, at, "%s: %v", kind, err)
		return
	}
	for step := range strings.SplitSeq(fault.Path, ".") {
		next := at.Get(step)
		if next == nil || block == nil {
			break
		}
		at = next
	}
	f.Fail(yamltext.BadValue, at, "%s.%s", kind, fault.Error())
}

func unjoin(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}
