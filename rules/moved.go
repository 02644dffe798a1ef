package rules

import (
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"triage/rules/detect"
	"triage/rules/yamltext"
)

// Move is what became of a rule or a setting that earlier versions of a pack had.
type Move struct {
	To   string // its id, or its path, now; "": it is gone
	Gone string // why, where it is gone
	Pack string // id of the pack that says so
	key  *yamltext.Node
}

// String is what became of it, as a message ends.
func (m Move) String() string {
	if m.To != "" {
		return "is " + m.To + " now"
	}
	return "is gone: " + m.Gone
}

// Moves are the rules and settings that packs moved, by their old id or path ("count.at_least").
type Moves struct{ Rules, Settings map[string]Move }

// move is what became of a rule that no pack has any more. An id that an engagement gave to a rule of its own is that one's.
func (m *Merged) move(id string) (move Move, moved bool) {
	if m.Rules[id] != nil {
		return move, false
	}
	move, moved = m.Moved.Rules[id]
	return move, moved
}

// Was is what became of a rule that earlier versions had, as a message ends: "is b now"; "" of any other.
func (m *Merged) Was(id string) string {
	if move, moved := m.move(id); moved {
		return move.String()
	}
	return ""
}

// layMoves reads what a pack says about its earlier versions. Its rules are laid already: what it says must be true of
// them.
func (m *Merged) layMoves(pack *Pack, n *yamltext.Node, f *yamltext.Faults) {
	if n == nil || n.Null() || !f.Table(n, "moved") {
		return
	}
	f.Known(n, "moved", "rules", "settings")
	own := Moves{readMoves(n.Get("rules"), "moved.rules", pack.ID, f), readMoves(n.Get("settings"), "moved.settings", pack.ID, f)}
	for _, id := range slices.Sorted(maps.Keys(own.Rules)) {
		move := own.Rules[id]
		_, again := own.Rules[move.To]
		switch {
		case m.Rules[id] != nil:
			f.Fail(yamltext.BadMove, move.key, "moved: there is a rule %q", id)
		case again:
			f.Fail(yamltext.BadMove, move.key, "moved: %q was moved itself: name the rule that it is now", move.To)
		case move.To != "" && m.Rules[move.To] == nil:
			f.Fail(yamltext.BadMove, move.key, "moved: unknown rule %q%s", move.To, detect.DidYouMean(move.To, m.IDs()))
		}
	}
	for _, path := range slices.Sorted(maps.Keys(own.Settings)) {
		move := own.Settings[path]
		_, again := own.Settings[move.To]
		switch {
		case again:
			f.Fail(yamltext.BadMove, move.key, "moved: %q was moved itself: name the setting that it is now", move.To)
		case !strings.Contains(path, ".") || move.To != "" && before(move.To) != before(path):
			f.Fail(yamltext.BadMove, move.key, "moved: want two settings of one detector, as count.least: count.at_least")
		}
	}
	maps.Copy(m.Moved.Rules, own.Rules)
	maps.Copy(m.Moved.Settings, own.Settings)
}

// before is the first word of a setting's path: its detector.
func before(path string) string {
	kind, _, _ := strings.Cut(path, ".")
	return kind
}

// readMoves reads `old: new` and `old: {gone: why}`.
func readMoves(n *yamltext.Node, what, pack string, f *yamltext.Faults) map[string]Move {
	moves := map[string]Move{}
	f.EachPair(n, what, func(p yamltext.Pair) {
		move := Move{Pack: pack, key: p.Key}
		if p.Value.Null() {
			f.Fail(yamltext.BadMove, p.Value, "moved: %q: want what it is now, or {gone: why}", p.Key.Text)
			return
		}
		if p.Value.Shape == yamltext.Table {
			f.Known(p.Value, what, "gone")
			f.Fill(p.Value, map[string]*string{"gone": &move.Gone})
		} else {
			move.To, _ = f.Word(p.Value, what)
		}
		if move.To == "" && move.Gone == "" {
			f.Fail(yamltext.BadMove, p.Value, "moved: %q: want what it is now, or {gone: why}", p.Key.Text)
			return
		}
		moves[p.Key.Text] = move
	})
	return moves
}

// follow turns what packs say about moved rules into what it means now, once all of them are laid. Overrides were turned
// where they were laid, and exceptions are where they are read.
func (m *Merged) follow(f *yamltext.Faults) {
	for _, id := range m.IDs() {
		rule := m.Rules[id].Node
		m.followSteps(rule, f.Of(id))
		if move, moved := m.Moved.Rules[id]; moved {
			f.Of(id).Fail(yamltext.WarnMoved, rule.Get("id"), "the rule %q of pack %s %s: that one judges as well as this one", id, move.Pack, move)
		}
	}
	for _, test := range m.tests {
		if list := test.Get("expect"); list != nil {
			list.Items = slices.DeleteFunc(list.Items, func(e *yamltext.Node) bool {
				return !m.followTo(e.Get("rule"), "expect", "this is not looked for", f)
			})
		}
	}
	m.followDecisions(f)
}

