package ordinary

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"triage/testdata/truth"
)

// most bounds how many values of a fact an answer must name: of more, a report may leave some out.
const most = 8

// answers are what the twelve answers must say of the tenant.
func (t *Tenant) answers() []truth.Line {
	if len(t.Truth) == 0 {
		return truth.Nobody()
	}
	list := make([]truth.Line, 0, 12)
	for _, q := range truth.Questions() {
		l := truth.Line{Truth: truth.Answer, Answer: q, Facts: map[string][]string{}}
		t.answer(&l)
		for name, values := range l.Facts {
			if len(values) == 0 || len(values) > most {
				delete(l.Facts, name)
			}
		}
		list = append(list, l)
	}
	return list
}

// answer fills one in.
func (t *Tenant) answer(l *truth.Line) {
	all := func(of func(n *notes) map[string]bool) (list []string) {
		union := map[string]bool{}
		for _, n := range t.notes {
			maps.Copy(union, of(n))
		}
		return slices.Sorted(maps.Keys(union))
	}
	l.Sure = []string{"proven"}
	switch l.Answer {
	case "compromised":
		l.Sure = []string{"likely", "proven"}
		for i := range t.Truth {
			l.Facts["taken"] = append(l.Facts["taken"], t.Truth[i].Accounts...)
		}
	case "entry":
		t.entry(l)
	case "when":
		l.Sure = []string{"likely", "proven"}
		t.when(l)
	case "where":
		l.Sure = []string{"likely", "proven"}
		l.Facts["addresses"] = all(func(n *notes) map[string]bool { return n.addresses })
	case "read":
		l.Facts["searches"] = all(func(n *notes) map[string]bool { return n.searches })
		l.Sure = t.sureOfReads()
		for _, n := range t.notes {
			for key := range n.presumed {
				l.Facts["presumed"] = append(l.Facts["presumed"], strings.TrimSuffix(key[0]+": "+key[1], ": "))
			}
		}
		slices.Sort(l.Facts["presumed"])
	case "sent":
		l.Facts["recipients"] = all(func(n *notes) map[string]bool { return n.recipients })
		l.Facts["deleted"] = all(func(n *notes) map[string]bool { return n.deleted })
		if len(l.Facts["recipients"])+len(l.Facts["deleted"])+len(all(func(n *notes) map[string]bool { return n.sent })) == 0 {
			l.Sure = []string{"likely", "not known"} // none seen
		}
	case "persist":
		l.Facts["standing"] = all(func(n *notes) map[string]bool { return n.standing })
		for _, n := range t.notes {
			l.Facts["removed"] = append(l.Facts["removed"], n.removed...)
		}
		if len(l.Facts["standing"])+len(l.Facts["removed"]) == 0 {
			l.Sure = []string{"likely", "not known"}
		}
	case "spread":
		t.spread(l)
	case "money":
		l.Facts["threads"] = all(func(n *notes) map[string]bool { return n.threads })
		if len(l.Facts["threads"]) == 0 {
			l.Sure = []string{"likely", "not known"}
		}
	case "contained":
		l.Sure = []string{"likely", "not known", "proven"}
		for _, n := range t.notes {
			l.Facts["seen"] = append(l.Facts["seen"], n.contained...)
		}
		if len(l.Facts["seen"]) > 0 {
			l.Sure = []string{"proven"}
		}
	case "notify":
		t.notify(l)
	}
}

// entry is how they came in, of those of whom the logs can say it.
func (t *Tenant) entry(l *truth.Line) {
	how := map[string]bool{}
	l.Sure = nil
	for _, n := range t.notes {
		if n.entry != "" {
			how[n.entry] = true
		}
		l.Sure = append(l.Sure, strings.Split(n.entrySure, "|")...)
	}
	slices.Sort(l.Sure)
	l.Sure = slices.Compact(l.Sure)
	l.Facts["how"] = slices.Sorted(maps.Keys(how))
	for _, n := range t.notes {
		if n.lure != "" && !slices.Contains(l.Facts["lure"], n.lure) {
			l.Facts["lure"] = append(l.Facts["lure"], n.lure)
		}
	}
}

func (t *Tenant) when(l *truth.Line) {
	for _, n := range t.notes {
		l.Facts["first"] = append(l.Facts["first"], stampOf(n.first))
		l.Facts["last"] = append(l.Facts["last"], stampOf(n.last))
	}
	slices.Sort(l.Facts["first"])
	slices.Sort(l.Facts["last"])
}

// sureOfReads is proven where a row shows a message or a search, likely where a mailbox is only presumed to be read.
func (t *Tenant) sureOfReads() []string {
	presumed := false
	for _, n := range t.notes {
		if len(n.touched)+len(n.searches) > 0 {
			return []string{"proven"}
		}
		presumed = presumed || len(n.presumed) > 0
	}
	if presumed {
		return []string{"likely"}
	}
	return []string{"likely", "not known"}
}

func (t *Tenant) spread(l *truth.Line) {
	for i := range t.Truth {
		if x := &t.Truth[i]; len(x.Accounts) > 1 {
			l.Facts["mailboxes"] = append(l.Facts["mailboxes"], x.Accounts...)
		}
	}
	if len(l.Facts["mailboxes"]) == 0 {
		l.Sure = []string{"likely", "not known"}
	}
}

func (t *Tenant) notify(l *truth.Line) {
	proven, presumed := 0, 0
	boxes := map[string]bool{}
	for _, n := range t.notes {
		proven, presumed = proven+len(n.touched), presumed+len(n.presumed)
		for key := range n.touched {
			boxes[key.mailbox] = true
		}
		for key := range n.presumed {
			boxes[key[0]] = true
		}
	}
	l.Facts["mailboxes"] = slices.Sorted(maps.Keys(boxes))
	switch {
	case proven > 0:
		l.Facts["proven"] = []string{fmt.Sprint(proven)}
	case presumed > 0:
		l.Sure = []string{"likely"}
	default:
		l.Sure = []string{"likely", "not known"}
	}
}
