package detect

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const dayMS = int64(24 * time.Hour / time.Millisecond)

// habit is a mailbox that shows the value on so many days from the start, one after the other.
func habit(value string, days int) *Days {
	d := &Days{}
	for i := range days {
		d.Add(value, int64(i)*dayMS)
	}
	return d
}

// A value is new after enough days whatever its later share, rare on few days wherever they lie, and nothing is said of
// it with too few other days.
func TestJudge(t *testing.T) {
	b := Baseline{Per: "mailbox", MinDays: 5, ShareDaysBelow: 0.1}
	f := func(usual int, strange []int, want Verdict) {
		t.Helper()
		d := habit("usual", usual)
		for _, n := range strange {
			d.Add("strange", int64(n)*dayMS+7)
		}
		if got := b.Judge(d, "strange"); got != want {
			t.Errorf("%d usual days, strange on %v: got %v, want %v", usual, strange, got, want)
		}
	}
	f(30, []int{10}, Novel)
	f(30, []int{10, 11, 12, 13, 14, 15, 16, 17, 18}, Novel)
	f(30, []int{4}, Rare)
	f(30, []int{0, 1, 2}, Rare)
	f(30, []int{0, 1, 2, 3}, Usual)
	f(6, []int{0}, Rare)
	f(6, []int{0, 1}, Usual)
	f(5, []int{2}, Thin)
	f(5, []int{5}, Novel)
	f(5, []int{-1}, Rare)
	f(0, []int{3}, Thin)
}

// The judged value's own rows never teach the baseline: however many there are on its days, the verdict is the same.
// Neither does the order of reading change it.
func TestJudgeIsOfDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Baseline{Per: "mailbox", MinDays: rapid.IntRange(1, 8).Draw(t, "min"), ShareDaysBelow: 0.1}
		usual := rapid.SliceOfN(rapid.Int64Range(0, 40), 0, 40).Draw(t, "usual")
		strange := rapid.SliceOfN(rapid.Int64Range(0, 40), 1, 10).Draw(t, "strange")
		once, often := &Days{}, &Days{}
		for i := range strange {
			once.Add("strange", strange[i]*dayMS)
			for n := range int64(5) {
				often.Add("strange", strange[len(strange)-1-i]*dayMS+n)
			}
		}
		for i := range usual {
			once.Add("usual", usual[i]*dayMS)
			often.Add("usual", usual[len(usual)-1-i]*dayMS+99)
		}
		if x, y := b.Judge(once, "strange"), b.Judge(often, "strange"); x != y {
			t.Fatalf("%v and %v", x, y)
		}
	})
}
