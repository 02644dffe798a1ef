package packtest

import (
	"slices"

	"triage/ingest/activity"
	"triage/rules/detect"
	"triage/rules/inline"
)

// statedContext is a case's context as a test says it: of the rows that name their strangeness, and as it is measured of the others.
type statedContext struct {
	c        *activity.Case
	test     *inline.Test
	measured detect.Context // nil: nobody knows
}

// contextOf is nil where the test says nothing of it: what is measured counts.
func contextOf(test inline.Test) func(*activity.Case, detect.Context) detect.Context {
	if !slices.ContainsFunc(test.Given, func(g inline.Given) bool { return g.Strangeness >= 0 }) {
		return nil
	}
	return func(c *activity.Case, measured detect.Context) detect.Context {
		return statedContext{c, &test, measured}
	}
}

// given is what the test says of an activity; -1: nothing.
func (s statedContext) given(index uint32) int {
	for o := range s.c.Origins(index) {
		if tenths := s.test.Given[s.c.Whole(o).File].Strangeness; tenths >= 0 {
			return tenths
		}
	}
	return -1
}

func (s statedContext) Strangeness(index uint32) (tenths int, ok bool) {
	if tenths = s.given(index); tenths >= 0 {
		return tenths, true
	}
	if s.measured == nil {
		return 0, false
	}
	return s.measured.Strangeness(index)
}

func (s statedContext) StrangeWhy(index uint32) []string {
	switch {
	case s.given(index) >= 0:
		return []string{"as the test says"}
	case s.measured == nil:
		return nil
	}
	return s.measured.StrangeWhy(index)
}

func (s statedContext) Shared(index uint32, at int64) bool {
	return s.measured != nil && s.measured.Shared(index, at)
}

func (s statedContext) Line(index uint32) string {
	if s.measured == nil {
		return ""
	}
	return s.measured.Line(index)
}
