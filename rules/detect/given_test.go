package detect

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"
)

// What one rule has made is handed to others that ask for the same of the same rows, and to no others.
func TestOnce(t *testing.T) {
	type key struct{ field string }
	type otherKey struct{ field string }
	made := 0
	work := func() int { made++; return made }
	line := Timeline{Matched: []int{1, 2}, Shared: &SharedWork{}}
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

// Partials merge the same in any order and grouping, and again.
func TestGather(t *testing.T) {
	var d Gather
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Gathered {
			list := Gathered(rapid.SliceOfDistinct(rapid.Uint32Range(0, 9), rapid.ID).Draw(t, name))
			slices.Sort(list)
			return list
		}
		a, b, c := draw("a"), draw("b"), draw("c")
		same := func(x, y Partial) {
			if !slices.Equal(x.(Gathered), y.(Gathered)) {
				t.Fatalf("%v, %v, %v: %v and %v", a, b, c, x, y)
			}
		}
		all := d.Merge(d.Merge(a, b), c)
		same(all, d.Merge(a, d.Merge(b, c)))
		same(all, d.Merge(c, d.Merge(b, a)))
		same(all, d.Merge(all, b))
	})
}
