package activity

import (
	"errors"
	"fmt"
	"testing"
)

// More than a case can hold ends it with a sentence, before any number wraps; just as much is no fault.
func TestLimits(t *testing.T) {
	const rows, subjects = 10, 5
	shard := func() *Shard {
		s := NewShard(0, Interest{})
		for i := range rows {
			s.Put(FieldSubject, fmt.Appendf(nil, "s%d", i%subjects))
			s.Add(Activity{ID: HashID([]byte{byte(i)}), Mailbox: s.Intern([]byte("m"))})
		}
		return s
	}
	f := func(l Limits, want string) {
		t.Helper()
		l.Activities, l.Details, l.Symbols = orMost(l.Activities, 1e6), orMost(l.Details, 1e6), orMost(l.Symbols, 1e6)
		b := NewBuilder()
		b.Limits = l
		for range 2 {
			b.Add(Input{}, []*Shard{shard()}, "")
		}
		c := b.Case()
		got := ""
		if err := b.Err(); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%+v: %q, want %q", l, got, want)
		}
		if want == "" && len(c.Activities) != rows {
			t.Errorf("%d activities", len(c.Activities))
		}
		if err := shard().Check(&Limits{Activities: rows, Details: 1 + 2*rows, Symbols: 2 + subjects}); err != nil {
			t.Error(err)
		}
	}
	f(Limits{Activities: 2 * rows}, "")
	f(Limits{Activities: 2*rows - 1}, "the case has more than 19 activities, the most that one run can tell apart")
	f(Limits{Details: 1 + 4*rows}, "")
	f(Limits{Details: 4 * rows}, "the case has more than 40 details of activities, the most that one run can tell apart")
	f(Limits{Symbols: 2 + subjects}, "")
	f(Limits{Symbols: 1 + subjects}, "the case has more than 6 distinct texts, the most that one run can tell apart")

	for _, l := range []Limits{{rows - 1, 1e6, 1e6, nil, nil}, {rows, 2 * rows, 1e6, nil, nil}, {rows, 1e6, 1 + subjects, nil, nil}} {
		if many := new(TooLarge); !errors.As(shard().Check(&l), &many) {
			t.Errorf("a shard is within %+v", l)
		}
	}
}

func orMost(n, most int) int {
	if n == 0 {
		return most
	}
	return n
}

// Where there is no room for what is needed in one piece, the builder says so and makes no case.
func TestNoRoom(t *testing.T) {
	none := errors.New("no room")
	b := NewBuilder()
	asked := int64(0)
	b.Limits.Room = func(bytes int64) error {
		asked = bytes
		return none
	}
	s := NewShard(0, Interest{})
	for i := range 100_000 {
		s.Add(Activity{ID: HashID(fmt.Append(nil, i))})
	}
	b.Add(Input{}, []*Shard{s}, "")
	if c := b.Case(); b.Err() != none || len(c.Activities) != 0 || asked < 100_000*rowSize {
		t.Errorf("%d asked, %v", asked, b.Err())
	}
}
