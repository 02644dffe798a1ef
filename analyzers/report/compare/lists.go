package compare

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// diff collects the values that differ.
type diff struct{ changes []report.Change }

func (d *diff) add(field string, old, new any) {
	if old != new {
		d.changes = append(d.changes, report.Change{Field: field, Old: old, New: new})
	}
}

// text compares texts, of which "" is null.
func (d *diff) text(field, old, new string) { d.add(field, orNull(old), orNull(new)) }

func (d *diff) time(field string, old, new report.Time) { d.text(field, old.String(), new.String()) }

func (d *diff) number(field string, old, new int64) { d.add(field, old, new) }

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return report.Clean(s)
}

// keyText joins what makes an element of a list itself.
func keyText(parts ...string) string {
	var out strings.Builder
	for _, p := range parts {
		out.WriteString(strconv.Itoa(len(p)) + ":" + p)
	}
	return out.String()
}

func mapped[A, B any](list []A, of func(*A) B) []B {
	out := make([]B, len(list))
	for i := range list {
		out[i] = of(&list[i])
	}
	return out
}

// compareLists pairs the elements of two lists by key; of several with the same key, in their order. Its lists are
// ordered by key. differ may complete the new element by what only the old one knows.
func compareLists[T any](old, new []T, key func(T) string, differ func(old, new *T, d *diff)) report.Moves[T] {
	byKey := func(list []T) []T {
		list = slices.Clone(list)
		slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
		return list
	}
	m := report.Moves[T]{New: []T{}, Gone: []T{}, Moved: []report.Moved[T]{}}
	old, new = byKey(old), byKey(new)
	for len(old) > 0 || len(new) > 0 {
		order := 0
		switch {
		case len(old) == 0:
			order = 1
		case len(new) == 0:
			order = -1
		default:
			order = cmp.Compare(key(old[0]), key(new[0]))
		}
		switch {
		case order < 0:
			m.Gone, old = append(m.Gone, old[0]), old[1:]
		case order > 0:
			m.New, new = append(m.New, new[0]), new[1:]
		default:
			d := &diff{}
			if differ != nil {
				differ(&old[0], &new[0], d)
			}
			if len(d.changes) > 0 {
				m.Moved = append(m.Moved, report.Moved[T]{Item: new[0], Changes: d.changes})
			}
			old, new = old[1:], new[1:]
		}
	}
	return m
}
