package sequence

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"triage/ingest/activity"
	"triage/rules/detect"
)

// Promise: within finds every activity of the spans, once, whatever the spans and however times repeat.
func TestWithin(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		times := rapid.SliceOfN(rapid.Int64Range(0, 60), 0, 40).Draw(rt, "times")
		slices.Sort(times)
		var spans []timeSpan
		for range rapid.IntRange(0, 6).Draw(rt, "spans") {
			from := rapid.Int64Range(-5, 65).Draw(rt, "from")
			spans = append(spans, timeSpan{from, from + rapid.Int64Range(0, 12).Draw(rt, "length")})
		}
		var want, got []int
		for i, at := range times {
			if slices.ContainsFunc(spans, func(s timeSpan) bool { return s.from <= at && at <= s.to }) {
				want = append(want, i)
			}
		}
		within(joinSpans(spans), len(times), func(i int) int64 { return times[i] }, func(from, to int) {
			for i := from; i < to; i++ {
				got = append(got, i)
			}
		})
		if !slices.Equal(got, want) {
			rt.Fatalf("got %v, want %v", got, want)
		}
	})
}

// Promise: only those types are left out for which the conditions cannot hold.
func TestTypesOf(t *testing.T) {
	kind := func(values ...string) detect.Block {
		return detect.Block{Conditions: []detect.Condition{{Field: "type", Values: values}}}
	}
	other := detect.Block{Conditions: []detect.Condition{{Field: "op", Values: []string{"x"}}}}
	f := func(b detect.Block, ok bool, want ...activity.Type) {
		t.Helper()
		if got, asks := typesOf(b); asks != ok || !slices.Equal(got, want) {
			t.Errorf("%+v: got %v %v, want %v %v", b, got, asks, want, ok)
		}
	}
	f(kind("logon"), true, activity.Logon)
	f(kind("Send", "logon", "send"), true, activity.Logon, activity.Send)
	f(detect.Block{Conditions: other.Conditions, All: []detect.Block{other, kind("delete")}}, true, activity.Delete)
	f(detect.Block{Any: []detect.Block{kind("delete"), kind("send")}}, true, activity.Send, activity.Delete)
	f(detect.Block{Any: []detect.Block{kind("delete"), other}}, false)
	f(detect.Block{Not: []detect.Block{kind("delete")}}, false)
	f(detect.Block{Conditions: []detect.Condition{{Field: "type", Not: true, Values: []string{"send"}}}}, false)
	f(other, false)
	f(detect.Block{}, false)
}
