package message

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"triage/ingest/activity"
)

// Promise: the domains that traces themselves name are those that counting anew after each one would find.
func TestInfer(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		shard := activity.NewShard(0, activity.Interest{})
		domain := rapid.SampledFrom([]string{"a.example", "b.example", "c.example", "d.example", "e.example", "f.example", ""})
		var left []ends
		for i := range rapid.IntRange(1, 40).Draw(t, "messages") {
			e := ends{domain.Draw(t, "to"), domain.Draw(t, "from")}
			left = append(left, e)
			shard.Put(activity.FieldSender, fmt.Appendf(nil, "x@%s", e[1]))
			shard.Add(activity.Activity{ID: activity.HashID(fmt.Append(nil, i)), Time: 1, Mailbox: shard.Intern(fmt.Appendf(nil, "x@%s", e[0]))})
		}
		b := activity.NewBuilder()
		b.Add(activity.Input{Source: activity.SourceTrace}, []*activity.Shard{shard}, "")
		c := b.Case()
		got, want := infer(c, tracesOf(c), nil), inferAnew(left)
		if !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q of %q", got, want, left)
		}
		found += len(want)
	})
	if found == 0 && !testing.Short() { // a short run draws too few to be sure of one
		t.Error("no drawn trace names any domain: the test shows nothing")
	}
}

// inferAnew counts all that is left after each domain.
func inferAnew(left []ends) (own []string) {
	for enough := len(left) / 100; len(left) > enough; {
		counts := map[string]int{}
		for _, e := range left {
			counts[e[0]]++
			if e[1] != e[0] {
				counts[e[1]]++
			}
		}
		delete(counts, "")
		best, tied := "", false
		for d, n := range counts {
			if n > counts[best] {
				best, tied = d, false
			} else if n == counts[best] {
				tied = true
			}
		}
		if best == "" || tied {
			break
		}
		own = append(own, best)
		left = slices.DeleteFunc(left, func(e ends) bool { return e[0] == best || e[1] == best })
	}
	slices.Sort(own)
	return own
}
