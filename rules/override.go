package rules

import (
	"slices"
	"strings"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// RuleSource is a rule as its pack wrote it, with what overlays changed.
type RuleSource struct {
	Node    *yamltext.Node
	Pack    *Pack
	Changes []Change // in the order of the overlays
}

// Change is one value of a rule that an overlay set.
type Change struct {
	Key    string // level, confidence, enabled, where_also, or a setting with its detector
	Value  string // as YAML on one line
	Pack   string
	At     string // file:line
	Reason string // of the override it belongs to
}

// override changes single keys of a rule of this pack or one below it.
func (m *Merged) override(pack *Pack, p yamltext.Pair, f *yamltext.Faults) {
	id := p.Key.Text
	move, moved := m.move(id)
	if moved {
		f.Fail(yamltext.WarnMoved, p.Key, "override: the rule %q %s", id, move)
		if id = move.To; id == "" {
			return
		}
	}
	rule := m.Rules[id]
	if rule == nil {
		f.Fail(yamltext.UnknownRule, p.Key, "override: unknown rule %q%s", id, detect.DidYouMean(id, m.IDs()))
		return
	}
	if !f.Table(p.Value, "override") {
		return
	}
	if f = f.Of(id); moved {
		m.fitting(rule.Node, p.Value, f)
	}
	f.Known(p.Value, "an override", "enabled", "reason", "level", "confidence", "set", "where_also", "escalate", "soften")
	recordChanges(rule, p.Value, pack.ID)
	for _, change := range p.Value.Pairs {
		switch change.Key.Text {
		case "enabled", "reason", "level", "confidence":
			rule.Node.Put(change.Key, change.Value)
		case "set":
			f.EachPair(change.Value, "set", func(p yamltext.Pair) { m.set(rule.Node, p, f) })
		case "where_also":
			narrow(rule.Node, change)
		case "escalate", "soften":
			shift(rule.Node, change, f)
		}
	}
	if off := p.Value.Get("enabled"); off != nil && off.Text == "false" && p.Value.Get("reason") == nil {
		f.Fail(yamltext.MissingKey, p.Key, "override: enabled: false wants a reason")
	}
}

// fitting drops from an override of a moved rule what its new detector has no place for.
func (m *Merged) fitting(rule, override *yamltext.Node, f *yamltext.Faults) {
	settings, kind := override.Get("set"), rule.Get("detector")
	if settings == nil || kind == nil {
		return
	}
	settings.Pairs = slices.DeleteFunc(settings.Pairs, func(p yamltext.Pair) bool {
		other := before(p.Key.Text) != kind.Text
		if other {
			f.Fail(yamltext.WarnMoved, p.Key, "set: %s is not set: the rule's detector is %s now", p.Key.Text, kind.Text)
		}
		return other
	})
}

// recordChanges remembers who changed what, and why.
func recordChanges(rule *RuleSource, override *yamltext.Node, pack string) {
	reason := ""
	if why := override.Get("reason"); why != nil {
		reason = why.Text
	}
	add := func(p yamltext.Pair) {
		rule.Changes = append(rule.Changes, Change{p.Key.Text, p.Value.OneLine(), pack, p.Key.Spot(), reason})
	}
	for _, change := range override.Pairs {
		switch change.Key.Text {
		case "set":
			for _, p := range change.Value.Pairs {
				add(p)
			}
		case "reason":
		default:
			add(change)
		}
	}
}

// narrow adds conditions: a rule's own ones always stay, so that an overlay cannot widen it by accident.
func narrow(rule *yamltext.Node, also yamltext.Pair) {
	all := yamltext.At(also.Value, yamltext.List)
	if where := rule.Get("where"); where != nil {
		all.Items = append(all.Items, where)
	}
	all.Items = append(all.Items, also.Value)
	both := yamltext.At(also.Value, yamltext.Table)
	both.Pairs = []yamltext.Pair{{Key: yamltext.TextAt(also.Key, "all"), Value: all}}
	rule.Put(yamltext.TextAt(also.Key, "where"), both)
}

// shift sets what raises or lowers the level of a rule's findings: a list, or {append: […]} to those that there are.
func shift(rule *yamltext.Node, change yamltext.Pair, f *yamltext.Faults) {
	if change.Value.Shape != yamltext.Table {
		rule.Put(change.Key, change.Value)
		return
	}
	f.Known(change.Value, change.Key.Text, "append")
	more := change.Value.Get("append")
	if more == nil || !f.List(more, change.Key.Text+".append") {
		return
	}
	all := yamltext.At(more, yamltext.List)
	if before := rule.Get(change.Key.Text); before != nil {
		all.Items = append(all.Items, before.Items...)
	}
	all.Items = append(all.Items, more.Items...)
	rule.Put(change.Key, all)
}

// set changes one setting of a rule's detector: geography.baseline.min_days.
func (m *Merged) set(rule *yamltext.Node, p yamltext.Pair, f *yamltext.Faults) {
	path, ok := m.movedSetting(p.Key, f)
	if !ok {
		return
	}
	kind := ""
	if n := rule.Get("detector"); n != nil {
		kind = n.Text
	}
	steps := strings.Split(path, ".")
	if len(steps) < 2 || steps[0] != kind {
		f.Fail(yamltext.BadOverride, p.Key, "set: %q: want a setting of its detector, as %s.…", p.Key.Text, kind)
		return
	}
	at := rule
	for _, step := range steps[:len(steps)-1] {
		next := at.Get(step)
		if next == nil {
			next = yamltext.At(p.Key, yamltext.Table)
			at.Put(yamltext.TextAt(p.Key, step), next)
		}
		if next.Shape != yamltext.Table {
			f.Fail(yamltext.BadOverride, p.Key, "set: %q: %s is %s, want a map", p.Key.Text, step, next.Shape)
			return
		}
		at = next
	}
	at.Put(yamltext.TextAt(p.Key, steps[len(steps)-1]), p.Value)
}
