package activity

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Promise: however many records come under one id, each content is kept once, and its copies are counted with it. A lesser
// copy of none of them goes to the richest.
func TestManyUnderOneID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		contents := rapid.IntRange(1, 25).Draw(t, "contents") // more than are kept in a list
		var rows []row
		copies := map[int]int{}
		for range rapid.IntRange(1, 80).Draw(t, "rows") {
			content := rapid.IntRange(1, contents).Draw(t, "content")
			copies[content]++
			rows = append(rows, row{id: "a", subject: fmt.Sprintf("%0*d", content, 0)}) // the length of the subject is its sum
		}
		whole := len(copies)
		lesser := rapid.IntRange(0, 3).Draw(t, "lesser")
		for i := range lesser {
			rows = append(rows, row{id: "a", subject: fmt.Sprintf("%0*d", 100+i, 0), message: fmt.Sprintf("<%d>", i), flags: Salvaged})
		}
		c := build(SourceAudit, rows)
		if len(c.Activities) != whole || len(c.Duplicates) != len(rows)-whole {
			t.Fatalf("%d activities and %d duplicates of %d contents in %d rows", len(c.Activities), len(c.Duplicates), whole, len(rows))
		}
		counted := map[uint32]int{}
		for _, d := range c.Duplicates {
			counted[d.Activity]++
		}
		merged := 0
		for i := range c.Activities {
			a := &c.Activities[i]
			if n := copies[int(a.Sum)] - 1; n != counted[uint32(i)] {
				if lesser == 0 || counted[uint32(i)] != n+lesser || c.Text(c.Get(a, FieldMessageID)) != "<0>" {
					t.Fatalf("content %d: %d copies counted, want %d", a.Sum, counted[uint32(i)], n)
				}
				merged++
			}
		}
		if lesser > 0 && merged != 1 {
			t.Fatalf("lesser copies were merged into %d records, want 1", merged)
		}
	})
}

// identities are ids as exports have them: the service's are random, those of exports that were made anonymous, numbered
// anew or invented are not.
func identities() map[string]func(i int) ID {
	number := func(high, low uint64) (id ID) {
		binary.BigEndian.PutUint64(id[:], high)
		binary.BigEndian.PutUint64(id[8:], low)
		return id
	}
	random := rand.New(rand.NewPCG(1, 2))
	return map[string]func(i int) ID{
		"random":          func(int) ID { return number(random.Uint64(), random.Uint64()) },
		"sequential":      func(i int) ID { return number(0, uint64(i)) },
		"equal-halves":    func(i int) ID { return number(uint64(i), uint64(i)) },
		"constant-prefix": func(int) ID { return number(0x0a1b2c3d00004000, random.Uint64()&^0xffffffff) },
		"constant-suffix": func(i int) ID { return number(uint64(i)<<32, 0x8000000000000000) },
	}
}

// Promise: what share an identity is found, whatever identities look like.
func TestGroups(t *testing.T) {
	for kind, id := range identities() {
		b := NewBuilder()
		want := map[ID][]uint32{}
		for i := range 5000 {
			a := Activity{ID: id(i)}
			if i%7 == 0 && i > 0 {
				a.ID = b.c.Activities[i/2].ID
			}
			want[a.ID] = append(want[a.ID], uint32(i))
			b.c.Activities = append(b.c.Activities, a)
		}
		heads, next := sameID(&b.c)
		if !slices.IsSorted(heads) {
			t.Errorf("%s: heads are not in order", kind)
		}
		for _, head := range heads {
			var group []uint32
			for at := head + 1; at != 0; at = next[at-1] {
				group = append(group, at-1)
			}
			slices.Sort(group)
			name := b.c.Activities[head].ID
			if !slices.Equal(group, want[name]) {
				t.Fatalf("%s: %v, want %v", kind, group, want[name])
			}
			delete(want, name)
		}
		for _, rest := range want {
			if len(rest) > 1 {
				t.Fatalf("%s: %v share an identity and are no group", kind, rest)
			}
		}
	}
}

// BenchmarkGroups is the look for repeats, a row. Figures: repeat_bench.txt.
func BenchmarkGroups(b *testing.B) {
	const rows = 200_000
	for kind, id := range identities() {
		b.Run(kind, func(b *testing.B) {
			builder := NewBuilder()
			builder.c.Activities = make([]Activity, rows)
			for i := range builder.c.Activities {
				builder.c.Activities[i].ID = id(i)
			}
			for b.Loop() {
				sameID(&builder.c)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}
