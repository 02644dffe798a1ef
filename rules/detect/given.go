package detect

import (
	"cmp"
	"iter"
	"slices"
	"sync"
	"time"

	"triage/geo"
	"triage/ingest/activity"
)

// Timeline is one mailbox's activities and those among them that the rule is about.
type Timeline struct {
	activity.Timeline
	Matched []int       // rows where the rule's Where holds and the rule judges, oldest first; not to be changed: rules share it
	Copies  []int       // rows that are the actor's copy of what was done elsewhere, from Copies; oldest first
	Shared  *SharedWork // what the pass's rules make of the timeline; see Once
}

// Copies are the rows of a timeline that are the actor's copies.
func Copies(t activity.Timeline) []int {
	var rows []int
	for row, place := range t.Rows {
		if place.ActorCopy() {
			rows = append(rows, row)
		}
	}
	return rows
}

// Matches yields the activities that the rule is about, with their row.
func (t Timeline) Matches() iter.Seq2[int, *activity.Activity] {
	return func(yield func(int, *activity.Activity) bool) {
		for _, row := range t.Matched {
			if !yield(row, t.At(row)) {
				return
			}
		}
	}
}

// Tenant is what a detector may know beyond one mailbox.
type Tenant struct {
	Case *activity.Case
	// Places says where each address of the case is; it holds one place per distinct address text.
	Places Places
	// Partial is what this rule's Profile calls found in all mailboxes, merged; nil for a detector that is no Profiler.
	Partial Partial
	// AsOf is the day against which expiry is judged (--as-of).
	AsOf time.Time
	// Lists are the effective pack's lists by name, for what the pack says about the engagement (internal_domains).
	Lists map[string][]string
	// Declared are the homes, journeys and ways out that the pack declares; nil declares nothing.
	Declared *Declared
	// Domains are the tenant's own mail domains, from NewDomains; nil leaves forward_external unknown.
	Domains *Domains
	// Context says how strange an act is to whoever did it; nil: nobody knows.
	Context Context
	// Common is what rules make of the tenant for all its mailboxes; see OnceInTenant.
	Common *Common
	// Unable takes what a rule could not judge. Safe to call from the goroutine that runs the detector.
	Unable func(NotEvaluated)
}

// Places says where an address is. Absent places are empty texts, never a guess.
type Places interface {
	// Field is the text of country, asn, org or ip_class for an address symbol; "" where it is unknown. For the field ip
	// it is the address itself, without port, brackets or spaces, so that two spellings of one address are one; "" where
	// the text holds no address.
	Field(ip activity.Symbol, f activity.Field) string
	// At is all that is known of the address, for distances; the zero value where the text holds none.
	At(ip activity.Symbol) geo.Located
}

// Partial is what a detector knows of a part of the tenant; nil knows nothing. Merging twice, in any order or grouping,
// changes nothing.
type Partial any

// NotEvaluated says that a rule could not judge a mailbox, and why: absence of a finding is not innocence.
type NotEvaluated struct {
	Rule    string
	Mailbox activity.Symbol
	Reason  string
}

// SharedWork holds what several rules make of one timeline in the same way: the first makes it for all. It belongs to one
// pass over one mailbox, and so to one goroutine. Nil shares nothing.
type SharedWork struct {
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

// Gathered are activities of the case, by index in Case.Activities, ascending: four bytes each.
type Gathered []uint32

// Gather makes a detector that embeds it a Profiler: what it gathers is what its rule is about in all mailboxes.
type Gather struct{}

// Profile says which activities of the mailbox the rule is about.
func (Gather) Profile(t Timeline, _ *Tenant) Partial {
	if len(t.Matched) == 0 {
		return nil
	}
	out := make(Gathered, len(t.Matched))
	for i, row := range t.Matched {
		out[i] = t.Rows[row].Index()
	}
	return out
}

// Merge joins two lists; an activity that both hold counts once.
func (Gather) Merge(a, b Partial) Partial {
	x, _ := a.(Gathered)
	y, _ := b.(Gathered)
	return Union(x, y)
}

// Union is what stands in one of two ascending lists, each once. It may be one of them.
func Union[S ~[]E, E cmp.Ordered](x, y S) S {
	switch {
	case len(x) == 0:
		return y
	case len(y) == 0:
		return x
	}
	all := slices.Concat(x, y)
	slices.Sort(all)
	return slices.Compact(all)
}

// Lowest keeps the n lowest names of an ascending list and of more, each once: whatever is merged in whatever order, the
// same ones stay. It may use the list up.
func Lowest(n int, names []string, more ...string) []string {
	for _, v := range more {
		if at, found := slices.BinarySearch(names, v); !found && at < n {
			names = slices.Insert(slices.Clip(names), at, v)
		}
	}
	return names[:min(len(names), n)]
}

// LowestOfEach joins two tables that keep the n lowest names for each key. It may use both up.
func LowestOfEach[K comparable](n int, a, b map[K][]string) map[K][]string {
	if len(a) < len(b) {
		a, b = b, a
	}
	for key, names := range b {
		a[key] = Lowest(n, a[key], names...)
	}
	return a
}
