package activity

import (
	"fmt"
	"slices"
	"testing"
)

// export is an input of rows, each known by its number; owner is whom its records name, if they do.
type export struct {
	path, owner string
	rows        []int
	source      Source
}

func caseOf(exports ...export) *Case {
	b := NewBuilder()
	for _, e := range exports {
		if e.source == SourceUnknown {
			e.source = SourceActivities
		}
		s := NewShard(0, Interest{})
		for i, n := range e.rows {
			a := Activity{ID: HashID(fmt.Append(nil, n)), Sum: uint64(n), Time: int64(n / 2), Created: int64(n), Offset: int64(i), Flags: OwnerLess, Type: Read}
			if e.owner != "" {
				s.Vote(s.Intern([]byte(e.owner)))
			}
			s.Add(a)
		}
		b.Add(Input{Path: e.path, Source: e.source, Rows: int64(len(e.rows))}, []*Shard{s}, "")
	}
	return b.Case()
}

// identitiesOf are those of a case's activities, in order, and how often each mailbox has one.
func identitiesOf(c *Case) (all []string, boxes map[string]int) {
	boxes = map[string]int{}
	for i := range c.Activities {
		a := &c.Activities[i]
		all = append(all, fmt.Sprint(a.Time, a.ID))
		boxes[c.Text(a.Mailbox)]++
	}
	return all, boxes
}

// Promise: what an export that names no owner is called changes neither identities nor their order.
func TestNameOfFileIsNoIdentity(t *testing.T) {
	rows := []int{5, 1, 2, 3, 4, 9, 8}
	want, _ := identitiesOf(caseOf(export{path: "alice.csv", rows: rows}))
	for _, name := range []string{"zoe.csv", "-", "case.zip!x/y.json", "alice@contoso.com.csv"} {
		if got, _ := identitiesOf(caseOf(export{path: name, rows: rows})); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	named, _ := identitiesOf(caseOf(export{path: "alice.csv", rows: rows, owner: "alice@contoso.com"}))
	if slices.Equal(named, want) {
		t.Error("a name that the records tell is part of the identity")
	}
	c := caseOf(export{path: "x.csv", rows: rows, owner: "alice@contoso.com"})
	for i := range c.Activities {
		id, ok := c.Content(&c.Activities[i])
		if !ok || !slices.Contains(want, fmt.Sprint(c.Activities[i].Time, id)) {
			t.Errorf("content %v, %v", id, ok)
		}
	}
}

// Promise: equal rows of two exports that name no owner are two people's, marked and counted; never duplicates.
func TestEqualRowsOfTwoNamelessExports(t *testing.T) {
	f := func(want []SharedRows, shared, duplicates int, boxes map[string]int, exports ...export) {
		t.Helper()
		c := caseOf(exports...)
		marked := 0
		for i := range c.Activities {
			if c.Activities[i].Flags&Shared != 0 {
				marked++
			}
		}
		_, got := identitiesOf(c)
		if !slices.Equal(c.Shared, want) || marked != shared || len(c.Duplicates) != duplicates || fmt.Sprint(got) != fmt.Sprint(boxes) {
			t.Errorf("shared %v, %d marked, %d duplicates, %v", c.Shared, marked, len(c.Duplicates), got)
		}
	}
	one := []int{1, 2, 3, 4}
	f(nil, 0, 0, map[string]int{"a": 4, "b": 4}, export{path: "a.csv", rows: one}, export{path: "b.csv", rows: []int{5, 6, 7, 8}})
	f([]SharedRows{{0, 1, 2}}, 4, 0, map[string]int{"a": 4, "b": 3}, export{path: "a.csv", rows: one}, export{path: "b.csv", rows: []int{3, 4, 9}})
	f([]SharedRows{{0, 1, 4}, {0, 2, 4}}, 12, 0, map[string]int{"a": 4, "b": 4, "c": 4},
		export{path: "a.csv", rows: one}, export{path: "b.csv", rows: one}, export{path: "c.csv", rows: one})
	// The records of one say whose they are: rows count twice, and the nameless one is named for it.
	f([]SharedRows{{1, 0, 4}}, 0, 0, map[string]int{"alice@contoso.com": 4, "b": 4}, export{path: "a.csv", rows: one, owner: "alice@contoso.com"}, export{path: "b.csv", rows: one})
	f([]SharedRows{{0, 1, 4}}, 0, 0, map[string]int{"alice@contoso.com": 4, "a": 4}, export{path: "a.csv", rows: one}, export{path: "b.csv", rows: one, owner: "alice@contoso.com"})
	// Two that are called alike are one mailbox's.
	f(nil, 0, 4, map[string]int{"a": 4}, export{path: "x/a.csv", rows: one}, export{path: "y/a.csv.gz", rows: one})
	f(nil, 0, 2, map[string]int{"alice@contoso.com": 5}, export{path: "alice@contoso.com.csv", rows: one}, export{path: "b.csv", rows: []int{3, 4, 5}, owner: "alice@contoso.com"})
	// No folder's name is a person: that two have the message is not known.
	f(nil, 0, 4, map[string]int{UnknownName("whoever had the message files"): 4},
		export{path: "a/1.eml", rows: one, source: SourceMessage}, export{path: "b/1.eml", rows: one, source: SourceMessage})
	// Two people get one message.
	f(nil, 0, 0, map[string]int{"a@x.example": 4, "b@x.example": 4}, export{path: "a@x.example/1.eml", rows: one, source: SourceMessage}, export{path: "b@x.example/1.eml", rows: one, source: SourceMessage})
}

// Promise: a row that a nameless export and one that names the same mailbox both have is known by that mailbox, whichever
// is read first.
func TestNamelessCopyOfANamedRow(t *testing.T) {
	rows := []int{1, 2, 3}
	named := export{path: "b.csv", rows: rows, owner: "alice@contoso.com"}
	want, _ := identitiesOf(caseOf(named))
	for _, path := range []string{"alice@contoso.com.csv", "z/alice@contoso.com.csv"} {
		exports := []export{{path: path, rows: rows}, named}
		slices.SortFunc(exports, func(x, y export) int { return len(x.path) - len(y.path) })
		c := caseOf(exports...)
		if got, _ := identitiesOf(c); !slices.Equal(got, want) || len(c.Duplicates) != 3 {
			t.Errorf("%s: got %v and %d duplicates, want %v", path, got, len(c.Duplicates), want)
		}
		slices.Reverse(exports)
		if got, _ := identitiesOf(caseOf(exports...)); !slices.Equal(got, want) {
			t.Errorf("%s second: got %v, want %v", path, got, want)
		}
	}
}
