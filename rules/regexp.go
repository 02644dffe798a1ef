package rules

import "regexp/syntax"

// canMatch says whether any text at all can match a regexp. It is right when it says no ("a^", "$x"); a few that it
// lets pass match nothing either. An expression that does not parse passes: that is reported elsewhere.
func canMatch(expr string) bool {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return true
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return true
	}
	return reach(prog, state{pc: uint32(prog.Start)}, map[state]bool{})
}

// state is a place in the program: text may have been read before it, and the end of the text may have been claimed.
type state struct {
	pc          uint32
	begun, over bool
}

// reach walks the program; an expression of a pack is at most 4 MiB, and each place is visited at most four times.
func reach(prog *syntax.Prog, from state, seen map[state]bool) bool {
	open := []state{from}
	for len(open) > 0 {
		s := open[len(open)-1]
		open = open[:len(open)-1]
		if seen[s] {
			continue
		}
		seen[s] = true
		inst := &prog.Inst[s.pc]
		next := state{inst.Out, s.begun, s.over}
		switch inst.Op {
		case syntax.InstMatch:
			return true
		case syntax.InstFail:
			continue
		case syntax.InstAlt, syntax.InstAltMatch:
			open = append(open, next, state{inst.Arg, s.begun, s.over})
			continue
		case syntax.InstEmptyWidth:
			op := syntax.EmptyOp(inst.Arg)
			if op&syntax.EmptyBeginText != 0 && s.begun {
				continue
			}
			next.over = next.over || op&syntax.EmptyEndText != 0
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			if s.over || inst.Op == syntax.InstRune && len(inst.Rune) == 0 {
				continue
			}
			next.begun = true
		}
		open = append(open, next)
	}
	return false
}
