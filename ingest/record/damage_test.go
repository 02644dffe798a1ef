package record

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// numbered are so many records of three keys, one of which holds a list of objects.
func numbered(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"Id":%d,"Parameters":[{"Name":"a","Value":"{\"b\":1}"},{"Name":"c","Value":"x, y"}],"UserId":"u%d"}`, i, i)
	}
	return list
}

// wholeOf counts the records of a text and the bytes and lines of what is skipped.
func wholeOf(t *testing.T, text string, size, most int) (whole int, skipped []string) {
	t.Helper()
	c := NewCutter(strings.NewReader(text), Cut{Shape: JSON}, Place{})
	c.size, c.most = size, most
	var w Walker
	var b Block
	for c.Next(&b) == nil {
		checkTiles(t, []byte(text), &b, Cut{Shape: JSON})
		_ = w.Walk(&b, func(rec Record, broken error) error {
			if broken == nil {
				whole++
			} else {
				skipped = append(skipped, fmt.Sprintf("%d bytes, %d lines", rec.Length, b.LinesOf(rec)))
			}
			return nil
		})
	}
	return whole, skipped
}

// TestStrayBrace: a brace at the end of one line of a thousand cost all lines behind it, because the next record was
// looked for by what the broken one looked like.
func TestStrayBrace(t *testing.T) {
	list := numbered(1000)
	list[3] += "{"
	if whole, skipped := wholeOf(t, strings.Join(list, "\n"), BlockSize, MaxRecord); whole != 1000 || !slices.Equal(skipped, []string{"1 bytes, 1 lines"}) {
		t.Errorf("%d records, skipped %q", whole, skipped)
	}
}

// TestDamageIsFoundAgain: what a damaged record holds is not taken for records, and the next one is found: behind the
// first record, in one line, over many lines, at the end, across the edges of blocks, and where several are damaged.
func TestDamageIsFoundAgain(t *testing.T) {
	f := func(name, text string, want int, skipped ...string) {
		t.Helper()
		for _, size := range []int{1, 100, BlockSize} {
			whole, got := wholeOf(t, text, size, MaxRecord)
			if whole != want || len(skipped) > 0 && !slices.Equal(got, skipped) || len(got) > max(1, len(skipped)) {
				t.Errorf("%s, blocks of %d: %d records, want %d; skipped %q", name, size, whole, want, got)
			}
		}
	}
	damaged := func(at int, edit func(record string) string) []string {
		list := numbered(20)
		list[at] = edit(list[at])
		return list
	}
	lostQuote := func(r string) string { return strings.Replace(r, `"x, y"`, `"x, y`, 1) }
	lostBackslash := func(r string) string { return strings.Replace(r, `{\"b`, `{"b`, 1) }
	lostEnd := func(r string) string { return strings.TrimSuffix(r, "}") }
	lostBegin := func(r string) string { return r[1:] }
	for name, edit := range map[string]func(string) string{"quote": lostQuote, "backslash": lostBackslash, "end": lostEnd, "begin": lostBegin} {
		for _, at := range []int{0, 1, 10, 19} {
			list := damaged(at, edit)
			f(fmt.Sprint("lines, ", name, at), strings.Join(list, "\n"), 19)
			f(fmt.Sprint("array, ", name, at), "["+strings.Join(list, ",")+"]", 19)
			f(fmt.Sprint("page, ", name, at), `{"value":[`+strings.Join(list, ",")+`]}`, 19)
			f(fmt.Sprint("none between, ", name, at), strings.Join(list, ""), 19)
			f(fmt.Sprint("leading commas, ", name, at), "[ "+strings.Join(list, "\n, ")+"\n]", 19)
			f(fmt.Sprint("array a line, ", name, at), "["+strings.Join(list[:10], ",")+"]\n["+strings.Join(list[10:], ",")+"]\n", 19)
		}
	}
	first := damaged(0, lostQuote)
	one, two := fmt.Sprintf("%d bytes, 1 lines", len(first[0])), fmt.Sprintf("%d bytes, 2 lines", 2*len(first[0])+1)
	f("the first and the third", strings.Join(slices.Concat(first[:2], damaged(2, lostQuote)[2:]), "\n"), 18, one, one)
	f("two at the head", strings.Join(slices.Concat(first[:1], first), "\n"), 19, two)
	f("two in the middle", strings.Join(slices.Concat(numbered(5), first[:1], first), "\n"), 24, one, one)
	f("no other keys alike", `[{"a":1,"b":2},{"c":"},`+strings.Repeat(`{"d":3},`, 200)+`{"e":4}]`, 202)
}

// TestNestedListIsNoRecord: a list of many objects inside a damaged record never becomes what is looked for.
func TestNestedListIsNoRecord(t *testing.T) {
	list := numbered(50)
	long := `{"Id":-1,"Items":["x":` + strings.Repeat(`{"ItemId":1,"Size":2},`, 300) + `{}],"UserId":"v"}`
	for _, at := range []int{0, 1, 25} {
		text := "[" + strings.Join(slices.Insert(slices.Clone(list), at, long), ",") + "]"
		if whole, skipped := wholeOf(t, text, BlockSize, MaxRecord); whole != 50 || len(skipped) != 1 {
			t.Errorf("at %d: %d records, skipped %q", at, whole, skipped)
		}
	}
}

// TestNestedListEndsNoPage: a list inside the first record of a page, whose colon is lost, ended where the lists and objects
// around it end: it was taken for the page's own list, and all that followed for the rest of the wrapper.
func TestNestedListEndsNoPage(t *testing.T) {
	list := numbered(50)
	list[0] = `{"Id":0,"Targets":[{"Id":"a","Changes"[{"Name":"x","Old":"[]"}]}],"UserId":"v"}`
	for _, text := range []string{`{"value":[` + strings.Join(list, ",") + `]}`, `[{"value":[` + strings.Join(list, ",") + `]}]`} {
		for _, size := range []int{100, BlockSize} {
			if whole, skipped := wholeOf(t, text, size, MaxRecord); whole != 49 || len(skipped) != 1 {
				t.Errorf("%d records, skipped %q", whole, skipped)
			}
		}
	}
}

// TestLostStretchHasLength: a record too long to be kept is told with its whole length, and no more than its beginning
// is kept.
func TestLostStretchHasLength(t *testing.T) {
	list := numbered(30)
	list[10] = `{"Id":10,"UserId":"` + strings.Repeat("x\\n", 1<<20) + `"}`
	list[20] = strings.Repeat("no record\n", 100_000)
	text := strings.Join(list, "\n")
	want := []string{fmt.Sprintf("%d bytes, 1 lines", len(list[10])), fmt.Sprintf("%d bytes, 100000 lines", len(list[20])-1)}
	if whole, skipped := wholeOf(t, text, 512, 20_000); whole != 28 || !slices.Equal(skipped, want) {
		t.Errorf("%d records, skipped %q, want %q", whole, skipped, want)
	}
}
