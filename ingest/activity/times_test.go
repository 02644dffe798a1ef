package activity

import (
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Promise: a time can be true from 2000 to the end of the second day after the report's.
func TestPossibleTimes(t *testing.T) {
	times := TimesUntil(time.Date(2026, 11, 21, 23, 0, 0, 0, time.UTC))
	f := func(text string, want bool) {
		t.Helper()
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := times.Has(at.UnixMilli()); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	f("0001-01-01T00:00:00Z", false)
	f("1970-01-01T00:00:00Z", false)
	f("1999-12-31T23:59:59Z", false)
	f("2000-01-01T00:00:00Z", true)
	f("2026-11-23T23:59:59Z", true)
	f("2026-11-24T00:00:00Z", false)
	f("9999-12-31T23:59:59Z", false)
	for _, ms := range []int64{math.MinInt64, math.MaxInt64} {
		if times.Has(ms) || (Times{}).Has(ms) {
			t.Errorf("%d can be true", ms)
		}
	}
	// Whatever day is asked for, two possible times differ by less than a time.Duration holds.
	for _, day := range []time.Time{{}, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Unix(math.MaxInt64>>10, 0)} {
		if times := TimesUntil(day); times.Has(earliest-1) || times.Has(latest) {
			t.Errorf("%v: beyond all bounds", day)
		}
	}
	if time.Duration(latest-earliest)*time.Millisecond < 0 {
		t.Error("a span overflows")
	}
}

// Promise: no difference of two times turns from late to early, and no length overflows.
func TestArithmeticOfTimes(t *testing.T) {
	edge := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, math.MaxInt64 - 1, math.MaxInt64}))
	rapid.Check(t, func(t *rapid.T) {
		from, to := edge.Draw(t, "from"), edge.Draw(t, "to")
		want := new(big.Int).Sub(big.NewInt(to), big.NewInt(from))
		got := Later(from, to)
		switch {
		case want.IsInt64():
			if got != want.Int64() {
				t.Fatalf("Later(%d, %d) = %d", from, to, got)
			}
		case want.Sign() > 0 && got != math.MaxInt64, want.Sign() < 0 && got != math.MinInt64:
			t.Fatalf("Later(%d, %d) = %d", from, to, got)
		}
		if d := Duration(got); d.Milliseconds() != got && (d < 0) != (got < 0) {
			t.Fatalf("Duration(%d) = %v", got, d)
		}
		if day := Day(from); new(big.Int).Mul(big.NewInt(day), big.NewInt(86_400_000)).Cmp(big.NewInt(from)) > 0 || Day(max(from, math.MinInt64+86_400_000)-86_400_000) > day {
			t.Fatalf("Day(%d) = %d", from, day)
		}
	})
}

// A day is one of UTC, before 1970 too.
func TestDay(t *testing.T) {
	f := func(ms, want int64) {
		t.Helper()
		if got := Day(ms); got != want {
			t.Errorf("Day(%d) = %d, want %d", ms, got, want)
		}
	}
	const day = 86_400_000
	f(0, 0)
	f(day-1, 0)
	f(day, 1)
	f(-1, -1)
	f(-day, -1)
	f(-day-1, -2)
}

// Promise: the guard of the shard catches a reader that checks nothing.
func TestShardDates(t *testing.T) {
	s := NewShard(0, Interest{})
	s.Add(Activity{ID: HashID([]byte("1")), Time: base})
	s.Add(Activity{ID: HashID([]byte("2")), Time: math.MaxInt64, Created: math.MinInt64})
	s.Add(Activity{ID: HashID([]byte("3")), Time: base, Flags: Undated})
	b := NewBuilder()
	b.Add(Input{Path: "a"}, []*Shard{s}, "")
	c := b.Case()
	for i := range c.Activities {
		if a := &c.Activities[i]; (a.Time == base) == (a.Flags&Undated != 0) || a.Created != 0 || a.Time != 0 && a.Time != base {
			t.Errorf("%d: %+v", i, *a)
		}
	}
	if in := c.Inputs[0]; in.First != base || in.Last != base || !strings.Contains(strings.Join(in.Notes, "\n"), "records whose time cannot be true") {
		t.Errorf("%+v", in)
	}
}

// Promise: of two copies of one record, of which one export has spoiled the time, the sound one stands.
func TestDatedCopyStands(t *testing.T) {
	for _, order := range [][]row{
		{{id: "a", time: 5, mailbox: "alice@contoso.com"}, {id: "a", mailbox: "alice@contoso.com", flags: Undated, subject: "more"}},
		{{id: "a", mailbox: "alice@contoso.com", flags: Undated, subject: "more"}, {id: "a", time: 5, mailbox: "alice@contoso.com"}},
	} {
		c := build(SourceAudit, order)
		if len(c.Activities) != 1 || c.Activities[0].Time != base+5 || c.Text(c.Get(&c.Activities[0], FieldSubject)) != "more" {
			t.Errorf("%+v", c.Activities)
		}
	}
}
