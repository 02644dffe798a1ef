package detect

import (
	"slices"
	"sync"
)

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

// Common holds what rules make of a tenant as a whole, such as an index of its mailboxes' names: the first that asks makes
// it for all mailboxes. It is safe for use by several goroutines. Nil keeps nothing.
type Common struct {
	mu   sync.Mutex
	made map[any]func() any
}

// OnceInTenant is what work gives: done for the first mailbox that asks with this key, and handed to the others. The key
// is comparable, of a type of the caller's own, and says all that the work depends on but the tenant. What is handed out
// must not be changed.
func OnceInTenant[T any](p *Tenant, key any, work func() T) T {
	c := p.Common
	if c == nil {
		return work()
	}
	c.mu.Lock()
	once, ok := c.made[key]
	if !ok {
		if c.made == nil {
			c.made = map[any]func() any{}
		}
		once = sync.OnceValue(func() any { return work() })
		c.made[key] = once
	}
	c.mu.Unlock()
	value, _ := once().(T)
	return value
}
