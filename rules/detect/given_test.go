package detect

import (
	"sync"
	"sync/atomic"
	"testing"
)

// What one rule has made is handed to others that ask for the same of the same rows, and to no others.
func TestOnce(t *testing.T) {
	type key struct{ field string }
	type otherKey struct{ field string }
	made := 0
	work := func() int { made++; return made }
	line := Timeline{Matched: []int{1, 2}, Shared: &Shared{}}
	f := func(line Timeline, key any, want int) {
		t.Helper()
		if got := Once(line, key, work); got != want {
			t.Errorf("%v about %v: got %d, want %d", key, line.Matched, got, want)
		}
	}
	f(line, key{"query"}, 1)
	f(line, key{"query"}, 1)
	f(line, key{"subject"}, 2)
	f(line, otherKey{"query"}, 3)
	f(Timeline{Matched: []int{1, 3}, Shared: line.Shared}, key{"query"}, 4)
	f(Timeline{Matched: []int{1, 2}}, key{"query"}, 5) // nobody to share with
	f(line, key{"query"}, 1)
}

// What is made of a tenant is made once, however many mailboxes ask for it at the same time.
func TestOnceInTenant(t *testing.T) {
	type key struct{ field string }
	var made atomic.Int32
	work := func() int32 { return made.Add(1) }
	tenant := &Tenant{Common: &Common{}}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got := OnceInTenant(tenant, key{"names"}, work); got != 1 {
				t.Errorf("got %d, want what was made first", got)
			}
		})
	}
	all.Wait()
	if got := OnceInTenant(tenant, key{"domains"}, work); got != 2 {
		t.Errorf("another key: got %d, want what is made for it", got)
	}
	if got := OnceInTenant(&Tenant{}, key{"names"}, work); got != 3 {
		t.Errorf("a tenant that keeps nothing: got %d, want it made anew", got)
	}
}
