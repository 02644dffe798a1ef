package activity

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// dump is all of a case that anybody sees, with texts instead of their numbers.
func dump(c *Case) []string {
	var list []string
	for i := range c.Activities {
		a := &c.Activities[i]
		text := fmt.Sprint(a.Time, a.ID, a.Sum, slices.Collect(c.Origins(uint32(i))))
		for _, sym := range a.symbols() {
			text += fmt.Sprintf(" %q", c.Text(*sym))
		}
		for d := range c.Details(a) {
			text += fmt.Sprintf(" %s=%q", c.KeyName(d.Key), c.Text(d.Value))
		}
		list = append(list, text)
	}
	for _, in := range c.Inputs {
		list = append(list, fmt.Sprint(in))
	}
	return append(list, fmt.Sprint(c.Skips))
}

// Inputs are merged in whatever order they are read; the case is that of the order in which the report lists them.
func TestOrderOfReadingDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		random := rand.New(rand.NewPCG(1, seed))
		sources := []Source{SourceAudit, SourceSignin, SourceTrace, SourceMessage}
		n := 1 + random.IntN(6)
		shard := func(input int) *Shard {
			rows := rand.New(rand.NewPCG(seed, uint64(input)))
			s := NewShard(0, Interest{})
			for i := range rows.IntN(12) {
				id := rows.IntN(9)
				if id == 0 {
					s.Skip(int64(i*10), fmt.Errorf("row %d", i))
					continue
				}
				name := fmt.Appendf(nil, "m%d@contoso.com", id%2)
				s.Put(FieldSubject, fmt.Appendf(nil, "s%d", rows.IntN(3)))
				s.PutNamed(fmt.Appendf(nil, "params.p%d", rows.IntN(4)), name)
				s.Add(Activity{
					ID: HashID([]byte{byte(id)}), Sum: rows.Uint64N(2), Time: int64(id % 3), Type: Deliver, Offset: int64(i * 10),
					Mailbox: s.Intern(name), Item: s.Intern(fmt.Appendf(nil, "i%d", rows.IntN(5))), Flags: Flags(rows.IntN(2)) * OwnerLess,
				})
			}
			return s
		}
		build := func(order []int) []string {
			b := NewBuilder()
			numbers := make([]uint32, n)
			for i, input := range order {
				s := shard(input)
				path := fmt.Sprintf("export-%d.csv", input)
				b.Add(Input{Path: path, Source: sources[input%len(sources)], Rows: int64(s.Len())}, []*Shard{s}, "")
				numbers[i] = uint32(input)
			}
			b.Order(numbers)
			return dump(b.Case())
		}
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		want := build(order)
		random.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
		if got := build(order); !slices.Equal(got, want) {
			i := 0
			for i < min(len(got), len(want)) && got[i] == want[i] {
				i++
			}
			t.Fatalf("read in order %v, %d: %.300q, want %.300q", order, i, got[i:], want[i:])
		}
	})
}
