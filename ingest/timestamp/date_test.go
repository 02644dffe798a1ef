package timestamp

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestParseTime keeps the promise that a time is read as it was meant, whatever the collector's culture, or not at all.
func TestParseTime(t *testing.T) {
	f := func(text string, order Order, want string) {
		t.Helper()
		got := ""
		if ms, ok := Parse([]byte(text), order); ok {
			got = time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000")
		}
		if got != want {
			t.Errorf("%q %s: got %q, want %q", text, order, got, want)
		}
	}
	const want = "2025-02-03T22:43:17.000"
	f("2025-02-03T22:43:17", Unsettled, want)
	f("2025-02-03T22:43:17.0000000Z", Unsettled, want)
	f("2025-02-04T00:43:17+02:00", Unsettled, want)
	f("2025-02-03 22:43:17", Unsettled, want)
	f("2025-02-03 22:43:17.456", Unsettled, "2025-02-03T22:43:17.456")
	f("2025-02-03 10:43:17 PM", Unsettled, want)
	for _, text := range []string{ // as other programs write it
		"2025-02-03 22:43:17 UTC", "2025-02-03 22:43:17.000 UTC", "2025-02-03T22:43:17UTC", "2025-02-03 22:43:17 GMT", "2025-02-03t22:43:17z",
		"2025-02-03T22:43:17.000+0000", "2025-02-04T00:43:17+0200", "2025-02-03 22:43:17 +0000", "2025-02-03 22:43:17+00",
		"2025-02-03T17:13:17-05:30", "2025-02-03T17:13:17-0530", "2025-02-03T22:43:17,000Z", "2025-02-03 22:43:17 Z",
	} {
		f(text, Unsettled, want)
	}
	for _, text := range []string{ // with the month by its name, as numbers, without anything between digits
		"Mon, 03 Feb 2025 22:43:17 GMT", "Mon, 3 Feb 2025 22:43:17 +0000", "Tue, 04 Feb 2025 00:43:17 +0200", "Mon Feb  3 22:43:17 2025",
		"Mon Feb 03 22:43:17 UTC 2025", "03-Feb-2025 22:43:17", "03/Feb/2025:22:43:17 +0000", "February 3, 2025 10:43:17 PM",
		"Monday, February 3, 2025 10:43:17 PM", "3 February 2025 22:43:17", "1738622597", "1738622597.000", "1738622597000", "1738622597000000",
		"133830961970000000", "638742193970000000", "20250203T224317Z", "20250203224317", "45691.9467245370",
	} {
		f(text, Unsettled, want)
	}
	for _, text := range []string{
		"2025-02-03 오후 10:43:17", "2025/2/3 下午 10:43:17", "3/2/2025 10:43:17 p. m.", "2/3/2025 10:43:17 PM +00:00", "2/4/2025 12:43:17 AM +02:00",
	} {
		order := MonthFirst
		if text[0] == '3' {
			order = DayFirst
		}
		f(text, order, want)
	}
	for _, text := range []string{ // and what is none of them
		"1234567890123456789", "99999", "45691", "0000000000", "3 Feb 22:43:17", "Foo 03 Feb 2025 22:43:17", "31 Feb 2025 22:43:17", "203.0.113.50", "1.2.3",
		"2025-02-03 22:43:17 +25:99", "some words of a log", "Feb 2025 22:43:17",
	} {
		f(text, Unsettled, "")
	}
	f("2025-02-03 22:43:17 CET", Unsettled, "") // no zone by a name that several have
	f(`\/Date(1738622597000)\/`, Unsettled, want)
	f("/Date(1738622597000+0200)/", Unsettled, want)
	f("2/3/2025 10:43:17 PM", Unsettled, want)
	f("2/3/2025 10:43:17\u202fPM", Unsettled, want)
	f("2/3/2025, 10:43:17.250 PM", Unsettled, "2025-02-03T22:43:17.250")
	f("3/2/2025 10:43:17 pm", DayFirst, want)
	f("03/02/2025 22:43:17", DayFirst, want)
	f("02/03/2025 22:43:17", MonthFirst, want)
	f("03.02.2025 22:43:17", Unsettled, want)
	f("3.2.2025 22.43.17", Unsettled, want)
	f("3-2-2025 22:43:17", DayFirst, want)
	f("2025/2/3 22:43:17", Unsettled, want)
	f("25/2/2025 22:43", Unsettled, "2025-02-25T22:43:00.000")
	f("1/1/2025 12:00:00 AM", Unsettled, "2025-01-01T00:00:00.000")
	f("03/02/2025 22:43:17", Unsettled, "") // reads both ways
	f("30/02/2025 22:43:17", DayFirst, "")
	f("2/3/2025 13:43:17 PM", Unsettled, "")
	f("2/3/25 22:43:17", Unsettled, "")
	f("2/3/2025", Unsettled, "")
	f("soon", Unsettled, "")
	f("", Unsettled, "")
}

// TestPlainISO: the short way reads what time.Parse reads, and no other day.
func TestPlainISO(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`(2025|2024|1900|0000)-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]Z?`).Draw(t, "time")
		want, wantOK := iso(text)
		if got, ok := plainISO([]byte(text)); ok != wantOK || ok && got != want {
			t.Fatalf("%s: %d %v, want %d %v", text, got, ok, want, wantOK)
		}
	})
	for _, odd := range []string{"2025-02-03T22:43:1", "2025-02-03T22:43:17z", "2025-02-03 22:43:17", "2025-02-03T22:43:17.5", "2025-02-03T22:4a:17", "2025-02-03T22:43:177", "\xb2025-02-03T22:43:1"} {
		if _, ok := plainISO([]byte(odd)); ok {
			t.Errorf("%q is not left to the long way", odd)
		}
	}
}

func TestOrderOf(t *testing.T) {
	f := func(want Order, dates ...string) {
		t.Helper()
		var list [][]byte
		for _, d := range dates {
			list = append(list, []byte(d))
		}
		if got := OrderOf(list); got != want {
			t.Errorf("%q: got %s, want %s", dates, got, want)
		}
	}
	f(DayFirst, "03/02/2025 10:00:00", "25/02/2025 10:00:00")
	f(MonthFirst, "02/03/2025 10:00:00", "02/25/2025 10:00:00")
	f(Unsettled, "02/03/2025 10:00:00")
	f(Unsettled, "25/02/2025 10:00:00", "02/25/2025 10:00:00")
	f(Unsettled, "")
}

// FuzzParseTime: no text panics, and what is read depends on nothing but the text and the order.
func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2/3/2025 10:43:17 PM", "2025-02-03T22:43:17Z", "/Date(1)/", "3.2.2025 22.43.17"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		OrderOf([][]byte{text})
		for order := range DayFirst + 1 {
			a, okA := Parse(text, order)
			if b, okB := Parse(text, order); a != b || okA != okB {
				t.Fatalf("%q reads as %d and as %d", text, a, b)
			}
		}
	})
}