// followSteps renames the steps of a chain. A step of a rule that is gone stays: without it the chain would say less.
func (m *Merged) followSteps(rule *yamltext.Node, f *yamltext.Faults) {
	detector := rule.Get("detector")
	if detector == nil {
		return
	}
	steps := rule.Get(detector.Text).Get("steps")
	if steps == nil {
		return
	}
	for _, step := range steps.Items {
		n := step.Get("rule")
		m.followTo(n, "steps", "the chain cannot come about", f)
		if n == nil || n.Shape != yamltext.Scalar || n.Null() {
			continue
		}
		if _, moved := m.move(n.Text); !moved && m.Rules[n.Text] == nil {
			f.Fail(yamltext.UnknownRule, n, "steps: unknown rule %q%s", n.Text, detect.DidYouMean(n.Text, m.IDs()))
		}
	}
}

// followTo puts a rule's new id where its old one stands, and says so. It is false if the rule is gone.
func (m *Merged) followTo(n *yamltext.Node, what, without string, f *yamltext.Faults) bool {
	if n == nil || n.Shape != yamltext.Scalar {
		return true
	}
	move, moved := m.move(n.Text)
	switch {
	case !moved:
		return true
	case move.To == "":
		f.Fail(yamltext.WarnMoved, n, "%s: the rule %q %s: %s", what, n.Text, move, without)
		return false
	}
	f.Fail(yamltext.WarnMoved, n, "%s: the rule %q %s", what, n.Text, move)
	n.Text = move.To
	return true
}

// followDecisions names the moved rules that decisions are about, each once: an engagement may have thousands. Their
// fingerprints are found again by [detect.Rule.Formerly].
func (m *Merged) followDecisions(f *yamltext.Faults) {
	about := map[string][]*yamltext.Node{}
	for _, n := range m.Decisions {
		if rule := n.Get("rule"); rule != nil {
			if _, moved := m.move(rule.Text); moved {
				about[rule.Text] = append(about[rule.Text], rule)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(about)) {
		move, _ := m.move(id)
		outcome := "they count for its findings"
		if move.To == "" {
			outcome = "they are about nothing"
		}
		f.Fail(yamltext.WarnMoved, about[id][0], "decisions about findings of %q, %d: the rule %s: %s", id, len(about[id]), move, outcome)
	}
}

// formerly are the ids that rules had before, each list sorted, by the id that they have now.
func (m *Merged) formerly() map[string][]string {
	ids := map[string][]string{}
	for _, old := range slices.Sorted(maps.Keys(m.Moved.Rules)) {
		if move, moved := m.move(old); moved {
			ids[move.To] = append(ids[move.To], old)
		}
	}
	return ids
}

// movedSettings renames the settings of a rule that was written for an earlier version of the packs below it.
func (m *Merged) movedSettings(rule *yamltext.Node, f *yamltext.Faults) {
	kind := rule.Get("detector")
	if kind == nil || len(m.Moved.Settings) == 0 {
		return
	}
	var moved []yamltext.Pair
	var visit func(n *yamltext.Node, path string)
	visit = func(n *yamltext.Node, path string) {
		if n == nil || n.Shape != yamltext.Table {
			return
		}
		n.Pairs = slices.DeleteFunc(n.Pairs, func(p yamltext.Pair) bool {
			at := path + "." + p.Key.Text
			if _, is := m.Moved.Settings[at]; is {
				moved = append(moved, yamltext.Pair{Key: yamltext.TextAt(p.Key, at), Value: p.Value})
				return true
			}
			visit(p.Value, at)
			return false
		})
	}
	visit(rule.Get(kind.Text), kind.Text)
	for _, p := range moved {
		m.set(rule, p, f)
	}
}

// movedSetting is the path that a setting has now; false if it is gone.
func (m *Merged) movedSetting(key *yamltext.Node, f *yamltext.Faults) (path string, ok bool) {
	move, moved := m.Moved.Settings[key.Text]
	if !moved {
		return key.Text, true
	}
	f.Fail(yamltext.WarnMoved, key, "set: the setting %s %s", key.Text, move)
	return move.To, move.To != ""
}

// movedGlobs are the ids that the rules of an exception mean, where it names such that were moved.
func movedGlobs(s scope, glob string, at *yamltext.Node) (ids []string, moved bool) {
	asked := []string{glob}
	if pattern(glob) {
		asked = slices.Sorted(maps.Keys(s.merged.Moved.Rules))
	}
	for _, old := range asked {
		move, is := s.merged.move(old)
		if !is || !matches(glob, old) {
			continue
		}
		moved = true
		s.Fail(yamltext.WarnMoved, at, "rules: the rule %q %s", old, move)
		if move.To != "" && !slices.Contains(ids, move.To) {
			ids = append(ids, move.To)
		}
	}
	return ids, moved
}

// movesYAML is the table of moved rules; nil if it is empty. Settings stand in it under their new names already.
func (m *Merged) movesYAML() *yaml.Node {
	list := mapping()
	for _, id := range slices.Sorted(maps.Keys(m.Moved.Rules)) {
		move, moved := m.move(id)
		if !moved {
			continue
		}
		value := yamltext.NewText(move.To)
		if move.To == "" {
			value = mapping()
			yamltext.Add(value, "gone", yamltext.NewText(move.Gone))
		}
		yamltext.Add(list, id, value)
	}
	if len(list.Content) == 0 {
		return nil
	}
	out := mapping()
	yamltext.Add(out, "rules", list)
	return out
}
