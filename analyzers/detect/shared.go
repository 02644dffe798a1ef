package detect

import "slices"

// Shared holds what several rules make of one timeline in the same way: the first makes it for all. It belongs to one
// pass over one mailbox, and so to one goroutine. Nil shares nothing.
type Shared struct {
	made map[any][]made
}

type made struct {
	matched []int // the rows that it was made of
	value   any
}

// Once is what work gives: done by the first rule that asks with this key about these Matched rows, and handed to the
// others. The key is comparable, of a type of the caller's own, and says all that the work depends on but the timeline
// and the case. What is handed out must not be changed.
func Once[T any](t Timeline, key any, work func() T) T {
	if t.Shared == nil {
		return work()
	}
	for _, m := range t.Shared.made[key] {
		if value, ok := m.value.(T); ok && slices.Equal(m.matched, t.Matched) {
			return value
		}
	}
	value := work()
	if t.Shared.made == nil {
		t.Shared.made = map[any][]made{}
	}
	t.Shared.made[key] = append(t.Shared.made[key], made{t.Matched, value})
	return value
}
